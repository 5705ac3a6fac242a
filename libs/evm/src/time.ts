// Chain time: whole seconds since 1970-01-01T00:00:00Z, as blocks and typed data carry it, and the RFC 3339 UTC text
// that records carry. Proleptic Gregorian calendar, no leap seconds, as POSIX counts.
import { EvmError, shown } from './errors.ts';

const LAST = 253_402_300_799n; // 9999-12-31T23:59:59Z

/** Days from 1970-01-01 to a civil date. Years are counted from March, so that the leap day comes last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

const two = (value: number) => String(value).padStart(2, '0');

/**
 * `2026-11-25T11:00:00Z` from seconds.
 * @throws EvmError `evm/value-out-of-range` before 1970 and after 9999
 */
export function formatTime(seconds: bigint): string {
  if (seconds < 0n || seconds > LAST)
    throw new EvmError('evm/value-out-of-range', `${seconds} s is not a time from 1970 to 9999`);
  const days = Number(seconds / 86_400n);
  const rest = Number(seconds % 86_400n);
  let year = 1970 + Math.floor(days / 366);
  while (daysOf(year + 1, 1, 1) <= days) year++;
  let month = 1;
  while (month < 12 && daysOf(year, month + 1, 1) <= days) month++;
  const date = `${year}-${two(month)}-${two(days - daysOf(year, month, 1) + 1)}`;
  return `${date}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}

/**
 * Seconds of `2026-11-25T11:00:00Z`: UTC with `Z`, whole seconds, a day that exists, no earlier than 1970.
 * @throws EvmError `evm/malformed-time`
 */
export function parseTime(text: string): bigint {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text) ?? []
  )
    .slice(1)
    .map(Number);
  const seconds = BigInt(((daysOf(year, month, day) * 24 + hour) * 60 + minute) * 60 + second);
  // printing it again refuses 30 February, hour 24 and second 60
  if (seconds < 0n || seconds > LAST || formatTime(seconds) !== text)
    throw new EvmError('evm/malformed-time', `${shown(text)} is not a UTC time such as 2026-11-25T11:00:00Z`);
  return seconds;
}
