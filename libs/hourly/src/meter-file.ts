/**
 * Meter files of any length, read as their bytes come: UTF-8, comma, semicolon or tab, one interval a row. The column
 * names and the ways of writing a time and a number are those of `#lib/evidence`; a row in the plain form
 * (`2025-01-31 05:15,12.5`) is read here without making texts of it, any other row by those readers themselves.
 */
import { fromUtf8 } from '#lib/canonical';
import { readLocalTime, readNumber } from '#lib/evidence';
import { readUnit, type Unit } from '#lib/quantity';
import { MAX_MILLIWATT_HOURS } from './energy.ts';
import { HourlyError, type HourlyErrorCode } from './errors.ts';
import { type Columns, milliwattHoursOf, readHeader } from './meter-header.ts';
import { PlainTime, plainEnergy, splitText } from './plain-row.ts';
import { CELL, type IntervalSeconds, requireLength } from './span.ts';
import type { LocalClock } from './zone.ts';

export interface MeterFileOptions {
  /** Length of an interval, where rows do not carry both ends. */
  readonly seconds: IntervalSeconds;
  /** Clock of times without an offset. */
  readonly clock: LocalClock;
  /** Name of the meter, where no column has it. */
  readonly meter: string;
}

export interface MeterSink {
  add(meter: string, start: number, seconds: IntervalSeconds, milliWh: number | null): void;
  note(meter: string, what: 'impossible' | 'byOrder'): void;
}

const LONGEST_LINE = 4_096;
const HEADER_LINES = 20;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const SHANGHAI = 28_800;

/** Push bytes as they come, then `end()`. The result goes to the sink, row by row. */
export class MeterFileReader {
  readonly #options: MeterFileOptions;
  readonly #sink: MeterSink;
  #rest: Uint8Array = new Uint8Array(0);
  #line = 0;
  #columns: Columns | null = null;
  #separator = ',';
  #head: string[] = [];
  #rows = 0;
  readonly #time = new PlainTime();
  // the last meter read: most rows repeat it
  #meterBytes: Uint8Array = new Uint8Array(0);
  #meter: string;
  readonly #lastStart = new Map<string, number>();
  readonly #bounds = new Int32Array(64);

  constructor(options: MeterFileOptions, sink: MeterSink) {
    requireLength(options.seconds, '/seconds');
    this.#options = options;
    this.#sink = sink;
    this.#meter = options.meter;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.#rest.length > 0) {
      const newline = chunk.indexOf(NEWLINE);
      const upTo = newline < 0 ? chunk.length : newline;
      const joined = new Uint8Array(this.#rest.length + upTo);
      joined.set(this.#rest);
      joined.set(chunk.subarray(0, upTo), this.#rest.length);
      this.#rest = joined;
      if (newline < 0) {
        this.#checkLength(joined.length);
        return;
      }
      this.#rest = new Uint8Array(0);
      this.#readLine(joined, 0, joined.length);
      from = newline + 1;
    }
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, from);
      if (newline < 0) break;
      this.#readLine(chunk, from, newline);
      from = newline + 1;
    }
    if (from < chunk.length) {
      this.#rest = chunk.slice(from);
      this.#checkLength(this.#rest.length);
    }
  }

  /** Rows read. @throws {HourlyError} hourly/missing-column for a file without a header that is known */
  end(): number {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array(0);
      this.#readLine(rest, 0, rest.length);
    }
    if (this.#columns === null) this.#findHeader();
    return this.#rows;
  }

  /** A line that is not whole yet must not grow without a bound. */
  #checkLength(length: number): void {
    if (length <= LONGEST_LINE) return;
    this.#line += 1;
    throw this.#refuse(
      'hourly/malformed-file',
      'a line longer than 4,096 bytes',
      'save the file as CSV with one interval a line',
    );
  }

  #readLine(bytes: Uint8Array, from: number, to: number): void {
    const until = to > from && bytes[to - 1] === RETURN ? to - 1 : to;
    this.#checkLength(until - from);
    this.#line += 1;
    if (this.#columns === null) {
      this.#head.push(this.#text(bytes, from, until));
      if (this.#head.length < HEADER_LINES) return;
      this.#findHeader();
      return;
    }
    if (until > from) this.#readRow(bytes, from, until);
  }

  /** Header and the first rows, which were waiting for it. */
  #findHeader(): void {
    const lines = this.#head;
    this.#head = [];
    const { at, separator, ...columns } = readHeader(lines);
    this.#columns = columns;
    this.#separator = separator;
    this.#line = at + 1;
    for (const line of lines.slice(at + 1)) {
      this.#line += 1;
      if (line !== '') this.#readSlowly(splitText(line, separator));
    }
  }

  #readRow(bytes: Uint8Array, from: number, to: number): void {
    const columns = this.#columns!;
    const bounds = this.#bounds;
    const separator = this.#separator.charCodeAt(0);
    let fields = 0;
    let begin = from;
    for (let at = from; at <= to; at += 1) {
      const byte = at === to ? separator : bytes[at]!;
      if (byte === QUOTE || fields > 30) {
        this.#readSlowly(splitText(this.#text(bytes, from, to), this.#separator));
        return;
      }
      if (byte !== separator) continue;
      bounds[2 * fields] = begin;
      bounds[2 * fields + 1] = at;
      fields += 1;
      begin = at + 1;
    }
    const plain =
      columns.end === null && columns.unit === null && columns.time < fields && columns.energy < fields;
    const wall = plain
      ? this.#time.read(bytes, bounds[2 * columns.time]!, bounds[2 * columns.time + 1]!)
      : -1;
    const milliWh =
      wall < 0
        ? -1
        : plainEnergy(bytes, bounds[2 * columns.energy]!, bounds[2 * columns.energy + 1]!, columns.perUnit!);
    if (milliWh < 0) {
      this.#readSlowly(splitText(this.#text(bytes, from, to), this.#separator));
      return;
    }
    if (columns.meter !== null) {
      if (columns.meter >= fields) this.#meter = this.#options.meter;
      else this.#meterAt(bytes, bounds[2 * columns.meter]!, bounds[2 * columns.meter + 1]!);
    }
    this.#give(this.#meter, this.#utc(wall, this.#options.seconds), this.#options.seconds, milliWh);
  }

  #meterAt(bytes: Uint8Array, from: number, to: number): void {
    const known = this.#meterBytes;
    let same = known.length === to - from && to > from;
    for (let at = 0; same && at < known.length; at += 1) same = known[at] === bytes[from + at];
    if (same) return;
    this.#meterBytes = bytes.slice(from, to);
    this.#meter = this.#text(bytes, from, to).trim() || this.#options.meter;
  }

  /** The row by the readers of every other import. */
  #readSlowly(fields: readonly string[]): void {
    const columns = this.#columns!;
    const cell = (at: number | null) =>
      at === null || (fields[at] ?? '') === '' ? null : ({ kind: 'text', text: fields[at]! } as const);
    if (fields.every((text) => text.trim() === '')) return;
    if (/^(合计|总计|小计|总和|total|subtotal|sum)/i.test(fields.find((text) => text.trim() !== '') ?? ''))
      return;
    if (isTotal(fields) && readLocalTime(cell(columns.time)) === null) return;
    const time = this.#slowTime(fields[columns.time] ?? '');
    let seconds = this.#options.seconds;
    if (columns.end !== null) {
      const end = this.#slowTime(fields[columns.end] ?? '');
      seconds = requireLength(end.offset === time.offset ? end.wall - time.wall : 0, `/rows/${this.#line}`);
    }
    const number = readNumber(cell(columns.energy));
    if (number.kind === 'ambiguous' || number.kind === 'not-a-number') {
      throw this.#refuse(
        'hourly/malformed-energy',
        `${JSON.stringify(number.text)} is not an energy`,
        'write digits with one point, for example 12.5',
      );
    }
    const meter = (columns.meter === null ? '' : (fields[columns.meter] ?? '')).trim() || this.#options.meter;
    this.#meterBytes = new Uint8Array(0);
    const start =
      time.offset === null
        ? this.#utc(time.wall, seconds, meter)
        : this.#shift(time.wall - time.offset, seconds);
    if (number.kind === 'empty') {
      this.#give(meter, start, seconds, null);
      return;
    }
    const named = number.unit ?? readUnit(columns.unit === null ? '' : (fields[columns.unit] ?? ''));
    const perUnit = named === null ? columns.perUnit : this.#knownUnit(named);
    if (perUnit === null)
      throw this.#refuse('hourly/energy-unit', 'the row has no unit', 'write kWh, MWh or 万度');
    this.#give(meter, start, seconds, this.#milliWh(number.value, perUnit));
  }

  #slowTime(text: string): { readonly wall: number; readonly offset: number | null } {
    const local = readLocalTime({ kind: 'text', text });
    if (local === null) {
      throw this.#refuse(
        'hourly/malformed-time',
        `${JSON.stringify(text.slice(0, 40))} is not a time`,
        'write 2025-01-31 05:15',
      );
    }
    // A time with an offset comes back as the wall of Shanghai.
    return /\d\s*(Z|[+-]\d{2}:?\d{2})\s*$/.test(text) && /:|时/.test(text)
      ? { wall: local, offset: SHANGHAI }
      : { wall: local, offset: null };
  }

  #milliWh(value: string, perUnit: number): number {
    if (value.startsWith('-')) {
      throw this.#refuse(
        'hourly/negative-energy',
        `${value} is below 0`,
        'keep what is fed out in a series of its own',
      );
    }
    const [whole = '0', fraction = ''] = value.split('.');
    const places = Math.round(Math.log10(perUnit));
    if (/[1-9]/.test(fraction.slice(places))) {
      throw this.#refuse(
        'hourly/too-fine',
        `${value} is finer than one mWh`,
        'round the export to six decimals of a kWh',
      );
    }
    const scaled = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
    if (scaled > BigInt(MAX_MILLIWATT_HOURS)) {
      throw this.#refuse(
        'hourly/too-much-energy',
        `${value} is too much for one interval`,
        'check the unit of the energy column',
      );
    }
    return Number(scaled);
  }

  #knownUnit(unit: Unit): number {
    return milliwattHoursOf(unit, `/rows/${this.#line}`);
  }

  #shift(utc: number, seconds: number): number {
    return this.#columns!.marks === 'start' ? utc : utc - seconds;
  }

  /** UTC start of an interval whose mark is on the wall; -1 in the hour that spring leaves out. */
  #utc(wall: number, seconds: number, meter = this.#meter): number {
    const found = this.#options.clock.utc(wall);
    if (found.length === 0) return -1;
    if (found.length === 1) return this.#shift(found[0]!, seconds);
    const [first, second] = [this.#shift(found[0]!, seconds), this.#shift(found[1]!, seconds)];
    const last = this.#lastStart.get(meter) ?? -1;
    // Rows in order of time: before the first pass it is the first, from then on the second.
    if (last < 0 || last > second) {
      throw this.#refuse(
        'hourly/ambiguous-time',
        'the hour that autumn repeats, and the rows are not in order of time',
        'sort the rows by time, or write each time with its offset',
      );
    }
    this.#sink.note(meter, 'byOrder');
    return last < first ? first : second;
  }

  #give(meter: string, start: number, seconds: IntervalSeconds, milliWh: number | null): void {
    this.#rows += 1;
    if (start < 0) {
      this.#sink.note(meter, 'impossible');
      return;
    }
    if (start % CELL !== 0) {
      throw this.#refuse(
        'hourly/misaligned',
        'the interval does not begin on a quarter hour',
        'export intervals that begin on a quarter hour',
      );
    }
    this.#lastStart.set(meter, start);
    this.#sink.add(meter, start, seconds, milliWh);
  }

  #text(bytes: Uint8Array, from: number, to: number): string {
    try {
      return fromUtf8(bytes.subarray(from, to));
    } catch (cause) {
      throw this.#refuse('hourly/malformed-file', 'a line is not UTF-8', 'save the file as CSV UTF-8', cause);
    }
  }

  #refuse(code: HourlyErrorCode, message: string, remedy: string, cause?: unknown): HourlyError {
    return new HourlyError(
      code,
      `/rows/${this.#line}`,
      `line ${this.#line}: ${message}`,
      remedy,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** All chunks of a file; rows read. */
export function readMeterFile(
  chunks: Iterable<Uint8Array>,
  options: MeterFileOptions,
  sink: MeterSink,
): number {
  const reader = new MeterFileReader(options, sink);
  for (const chunk of chunks) reader.push(chunk);
  return reader.end();
}

/** A row that sums the others up: known by its first words, and it has no time. */
const isTotal = (fields: readonly string[]): boolean =>
  /^\s*(合计|总计|小计|总和|total|subtotal|sum)/i.test(fields.find((text) => text.trim() !== '') ?? '');
