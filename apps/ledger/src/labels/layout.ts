// Where things stand on a label and on a sheet, in millimetres. SVG and PDF draw the same layout.
import { makeSymbol, type QrSymbol, QUIET_ZONE } from './symbol.ts';

/** A4 with 3 × 7 labels of 63.5 × 38.1 mm, the common die-cut stock. */
export const SHEET = {
  width: 210,
  height: 297,
  left: 7.25,
  top: 15.15,
  pitchX: 66.04,
  pitchY: 38.1,
  columns: 3,
  rows: 7,
};
export const LABEL = { width: 63.5, height: 38.1 };
export const LABELS_PER_SHEET = SHEET.columns * SHEET.rows;

/** 4 dots at 203 dpi; above the 0.396 mm that GS1 asks for at the point of sale. */
const MODULE = 0.5;
const PADDING = 2;
/** Advance of one character of a monospaced font, in em. */
const ADVANCE = 0.6;

export type LabelText = {
  readonly x: number;
  /** Baseline. */
  readonly y: number;
  /** Font size. */
  readonly size: number;
  /** `code`: monospaced ASCII. `words`: may be Chinese. */
  readonly font: 'code' | 'words';
  readonly text: string;
};

export type Label = {
  readonly symbol: QrSymbol;
  /** Upper left dark module. */
  readonly symbolX: number;
  readonly symbolY: number;
  readonly module: number;
  readonly texts: readonly LabelText[];
  /** Says that this is a test, in a box; null on real labels. */
  readonly mark: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly text: string;
  } | null;
};

export type LabelFacts = {
  /** The absolute address in the symbol. */
  readonly uri: string;
  /** `(01)…`, `(10)…`, `(21)…`: one line each. */
  readonly elements: readonly string[];
  readonly productName: string;
  /** Printed by a test installation. */
  readonly isTest: boolean;
};

/** Font size at which a monospaced text fits, at most `largest`. */
const sizeWithin = (text: string, width: number, largest: number) =>
  Math.min(largest, width / (ADVANCE * Math.max(1, text.length)));

/** Wide characters count double: a CJK glyph is one em, a Latin one about half. */
const wordsWidth = (text: string) =>
  [...text].reduce((sum, c) => sum + (c.codePointAt(0)! > 0x2e80 ? 1 : 0.55), 0);
const wordsWithin = (text: string, width: number, largest: number) =>
  Math.min(largest, width / wordsWidth(text));

/** @throws RefusalError `labels/symbol-too-big` */
export function layOut({ uri, elements, productName, isTest }: LabelFacts): Label {
  const symbol = makeSymbol(uri);
  const side = (symbol.size + 2 * QUIET_ZONE) * MODULE;
  const right = PADDING + side;
  const width = LABEL.width - right - PADDING;
  const name = shorten(productName, 3.2 * 12);
  const texts: LabelText[] = [
    { x: right, y: 5.2, size: wordsWithin(name, width, 2.6), font: 'words', text: name },
    ...elements.map((text, line) => ({
      x: right,
      y: 9.6 + 3.4 * line,
      size: sizeWithin(text, width, 2.5),
      font: 'code' as const,
      text,
    })),
    { x: right, y: 22.2, size: wordsWithin(CALL.zh, width, 2.6), font: 'words', text: CALL.zh },
    { x: right, y: 25.6, size: wordsWithin(CALL.en, width, 2.2), font: 'words', text: CALL.en },
    ...addressLines(uri),
  ];
  const mark = isTest
    ? { x: right, y: 27.1, width: Math.min(width, 16), height: 3.6, text: 'TEST 测试' }
    : null;
  const inset = PADDING + QUIET_ZONE * MODULE;
  return { symbol, symbolX: inset, symbolY: inset - 1, module: MODULE, texts, mark };
}

/** What the scan leads to, in words that claim nothing about the product. */
const CALL = { zh: '扫码查看产品数据记录', en: "Scan for the product's data record" };

/** The address in plain text, on two lines when it is long. */
function addressLines(uri: string): LabelText[] {
  const width = LABEL.width - 2 * PADDING;
  const half = uri.length > 40 ? Math.ceil(uri.length / 2) : uri.length;
  const lines = [uri.slice(0, half), uri.slice(half)].filter((line) => line !== '');
  return lines.map((text, line) => ({
    x: PADDING,
    y: 33.4 + 2.4 * line,
    size: sizeWithin(text, width, 2),
    font: 'code' as const,
    text,
  }));
}

function shorten(text: string, width: number): string {
  if (wordsWidth(text) <= width) return text;
  const kept = [...text];
  while (kept.length > 1 && wordsWidth(kept.join('')) > width - 1) kept.pop();
  return `${kept.join('')}…`;
}

/** Page and upper left corner of the n-th label, n from 0. */
export function placeOf(n: number): { readonly page: number; readonly x: number; readonly y: number } {
  const at = n % LABELS_PER_SHEET;
  return {
    page: Math.floor(n / LABELS_PER_SHEET),
    x: SHEET.left + (at % SHEET.columns) * SHEET.pitchX,
    y: SHEET.top + Math.floor(at / SHEET.columns) * SHEET.pitchY,
  };
}
