import { canonicalize, contentId, toBase64url, utf8 } from '#lib/canonical';
import { ACTIVITY_HIDEABLE, type ActivityDraft } from './activity.ts';
import { makeActivityDocument, voucherHash } from './document.ts';

const DRAFT: ActivityDraft = {
  kind: 'fuel',
  item: 'natural-gas',
  line: 'shared',
  name: { zh: '天然气', en: 'natural gas' },
  period: { start: '2024-12-31T16:00:00Z', end: '2025-01-31T16:00:00Z' },
  state: 'value',
  quantity: { value: '5000', unit: 'm3' },
  basis: { kind: 'stated' },
  grade: 'bill',
  meter: null,
  voucher: 'G-2025-01',
  supplier: null,
  place: { sheet: '燃料热力', row: 2 },
};
const OWNER = {
  organisation: 'did:web:example.com:o:factory',
  facility: 'did:web:example.com:o:factory#facility-1',
};
let next = 0;
const random = (bytes: number) => new Uint8Array(bytes).fill(++next);

test('the document holds the draft, a nonce, and the voucher only as a salted hash', () => {
  next = 0;
  const { document, voucherSalt } = makeActivityDocument(DRAFT, OWNER, random);
  expect(voucherSalt).toBe(toBase64url(new Uint8Array(32).fill(1)));
  expect(document).toEqual({
    type: 'activity/v1',
    nonce: toBase64url(new Uint8Array(16).fill(2)),
    ...OWNER,
    kind: 'fuel',
    item: 'natural-gas',
    line: 'shared',
    name: DRAFT.name,
    period: DRAFT.period,
    state: 'value',
    quantity: { value: '5000', unit: 'm3' },
    basis: { kind: 'stated' },
    supplier: null,
    source: {
      grade: 'bill',
      sheet: '燃料热力',
      row: 2,
      meter: null,
      voucher: contentId(utf8(`["${voucherSalt}","G-2025-01"]`)),
    },
  });
  expect(canonicalize(document)).not.toContain('G-2025-01');
});

test('two documents of one draft differ, and so do the hashes of one voucher', () => {
  const one = makeActivityDocument(DRAFT, OWNER, random);
  const two = makeActivityDocument(DRAFT, OWNER, random);
  expect(one.document.source.voucher).not.toBe(two.document.source.voucher);
  expect(one.document.nonce).not.toBe(two.document.nonce);
  expect(voucherHash('s', 'v')).toBe(voucherHash('s', 'v'));
});

test('a missing quantity takes its readings with it', () => {
  const { document } = makeActivityDocument(
    {
      ...DRAFT,
      state: 'missing',
      quantity: null,
      basis: { kind: 'register', unit: 'kWh', multiplier: '60', spans: [] },
    },
    OWNER,
    random,
  );
  expect(document.basis).toEqual({ kind: 'stated' });
});

test('whatever a meter file is called, its name is one visible line of at most 200 characters', () => {
  const sheetOf = (sheet: string) =>
    makeActivityDocument({ ...DRAFT, place: { sheet, row: 2 } }, OWNER, random).document.source.sheet;
  expect(sheetOf(' 电表\u200b\n1.csv\u202e')).toBe('电表 1.csv');
  expect([...sheetOf('😀'.repeat(300))]).toHaveLength(200);
  expect(sheetOf('\u200b')).toBe('–');
});

test('every hideable path is there in a document', () => {
  const { document } = makeActivityDocument(
    { ...DRAFT, supplier: { name: 'Mill', factor: null } },
    OWNER,
    random,
  );
  for (const path of ACTIVITY_HIDEABLE) {
    const value = path
      .slice(1)
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
    expect(value).not.toBeUndefined();
  }
});
