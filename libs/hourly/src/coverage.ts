/** Which intervals of a period are there: the same marks for meters and for factor sets. */
import { civilDate } from '#lib/evidence';
import {
  CELL,
  cellsOf,
  type IntervalSeconds,
  type PeriodText,
  type Span,
  showInstant,
  showSpan,
} from './span.ts';
import type { LocalClock, Transition } from './zone.ts';

export const NOTHING = 0;
export const VALUE = 1;
export const EMPTY = 2;
export const ZERO = 3;
export type Mark = typeof VALUE | typeof EMPTY | typeof ZERO;

export type Placed = 'taken' | 'outside' | 'duplicate' | 'overlapping';

/** The first runs of one kind; `intervals` counts in the report's interval length. */
export type Run = PeriodText & { readonly intervals: string };

export interface CoverageReport {
  readonly period: PeriodText;
  /** Length that the counts below are counted in: the series' own, or 900 where lengths are mixed. */
  readonly intervalSeconds: string;
  readonly expected: string;
  /** With a value, zeros included. */
  readonly present: string;
  readonly missing: string;
  /** Interval written, value left empty: not the same as missing, and never 0. */
  readonly empty: string;
  /** Zeros nobody has confirmed: in grid data they cannot be true, in meters they may be a lost link. */
  readonly suspiciousZero: string;
  readonly confirmedZero: string;
  /** Rows that repeat an interval: with the same value (counted once), with another one (refused where it matters). */
  readonly duplicated: { readonly same: string; readonly different: string };
  readonly overlapping: string;
  readonly outside: string;
  readonly clock: {
    readonly zone: string | null;
    readonly days: string;
    readonly leapDays: string;
    readonly transitions: readonly Transition[];
    /** Rows in the hour that spring leaves out; they are not used. */
    readonly impossible: string;
    /** Rows in the hour that autumn repeats, told apart by their order. */
    readonly byOrder: string;
  };
  readonly runs: {
    readonly missing: readonly Run[];
    readonly empty: readonly Run[];
    readonly zero: readonly Run[];
  };
  /** First instants of rows that were not taken. */
  readonly notTaken: {
    readonly outside: readonly string[];
    readonly duplicated: readonly string[];
    readonly overlapping: readonly string[];
  };
  readonly complete: boolean;
}

const EXAMPLES = 10;

/** One byte and one number for each quarter hour of the period, whatever the length of the file. */
export class Marks {
  readonly span: Span;
  readonly seconds: IntervalSeconds;
  readonly state: Uint8Array;
  /** Cells of the interval that begins here, 0 where none does. */
  readonly #head: Uint8Array;
  /** What was seen first there; -1 for an empty value. */
  readonly #seen: Float64Array;
  #otherLength = false;
  #same = 0;
  #different = 0;
  #overlapping = 0;
  #outside = 0;
  impossible = 0;
  byOrder = 0;
  readonly #notTaken = { outside: [] as string[], duplicated: [] as string[], overlapping: [] as string[] };
  firstDifferent: string | null = null;

  constructor(span: Span, seconds: IntervalSeconds) {
    this.span = span;
    this.seconds = seconds;
    const cells = cellsOf(span);
    this.state = new Uint8Array(cells);
    this.#head = new Uint8Array(cells);
    this.#seen = new Float64Array(cells);
  }

  get conflicts(): boolean {
    return this.#different + this.#overlapping > 0;
  }

  get outside(): number {
    return this.#outside;
  }

  /** `start` on a quarter hour; `value` any number that tells two readings apart, -1 for empty. */
  place(start: number, seconds: IntervalSeconds, mark: Mark, value: number): Placed {
    const { span, state } = this;
    if (start < span.start || start + seconds > span.end) {
      this.#outside += 1;
      if (this.#notTaken.outside.length < EXAMPLES) this.#notTaken.outside.push(showInstant(start));
      return 'outside';
    }
    const cell = (start - span.start) / CELL;
    const cells = seconds / CELL;
    if (this.#head[cell] === cells) {
      const same = this.#seen[cell] === value;
      if (same) this.#same += 1;
      else {
        this.#different += 1;
        this.firstDifferent ??= showInstant(start);
      }
      if (this.#notTaken.duplicated.length < EXAMPLES) this.#notTaken.duplicated.push(showInstant(start));
      return 'duplicate';
    }
    for (let at = cell; at < cell + cells; at += 1) {
      if (state[at] === NOTHING) continue;
      this.#overlapping += 1;
      this.firstDifferent ??= showInstant(start);
      if (this.#notTaken.overlapping.length < EXAMPLES) this.#notTaken.overlapping.push(showInstant(start));
      return 'overlapping';
    }
    if (seconds !== this.seconds) this.#otherLength = true;
    this.#head[cell] = cells;
    this.#seen[cell] = value;
    for (let at = cell; at < cell + cells; at += 1) state[at] = mark;
    return 'taken';
  }

  /** @param zerosConfirmed somebody has said why zeros are true */
  report(clock: LocalClock | null, zerosConfirmed: boolean): CoverageReport {
    const count = [0, 0, 0, 0];
    for (const mark of this.state) count[mark]! += 1;
    const cells = this.seconds / CELL;
    const unit = this.#otherLength || count.some((each) => each % cells !== 0) ? 1 : cells;
    const shown = (mark: number) => String(count[mark]! / unit);
    const runs = (mark: number) => findRuns(this.state, mark, this.span, unit);
    const days = calendarDays(this.span);
    return {
      period: showSpan(this.span),
      intervalSeconds: String(unit * CELL),
      expected: String(this.state.length / unit),
      present: String((count[VALUE]! + count[ZERO]!) / unit),
      missing: shown(NOTHING),
      empty: shown(EMPTY),
      suspiciousZero: zerosConfirmed ? '0' : shown(ZERO),
      confirmedZero: zerosConfirmed ? shown(ZERO) : '0',
      duplicated: { same: String(this.#same), different: String(this.#different) },
      overlapping: String(this.#overlapping),
      outside: String(this.#outside),
      clock: {
        zone: clock?.zone ?? null,
        ...days,
        transitions: clock?.transitions(this.span) ?? [],
        impossible: String(this.impossible),
        byOrder: String(this.byOrder),
      },
      runs: { missing: runs(NOTHING), empty: runs(EMPTY), zero: runs(ZERO) },
      notTaken: this.#notTaken,
      complete:
        count[NOTHING] === 0 &&
        count[EMPTY] === 0 &&
        (zerosConfirmed || count[ZERO] === 0) &&
        !this.conflicts &&
        this.impossible === 0,
    };
  }
}

function findRuns(state: Uint8Array, mark: number, span: Span, unit: number): readonly Run[] {
  const runs: Run[] = [];
  let from = state.indexOf(mark);
  while (from >= 0 && runs.length < EXAMPLES) {
    let until = from + 1;
    while (until < state.length && state[until] === mark) until += 1;
    // A run of mixed parts is shown in the fraction of an interval that it is.
    const intervals = (until - from) % unit === 0 ? String((until - from) / unit) : `${until - from}/${unit}`;
    runs.push({
      ...showSpan({ start: span.start + from * CELL, end: span.start + until * CELL }),
      intervals,
    });
    from = state.indexOf(mark, until);
  }
  return runs;
}

/** Whole UTC days, and how many of the period's days are a 29 February. */
function calendarDays({ start, end }: Span): { readonly days: string; readonly leapDays: string } {
  let leapDays = 0;
  for (let day = Math.ceil(start / 86_400); (day + 1) * 86_400 <= end; day += 1) {
    const { month, day: of } = civilDate(day);
    if (month === 2 && of === 29) leapDays += 1;
  }
  const days = (end - start) / 86_400;
  return {
    days: Number.isInteger(days) ? String(days) : `${(end - start) / CELL}/96`,
    leapDays: String(leapDays),
  };
}
