import { formatDecimal, type Rational } from '#lib/quantity';

/** At most `places` decimals, half away from zero, without trailing zeros. */
export function trimmed(value: Rational, places: number): string {
  const text = formatDecimal(value, places);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
