/**
 * Exact rationals over bigint. No binary float takes part in a hashed number, so every engine that has
 * bigint gives the same string. Fractions are not reduced after each step: sums meet on the least common
 * denominator, which keeps the denominators of decimal inputs to a few powers of ten.
 */
import { QuantityError } from './errors.ts';

/** n / d with d > 0; not necessarily in lowest terms, so compare with {@link compare}. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };

/** n / d, sign moved to the numerator. @throws {QuantityError} quantity/division-by-zero */
export function rational(n: bigint, d = 1n): Rational {
  if (d === 0n) throw new QuantityError('quantity/division-by-zero', `${n} divided by zero has no value`);
  return d < 0n ? { n: -n, d: -d } : { n, d };
}

export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export function add(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  if (a.d % b.d === 0n) return { n: a.n + b.n * (a.d / b.d), d: a.d };
  if (b.d % a.d === 0n) return { n: a.n * (b.d / a.d) + b.n, d: b.d };
  const lift = b.d / gcd(a.d, b.d);
  return { n: a.n * lift + b.n * ((a.d * lift) / b.d), d: a.d * lift };
}

export const subtract = (a: Rational, b: Rational): Rational => add(a, { n: -b.n, d: b.d });

export const multiply = (a: Rational, b: Rational): Rational => ({ n: a.n * b.n, d: a.d * b.d });

/** @throws {QuantityError} quantity/division-by-zero */
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);

export const sum = (terms: readonly Rational[]): Rational => terms.reduce(add, ZERO);

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The same number in lowest terms. */
export function reduce(a: Rational): Rational {
  const divisor = gcd(a.n, a.d);
  return divisor === 1n ? a : { n: a.n / divisor, d: a.d / divisor };
}
