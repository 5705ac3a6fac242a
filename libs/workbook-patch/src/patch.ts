/** The one way in: edits of cells into the bytes of a workbook, and a report of what changed. */
import { utf8 } from '#lib/canonical';
import { formatAddress, parseAddress } from './address.ts';
import {
  type Codec,
  LIMITS,
  type Limits,
  type Part,
  readArchive,
  repack,
  unpack,
  writeArchive,
} from './archive.ts';
import { calculateOnLoad, countsFrom1904, sheetPlaces, withoutLinks } from './book.ts';
import { notXlsx, WorkbookError } from './errors.ts';
import { type Before, type CellEdit, patchSheet } from './sheet.ts';
import { type CellValue, cellXml } from './value.ts';
import { guardedXml } from './xml.ts';

export interface Edit {
  /** Name as on the tab. */
  readonly sheet: string;
  readonly cell: string;
  readonly value: CellValue;
  /** A formula that stands there may go; false unless told. */
  readonly replaceFormula?: boolean;
  /** The cell must hold a formula with this text, or the workbook is another edition than the one meant. */
  readonly formulaHas?: string;
}

export interface PatchReport {
  readonly cells: readonly { readonly sheet: string; readonly cell: string; readonly before: Before }[];
  /** Parts of the archive that were written again; all others kept their bytes. */
  readonly changedParts: readonly string[];
}

export interface PatchedWorkbook {
  readonly bytes: Uint8Array;
  readonly report: PatchReport;
}

const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';
const CHAIN = 'xl/calcChain.xml';

/** @throws {WorkbookError} with the JSON pointer of the edit, as in `/3/cell` */
export function patchWorkbook(
  bytes: Uint8Array,
  edits: readonly Edit[],
  codec: Codec,
  limits: Limits = LIMITS,
): PatchedWorkbook {
  const book = new Archive(readArchive(bytes, limits), codec, limits);
  const places = sheetPlaces(book.text(WORKBOOK), book.text(RELATIONS));
  const epoch1904 = countsFrom1904(book.text(WORKBOOK));
  const perSheet = new Map<string, CellEdit[]>();
  const seen = new Set<string>();
  const read = edits.map((edit, index) => {
    const pointer = `/${index}`;
    if (!places.has(edit.sheet)) {
      throw new WorkbookError(
        'workbook/unknown-sheet',
        `${pointer}/sheet`,
        `the workbook has no sheet ${JSON.stringify(edit.sheet)}`,
        `its sheets are ${[...places.keys()].join(', ').slice(0, 400)}`,
      );
    }
    const cell = readEdit(edit, pointer, epoch1904);
    const place = `${edit.sheet}!${formatAddress(cell.address)}`;
    if (seen.has(place)) {
      throw new WorkbookError(
        'workbook/duplicate-cell',
        pointer,
        `${place} is written twice`,
        'keep one of the two',
      );
    }
    seen.add(place);
    perSheet.set(edit.sheet, [...(perSheet.get(edit.sheet) ?? []), cell]);
    return cell;
  });
  const before = new Map<CellEdit, Before>();
  const gone = new Set<string>();
  for (const [sheet, cells] of perSheet) {
    const { part, id } = places.get(sheet) ?? { part: '', id: '' };
    const patched = patchSheet(book.text(part), cells);
    book.set(part, patched.xml);
    for (const [cell, was] of patched.before) {
      before.set(cell, was);
      if (was === 'formula') gone.add(`${id}!${formatAddress(cell.address)}`);
    }
  }
  if (gone.size > 0 && book.has(CHAIN)) book.set(CHAIN, withoutLinks(book.text(CHAIN), gone));
  if (edits.length > 0) book.set(WORKBOOK, calculateOnLoad(book.text(WORKBOOK)));
  return {
    bytes: book.write(),
    report: {
      cells: edits.map(({ sheet, cell }, index) => ({
        sheet,
        cell,
        before: before.get(read[index] as CellEdit) ?? 'empty',
      })),
      changedParts: book.changed(),
    },
  };
}

function readEdit(edit: Edit, pointer: string, epoch1904: boolean): CellEdit {
  const address = parseAddress(edit.cell);
  if (address === null) {
    throw new WorkbookError(
      'workbook/malformed-cell',
      `${pointer}/cell`,
      `${JSON.stringify(edit.cell.slice(0, 40))} is no address of a cell`,
      'write it like AB12',
    );
  }
  return {
    address,
    xml: cellXml(edit.value, `${pointer}/value`, epoch1904),
    replaceFormula: edit.replaceFormula === true,
    formulaHas: edit.formulaHas ?? null,
    pointer,
  };
}

/** Parts by name; those that are read count against one common limit. */
class Archive {
  private readonly texts = new Map<string, string>();
  private readonly fresh = new Map<string, Uint8Array>();
  private left: number;
  private readonly parts: readonly Part[];
  private readonly codec: Codec;

  constructor(parts: readonly Part[], codec: Codec, limits: Limits) {
    this.parts = parts;
    this.codec = codec;
    this.left = limits.unpackedBytes;
    if (parts.some(({ name }) => name.startsWith('_xmlsignatures/'))) {
      throw new WorkbookError(
        'workbook/signed',
        '',
        'the workbook carries a digital signature, which any change would break',
        'ask its sender for an unsigned copy',
      );
    }
  }

  has(name: string): boolean {
    return this.parts.some((part) => part.name === name);
  }

  text(name: string): string {
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const part = this.parts.find((each) => each.name === name);
    if (part === undefined) throw notXlsx(`the archive holds no ${name}`);
    const content = unpack(part, this.codec, this.left);
    this.left -= content.length;
    const text = guardedXml(name, content);
    this.texts.set(name, text);
    return text;
  }

  set(name: string, text: string): void {
    if (this.text(name) === text) return;
    this.texts.set(name, text);
    this.fresh.set(name, utf8(text));
  }

  changed(): readonly string[] {
    return [...this.fresh.keys()].sort();
  }

  write(): Uint8Array {
    return writeArchive(
      this.parts.map((part) => {
        const content = this.fresh.get(part.name);
        return content === undefined ? part : repack(part, content, this.codec);
      }),
    );
  }
}
