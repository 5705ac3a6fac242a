/** Shapes of untrusted JSON: each reader gives the typed value or refuses with the JSON pointer of what it saw. */
import {
  compare,
  convert,
  dimensionOf,
  isUnit,
  multiply,
  ONE,
  parseDecimal,
  QuantityError,
  type Rational,
  rational,
  ZERO,
} from '#lib/quantity';
import { CbamError, shown } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const malformed = (place: string, wanted: string, seen: unknown): CbamError =>
  new CbamError('cbam/malformed-input', place, `${shown(seen)} is not ${wanted}`, `give ${wanted}`);

export function object(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(place, 'an object', value);
  return value as Fields;
}

export const MAX_ITEMS = 2_000;

/** An absent list is an empty one. */
export function list(fields: Fields, key: string, place: string, most = MAX_ITEMS): readonly unknown[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) throw malformed(`${place}/${key}`, 'a list', value);
  if (value.length > most) {
    throw new CbamError(
      'cbam/too-many',
      `${place}/${key}`,
      `the list has ${value.length} members, at most ${most} are taken`,
      'split the input by process',
    );
  }
  return value;
}

export function text(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value.trim() === '' || value.length > 500)
    throw malformed(`${place}/${key}`, 'a text of at most 500 characters', value);
  return value;
}

export const optionalText = (fields: Fields, key: string, place: string): string | null =>
  (fields[key] ?? null) === null ? null : text(fields, key, place);

export function oneOf<T extends string>(fields: Fields, key: string, place: string, all: readonly T[]): T {
  const value = fields[key];
  const found = all.find((each) => each === value);
  if (found === undefined) throw malformed(`${place}/${key}`, `one of ${all.join(', ')}`, value);
  return found;
}

export function decimal(value: unknown, place: string): Rational {
  try {
    if (typeof value === 'string') return parseDecimal(value);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new CbamError('cbam/malformed-quantity', place, cause.message, 'write it like "12.5"', { cause });
  }
  throw new CbamError(
    'cbam/malformed-quantity',
    place,
    `${shown(value)} is no decimal string`,
    'write it like "12.5"',
  );
}

export function notNegative(value: Rational, place: string): Rational {
  if (compare(value, ZERO) >= 0) return value;
  throw new CbamError(
    'cbam/negative-quantity',
    place,
    'the quantity is below zero',
    'only what leaves a mass balance is negative; check the sign',
  );
}

/** 0 to 100 percent as a fraction. */
export function percent(value: unknown, place: string): Rational {
  const share = multiply(decimal(value, place), rational(1n, 100n));
  if (compare(share, ZERO) >= 0 && compare(share, ONE) <= 0) return share;
  throw new CbamError(
    'cbam/percent-out-of-range',
    place,
    `${shown(value)} percent is outside 0 to 100`,
    'give percent, for instance "98.5"',
  );
}

export type Basis = 'mass' | 'normal-volume' | 'energy';

export interface Amount {
  /** t, kNm3 or TJ. */
  readonly value: Rational;
  readonly basis: Basis;
}

const BASE = { mass: 't', 'normal-volume': 'Nm3', energy: 'TJ' } as const;

/** A quantity in t, kNm3 or TJ. A missing one is refused: the sum would be too low and nobody would see it. */
export function amount(value: unknown, place: string, bases: readonly Basis[]): Amount {
  if (value === null || value === undefined) {
    throw new CbamError(
      'cbam/missing-data',
      place,
      'the quantity is missing, and missing is not zero',
      'give the quantity, or "0" with a zeroReason',
    );
  }
  const fields = object(value, place);
  const unit = fields.unit;
  const basis = typeof unit === 'string' && isUnit(unit) ? dimensionOf(unit) : null;
  const found = bases.find((each) => each === basis);
  if (found === undefined || typeof unit !== 'string' || !isUnit(unit)) {
    throw unitMismatch(
      `${place}/unit`,
      unit,
      bases.map((each) => (each === 'mass' ? 't, kg' : each === 'energy' ? 'TJ, GJ, MWh' : 'Nm3')).join(', '),
    );
  }
  const inBase = convert(decimal(fields.value, `${place}/value`), unit, BASE[found]);
  const exact = found === 'normal-volume' ? multiply(inBase, rational(1n, 1_000n)) : inBase;
  if (exact.n === 0n && (typeof fields.zeroReason !== 'string' || fields.zeroReason.trim() === '')) {
    throw new CbamError(
      'cbam/zero-without-reason',
      `${place}/value`,
      'a quantity of zero is suspect until somebody says why',
      'add zeroReason, or leave the row out',
    );
  }
  return { value: exact, basis: found };
}

/** Electricity in MWh. */
export function megawattHours(value: unknown, place: string): Rational {
  return notNegative(
    multiply(amount(value, place, ['energy']).value, rational(2_500n, 9n)),
    `${place}/value`,
  );
}

/** A factor with a compound unit that must be one of `units`. */
export function factor<T extends string>(
  value: unknown,
  place: string,
  units: readonly T[],
): { value: Rational; unit: T } {
  const fields = object(value, place);
  const unit = units.find((each) => each === fields.unit);
  if (unit === undefined) throw unitMismatch(`${place}/unit`, fields.unit, units.join(', '));
  return { value: notNegative(decimal(fields.value, `${place}/value`), `${place}/value`), unit };
}

export const unitMismatch = (place: string, seen: unknown, wanted: string): CbamError =>
  new CbamError('cbam/unit-mismatch', place, `unit ${shown(seen)} does not fit here`, `use ${wanted}`);

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export interface Period {
  readonly start: string;
  /** The first day after it. */
  readonly end: string;
}

export function period(value: unknown, place: string): Period {
  const { start, end } = object(value, place);
  if (typeof start === 'string' && typeof end === 'string' && DAY.test(start) && DAY.test(end) && start < end)
    return { start, end };
  throw new CbamError(
    'cbam/malformed-period',
    place,
    `${shown(start)} to ${shown(end)} is no period`,
    'give days like 2026-01-01, with end as the first day after the period',
  );
}

export function country(value: unknown, place: string): string {
  if (typeof value === 'string' && /^[A-Z]{2}$/.test(value)) return value;
  throw malformed(place, 'an ISO 3166-1 code of two capital letters', value);
}
