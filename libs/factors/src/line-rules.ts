/**
 * What a line of a product footprint may count with. Each line is life-cycle complete: one life-cycle factor, or a direct
 * and an upstream half. What is refused throws; what a reader must know comes back as findings, codes without sentences.
 */
import type { Period } from '#lib/evidence';
import { convert, parseDecimal, QuantityError, type Rational, type Unit } from '#lib/quantity';
import { FactorsError } from './errors.ts';
import type { FactorTable } from './factor-table.ts';
import { readFactorUnit } from './factor-unit.ts';
import { type GwpReport, valueUnder } from './gwp.ts';
import { knownWrong } from './known-wrong.ts';
import type { Factor, FactorGrade } from './record.ts';
import { regionsAround } from './region.ts';
import type { Registry } from './registry.ts';

export interface RuleLine {
  readonly factors: readonly Factor[];
  /** Unit of the activity; null for money. */
  readonly unit: Unit | null;
  /** Where and when the activity took place; null where not known. */
  readonly region: string | null;
  readonly period: Period | null;
  /** Somebody decided to count by money spent because nothing better is at hand. */
  readonly spendFallback?: boolean;
}

export interface RuleOptions {
  readonly registry: Registry;
  readonly table: FactorTable;
  /** Re-running an old result: corrected factors stay what they were. */
  readonly allowSuperseded?: boolean;
}

export type FindingCode =
  | 'factor/no-upstream'
  | 'factor/no-direct'
  | 'factor/spend-based'
  | 'factor/outside-period'
  | 'factor/outside-region'
  | 'factor/stand-in'
  | 'factor/maker-stated'
  | 'factor/superseded'
  | 'factor/known-wrong'
  | 'factor/gwp-mixed'
  | 'factor/gwp-kept';

export interface Finding {
  readonly code: FindingCode;
  /** Position among the lines; null where it concerns them all. */
  readonly line: number | null;
  readonly factor: string | null;
  /** Grade as far as the registry vouches for it. */
  readonly grade: FactorGrade | null;
  /** Year, region, right figure or list that a text shows. */
  readonly value: string | null;
}

/** @throws {FactorsError} with `/lines/{index}/factors…` as the place */
export function checkLine(line: RuleLine, index: number, options: RuleOptions): readonly Finding[] {
  const place = `/lines/${index}/factors`;
  const refuse = (code: FactorsError['code'], at: string, message: string, remedy: string): never => {
    throw new FactorsError(code, at, message, remedy);
  };
  const { factors } = line;
  const kinds = new Set(factors.map(({ kind }) => kind));
  if (factors.length === 0)
    refuse(
      'factors/combination',
      place,
      'the line has no factor',
      'one life-cycle factor, or direct and upstream',
    );
  if (new Set(factors.map(({ id }) => id)).size !== factors.length)
    refuse('factors/combination', place, 'a factor stands twice', 'name each factor once');
  for (const [at, factor] of factors.entries()) {
    if (factor.kind === 'inventory-co2') refuseInventory(factor, `${place}/${at}`, options.table);
    checkDimension(factor, line.unit, `${place}/${at}`);
    const by = options.registry.supersededBy(factor.id) ?? factor.supersededBy;
    if (by !== null && options.allowSuperseded !== true)
      refuse(
        'factors/superseded',
        `${place}/${at}`,
        `${factor.id} was corrected`,
        `take ${by}; an old result may be re-run with the old factor`,
      );
  }
  if ((kinds.has('life-cycle') || kinds.has('spend-based')) && factors.length > 1)
    refuse(
      'factors/combination',
      place,
      `${[...kinds].join(' and ')} factors on one line count something twice`,
      'one life-cycle factor alone, or direct and upstream together',
    );
  if (kinds.has('spend-based') && line.spendFallback !== true)
    refuse(
      'factors/spend-based',
      place,
      'a figure per money spent is only a fallback',
      'take a factor per kilogram or kWh, or say that there is none',
    );
  return findings(line, index, kinds, options);
}

function findings(
  line: RuleLine,
  index: number,
  kinds: ReadonlySet<Factor['kind']>,
  { registry }: RuleOptions,
): readonly Finding[] {
  const found: Finding[] = [];
  if (kinds.has('direct') && !kinds.has('upstream'))
    found.push({ code: 'factor/no-upstream', line: index, factor: null, grade: null, value: null });
  if (kinds.has('upstream') && !kinds.has('direct'))
    found.push({ code: 'factor/no-direct', line: index, factor: null, grade: null, value: null });
  for (const factor of line.factors) {
    const grade = registry.isPublished(factor.id) ? factor.grade : 'maker-stated';
    const add = (code: FindingCode, value: string | null): void => {
      found.push({ code, line: index, factor: factor.id, grade, value });
    };
    if (factor.kind === 'spend-based') add('factor/spend-based', factor.unit);
    if (line.period !== null && !covers(factor, line.period)) add('factor/outside-period', factor.year);
    if (line.region !== null && !regionsAround(line.region).includes(factor.region))
      add('factor/outside-region', factor.region);
    if (factor.standIn !== null) add('factor/stand-in', factor.standIn);
    if (grade === 'maker-stated') add('factor/maker-stated', factor.document);
    const by = registry.supersededBy(factor.id) ?? factor.supersededBy;
    if (by !== null) add('factor/superseded', by);
    for (const wrong of knownWrong(factor)) add('factor/known-wrong', wrong.right);
  }
  return found;
}

/** A factor known by its year alone describes that calendar year in UTC. */
function covers(factor: Factor, { start, end }: Period): boolean {
  const whole = factor.period ?? {
    start: `${factor.year}-01-01T00:00:00Z`,
    end: `${Number(factor.year) + 1}-01-01T00:00:00Z`,
  };
  return whole.start <= start && end <= whole.end;
}

function refuseInventory(factor: Factor, place: string, table: FactorTable): never {
  const instead = lifeCycleInstead(factor, table);
  const right =
    instead === null ? '' : `; the life-cycle figure is ${instead.value} ${instead.unit} (${instead.year})`;
  throw new FactorsError(
    'factors/inventory-factor',
    place,
    `${factor.value} ${factor.unit} (${factor.name.en}) counts CO2 for an organisation's inventory${right}`,
    instead === null ? 'take a life-cycle factor' : `take ${instead.id}`,
  );
}

/** The electricity footprint factor of the same country, the year nearest. */
function lifeCycleInstead(factor: Factor, table: FactorTable): Factor | null {
  const country = factor.region.slice(0, 2);
  const grids = [...table].filter(
    ([key, each]) =>
      each.region === country &&
      (country === 'CN' ? /^cn-grid-\d{4}$/.test(key) : key.startsWith('ember-')) &&
      each.kind === 'life-cycle',
  );
  const distance = ([, each]: readonly [string, Factor]): number =>
    Math.abs(Number(each.year) - Number(factor.year));
  return grids.sort((a, b) => distance(a) - distance(b) || (a[0] < b[0] ? 1 : -1))[0]?.[1] ?? null;
}

function checkDimension(factor: Factor, unit: Unit | null, place: string): void {
  const { per, dimension } = readFactorUnit(factor.unit, `${place}/unit`);
  try {
    if (dimension === 'money' || unit === null) {
      if (dimension === 'money' && unit === null) return;
      throw new QuantityError(
        'quantity/dimension-mismatch',
        `${unit ?? 'money'} does not go with ${factor.unit}`,
      );
    }
    convert({ n: 1n, d: 1n }, unit, per as Unit);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new FactorsError(
      'factors/dimension',
      place,
      `the activity is in ${unit ?? 'money'}, the factor in ${factor.unit}: ${cause.message}`,
      'take a factor per the same kind of unit, or state the activity in another one',
      { cause },
    );
  }
}

export interface CheckedLines {
  readonly findings: readonly Finding[];
  /** Sets of warming potentials behind the factors, sorted. */
  readonly gwpSets: readonly string[];
  /** Value of each factor under the wished set, exact, by id. Where gases are unknown, the value as it is stated. */
  readonly values: ReadonlyMap<string, Rational>;
}

/**
 * All lines of a footprint. Mixed sets of warming potentials are named; with `gwp`, factors that know their gases are
 * converted and the others are named as kept.
 */
export function checkLines(
  lines: readonly RuleLine[],
  options: RuleOptions & { readonly gwp?: Extract<GwpReport, 'AR4' | 'AR5' | 'AR6'> },
): CheckedLines {
  const found: Finding[] = lines.flatMap((line, index) => [...checkLine(line, index, options)]);
  const factors = new Map(
    lines.flatMap(({ factors }) => factors.map((factor) => [factor.id, factor] as const)),
  );
  const gwpSets = [...new Set([...factors.values()].map(({ gwp }) => gwp))].sort();
  if (gwpSets.length > 1)
    found.push({
      code: 'factor/gwp-mixed',
      line: null,
      factor: null,
      grade: null,
      value: gwpSets.join(', '),
    });
  const values = new Map<string, Rational>();
  for (const factor of factors.values()) {
    const stated = parseDecimal(factor.value);
    if (options.gwp === undefined || factor.gwp === options.gwp) {
      values.set(factor.id, stated);
      continue;
    }
    const converted = valueUnder(factor, options.gwp);
    values.set(factor.id, converted ?? stated);
    if (converted === null)
      found.push({ code: 'factor/gwp-kept', line: null, factor: factor.id, grade: null, value: factor.gwp });
  }
  return { findings: found, gwpSets, values };
}
