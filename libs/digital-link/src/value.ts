// Lots, serial numbers and the like: what GS1 allows in them and how a path carries them.
// GS1 General Specifications §7.11 (character set 82); GS1 Digital Link URI Syntax (percent-encoding); RFC 3986 §2.
import { DigitalLinkError, shown } from './errors.ts';

/** GS1 AI encodable character set 82: no space, no `#`, no letter outside A to Z, a to z. */
const CSET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/;
/** What a path segment carries as it is, of set 82 (RFC 3986 §3.3, pchar). Quotes, `<`, `>`, `?`, `/` and `%` are not among it. */
const RAW_IN_PATH = /^([!&'()*+,\-.0-9:;=A-Z_a-z]|%[0-9A-Fa-f]{2})*$/;

/**
 * A lot (AI 10), serial number (21), product variant (22) or own identifier: 1 to `longest` characters of set 82.
 * `.` and `..` are in the set, but every URL reader takes them for steps in the path, encoded or not.
 * @throws DigitalLinkError `digital-link/malformed-value`
 */
export function checkValue(value: string, what: string, longest = 20): string {
  if (
    typeof value !== 'string' ||
    !CSET_82.test(value) ||
    value.length > longest ||
    value === '.' ||
    value === '..'
  )
    throw new DigitalLinkError(
      'digital-link/malformed-value',
      `${what} ${shown(value)} must have 1 to ${longest} letters, digits or !"%&'()*+,-./:;<=>?_ (no space, no Chinese), and not be . or ..`,
    );
  return value;
}

/** One form for each value: all but letters, digits, `-`, `.` and `_` is percent-encoded, in capitals. */
export function encodeSegment(value: string): string {
  return value.replace(
    /[^A-Za-z0-9\-._]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/**
 * The value of a path segment. Decoded once; a reader may have encoded more or fewer characters than we do.
 * @throws DigitalLinkError `digital-link/malformed-encoding`
 */
export function decodeSegment(segment: string): string {
  if (!RAW_IN_PATH.test(segment))
    throw new DigitalLinkError(
      'digital-link/malformed-encoding',
      `${shown(segment)} holds a character that must be percent-encoded, or a % without two hex digits`,
    );
  return segment.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
