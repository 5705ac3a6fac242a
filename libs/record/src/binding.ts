// What ties an entry to a content document: kind, id, blinded subject and issuer. And what ties plain entries to
// the signed manifest that covers them, recorded with them or later.
import { type ContentId, canonicalize, type JsonValue, toHex } from '#lib/canonical';
import { documentId, type Salts } from '#lib/disclosure';
import {
  type ContentDocument,
  type DocumentType,
  HIDEABLE,
  type ImportDocument,
  type ManifestItem,
} from './documents.ts';
import { blindSubject, type Entry, type EntryRef } from './entry.ts';
import { RecordError, shown } from './errors.ts';
import { isCoveredKind } from './kinds.ts';

/** At most so many entries under one manifest: its entry holds a leaf hash for each. */
export const MAX_COVERED = 500;

type Facts = {
  /** Id of what the document is about. */
  readonly subject: string;
  /** DID that must be the entry's issuer, or null where the document names none. */
  readonly issuer: string | null;
};

/** The document's content id: over its digested form, so a redacted copy has the same. Throws DisclosureError. */
export function contentDocumentId(doc: ContentDocument, salts: Salts): ContentId {
  return documentId(doc, HIDEABLE[doc.type], salts);
}

/** The `subject` of an entry about this document; of a passport: of its `credential/v1` entry. */
export function subjectOf(doc: ContentDocument): string {
  return blindSubject(doc.nonce, factsOf(doc).subject);
}

/**
 * Null if the entry is this document's receipt, else the first thing that is not so. A redacted copy with the salts
 * of what it shows is enough. Throws DisclosureError where copy and salts do not fit together.
 */
export function mismatchOf(
  entry: Entry,
  doc: ContentDocument,
  salts: Salts,
): 'kind' | 'content' | 'subject' | 'issuer' | null {
  if (entry.kind !== doc.type) return 'kind';
  if (entry.content !== contentDocumentId(doc, salts)) return 'content';
  if (entry.subject !== subjectOf(doc)) return 'subject';
  const { issuer } = factsOf(doc);
  // addresses in did:pkh may be in mixed case (EIP-55), which says nothing about who it is
  const same = (a: string) => (a.startsWith('did:pkh:') ? a.toLowerCase() : a);
  return issuer === null || same(issuer) === same(entry.issuer) ? null : 'issuer';
}

/** Manifest of the entries recorded in one go. Throws `record/manifest-too-long`; kinds that need no cover are our mistake. */
export function manifestOf(entries: readonly Entry[]): ManifestItem[] {
  if (entries.length > MAX_COVERED) {
    const message = `one manifest covers at most ${MAX_COVERED} entries, got ${entries.length}; record several`;
    throw new RecordError('record/manifest-too-long', '', message);
  }
  return entries.map(({ kind, content }) => {
    if (!isCoveredKind(kind)) throw new Error(`entries of kind ${shown(kind)} are not covered by a manifest`);
    return { content, kind };
  });
}

/** References of the manifest's entry: the RFC 9162 leaf hashes (32 bytes each) of the entries that it covers. */
export function coverRefs(leafHashes: readonly Uint8Array[]): EntryRef[] {
  return leafHashes.map((hash) => ({ rel: 'covers', entry: toHex(hash) }));
}

/**
 * Whether a manifest covers a plain entry: same issuer, leaf hash among its references, kind and content in its
 * document. That `doc` is the manifest entry's document, and that its signature holds, is asked apart.
 */
export function isCovered(
  covered: { readonly entry: Entry; readonly leafHash: Uint8Array },
  manifest: { readonly entry: Entry; readonly doc: ImportDocument },
): boolean {
  const { kind, content, issuer } = covered.entry;
  const leaf = toHex(covered.leafHash);
  return (
    manifest.entry.kind === 'import/v1' &&
    manifest.entry.issuer === issuer &&
    manifest.entry.refs.some((ref) => ref.rel === 'covers' && 'entry' in ref && ref.entry === leaf) &&
    manifest.doc.manifest.some((item) => item.kind === kind && item.content === content)
  );
}

function factsOf(doc: ContentDocument): Facts {
  switch (doc.type) {
    case 'key/v1':
    case 'organisation/v1':
      return { subject: doc.did, issuer: doc.did };
    case 'delegation/v1':
      return { subject: doc.issuer, issuer: doc.issuer };
    case 'facility/v1':
      return { subject: doc.id, issuer: doc.organisation };
    case 'product/v1':
      return { subject: doc.id, issuer: null };
    case 'batch/v1':
      return { subject: doc.product, issuer: null };
    case 'activity/v1':
      return { subject: doc.facility, issuer: doc.organisation };
    case 'import/v1':
      return { subject: doc.organisation, issuer: doc.organisation };
    case 'footprint/v1':
      return { subject: doc.product, issuer: doc.organisation };
    case 'opinion/v1': {
      const { footprint, body } = doc.message;
      return {
        subject: plain(footprint),
        issuer: `did:pkh:eip155:${plain(doc.domain.chainId)}:${plain(body)}`,
      };
    }
    case 'registration/v1':
      return { subject: doc.body, issuer: null };
    case 'passport/v1':
      return { subject: doc.product.id, issuer: doc.issuer.did };
    case 'correction/v1':
      return { subject: doc.corrects, issuer: null };
    case 'withdrawal/v1':
      return { subject: doc.withdraws, issuer: null };
    case 'status/v1':
      return { subject: doc.subject, issuer: null };
    default:
      return unknownType(doc);
  }
}

/** A member of an opaque object that ought to be text; anything else matches nothing. */
function plain(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : canonicalize(value ?? null);
}

function unknownType(doc: never): never {
  throw new Error(`no facts for ${(doc as { type: DocumentType }).type}`);
}
