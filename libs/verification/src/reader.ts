// Strict reading of JSON that strangers wrote: exact members, exact types, a pointer to the first thing refused. What is
// read here is well formed and nothing more; whether it is true is asked by the checks.
import { type ContentId, isContentId, isJsonObject, type JsonObject, type JsonValue } from '#lib/canonical';
import { shown, VerificationError } from './errors.ts';

/** Whose codes the refusals carry. */
export type Room = 'bundle' | 'root';

const UINT64_MAX = (1n << 64n) - 1n;

export class Reader {
  private readonly room: Room;
  constructor(room: Room) {
    this.room = room;
  }

  malformed(at: string, wanted: string, value: JsonValue | undefined): never {
    throw new VerificationError(
      `${this.room}/malformed`,
      at,
      `${at || 'the whole'}: expected ${wanted}, got ${shown(value)}`,
    );
  }

  /** All members of `names` and no other; a name that ends in `?` may be missing. */
  object(value: JsonValue | undefined, at: string, names: readonly string[]): JsonObject {
    if (!isJsonObject(value)) return this.malformed(at, 'an object', value);
    const known = new Set(names.map((name) => name.replace('?', '')));
    for (const name of Object.keys(value))
      if (!known.has(name)) this.malformed(`${at}/${name.slice(0, 40)}`, 'no such member', value[name]);
    for (const name of names)
      if (!name.endsWith('?') && !Object.hasOwn(value, name))
        throw new VerificationError(
          `${this.room}/missing-member`,
          `${at}/${name}`,
          `${at}/${name} is missing`,
        );
    return value;
  }

  list(value: JsonValue | undefined, at: string, most: number): readonly JsonValue[] {
    if (!Array.isArray(value) || value.length > most)
      return this.malformed(at, `an array of at most ${most}`, Array.isArray(value) ? value.length : value);
    return value as readonly JsonValue[];
  }

  text(value: JsonValue | undefined, at: string, most = 1_000): string {
    if (typeof value !== 'string' || value.length > most)
      return this.malformed(at, `a text of at most ${most}`, value);
    return value;
  }

  match(value: JsonValue | undefined, at: string, pattern: RegExp, wanted: string): string {
    return typeof value === 'string' && pattern.test(value) ? value : this.malformed(at, wanted, value);
  }

  oneOf<const T extends string>(value: JsonValue | undefined, at: string, words: readonly T[]): T {
    return (words as readonly unknown[]).includes(value)
      ? (value as T)
      : this.malformed(at, words.join(' or '), value);
  }

  /** A decimal text below 2^64, without sign and leading zeros. */
  uint64(value: JsonValue | undefined, at: string): bigint {
    const number = typeof value === 'string' && /^(0|[1-9]\d{0,19})$/.test(value) ? BigInt(value) : null;
    return number !== null && number <= UINT64_MAX
      ? number
      : this.malformed(at, 'a whole number as text', value);
  }

  contentId(value: JsonValue | undefined, at: string): ContentId {
    return isContentId(value) ? value : this.malformed(at, 'sha256: and 64 hex digits', value);
  }

  /** 64 hex digits, no prefix. */
  hash(value: JsonValue | undefined, at: string): string {
    return this.match(value, at, /^[0-9a-f]{64}$/, '64 lower-case hex digits');
  }

  word(value: JsonValue | undefined, at: string): string {
    return this.match(value, at, /^0x[0-9a-f]{64}$/, '0x and 64 lower-case hex digits');
  }

  address(value: JsonValue | undefined, at: string): string {
    return this.match(value, at, /^0x[0-9a-fA-F]{40}$/, '0x and 40 hex digits');
  }
}
