// A small language for the form of JSON values. A rule takes a value and its pointer, and gives the value back
// with its type, or throws `record/malformed`. Objects are exact: a member that no rule names is refused.
import {
  isContentId,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  pointerToken,
} from '#lib/canonical';
import { RecordError, shown } from './errors.ts';
import { isTime, type Period } from './time.ts';

export type Rule<T> = (value: JsonValue, at: string) => T;

/** What stands where a hideable value is withheld. */
export type Withheld = { readonly digest: string };
export type Hideable<T> = T | Withheld;

type Rules = Readonly<Record<string, Rule<unknown>>>;
type TypeOf<R> = R extends Rule<infer T> ? T : never;
type Shape<M extends Rules> = {
  readonly [K in keyof M as K extends `${string}?` ? never : K]: TypeOf<M[K]>;
} & { readonly [K in keyof M as K extends `${infer Name}?` ? Name : never]?: TypeOf<M[K]> };

/** True where a document withholds a value (docs/formats/digest.md). */
export function isWithheld(value: unknown): value is Withheld {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'digest');
}

export function malformed(value: unknown, at: string, wanted: string): RecordError {
  return new RecordError('record/malformed', at, `expected ${wanted}, got ${shown(value)}`);
}

/** Members by name; a name that ends in `?` may be missing. */
export function object<const M extends Rules>(members: M): Rule<Shape<M>> {
  const rules = Object.entries(members).map(([name, rule]) => ({ key: name.replace('?', ''), name, rule }));
  return (value, at) => {
    if (!isJsonObject(value)) throw malformed(value, at, 'an object');
    let known = 0;
    for (const { key, name, rule } of rules) {
      const place = `${at}/${key}`;
      if (Object.hasOwn(value, key)) {
        rule(value[key]!, place);
        known++;
      } else if (key === name) throw new RecordError('record/malformed', place, 'this member is missing');
    }
    const keys = Object.keys(value);
    if (keys.length === known) return value as Shape<M>;
    const key = keys.find((name) => rules.every((rule) => rule.key !== name))!;
    const place = `${at}/${pointerToken(key)}`;
    throw new RecordError('record/malformed', place, 'no such member is known here; remove it');
  };
}

/** A rule, and then what it cannot say: how members go together. */
export function and<T>(rule: Rule<T>, also: (value: NoInfer<T>, at: string) => void): Rule<T> {
  return (value, at) => {
    const checked = rule(value, at);
    also(checked, at);
    return checked;
  };
}

export function list<T>(rule: Rule<T>, most: number, least = 0): Rule<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw malformed(value, at, 'an array');
    if (value.length < least || value.length > most) {
      throw new RecordError(
        'record/malformed',
        at,
        `expected ${least} to ${most} elements, got ${value.length}`,
      );
    }
    for (const [i, item] of (value as JsonArray).entries()) rule(item, `${at}/${i}`);
    return value as readonly T[];
  };
}

/** Any names that match, each member by the same rule. */
export function map<T>(name: RegExp, rule: Rule<T>, most = 20): Rule<Readonly<Record<string, T>>> {
  return (value, at) => {
    if (!isJsonObject(value)) throw malformed(value, at, 'an object');
    const members = Object.entries(value);
    if (members.length > most) throw malformed(members.length, at, `at most ${most} members`);
    for (const [key, member] of members) {
      const place = `${at}/${pointerToken(key)}`;
      if (!name.test(key)) throw malformed(key, place, `a name like ${name.source}`);
      rule(member, place);
    }
    return value as Readonly<Record<string, T>>;
  };
}

export function match<T extends string = string>(pattern: RegExp, wanted: string): Rule<T> {
  return (value, at) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw malformed(value, at, wanted);
    return value as T;
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Rule<T> {
  return (value, at) => {
    if (!(values as readonly JsonValue[]).includes(value))
      throw malformed(value, at, `one of ${values.join(', ')}`);
    return value as T;
  };
}

export function nullable<T>(rule: Rule<T>): Rule<T | null> {
  return (value, at) => (value === null ? null : rule(value, at));
}

/** A value that a copy may withhold; which ones is the table HIDEABLE, and this must agree with it. */
export function hideable<T>(rule: Rule<T>): Rule<Hideable<T>> {
  return (value, at) => (isWithheld(value) ? withheld(value as JsonValue, at) : rule(value, at));
}

/** base64url of n bytes with the unused bits of its last character zero: one text for one value. */
export const BASE64URL_16 = match(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'base64url of 16 bytes');
export const BASE64URL_32 = match(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'base64url of 32 bytes');
export const BASE64URL_64 = match(/^[A-Za-z0-9_-]{85}[AQgw]$/, 'base64url of 64 bytes');
const withheld: Rule<Withheld> = object({ digest: BASE64URL_32 });

export const TRUTH: Rule<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw malformed(value, at, 'true or false');
  return value;
};

/** A small counting number; sizes and quantities are decimal strings instead. */
export const ORDINAL: Rule<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > 0xffff_ffff) {
    throw malformed(value, at, 'a whole number from 1');
  }
  return value;
};

/** An object whose inside belongs to another room. */
export const OPAQUE: Rule<JsonObject> = (value, at) => {
  if (!isJsonObject(value)) throw malformed(value, at, 'an object');
  return value;
};

export const TIME: Rule<string> = (value, at) => {
  if (!isTime(value)) throw malformed(value, at, 'a time such as 2026-11-25T11:00:00Z');
  return value;
};

export const CONTENT_ID: Rule<`sha256:${string}`> = (value, at) => {
  if (!isContentId(value)) throw malformed(value, at, 'sha256: and 64 lower-case hex digits');
  return value;
};

/**
 * Controls, marks that turn the direction of text, and what nobody sees: they make a name look like another's, or like
 * none. Code points and no Unicode classes, which grow: all readers of a record must judge it alike.
 */
const UNSEEN = String.raw`\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}`;
/** One line for people. */
export const NAME = match(
  new RegExp(`^(?!\\s*$)[^${UNSEEN}]{1,200}$`, 'u'),
  'one line of 1 to 200 visible characters',
);
export const TEXT = match(
  new RegExp(`^(?:[\\t\\n\\r]|[^${UNSEEN}]){0,5000}$`, 'u'),
  'up to 5000 visible characters',
);
export const HEX32 = match(/^[0-9a-f]{64}$/, '64 lower-case hex digits');
export const ADDRESS = match(/^0x[0-9a-fA-F]{40}$/, '0x and 40 hex digits');
export const BYTES32_HEX = match(/^0x[0-9a-f]{64}$/, '0x and 64 lower-case hex digits');
/** Sizes, counts, chain and token ids. */
export const COUNT = match(/^(?:0|[1-9][0-9]{0,77})$/, 'a whole number as a string');
/** Not negative, no exponent, no sign: quantities and percents. */
export const DECIMAL = match(
  /^(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?$/,
  'a decimal as a string, not negative',
);
export const SIGNED_DECIMAL = match(/^-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?$/, 'a decimal as a string');
export const UNIT = match(/^[^\s\p{Cc}]{1,40}$/u, 'a unit without spaces');
export const URI = match(/^[a-z][a-z0-9+.-]{1,20}:[\x21-\x7e]{1,500}$/, 'an absolute address');
/** did:web of an organisation, or did:pkh of an Ethereum key (CAIP-10). */
export const DID = match(
  /^did:(?:web:[A-Za-z0-9.-]{1,253}(?:%3A[0-9]{1,5})?(?::[A-Za-z0-9._-]{1,64}){0,4}|pkh:eip155:[1-9][0-9]{0,31}:0x[0-9a-fA-F]{40})$/,
  'did:web:… or did:pkh:eip155:…',
);

export const QUANTITY = object({ value: DECIMAL, unit: UNIT });
/** At least one language. */
export const NAMES = and(object({ 'zh?': NAME, 'en?': NAME }), (names, at) => {
  if (names.zh === undefined && names.en === undefined) throw malformed({}, at, 'a name in zh or en');
});
export const PERIOD: Rule<Period> = and(object({ start: TIME, end: TIME }), inOrder('start', 'end'));

/** Half-open spans: the second time after the first. */
export function inOrder<A extends string, B extends string>(from: A, until: B) {
  return (value: { readonly [K in A | B]: string }, at: string): void => {
    if (value[from] >= value[until])
      throw malformed(value[until], `${at}/${until}`, `a time after ${value[from]}`);
  };
}
