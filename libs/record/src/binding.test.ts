import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, type JsonValue, sha256, toBase64url } from '#lib/canonical';
import { DisclosureError, newSalts, redact } from '#lib/disclosure';
import {
  blindSubject,
  type ContentDocument,
  checkDocumentForm,
  contentDocumentId,
  coverRefs,
  DOCUMENT_TYPES,
  type DocumentOf,
  type DocumentType,
  type Entry,
  entryBytes,
  HIDEABLE,
  type ImportDocument,
  isCovered,
  isSignedKind,
  makeEntry,
  manifestOf,
  mismatchOf,
  RecordError,
  subjectOf,
} from './index.ts';

const page = readFileSync(new URL('../../../docs/formats/content.md', import.meta.url), 'utf8');
const examples = new Map(
  [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map((match) => {
    const doc = checkDocumentForm(JSON.parse(match[1]));
    return [doc.type, doc];
  }),
);
const example = <T extends DocumentType>(type: T) => examples.get(type) as DocumentOf<T>;
const DID = 'did:web:ledger.example:o:jiangnan';
const OTHER = 'did:web:other.example';
const secretKey = new Uint8Array(32).fill(1);

let counter = 0;
const random = (n: number) => new Uint8Array(n).fill(++counter);
const leafHash = (entry: Entry) => sha256(concat(new Uint8Array(1), entryBytes(entry)));

function receipt(
  doc: ContentDocument,
  content: `sha256:${string}`,
  issuer = DID,
  covers: Uint8Array[] = [new Uint8Array(32)],
): Entry {
  const kind = doc.type as Exclude<DocumentType, 'passport/v1'>;
  const refs = kind === 'import/v1' ? coverRefs(covers) : [];
  const input = { kind, subject: subjectOf(doc), issuer, time: '2026-11-25T11:00:00Z', content, refs };
  if (kind === 'opinion/v1')
    return makeEntry(input, { kid: issuer.slice(8), eip712: `0x${'5a'.repeat(65)}` });
  const signer = { kid: `${issuer}#key-1`, sign: (message: Uint8Array) => ed25519.sign(message, secretKey) };
  return makeEntry(input, isSignedKind(kind) ? signer : undefined);
}

/** Subject ids as the table in docs/formats/entry.md has them. */
const SUBJECTS: Record<DocumentType, (doc: any) => string> = {
  'key/v1': (doc) => doc.did,
  'delegation/v1': (doc) => doc.issuer,
  'organisation/v1': (doc) => doc.did,
  'facility/v1': (doc) => doc.id,
  'product/v1': (doc) => doc.id,
  'batch/v1': (doc) => doc.product,
  'activity/v1': (doc) => doc.facility,
  'import/v1': (doc) => doc.organisation,
  'footprint/v1': (doc) => doc.product,
  'opinion/v1': (doc) => doc.message.footprint,
  'registration/v1': (doc) => doc.body,
  'passport/v1': (doc) => doc.product.id,
  'correction/v1': (doc) => doc.corrects,
  'withdrawal/v1': (doc) => doc.withdraws,
  'status/v1': (doc) => doc.subject,
};
const OWNED: DocumentType[] = [
  'key/v1',
  'delegation/v1',
  'organisation/v1',
  'facility/v1',
  'activity/v1',
  'import/v1',
  'footprint/v1',
  'opinion/v1',
];

describe.each(DOCUMENT_TYPES)('%s', (type) => {
  const doc = example(type);
  const patterns = HIDEABLE[type];
  const salts = newSalts(doc as JsonValue, patterns, random);
  const content = contentDocumentId(doc, salts);

  test('its subject is blinded by its nonce', () => {
    expect(subjectOf(doc)).toBe(blindSubject(doc.nonce, SUBJECTS[type](doc)));
  });

  if (type === 'passport/v1') return;
  const opinion = example('opinion/v1');
  const owner = type === 'opinion/v1' ? `did:pkh:eip155:31337:${opinion.message.body}` : DID;
  const entry = receipt(doc, content, owner);

  test('its entry is its receipt, for the full and for a redacted copy', () => {
    expect(mismatchOf(entry, doc, salts)).toBeNull();
    const copy = redact(doc as JsonValue, patterns, salts, () => true);
    expect(mismatchOf(entry, checkDocumentForm(copy.doc), copy.salts)).toBeNull();
  });

  test('another content, subject, kind or issuer is told apart', () => {
    expect(mismatchOf({ ...entry, content: `sha256:${'0'.repeat(64)}` }, doc, salts)).toBe('content');
    expect(mismatchOf({ ...entry, subject: blindSubject(doc.nonce, 'other') }, doc, salts)).toBe('subject');
    expect(mismatchOf({ ...entry, kind: 'page/v1' }, doc, salts)).toBe('kind');
    expect(
      mismatchOf(entry, { ...doc, nonce: toBase64url(new Uint8Array(16)) } as ContentDocument, salts),
    ).toBe('content');
    const foreign =
      type === 'opinion/v1' ? 'did:pkh:eip155:1:0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF' : OTHER;
    expect(mismatchOf({ ...entry, issuer: foreign }, doc, salts)).toBe(
      OWNED.includes(type) ? 'issuer' : null,
    );
  });

  test('salts of another version do not fit', () => {
    if (patterns.length === 0) return;
    const others = newSalts(doc as JsonValue, patterns, random);
    expect(mismatchOf(entry, doc, others)).toBe('content');
    expect(() => mismatchOf(entry, doc, {})).toThrow(DisclosureError);
  });
});

test('an opinion’s account may be written in another case, but not be another', () => {
  const doc = example('opinion/v1');
  const salts = newSalts(doc as JsonValue, HIDEABLE['opinion/v1'], random);
  const issuer = `did:pkh:eip155:31337:${String(doc.message.body).toLowerCase()}`;
  expect(mismatchOf(receipt(doc, contentDocumentId(doc, salts), issuer), doc, salts)).toBeNull();
  const odd = { ...doc, message: { body: 7, footprint: null } } as unknown as ContentDocument;
  expect(mismatchOf(receipt(odd, contentDocumentId(odd, salts), issuer), odd, salts)).toBe('issuer');
});

describe('manifests', () => {
  const docs = (['organisation/v1', 'facility/v1', 'product/v1'] as const).map((type) => {
    const doc = example(type);
    const salts = newSalts(doc as JsonValue, HIDEABLE[type], random);
    return receipt(doc, contentDocumentId(doc, salts));
  });
  const manifestDoc: ImportDocument = { ...example('import/v1'), manifest: manifestOf(docs), file: null };
  checkDocumentForm(manifestDoc as JsonValue);
  const manifest = receipt(manifestDoc, contentDocumentId(manifestDoc, {}), DID, docs.map(leafHash));

  test('cover each entry they list, and no other', () => {
    for (const entry of docs) {
      const covered = { entry, leafHash: leafHash(entry) };
      expect(isCovered(covered, { entry: manifest, doc: manifestDoc })).toBe(true);
      expect(
        isCovered({ ...covered, leafHash: new Uint8Array(32) }, { entry: manifest, doc: manifestDoc }),
      ).toBe(false);
      expect(isCovered(covered, { entry: { ...manifest, issuer: OTHER }, doc: manifestDoc })).toBe(false);
      expect(isCovered(covered, { entry: { ...manifest, kind: 'correction/v1' }, doc: manifestDoc })).toBe(
        false,
      );
      expect(isCovered(covered, { entry: manifest, doc: { ...manifestDoc, manifest: [] } })).toBe(false);
      const content = manifestDoc.manifest.map((item) => ({
        ...item,
        content: `sha256:${'0'.repeat(64)}` as const,
      }));
      expect(isCovered(covered, { entry: manifest, doc: { ...manifestDoc, manifest: content } })).toBe(false);
      const kinds = manifestDoc.manifest.map((item) => ({ ...item, kind: 'batch/v1' as const }));
      expect(isCovered(covered, { entry: manifest, doc: { ...manifestDoc, manifest: kinds } })).toBe(false);
    }
  });

  test('have at most 500 entries, of kinds that need a cover', () => {
    expect(manifestOf(Array(500).fill(docs[0]))).toHaveLength(500);
    expect(() => manifestOf(Array(501).fill(docs[0]))).toThrow(RecordError);
    expect(() => manifestOf([manifest])).toThrow('entries of kind "import/v1" are not covered by a manifest');
  });
});
