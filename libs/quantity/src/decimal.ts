/** Decimal strings in and out. Shape of a number in a record: `-?digits[.digits]`, no exponent, no comma, no plus. */
import { QuantityError } from './errors.ts';
import { type Rational, reduce } from './rational.ts';

/** More digits than any meter, bill or factor has; a bound on the work a stranger's document can cause. */
export const MAX_DIGITS = 24;

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * The exact value of a decimal string.
 * @throws {QuantityError} quantity/malformed-decimal; quantity/too-many-digits (over 24 before or after the point)
 */
export function parseDecimal(text: string): Rational {
  const match = text.length <= 2 * MAX_DIGITS + 2 ? DECIMAL.exec(text) : null;
  if (match === null) {
    if (/^-?\d+(\.\d+)?$/.test(text) && text.length > MAX_DIGITS) throw tooManyDigits(text);
    throw new QuantityError(
      'quantity/malformed-decimal',
      `${JSON.stringify(text.slice(0, 60))} is not a decimal such as "12.5" (digits and one point, no exponent, no comma, no leading zeros)`,
    );
  }
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole.length > MAX_DIGITS || fraction.length > MAX_DIGITS) throw tooManyDigits(text);
  const n = BigInt(whole + fraction);
  return { n: sign === '-' ? -n : n, d: 10n ** BigInt(fraction.length) };
}

function tooManyDigits(text: string): QuantityError {
  return new QuantityError(
    'quantity/too-many-digits',
    `${text.slice(0, 60)} has more than ${MAX_DIGITS} digits before or after the point; check the value and its unit`,
  );
}

/** Rounded to `places` decimals, half away from zero, always with exactly `places` decimals: 2.675 → "2.68". */
export function formatDecimal(value: Rational, places: number): string {
  const scaled = roundHalfAway(value.n * 10n ** BigInt(places), value.d);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const text = places === 0 ? whole : `${whole}.${digits.slice(digits.length - places)}`;
  return scaled < 0n ? `-${text}` : text;
}

/** n / d to the nearest integer, ties away from zero; d > 0. */
function roundHalfAway(n: bigint, d: bigint): bigint {
  const magnitude = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
  return n < 0n ? -magnitude : magnitude;
}

/**
 * How many decimals give `value` the wanted number of significant digits, from 0 to `most`.
 * Judged on the rounded value, so 0.99999996 with six digits asks for five decimals ("1.00000").
 */
export function placesFor(value: Rational, significant: number, most: number): number {
  if (value.n === 0n) return 0;
  let places = 0;
  while (places < most && significantDigits(formatDecimal(value, places)) < significant) places += 1;
  return places;
}

const significantDigits = (text: string): number => text.replace(/[-.]/g, '').replace(/^0+/, '').length;

/**
 * All digits of a number whose decimal expansion ends: 5/8 → "0.625".
 * @throws {QuantityError} quantity/not-finite for numbers such as 1/3
 */
export function formatExact(value: Rational): string {
  const { n, d } = reduce(value);
  let rest = d;
  let places = 0;
  for (const prime of [10n, 5n, 2n]) {
    while (rest % prime === 0n) {
      rest /= prime;
      places += 1;
    }
  }
  if (rest !== 1n) {
    throw new QuantityError('quantity/not-finite', `${n}/${d} has no finite decimal expansion; round it`);
  }
  const text = formatDecimal({ n, d }, places);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
