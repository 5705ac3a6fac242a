// RFC 8785, JSON Canonicalization Scheme: one byte sequence for one JSON value.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CanonicalError, shown } from './errors.ts';
import { shortText } from './short-cut.ts';
import { loneSurrogateAt } from './utf8.ts';
import { isPlain, pointerToken } from './value.ts';

/** Deeper values are refused, which also ends a walk around a cycle. */
const MAX_DEPTH = 256;

/**
 * The value's one text: keys in order of their UTF-16 code units (§3.2.3), no white space, numbers and strings
 * as ECMAScript writes them (§3.2.2). Throws CanonicalError for what JSON cannot say: `canonical/not-json`
 * (undefined, functions, bigint, symbols, NaN, Infinity, class instances), `canonical/lone-surrogate`,
 * `canonical/too-deep`; each with the pointer of the value.
 */
export function canonicalize(value: unknown): string {
  // ECMAScript's own writer already is RFC 8785, but for the order of keys and for what it lets pass
  return shortText(value) ?? write(value, '', 0);
}

/** UTF-8 bytes of `canonicalize(value)`: what is hashed and signed (§3.2.4). */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8ToBytes(canonicalize(value)); // it holds no half of a surrogate pair
}

/** The whole algorithm; text is built by hand because an object cannot hold integer-like keys in JCS order. */
function write(value: unknown, pointer: string, depth: number): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(String(value), pointer);
      return JSON.stringify(value);
    case 'string':
      return writeString(value, pointer);
    case 'object':
      break;
    default:
      throw notJson(typeof value, pointer);
  }
  if (value === null) return 'null';
  if (depth >= MAX_DEPTH) {
    const message = `the value is nested deeper than ${MAX_DEPTH} levels, or contains itself`;
    throw new CanonicalError('canonical/too-deep', message, { pointer });
  }
  let text = '';
  if (Array.isArray(value)) {
    // by index, so that holes are visited and refused as undefined
    for (let i = 0; i < value.length; i++) {
      text += `${i === 0 ? '' : ','}${write(value[i], `${pointer}/${i}`, depth + 1)}`;
    }
    return `[${text}]`;
  }
  if (!isPlain(value)) throw notJson(Object.prototype.toString.call(value), pointer);
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object).sort()) {
    const at = `${pointer}/${pointerToken(key)}`;
    text += `${text === '' ? '' : ','}${writeString(key, at)}:${write(object[key], at, depth + 1)}`;
  }
  return `{${text}}`;
}

function writeString(text: string, pointer: string): string {
  if (loneSurrogateAt(text) < 0) return JSON.stringify(text);
  const message = `${shown(text)} has half a surrogate pair; it has no UTF-8 form`;
  throw new CanonicalError('canonical/lone-surrogate', message, { pointer });
}

function notJson(what: string, pointer: string): CanonicalError {
  const message = `${what} is not a JSON value; use null, a boolean, a finite number, a string, an array or a plain object`;
  return new CanonicalError('canonical/not-json', message, { pointer });
}
