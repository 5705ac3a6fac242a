// RFC 8785, JSON Canonicalization Scheme: one byte sequence for one JSON value.
import { CanonicalError, shown } from './errors.ts';
import { loneSurrogateAt, utf8 } from './utf8.ts';
import { pointerToken } from './value.ts';

/** Deeper values are refused, which also ends a walk around a cycle. */
const MAX_DEPTH = 256;

/** What JSON.stringify makes of half a surrogate pair; may also match an escaped backslash before `ud8`. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/;

/**
 * The value's one text: keys in order of their UTF-16 code units (§3.2.3), no white space, numbers and strings
 * as ECMAScript writes them (§3.2.2). Throws CanonicalError for what JSON cannot say: `canonical/not-json`
 * (undefined, functions, bigint, symbols, NaN, Infinity, class instances), `canonical/lone-surrogate`,
 * `canonical/too-deep`; each with the pointer of the value.
 */
export function canonicalize(value: unknown): string {
  // ECMAScript's own writer already is RFC 8785, but for the order of keys and for what it lets pass.
  if (isOrdered(value, 0)) {
    const text = JSON.stringify(value);
    if (!ESCAPED_SURROGATE.test(text)) return text;
  }
  return write(value, '', 0);
}

/** UTF-8 bytes of `canonicalize(value)`: what is hashed and signed (§3.2.4). */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8(canonicalize(value));
}

/** True if the native writer would list every object's keys in order, and nothing in it is foreign to JSON. */
function isOrdered(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isOrdered(value[i], depth + 1)) return false;
    return true;
  }
  if (!isPlain(value)) return false;
  const object = value as Record<string, unknown>;
  let last: string | undefined;
  // Object.keys lists integer-like keys first and by number, exactly as JSON.stringify does:
  // {"10":0,"2":0} arrives as 2, 10 and is seen to be out of order.
  for (const key of Object.keys(object)) {
    if (last !== undefined && key < last) return false;
    last = key;
    if (!isOrdered(object[key], depth + 1)) return false;
  }
  return true;
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

/** An object literal, a parsed object or one without prototype, of this realm or another. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notJson(what: string, pointer: string): CanonicalError {
  const message = `${what} is not a JSON value; use null, a boolean, a finite number, a string, an array or a plain object`;
  return new CanonicalError('canonical/not-json', message, { pointer });
}
