// Byte sequences and their text forms. Decoders are strict: one text form per byte sequence (RFC 4648 §3.5).
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { CanonicalError, shown } from './errors.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64URL = `${BASE64.slice(0, 62)}-_`;

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** Bytes of lower-case hex without prefix; anything else throws `canonical/bad-encoding`. */
export function fromHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw badEncoding('lower-case hex', hex);
  return hexToBytes(hex);
}

/** RFC 4648 §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = encode(bytes, BASE64);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** RFC 4648 §4, padding required, unused bits zero; anything else throws `canonical/bad-encoding`. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw badEncoding('base64', text);
  return decode(text.replace(/={1,2}$/, ''), BASE64, 'base64', text);
}

/** RFC 4648 §5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return encode(bytes, BASE64URL);
}

/** RFC 4648 §5, no padding, unused bits zero; anything else throws `canonical/bad-encoding`. */
export function fromBase64url(text: string): Uint8Array {
  return decode(text, BASE64URL, 'base64url without padding', text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts);
}

/** Plain comparison, not in constant time: for public bytes only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held & 0x3f) << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(held >> bits) & 0x3f];
    }
  }
  return bits > 0 ? text + alphabet[(held << (6 - bits)) & 0x3f] : text;
}

function decode(digits: string, alphabet: string, form: string, whole: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) throw badEncoding(form, whole);
    held = ((held & 0xff) << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  const unusedBits = held & ((1 << bits) - 1);
  if (bits >= 6 || unusedBits !== 0) throw badEncoding(form, whole);
  return bytes;
}

function badEncoding(form: string, text: string): CanonicalError {
  return new CanonicalError('canonical/bad-encoding', `${shown(text)} is not ${form}`);
}
