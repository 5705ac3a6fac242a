// What of a stored document the public reads. Hidden values stand as digests, so any copy has the hash of the whole.
import { isJsonObject, type JsonObject } from '#lib/canonical';
import { DisclosureError, redact, type Salts } from '#lib/disclosure';
import { type DocumentType, HIDEABLE } from '#lib/record';
import type { StoredDocument } from '../documents/documents.service.ts';
import type { DisclosureProfile } from './passport.entity.ts';

/** Names of customers and persons, vouchers and file names: no reader of a passport needs them. */
const ALWAYS_HIDDEN: Readonly<Partial<Record<DocumentType, readonly string[]>>> = {
  'product/v1': ['/buyerSku'],
  'opinion/v1': ['/reviewer'],
  'import/v1': ['/file/name'],
  'activity/v1': ['/source/voucher'],
};

export type PublicCopy = { readonly doc: JsonObject; readonly salts: Salts };

/**
 * The copy for a profile. A stored text that is not well formed any more is not shown at all: it cannot be told what in
 * it ought to be hidden, and its missing text says enough to a checker.
 */
export function publicCopy(stored: StoredDocument, profile: DisclosureProfile): PublicCopy {
  const type = stored.type as DocumentType;
  const always = ALWAYS_HIDDEN[type] ?? [];
  try {
    if (!isJsonObject(stored.doc)) return unreadable(stored);
    const hide = (pointer: string) => profile === 'ordinary' || always.includes(pointer);
    const { doc, salts } = redact(stored.doc, HIDEABLE[type] ?? [], stored.salts, hide);
    return { doc: doc as JsonObject, salts };
  } catch (error) {
    if (error instanceof DisclosureError) return unreadable(stored);
    throw error;
  }
}

const unreadable = ({ type }: StoredDocument): PublicCopy => ({ doc: { type, unreadable: true }, salts: {} });
