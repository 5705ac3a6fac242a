// UTF-8 (RFC 3629), strict in both directions: nothing is replaced by U+FFFD.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CanonicalError } from './errors.ts';

/** With the `u` flag a pair is one code point, so only halves that stand alone match. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

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
  let text = '';
  let units: number[] = [];
  let i = 0;
  while (i < bytes.length) {
    const first = bytes[i]!;
    let point = first;
    let length = 1;
    if (first >= 0x80) {
      length =
        first >= 0xc2 && first < 0xe0
          ? 2
          : first >= 0xe0 && first < 0xf0
            ? 3
            : first >= 0xf0 && first < 0xf5
              ? 4
              : 0;
      if (length === 0 || i + length > bytes.length) refuse(i, first);
      point = first & (0xff >> (length + 1));
      for (let k = 1; k < length; k++) {
        const next = bytes[i + k]!;
        if ((next & 0xc0) !== 0x80) refuse(i, first);
        point = (point << 6) | (next & 0x3f);
      }
      const overlong = (length === 3 && point < 0x800) || (length === 4 && point < 0x10000);
      if (overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) refuse(i, first);
    }
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    i += length;
    // fromCharCode takes its input as arguments, and those are limited
    if (units.length >= 4096) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

function refuse(offset: number, byte: number): never {
  const hex = byte.toString(16).padStart(2, '0');
  throw new CanonicalError('canonical/bad-utf8', `the bytes at ${offset} (0x${hex}) are not UTF-8`, {
    offset,
  });
}
