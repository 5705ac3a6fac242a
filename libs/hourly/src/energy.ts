/**
 * Energy in cells of 15 minutes, as whole numbers and so exactly.
 *
 * The unit is a quarter of a milliwatt hour: an interval of 1, 2 or 4 cells with a whole number of mWh divides into
 * whole quarters. Every number stays at or below 2^53 - 1, where doubles hold integers exactly; what would pass the
 * bound is refused (2^53 quarters are 2.25 TWh in one quarter hour, over all meters). Sums over time are bigints.
 */
import { formatExact, type Rational } from '#lib/quantity';
import { HourlyError } from './errors.ts';
import { CELL, cellsOf, type IntervalSeconds, type Span, showInstant } from './span.ts';

/** Largest reading of one interval in mWh: four times it is still exact. */
export const MAX_MILLIWATT_HOURS = Math.floor(Number.MAX_SAFE_INTEGER / 4);
const QUARTERS_PER_KWH = 4_000_000n;

export class EnergyGrid {
  readonly span: Span;
  /** Quarters of a mWh. */
  readonly cells: Float64Array;
  /** mWh by length of the interval it was read in (3) and by the quarter of the hour it begins in (4), to say what was split. */
  readonly #lengths = new Float64Array(12);
  readonly #spill: bigint[] = new Array<bigint>(12).fill(0n);

  constructor(span: Span) {
    this.span = span;
    this.cells = new Float64Array(cellsOf(span));
  }

  /** Adds an interval inside the span on quarter hours; its energy is spread evenly over its cells, and only over them. */
  add(start: number, seconds: IntervalSeconds, milliWh: number): void {
    const first = (start - this.span.start) / CELL;
    const count = seconds / CELL;
    const each = (milliWh * 4) / count;
    for (let at = first; at < first + count; at += 1) {
      const total = this.cells[at]! + each;
      if (total > Number.MAX_SAFE_INTEGER) throw tooMuch(start);
      this.cells[at] = total;
    }
    this.#carry(seconds, (start % 3_600) / CELL, milliWh);
  }

  #carry(seconds: IntervalSeconds, phase: number, milliWh: number): void {
    const at = (seconds === 900 ? 0 : seconds === 1800 ? 4 : 8) + phase;
    const total = this.#lengths[at]! + milliWh;
    if (total <= Number.MAX_SAFE_INTEGER) this.#lengths[at] = total;
    else {
      this.#spill[at]! += BigInt(this.#lengths[at]!);
      this.#lengths[at] = milliWh;
    }
  }

  /** Energy read in intervals that hold more than one factor interval of `seconds`, whose first begins at `phase` cells past the hour. */
  splitBy(seconds: IntervalSeconds, phase: number): bigint {
    const step = seconds / CELL;
    let total = 0n;
    for (let at = 0; at < 12; at += 1) {
      const length = at < 4 ? 1 : at < 8 ? 2 : 4;
      const offset = ((at % 4) - phase + 4) % step;
      if (offset + length > step) total += (BigInt(this.#lengths[at]!) + this.#spill[at]!) * 4n;
    }
    return total;
  }

  total(): bigint {
    let total = 0n;
    let part = 0;
    for (const cell of this.cells) {
      if (part + cell > Number.MAX_SAFE_INTEGER) {
        total += BigInt(part);
        part = 0;
      }
      part += cell;
    }
    return total + BigInt(part);
  }
}

function tooMuch(start: number): HourlyError {
  return new HourlyError(
    'hourly/too-much-energy',
    showInstant(start),
    'more than 2.25 TWh in one quarter hour',
    'check the unit of the energy column',
  );
}

/** Quarters of a mWh as kWh. */
export const kWhOf = (quarters: bigint): Rational => ({ n: quarters, d: QUARTERS_PER_KWH });
export const showKWh = (quarters: bigint): string => formatExact(kWhOf(quarters));
