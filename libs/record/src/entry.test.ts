import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import {
  type ContentId,
  canonicalBytes,
  canonicalize,
  contentId,
  type JsonValue,
  toBase64url,
  utf8,
} from '#lib/canonical';
import {
  blindSubject,
  checkEntryForm,
  checkEntrySignature,
  ENTRY_KINDS,
  type Entry,
  type EntryKind,
  type EntryRef,
  type EntrySigner,
  entryBytes,
  isSignedKind,
  MAX_ENTRY_BYTES,
  makeEntry,
  parseEntry,
  RecordError,
  signingBytes,
} from './index.ts';

const DID = 'did:web:ledger.example:o:jiangnan';
const BODY = 'eip155:31337:0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF';
const secretKey = new Uint8Array(32).fill(1);
const publicKey = ed25519.getPublicKey(secretKey);
const signer: EntrySigner = { kid: `${DID}#key-1`, sign: (message) => ed25519.sign(message, secretKey) };
const opinionSigner: EntrySigner = { kid: BODY, eip712: `0x${'5a'.repeat(65)}` };
const id = (text: string): ContentId => contentId(utf8(text));
const leaf = (digit: string) => digit.repeat(64);

const REFS: Partial<Record<EntryKind, EntryRef[]>> = {
  'import/v1': [{ rel: 'covers', entry: leaf('a') }],
  'credential/v1': ['passport', 'key', 'footprint'].map((rel) => ({ rel, content: id(rel) })),
};

function unsigned(kind: EntryKind) {
  return {
    kind,
    subject: blindSubject('AQEBAQEBAQEBAQEBAQEBAQ', 'https://id.gs1.org/01/09506000134352'),
    issuer: kind === 'opinion/v1' ? `did:pkh:${BODY}` : DID,
    time: '2026-11-25T11:00:00Z',
    content: id('document'),
    refs: REFS[kind] ?? [],
  };
}
function make(kind: EntryKind): Entry {
  return makeEntry(
    unsigned(kind),
    kind === 'opinion/v1' ? opinionSigner : isSignedKind(kind) ? signer : undefined,
  );
}
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof RecordError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'taken';
}
/** The entry with members replaced; undefined takes a member away. */
function changed(entry: Entry, members: Record<string, unknown>): JsonValue {
  const copy = { ...entry, ...members };
  return JSON.parse(JSON.stringify(copy)) as JsonValue;
}

describe('every kind', () => {
  test.each(ENTRY_KINDS)('%s: made, written, read', (kind) => {
    const entry = make(kind);
    const bytes = entryBytes(entry);
    expect(parseEntry(bytes)).toEqual(entry);
    expect(Object.hasOwn(entry, 'sig')).toBe(isSignedKind(kind));
    expect(checkEntrySignature(entry, publicKey)).toBe(isSignedKind(kind) && kind !== 'opinion/v1');
  });

  test.each(ENTRY_KINDS.filter((kind) => isSignedKind(kind) && kind !== 'opinion/v1'))(
    '%s: no flipped bit of its bytes is read and signed by the key that it names',
    (kind) => {
      const bytes = entryBytes(make(kind));
      let read = 0;
      // all bits of one kind, and of the others every eleventh, which visits each bit place of a byte
      const step = kind === 'withdrawal/v1' ? 1 : 11;
      for (let bit = 0; bit < bytes.length * 8; bit += step) {
        const tampered = bytes.slice();
        tampered[bit >> 3] ^= 1 << (bit & 7);
        const code = refusal(() => {
          const entry = parseEntry(tampered);
          read++;
          // `kid` says where the key is found; another one leads to another key
          const isNamed = entry.sig?.kid === `${DID}#key-1`;
          if (isNamed && checkEntrySignature(entry, publicKey)) throw new Error(`bit ${bit} can be flipped`);
        });
        expect(code).toMatch(/^(taken|record\/)/);
      }
      expect(read).toBeGreaterThan(50);
    },
  );

  test('another key did not sign it', () => {
    const entry = make('key/v1');
    expect(checkEntrySignature(entry, ed25519.getPublicKey(new Uint8Array(32).fill(2)))).toBe(false);
    expect(checkEntrySignature(entry, new Uint8Array(32))).toBe(false);
  });

  test('a signature that only ZIP 215 would take is refused: small-order key, nought as S', () => {
    const smallOrder = new Uint8Array(32);
    smallOrder[0] = 1;
    const value = toBase64url(new Uint8Array([...smallOrder, ...new Uint8Array(32)]));
    const entry = { ...make('key/v1'), sig: { alg: 'EdDSA', kid: `${DID}#key-1`, value } } as Entry;
    const bytes = signingBytes(entry);
    expect(
      ed25519.verify(new Uint8Array([...smallOrder, ...new Uint8Array(32)]), bytes, smallOrder, {
        zip215: true,
      }),
    ).toBe(true);
    expect(checkEntrySignature(entry, smallOrder)).toBe(false);
  });
});

describe('form', () => {
  const entry = make('key/v1');
  test('members come out in canonical order, references sorted, whatever order they went in', () => {
    const { refs: _, ...rest } = unsigned('key/v1');
    const refs: EntryRef[] = [
      { rel: 'seen', entry: leaf('b') },
      { rel: 'seen', content: id('x') },
      { rel: 'see', content: id('z') },
      { rel: 'see-also', content: id('y') },
      { rel: 'seen', entry: leaf('a') },
    ];
    const made = makeEntry({ refs, ...rest }, signer);
    expect(JSON.stringify(made)).toBe(canonicalize(made));
    expect(made.refs.map((ref) => ref.rel)).toEqual(['see', 'see-also', 'seen', 'seen', 'seen']);
    expect(made.refs.slice(2).map((ref) => ('entry' in ref ? ref.entry[0] : 's'))).toEqual(['a', 'b', 's']);
    fc.assert(
      fc.property(fc.shuffledSubarray(refs, { minLength: refs.length }), (shuffled) =>
        expect(makeEntry({ ...rest, refs: shuffled }, signer)).toEqual(made),
      ),
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['unknown member', { note: 'x' }, 'record/malformed /note'],
    ['no subject', { subject: undefined }, 'record/malformed /subject'],
    ['short subject', { subject: 'AAAA' }, 'record/malformed /subject'],
    ['second form of a subject', { subject: `${'A'.repeat(42)}B` }, 'record/malformed /subject'],
    ['issuer not a DID', { issuer: 'https://ledger.example' }, 'record/malformed /issuer'],
    ['another DID method', { issuer: 'did:key:z6Mk' }, 'record/malformed /issuer'],
    ['time with offset', { time: '2026-11-25T11:00:00+08:00' }, 'record/malformed /time'],
    ['content in capitals', { content: `sha256:${'A'.repeat(64)}` }, 'record/malformed /content'],
    ['kind of a later version', { kind: 'key/v2' }, 'record/unknown-kind /kind'],
    ['kind of Object', { kind: 'constructor' }, 'record/malformed /kind'],
    ['refs no array', { refs: {} }, 'record/malformed /refs'],
    ['too many refs', { refs: Array(513).fill({ rel: 'a', entry: leaf('a') }) }, 'record/malformed /refs'],
    ['ref to nothing', { refs: [{ rel: 'a' }] }, 'record/malformed /refs/0'],
    ['ref to two', { refs: [{ rel: 'a', entry: leaf('a'), content: id('x') }] }, 'record/malformed /refs/0'],
    ['rel in capitals', { refs: [{ rel: 'A', entry: leaf('a') }] }, 'record/malformed /refs/0/rel'],
    [
      'leaf hash with prefix',
      { refs: [{ rel: 'a', entry: `0x${leaf('a')}` }] },
      'record/malformed /refs/0/entry',
    ],
    [
      'unsorted',
      {
        refs: [
          { rel: 'b', entry: leaf('a') },
          { rel: 'a', entry: leaf('a') },
        ],
      },
      'record/unsorted-references /refs/1',
    ],
    [
      'twice the same',
      {
        refs: [
          { rel: 'a', entry: leaf('a') },
          { rel: 'a', entry: leaf('a') },
        ],
      },
      'record/unsorted-references /refs/1',
    ],
    [
      'covers outside a manifest',
      { refs: [{ rel: 'covers', entry: leaf('a') }] },
      'record/malformed /refs/0',
    ],
    ['no signature', { sig: undefined }, 'record/missing-signature /sig'],
    ['null signature', { sig: null }, 'record/malformed /sig'],
    ['signature with more', { sig: { ...entry.sig, at: 'x' } }, 'record/malformed /sig/at'],
    ['another algorithm', { sig: { ...entry.sig, alg: 'ES256' } }, 'record/malformed /sig/alg'],
    ['EIP712 for a key', { sig: { ...entry.sig, alg: 'EIP712' } }, 'record/foreign-signature /sig/alg'],
    ['short value', { sig: { ...entry.sig, value: 'AA' } }, 'record/malformed /sig/value'],
    [
      'key of another',
      { sig: { ...entry.sig, kid: 'did:web:other.example#key-1' } },
      'record/foreign-signature /sig/kid',
    ],
    [
      'issuer as prefix',
      { sig: { ...entry.sig, kid: `${DID}x#key-1` } },
      'record/foreign-signature /sig/kid',
    ],
    ['account as key', { sig: { ...entry.sig, kid: BODY } }, 'record/foreign-signature /sig/kid'],
  ])('%s', (_name, members, wanted) => {
    expect(refusal(() => checkEntryForm(changed(entry, members)))).toBe(wanted);
    expect(refusal(() => parseEntry(canonicalBytes(changed(entry, members))))).toBe(wanted);
  });

  test.each([null, 1, 'entry', []])('%j is no entry', (value) => {
    expect(refusal(() => checkEntryForm(value))).toBe('record/malformed ');
  });

  test('plain kinds are not signed', () => {
    const signed = changed(make('batch/v1'), { sig: entry.sig });
    expect(refusal(() => checkEntryForm(signed))).toBe('record/unexpected-signature /sig');
    expect(refusal(() => makeEntry(unsigned('batch/v1'), signer))).toBe('record/unexpected-signature /sig');
    expect(refusal(() => makeEntry(unsigned('import/v1')))).toBe('record/missing-signature /sig');
  });

  test('an opinion is signed by the account that issues it', () => {
    const opinion = make('opinion/v1');
    const sig = { ...opinion.sig, kid: BODY.replace('31337', '1') };
    expect(refusal(() => checkEntryForm(changed(opinion, { sig })))).toBe(
      'record/foreign-signature /sig/kid',
    );
    expect(refusal(() => checkEntryForm(changed(opinion, { issuer: DID })))).toBe(
      'record/foreign-signature /sig/kid',
    );
    expect(refusal(() => makeEntry(unsigned('opinion/v1'), signer))).toBe(
      'record/foreign-signature /sig/alg',
    );
    const short = { ...opinion.sig, value: `0x${'5a'.repeat(64)}` };
    expect(refusal(() => checkEntryForm(changed(opinion, { sig: short })))).toBe(
      'record/malformed /sig/value',
    );
    const delegated = { sig, refs: [{ rel: 'delegation', content: id('d') }] };
    expect(refusal(() => checkEntryForm(changed(opinion, delegated)))).toBe(
      'record/foreign-signature /sig/kid',
    );
  });

  test('a delegate signs what can be delegated, and says so', () => {
    const kid = 'did:web:ledger.example:o:centre#key-1';
    const refs = [{ rel: 'delegation', content: id('delegation') }];
    const by = (kind: EntryKind) =>
      refusal(() =>
        makeEntry({ ...unsigned(kind), refs: [...(REFS[kind] ?? []), ...refs] }, { ...signer, kid }),
      );
    expect(by('import/v1')).toBe('taken');
    expect(by('credential/v1')).toBe('taken');
    expect(by('key/v1')).toBe('record/foreign-signature /sig/kid');
    expect(by('delegation/v1')).toBe('record/foreign-signature /sig/kid');
    expect(refusal(() => makeEntry(unsigned('import/v1'), { ...signer, kid }))).toBe(
      'record/foreign-signature /sig/kid',
    );
  });

  test('references that a kind cannot do without', () => {
    for (const rel of ['passport', 'key', 'footprint']) {
      const refs = REFS['credential/v1']!.filter((ref) => ref.rel !== rel);
      expect(refusal(() => makeEntry({ ...unsigned('credential/v1'), refs }, signer))).toBe(
        'record/missing-reference /refs',
      );
    }
    expect(refusal(() => makeEntry({ ...unsigned('import/v1'), refs: [] }, signer))).toBe(
      'record/missing-reference /refs',
    );
    const covers: EntryRef[] = [{ rel: 'covers', content: id('x') }];
    expect(refusal(() => makeEntry({ ...unsigned('import/v1'), refs: covers }, signer))).toBe(
      'record/malformed /refs/0',
    );
  });
});

describe('bytes', () => {
  const text = canonicalize(make('organisation/v1'));
  test.each<[string, string]>([
    ['white space', text.replace(':', ': ')],
    ['another order', text.replace(/^\{("content":"[^"]*"),(.*)\}$/, '{$2,$1}')],
    ['an escape too many', text.replace('did:web', 'did\\u003aweb')],
    ['a newline at the end', `${text}\n`],
    ['a key twice', text.replace('{', '{"kind":"page/v1",')],
    ['a prototype key', text.replace('{', '{"__proto__":{},')],
    ['nothing', ''],
    ['depth', '['.repeat(9) + ']'.repeat(9)],
  ])('%s is not the one form', (_name, other) => {
    expect(other).not.toBe(text);
    expect(refusal(() => parseEntry(utf8(other)))).toMatch(/^record\/not-canonical /);
  });

  test('bytes that are not UTF-8', () => {
    expect(refusal(() => parseEntry(new Uint8Array([0x7b, 0xff])))).toBe('record/not-canonical ');
  });

  test('500 covered entries fit, and nothing longer than a tile can hold is made or read', () => {
    const covers = (count: number) =>
      Array.from(
        { length: count },
        (_, i): EntryRef => ({ rel: 'covers', entry: i.toString(16).padStart(64, '0') }),
      );
    const full = makeEntry({ ...unsigned('import/v1'), refs: covers(500) }, signer);
    expect(entryBytes(full).length).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
    const long = Array.from(
      { length: 512 },
      (_, i): EntryRef => ({ rel: 'a'.repeat(32), content: id(String(i)) }),
    );
    const issuer = `did:web:${'a'.repeat(253)}`;
    const tooMuch = {
      ...unsigned('batch/v1'),
      issuer: `${issuer}:${'b'.repeat(64)}:${'c'.repeat(64)}`,
      refs: long,
    };
    expect(refusal(() => makeEntry(tooMuch))).toBe('record/entry-too-long ');
    expect(refusal(() => parseEntry(new Uint8Array(MAX_ENTRY_BYTES + 1)))).toBe('record/entry-too-long ');
  });

  test('what is signed is the context, then the entry without its signature', () => {
    const { sig, ...rest } = make('key/v1');
    expect(signingBytes({ ...rest, sig } as Entry)).toEqual(
      utf8(`anchorleaf/entry/v1\n${canonicalize(rest)}`),
    );
  });
});

test('the subject is blinded by the nonce', () => {
  expect(blindSubject('a', 'b')).not.toBe(blindSubject('c', 'b'));
  expect(blindSubject('a', 'b')).not.toBe(blindSubject('a', 'c'));
  expect(blindSubject('a","b', 'c')).not.toBe(blindSubject('a', 'b","c'));
});
