/** Shapes of untrusted JSON: each reader gives the typed value or refuses with the JSON pointer of what it saw. */
import type { Line, Period } from '#lib/evidence';
import { isUnit, parseDecimal, QuantityError, type Rational, type Unit } from '#lib/quantity';
import { FootprintError } from './errors.ts';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

export function readPeriod(value: unknown, place: string): Period {
  const fields = object(value, place);
  const start = text(fields, 'start', place);
  const end = text(fields, 'end', place);
  // The one fixed form makes order of time the order of text.
  if (!INSTANT.test(start) || !INSTANT.test(end) || start >= end) {
    throw new FootprintError(
      'footprint/malformed-period',
      place,
      `${shown(start)} to ${shown(end)} is not a period of UTC times like 2025-12-31T16:00:00Z with start before end`,
    );
  }
  return { start, end };
}

export function readLine(fields: Fields, place: string): Line {
  const line = text(fields, 'line', place);
  if (line !== 'shared' && !/^L[1-9]\d?$/.test(line)) malformed(`${place}/line`, 'L1 to L99 or shared', line);
  return line as Line;
}

export function amount(value: unknown, place: string): { value: Rational; unit: Unit } {
  const fields = object(value, place);
  const unit = text(fields, 'unit', place);
  if (!isUnit(unit)) {
    throw new FootprintError(
      'footprint/malformed-quantity',
      `${place}/unit`,
      `${shown(unit)} is not a known unit`,
    );
  }
  return { value: decimal(fields.value, `${place}/value`, 'footprint/malformed-quantity'), unit };
}

export function decimal(
  value: unknown,
  place: string,
  code: 'footprint/malformed-quantity' | 'footprint/malformed-factor',
): Rational {
  if (typeof value !== 'string')
    throw new FootprintError(code, place, `${shown(value)} is not a decimal string`);
  try {
    return parseDecimal(value);
  } catch (cause) {
    if (cause instanceof QuantityError) throw new FootprintError(code, place, cause.message, { cause });
    throw cause;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function object(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    malformed(place, 'an object', value);
  return value as Fields;
}

export function list(fields: Fields, key: string, place: string): readonly unknown[] {
  const value = fields[key];
  if (!Array.isArray(value)) malformed(`${place}/${key}`, 'a list', value);
  return value as readonly unknown[];
}

export function text(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value === '') malformed(`${place}/${key}`, 'a text', value);
  return value as string;
}

export function oneOf<T extends string>(
  fields: Fields,
  key: string,
  place: string,
  allowed: readonly T[],
): T {
  const value = fields[key];
  const found = allowed.find((each) => each === value);
  if (found === undefined) malformed(`${place}/${key}`, `one of ${allowed.join(', ')}`, value);
  return found as T;
}

export function malformed(place: string, wanted: string, seen: unknown): never {
  throw new FootprintError(
    'footprint/malformed-input',
    place,
    `${place || 'the input'} must be ${wanted}, seen ${shown(seen)}`,
  );
}

export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
