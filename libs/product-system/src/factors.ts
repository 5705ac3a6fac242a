/** Factor records and supplier footprints, read into one form: a number of kgCO2e for one unit of something. */
import { add, compare, type Rational, ZERO } from '#lib/quantity';
import {
  FACTOR_GRADES,
  FACTOR_KINDS,
  type FactorGrade,
  type FactorKind,
  GWP_SETS,
  PARTS,
  type Part,
  type Period,
  SUMMED_PARTS,
} from './model.ts';
import {
  decimal,
  type Fields,
  malformed,
  object,
  oneOf,
  percent,
  readPeriod,
  readUnit,
  refuse,
  shown,
  text,
  textOr,
} from './shape.ts';

/** Parts of a value that its record states, kgCO2e per unit. */
export type ReadParts = ReadonlyMap<Part, Rational>;

export interface ReadFactor {
  readonly id: string;
  readonly kind: FactorKind;
  readonly value: Rational;
  readonly perUnit: string;
  /** 0…1 */
  readonly primary: Rational;
  readonly parts: ReadParts | null;
  readonly grade: FactorGrade;
  readonly gwp: string;
  readonly year: string;
  readonly standIn: boolean;
  readonly makerStated: boolean;
  /** What the figure is about, where its record says so more closely than by year. */
  readonly period: Period | null;
  readonly superseded: boolean;
  /** Set for the footprint of a supplier. */
  readonly supplier: { readonly period: Period; readonly verified: boolean } | null;
}

export function readFactor(value: unknown, place: string): ReadFactor {
  const fields = object(value, place);
  const kind = oneOf(fields, 'kind', place, FACTOR_KINDS);
  const year = text(fields, 'year', place);
  if (!/^\d{4}$/.test(year)) malformed(`${place}/year`, 'a year', year);
  const { makerStated = null, standIn = null, period = null, supersededBy = null } = fields;
  if (makerStated !== null && typeof makerStated !== 'boolean')
    malformed(`${place}/makerStated`, 'true or false', makerStated);
  return {
    id: text(fields, 'id', place),
    kind,
    ...readValue(fields, kind === 'inventory-co2' ? 'kgCO2' : 'kgCO2e', place),
    grade: oneOf(fields, 'grade', place, FACTOR_GRADES),
    gwp: oneOf(fields, 'gwp', place, GWP_SETS),
    year,
    standIn: standIn !== null,
    makerStated: makerStated === true,
    period: period === null ? null : readPeriod(period, `${place}/period`),
    superseded: supersededBy !== null,
    supplier: null,
  };
}

/** @throws product-system/supplier-boundary for any boundary but the gate: use or end of life would count twice */
export function readSupplier(value: unknown, place: string): ReadFactor {
  const fields = object(value, place);
  oneOf(fields, 'kind', place, ['passport', 'pact']);
  if (!/^sha256:[0-9a-f]{64}$/.test(text(fields, 'digest', place)))
    malformed(`${place}/digest`, 'sha256: and 64 hex digits', fields.digest);
  if (fields.boundary !== 'cradle-to-gate') {
    refuse(
      'product-system/supplier-boundary',
      `${place}/boundary`,
      `a footprint ${shown(fields.boundary)} cannot be added up with one cradle-to-gate`,
    );
  }
  const period = readPeriod(fields.period, `${place}/period`);
  return {
    id: text(fields, 'id', place),
    kind: 'life-cycle',
    ...readValue(fields, 'kgCO2e', place),
    grade: 'maker-stated',
    gwp: oneOf(fields, 'gwp', place, GWP_SETS),
    year: lastYear(period),
    standIn: false,
    makerStated: true,
    period: null,
    superseded: false,
    supplier: {
      period,
      verified: oneOf(fields, 'verification', place, ['verified', 'declared']) === 'verified',
    },
  };
}

/** The year of the last moment inside a half-open period. */
export function lastYear({ end }: Period): string {
  return end.slice(4) === '-01-01T00:00:00Z' ? String(Number(end.slice(0, 4)) - 1) : end.slice(0, 4);
}

function readValue(fields: Fields, numerator: string, place: string) {
  const value = decimal(fields.value, `${place}/value`);
  const parts =
    fields.parts === undefined || fields.parts === null ? null : readParts(fields.parts, value, place);
  if (value.n < 0n && parts === null) {
    refuse(
      'product-system/malformed-factor',
      `${place}/value`,
      `${shown(fields.value)} is below zero and does not say by which removals`,
    );
  }
  const unit = text(fields, 'unit', place);
  const [top, bottom, ...rest] = unit.split('/');
  if (top !== numerator || rest.length > 0) {
    refuse(
      'product-system/malformed-factor',
      `${place}/unit`,
      `${shown(unit)} is not ${numerator}/{known unit}`,
    );
  }
  const share = textOr(fields, 'primaryDataShare', place, null);
  return {
    value,
    parts,
    perUnit: readUnit(bottom, `${place}/unit`),
    primary: share === null ? ZERO : percent(share, `${place}/primaryDataShare`),
  };
}

const NEGATIVE: ReadonlySet<Part> = new Set([
  'removals',
  'technologicalRemovals',
  'ccsCapture',
  'biogenicUptake',
]);

/** The sum rule: value = every stated part but `landManagementFossil` (inside `fossil`) and `biogenicUptake`. */
function readParts(value: unknown, whole: Rational, at: string): ReadParts {
  const place = `${at}/parts`;
  const fields = object(value, place);
  const parts = new Map<Part, Rational>();
  for (const part of PARTS) {
    const stated = textOr(fields, part, place, null);
    if (stated === null) continue;
    const number = decimal(stated, `${place}/${part}`);
    if (NEGATIVE.has(part) ? number.n > 0n : number.n < 0n) {
      refuse(
        'product-system/factor-parts',
        `${place}/${part}`,
        `${stated} has the wrong sign: removals, capture and uptake are zero or negative, all else zero or positive`,
      );
    }
    parts.set(part, number);
  }
  const total = SUMMED_PARTS.reduce((sum, part) => add(sum, parts.get(part) ?? ZERO), ZERO);
  if (compare(total, whole) !== 0) {
    refuse('product-system/factor-parts', place, `the parts do not sum to the value`);
  }
  const land = parts.get('landManagementFossil');
  if (land !== undefined && compare(land, parts.get('fossil') ?? ZERO) > 0) {
    refuse(
      'product-system/factor-parts',
      `${place}/landManagementFossil`,
      'it is more than the fossil part it is in',
    );
  }
  return parts;
}
