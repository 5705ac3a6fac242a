/**
 * Time as this room counts it: UTC seconds, spans half-open, cut into cells of 15 minutes. Intervals of 15 and 30
 * minutes and of an hour are whole numbers of cells, so intervals of different lengths meet on cells exactly.
 */
import { civilDate, dayNumber } from '#lib/evidence';
import { HourlyError } from './errors.ts';

export const CELL = 900;
export type IntervalSeconds = 900 | 1800 | 3600;

/** UTC seconds, half-open, whole cells. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type PeriodText = { readonly start: string; readonly end: string };

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)Z$/;
const DAY = 86_400;
/** Four years: a bound on the memory that a stranger's period can ask for. */
const LONGEST = 1_461 * DAY;

/** Seconds since 1970-01-01T00:00:00Z of `2025-12-31T16:00:00Z`, or null. */
export function readInstant(text: unknown): number | null {
  const match = typeof text === 'string' ? INSTANT.exec(text) : null;
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const days = dayNumber(year!, month!, day!);
  return days === null ? null : days * DAY + hour! * 3_600 + minute! * 60 + second!;
}

export function showInstant(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const { year, month, day } = civilDate(days);
  const rest = seconds - days * DAY;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(rest / 3_600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}

/** @throws {HourlyError} hourly/malformed-period */
export function readSpan(period: PeriodText, place: string): Span {
  const start = readInstant(period?.start);
  const end = readInstant(period?.end);
  if (start === null || end === null || start >= end || start % CELL !== 0 || end % CELL !== 0) {
    throw new HourlyError(
      'hourly/malformed-period',
      place,
      `${String(period?.start)} to ${String(period?.end)} is not a period of UTC times on quarter hours, start before end`,
      'write both ends like 2025-12-31T16:00:00Z; the end is exclusive',
    );
  }
  if (end - start > LONGEST) {
    throw new HourlyError(
      'hourly/malformed-period',
      place,
      `${period.start} to ${period.end} is longer than four years`,
      'work year by year',
    );
  }
  return { start, end };
}

export const showSpan = ({ start, end }: Span): PeriodText => ({
  start: showInstant(start),
  end: showInstant(end),
});

export const cellsOf = ({ start, end }: Span): number => (end - start) / CELL;

/** @throws {HourlyError} hourly/interval-length */
export function requireLength(seconds: number, place: string): IntervalSeconds {
  if (seconds === 900 || seconds === 1800 || seconds === 3600) return seconds;
  throw new HourlyError(
    'hourly/interval-length',
    place,
    `an interval of ${seconds} seconds is not read`,
    'export intervals of 15 minutes, 30 minutes or one hour',
  );
}
