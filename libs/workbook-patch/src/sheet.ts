/**
 * Cells written into the XML of one worksheet (ECMA-376 part 1, 18.3.1.99). One pass over its row and cell tags; all
 * text between the cells that change is copied as it was. The XML is attacker-controlled.
 */
import { type Address, formatAddress, isWithin, parseAddress, parseRange, type Range } from './address.ts';
import { notXlsx, WorkbookError } from './errors.ts';
import type { CellXml } from './value.ts';
import { attribute, unescapeXml, withoutAttributes } from './xml.ts';

export interface CellEdit {
  readonly address: Address;
  readonly xml: CellXml;
  readonly replaceFormula: boolean;
  readonly formulaHas: string | null;
  readonly pointer: string;
}

export type Before = 'empty' | 'value' | 'formula';

export interface PatchedSheet {
  readonly xml: string;
  /** What stood in each cell, in the order of the edits. */
  readonly before: ReadonlyMap<CellEdit, Before>;
}

// One tag at a time and never past the next "<", so hostile XML costs no more than its length.
const TAG = /<(\/?)((?:\w+:)?)(sheetData|row|c)(?=[\s/>])([^<>]*)>/g;

export function patchSheet(xml: string, edits: readonly CellEdit[]): PatchedSheet {
  refuseCovered(xml, edits);
  const rows = new Map<number, CellEdit[]>();
  for (const edit of edits) rows.set(edit.address.row, [...(rows.get(edit.address.row) ?? []), edit]);
  for (const row of rows.values()) row.sort((a, b) => a.address.column - b.address.column);
  return new SheetWriter(
    xml,
    [...rows.entries()].sort(([a], [b]) => a - b),
  ).run();
}

const MAX_COMPARISONS = 50_000_000;

/** Cells that a merge hides or that the formula of another cell fills. */
function refuseCovered(xml: string, edits: readonly CellEdit[]): void {
  const merged = rangesOf(xml.matchAll(/<(?:\w+:)?mergeCell\s[^<>]*>/g));
  const filled = rangesOf(xml.matchAll(/<(?:\w+:)?f(?=\s)[^<>]*\st=["'](?:array|dataTable)["'][^<>]*>/g));
  if ((merged.length + filled.length) * edits.length > MAX_COMPARISONS)
    throw notXlsx('a sheet has far more merged cells than a form needs');
  for (const edit of edits) {
    const { column, row } = edit.address;
    const merge = merged.find((range) => isWithin(edit.address, range));
    if (merge !== undefined && (merge.from.column !== column || merge.from.row !== row)) {
      throw new WorkbookError(
        'workbook/merged-cell',
        edit.pointer,
        `${formatAddress(edit.address)} is hidden in the merged cells ${formatAddress(merge.from)}:${formatAddress(merge.to)}`,
        `write to ${formatAddress(merge.from)}`,
      );
    }
    const fill = filled.find((range) => isWithin(edit.address, range));
    if (fill !== undefined) throw sharedFormula(edit, fill);
  }
}

const rangesOf = (tags: Iterable<RegExpExecArray>): readonly Range[] =>
  [...tags].flatMap(([tag]) => parseRange(attribute(tag, 'ref') ?? '') ?? []);

const sharedFormula = (edit: CellEdit, range: Range): WorkbookError =>
  new WorkbookError(
    'workbook/shared-formula',
    edit.pointer,
    `the formula of ${formatAddress(edit.address)} also serves ${formatAddress(range.from)} to ${formatAddress(range.to)}`,
    'write to the cells that this formula reads instead',
  );

const otherFormula = (edit: CellEdit): WorkbookError =>
  new WorkbookError(
    'workbook/other-formula',
    edit.pointer,
    `${formatAddress(edit.address)} does not hold the formula with ${edit.formulaHas} that this edition of the workbook has there`,
    'supply the edition that the cell map is for, or write a map of your own',
  );

class SheetWriter {
  private readonly out: string[] = [];
  private readonly before = new Map<CellEdit, Before>();
  private copied = 0;
  private prefix = '';
  private readonly xml: string;
  private readonly rows: [number, CellEdit[]][];

  constructor(xml: string, rows: [number, CellEdit[]][]) {
    this.xml = xml;
    this.rows = rows;
  }

  run(): PatchedSheet {
    let row = 0;
    let column = 0;
    let pending: CellEdit[] = [];
    let open: { edit: CellEdit; attributes: string; from: number } | null = null;
    let ended = false;
    for (const token of this.xml.matchAll(TAG)) {
      const [tag, slash, prefix = '', name, attributes = ''] = token;
      const closes = slash === '/';
      const isEmpty = attributes.endsWith('/');
      const after = token.index + tag.length;
      if (name === 'sheetData') {
        if (ended) throw notXlsx('a sheet has two tables');
        this.prefix = prefix;
        if (!closes && !isEmpty) continue;
        ended = true;
        if (isEmpty)
          this.replace(token.index, after, `<${prefix}sheetData>${this.newRows(null)}</${prefix}sheetData>`);
        else this.replace(token.index, token.index, this.newRows(null));
      } else if (name === 'row' && !closes) {
        row = rowNumber(attributes, row);
        column = 0;
        this.replace(token.index, token.index, this.newRows(row));
        pending = this.rows[0]?.[0] === row ? (this.rows.shift()?.[1] ?? []) : [];
        // Its span would no longer hold; Excel does without.
        const opened = `<${prefix}row${withoutAttributes(attributes.replace(/\/$/, ''), 'spans')}>`;
        if (pending.length === 0) continue;
        if (!isEmpty) this.replace(token.index, after, opened);
        else {
          this.replace(token.index, after, `${opened}${this.newCells(pending)}</${prefix}row>`);
          pending = [];
        }
      } else if (name === 'row') {
        this.replace(token.index, token.index, this.newCells(pending));
        pending = [];
      } else if (!closes) {
        column = cellColumn(attributes, row, column);
        const earlier = pending.filter((edit) => edit.address.column < column);
        this.replace(token.index, token.index, this.newCells(earlier));
        pending = pending.slice(earlier.length);
        const [edit] = pending;
        if (edit === undefined || edit.address.column !== column) continue;
        pending = pending.slice(1);
        if (isEmpty) this.setCell(edit, attributes.slice(0, -1), token.index, after, '');
        else open = { edit, attributes, from: token.index };
      } else if (open !== null) {
        const inside = this.xml.slice(open.from, token.index);
        this.setCell(open.edit, open.attributes, open.from, after, inside);
        open = null;
      }
    }
    if (!ended || open !== null) throw notXlsx('a sheet has no complete table of cells');
    this.out.push(this.xml.slice(this.copied));
    return { xml: this.out.join(''), before: this.before };
  }

  private replace(from: number, to: number, text: string): void {
    if (from === to && text === '') return;
    this.out.push(this.xml.slice(this.copied, from), text);
    this.copied = to;
  }

  private setCell(edit: CellEdit, attributes: string, from: number, to: number, inside: string): void {
    const formula = /<(?:\w+:)?f(?=[\s/>])([^<>]*)>([^<]*)/.exec(inside);
    if (edit.formulaHas !== null && !unescapeXml(formula?.[2] ?? '').includes(edit.formulaHas))
      throw otherFormula(edit);
    if (formula !== null) {
      if (!edit.replaceFormula) {
        throw new WorkbookError(
          'workbook/formula-cell',
          edit.pointer,
          `${formatAddress(edit.address)} holds a formula`,
          'write to the cells that it reads, or set replaceFormula and know that it is gone then',
        );
      }
      const range = parseRange(attribute(formula[1] ?? '', 'ref') ?? '');
      if (range !== null && formatAddress(range.from) !== formatAddress(range.to))
        throw sharedFormula(edit, range);
    }
    const hasValue = /<(?:\w+:)?[vt](?:\s[^<>]*)?>[^<]/.test(inside);
    this.before.set(edit, formula !== null ? 'formula' : hasValue ? 'value' : 'empty');
    this.replace(from, to, this.cell(edit, withoutAttributes(attributes, 'r|t|cm|vm')));
  }

  private cell({ address, xml }: CellEdit, attributes: string): string {
    const p = this.prefix;
    return `<${p}c r="${formatAddress(address)}"${attributes.trimEnd()}${xml.type}>${xml.content(p)}</${p}c>`;
  }

  private newCells(edits: readonly CellEdit[]): string {
    for (const edit of edits) {
      if (edit.formulaHas !== null) throw otherFormula(edit);
      this.before.set(edit, 'empty');
    }
    return edits.map((edit) => this.cell(edit, '')).join('');
  }

  /** Rows that the sheet lacks, up to the row that comes next. */
  private newRows(next: number | null): string {
    let text = '';
    while (this.rows[0] !== undefined && (next === null || this.rows[0][0] < next)) {
      const [number, edits] = this.rows.shift() as [number, CellEdit[]];
      text += `<${this.prefix}row r="${number}">${this.newCells(edits)}</${this.prefix}row>`;
    }
    return text;
  }
}

function rowNumber(attributes: string, last: number): number {
  const row = Number(attribute(attributes, 'r') ?? last + 1);
  if (!Number.isSafeInteger(row) || row <= last) throw notXlsx('the rows of a sheet are out of order');
  return row;
}

function cellColumn(attributes: string, row: number, last: number): number {
  const stated = attribute(attributes, 'r');
  if (stated === null) return last + 1;
  const address = parseAddress(stated);
  if (address === null || address.row !== row || address.column <= last)
    throw notXlsx(`the cells of row ${row} are out of order`);
  return address.column;
}
