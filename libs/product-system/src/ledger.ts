/**
 * Emissions on one common denominator, so that every sum is a sum of whole numbers. With exact runs the sums are exact;
 * with scaled runs each carries its proven error, and a figure is printed only if both ends of its range round alike.
 */
import { formatDecimal, placesFor, type Rational } from '#lib/quantity';
import type { Bounded } from './settle.ts';
import { type Runs, times } from './solve.ts';
import { abs, lcm } from './whole.ts';

/** Thrown inside only: the runs must be known more closely, or in another form. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}

export const NOTHING: Bounded = { value: 0n, error: 0n };

export const plus = (a: Bounded, b: Bounded): Bounded => ({
  value: a.value + b.value,
  error: a.error + b.error,
});
export const total = (all: readonly Bounded[]): Bounded => {
  let value = 0n;
  let error = 0n;
  for (const each of all) {
    value += each.value;
    error += each.error;
  }
  return { value, error };
};
/** |x|: the range turns with it, and may be wider than needed around nought. */
export function size(x: Bounded): Bounded {
  return x.value < 0n ? { value: -x.value, error: x.error } : x;
}

/** Amounts per run of a process, in any denominators. */
export interface PerRun {
  readonly process: number;
  readonly amount: Rational;
}

export interface Ledger {
  /** Amounts, times runs of their process, over `unit`; null where the process is not used. */
  readonly entries: readonly (Bounded | null)[];
  readonly runs: readonly (Bounded | null)[];
  readonly unit: bigint;
}

export function openLedger(rows: readonly PerRun[], runs: Runs): Ledger {
  if (runs.kind === 'scaled') {
    return {
      unit: 1n << runs.bits,
      runs: runs.runs,
      entries: rows.map(({ process, amount }) => {
        const run = runs.runs[process] ?? null;
        return run === null ? null : times(run, amount.n, amount.d);
      }),
    };
  }
  let unit = 1n;
  const denominators = rows.map(({ process, amount }) => {
    const run = runs.runs[process] ?? null;
    if (run === null) return 1n;
    const d = run.d === 1n ? amount.d : run.d * amount.d;
    unit = lcm(unit, d);
    if (unit > runs.longest) throw new Undecided();
    return d;
  });
  for (const run of runs.runs) if (run !== null) unit = lcm(unit, run.d);
  return {
    unit,
    runs: runs.runs.map((run) => (run === null ? null : { value: run.n * (unit / run.d), error: 0n })),
    entries: rows.map(({ process, amount }, at) => {
      const run = runs.runs[process] ?? null;
      if (run === null) return null;
      const lift = unit / (denominators[at] as bigint);
      return { value: amount.n * run.n * lift, error: 0n };
    }),
  };
}

/** x times n / d, as text. @throws {Undecided} */
export function print({ value, error }: Bounded, n: bigint, d: bigint, places: number): string {
  const text = formatDecimal({ n: (value - error) * n, d }, places);
  if (error !== 0n && formatDecimal({ n: (value + error) * n, d }, places) !== text) throw new Undecided();
  return text;
}

/** @throws {Undecided} */
export function placesOf(
  { value, error }: Bounded,
  n: bigint,
  d: bigint,
  significant: number,
  most: number,
): number {
  if (error === 0n) return placesFor({ n: value * n, d }, significant, most);
  // Nought itself has no decimals, and what is only within reach of it is not nought.
  const [low, high] = [value - error || -1n, value + error || 1n];
  const places = placesFor({ n: low * n, d }, significant, most);
  if (placesFor({ n: high * n, d }, significant, most) !== places) throw new Undecided();
  return places;
}

/** Percent with one decimal, null if the whole is nothing. @throws {Undecided} */
export function percentOf(part: Bounded, whole: Bounded): string | null {
  if (whole.value === 0n && whole.error === 0n) return null;
  if (abs(whole.value) <= whole.error) throw new Undecided();
  const sign = whole.value < 0n ? -1n : 1n;
  const text = quotient(part.value, whole.value, sign);
  if (part.error === 0n && whole.error === 0n) return text;
  for (const over of [part.value - part.error, part.value + part.error]) {
    for (const under of [whole.value - whole.error, whole.value + whole.error]) {
      if (quotient(over, under, sign) !== text) throw new Undecided();
    }
  }
  return text;
}

const quotient = (part: bigint, whole: bigint, sign: bigint): string =>
  formatDecimal({ n: part * sign * 100n, d: whole * sign }, 1);
