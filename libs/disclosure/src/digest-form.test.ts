import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalize, type JsonValue, toBase64url } from '#lib/canonical';
import {
  DisclosureError,
  digestForm,
  digestOf,
  documentId,
  hiddenPointers,
  hideablePointers,
  newSalts,
  redact,
  refuseReservedKey,
  type Salts,
} from './index.ts';

const PATTERNS = ['/reviewer', '/input/activities/*/quantity', '/by~1name/*/price'];
const DOC = {
  type: 'example/v1',
  reviewer: 'Ms Qiu',
  input: {
    activities: [
      { name: 'heat', quantity: { unit: 'MJ', value: '12' } },
      { name: 'pulp' },
      { quantity: null },
    ],
  },
  'by/name': { 'a~b': { price: '3' }, plain: { cost: '1' } },
};
const POINTERS = [
  '/reviewer',
  '/input/activities/0/quantity',
  '/input/activities/2/quantity',
  '/by~1name/a~0b/price',
];
const SALTS = newSalts(DOC, PATTERNS, counter());
const D = toBase64url(new Uint8Array(32));

/** Bytes that differ from call to call, as a generator's would. */
function counter(): (n: number) => Uint8Array {
  let count = 0;
  return (n) => new Uint8Array(n).fill(++count);
}

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof DisclosureError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'nothing refused';
}

test('a digest is base64url of SHA-256 over the canonical triple of salt, pointer and value', () => {
  const salt = toBase64url(new Uint8Array(32).fill(7));
  const text = `["${salt}","/a/0",{"unit":"kWh","value":"5"}]`;
  const wanted = createHash('sha256').update(text).digest('base64url');
  expect(digestOf(salt, '/a/0', { value: '5', unit: 'kWh' })).toBe(wanted);
});

test('pointers follow the document, escape their tokens, and name only what is there', () => {
  expect(hideablePointers(DOC, PATTERNS)).toEqual(POINTERS);
  expect(Object.keys(SALTS)).toEqual(POINTERS);
  expect(new Set(Object.values(SALTS)).size).toBe(POINTERS.length);
  expect(hideablePointers(['x'], PATTERNS)).toEqual([]);
  expect(hideablePointers('x', ['/a'])).toEqual([]);
});

test('the digested form holds digests at hideable places and everything else as it was', () => {
  const digest = (pointer: string, value: JsonValue) => ({
    digest: digestOf(SALTS[pointer], pointer, value),
  });
  expect(digestForm(DOC, PATTERNS, SALTS)).toEqual({
    type: 'example/v1',
    reviewer: digest('/reviewer', 'Ms Qiu'),
    input: {
      activities: [
        { name: 'heat', quantity: digest('/input/activities/0/quantity', { value: '12', unit: 'MJ' }) },
        { name: 'pulp' },
        { quantity: digest('/input/activities/2/quantity', null) },
      ],
    },
    'by/name': { 'a~b': { price: digest('/by~1name/a~0b/price', '3') }, plain: { cost: '1' } },
  });
});

test('a redacted copy keeps the id, loses the salts of what it hides, and can be redacted again', () => {
  const id = documentId(DOC, PATTERNS, SALTS);
  const first = redact(DOC, PATTERNS, SALTS, (pointer) => pointer.endsWith('/quantity'));
  expect(hiddenPointers(first.doc, PATTERNS)).toEqual([POINTERS[1], POINTERS[2]]);
  expect(Object.keys(first.salts)).toEqual([POINTERS[0], POINTERS[3]]);
  expect(documentId(first.doc, PATTERNS, first.salts)).toBe(id);
  const second = redact(first.doc, PATTERNS, first.salts, () => true);
  expect(second.salts).toEqual({});
  expect(hiddenPointers(second.doc, PATTERNS)).toEqual(POINTERS);
  expect(documentId(second.doc, PATTERNS, second.salts)).toBe(id);
  expect(canonicalize(second.doc)).not.toContain('Qiu');
  expect(hiddenPointers(DOC, PATTERNS)).toEqual([]);
});

test('a single value is proved by its salt, and no other value fits', () => {
  const { doc } = redact(DOC, PATTERNS, SALTS, () => true);
  const hidden = (doc as { reviewer: { digest: string } }).reviewer.digest;
  expect(digestOf(SALTS['/reviewer'], '/reviewer', 'Ms Qiu')).toBe(hidden);
  expect(digestOf(SALTS['/reviewer'], '/reviewer', 'Ms Qiv')).not.toBe(hidden);
  expect(digestOf(SALTS['/reviewer'], '/input', 'Ms Qiu')).not.toBe(hidden);
});

test('a withheld value gets no new salt', () => {
  const { doc } = redact(DOC, PATTERNS, SALTS, (pointer) => pointer === '/reviewer');
  expect(Object.keys(newSalts(doc, PATTERNS, counter()))).toEqual(POINTERS.slice(1));
});

test('a generator that gives too little is our mistake', () => {
  expect(() => newSalts(DOC, PATTERNS, () => new Uint8Array(31))).toThrow('32 random bytes, got 31');
});

describe('refusals', () => {
  const { '/reviewer': reviewerSalt, ...others } = SALTS;
  const hidden = redact(DOC, PATTERNS, SALTS, (pointer) => pointer === '/reviewer').doc;
  const form = (doc: JsonValue, salts: Record<string, unknown> = SALTS) =>
    refusal(() => digestForm(doc, PATTERNS, salts as Salts));

  test('salts and values that do not fit together', () => {
    expect(form(DOC, others)).toBe('disclosure/missing-salt /reviewer');
    expect(form(hidden, SALTS)).toBe('disclosure/unknown-salt /reviewer');
    expect(form(hidden, others)).toBe('nothing refused');
    expect(form(DOC, { ...SALTS, '/type': reviewerSalt })).toBe('disclosure/unknown-salt /type');
    expect(form(DOC, { ...SALTS, '/input/activities/1/quantity': reviewerSalt })).toBe(
      'disclosure/unknown-salt /input/activities/1/quantity',
    );
    expect(form(DOC, Object.create(SALTS))).toBe('disclosure/missing-salt /reviewer');
  });

  test.each([
    null,
    7,
    '',
    'x',
    D.slice(1),
    `${D}A`,
    `${D}=`,
    `${D.slice(0, -1)}B`,
    toBase64url(new Uint8Array(33)),
  ])('the salt %j', (salt) =>
    expect(form(DOC, { ...SALTS, '/reviewer': salt })).toBe('disclosure/malformed-salt /reviewer'),
  );

  test.each<[JsonValue]>([
    [{ digest: null }],
    [{ digest: 'x' }],
    [{ digest: `${D}=` }],
    [{ digest: D, salt: D }],
    [{ digest: { digest: D } }],
  ])('the withheld value %j', (reviewer) => {
    expect(form({ ...DOC, reviewer }, others)).toBe('disclosure/malformed-digest /reviewer');
  });

  test('the reserved key anywhere else', () => {
    const sly = { ...DOC, type: { digest: D } };
    expect(form(sly)).toBe('disclosure/reserved-key /type/digest');
    expect(form({ ...DOC, reviewer: { name: { digest: D } } })).toBe(
      'disclosure/reserved-key /reviewer/name/digest',
    );
    expect(form({ ...DOC, reviewer: [{ digest: D }] })).toBe('disclosure/reserved-key /reviewer/0/digest');
    expect(refusal(() => documentId({ digest: D }, PATTERNS, {}))).toBe('disclosure/reserved-key /digest');
    expect(refusal(() => newSalts(sly, PATTERNS, counter()))).toBe('disclosure/reserved-key /type/digest');
    expect(refusal(() => redact(sly, PATTERNS, SALTS, () => false))).toBe(
      'disclosure/reserved-key /type/digest',
    );
  });

  test('input may not hold it even where a withheld value could stand', () => {
    expect(refusal(() => refuseReservedKey(hidden))).toBe('disclosure/reserved-key /reviewer/digest');
    expect(refusal(() => refuseReservedKey(hidden, PATTERNS))).toBe('nothing refused');
    expect(refusal(() => refuseReservedKey(DOC))).toBe('nothing refused');
    expect(refusal(() => refuseReservedKey({ a: ['digest', 'x'] }))).toBe('nothing refused');
  });

  test('a value moved to another place changes the id', () => {
    const moved = redact(DOC, PATTERNS, SALTS, () => true).doc as {
      input: { activities: { quantity?: JsonValue }[] };
    };
    const [heat, , other] = moved.input.activities;
    [heat.quantity, other.quantity] = [other.quantity!, heat.quantity!];
    expect(documentId(moved as JsonValue, PATTERNS, {})).not.toBe(documentId(DOC, PATTERNS, SALTS));
  });
});

test('property: every choice of what to hide keeps the id; every change of a value loses it', () => {
  const value = fc.jsonValue({ maxDepth: 1 }).filter((v) => !JSON.stringify(v).includes('digest'));
  const rows = fc.array(fc.record({ quantity: value, open: fc.string() }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.bigInt({ min: 0n, max: 31n }), (activities, mask) => {
      const doc = { input: { activities } } as unknown as JsonValue;
      const salts = newSalts(doc, PATTERNS, counter());
      const id = documentId(doc, PATTERNS, salts);
      const pointers = hideablePointers(doc, PATTERNS);
      const copy = redact(
        doc,
        PATTERNS,
        salts,
        (pointer) => ((mask >> BigInt(pointers.indexOf(pointer))) & 1n) === 1n,
      );
      expect(documentId(copy.doc, PATTERNS, copy.salts)).toBe(id);
      expect(hiddenPointers(copy.doc, PATTERNS).length + Object.keys(copy.salts).length).toBe(
        activities.length,
      );
      const other = {
        input: { activities: [{ ...activities[0], quantity: 'other' }, ...activities.slice(1)] },
      };
      if (activities[0].quantity !== 'other')
        expect(documentId(other as JsonValue, PATTERNS, salts)).not.toBe(id);
    }),
  );
});
