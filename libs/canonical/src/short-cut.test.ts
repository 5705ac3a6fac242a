// The short cuts against the long ways, and against two implementations of RFC 8785 by others.
import peerOfRfc from 'canonicalize';
import fc from 'fast-check';
import { canonicalize as secondPeer } from 'json-canonicalize';
import {
  CanonicalError,
  canonicalBytes,
  canonicalize,
  equalBytes,
  isCanonical,
  parseCanonical,
  parseStrict,
  utf8,
} from './index.ts';
import { shortText, shortValue } from './short-cut.ts';

const key = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 2 }),
  fc.nat(20).map(String),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toJSON',
    'length',
    '\u007f',
    '\ufb33',
    '😀',
    '-1',
    '1e3',
    '01',
  ),
);
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\\ud800', '"\\', '\u2028', '\u0000'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    // as JSON.parse makes them: members in any order, `__proto__` an own member
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 6, selector: ([name]) => name })
      .map((members) => {
        const object = {};
        for (const [name, value] of members)
          Object.defineProperty(object, name, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        return object;
      }),
  ),
})).value;

test('the same text as two implementations by others', () => {
  let short = 0;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalize(value);
      expect(text).toBe(peerOfRfc(value));
      // this one loses a member `__proto__`, and sorts nothing beside a member `toJSON`
      if (!/"(__proto__|toJSON)"/.test(text)) expect(text).toBe(secondPeer(value));
      if (shortText(value) !== undefined) short++;
    }),
    { numRuns: 3000 },
  );
  expect(short).toBeGreaterThan(1500); // and not because all of them went the long way
});

/** What `parseCanonical` promises, said with the long ways alone. */
function longWay(bytes: Uint8Array): unknown {
  const value = parseStrict(bytes);
  if (equalBytes(canonicalBytes(value), bytes)) return value;
  throw new CanonicalError('canonical/not-canonical', '');
}
function outcome(parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return { value: parse(bytes) };
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    return { code: error.code, pointer: error.pointer, offset: error.offset };
  }
}

test('parseCanonical takes and refuses as the long way does: canonical bytes, spoiled ones, other bytes', () => {
  const counts = { taken: 0, refused: 0 };
  const texts = json.map((value) => canonicalize(value));
  const spoiled = fc
    .tuple(
      texts,
      fc.nat(),
      fc.constantFrom('', ' ', '0', '"', ',', '{', '}', '\\u0061', '\\ud800', '-', 'e9', '\u0001'),
    )
    .map(([text, at, piece]) => {
      const place = at % (text.length + 1);
      // as Node writes it, so that a pair cut in two becomes U+FFFD
      return new Uint8Array(Buffer.from(`${text.slice(0, place)}${piece}${text.slice(place + (at % 2))}`));
    });
  const doubled = texts.map((text) => utf8(text.replace(/^\{("(?:[^"\\]|\\.)*":)/, '{$10,$1')));
  const written = json.map((value) => utf8(JSON.stringify(value)));
  fc.assert(
    fc.property(
      fc.oneof(texts.map(utf8), spoiled, doubled, written, fc.uint8Array({ maxLength: 9 })),
      (bytes) => {
        const got = outcome(parseCanonical, bytes);
        expect(got).toEqual(outcome(longWay, bytes));
        counts['value' in (got as object) ? 'taken' : 'refused']++;
        expect(isCanonical(bytes)).toBe('value' in (got as object));
      },
    ),
    { numRuns: 5000 },
  );
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(500);
});

test.each([
  ['white space', '{"a": 1}', 'canonical/not-canonical'],
  ['keys out of order', '{"b":1,"a":2}', 'canonical/not-canonical'],
  ['integer-like keys by number', '{"2":0,"10":0}', 'canonical/not-canonical'],
  ['an escape that is not needed', '{"\\u0061":1}', 'canonical/not-canonical'],
  ['another number', '[1.0]', 'canonical/not-canonical'],
  ['minus zero', '[-0]', 'canonical/not-canonical'],
  ['a key twice', '{"a":1,"a":1}', 'canonical/duplicate-key'],
  ['half a pair', '["\\ud800"]', 'canonical/lone-surrogate'],
  ['a key of JavaScript', '{"__proto__":1}', 'canonical/forbidden-key'],
  ['another', '{"a":{"constructor":1}}', 'canonical/forbidden-key'],
  ['a third', '[{"prototype":1}]', 'canonical/forbidden-key'],
  ['a whole number that a double rounds', '[9007199254740993]', 'canonical/number-out-of-range'],
  ['one that it does not', '[9007199254740992]', 'canonical/number-out-of-range'],
  ['a number beyond all', '[1e400]', 'canonical/number-out-of-range'],
  ['depth', `${'['.repeat(65)}${']'.repeat(65)}`, 'canonical/too-deep'],
  ['text behind it', '{}{}', 'canonical/trailing-text'],
  ['nothing', '', 'canonical/syntax'],
])('refused: %s', (_, text, code) => {
  expect(outcome(parseCanonical, utf8(text))).toMatchObject({ code });
});

test('size and depth up to the limit, bytes that are no text', () => {
  expect(outcome((bytes) => parseCanonical(bytes, { maxBytes: 7 }), utf8('"12345"'))).toEqual({
    value: '12345',
  });
  expect(outcome((bytes) => parseCanonical(bytes, { maxBytes: 6 }), utf8('"12345"'))).toMatchObject({
    code: 'canonical/too-large',
  });
  expect(outcome((bytes) => parseCanonical(bytes, { maxDepth: 2 }), utf8('[[]]'))).toEqual({ value: [[]] });
  expect(outcome((bytes) => parseCanonical(bytes, { maxDepth: 1 }), utf8('[[]]'))).toMatchObject({
    code: 'canonical/too-deep',
  });
  expect(outcome(parseCanonical, new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({
    code: 'canonical/bad-utf8',
  });
});

test('the short cut is taken where it can be, and left where it cannot', () => {
  const ordered = { a: [{ c: 1, d: [] }], b: 'é😀' };
  expect(shortText(ordered)).toBe('{"a":[{"c":1,"d":[]}],"b":"é😀"}');
  expect(shortText({ b: { d: 1, c: [{ z: 1, y: 2 }] }, a: 1 })).toBe(
    '{"a":1,"b":{"c":[{"y":2,"z":1}],"d":1}}',
  );
  expect(shortText({ a: { d: 1, c: 2 }, b: { f: 1, e: 2 } })).toBe('{"a":{"c":2,"d":1},"b":{"e":2,"f":1}}');
  for (const unsure of [
    { 2: 0, 10: 0 },
    { b: 1, a: 2, 7: 3 },
    JSON.parse('{"b":1,"__proto__":2}'),
    ['\ud800'],
    { a: { toJSON: () => 1 } },
    [undefined],
    new Date(0),
  ])
    expect(shortText(unsure)).toBeUndefined();
  expect(shortValue(utf8('{"a":1,"b":[2]}'), 15, 2)).toEqual({ a: 1, b: [2] });
  expect(shortValue(utf8('{"a":1,"b":[2]}'), 15, 1)).toBeUndefined();
  expect(shortValue(utf8('{"a":1,"b":[2]}'), 14, 2)).toBeUndefined();
});

test('nothing that is sent makes it slow: 50,000 keys in reverse, 250 unsorted objects in each other', () => {
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${99_999 - at}`, 0]));
  let deep: unknown = 0;
  for (let at = 0; at < 250; at++) deep = { b: deep, a: at };
  const began = performance.now();
  expect(canonicalize(many).startsWith('{"k50000":0,"k50001":0')).toBe(true);
  expect(canonicalize(deep).startsWith('{"a":249,"b":{"a":248')).toBe(true);
  // insertion into 50,000 keys takes a minute, walking each object twice at each depth for ever
  expect(performance.now() - began).toBeLessThan(5000);
});
