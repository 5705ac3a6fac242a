/**
 * Specific embedded emissions (Annex IV to Regulation (EU) 2023/956; Implementing Regulation (EU) 2025/2547):
 * attributed emissions of each process (equation 55), then simple and complex goods (equations 61 to 63), internal
 * precursors first. Exact; nothing is rounded here.
 */
import {
  add,
  compare,
  divide,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  sum,
  ZERO,
} from '#lib/quantity';
import { CATEGORIES } from './category.ts';
import { findDefault } from './default-values.ts';
import { NATURAL_GAS, WASTE_GAS_EXPORT } from './emissions.ts';
import { CbamError } from './errors.ts';
import type { CbamInput, Flow, Precursor, Process } from './model.ts';
import type { Tables } from './tables.ts';
import { isExemptTerritory } from './territories.ts';
import { inOrder } from './topology.ts';

/** tCO2e per functional unit of a process, or per tonne of a precursor. */
export interface Specific {
  readonly direct: Rational;
  /** All electricity, own and of precursors. */
  readonly indirect: Rational;
  /** What of it counts for certificates in precursors: nothing that Annex II leaves out. */
  readonly indirectCounted: Rational;
  /** Part of direct + indirect that rests on default values of precursors. */
  readonly fromDefault: Rational;
  /** MWh; null where a precursor's is not known. */
  readonly electricity: Rational | null;
}

export interface PrecursorValue {
  readonly precursor: Precursor;
  readonly specific: Specific;
  /** How the value came about, for the reader. */
  readonly notes: readonly string[];
}

export interface ProcessValue {
  readonly process: Process;
  readonly streams: Rational;
  readonly heat: Rational;
  readonly wasteGas: Rational;
  readonly electricityExport: Rational;
  /** Before and after `max(0, …)`. */
  readonly unclipped: Rational;
  readonly direct: Rational;
  readonly isClipped: boolean;
  readonly electricity: Rational;
  readonly indirect: Rational;
  readonly specific: Specific;
}

export interface Embedded {
  readonly processes: readonly ProcessValue[];
  readonly precursors: readonly PrecursorValue[];
}

export function embeddedEmissions(input: CbamInput, tables: Tables): Embedded {
  const precursors = input.precursors.map((each) =>
    precursorValue(each, tables, input.period.start.slice(0, 4)),
  );
  const bought = new Map(precursors.map((each) => [each.precursor.id, each]));
  const nodes = input.processes.map((process) => ({
    id: process.id,
    process,
    needs: process.internal.map(({ id, place }) => ({ id, place })),
  }));
  const attributed = attributedStreams(input);
  const made = new Map<string, ProcessValue>();
  for (const { process } of inOrder(nodes))
    made.set(process.id, processValue(process, attributed, bought, made));
  return { processes: input.processes.map(({ id }) => made.get(id) as ProcessValue), precursors };
}

/** Fossil tCO2e of all sources by process. */
function attributedStreams(input: CbamInput): ReadonlyMap<string, Rational> {
  const by = new Map<string, Rational>();
  for (const { fossil, attribution } of input.emissions) {
    for (const { process, share } of attribution)
      if (process !== null) by.set(process, add(by.get(process) ?? ZERO, multiply(fossil, share)));
  }
  return by;
}

const total = (flows: readonly Flow[]): Rational =>
  sum(flows.map((flow) => multiply(flow.amount, flow.factor)));
const negate = (value: Rational): Rational => subtract(ZERO, value);

function processValue(
  process: Process,
  attributed: ReadonlyMap<string, Rational>,
  bought: ReadonlyMap<string, PrecursorValue>,
  made: ReadonlyMap<string, ProcessValue>,
): ProcessValue {
  const streams = attributed.get(process.id) ?? ZERO;
  // Equation 55: AttrEm = max(0, DirEm + heat_imp − heat_exp + WG_imp × 56.1 − WG_exp × 56.1 × 0.667 − el_exp × EF)
  const heat = subtract(total(process.heatImported), total(process.heatExported));
  const wasteGas = subtract(
    multiply(process.wasteGasImported, NATURAL_GAS),
    multiply(process.wasteGasExported, WASTE_GAS_EXPORT),
  );
  const electricityExport = negate(total(process.electricityExported));
  const unclipped = sum([streams, heat, wasteGas, electricityExport]);
  const isClipped = compare(unclipped, ZERO) < 0;
  const direct = isClipped ? ZERO : unclipped;
  const electricity = sum(process.electricity.map((flow) => flow.amount));
  const indirect = total(process.electricity);
  const inputs = [
    ...process.purchased.map((use) => ({
      mass: use.amount,
      specific: (bought.get(use.id) as PrecursorValue).specific,
    })),
    ...process.internal.map((use) => {
      const from = made.get(use.id) as ProcessValue;
      // Tonnes taken, in the functional units that a tonne of what that process made holds.
      const mass = multiply(use.amount, divide(from.process.activity, from.process.mass));
      return { mass, specific: precursorOf(from) };
    }),
  ];
  const perUnit = (own: Rational, of: (specific: Specific) => Rational): Rational =>
    divide(add(own, sum(inputs.map(({ mass, specific }) => multiply(mass, of(specific))))), process.activity);
  const knowsElectricity = inputs.every(({ specific }) => specific.electricity !== null);
  return {
    process,
    streams,
    heat,
    wasteGas,
    electricityExport,
    unclipped,
    direct,
    isClipped,
    electricity,
    indirect,
    specific: {
      direct: perUnit(direct, (each) => each.direct),
      indirect: perUnit(indirect, (each) => each.indirect),
      // The good's own electricity is added per good, as Annex II goes by its code.
      indirectCounted: perUnit(ZERO, (each) => each.indirectCounted),
      fromDefault: perUnit(ZERO, (each) => each.fromDefault),
      electricity: knowsElectricity ? perUnit(electricity, (each) => each.electricity ?? ZERO) : null,
    },
  };
}

/** A process's output as somebody's precursor: its own electricity counts unless Annex II leaves it out. */
function precursorOf({ process, specific, indirect }: ProcessValue): Specific {
  if (CATEGORIES[process.category].directOnly) return specific;
  return { ...specific, indirectCounted: add(specific.indirectCounted, divide(indirect, process.activity)) };
}

const NOTHING: Specific = {
  direct: ZERO,
  indirect: ZERO,
  indirectCounted: ZERO,
  fromDefault: ZERO,
  electricity: null,
};

function precursorValue(precursor: Precursor, tables: Tables, year: string): PrecursorValue {
  const { mode, country, place } = precursor;
  if (country !== null && isExemptTerritory(country)) {
    return {
      precursor,
      specific: NOTHING,
      notes: [`${country}: the Union or an exempt territory, embedded emissions zero`],
    };
  }
  if (mode === 'exempt') {
    throw new CbamError(
      'cbam/malformed-input',
      `${place}/country`,
      `${country ?? 'an unknown country'} is neither in the Union nor in Annex III`,
      'give actual or default values',
    );
  }
  if (mode === 'default') return defaultValue(precursor, tables, year);
  const { direct, indirect, indirectCounted, electricity } = precursor;
  const notes =
    mode === 'actual' ? [] : ['actual value without a verification report: a preview, not for a declaration'];
  return {
    precursor,
    specific: { direct, indirect, indirectCounted, fromDefault: ZERO, electricity },
    notes,
  };
}

function defaultValue(precursor: Precursor, tables: Tables, year: string): PrecursorValue {
  const found = findDefault(tables, precursor, precursor.place);
  if (found.row.unit !== 't') {
    throw new CbamError(
      'cbam/unit-mismatch',
      `${precursor.place}/cn`,
      `the default value is per ${found.row.unit}, the precursor is given in t`,
      'give actual values, or ask the importer',
    );
  }
  const { directOnly, sector } = CATEGORIES[precursor.category];
  // The total is what the regulation states; parts only say how much of it is electricity.
  const indirect = directOnly ? ZERO : (found.indirect ?? ZERO);
  if (compare(indirect, found.total) > 0) {
    throw new CbamError(
      'cbam/default-defective',
      `${precursor.place}/cn`,
      'the indirect part of the default value is larger than its total',
      'load a corrected table',
    );
  }
  const factor = precursor.withMarkUp ? add(ONE, markUpOf(tables, sector, year, precursor.place)) : ONE;
  const specific = {
    direct: multiply(subtract(found.total, indirect), factor),
    indirect: multiply(indirect, factor),
    indirectCounted: multiply(indirect, factor),
    fromDefault: multiply(found.total, factor),
    electricity: null,
  };
  const notes = [...found.notes, precursor.withMarkUp ? 'with mark-up' : 'without mark-up'];
  return { precursor, specific, notes };
}

/** The mark-up of a sector in a year, as a fraction. @throws {CbamError} cbam/table-not-loaded, /table-outside-period */
export function markUpOf(tables: Tables, sector: string, year: string, place: string): Rational {
  const table = tables['mark-ups'];
  if (table === null) {
    throw new CbamError('cbam/table-not-loaded', place, 'the table of mark-ups is not loaded', 'load it');
  }
  const rows = table.rows
    .filter((row) => row.sector === sector && row.fromYear <= year)
    .sort((a, b) => (a.fromYear < b.fromYear ? 1 : -1));
  if (rows[0] === undefined) {
    throw new CbamError(
      'cbam/table-outside-period',
      place,
      `the table of mark-ups has nothing for ${sector} in ${year}`,
      'the definitive period begins with 2026; load a table for other years',
    );
  }
  return rows[0].markUp;
}

/** What counts for certificates per functional unit of a good of this category. */
export function countedOf({ process, specific, indirect }: ProcessValue, directOnly: boolean): Rational {
  const own = directOnly ? ZERO : divide(indirect, process.activity);
  return sum([specific.direct, specific.indirectCounted, own]);
}

/** Null where there is nothing to take a share of. */
export const percentOf = (part: Rational, whole: Rational): Rational | null =>
  whole.n === 0n ? null : multiply(divide(part, whole), rational(100n));
