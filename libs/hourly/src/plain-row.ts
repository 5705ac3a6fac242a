/** The plain forms of a time and an energy, read from bytes without making texts of them; -1 for every other form. */
import { dayNumber } from '#lib/evidence';
import { MAX_MILLIWATT_HOURS } from './energy.ts';

const ZERO = 48;

/** `YYYY-MM-DD hh:mm[:00]` with `-` or `/` and a blank or `T`: seconds on the wall. Keeps the last day, which most rows repeat. */
export class PlainTime {
  #day = -1;
  #start = 0;

  read(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length !== 16 && length !== 19) return -1;
    const dash = bytes[from + 4]!;
    if ((dash !== 45 && dash !== 47) || bytes[from + 7] !== dash) return -1;
    const blank = bytes[from + 10];
    if ((blank !== 32 && blank !== 84) || bytes[from + 13] !== 58) return -1;
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const month = two(bytes, from + 5);
    const day = two(bytes, from + 8);
    const hour = two(bytes, from + 11);
    const minute = two(bytes, from + 14);
    if (!(year >= 1900 && month >= 0 && day >= 0 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60))
      return -1;
    if (length === 19 && (bytes[from + 16] !== 58 || bytes[from + 17] !== ZERO || bytes[from + 18] !== ZERO))
      return -1;
    const date = year * 10_000 + month * 100 + day;
    if (date !== this.#day) {
      const days = dayNumber(year, month, day);
      if (days === null) return -1;
      this.#day = date;
      this.#start = days * 86_400;
    }
    return this.#start + hour * 3_600 + minute * 60;
  }
}

function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000;
}

/** Digits with at most one point, in whole mWh; `perUnit` mWh in one of the unit. */
export function plainEnergy(bytes: Uint8Array, from: number, to: number, perUnit: number): number {
  let value = 0;
  let scale = perUnit;
  let point = false;
  // 14 characters: the digits alone stay far below 2^53
  if (to === from || to - from > 14) return -1;
  for (let at = from; at < to; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      if (point) scale /= 10;
    } else if (bytes[at] === 46 && !point && at > from && at < to - 1) point = true;
    else return -1;
  }
  // below one mWh, or past what doubles hold exactly: the slow reader says so
  if (!Number.isInteger(scale) || scale < 1) return -1;
  const milliWh = value * scale;
  return milliWh <= MAX_MILLIWATT_HOURS ? milliWh : -1;
}

/** One CSV line; a quoted field may hold the separator and doubled quotes, never a line break. */
export function splitText(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!;
    if (quoted && char === '"' && line[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  return [...fields, field];
}
