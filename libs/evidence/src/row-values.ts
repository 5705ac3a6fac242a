/** Reads the values that rows of every sheet share. Each reader returns null after writing down why it could not. */
import {
  type Dimension,
  dimensionOf,
  parseDecimal,
  type Quantity,
  QuantityError,
  readUnit,
  type Unit,
} from '#lib/quantity';
import type { ActivityState, Line, Period, SourceGrade } from './activity.ts';
import { cellText } from './cell.ts';
import type { Refusal } from './draft.ts';
import { readNumber } from './number-cell.ts';
import { refuse } from './refusals.ts';
import type { Table, TableRow } from './table.ts';
import { DAY, type LocalSeconds, monthStart, readLocalTime, readMonth, showLocal, toUtc } from './time.ts';
import { GRADES, readLine, STATES } from './words.ts';

/** A period as local seconds, to compare rows, and as UTC text, to record. */
export interface RowPeriod extends Period {
  readonly from: LocalSeconds;
  readonly until: LocalSeconds;
}

export const DIMENSION_UNITS: Readonly<Record<Dimension, string>> = {
  energy: 'kWh, MWh, 度, 万度, GJ',
  mass: 'kg, t, g, 斤',
  volume: 'm3, L',
  'normal-volume': 'Nm3',
  length: 'km',
  freight: 'tkm',
  count: '件, piece, 万件',
  time: 'h',
};

export function readPeriod(row: TableRow<'start' | 'end' | 'month'>, refusals: Refusal[]): RowPeriod | null {
  const month = row.cell('month');
  if (cellText(month) !== null) {
    const read = readMonth(month);
    if (read !== null)
      return rowPeriod(monthStart(read.year, read.month), monthStart(read.year, read.month + 1));
    refusals.push(refuse('evidence/malformed-date', row.place('month'), { seen: cellText(month) ?? '' }));
    return null;
  }
  const first = readDay(row, 'start', refusals);
  const last = readDay(row, 'end', refusals);
  if (first === null || last === null) return null;
  if (last < first) {
    const seen = `${showLocal(first)} > ${showLocal(last)}`;
    refusals.push(refuse('evidence/reversed-period', row.place('end'), { seen }));
    return null;
  }
  // The last day is inclusive, as bills print it; inside, periods are half-open.
  return rowPeriod(first, last + DAY);
}

const rowPeriod = (from: LocalSeconds, until: LocalSeconds): RowPeriod => ({
  from,
  until,
  start: toUtc(from),
  end: toUtc(until),
});

function readDay(
  row: TableRow<'start' | 'end' | 'month'>,
  column: 'start' | 'end',
  refusals: Refusal[],
): LocalSeconds | null {
  const cell = row.cell(column);
  const seen = cellText(cell);
  if (seen === null) {
    refusals.push(refuse('evidence/missing-period', row.place(column)));
    return null;
  }
  const read = readLocalTime(cell);
  if (read === null) refusals.push(refuse('evidence/malformed-date', row.place(column), { seen }));
  return read === null ? null : Math.floor(read / DAY) * DAY;
}

/** A number that is present, not negative, and short enough to calculate with; its own unit if it carries one. */
export function readAmount<K extends string>(
  row: TableRow<K>,
  column: K,
  refusals: Refusal[],
): { readonly value: string; readonly unit: Unit | null } | null {
  const read = readNumber(row.cell(column));
  const place = row.place(column);
  switch (read.kind) {
    case 'empty':
      refusals.push(refuse('evidence/missing-quantity', place));
      return null;
    case 'ambiguous':
      refusals.push(refuse('evidence/ambiguous-number', place, { seen: read.text }));
      return null;
    case 'not-a-number':
      refusals.push(refuse('evidence/malformed-number', place, { seen: read.text }));
      return null;
    case 'number': {
      if (read.value.startsWith('-')) {
        refusals.push(refuse('evidence/negative-quantity', place, { seen: read.value }));
        return null;
      }
      if (!fits(read.value)) {
        refusals.push(refuse('evidence/too-many-digits', place, { seen: read.value }));
        return null;
      }
      return { value: read.value, unit: read.unit };
    }
  }
}

/** Whether a decimal string is short enough to calculate with. */
export function fits(value: string): boolean {
  try {
    parseDecimal(value);
    return true;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/** The unit of a row: from its unit column, behind the number, or in the header; all that are there must agree. */
export function readRowUnit<K extends string>(
  row: TableRow<K>,
  table: Table<K>,
  columns: { readonly quantity: K; readonly unit: K },
  behindNumber: Unit | null,
  dimensions: readonly Dimension[],
  refusals: Refusal[],
): Unit | null {
  const written = cellText(row.cell(columns.unit));
  const wanted = dimensions.map((dimension) => DIMENSION_UNITS[dimension]).join(', ');
  const named = written === null ? null : readUnit(written);
  if (written !== null && named === null) {
    refusals.push(refuse('evidence/unknown-unit', row.place(columns.unit), { seen: written, wanted }));
    return null;
  }
  const unit = named ?? behindNumber ?? table.headerUnit(columns.quantity);
  if (unit === null) {
    refusals.push(refuse('evidence/missing-unit', row.place(columns.unit)));
    return null;
  }
  if (named !== null && behindNumber !== null && named !== behindNumber) {
    const seen = `${behindNumber}, ${named}`;
    refusals.push(refuse('evidence/conflicting-unit', row.place(columns.quantity), { seen }));
    return null;
  }
  if (!dimensions.includes(dimensionOf(unit))) {
    const place = row.place(written === null ? columns.quantity : columns.unit);
    refusals.push(refuse('evidence/wrong-dimension', place, { seen: unit, wanted }));
    return null;
  }
  return unit;
}

/** State and quantity together: `missing` is the one state that goes without a number. */
export function readQuantity(
  row: TableRow<'quantity' | 'unit' | 'state'>,
  table: Table<'quantity' | 'unit' | 'state'>,
  dimensions: readonly Dimension[],
  refusals: Refusal[],
): { readonly state: ActivityState; readonly quantity: Quantity | null } | null {
  const state = readState(row, refusals);
  if (state === null) return null;
  if (state === 'missing') return { state, quantity: null };
  const amount = readAmount(row, 'quantity', refusals);
  if (amount === null) return null;
  const unit = readRowUnit(
    row,
    table,
    { quantity: 'quantity', unit: 'unit' },
    amount.unit,
    dimensions,
    refusals,
  );
  return unit === null ? null : { state, quantity: { value: amount.value, unit } };
}

export function readState(row: TableRow<'state'>, refusals: Refusal[]): ActivityState | null {
  return readWord(row, 'state', STATES, 'value', refusals);
}

/** Without a word: `bill` for a row with a voucher, `manual` for one without. Signed grades come from devices only. */
export function readGrade(row: TableRow<'grade' | 'voucher'>, refusals: Refusal[]): SourceGrade | null {
  const fallback = cellText(row.cell('voucher')) === null ? 'manual' : 'bill';
  const grade = readWord(row, 'grade', GRADES, fallback, refusals);
  if (grade !== 'signed-meter' && grade !== 'api') return grade;
  refusals.push(
    refuse('evidence/grade-not-allowed', row.place('grade'), {
      seen: grade,
      wanted: '账单 bill, 导出文件 file, 手工 manual',
    }),
  );
  return null;
}

/** Free words may stand in a document's names, which hold 200 characters together with our own words. */
const MOST_CHARACTERS = 120;

/** Free text, or null for an empty cell. */
export function readText<K extends string>(row: TableRow<K>, column: K, refusals: Refusal[]): string | null {
  const text = cellText(row.cell(column));
  if (text !== null && [...text].length > MOST_CHARACTERS)
    refusals.push(refuse('evidence/too-long-text', row.place(column), { seen: text }));
  return text;
}

/** The line of a row; `fallback` when the column is empty, or a refusal when there is no fallback. */
export function readRowLine(row: TableRow<'line'>, fallback: Line | null, refusals: Refusal[]): Line | null {
  const written = cellText(row.cell('line'));
  const line = written === null ? fallback : readLine(written);
  if (line === null)
    refusals.push(refuse('evidence/unknown-line', row.place('line'), { seen: written ?? '' }));
  return line;
}

/** A word of a closed set, `fallback` when the cell is empty; a null fallback refuses the empty cell. */
export function readWord<K extends string, T extends string>(
  row: TableRow<K>,
  column: K,
  words: { read(text: string): T | null; readonly wanted: string },
  fallback: T | null,
  refusals: Refusal[],
): T | null {
  const written = cellText(row.cell(column));
  const word = written === null ? fallback : words.read(written);
  if (word === null) {
    const code = written === null ? 'evidence/missing-item' : 'evidence/unknown-word';
    refusals.push(refuse(code, row.place(column), { seen: written ?? '', wanted: words.wanted }));
  }
  return word;
}
