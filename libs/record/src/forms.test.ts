// Changes to the examples of docs/formats/content.md, each refused at the right place.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { isJsonObject, type JsonObject, type JsonValue, pointerToken } from '#lib/canonical';
import { hideablePointers } from '#lib/disclosure';
import {
  checkDocumentForm,
  DOCUMENT_TYPES,
  type DocumentType,
  HIDEABLE,
  isWithheld,
  RecordError,
} from './index.ts';

const page = readFileSync(new URL('../../../docs/formats/content.md', import.meta.url), 'utf8');
const examples = Object.fromEntries(
  [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map((match) => {
    const doc = JSON.parse(match[1]) as JsonObject;
    return [doc.type, doc];
  }),
) as Record<DocumentType, JsonObject>;

function refusal(doc: JsonValue): string {
  try {
    checkDocumentForm(doc);
  } catch (error) {
    if (error instanceof RecordError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'taken';
}

/** The document with the value at a pointer replaced; undefined takes it away. */
function withAt(doc: JsonObject, pointer: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(doc) as Record<string, unknown>;
  const path = pointer.slice(1).split('/');
  const last = path.pop()!;
  const parent = path.reduce((node, key) => node[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy as JsonObject;
}

/** Pointers of all members that rules look at: not those inside members that belong to another room. */
function pointersOf(value: JsonValue, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = `${pointer}/${pointerToken(key)}`;
    return OPAQUE.includes(at) ? [at] : [at, ...pointersOf(member, at)];
  });
}
const OPAQUE = ['/input', '/result', '/message', '/domain', '/basis'];
const digest = 'A'.repeat(43);

describe.each(DOCUMENT_TYPES)('%s', (type) => {
  const doc = examples[type];
  const hideable = hideablePointers(doc, HIDEABLE[type]);

  test('every member is checked: a value of another shape is refused there', () => {
    for (const pointer of pointersOf(doc)) {
      const code = refusal(withAt(doc, pointer, { wrong: true }));
      if (OPAQUE.includes(pointer)) expect([pointer, code]).toEqual([pointer, 'taken']);
      else
        expect([pointer, code]).toEqual([
          pointer,
          expect.stringMatching(new RegExp(`^record/[a-z-]+ ${pointer}(/|$)`)),
        ]);
      expect(refusal(withAt(doc, pointer, 17n.toString().repeat(6000)))).not.toBe('taken');
    }
  });

  test('no member may be added to it or to a part of it', () => {
    expect(refusal(withAt(doc, '/more', null))).toBe('record/malformed /more');
    for (const pointer of pointersOf(doc)) {
      const value = pointer
        .slice(1)
        .split('/')
        .reduce<JsonValue>((node, key) => (node as JsonObject)[key], doc);
      if (!isJsonObject(value) || OPAQUE.includes(pointer)) continue;
      const code = refusal(withAt(doc, pointer, { ...value, 'm/1': true }));
      expect([pointer, code]).toEqual([pointer, `record/malformed ${pointer}/m~11`]);
    }
  });

  test('each member that is not optional must be there', () => {
    const optional = [
      'address',
      'uscc',
      'buyerSku',
      'name',
      'zh',
      'en',
      'recycledFraction',
      'primaryData',
      'estimates',
      'addressLocality',
      'addressRegion',
    ];
    for (const pointer of pointersOf(doc)) {
      const key = pointer.split('/').at(-1)!;
      if (/^[0-9]+$/.test(key) || optional.includes(key)) continue;
      expect([pointer, refusal(withAt(doc, pointer, undefined))]).not.toEqual([pointer, 'taken']);
    }
  });

  test('a digest stands where a value may be withheld, and nowhere else', () => {
    for (const pointer of pointersOf(doc)) {
      const code = refusal(withAt(doc, pointer, { digest }));
      // what is inside these is refused with the document's id
      if (OPAQUE.includes(pointer)) continue;
      expect([pointer, code === 'taken']).toEqual([pointer, hideable.includes(pointer)]);
    }
    for (const pointer of hideable.filter(
      (each) => !OPAQUE.some((opaque) => each.startsWith(`${opaque}/`)),
    )) {
      expect(refusal(withAt(doc, pointer, { digest: 'x' }))).toBe(`record/malformed ${pointer}/digest`);
      expect(refusal(withAt(doc, pointer, { digest, salt: 'x' }))).toBe(`record/malformed ${pointer}/salt`);
    }
  });

  test('nonces are 16 bytes in their one form', () => {
    for (const nonce of ['', digest, 'AQEBAQEBAQEBAQEBAQEBAR', 'AQEBAQEBAQEBAQEBAQEBAQ=='])
      expect(refusal({ ...doc, nonce })).toBe('record/malformed /nonce');
  });

  test('hideable paths do not stand inside each other', () => {
    const paths = HIDEABLE[type];
    for (const a of paths) for (const b of paths) expect(a !== b && b.startsWith(`${a}/`)).toBe(false);
  });
});

test.each<[JsonValue]>([
  [null],
  ['key/v1'],
  [[]],
  [{}],
  [{ type: 1 }],
  [{ type: 'key/v2' }],
  [{ type: 'toString' }],
  [{ type: 'credential/v1' }],
])('%j has no known type', (doc) => expect(refusal(doc)).toBe('record/unknown-type /type'));

test.each([0x85, 0xad, 0x200b, 0x200f, 0x2028, 0x3164, 0xfeff, 0xe0041])(
  'the character %i is in no name',
  (unseen) => {
    const name = `a${String.fromCodePoint(unseen)}b`;
    expect(refusal(withAt(examples['organisation/v1'], '/names/en', name))).toBe(
      'record/malformed /names/en',
    );
  },
);

describe('members that go together', () => {
  const sha = `sha256:${'0'.repeat(64)}`;
  test.each<[DocumentType, Record<string, JsonValue | undefined>, string]>([
    ['key/v1', { '/kid': 'did:web:ledger.example:o:jiangnan#key-2' }, 'record/malformed /kid'],
    ['key/v1', { '/kid': 'did:web:other.example#key-1' }, 'record/malformed /kid'],
    ['key/v1', { '/previous': sha }, 'record/malformed /previous'],
    [
      'key/v1',
      { '/sequence': 2, '/kid': 'did:web:ledger.example:o:jiangnan#key-2' },
      'record/malformed /previous',
    ],
    ['key/v1', { '/sequence': 0 }, 'record/malformed /sequence'],
    ['key/v1', { '/sequence': 1.5 }, 'record/malformed /sequence'],
    ['key/v1', { '/signedBy': 'recovery' }, 'record/malformed /signedBy'],
    ['key/v1', { '/recoveryKeyJwk': examples['key/v1'].publicKeyJwk }, 'record/malformed /signedBy'],
    ['key/v1', { '/publicKeyJwk/x': digest.slice(1) }, 'record/malformed /publicKeyJwk/x'],
    ['key/v1', { '/publicKeyJwk/d': digest }, 'record/malformed /publicKeyJwk/d'],
    ['delegation/v1', { '/kinds': [] }, 'record/malformed /kinds'],
    ['delegation/v1', { '/kinds/0': 'key/v9' }, 'record/malformed /kinds/0'],
    ['delegation/v1', { '/validUntil': '2026-01-01T00:00:00Z' }, 'record/malformed /validUntil'],
    ['organisation/v1', { '/uscc': '91330782MA00000A0F' }, 'record/uscc-check-digit /uscc'],
    ['organisation/v1', { '/uscc': '1' }, 'record/malformed-uscc /uscc'],
    ['organisation/v1', { '/uscc': undefined, '/address': undefined }, 'taken'],
    ['organisation/v1', { '/names': {} }, 'record/malformed /names'],
    ['organisation/v1', { '/names/en': undefined }, 'taken'],
    ['organisation/v1', { '/names/fr': 'x' }, 'record/malformed /names/fr'],
    ['organisation/v1', { '/names/en': 'a\u202eb' }, 'record/malformed /names/en'],
    ['organisation/v1', { '/names/en': 'a\nb' }, 'record/malformed /names/en'],
    ['organisation/v1', { '/names/en': ' \u3000\u00a0' }, 'record/malformed /names/en'],
    ['withdrawal/v1', { '/reason': 'a\r\n\tb' }, 'taken'],
    ['withdrawal/v1', { '/reason': 'a\u001b[2J' }, 'record/malformed /reason'],
    ['organisation/v1', { '/names/en': '😀'.repeat(200) }, 'taken'],
    ['organisation/v1', { '/names/en': '😀'.repeat(201) }, 'record/malformed /names/en'],
    ['organisation/v1', { '/address/a-b': 'x' }, 'record/malformed /address/a-b'],
    ['organisation/v1', { '/country': 'cn' }, 'record/malformed /country'],
    ['organisation/v1', { '/did': 'did:web:localhost%3A8787:o:yiwu' }, 'taken'],
    ['organisation/v1', { '/did': 'did:web:localhost:8787/o' }, 'record/malformed /did'],
    ['facility/v1', { '/id': 'did:web:other.example#facility-east' }, 'record/malformed /id'],
    ['product/v1', { '/gtin': undefined }, 'record/malformed /idScheme'],
    ['product/v1', { '/idScheme': 'own' }, 'record/malformed /idScheme'],
    ['product/v1', { '/id': 'https://id.gs1.org/01/09506000134369' }, 'record/malformed /id'],
    [
      'product/v1',
      { '/gtin': undefined, '/idScheme': 'own', '/id': 'http://localhost:8787/id/yiwu/plate-9' },
      'taken',
    ],
    ['product/v1', { '/buyerSku': undefined }, 'taken'],
    ['product/v1', { '/massPerUnit/value': '-1' }, 'record/malformed /massPerUnit/value'],
    ['product/v1', { '/massPerUnit/value': '1e3' }, 'record/malformed /massPerUnit/value'],
    ['product/v1', { '/massPerUnit/value': '015' }, 'record/malformed /massPerUnit/value'],
    ['product/v1', { '/massPerUnit/value': 15 }, 'record/malformed /massPerUnit/value'],
    ['product/v1', { '/cnCode': '482' }, 'record/malformed /cnCode'],
    ['batch/v1', { '/lot': '批次1' }, 'record/malformed /lot'],
    ['batch/v1', { '/lot': 'a b' }, 'record/malformed /lot'],
    ['batch/v1', { '/lot': '#1' }, 'record/malformed /lot'],
    ['batch/v1', { '/lot': 'x'.repeat(21) }, 'record/malformed /lot'],
    ['batch/v1', { '/lot': '!"%&\'()*+,-./09:;<=>' }, 'taken'],
    ['batch/v1', { '/producedUntil': '2026-10-11T16:00:00Z' }, 'record/malformed /producedUntil'],
    ['activity/v1', { '/quantity': null }, 'record/malformed /quantity'],
    ['activity/v1', { '/state': 'missing' }, 'record/malformed /quantity'],
    ['activity/v1', { '/state': 'missing', '/quantity': null }, 'taken'],
    ['activity/v1', { '/state': 'missing', '/quantity': { digest } }, 'taken'],
    ['activity/v1', { '/line': 'L0' }, 'record/malformed /line'],
    ['activity/v1', { '/line': 'shared' }, 'taken'],
    ['activity/v1', { '/supplier': { name: { digest }, factor: { value: '1.2' } } }, 'taken'],
    ['activity/v1', { '/period/end': '2025-09-30T16:00:00Z' }, 'record/malformed /period/end'],
    ['import/v1', { '/manifest': [] }, 'record/malformed /manifest'],
    [
      'import/v1',
      { '/manifest': Array(501).fill({ kind: 'batch/v1', content: sha }) },
      'record/malformed /manifest',
    ],
    ['import/v1', { '/manifest/0/kind': 'key/v1' }, 'record/malformed /manifest/0/kind'],
    ['import/v1', { '/file': null }, 'taken'],
    ['import/v1', { '/file/name': undefined }, 'taken'],
    ['import/v1', { '/file/bytes': '0x10' }, 'record/malformed /file/bytes'],
    ['footprint/v1', { '/coverage': 'batch' }, 'record/malformed /coverage'],
    ['footprint/v1', { '/lot': 'L1' }, 'record/malformed /coverage'],
    ['footprint/v1', { '/coverage': 'batch', '/lot': 'L1' }, 'taken'],
    ['footprint/v1', { '/activities': [] }, 'record/malformed /activities'],
    ['opinion/v1', { '/limitationsText': 'Two lines.\nStage "waste" was not visited.' }, 'taken'],
    ['opinion/v1', { '/signature': '0x00' }, 'record/malformed /signature'],
    ['registration/v1', { '/accreditation': null }, 'taken'],
    ['registration/v1', { '/body': 'did:web:x' }, 'record/malformed /body'],
    ['passport/v1', { '/opinion': null, '/items': null, '/materials': [] }, 'taken'],
    ['passport/v1', { '/release': 2 }, 'record/malformed /supersedes'],
    ['passport/v1', { '/release': 2, '/supersedes': '12' }, 'taken'],
    ['passport/v1', { '/supersedes': '12' }, 'record/malformed /supersedes'],
    ['passport/v1', { '/product/gtin': undefined }, 'record/malformed /product/idScheme'],
    [
      'passport/v1',
      { '/batch/producedUntil': '2026-10-01T00:00:00Z' },
      'record/malformed /batch/producedUntil',
    ],
    ['passport/v1', { '/validUntil': '2026-10-01T00:00:00Z' }, 'record/malformed /validUntil'],
    ['passport/v1', { '/opinion/opinion': 'adverse' }, 'record/malformed /opinion/opinion'],
    [
      'passport/v1',
      { '/opinion/validUntil': '2026-10-01T00:00:00Z' },
      'record/malformed /opinion/validUntil',
    ],
    ['passport/v1', { '/footprint/number': '-0.0512' }, 'taken'],
    ['passport/v1', { '/footprint/shares/primaryData': null }, 'taken'],
    ['passport/v1', { '/code': 'https://x/01/1' }, 'record/malformed /code'],
    ['correction/v1', { '/numbers': null, '/replacement': null, '/reason': '' }, 'taken'],
    ['correction/v1', { '/material': 'yes' }, 'record/malformed /material'],
  ])('%s with %j', (type, changes, wanted) => {
    const doc = Object.entries(changes).reduce(
      (copy, [pointer, value]) => withAt(copy, pointer, value),
      examples[type],
    );
    expect(refusal(doc)).toBe(wanted);
  });
});

test('no JSON value makes it throw anything but a refusal, and a refusal is short', () => {
  const long = fc.string({ minLength: 5000, maxLength: 6000 });
  const member = fc.oneof(fc.jsonValue(), long) as fc.Arbitrary<JsonValue>;
  fc.assert(
    fc.property(fc.constantFrom(...DOCUMENT_TYPES), member, fc.nat(), (type, value, at) => {
      const pointers = pointersOf(examples[type]);
      const doc = withAt(examples[type], pointers[at % pointers.length], value);
      try {
        checkDocumentForm(doc);
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        expect(error.message.length).toBeLessThan(6200);
      }
    }),
  );
});

test('isWithheld', () => {
  expect(isWithheld({ digest })).toBe(true);
  for (const value of [null, undefined, 'digest', {}, Object.create({ digest })])
    expect(isWithheld(value)).toBe(false);
});
