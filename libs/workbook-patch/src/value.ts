/** What can be written into a cell, and the XML it becomes (ECMA-376 part 1, 18.3.1.4). */
import { WorkbookError } from './errors.ts';
import { escapeText } from './xml.ts';

export type CellValue =
  | { readonly kind: 'text'; readonly text: string }
  /** A decimal string; Excel itself keeps 15 significant digits of it. */
  | { readonly kind: 'number'; readonly decimal: string }
  /** `YYYY-MM-DD`, written as Excel's day number; the cell's own style shows it as a date. */
  | { readonly kind: 'date'; readonly day: string };

export interface CellXml {
  /** ` t="…"` or nothing. */
  readonly type: string;
  readonly content: (prefix: string) => string;
}

const MAX_TEXT = 32_767;
const DAYS_TO_1904 = 1_462;

/** `epoch1904`: the workbook counts days from 1904, as old Macintosh files do. */
export function cellXml(value: CellValue, pointer: string, epoch1904: boolean): CellXml {
  switch (value.kind) {
    case 'text': {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no form for these
      if (value.text.length > MAX_TEXT || /[\0-\x08\x0b-\x1f\ufffe\uffff]/.test(value.text))
        throw malformed(
          pointer,
          'a text of at most 32,767 characters without control characters',
          value.text,
        );
      const text = escapeText(value.text);
      return {
        type: ' t="inlineStr"',
        content: (p) => `<${p}is><${p}t xml:space="preserve">${text}</${p}t></${p}is>`,
      };
    }
    case 'number': {
      if (!/^-?(0|[1-9]\d{0,23})(\.\d{1,24})?$/.test(value.decimal))
        throw malformed(pointer, 'a decimal string like "12.5"', value.decimal);
      return { type: '', content: (p) => `<${p}v>${value.decimal}</${p}v>` };
    }
    case 'date': {
      const day = dayNumber(value.day);
      if (day === null) throw malformed(pointer, 'a day like 2026-12-31 after February 1900', value.day);
      const number = epoch1904 ? day - DAYS_TO_1904 : day;
      if (number < 0)
        throw malformed(pointer, 'a day after 1903, as this workbook counts from there', value.day);
      return { type: '', content: (p) => `<${p}v>${number}</${p}v>` };
    }
    default: {
      const never: never = value;
      throw malformed(pointer, 'text, number or date', JSON.stringify(never));
    }
  }
}

const malformed = (pointer: string, wanted: string, seen: string): WorkbookError =>
  new WorkbookError(
    'workbook/malformed-value',
    pointer,
    `${JSON.stringify(seen.slice(0, 40))} cannot stand in a cell`,
    `give ${wanted}`,
  );

/** Days since 1899-12-30, which is Excel's count from March 1900 on (it believes in a 29 February 1900). */
function dayNumber(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > (lengths[month - 1] ?? 0)) return null;
  const before = year - 1;
  const days =
    before * 365 +
    Math.floor(before / 4) -
    Math.floor(before / 100) +
    Math.floor(before / 400) +
    lengths.slice(0, month - 1).reduce((sum, each) => sum + each, 0) +
    day;
  const number = days - 693_594;
  return number > 60 ? number : null;
}
