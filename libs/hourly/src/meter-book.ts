/**
 * Intervals of many meters in, one energy per quarter hour and one coverage report per meter out. What is kept does
 * not grow with the rows: ten bytes for each quarter hour of the period and each meter that is not sealed yet.
 */
import { type CoverageReport, EMPTY, Marks, VALUE, ZERO } from './coverage.ts';
import { EnergyGrid, MAX_MILLIWATT_HOURS, showKWh } from './energy.ts';
import { HourlyError } from './errors.ts';
import { CELL, type IntervalSeconds, type Span } from './span.ts';
import type { LocalClock } from './zone.ts';

export interface MeterInterval {
  readonly meter: string;
  /** UTC seconds. */
  readonly start: number;
  readonly seconds: IntervalSeconds;
  /** Whole mWh; null where the file leaves the value empty. */
  readonly milliWh: number | null;
}

export interface MeterReport {
  readonly meter: string;
  readonly kWh: string;
  readonly coverage: CoverageReport;
}

export interface MeterBookOptions {
  readonly span: Span;
  /** Length the meters were set to. */
  readonly seconds: IntervalSeconds;
  readonly clock: LocalClock | null;
  /** Meter → why its zeros are true ("line stopped"), as a person said. */
  readonly zeroReasons?: ReadonlyMap<string, string>;
}

export class MeterBook {
  readonly energy: EnergyGrid;
  readonly #options: MeterBookOptions;
  readonly #open = new Map<string, { readonly marks: Marks; milliWh: number }>();
  readonly #sealed = new Map<string, MeterReport>();

  constructor(options: MeterBookOptions) {
    this.#options = options;
    this.energy = new EnergyGrid(options.span);
  }

  /** @throws {HourlyError} hourly/misaligned, negative-energy, too-much-energy, meter-sealed */
  add(meter: string, start: number, seconds: IntervalSeconds, milliWh: number | null): void {
    const own = this.#meter(meter);
    if (start % CELL !== 0) {
      throw new HourlyError(
        'hourly/misaligned',
        `/meters/${meter}`,
        `an interval begins ${start % CELL} seconds past a quarter hour`,
        'export intervals that begin on a quarter hour',
      );
    }
    if (milliWh === null) {
      own.marks.place(start, seconds, EMPTY, -1);
      return;
    }
    if (milliWh < 0 || milliWh > MAX_MILLIWATT_HOURS || !Number.isInteger(milliWh)) {
      throw new HourlyError(
        milliWh < 0 ? 'hourly/negative-energy' : 'hourly/too-much-energy',
        `/meters/${meter}`,
        `${milliWh} mWh is not the energy of one interval`,
        'keep what is fed out in a series of its own; check the unit',
      );
    }
    if (own.marks.place(start, seconds, milliWh === 0 ? ZERO : VALUE, milliWh) !== 'taken') return;
    this.energy.add(start, seconds, milliWh);
    own.milliWh += milliWh;
    if (own.milliWh > Number.MAX_SAFE_INTEGER) {
      throw new HourlyError(
        'hourly/too-much-energy',
        `/meters/${meter}`,
        'more than 9 TWh on one meter',
        'check the unit',
      );
    }
  }

  addAll(intervals: Iterable<MeterInterval>): this {
    for (const { meter, start, seconds, milliWh } of intervals) this.add(meter, start, seconds, milliWh);
    return this;
  }

  /** A row in the hour that spring leaves out; `byOrder` one in the hour that autumn repeats. */
  note(meter: string, what: 'impossible' | 'byOrder'): void {
    this.#meter(meter).marks[what] += 1;
  }

  /** Ends a meter and frees its memory: its report stays, more rows of it are refused. */
  seal(meter: string): MeterReport {
    const sealed = this.#sealed.get(meter);
    if (sealed !== undefined) return sealed;
    const { marks, milliWh } = this.#meter(meter);
    if (marks.conflicts) {
      throw new HourlyError(
        'hourly/conflicting-readings',
        `/meters/${meter}`,
        `${meter} has two readings for one time, first at ${marks.firstDifferent}`,
        'export the meter again, or leave one of the two readings out',
      );
    }
    const reason = this.#options.zeroReasons?.get(meter);
    const report: MeterReport = {
      meter,
      kWh: showKWh(BigInt(milliWh) * 4n),
      coverage: marks.report(this.#options.clock, reason !== undefined),
    };
    this.#open.delete(meter);
    this.#sealed.set(meter, report);
    return report;
  }

  /** What a meter's rows cover so far, conflicts included: to be shown to a person before anything is refused. */
  inspect(meter: string): CoverageReport {
    return (
      this.#sealed.get(meter)?.coverage ??
      this.#meter(meter).marks.report(this.#options.clock, this.#options.zeroReasons?.has(meter) === true)
    );
  }

  /** All meters, sealed, in the order of their names. @throws {HourlyError} hourly/conflicting-readings */
  finish(): readonly MeterReport[] {
    for (const meter of [...this.#open.keys()]) this.seal(meter);
    return [...this.#sealed.values()].sort((a, b) => (a.meter < b.meter ? -1 : 1));
  }

  #meter(meter: string): { readonly marks: Marks; milliWh: number } {
    const known = this.#open.get(meter);
    if (known !== undefined) return known;
    if (this.#sealed.has(meter)) {
      throw new HourlyError(
        'hourly/meter-sealed',
        `/meters/${meter}`,
        `${meter} is sealed and has another row`,
        'give all rows of a meter before it is sealed',
      );
    }
    const fresh = { marks: new Marks(this.#options.span, this.#options.seconds), milliWh: 0 };
    this.#open.set(meter, fresh);
    return fresh;
  }
}
