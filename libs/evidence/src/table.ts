/**
 * Finds the table inside a sheet: which row is the header, which column is which, which rows hold data.
 * Header texts are only ever looked up and never used as keys of an object, so `__proto__` is a name like any other.
 */
import { readUnit, type Unit } from '#lib/quantity';
import { type Cell, cellText, columnName, foldText, type Row, type Sheet } from './cell.ts';
import type { Note, Place, Refusal } from './draft.ts';
import { refuse } from './refusals.ts';

/** Names of each column in Chinese and English; the first two are what the template prints. */
export type Columns<K extends string> = Readonly<Record<K, readonly string[]>>;

export interface TableRow<K extends string> {
  /** As the spreadsheet counts. */
  readonly row: number;
  cell(column: K): Cell | null;
  place(column?: K): Place;
}

export interface Table<K extends string> {
  readonly rows: readonly TableRow<K>[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
  has(column: K): boolean;
  /** Unit written in a header such as `电量(kWh)`. */
  headerUnit(column: K): Unit | null;
}

export interface Header<K extends string> {
  readonly at: number;
  readonly columns: ReadonlyMap<K, number>;
  readonly units: ReadonlyMap<K, Unit>;
  readonly unknown: readonly { readonly index: number; readonly text: string }[];
  readonly twice: readonly { readonly index: number; readonly text: string }[];
}

const HEADER_ROWS = 20;

/** Reads the table of `sheet`; `required` columns that are missing are refused. */
export function readTable<K extends string>(
  sheet: Sheet,
  columns: Columns<K>,
  required: readonly K[],
): Table<K> {
  const sheetPlace: Place = { sheet: sheet.name, row: null, column: null };
  const header = findHeader(sheet, columns);
  if (header === null) {
    const wanted = required.map((column) => columns[column].slice(0, 2).join(' ')).join(', ');
    return emptyTable([refuse('evidence/missing-header', sheetPlace, { wanted })]);
  }
  const at = (index: number): Place => ({
    sheet: sheet.name,
    row: header.at + 1,
    column: columnName(index + 1),
  });
  const refusals = header.twice.map(({ index, text }) =>
    refuse('evidence/duplicate-column', at(index), { seen: text }),
  );
  for (const column of required) {
    if (header.columns.has(column)) continue;
    const place = { ...sheetPlace, row: header.at + 1 };
    refusals.push(
      refuse('evidence/missing-column', place, { wanted: columns[column].slice(0, 2).join(' ') }),
    );
  }
  const notes = header.unknown.map(
    ({ index, text }): Note => ({
      code: 'evidence/column-ignored',
      ...at(index),
      message: { zh: `忽略列“${text}”`, en: `column "${text}" is ignored` },
    }),
  );
  if (refusals.length > 0) return { ...emptyTable<K>(refusals), notes };
  return collectRows(sheet, header, notes);
}

function emptyTable<K extends string>(refusals: readonly Refusal[]): Table<K> {
  return { rows: [], refusals, notes: [], has: () => false, headerUnit: () => null };
}

function collectRows<K extends string>(sheet: Sheet, header: Header<K>, notes: Note[]): Table<K> {
  const rows: TableRow<K>[] = [];
  const refusals: Refusal[] = [];
  for (let index = header.at + 1; index < sheet.rows.length; index += 1) {
    const cells = sheet.rows[index] ?? [];
    if (cells.every((cell) => cellText(cell) === null)) continue;
    const first = cells.map(cellText).find((text) => text !== null) ?? '';
    const row = index + 1;
    if (/^(合计|总计|小计|总和|total|subtotal|sum)\b|^(合计|总计|小计|总和)/i.test(first)) {
      notes.push({
        code: 'evidence/total-row-skipped',
        sheet: sheet.name,
        row,
        column: null,
        message: { zh: `跳过合计行“${first}”`, en: `total row "${first}" is skipped` },
      });
      continue;
    }
    const place = (column?: K): Place => {
      const at = column === undefined ? undefined : header.columns.get(column);
      return { sheet: sheet.name, row, column: at === undefined ? null : columnName(at + 1) };
    };
    const errors = [...header.columns.keys()].flatMap((column) => {
      const cell = cells[header.columns.get(column) ?? -1];
      return cell?.kind === 'error'
        ? [refuse('evidence/formula-error', place(column), { seen: cell.text })]
        : [];
    });
    refusals.push(...errors);
    if (errors.length === 0) {
      rows.push({ row, place, cell: (column) => cells[header.columns.get(column) ?? -1] ?? null });
    }
  }
  if (rows.length === 0 && refusals.length === 0) {
    refusals.push(refuse('evidence/no-rows', { sheet: sheet.name, row: header.at + 1, column: null }));
  }
  return {
    rows,
    refusals,
    notes,
    has: (column) => header.columns.has(column),
    headerUnit: (column) => header.units.get(column) ?? null,
  };
}

/** The row with the most known names among the first rows: titles and merged rows above it have fewer. */
export function findHeader<K extends string>(sheet: Sheet, columns: Columns<K>): Header<K> | null {
  const byName = new Map<string, K>();
  for (const column of Object.keys(columns) as K[]) {
    for (const name of columns[column]) byName.set(headerKey(name), column);
  }
  let best: Header<K> | null = null;
  for (let at = 0; at < Math.min(HEADER_ROWS, sheet.rows.length); at += 1) {
    const header = readHeader(at, sheet.rows[at] ?? [], byName);
    if (header.columns.size >= 2 && header.columns.size > (best?.columns.size ?? 0)) best = header;
  }
  return best;
}

function readHeader<K extends string>(at: number, cells: Row, byName: ReadonlyMap<string, K>): Header<K> {
  const columns = new Map<K, number>();
  const units = new Map<K, Unit>();
  const unknown: { index: number; text: string }[] = [];
  const twice: { index: number; text: string }[] = [];
  for (const [index, cell] of cells.entries()) {
    const text = cellText(cell);
    if (text === null) continue;
    const { names, unit } = text.length > MAX_HEADER ? NO_HEADER : splitHeader(text);
    const column = names.map((name) => byName.get(name)).find((found) => found !== undefined);
    if (column === undefined) unknown.push({ index, text: text.slice(0, 60) });
    else if (columns.has(column)) twice.push({ index, text: text.slice(0, 60) });
    else {
      columns.set(column, index);
      if (unit !== null) units.set(column, unit);
    }
  }
  return { at, columns, units, unknown, twice };
}

const headerKey = (text: string): string =>
  foldText(text)
    .toLowerCase()
    .replace(/[\s_:：*]+/g, '');

type HeaderWords = { readonly names: readonly string[]; readonly unit: Unit | null };
const NO_HEADER: HeaderWords = { names: [], unit: null };
/** No column is called as long as this; what is longer is not taken apart, which could cost the square of its length. */
const MAX_HEADER = 200;

/** `电量 Energy (kWh)` → the whole, its Chinese part, its English part; and the unit in brackets. */
function splitHeader(text: string): HeaderWords {
  const bracket = /[([]([^)\]]*)[)\]]\s*$/.exec(text);
  const bare = bracket === null ? text : text.slice(0, bracket.index);
  const chinese = bare.replace(/[^\p{Script=Han}]+/gu, '');
  const english = bare.replace(/\p{Script=Han}+/gu, '');
  return {
    names: [text, bare, chinese, english].map(headerKey).filter((name) => name !== ''),
    unit: bracket === null ? null : readUnit(bracket[1] ?? ''),
  };
}
