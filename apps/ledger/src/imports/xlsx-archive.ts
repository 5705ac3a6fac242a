/**
 * Opens an .xlsx as the hostile ZIP it may be: sizes are counted while inflating, not taken from its headers,
 * and only the XML parts come out. Sheets are then made safe for the reader, which would fill every gap between
 * two cells and drop formula errors in silence.
 */

import { Unzip, UnzipInflate, type Zippable, zipSync } from 'fflate';
import { EvidenceError } from '#lib/evidence';

export interface Limits {
  readonly fileBytes: number;
  readonly unzippedBytes: number;
  readonly rows: number;
  readonly cells: number;
}

export const LIMITS: Limits = {
  fileBytes: 20 * 1024 * 1024,
  unzippedBytes: 200 * 1024 * 1024,
  rows: 200_000,
  cells: 10_000_000,
};

const MAX_PARTS = 2_000;
const CHUNK = 256 * 1024;
/** Excel's own limit is 32,767 characters a cell, each at most `&quot;` long. The reader is slow over longer texts. */
const MAX_RUN = 6 * 32_767;

/** What stands in a cell whose formula was saved without its result. */
export const UNCALCULATED = '#UNCALCULATED';

export interface SafeWorkbook {
  /** The workbook again, as a stored ZIP of its XML parts. */
  readonly bytes: Uint8Array;
  /** Names of sheets that the workbook hides. */
  readonly hidden: ReadonlySet<string>;
}

/** @throws {EvidenceError} evidence/file-too-large, /unzipped-too-large, /too-many-cells, /not-xlsx */
export function openXlsx(bytes: Uint8Array, limits: Limits = LIMITS): SafeWorkbook {
  if (bytes.length > limits.fileBytes) {
    throw new EvidenceError(
      'evidence/file-too-large',
      `the file has ${bytes.length} bytes; at most ${limits.fileBytes}, split it by year`,
    );
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw notXlsx('this is an old .xls or an encrypted workbook; save it as .xlsx without a password');
  }
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b)
    throw notXlsx('the file is no .xlsx workbook; save it as .xlsx');
  const parts = inflateXml(bytes, limits.unzippedBytes);
  const workbook = parts.get('xl/workbook.xml');
  if (workbook === undefined || !parts.has('[Content_Types].xml')) {
    throw notXlsx('the archive holds no Excel workbook; save it as .xlsx');
  }
  const safe: Zippable = {};
  const size = new SheetSize(limits);
  for (const [name, content] of parts) {
    const text = decodeXml(name, content);
    const isSheet = /^xl\/worksheets\/[^/]+\.xml$/.test(name);
    if (isSheet) size.startSheet();
    safe[name] = isSheet ? new TextEncoder().encode(safeSheet(text, size)) : content;
  }
  return { bytes: zipSync(safe, { level: 0 }), hidden: hiddenSheets(decodeXml('xl/workbook.xml', workbook)) };
}

const notXlsx = (message: string, cause?: unknown): EvidenceError =>
  new EvidenceError('evidence/not-xlsx', message, cause === undefined ? {} : { cause });

function inflateXml(bytes: Uint8Array, most: number): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  let total = 0;
  let count = 0;
  let unfinished = 0;
  const unzip = new Unzip((file) => {
    count += 1;
    if (count > MAX_PARTS)
      throw notXlsx(`the archive holds more than ${MAX_PARTS} parts; save it as .xlsx again`);
    if (!/\.(xml|rels)$/.test(file.name)) return;
    if (parts.has(file.name))
      throw notXlsx(`the archive holds ${JSON.stringify(file.name)} twice; save it as .xlsx again`);
    const chunks: Uint8Array[] = [];
    parts.set(file.name, new Uint8Array());
    unfinished += 1;
    file.ondata = (error, chunk, final) => {
      if (error) throw error;
      total += chunk.length;
      if (total > most) {
        throw new EvidenceError(
          'evidence/unzipped-too-large',
          `the workbook unpacks to over ${most} bytes; split it by year`,
        );
      }
      chunks.push(chunk);
      if (!final) return;
      unfinished -= 1;
      parts.set(file.name, Buffer.concat(chunks));
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      unzip.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof EvidenceError) throw cause;
    throw notXlsx('the archive is damaged or encrypted; save it as .xlsx again', cause);
  }
  if (unfinished > 0) throw notXlsx('the archive ends too early; save it as .xlsx again');
  return parts;
}

function decodeXml(name: string, content: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw notXlsx(`${JSON.stringify(name)} is not UTF-8; save it as .xlsx again`, cause);
  }
  // A tag that never ends costs the XML reader the square of the file's length.
  if (/<[^<>]*(?:<|$)/.test(text))
    throw notXlsx(`${JSON.stringify(name)} is no well-formed XML; save it as .xlsx again`);
  for (let from = 0, at = 0; at >= 0; from = at + 1) {
    at = text.indexOf('<', from);
    if ((at < 0 ? text.length : at) - from > MAX_RUN)
      throw notXlsx(
        `${JSON.stringify(name)} holds a text that is longer than Excel's cells; save it as .xlsx again`,
      );
  }
  // Excel writes no document type; one is there to define entities.
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw notXlsx(`${JSON.stringify(name)} defines a document type; save it as .xlsx again`);
  return text;
}

// One token at a time and never past the next "<", so hostile XML costs no more than its length.
const TOKEN = /<(\/?)((?:\w+:)?)(row|c|v|f)(?=[\s/>])([^<>]*)>/g;

interface OpenCell {
  readonly from: number;
  readonly prefix: string;
  readonly attributes: string;
  value: 'none' | 'empty' | 'text';
  isFormula: boolean;
}

/** Cells with formula errors become text, formulas without a result become {@link UNCALCULATED}; sizes are checked. */
function safeSheet(xml: string, size: SheetSize): string {
  const safe: string[] = [];
  let copied = 0;
  let cell: OpenCell | null = null;
  for (const token of xml.matchAll(TOKEN)) {
    const [tag, closing, prefix = '', name, attributes = ''] = token;
    const after = token.index + tag.length;
    const isEmpty = attributes.endsWith('/');
    if (name === 'row') {
      if (closing === '') size.addRow();
    } else if (name === 'c' && closing === '') {
      // `<c .../>` only carries a style.
      cell = isEmpty ? null : { from: token.index, prefix, attributes, value: 'none', isFormula: false };
    } else if (cell === null) {
    } else if (name === 'v' && closing === '') {
      cell.value = isEmpty || xml[after] === '<' ? 'empty' : 'text';
    } else if (name === 'f' && closing === '') {
      cell.isFormula = true;
    } else if (name === 'c') {
      size.addCell(/\sr=["']([A-Z]{1,4})(\d{1,12})["']/.exec(cell.attributes));
      const replacement = replacementOf(cell, xml.slice(cell.from, after));
      if (replacement !== null) {
        safe.push(xml.slice(copied, cell.from), replacement);
        copied = after;
      }
      cell = null;
    }
  }
  safe.push(xml.slice(copied));
  return safe.join('');
}

/** What the reader shall see instead of a cell that it would take for empty; null to leave the cell. */
function replacementOf({ prefix, attributes, value, isFormula }: OpenCell, whole: string): string | null {
  const type = /\st=["'](\w+)["']/.exec(attributes)?.[1] ?? 'n';
  if (type === 'e' && value === 'text') return whole.replace(attributes, () => retyped(attributes));
  // A formula of text may truly give "".
  const hasResult = value === 'text' || (type === 'str' && value === 'empty');
  if (type !== 'e' && (!isFormula || hasResult)) return null;
  return `<${prefix}c${retyped(attributes)}><${prefix}v>${UNCALCULATED}</${prefix}v></${prefix}c>`;
}

const retyped = (attributes: string): string => `${attributes.replace(/\st=["']\w+["']/, '')} t="str"`;

/** Counts rows over all sheets, and the rectangle that the reader would fill for one sheet. */
class SheetSize {
  private rows = 0;
  private lastRow = 0;
  private lastColumn = 0;
  private readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  startSheet(): void {
    this.lastRow = 0;
    this.lastColumn = 0;
  }

  addRow(): void {
    this.rows += 1;
    if (this.rows > this.limits.rows) this.refuse();
  }

  addCell(address: RegExpExecArray | null): void {
    this.lastRow = Math.max(this.lastRow, Number(address?.[2] ?? 0));
    this.lastColumn = Math.max(this.lastColumn, columnNumber(address?.[1] ?? ''));
    if (this.lastRow > this.limits.rows || this.lastRow * this.lastColumn > this.limits.cells) this.refuse();
  }

  private refuse(): never {
    throw new EvidenceError(
      'evidence/too-many-cells',
      `the workbook has over ${this.limits.rows} rows or ${this.limits.cells} cells; delete empty formatted rows and columns, or split it by year`,
    );
  }
}

const columnNumber = (letters: string): number =>
  [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);

function hiddenSheets(workbookXml: string): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const [tag] of workbookXml.matchAll(/<(?:\w+:)?sheet\s[^<>]*>/g)) {
    if (/\sstate=["'](hidden|veryHidden)["']/.test(tag))
      hidden.add(unescapeXml(/\sname="([^"]*)"/.exec(tag)?.[1] ?? ''));
  }
  return hidden;
}

const unescapeXml = (text: string): string =>
  text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '&',
  );
