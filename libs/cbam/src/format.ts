/** Numbers and days as they are printed. */
import { formatDecimal, type Rational } from '#lib/quantity';

/** At most `places` decimals, half away from zero, without trailing zeros. */
export function trimmed(value: Rational, places: number): string {
  const text = formatDecimal(value, places);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The day before `YYYY-MM-DD`. */
export function dayBefore(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  if (date > 1) return `${pad(year, 4)}-${pad(month)}-${pad(date - 1)}`;
  if (month === 1) return `${pad(year - 1, 4)}-12-31`;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return `${pad(year, 4)}-${pad(month - 1)}-${lengths[month - 2]}`;
}
