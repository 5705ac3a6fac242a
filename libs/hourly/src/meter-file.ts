/**
 * Meter files of any length, read as their bytes come: UTF-8, comma, semicolon or tab, one interval a row. The column
 * names and the ways of writing a time and a number are those of `#lib/evidence`; a row in the plain form
 * (`2025-01-31 05:15,12.5`) is read here without making texts of it, any other row by those readers themselves.
 */
import { fromUtf8 } from '#lib/canonical';
import { dayNumber, findHeader, METER_COLUMNS, readLocalTime, readNumber } from '#lib/evidence';
import { readUnit, type Unit } from '#lib/quantity';
import { MAX_MILLIWATT_HOURS } from './energy.ts';
import { HourlyError, type HourlyErrorCode } from './errors.ts';
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

/** mWh in one of the unit. Joules have no whole number of mWh, so they are not read. */
const MILLIWATT_HOURS: Partial<Record<Unit, number>> = { kWh: 1e6, 度: 1e6, MWh: 1e9, GWh: 1e12, 万度: 1e10 };

const LONGEST_LINE = 4_096;
const HEADER_LINES = 20;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const ZERO = 48;
const SHANGHAI = 28_800;

interface Columns {
  readonly time: number;
  readonly end: number | null;
  readonly marks: 'start' | 'end';
  readonly energy: number;
  readonly unit: number | null;
  readonly meter: number | null;
  readonly perUnit: number | null;
}

/** Push bytes as they come, then `end()`. The result goes to the sink, row by row. */
export class MeterFileReader {
  readonly #options: MeterFileOptions;
  readonly #sink: MeterSink;
  #rest: Uint8Array = new Uint8Array(0);
  #line = 0;
  #columns: Columns | null = null;
  #separator = 44;
  #head: string[] = [];
  #rows = 0;
  // the last day and meter read: most rows repeat them
  #dayKey = -1;
  #dayStart = 0;
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
    if (lines[0]?.startsWith('\ufeff')) lines[0] = lines[0].slice(1);
    const separators = [',', ';', '\t'].map((separator) => {
      const rows = lines.map((line) =>
        splitText(line, separator).map((text) => (text === '' ? null : ({ kind: 'text', text } as const))),
      );
      return { separator, header: findHeader({ name: '', hidden: false, rows }, METER_COLUMNS) };
    });
    const best = separators.reduce((a, b) =>
      (b.header?.columns.size ?? 0) > (a.header?.columns.size ?? 0) ? b : a,
    );
    const header = best.header;
    const energy = header?.columns.get('energy');
    const start = header?.columns.get('start');
    const end = header?.columns.get('end');
    const time = start ?? end;
    if (header === null || energy === undefined || time === undefined) {
      this.#line = lines.length;
      throw this.#refuse(
        'hourly/missing-column',
        'no header row with a time and an energy in the first 20 lines',
        `name the columns ${METER_COLUMNS.start[0]} or ${METER_COLUMNS.start[1]}, and ${METER_COLUMNS.energy[0]}(kWh) or Energy (kWh)`,
      );
    }
    this.#line = header.at + 1;
    const unit = header.units.get('energy') ?? unitOfName(lines[header.at]!, best.separator, energy);
    const columns: Columns = {
      time,
      end: start !== undefined && end !== undefined ? end : null,
      marks: start === undefined ? 'end' : 'start',
      energy,
      unit: header.columns.get('unit') ?? null,
      meter: header.columns.get('meter') ?? null,
      perUnit: unit === null ? null : this.#perUnit(unit),
    };
    if (columns.unit === null && columns.perUnit === null) {
      throw this.#refuse('hourly/energy-unit', 'the energy has no unit', 'write it in the header: 电量(kWh)');
    }
    this.#columns = columns;
    this.#separator = best.separator.charCodeAt(0);
    for (const line of lines.slice(header.at + 1)) {
      this.#line += 1;
      if (line !== '') this.#readSlowly(splitText(line, best.separator));
    }
  }

  #readRow(bytes: Uint8Array, from: number, to: number): void {
    const columns = this.#columns!;
    const bounds = this.#bounds;
    let fields = 0;
    let begin = from;
    for (let at = from; at <= to; at += 1) {
      const byte = at === to ? this.#separator : bytes[at]!;
      if (byte === QUOTE || fields > 30) {
        this.#readSlowly(splitText(this.#text(bytes, from, to), String.fromCharCode(this.#separator)));
        return;
      }
      if (byte !== this.#separator) continue;
      bounds[2 * fields] = begin;
      bounds[2 * fields + 1] = at;
      fields += 1;
      begin = at + 1;
    }
    const plain =
      columns.end === null && columns.unit === null && columns.time < fields && columns.energy < fields;
    const wall = plain
      ? this.#plainTime(bytes, bounds[2 * columns.time]!, bounds[2 * columns.time + 1]!)
      : -1;
    const milliWh =
      wall < 0
        ? -1
        : plainEnergy(bytes, bounds[2 * columns.energy]!, bounds[2 * columns.energy + 1]!, columns.perUnit!);
    if (milliWh < 0) {
      this.#readSlowly(splitText(this.#text(bytes, from, to), String.fromCharCode(this.#separator)));
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

  /** `YYYY-MM-DD hh:mm[:ss]` with `-` or `/` and a blank or `T`: seconds on the wall; -1 for any other form. */
  #plainTime(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length !== 16 && length !== 19) return -1;
    const dash = bytes[from + 4]!;
    if ((dash !== 45 && dash !== 47) || bytes[from + 7] !== dash) return -1;
    const blank = bytes[from + 10];
    if ((blank !== 32 && blank !== 84) || bytes[from + 13] !== 58) return -1;
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const month = two(bytes, from + 5);
    const day = two(bytes, from + 8);
    const hour = two(bytes, from + 11);
    const minute = two(bytes, from + 14);
    if (!(year >= 1900 && month >= 0 && day >= 0 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60))
      return -1;
    if (length === 19 && (bytes[from + 16] !== 58 || bytes[from + 17] !== ZERO || bytes[from + 18] !== ZERO))
      return -1;
    const key = (year * 16 + month) * 32 + day;
    if (key !== this.#dayKey) {
      const days = dayNumber(year, month, day);
      if (days === null) return -1;
      this.#dayKey = key;
      this.#dayStart = days * 86_400;
    }
    return this.#dayStart + hour * 3_600 + minute * 60;
  }

  /** The row by the readers of every other import. */
  #readSlowly(fields: readonly string[]): void {
    const columns = this.#columns!;
    const cell = (at: number | null) =>
      at === null || (fields[at] ?? '') === '' ? null : ({ kind: 'text', text: fields[at]! } as const);
    if (fields.every((text) => text.trim() === '')) return;
    if (/^(合计|总计|小计|总和|total|subtotal|sum)/i.test(fields.find((text) => text.trim() !== '') ?? ''))
      return;
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
    const perUnit = named === null ? columns.perUnit : this.#perUnit(named);
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

  #perUnit(unit: Unit): number {
    const perUnit = MILLIWATT_HOURS[unit];
    if (perUnit === undefined)
      throw this.#refuse('hourly/energy-unit', `energy in ${unit} is not read`, 'write kWh, MWh or 万度');
    return perUnit;
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

function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000;
}

/** Digits with at most one point and no more than 15 of them, in mWh; -1 for any other form. */
function plainEnergy(bytes: Uint8Array, from: number, to: number, perUnit: number): number {
  let value = 0;
  let scale = perUnit;
  let point = false;
  if (to === from || to - from > 14) return -1;
  for (let at = from; at < to; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      if (point) scale /= 10;
    } else if (bytes[at] === 46 && !point && at > from && at < to - 1) point = true;
    else return -1;
  }
  // below one mWh, or past what doubles hold exactly: the slow reader says so
  if (!Number.isInteger(scale) || scale < 1) return -1;
  const milliWh = value * scale;
  return milliWh <= MAX_MILLIWATT_HOURS ? milliWh : -1;
}

/** One CSV line; a quoted field may hold the separator and doubled quotes, never a line break. */
function splitText(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!;
    if (quoted && char === '"' && line[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  return [...fields, field];
}

/** A column that is called by its unit: `kWh`. */
function unitOfName(line: string, separator: string, column: number): Unit | null {
  return readUnit(splitText(line, separator)[column] ?? '');
}
