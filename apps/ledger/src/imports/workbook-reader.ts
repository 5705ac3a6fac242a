/** An .xlsx file's bytes into sheets of typed cells. It reads values only: what they mean is decided in `evidence`. */

import readXlsxFile, { type CellValue } from 'read-excel-file/node';
import { type Cell, EvidenceError, type Sheet } from '#lib/evidence';
import { LIMITS, type Limits, openXlsx, UNCALCULATED } from './xlsx-archive.ts';

/** A numeric cell on its way through the reader. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ERRORS = new Set([
  '#NULL!',
  '#DIV/0!',
  '#VALUE!',
  '#REF!',
  '#NAME?',
  '#NUM!',
  '#N/A',
  '#SPILL!',
  '#CALC!',
  '#FIELD!',
  '#BLOCKED!',
  UNCALCULATED,
]);

/**
 * Sheets in the workbook's order. Row and column numbers are the spreadsheet's own.
 * @throws {EvidenceError} evidence/file-too-large, /unzipped-too-large, /too-many-cells, /not-xlsx, /unreadable-file
 */
export async function readWorkbook(bytes: Uint8Array, limits: Limits = LIMITS): Promise<readonly Sheet[]> {
  const workbook = openXlsx(bytes, limits);
  const options = { parseNumber: (raw: string) => new NumberText(plainDecimal(raw)) };
  try {
    const sheets = await readXlsxFile(Buffer.from(workbook.bytes), options);
    return sheets.map(({ sheet, data }) => ({
      name: sheet,
      hidden: workbook.hidden.has(sheet),
      rows: data.map((row) => row.map(toCell)),
    }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EvidenceError(
      'evidence/unreadable-file',
      `the workbook cannot be read (${why}); save it as .xlsx again`,
      { cause },
    );
  }
}

function toCell(value: CellValue<NumberText> | null): Cell | null {
  if (value === null) return null;
  if (value instanceof NumberText) return { kind: 'number', text: value.text };
  if (value instanceof Date) return { kind: 'date', text: localText(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) };
  const text = String(value);
  return { kind: ERRORS.has(text) ? 'error' : 'text', text };
}

/**
 * The number a person sees. Excel keeps binary floats and shows 15 digits, so 58.2 may be stored as
 * 58.199999999999996; no exponent is left.
 */
function plainDecimal(raw: string): string {
  const number = Number(Number(raw).toPrecision(15));
  if (!Number.isFinite(number)) return raw;
  const [mantissa = '0', exponent = '0'] = String(number).split('e');
  const shift = Number(exponent);
  if (shift === 0) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? `${sign}${digits.padEnd(point, '0')}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The reader puts wall time into UTC; serial dates are floats, so the nearest second is meant. */
function localText(date: Date): string {
  const rounded = new Date(Math.round(date.getTime() / 1000) * 1000);
  if (Number.isNaN(rounded.getTime())) return '';
  const [day = '', time = ''] = rounded.toISOString().slice(0, 19).split('T');
  return time === '00:00:00' ? day : `${day}T${time}`;
}
