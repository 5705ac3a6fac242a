/** Where a workbook keeps its sheets, and the two places that know of formulas beside the cells. */
import { notXlsx } from './errors.ts';
import { attribute } from './xml.ts';

export interface SheetPlace {
  /** Name of the part in the archive. */
  readonly part: string;
  /** The number that the calculation chain calls it by. */
  readonly id: string;
}

/** Sheets by name, from `xl/workbook.xml` and its relationships. */
export function sheetPlaces(workbook: string, relations: string): ReadonlyMap<string, SheetPlace> {
  const targets = new Map<string, string>();
  for (const [tag] of relations.matchAll(/<(?:\w+:)?Relationship\s[^<>]*>/g)) {
    const id = attribute(tag, 'Id');
    const target = attribute(tag, 'Target');
    if (id === null || target === null || attribute(tag, 'TargetMode') === 'External') continue;
    targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`);
  }
  const places = new Map<string, SheetPlace>();
  for (const [tag] of workbook.matchAll(/<(?:\w+:)?sheet\s[^<>]*>/g)) {
    const name = attribute(tag, 'name');
    const part = targets.get(attribute(tag, '\\w+:id') ?? '');
    const id = attribute(tag, 'sheetId');
    if (name === null || part === undefined || id === null) throw notXlsx('the list of sheets is damaged');
    places.set(name, { part, id });
  }
  return places;
}

/** `date1904` of 18.2.28. */
export const countsFrom1904 = (workbook: string): boolean =>
  /^(?:1|true)$/.test(attribute(/<(?:\w+:)?workbookPr\s[^<>]*>/.exec(workbook)?.[0] ?? '', 'date1904') ?? '');

/** `fullCalcOnLoad` set (18.2.2): results saved beside formulas are of before the patch. */
export function calculateOnLoad(workbook: string): string {
  const tag = /<((?:\w+:)?)calcPr(?=[\s/>])([^<>]*)>/.exec(workbook);
  if (tag !== null) {
    const attributes = (tag[2] ?? '').replace(/\sfullCalcOnLoad=(?:"[^"]*"|'[^']*')/, '');
    const set = `<${tag[1]}calcPr fullCalcOnLoad="1"${attributes}>`;
    return workbook.slice(0, tag.index) + set + workbook.slice(tag.index + tag[0].length);
  }
  // Its place is behind these, in this order.
  for (const name of ['definedNames', 'externalReferences', 'functionGroups', 'sheets']) {
    const end = new RegExp(`</((?:\\w+:)?)${name}>`).exec(workbook);
    if (end === null) continue;
    const at = end.index + end[0].length;
    return `${workbook.slice(0, at)}<${end[1]}calcPr fullCalcOnLoad="1"/>${workbook.slice(at)}`;
  }
  throw notXlsx('the workbook has no list of sheets');
}

/**
 * The calculation chain (18.6) without the cells that hold no formula any more: Excel calls a workbook damaged whose
 * chain names such a cell. An entry leaves out its sheet number `i` if it is that of the entry before.
 */
export function withoutLinks(chain: string, gone: ReadonlySet<string>): string {
  let sheet = '';
  let written = '';
  return chain.replace(/<((?:\w+:)?)c\s([^<>]*?)\s*\/>/g, (whole, prefix: string, rest: string) => {
    const attributes = ` ${rest}`;
    sheet = attribute(attributes, 'i') ?? sheet;
    if (gone.has(`${sheet}!${attribute(attributes, 'r')}`)) return '';
    const needsSheet = written !== sheet && attribute(attributes, 'i') === null;
    written = sheet;
    return needsSheet ? `<${prefix}c${attributes} i="${sheet}"/>` : whole;
  });
}
