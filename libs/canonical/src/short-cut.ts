// Short cuts through the engine's own JSON, which is fast and lets much pass in silence. Each answers `undefined` where
// it is not sure of RFC 8785 or of the value; the long way (`canonicalize.ts`, `parse.ts`) then writes or refuses.
import { isPlain } from './value.ts';

/** Deeper values are left to the long way, which also ends a walk around a cycle. */
const MAX_DEPTH = 256;
/** Up to here sorting by insertion is the faster; beyond, it could be made to take long. */
const FEW_KEYS = 32;
const [ZERO, NINE] = [0x30, 0x39];

type Decoder = { readonly decode: (bytes: Uint8Array) => string };
type DecoderClass = new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;
const { TextDecoder } = globalThis as { TextDecoder?: DecoderClass };
const DECODER = TextDecoder && /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of `canonicalize`. Only objects whose keys do not ascend are copied, and what holds them. */
export function shortText(value: unknown): string | undefined {
  const ordered = inOrder(value, 0);
  if (ordered === undefined) return undefined;
  const text = JSON.stringify(ordered);
  // half a surrogate pair is escaped (an escaped backslash before "ud" looks the same, and goes the long way too)
  return text.includes('\\ud') ? undefined : text;
}

/**
 * The value of bytes that are canonical and that `parseStrict` takes within these limits. A text that JSON.stringify
 * gives back has no white space, no key twice, no other escape or number than RFC 8785 has; the walk sees to the rest.
 */
export function shortValue(bytes: Uint8Array, maxBytes: number, maxDepth: number): unknown {
  const text = bytes.length <= maxBytes ? shortDecode(bytes) : undefined;
  if (text === undefined || text.includes('\\ud')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStrict(value, maxDepth) && JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text of well-formed UTF-8; a byte order mark stays. */
export function shortDecode(bytes: Uint8Array): string | undefined {
  try {
    return DECODER?.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The value, or a copy whose keys ascend, so that JSON.stringify is RFC 8785. `for … in` lists integer-like keys first
 * and by number, as JSON.stringify does, so {"10":0,"2":0} is seen to be out of order; no copy could help there.
 */
function inOrder(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return isScalar(value) ? value : undefined;
  if (depth >= MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return arrayInOrder(value, depth);
  if (!isPlain(value)) return undefined;
  const object = value as Record<string, unknown>;
  if (!doKeysAscend(object)) return copyOf(object, sortedKeys(object), 0, undefined, depth);
  let at = 0;
  for (const key in object) {
    const member = object[key];
    if (typeof member !== 'string') {
      const ordered = inOrder(member, depth + 1);
      if (ordered === undefined) return undefined;
      if (ordered !== member) return copyOf(object, Object.keys(object), at, ordered, depth);
    }
    at++;
  }
  return object;
}

function arrayInOrder(array: readonly unknown[], depth: number): readonly unknown[] | undefined {
  let copy: unknown[] | undefined;
  // by index, so that holes are seen to be undefined
  for (let at = 0; at < array.length; at++) {
    const item = array[at];
    if (typeof item === 'string') continue;
    const ordered = inOrder(item, depth + 1);
    if (ordered === undefined) return undefined;
    if (ordered === item) continue;
    copy ??= [...array];
    copy[at] = ordered;
  }
  return copy ?? array;
}

/** Members in the order of `keys`: those before number `done` are in order, that one in order is `ordered`. */
function copyOf(
  object: Record<string, unknown>,
  keys: readonly string[],
  done: number,
  ordered: unknown,
  depth: number,
): object | undefined {
  const copy: Record<string, unknown> = {};
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const unit = key.charCodeAt(0);
    // an object puts integer-like keys where it likes, and takes this name for its prototype
    if ((unit >= ZERO && unit <= NINE) || key === '__proto__') return undefined;
    const isKnown = ordered !== undefined && at <= done;
    const member = isKnown && at === done ? ordered : object[key];
    const next = isKnown || typeof member === 'string' ? member : inOrder(member, depth + 1);
    if (next === undefined) return undefined;
    copy[key] = next;
  }
  return copy;
}

function doKeysAscend(object: object): boolean {
  let last = '';
  let lastUnit = -1; // comparing first units decides most pairs, and costs less than comparing texts
  for (const key in object) {
    const unit = key.charCodeAt(0);
    if (!(unit > lastUnit) && key < last) return false; // the empty key has no unit, and NaN compares as false
    last = key;
    lastUnit = unit;
  }
  return true;
}

function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next]!;
    let at = next;
    for (; at > 0 && key < keys[at - 1]!; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
  return keys;
}

/** What JSON.parse made: only what `parseStrict` refuses, and the order of keys, is left to look for. */
function isStrict(value: unknown, maxDepth: number): boolean {
  if (typeof value === 'number')
    return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (maxDepth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string' && !isStrict(item, maxDepth - 1)) return false;
    return true;
  }
  const object = value as Record<string, unknown>;
  if (!doKeysAscend(object)) return false;
  for (const key in object) {
    if (key === 'constructor' || key === 'prototype' || key === '__proto__') return false;
    const member = object[key];
    if (typeof member !== 'string' && !isStrict(member, maxDepth - 1)) return false;
  }
  return true;
}

function isScalar(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value === null ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
