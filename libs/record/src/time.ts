// Times in records: RFC 3339 §5.6 in UTC, whole seconds, one form only: `2026-11-25T11:00:00Z`.
// In that form, order of texts is order of times, so plain string comparison is enough and no clock is needed.
import { RecordError, shown } from './errors.ts';

/** Half-open: from `start` on, and before `end`. */
export type Period = { readonly start: string; readonly end: string };

const TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)Z$/;
const DAY = 86_400n;
const LAST = 253_402_300_799n;

/** True for a time in the one form, of a date that exists, from 1970 on; leap seconds have no form. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && partsOf(value) !== null;
}

/** Whole seconds since 1970-01-01T00:00:00Z. Throws `record/malformed-time`. */
export function secondsOf(time: string): bigint {
  const parts = partsOf(time);
  if (parts === null) {
    const message = `${shown(time)} is not a time such as 2026-11-25T11:00:00Z`;
    throw new RecordError('record/malformed-time', '', message);
  }
  const [year, month, day, hour, minute, second] = parts;
  const seconds = (hour * 60 + minute) * 60 + second;
  return BigInt(dayNumber(year, month, day)) * DAY + BigInt(seconds);
}

/** The time at so many seconds since 1970, up to the end of 9999. Throws `record/malformed-time`. */
export function timeAt(seconds: bigint): string {
  if (seconds < 0n || seconds > LAST) {
    throw new RecordError('record/malformed-time', '', `${seconds} seconds are not between 1970 and 9999`);
  }
  const days = Number(seconds / DAY);
  const rest = Number(seconds % DAY);
  let year = 1970 + Math.floor(days / 366);
  while (dayNumber(year + 1, 1, 1) <= days) year++;
  let month = 1;
  while (month < 12 && dayNumber(year, month + 1, 1) <= days) month++;
  const day = days - dayNumber(year, month, 1) + 1;
  const [hour, minute, second] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  return `${digits(year, 4)}-${digits(month)}-${digits(day)}T${digits(hour)}:${digits(minute)}:${digits(second)}Z`;
}

/** start ≤ time < end. */
export function isWithin(time: string, period: Period): boolean {
  return period.start <= time && time < period.end;
}

/** Every moment of `inner` is one of `outer`. */
export function covers(outer: Period, inner: Period): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Some moment is in both. */
export function overlaps(a: Period, b: Period): boolean {
  return a.start < b.end && b.start < a.end;
}

type Parts = [year: number, month: number, day: number, hour: number, minute: number, second: number];

function partsOf(text: string): Parts | null {
  const parts = TIME.exec(text)?.slice(1).map(Number) as Parts | undefined;
  if (parts === undefined) return null;
  const [year, month, day] = parts;
  return year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? parts : null;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let days = before * 365 + leapDays - 719_162;
  for (let m = 1; m < month; m++) days += daysIn(year, m);
  return days + day - 1;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0');
}
