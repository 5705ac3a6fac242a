// A parser for JSON that others wrote (RFC 8259, within I-JSON, RFC 7493): refuses what JSON.parse lets
// pass in silence, and says where. Input is attacker-controlled; depth and size are bounded.
import { equalBytes } from './bytes.ts';
import { canonicalBytes } from './canonicalize.ts';
import { CanonicalError, type CanonicalErrorCode, shown } from './errors.ts';
import { shortValue } from './short-cut.ts';
import { fromUtf8, loneSurrogateAt } from './utf8.ts';
import { type JsonValue, pointerToken } from './value.ts';

export interface ParseLimits {
  /** UTF-8 bytes of the whole text; 1,048,576 unless told. */
  readonly maxBytes?: number;
  /** Arrays and objects inside each other; 64 unless told. */
  readonly maxDepth?: number;
}

const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 64;

/** Keys that mean something to JavaScript's own objects. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Parses one JSON text. Throws CanonicalError with code, pointer and offset: `too-large`, `too-deep`, `bad-utf8`,
 * `syntax`, `trailing-text`, `duplicate-key`, `forbidden-key` (`__proto__`, `constructor`, `prototype`),
 * `lone-surrogate`, `number-out-of-range` (whole numbers beyond 2^53-1, or beyond what a double holds at all).
 */
export function parseStrict(input: string | Uint8Array, limits: ParseLimits = {}): JsonValue {
  const { maxBytes = MAX_BYTES, maxDepth = MAX_DEPTH } = limits;
  // A text of n units has n to 3n bytes; only texts between the two bounds need counting.
  const tooLarge =
    input.length > maxBytes || (typeof input === 'string' && utf8Length(input, maxBytes) > maxBytes);
  if (tooLarge) {
    throw new CanonicalError(
      'canonical/too-large',
      `the text is larger than ${maxBytes} bytes; send less at once`,
    );
  }
  const text = typeof input === 'string' ? input : fromUtf8(input);
  return new Parser(text, maxDepth).parse();
}

/**
 * The value of bytes that are its canonical form (RFC 8785): for what is hashed or signed as it came. Several times
 * faster than `parseStrict`. Throws what `parseStrict` throws, and `canonical/not-canonical`.
 */
export function parseCanonical(bytes: Uint8Array, limits: ParseLimits = {}): JsonValue {
  const short = shortValue(bytes, limits.maxBytes ?? MAX_BYTES, limits.maxDepth ?? MAX_DEPTH);
  if (short !== undefined) return short as JsonValue;
  const value = parseStrict(bytes, limits);
  if (equalBytes(canonicalBytes(value), bytes)) return value;
  throw new CanonicalError(
    'canonical/not-canonical',
    'the text is not in the form of RFC 8785; canonicalize it',
  );
}

/** True if `parseCanonical` takes the bytes. */
export function isCanonical(bytes: Uint8Array, limits: ParseLimits = {}): boolean {
  try {
    parseCanonical(bytes, limits);
    return true;
  } catch (error) {
    if (error instanceof CanonicalError) return false;
    throw error;
  }
}

class Parser {
  private readonly text: string;
  private readonly maxDepth: number;
  /** Next unit to read. */
  private at = 0;
  /** Keys and indexes that lead to the value being read; made into a pointer only when refusing. */
  private readonly path: (string | number)[] = [];

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  parse(): JsonValue {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length)
      this.refuse('canonical/trailing-text', `${this.seen()} after the end of the value`);
    return value;
  }

  private value(): JsonValue {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(): JsonValue {
    this.enter();
    const object: Record<string, JsonValue> = {};
    if (this.take('}')) return object;
    do {
      this.skipSpace();
      const start = this.at;
      if (this.text[start] !== '"') this.syntax('a key in double quotes');
      const key = this.string();
      this.path.push(key);
      if (FORBIDDEN_KEYS.has(key))
        this.refuse('canonical/forbidden-key', `the key ${shown(key)} is not taken`, start);
      if (Object.hasOwn(object, key)) {
        this.refuse('canonical/duplicate-key', `the key ${shown(key)} stands twice in one object`, start);
      }
      if (!this.take(':')) this.syntax("':'");
      object[key] = this.value();
      this.path.pop();
    } while (this.take(','));
    if (!this.take('}')) this.syntax("',' or '}'");
    return object;
  }

  private array(): JsonValue {
    this.enter();
    const array: JsonValue[] = [];
    if (this.take(']')) return array;
    do {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
    } while (this.take(','));
    if (!this.take(']')) this.syntax("',' or ']'");
    return array;
  }

  /** Steps into `{` or `[`. The path is as long as the value is deep. */
  private enter(): void {
    if (this.path.length >= this.maxDepth) {
      this.refuse('canonical/too-deep', `the value is nested deeper than ${this.maxDepth} levels`);
    }
    this.at++;
  }

  private string(): string {
    const { text } = this;
    const start = this.at++;
    let value = '';
    let from = this.at;
    for (;;) {
      const unit = text.charCodeAt(this.at);
      if (unit === 0x22) break;
      if (Number.isNaN(unit)) this.syntax("'\"' at the end of the string");
      if (unit < 0x20) this.syntax('control characters to be escaped');
      if (unit !== 0x5c) {
        this.at++;
        continue;
      }
      value += text.slice(from, this.at) + this.escape();
      from = this.at;
    }
    value += text.slice(from, this.at++);
    if (loneSurrogateAt(value) >= 0) {
      this.refuse('canonical/lone-surrogate', `the string ${shown(value)} has half a surrogate pair`, start);
    }
    return value;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.syntax('four hex digits after \\u');
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPES, letter))
      this.syntax('one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u');
    this.at += 2;
    return ESCAPES[letter]!;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const literal = NUMBER.exec(this.text)?.[0];
    if (literal === undefined) this.syntax('a value');
    const value = Number(literal);
    const lost = value === 0 && /^[^eE]*[1-9]/.test(literal);
    if (lost || (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value))) {
      this.refuse(
        'canonical/number-out-of-range',
        `the number ${shown(literal)} cannot be held exactly; use a string`,
      );
    }
    this.at += literal.length;
    return value;
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.syntax('a value');
    this.at += word.length;
    return value;
  }

  private take(mark: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.at++;
    }
  }

  private seen(): string {
    return this.at < this.text.length ? shown(this.text.slice(this.at, this.at + 12)) : 'the end of the text';
  }

  private syntax(wanted: string): never {
    this.refuse('canonical/syntax', `expected ${wanted}, found ${this.seen()}`);
  }

  private refuse(code: CanonicalErrorCode, message: string, offset = this.at): never {
    const pointer = this.path.map((token) => `/${pointerToken(token)}`).join('');
    throw new CanonicalError(code, `${message} (at ${pointer || 'the root'}, offset ${offset})`, {
      pointer,
      offset,
    });
  }
}

/** UTF-8 length of the text, or any number at or under `enough` if it certainly fits. */
function utf8Length(text: string, enough: number): number {
  if (text.length * 3 <= enough) return 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // each half of a pair counts two of the pair's four bytes
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return length;
}
