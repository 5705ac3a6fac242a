/** The time, as an argument: tests pass their own. Inject by this class. */
export abstract class Clock {
  abstract now(): Date;

  /** RFC 3339 in UTC with whole seconds, the only form of a time in records. */
  stamp(): string {
    return formatTime(this.now());
  }
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}

/** `2026-11-25T11:00:00Z`: RFC 3339, UTC, whole seconds (what is below a second is cut off). */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
