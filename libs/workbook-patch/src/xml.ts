/** XML parts of a workbook as text: guarded, never parsed into a tree, so that what is not edited stays as it was. */
import { fromUtf8 } from '#lib/canonical';
import { notXlsx } from './errors.ts';

/** Excel's own limit is 32,767 characters a cell, each at most `&quot;` long. */
const MAX_RUN = 6 * 32_767;

/** The text of a part. @throws {WorkbookError} workbook/not-xlsx for what could hide or multiply content */
export function guardedXml(name: string, content: Uint8Array): string {
  let text: string;
  try {
    text = fromUtf8(content);
  } catch (cause) {
    throw notXlsx(`${name} is not UTF-8`, cause);
  }
  // Entities can multiply; a comment or a CDATA section can look like a cell. Excel writes none of them.
  if (/<!/.test(text)) throw notXlsx(`${name} holds a document type, a comment or a CDATA section`);
  for (let at = text.indexOf('<'); at >= 0; ) {
    const next = text.indexOf('<', at + 1);
    const run = text.slice(at, next < 0 ? undefined : next);
    if (!run.includes('>')) throw notXlsx(`${name} is no well-formed XML`);
    if (run.length > MAX_RUN) throw notXlsx(`${name} holds a longer text than Excel's cells`);
    at = next;
  }
  return text;
}

/** Value of an attribute within a tag, entities resolved; null if it has none. */
export function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match === null ? null : unescapeXml(match[1] ?? match[2] ?? '');
}

export const withoutAttributes = (attributes: string, names: string): string =>
  attributes.replace(new RegExp(`\\s(?:${names})=(?:"[^"]*"|'[^']*')`, 'g'), '');

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

export function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|quot|apos|amp));/g,
    (whole, dec, hex, name) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const point = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

/** Text of a cell: escaped for XML, and for Excel, which reads `_x0041_` as a character (ST_Xstring). */
export const escapeText = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>]/g, (each) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[each] ?? each);
