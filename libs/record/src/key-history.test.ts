import { ed25519 } from '@noble/curves/ed25519.js';
import { type ContentId, toBase64url } from '#lib/canonical';
import {
  checkDocumentForm,
  contentDocumentId,
  type Entry,
  isInForce,
  judgeKeys,
  jwkOf,
  type KeyDocument,
  type KeyRecord,
  makeEntry,
  publicKeyOf,
  recoveryCommitment,
  recoveryKid,
  subjectOf,
} from './index.ts';

const DID = 'did:web:ledger.example:o:jiangnan';
const ISSUER = `0x${'1A'.repeat(20)}`;
/** Secret keys by number; 90 and up are recovery keys. */
const secret = (n: number) => new Uint8Array(32).fill(n);
const publicKey = (n: number) => ed25519.getPublicKey(secret(n));

type Wish = {
  readonly did?: string;
  readonly sequence: number;
  readonly key: number;
  readonly previous?: ContentId | null;
  readonly signedBy?: KeyDocument['signedBy'];
  /** Which secret key really signs, and under which name; the rightful ones unless told. */
  readonly signer?: number;
  readonly kid?: string;
  readonly issuerAddress?: string;
  readonly recovery?: number;
  readonly recoveryKey?: number;
};

function record(wish: Wish, index: number): KeyRecord {
  const { did = DID, sequence, key, recovery = 90 } = wish;
  const signedBy = wish.signedBy ?? (sequence === 1 ? 'self' : 'previous');
  const doc: KeyDocument = {
    type: 'key/v1',
    nonce: toBase64url(new Uint8Array(16).fill(index + 1)),
    did,
    kid: `${did}#key-${sequence}`,
    publicKeyJwk: jwkOf(publicKey(key)),
    issuerAddress: wish.issuerAddress ?? ISSUER,
    mintKey: ISSUER,
    holder: 'own',
    sequence,
    previous: wish.previous ?? null,
    signedBy,
    recovery: recoveryCommitment(publicKey(recovery)),
    ...(wish.recoveryKey === undefined ? {} : { recoveryKeyJwk: jwkOf(publicKey(wish.recoveryKey)) }),
  };
  checkDocumentForm(doc);
  const names = { self: doc.kid, previous: `${did}#key-${sequence - 1}`, recovery: recoveryKid(did) };
  const signer =
    wish.signer ?? (signedBy === 'self' ? key : signedBy === 'previous' ? key - 1 : wish.recoveryKey!);
  const entry = makeEntry(
    {
      kind: 'key/v1',
      subject: subjectOf(doc),
      issuer: did,
      time: '2026-11-25T11:00:00Z',
      content: contentDocumentId(doc, {}),
      refs: [],
    },
    { kid: wish.kid ?? names[signedBy], sign: (message) => ed25519.sign(message, secret(signer)) },
  );
  return { entry, doc, index: BigInt(index) };
}

const idOf = (record: KeyRecord) => contentDocumentId(record.doc, {});
const first = record({ sequence: 1, key: 1 }, 0);
const second = record({ sequence: 2, key: 2, previous: idOf(first) }, 10);
const third = record({ sequence: 3, key: 3, previous: idOf(second) }, 20);
const states = (records: KeyRecord[]) =>
  Object.fromEntries(
    [...judgeKeys(records)].map(([kid, key]) => [
      kid.split('#key-')[1],
      [key.continuous, key.since, key.until],
    ]),
  );

test('each key is signed by the one before, and is in force until the next', () => {
  expect(states([first, second, third])).toEqual({
    1: [true, 0n, 10n],
    2: [true, 10n, 20n],
    3: [true, 20n, null],
  });
  const keys = judgeKeys([first, second, third]);
  const key = keys.get(`${DID}#key-2`)!;
  expect([9n, 10n, 11n, 19n, 20n, 21n].map((index) => isInForce(key, index))).toEqual([
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(isInForce(keys.get(`${DID}#key-3`)!, 1_000_000n)).toBe(true);
  expect(key).toMatchObject({ did: DID, holder: 'own', sequence: 2, issuerAddress: ISSUER, mintKey: ISSUER });
  expect(publicKeyOf(key.publicKeyJwk)).toEqual(publicKey(2));
});

test('no records, no keys', () => {
  expect(judgeKeys([]).size).toBe(0);
});

test('a lost key is replaced by the recovery key that it committed to', () => {
  const wish: Wish = {
    sequence: 2,
    key: 7,
    previous: idOf(first),
    signedBy: 'recovery',
    recoveryKey: 90,
    recovery: 91,
  };
  const recovered = record(wish, 10);
  const next = record({ sequence: 3, key: 8, previous: idOf(recovered) }, 20);
  expect(states([first, recovered, next])).toEqual({
    1: [true, 0n, 10n],
    2: [true, 10n, 20n],
    3: [true, 20n, null],
  });
  const other = record({ ...wish, recoveryKey: 92 }, 10);
  const otherSigner = record({ ...wish, signer: 7 }, 10);
  const otherName = record({ ...wish, kid: `${DID}#key-1` }, 10);
  for (const bad of [other, otherSigner, otherName])
    expect(states([first, bad])['2']).toEqual([false, 10n, null]);
  // the commitment of key 1 is spent once key 2 commits to another
  const stale = record(
    { sequence: 3, key: 9, previous: idOf(recovered), signedBy: 'recovery', recoveryKey: 90 },
    20,
  );
  expect(states([first, recovered, stale])['3']).toEqual([false, 20n, null]);
});

describe('put there by the host alone', () => {
  const forged: [string, KeyRecord[]][] = [
    ['key 1 signed by another', [record({ sequence: 1, key: 1, signer: 5 }, 0)]],
    ['key 1 that names another key', [record({ sequence: 1, key: 1, kid: `${DID}#key-9` }, 0)]],
    [
      'key 1 said to be signed by a previous',
      [record({ sequence: 1, key: 1, signedBy: 'previous', signer: 1 }, 0)],
    ],
    ['no key before', [record({ sequence: 2, key: 2, previous: idOf(first), signer: 1 }, 0)]],
    [
      'signed by itself',
      [first, record({ sequence: 2, key: 5, previous: idOf(first), signedBy: 'self' }, 10)],
    ],
    [
      'said to be signed by the previous',
      [first, record({ sequence: 2, key: 5, previous: idOf(first), signer: 5 }, 10)],
    ],
    [
      'under another name',
      [first, record({ sequence: 2, key: 2, previous: idOf(first), kid: `${DID}#key-2` }, 10)],
    ],
    ['another previous document', [first, record({ sequence: 2, key: 2, previous: idOf(third) }, 10)]],
    [
      'a number left out',
      [first, record({ sequence: 3, key: 3, previous: idOf(first), signer: 1, kid: `${DID}#key-1` }, 10)],
    ],
    [
      'another account on the chain',
      [
        first,
        record({ sequence: 2, key: 2, previous: idOf(first), issuerAddress: `0x${'2b'.repeat(20)}` }, 10),
      ],
    ],
    [
      'a recovery key when none was committed to',
      [
        first,
        record({ sequence: 2, key: 5, previous: idOf(first), signedBy: 'recovery', recoveryKey: 91 }, 10),
      ],
    ],
  ];
  test.each(forged)('%s', (_name, records) => {
    const last = records.at(-1)!;
    const judged = judgeKeys(records);
    expect(judged.get(last.doc.kid)).toMatchObject({ continuous: false, until: null });
    // and it replaces nothing
    if (records.length > 1)
      expect(judged.get(first.doc.kid)).toMatchObject({ continuous: true, until: null });
  });

  test('nor does anything grow from such a key', () => {
    const forgedSecond = record({ sequence: 2, key: 5, previous: idOf(first), signedBy: 'self' }, 10);
    const third = record({ sequence: 3, key: 6, previous: idOf(forgedSecond) }, 20);
    expect(states([first, forgedSecond, third])).toEqual({
      1: [true, 0n, null],
      2: [false, 10n, null],
      3: [false, 20n, null],
    });
  });

  test('a second key 1 does not take the place of the first', () => {
    const again = record({ sequence: 1, key: 4 }, 5);
    expect(states([first, again, second])).toEqual({ 1: [true, 0n, 10n], 2: [true, 10n, null] });
    const key = judgeKeys([first, again, second]).get(`${DID}#key-1`)!;
    expect(publicKeyOf(key.publicKeyJwk)).toEqual(publicKey(1));
  });

  test('a forged key under the name of one to come gives way to the real one', () => {
    const forgedSecond = record({ sequence: 2, key: 5, previous: idOf(first), signedBy: 'self' }, 5);
    expect(states([first, forgedSecond, second])).toEqual({ 1: [true, 0n, 10n], 2: [true, 10n, null] });
  });

  test('of two that the rightful key signed, the earlier in the log counts', () => {
    const rival = record({ sequence: 2, key: 6, previous: idOf(first), signer: 1 }, 12);
    const judged = judgeKeys([first, second, rival, third]);
    expect(publicKeyOf(judged.get(`${DID}#key-2`)!.publicKeyJwk)).toEqual(publicKey(2));
    expect(judged.get(`${DID}#key-2`)).toMatchObject({ continuous: true, since: 10n, until: 20n });
  });
});

test('an entry that is not the receipt of the document counts for nothing', () => {
  const swapped = { ...second, entry: third.entry };
  expect(states([first, swapped])).toEqual({ 1: [true, 0n, null] });
  const { sig: _, ...rest } = first.entry;
  const foreign = {
    ...rest,
    issuer: 'did:web:other.example',
    sig: { ...first.entry.sig!, kid: 'did:web:other.example#key-1' },
  } as Entry;
  expect(states([{ ...first, entry: foreign }])).toEqual({});
});

test('addresses differ in case only: the same account', () => {
  const lower = record(
    { sequence: 2, key: 2, previous: idOf(first), issuerAddress: ISSUER.toLowerCase() },
    10,
  );
  expect(states([first, lower])['2']).toEqual([true, 10n, null]);
});

test('issuers do not mix', () => {
  const did = 'did:web:ledger.example:o:other';
  const other = record({ did, sequence: 1, key: 4 }, 1);
  const otherSecond = record({ did, sequence: 2, key: 5, previous: idOf(other) }, 2);
  const judged = judgeKeys([first, other, otherSecond, second]);
  expect(
    [...judged.values()].map(({ kid, continuous, since, until }) => [kid, continuous, since, until]),
  ).toEqual([
    [`${DID}#key-1`, true, 0n, 10n],
    [`${did}#key-1`, true, 1n, 2n],
    [`${did}#key-2`, true, 2n, null],
    [`${DID}#key-2`, true, 10n, null],
  ]);
});
