/** From exact numbers to binary64 and back, the same in every engine. Doubles live in estimates only. */
import { formatDecimal, type Rational } from '#lib/quantity';

const bits = (n: bigint): number => n.toString(2).length;

/** The nearest double, ties to even; the language only promises 20 digits for Number(text). */
export function toDouble({ n, d }: Rational): number {
  if (n === 0n) return 0;
  const size = n < 0n ? -n : n;
  const lift = 64 - (bits(size) - bits(d));
  const [over, under] = lift >= 0 ? [size << BigInt(lift), d] : [size, d << BigInt(-lift)];
  // at least 64 bits, of which Number keeps 53: a last bit that says "and more" makes its one rounding the right one
  const quotient = over / under;
  let value = Number(over % under === 0n ? quotient : quotient | 1n);
  for (let left = lift; left > 0; left -= 1) value /= 2;
  for (let left = lift; left < 0; left += 1) value *= 2;
  return n < 0n ? -value : value;
}

/** The double's exact value: an integer over a power of two. */
function fromDouble(x: number): Rational {
  let [n, d] = [x, 1n];
  while (!Number.isInteger(n)) {
    n *= 2;
    d *= 2n;
  }
  return { n: BigInt(n), d };
}

/** A finite double with `digits` significant digits, no exponent, half away from zero: 12345 with three is "12300". */
export function significant(x: number, digits: number): string {
  if (x === 0) return '0';
  const exact = fromDouble(x);
  const size = exact.n < 0n ? -exact.n : exact.n;
  // Power of ten of the leading digit, one too high at most.
  let places = digits - Math.max(0, (size / exact.d).toString().length);
  if (size < exact.d) places = digits - 1 + (exact.d / size).toString().length;
  let text = rounded(exact, places);
  while (digitsIn(text, places) > digits) {
    places -= 1;
    text = rounded(exact, places);
  }
  return text;
}

function rounded(value: Rational, places: number): string {
  if (places >= 0) return formatDecimal(value, places);
  const tens = 10n ** BigInt(-places);
  return `${BigInt(formatDecimal({ n: value.n, d: value.d * tens }, 0)) * tens}`;
}

function digitsIn(text: string, places: number): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '').length;
  return places < 0 ? digits + places : digits;
}
