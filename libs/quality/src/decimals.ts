/** Decimal strings in, exact; shares out. */
import {
  compare,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  QuantityError,
  type Rational,
  rational,
} from '#lib/quantity';
import { QualityError } from './errors.ts';

/** @throws {QualityError} quality/malformed-decimal */
export function decimalAt(text: string, place: string): Rational {
  try {
    // A number where a string belongs has lost digits already.
    return parseDecimal(typeof text === 'string' ? text : '');
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new QualityError(
      'quality/malformed-decimal',
      place,
      cause.message,
      'write a decimal string such as "12.5"',
      { cause },
    );
  }
}

export const magnitude = (value: Rational): Rational => (value.n < 0n ? { n: -value.n, d: value.d } : value);

/** Percent with two decimals, half away from zero; null where the whole is 0. */
export const percentOf = (part: Rational, whole: Rational): string | null =>
  whole.n === 0n ? null : formatDecimal(multiply(divide(part, whole), rational(100n)), 2);

export const within = (value: Rational, low: bigint, high: bigint): boolean =>
  compare(value, rational(low)) >= 0 && compare(value, rational(high)) <= 0;
