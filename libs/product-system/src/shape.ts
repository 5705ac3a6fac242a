/** Shapes of untrusted JSON: each reader gives the typed value or refuses with the JSON pointer of what it saw. */
import { convert, isUnit, parseDecimal, QuantityError, type Rational } from '#lib/quantity';
import { ProductSystemError, type ProductSystemErrorCode } from './errors.ts';
import type { Period } from './model.ts';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const CURRENCY = /^[A-Z]{3}$/;

export interface Measure {
  readonly value: Rational;
  readonly unit: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export function refuse(code: ProductSystemErrorCode, place: string, message: string, cause?: unknown): never {
  throw new ProductSystemError(code, place, message, cause === undefined ? undefined : { cause });
}

export function malformed(place: string, wanted: string, seen: unknown): never {
  return refuse(
    'product-system/malformed-input',
    place,
    `${place || 'the input'} must be ${wanted}, seen ${shown(seen)}`,
  );
}

export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

export function object(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    malformed(place, 'an object', value);
  return value as Fields;
}

export function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) malformed(place, 'a list', value);
  return value as readonly unknown[];
}

/** A list that may be left out. */
export const listOrNone = (value: unknown, place: string): readonly unknown[] =>
  value === undefined || value === null ? [] : list(value, place);

export function text(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value === '') malformed(`${place}/${key}`, 'a text', value);
  return value as string;
}

/** A text that may be left out. */
export function textOr<T>(fields: Fields, key: string, place: string, otherwise: T): string | T {
  const value = fields[key];
  return value === undefined || value === null ? otherwise : text(fields, key, place);
}

export function oneOf<T extends string>(
  fields: Fields,
  key: string,
  place: string,
  allowed: readonly T[],
): T {
  const value = fields[key] as T;
  if (!allowed.includes(value)) malformed(`${place}/${key}`, `one of ${allowed.join(', ')}`, value);
  return value;
}

export function oneOfOr<T extends string, U>(
  fields: Fields,
  key: string,
  place: string,
  allowed: readonly T[],
  otherwise: U,
): T | U {
  const value = fields[key];
  return value === undefined || value === null ? otherwise : oneOf(fields, key, place, allowed);
}

export function readPeriod(value: unknown, place: string): Period {
  const fields = object(value, place);
  const start = text(fields, 'start', place);
  const end = text(fields, 'end', place);
  // The one fixed form makes order of time the order of text.
  if (!INSTANT.test(start) || !INSTANT.test(end) || start >= end) {
    refuse(
      'product-system/malformed-period',
      place,
      `${shown(start)} to ${shown(end)} is not a period of UTC times`,
    );
  }
  return { start, end };
}

export function decimal(value: unknown, place: string): Rational {
  if (typeof value !== 'string') malformed(place, 'a decimal string', value);
  try {
    return parseDecimal(value as string);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    const code =
      cause.code === 'quantity/too-many-digits' || /^-?\d{25,}/.test(value as string)
        ? 'product-system/quantity-too-large'
        : /^[-+]?[\d.]*,[\d,.]*$/.test(value as string)
          ? 'product-system/decimal-comma'
          : 'product-system/malformed-decimal';
    return refuse(code, place, cause.message, cause);
  }
}

/** 0 to 100, as a part of one. */
export function percent(value: unknown, place: string): Rational {
  const { n, d } = decimal(value, place);
  if (n < 0n || n > 100n * d)
    refuse('product-system/percent-out-of-range', place, `${shown(value)} % is outside 0 to 100`);
  return { n, d: d * 100n };
}

/** An amount at or above zero. */
export function measure(value: unknown, place: string): Measure {
  const fields = object(value, place);
  const unit = readUnit(fields.unit, `${place}/unit`);
  const number = decimal(fields.value, `${place}/value`);
  if (number.n < 0n)
    refuse('product-system/negative-quantity', place, `${shown(fields.value)} ${unit} is below zero`);
  return { value: number, unit };
}

export function readUnit(value: unknown, place: string): string {
  if (typeof value !== 'string' || !(isUnit(value) || CURRENCY.test(value)))
    refuse('product-system/unknown-unit', place, `${shown(value)} is not a known unit or currency`);
  return value as string;
}

/** Exact; a currency is its own dimension. */
export function inUnit(amount: Measure, unit: string, place: string): Rational {
  if (amount.unit === unit) return amount.value;
  if (isUnit(amount.unit) && isUnit(unit)) {
    try {
      return convert(amount.value, amount.unit, unit);
    } catch (cause) {
      if (!(cause instanceof QuantityError)) throw cause;
      return refuse('product-system/dimension-mismatch', place, cause.message, cause);
    }
  }
  return refuse('product-system/dimension-mismatch', place, `${amount.unit} cannot be expressed in ${unit}`);
}
