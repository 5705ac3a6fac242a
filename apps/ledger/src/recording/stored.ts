import type { ContentId, JsonObject } from '#lib/canonical';
import { isJsonObject } from '#lib/canonical';
import { checkDocumentForm, contentDocumentId } from '#lib/record';
import type { DocumentsService, StoredDocument } from '../documents/documents.service.ts';
import { RefusalError } from '../http/refusal.ts';

/** A document that new facts may stand on: here, and still what was recorded. */
export type IntactDocument<T> = { readonly stored: StoredDocument; readonly doc: T };

/** Is the stored text still the one that its id was made from? */
export function isIntact({ id, doc, salts }: StoredDocument): boolean {
  try {
    return contentDocumentId(checkDocumentForm(doc), salts) === id;
  } catch {
    return false;
  }
}

/**
 * Loads a document for use in a new one. Pages show whatever is stored and let the reader's checker judge; a new record
 * must not be built on a text that was changed.
 * @throws RefusalError 409 `content/erased`, `content/altered`
 */
export async function loadIntact<T = JsonObject>(
  documents: DocumentsService,
  id: string,
): Promise<IntactDocument<T>> {
  const stored = await documents.load(id as ContentId);
  if (stored === null) throw new Error(`a row names document ${id}, which is not stored`);
  if ('erased' in stored)
    throw new RefusalError({
      status: 409,
      code: 'content/erased',
      detail: `${id} was removed on ${stored.erased.toISOString().slice(0, 10)}`,
      remedy: 'record the fact anew',
    });
  if (!isJsonObject(stored.doc) || !isIntact(stored))
    throw new RefusalError({
      status: 409,
      code: 'content/altered',
      detail: `the stored text of ${stored.type} ${id} is not the recorded one`,
      remedy: 'tell the operator: restore the document from a backup; the log holds its hash',
    });
  return { stored, doc: stored.doc as T };
}
