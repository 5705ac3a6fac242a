// A bundle taken apart: documents whose hash is their id, entries that parse, and what ties them together. Everything the
// checks build on goes through here once, so no check meets a text that is not well formed.
import { CanonicalError, type ContentId, contentId, toHex, utf8 } from '#lib/canonical';
import { DisclosureError, documentId, type Salts } from '#lib/disclosure';
import { type Credential, PassportError, readCredential } from '#lib/passport';
import {
  type ContentDocument,
  checkDocumentForm,
  type DocumentOf,
  type DocumentType,
  type Entry,
  HIDEABLE,
  type KeyDocument,
  type PassportDocument,
  parseEntry,
  RecordError,
} from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import type { Bundle } from './bundle.ts';
import { invalid, type Verdict } from './verdict.ts';

export type OpenDocument<T extends DocumentType> = {
  readonly id: ContentId;
  readonly doc: DocumentOf<T>;
  readonly salts: Salts;
};

/** One whose type is yet to be asked. */
export type AnyDocument = { readonly id: ContentId; readonly doc: ContentDocument; readonly salts: Salts };

export type OpenEntry = {
  readonly entry: Entry;
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  /** Position in the bundle's heads, or null for the checkpoint. */
  readonly head: number | null;
  readonly proof: readonly Uint8Array[];
};

/** The documents that a passport stands on. */
export type Parts = {
  readonly organisation: OpenDocument<'organisation/v1'>;
  readonly facility: OpenDocument<'facility/v1'>;
  readonly product: OpenDocument<'product/v1'>;
  readonly batch: OpenDocument<'batch/v1'>;
  readonly footprint: OpenDocument<'footprint/v1'>;
  /** In the order of the footprint. */
  readonly activities: readonly OpenDocument<'activity/v1'>[];
  readonly opinion: OpenDocument<'opinion/v1'> | null;
  readonly registration: OpenDocument<'registration/v1'> | null;
};

export type Opened = {
  readonly bundle: Bundle;
  readonly documents: ReadonlyMap<ContentId, AnyDocument>;
  readonly erased: ReadonlyMap<ContentId, { readonly type: string; readonly erased: string }>;
  readonly entries: readonly OpenEntry[];
  readonly passport: OpenDocument<'passport/v1'> | null;
  readonly credential: Credential | null;
  readonly credentialEntry: OpenEntry | null;
  readonly keys: readonly { readonly entry: Entry; readonly doc: KeyDocument; readonly index: bigint }[];
  /** What was wrong already in taking it apart; all of it belongs to the check `content`. */
  readonly problems: readonly Verdict[];
};

/** Each of these costs a signature check; a passport needs a dozen manifests at most, and a key or two. */
const MOST_SIGNED = 100;

export function openBundle(bundle: Bundle): Opened {
  const problems: Verdict[] = [];
  const documents = new Map<ContentId, AnyDocument>();
  const erased = new Map<ContentId, { type: string; erased: string }>();
  for (const each of bundle.documents) {
    if ('erased' in each) {
      erased.set(each.id, { type: each.type, erased: each.erased });
      continue;
    }
    const read = openDocument(each.id, each.type, each.doc, each.salts);
    if ('problem' in read) problems.push(read.problem);
    if ('document' in read) documents.set(each.id, read.document);
  }
  let signed = 0;
  const entries = bundle.entries.flatMap((each) => {
    const bytes = utf8(each.entry);
    try {
      const entry = parseEntry(bytes);
      if (entry.sig && ++signed > MOST_SIGNED) {
        problems.push(invalid('content/entry-surplus', {}, [{ what: 'entry', value: String(each.index) }]));
        return [];
      }
      return [{ ...each, entry, leafHash: leafHash(bytes) }];
    } catch (error) {
      if (!(error instanceof RecordError) && !(error instanceof CanonicalError)) throw error;
      problems.push(invalid('content/entry-malformed', { index: String(each.index) }));
      return [];
    }
  });
  const passports = ofType(documents, 'passport/v1');
  for (const { id } of passports.slice(1)) problems.push(surplus('passport/v1', id));
  let credential: Credential | null = null;
  try {
    credential = readCredential(bundle.credential);
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    problems.push(invalid('content/credential-differs', { pointer: '/credential' }));
  }
  const jwtId = contentId(utf8(bundle.credential));
  const credentialEntry =
    entries.find(({ entry }) => entry.kind === 'credential/v1' && entry.content === jwtId) ?? null;
  const keys = entries.flatMap(({ entry, index }) => {
    const found = documents.get(entry.content);
    return entry.kind === 'key/v1' && found?.doc.type === 'key/v1' ? [{ entry, doc: found.doc, index }] : [];
  });
  return {
    bundle,
    documents,
    erased,
    entries,
    passport: passports[0] ?? null,
    credential,
    credentialEntry,
    keys,
    problems,
  };
}

/**
 * A document whose text is not the recorded one is still handed on when it is well formed: the checks that meet it say
 * more about what was changed, and the headline is `altered` in any case.
 */
function openDocument(
  id: ContentId,
  type: string,
  value: ContentDocument | object,
  salts: Salts,
): { readonly problem: Verdict } | { readonly document: AnyDocument; readonly problem?: Verdict } {
  const doc = value as never as ContentDocument;
  if (!Object.hasOwn(HIDEABLE, type)) return { problem: surplus(type, id) };
  const altered = isRecorded(id, type as DocumentType, doc, salts)
    ? null
    : invalid('content/document-altered', { type }, [{ what: 'document', value: id }]);
  try {
    const read = checkDocumentForm(doc as never);
    if (read.type !== type)
      return { problem: altered ?? invalid('content/document-malformed', { type, pointer: '/type' }) };
    const document = { id, doc: read, salts };
    return altered ? { document, problem: altered } : { document };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { problem: altered ?? invalid('content/document-malformed', { type, pointer: error.pointer }) };
  }
}

function isRecorded(id: ContentId, type: DocumentType, doc: ContentDocument, salts: Salts): boolean {
  try {
    return documentId(doc as never, HIDEABLE[type], salts) === id;
  } catch (error) {
    if (error instanceof DisclosureError || error instanceof CanonicalError) return false;
    throw error;
  }
}

export const surplus = (type: string, id: string): Verdict =>
  invalid('content/document-surplus', { type }, [{ what: 'document', value: id }]);

export function ofType<T extends DocumentType>(
  documents: ReadonlyMap<ContentId, AnyDocument>,
  type: T,
): readonly OpenDocument<T>[] {
  return [...documents.values()].flatMap((each) => (isOfType(each, type) ? [each] : []));
}

function isOfType<T extends DocumentType>(each: unknown, type: T): each is OpenDocument<T> {
  return (each as AnyDocument).doc.type === type;
}

export type Want = { readonly type: DocumentType; readonly id: ContentId | null };

/**
 * The documents that this passport stands on, or those that are missing. Documents that the passport names by content id
 * are those and no other; organisation, facility, product and batch are those of the ids that the passport repeats.
 */
export function partsOf(
  opened: Opened,
  passport: PassportDocument,
): { readonly parts: Parts | null; readonly missing: readonly Want[] } {
  const missing: Want[] = [];
  const byId = <T extends DocumentType>(type: T, id: ContentId): OpenDocument<T> | null => {
    const found: unknown = opened.documents.get(id);
    if (found && isOfType(found, type)) return found;
    missing.push({ type, id });
    return null;
  };
  const about = <T extends DocumentType>(
    type: T,
    is: (doc: DocumentOf<T>) => boolean,
  ): OpenDocument<T> | null => {
    const found = ofType(opened.documents, type).find(({ doc }) => is(doc));
    if (!found) missing.push({ type, id: null });
    return found ?? null;
  };
  const { issuer, product, facility, batch, opinion } = passport;
  const organisationPart = about('organisation/v1', ({ did }) => did === issuer.did);
  const facilityPart = about('facility/v1', ({ id }) => id === facility.id);
  const productPart = about('product/v1', ({ id }) => id === product.id);
  const batchPart = about('batch/v1', (each) => each.lot === batch.lot && each.product === product.id);
  const footprint = byId('footprint/v1', passport.footprint.content);
  const activities = (footprint?.doc.activities ?? []).map((id) => byId('activity/v1', id));
  const opinionPart = opinion && byId('opinion/v1', opinion.content);
  const registration = opinion && byId('registration/v1', opinion.registration);
  if (missing.length > 0 || !organisationPart || !facilityPart || !productPart || !batchPart || !footprint)
    return { parts: null, missing };
  return {
    missing,
    parts: {
      organisation: organisationPart,
      facility: facilityPart,
      product: productPart,
      batch: batchPart,
      footprint,
      activities: activities.filter((each) => each !== null),
      opinion: opinionPart,
      registration,
    },
  };
}

/** What a reader can compare by eye: the leaf hash of an entry. */
export const leafText = ({ leafHash: hash }: OpenEntry) => toHex(hash);
