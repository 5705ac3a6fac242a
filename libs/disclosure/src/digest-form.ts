// Digested form: one document id for the full copy and for every redacted copy of a document.
// A hideable value v at pointer p with salt s stands as { "digest": base64url(SHA-256(JCS([s, p, v]))) }.
import {
  CanonicalError,
  type ContentId,
  canonicalBytes,
  contentId,
  fromBase64url,
  isJsonObject,
  type JsonValue,
  pointerToken,
  sha256,
  toBase64url,
} from '#lib/canonical';
import { DisclosureError } from './errors.ts';
import { mapNamed } from './pattern.ts';

/** Pointer of a disclosed hideable value → its salt, base64url of 32 random bytes. */
export type Salts = Readonly<Record<string, string>>;

/** What a reader is shown: hidden values stand as digests, and only shown ones have salts. */
export interface Disclosure {
  readonly doc: JsonValue;
  readonly salts: Salts;
}

const RESERVED_KEY = 'digest';
/** Of a salt and of a digest: guessing a value from its digest means guessing 256 bits first. */
const BYTES = 32;

/** base64url(SHA-256(JCS([salt, pointer, value]))). */
export function digestOf(salt: string, pointer: string, value: JsonValue): string {
  return toBase64url(sha256(canonicalBytes([salt, pointer, value])));
}

/** Pointers of all values that the patterns name, shown or hidden, in the document's own order. */
export function hideablePointers(doc: JsonValue, patterns: readonly string[]): string[] {
  return pointersWhere(doc, patterns, () => true);
}

/** Pointers of the values that this copy withholds. */
export function hiddenPointers(doc: JsonValue, patterns: readonly string[]): string[] {
  return pointersWhere(doc, patterns, isDigested);
}

/**
 * Salts for a new document's hideable values. `random(n)` gives n bytes of a cryptographic generator; each value
 * of each version needs its own, so salts are never carried over. Throws `disclosure/reserved-key`.
 */
export function newSalts(
  doc: JsonValue,
  patterns: readonly string[],
  random: (n: number) => Uint8Array,
): Salts {
  refuseReservedKey(doc, patterns);
  const salts: Record<string, string> = {};
  for (const pointer of pointersWhere(doc, patterns, (_, value) => !isDigested('', value))) {
    const bytes = random(BYTES);
    if (bytes.length !== BYTES) throw new Error(`a salt needs ${BYTES} random bytes, got ${bytes.length}`);
    salts[pointer] = toBase64url(bytes);
  }
  return salts;
}

/**
 * The form that is hashed. Full and redacted copies give the same one. Throws DisclosureError where the copy is
 * not well formed: a shown hideable value without salt, a salt for anything else, the key `digest` elsewhere.
 */
export function digestForm(doc: JsonValue, patterns: readonly string[], salts: Salts): JsonValue {
  return redact(doc, patterns, salts, () => true).doc;
}

/** The document's name: `sha256:` of the RFC 8785 bytes of its digested form. Throws as `digestForm`. */
export function documentId(doc: JsonValue, patterns: readonly string[], salts: Salts): ContentId {
  return contentId(canonicalBytes(digestForm(doc, patterns, salts)));
}

/**
 * A copy in which the hideable values at the pointers that `hide` chooses are withheld; their salts go too.
 * Values already withheld stay so. Throws as `digestForm`.
 */
export function redact(
  doc: JsonValue,
  patterns: readonly string[],
  salts: Salts,
  hide: (pointer: string) => boolean,
): Disclosure {
  refuseReservedKey(doc, patterns);
  const unused = new Set(Object.keys(salts));
  const kept: Record<string, string> = {};
  const copy = mapNamed(doc, patterns, (pointer, value) => {
    if (isDigested(pointer, value)) return value;
    const salt = saltAt(salts, pointer);
    unused.delete(pointer);
    if (hide(pointer)) return { [RESERVED_KEY]: digestOf(salt, pointer, value) };
    kept[pointer] = salt;
    return value;
  });
  for (const pointer of unused) {
    const message = 'there is a salt, but no shown value that may be hidden; remove the salt';
    throw new DisclosureError('disclosure/unknown-salt', pointer, message);
  }
  return { doc: copy, salts: kept };
}

/**
 * Refuses the key `digest`, whose meaning is kept for withheld values. Without patterns it is refused everywhere:
 * for input. With them, a value that they name may be exactly `{ "digest": base64url of 32 bytes }`.
 * Throws `disclosure/reserved-key`, `disclosure/malformed-digest`.
 */
export function refuseReservedKey(doc: JsonValue, patterns: readonly string[] = []): void {
  const plain = mapNamed(doc, patterns, (pointer, value) => (isDigested(pointer, value) ? null : value));
  refuseKeyBelow(plain, '');
}

/** True for a withheld value; throws `disclosure/malformed-digest` for anything that only looks like one. */
function isDigested(pointer: string, value: JsonValue): boolean {
  if (!isJsonObject(value) || !Object.hasOwn(value, RESERVED_KEY)) return false;
  if (Object.keys(value).length === 1 && is32Bytes(value[RESERVED_KEY])) return true;
  const message = 'a withheld value is exactly { "digest": base64url of 32 bytes }';
  throw new DisclosureError('disclosure/malformed-digest', pointer, message);
}

function saltAt(salts: Salts, pointer: string): string {
  if (!Object.hasOwn(salts, pointer)) {
    const message =
      'a value that may be hidden is shown without its salt; add the salt, or withhold the value';
    throw new DisclosureError('disclosure/missing-salt', pointer, message);
  }
  const salt = salts[pointer];
  if (!is32Bytes(salt)) {
    throw new DisclosureError('disclosure/malformed-salt', pointer, 'a salt is base64url of 32 bytes');
  }
  return salt;
}

function is32Bytes(text: JsonValue | undefined): text is string {
  if (typeof text !== 'string') return false;
  try {
    return fromBase64url(text).length === BYTES;
  } catch (error) {
    if (error instanceof CanonicalError) return false;
    throw error;
  }
}

function pointersWhere(
  doc: JsonValue,
  patterns: readonly string[],
  wanted: (pointer: string, value: JsonValue) => boolean,
): string[] {
  const pointers: string[] = [];
  mapNamed(doc, patterns, (pointer, value) => {
    if (wanted(pointer, value)) pointers.push(pointer);
    return value;
  });
  return pointers;
}

function refuseKeyBelow(value: JsonValue, pointer: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const at = `${pointer}/${pointerToken(key)}`;
    if (key === RESERVED_KEY && !Array.isArray(value)) {
      const message = 'the key "digest" is kept for withheld values; use another name';
      throw new DisclosureError('disclosure/reserved-key', at, message);
    }
    refuseKeyBelow(member, at);
  }
}
