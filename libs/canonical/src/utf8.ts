// UTF-8 (RFC 3629), strict in both directions: nothing is replaced by U+FFFD.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CanonicalError } from './errors.ts';
import { shortDecode } from './short-cut.ts';

/** With the `u` flag a pair is one code point, so only halves that stand alone match. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/** fromCharCode takes its input as arguments, and their number is limited. */
const CHUNK = 8192;

/** UTF-16 offset of the first surrogate without its partner, or -1. */
export function loneSurrogateAt(text: string): number {
  return text.search(LONE_SURROGATE);
}

/** The text's UTF-8 bytes. Throws `canonical/lone-surrogate`: such a text has no UTF-8 form. */
export function utf8(text: string): Uint8Array {
  const offset = loneSurrogateAt(text);
  if (offset >= 0) {
    throw new CanonicalError('canonical/lone-surrogate', `the text has half a surrogate pair at ${offset}`, {
      offset,
    });
  }
  return utf8ToBytes(text);
}

/** The text of well-formed UTF-8. Overlong forms, surrogates, cut sequences throw `canonical/bad-utf8`. */
export function fromUtf8(bytes: Uint8Array): string {
  return shortDecode(bytes) ?? decode(bytes);
}

function decode(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    let end = i;
    while (end < bytes.length && end - i < CHUNK && bytes[end]! < 0x80) end++;
    if (end > i) {
      text += String.fromCharCode.apply(null, bytes.subarray(i, end) as unknown as number[]);
      i = end;
    } else {
      const length = sequenceLength(bytes[i]!);
      text += String.fromCodePoint(codePointAt(bytes, i, length));
      i += length;
    }
  }
  return text;
}

/** Bytes in the sequence that a lead byte opens; 0 for a byte that opens none (RFC 3629 §4). */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = bytes[at]! & (0xff >> (length + 1));
  let whole = length > 0 && at + length <= bytes.length;
  for (let k = 1; k < length && whole; k++) {
    const next = bytes[at + k]!;
    whole = (next & 0xc0) === 0x80;
    point = (point << 6) | (next & 0x3f);
  }
  const overlong = (length === 3 && point < 0x800) || (length === 4 && point < 0x10000);
  if (!whole || overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) refuse(at, bytes[at]!);
  return point;
}

function refuse(offset: number, byte: number): never {
  const hex = byte.toString(16).padStart(2, '0');
  throw new CanonicalError('canonical/bad-utf8', `the bytes at ${offset} (0x${hex}) are not UTF-8`, {
    offset,
  });
}
