// Times in records: RFC 3339 §5.6 in UTC, whole seconds, one form only: `2026-11-25T11:00:00Z`.
// In that form, order of texts is order of times, so plain string comparison is enough and no clock is needed.
import { EvmError, parseTime } from '#lib/evm';

/** Half-open: from `start` on, and before `end`. */
export type Period = { readonly start: string; readonly end: string };

/** True for a time in the one form, of a date that exists, from 1970 on; leap seconds have no form. */
export function isTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    parseTime(value);
    return true;
  } catch (error) {
    if (error instanceof EvmError) return false;
    throw error;
  }
}

/** Every moment of `inner` is one of `outer`. */
export function covers(outer: Period, inner: Period): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
