// The format pages are what a stranger implements from: every example in them is computed again here.
import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  canonicalBytes,
  canonicalize,
  concat,
  contentId,
  type JsonValue,
  sha256,
  toBase64url,
  toHex,
  utf8,
} from '#lib/canonical';
import { digestForm, digestOf, hideablePointers, redact } from '#lib/disclosure';
import { ACTIVITY_HIDEABLE } from '#lib/evidence';
import { FOOTPRINT_HIDEABLE } from '#lib/footprint';
import {
  type BatchDocument,
  type ContentDocument,
  checkDocumentForm,
  checkEntrySignature,
  contentDocumentId,
  DOCUMENT_TYPES,
  ENTRY_KINDS,
  type Entry,
  entryBytes,
  HIDEABLE,
  type ImportDocument,
  isCovered,
  isCoveredKind,
  isSignedKind,
  judgeKeys,
  type KeyDocument,
  mismatchOf,
  parseEntry,
  signingBytes,
} from './index.ts';

const page = (name: string) =>
  readFileSync(new URL(`../../../docs/formats/${name}.md`, import.meta.url), 'utf8');
const [content, entryPage, digestPage] = ['content', 'entry', 'digest'].map(page);
const SALT = toBase64url(new Uint8Array(32).fill(0x2a));

/** Fenced blocks by their info string, in order. */
function blocks(text: string, info: string): string[] {
  return [...text.matchAll(/```([^\n]*)\n([\s\S]*?)\n```/g)].filter((m) => m[1] === info).map((m) => m[2]);
}
const hexBlocks = (text: string, info: string) => blocks(text, info).map((hex) => hex.replaceAll('\n', ''));
const saltsOf = (doc: ContentDocument) =>
  Object.fromEntries(
    hideablePointers(doc as JsonValue, HIDEABLE[doc.type]).map((pointer) => [pointer, SALT]),
  );

const examples = new Map<string, { doc: ContentDocument; id: string }>();
for (const [, json, id] of content.matchAll(/```json\n([\s\S]*?)\n```\n`(sha256:[0-9a-f]{64})`/g)) {
  const doc = checkDocumentForm(JSON.parse(json));
  examples.set(doc.type, { doc, id });
}
const example = <D extends ContentDocument>(type: D['type']) => examples.get(type)!.doc as D;

describe('content.md', () => {
  test('has one example of every document type, in the order of its table', () => {
    const rows = [...content.matchAll(/^\| `([a-z]+\/v1)` \|/gm)].map((m) => m[1]);
    expect([...examples.keys()]).toEqual(rows);
    expect([...rows].sort()).toEqual([...DOCUMENT_TYPES].sort());
  });

  test.each(DOCUMENT_TYPES)('%s: id, hideable paths, and the id of the copy that withholds all', (type) => {
    const { doc, id } = examples.get(type)!;
    const salts = saltsOf(doc);
    expect(contentDocumentId(doc, salts)).toBe(id);
    const [, cell] = new RegExp(`^\\| \`${type}\` \\| ([^|]*) \\|`, 'm').exec(content)!;
    expect([...cell.matchAll(/`([^`]*)`/g)].map((m) => m[1])).toEqual(HIDEABLE[type]);
    const copy = redact(doc as JsonValue, HIDEABLE[type], salts, () => true);
    expect(contentDocumentId(checkDocumentForm(copy.doc), {})).toBe(id);
  });

  test('the rooms that own documents hide the same paths', () => {
    expect(HIDEABLE['activity/v1']).toEqual(ACTIVITY_HIDEABLE);
    expect(HIDEABLE['footprint/v1']).toEqual(FOOTPRINT_HIDEABLE);
  });
});

describe('digest.md', () => {
  const batch = example<BatchDocument>('batch/v1');
  test('the digest', () => {
    const [input] = hexBlocks(digestPage, 'hex digest-input');
    expect(toHex(canonicalBytes([SALT, '/quantity', batch.quantity]))).toBe(input);
    const digest = digestOf(SALT, '/quantity', batch.quantity);
    expect(blocks(digestPage, 'text digested-form')[0]).toContain(`{"digest":"${digest}"}`);
  });

  test('the digested form and its id', () => {
    const form = canonicalize(digestForm(batch as JsonValue, HIDEABLE['batch/v1'], { '/quantity': SALT }));
    expect(blocks(digestPage, 'text digested-form')).toEqual([form]);
    expect(hexBlocks(digestPage, 'hex digested-form')).toEqual([toHex(utf8(form))]);
    expect(digestPage).toContain(contentId(utf8(form)));
  });
});

describe('entry.md', () => {
  const leafHash = (entry: Entry) => sha256(concat(new Uint8Array(1), entryBytes(entry)));
  const texts = blocks(entryPage, 'json entry');
  const [key, activity, manifest] = texts.map((text) => parseEntry(utf8(text)));

  test('every kind has a row with its authority', () => {
    const rows = [...entryPage.matchAll(/^\| `([a-z]+\/v1)` \| [^|]* \| ([^|]*) \|/gm)];
    expect(rows.map((row) => row[1]).sort()).toEqual([...ENTRY_KINDS].sort());
    for (const [, kind, authority] of rows) {
      expect([kind, authority.startsWith('signed')]).toEqual([kind, isSignedKind(kind)]);
      expect([kind, authority === 'covered']).toEqual([kind, isCoveredKind(kind)]);
    }
  });

  test('bytes, signing bytes, signature and leaf hashes', () => {
    expect(hexBlocks(entryPage, 'hex entry')).toEqual([toHex(entryBytes(key))]);
    expect(hexBlocks(entryPage, 'hex signing-bytes')).toEqual([toHex(signingBytes(key))]);
    const secretKey = new Uint8Array(32).fill(1);
    expect(toBase64url(ed25519.sign(signingBytes(key), secretKey))).toBe(key.sig!.value);
    expect(checkEntrySignature(manifest, ed25519.getPublicKey(secretKey))).toBe(true);
    for (const entry of [key, activity, manifest])
      expect(entryPage).toContain(`Leaf hash: \`${toHex(leafHash(entry))}\``);
    expect(entryPage).toContain(`${entryBytes(key).length} bytes`);
  });

  test('they are the receipts of the documents in content.md', () => {
    const keyDoc = example<KeyDocument>('key/v1');
    expect(mismatchOf(key, keyDoc, {})).toBeNull();
    const activityDoc = examples.get('activity/v1')!.doc;
    expect(mismatchOf(activity, activityDoc, saltsOf(activityDoc))).toBeNull();
    const doc = example<ImportDocument>('import/v1');
    expect(mismatchOf(manifest, doc, saltsOf(doc))).toBeNull();
    expect(isCovered({ entry: activity, leafHash: leafHash(activity) }, { entry: manifest, doc })).toBe(true);
    const judged = judgeKeys([{ entry: key, doc: keyDoc, index: 0n }]).get(keyDoc.kid);
    expect(judged).toMatchObject({ continuous: true, since: 0n, until: null });
  });
});
