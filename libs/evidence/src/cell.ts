/** Cells as the file readers hand them over: bytes already turned into text, meaning not yet read. */

export type CellKind = 'text' | 'number' | 'date' | 'boolean' | 'error';

/**
 * `number`: decimal string. `date`: local `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`. `error`: the spreadsheet's
 * mark such as `#REF!`, or `#UNCALCULATED` for a formula saved without its result.
 */
export interface Cell {
  readonly kind: CellKind;
  readonly text: string;
}

export type Row = readonly (Cell | null)[];

/** A sheet, or a CSV file as one sheet. Row and column numbers count from 1 at the file's first cell. */
export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly rows: readonly Row[];
}

/** What people type for "nothing here". */
const BLANKS = new Set(['', '/', '-', '—', '--', '无', 'n/a', 'na', '#n/a']);

/**
 * Full-width and compatibility forms folded (NFKC), line breaks and runs of white space one space, outer white space off.
 * What nobody sees goes: chat programs and web pages leave such characters behind in what is copied from them.
 */
export const foldText = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();

/** The folded text of a cell, or null for an empty one. */
export function cellText(cell: Cell | null | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  const folded = foldText(cell.text);
  return BLANKS.has(folded.toLowerCase()) && cell.kind !== 'error' ? null : folded;
}

/** 1 → A, 27 → AA: how a spreadsheet names its columns. */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}
