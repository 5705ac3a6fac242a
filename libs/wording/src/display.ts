// Numbers and times as people are shown them. No clock and no locale: the same text on server, page and terminal.

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):\d\d(?:\.\d+)?Z$/;

/** Is this text an RFC 3339 time in UTC, as records write it? */
export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** `2026-11-25 11:00 UTC`. */
export function displayTime(time: string): string {
  const [, year, month, day, hour, minute] = TIME.exec(time) ?? [];
  return year === undefined ? time : `${year}-${month}-${day} ${hour}:${minute} UTC`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/**
 * The calendar day at the factory, China standard time (UTC+8, no summer time since 1992). `end` is the half-open end of
 * a period: the day before it is the last one that counts.
 */
export function displayDay(time: string, as: 'start' | 'end' = 'start'): string {
  const match = TIME.exec(time);
  if (!match) return time;
  let [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const shifted = Number(match[4]) + 8 >= 24;
  const isMidnight = match[4] === '16' && match[5] === '00';
  let step = (shifted ? 1 : 0) - (as === 'end' && isMidnight ? 1 : 0);
  const daysIn = (y: number, m: number) => (m === 2 && isLeap(y) ? 29 : (DAYS[m - 1] ?? 31));
  for (; step > 0; step--) {
    day += 1;
    if (day > daysIn(year, month)) [day, month] = [1, month + 1];
    if (month > 12) [month, year] = [1, year + 1];
  }
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * At most three significant digits, half away from zero; trailing zeros that were recorded within them stay, because
 * they say how exact the number is. Text that is no decimal is given back as it is.
 */
export function displayNumber(decimal: string): string {
  const match = DECIMAL.exec(decimal);
  if (!match) return decimal;
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = whole + fraction;
  const first = digits.search(/[1-9]/);
  if (first < 0 || digits.length - first <= 3) return decimal;
  const kept = digits.slice(0, first + 3);
  const up = (digits.charCodeAt(first + 3) || 48) >= 53; // '5'
  const rounded = String(BigInt(kept) + (up ? 1n : 0n)).padStart(kept.length, '0');
  // a carry into a new digit leaves four: 9.996 → 10.0
  const grown = rounded.length - kept.length;
  const places = kept.length - whole.length;
  if (places <= 0) return `${sign}${rounded}${'0'.repeat(-places)}`;
  const text =
    grown > 0 || significant(rounded) > 3
      ? { digits: rounded.slice(0, -1), places: places - 1 }
      : { digits: rounded, places };
  if (text.places === 0) return `${sign}${text.digits}`;
  const cut = text.digits.length - text.places;
  return `${sign}${text.digits.slice(0, cut) || '0'}.${text.digits.slice(cut)}`;
}

const significant = (digits: string) => digits.replace(/^0+/, '').length;
