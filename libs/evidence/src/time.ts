/**
 * Local factory time without a clock or a calendar library. China has kept UTC+8 all year since 1992, so a
 * local time is a count of seconds and its UTC time is eight hours less.
 */
import { type Cell, cellText } from './cell.ts';

/** Seconds since 1970-01-01T00:00:00 on the wall of the factory. */
export type LocalSeconds = number;

export const HOUR = 3_600;
export const DAY = 86_400;
const SHANGHAI = 8 * HOUR;

/** Days since 1970-01-01 of a Gregorian date; null for a date that does not exist. */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return null;
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  let days = y * 365 + leapDays;
  for (let m = 1; m < month; m += 1) days += daysInMonth(year, m);
  return days + day - 1 - 719_162;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export function civilDate(dayNumber: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  let year = 1970 + Math.floor(dayNumber / 366);
  const startOf = (y: number) => dayNumberOrThrow(y, 1, 1);
  while (startOf(year + 1) <= dayNumber) year += 1;
  let rest = dayNumber - startOf(year);
  let month = 1;
  while (rest >= daysInMonth(year, month)) {
    rest -= daysInMonth(year, month);
    month += 1;
  }
  return { year, month, day: rest + 1 };
}

function dayNumberOrThrow(year: number, month: number, day: number): number {
  const days = dayNumber(year, month, day);
  if (days === null) throw new Error(`no such date: ${year}-${month}-${day}`);
  return days;
}

/** Start of a month, which may be 13 for January of the next year. */
export function monthStart(year: number, month: number): LocalSeconds {
  return month > 12 ? monthStart(year + 1, month - 12) : dayNumberOrThrow(year, month, 1) * DAY;
}

/** `2024-12-31T16:00:00Z` for midnight of 1 January 2025 in Shanghai. */
export function toUtc(local: LocalSeconds): string {
  const utc = local - SHANGHAI;
  const days = Math.floor(utc / DAY);
  return `${formatDate(days)}T${formatClock(utc - days * DAY)}Z`;
}

/** `2025-01-01` or `2025-01-01 05:00`, for messages. */
export function showLocal(local: LocalSeconds): string {
  const days = Math.floor(local / DAY);
  const clock = formatClock(local - days * DAY).slice(0, 5);
  return clock === '00:00' ? formatDate(days) : `${formatDate(days)} ${clock}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

function formatDate(days: number): string {
  const { year, month, day } = civilDate(days);
  return `${year}-${two(month)}-${two(day)}`;
}

const formatClock = (seconds: number): string =>
  `${two(Math.floor(seconds / HOUR))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

/** Day 0 of the spreadsheet calendar counted from 1970; serials from 1 March 1900 on. */
const SERIAL_1970 = 25_569;

/**
 * The local time a cell names, or null: a date cell, a spreadsheet serial (45658), `2025-01-31`, `2025/1/31`,
 * `2025.1.31`, `2025年1月31日`, `20250131`, each with an optional time and an optional offset (`+08:00`, `Z`).
 */
export function readLocalTime(cell: Cell | null | undefined): LocalSeconds | null {
  const text = cellText(cell);
  if (text === null || text.length > 40 || cell?.kind === 'error' || cell?.kind === 'boolean') return null;
  if (/^\d{5}(\.\d+)?$/.test(text)) {
    const serial = Number(text);
    return serial >= 20_000 && serial < 80_000 ? Math.round((serial - SERIAL_1970) * DAY) : null;
  }
  const match =
    /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T\s]+(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.0+)?)?|时))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text,
    );
  if (match === null) return null;
  const [, year, month, day, compactMonth, compactDay, hour = '0', minute = '0', second = '0', offset] =
    match;
  const days = dayNumber(Number(year), Number(month ?? compactMonth), Number(day ?? compactDay));
  const seconds = Number(hour) * HOUR + Number(minute) * 60 + Number(second);
  // 24:00 is how some meters write the midnight that ends a day.
  if (days === null || Number(minute) > 59 || Number(second) > 59 || seconds > DAY) return null;
  return days * DAY + seconds + (offset === undefined ? 0 : SHANGHAI - offsetSeconds(offset));
}

function offsetSeconds(offset: string): number {
  if (offset === 'Z') return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  return sign * (Number(offset.slice(1, 3)) * HOUR + Number(offset.slice(-2)) * 60);
}

/** The month a cell names (`2025-01`, `2025年1月`, `202501`, a date in it), or null. */
export function readMonth(
  cell: Cell | null | undefined,
): { readonly year: number; readonly month: number } | null {
  const match = /^(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))$/.exec(cellText(cell) ?? '');
  if (match !== null) {
    const year = Number(match[1]);
    const month = Number(match[2] ?? match[3]);
    return dayNumber(year, month, 1) === null ? null : { year, month };
  }
  const local = readLocalTime(cell);
  if (local === null) return null;
  const { year, month } = civilDate(Math.floor(local / DAY));
  return { year, month };
}
