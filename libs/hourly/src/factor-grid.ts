/** A factor set laid over a period: one value, or the reason why there is none, for each quarter hour. */
import { formatExact, parseDecimal, type Rational } from '#lib/quantity';
import { type CoverageReport, EMPTY, Marks, VALUE, ZERO } from './coverage.ts';
import { HourlyError } from './errors.ts';
import type { FactorSet } from './factor-set.ts';
import { CELL, type IntervalSeconds, readInstant, readSpan, type Span } from './span.ts';

export type FallbackReason = 'missing' | 'empty' | 'suspicious-zero' | 'outside-the-set';

export interface FactorGrid {
  readonly span: Span;
  readonly set: FactorSet;
  readonly seconds: IntervalSeconds;
  /** Quarter of the hour at which the set's intervals begin. */
  readonly phase: number;
  /** kg per kWh = scaled[cell] / 10^places where `usable[cell]` is 1. */
  readonly scaled: readonly bigint[];
  readonly places: number;
  readonly usable: Uint8Array;
  reasonOf(cell: number): FallbackReason;
  readonly coverage: CoverageReport;
}

/** @throws {HourlyError} hourly/conflicting-factors */
export function layFactors(set: FactorSet, span: Span): FactorGrid {
  const seconds = Number(set.seconds) as IntervalSeconds;
  const marks = new Marks(span, seconds);
  const own = readSpan(set.period, '/period');
  const values = new Map<number, Rational>();
  // Two writings of one number are one value; a number is told apart by itself, never by its double.
  const numbers = new Map<string, number>();
  const numberOf = (value: Rational): number => {
    const text = formatExact(value);
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  for (const [startText, value] of set.intervals) {
    const start = readInstant(startText)!;
    const rational = value === null ? null : parseDecimal(value);
    const mark = rational === null ? EMPTY : rational.n === 0n ? ZERO : VALUE;
    const number = rational === null ? -1 : numberOf(rational);
    if (marks.place(start, seconds, mark, number) === 'taken' && rational !== null) {
      values.set((start - span.start) / CELL, rational);
    }
  }
  if (marks.conflicts) {
    throw new HourlyError(
      'hourly/conflicting-factors',
      '/intervals',
      `the set has two values for one time, first at ${marks.firstDifferent}`,
      'ask the provider which one holds, and take the set anew',
    );
  }
  const perKilogram = set.unit.startsWith('g') ? 3 : 0;
  const places = perKilogram + Math.max(0, ...[...values.values()].map(({ d }) => d.toString().length - 1));
  const scaled = new Array<bigint>(marks.state.length).fill(0n);
  const usable = new Uint8Array(marks.state.length);
  for (const [cell, { n, d }] of values) {
    if (marks.state[cell] === ZERO && set.zeroReason === null) continue;
    const each = (n * 10n ** BigInt(places - perKilogram)) / d;
    for (let at = cell; at < cell + seconds / CELL; at += 1) {
      scaled[at] = each;
      usable[at] = 1;
    }
  }
  return {
    span,
    set,
    seconds,
    phase: ((readInstant(set.intervals[0]?.[0]) ?? 0) % 3_600) / CELL,
    scaled,
    places,
    usable,
    reasonOf(cell) {
      const mark = marks.state[cell];
      if (mark === EMPTY) return 'empty';
      if (mark === ZERO) return 'suspicious-zero';
      const at = span.start + cell * CELL;
      return at < own.start || at >= own.end ? 'outside-the-set' : 'missing';
    },
    coverage: marks.report(null, set.zeroReason !== null),
  };
}
