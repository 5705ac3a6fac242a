import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ContentId, JsonValue } from '#lib/canonical';
import type { Salts } from '#lib/disclosure';

export type NewDocument = {
  /** Content id of the digested form. */
  readonly id: ContentId;
  /** `footprint/v1`, … */
  readonly type: string;
  /** uuid of the organisation it belongs to. */
  readonly organisation: string;
  /** The exact canonical bytes of the whole document, hideable values in plain. */
  readonly bytes: Uint8Array;
  readonly salts: Salts;
};

export type StoredDocument = NewDocument & {
  /** What the bytes say now. Nothing is checked: who reads must judge. */
  readonly doc: JsonValue;
};

/** Content documents. Scans are served from these rows, so these are what tampering changes. */
@Injectable()
export class DocumentsService {
  /** Idempotent for the same id: content ids are hashes. */
  save(_tx: EntityManager, _document: NewDocument): Promise<void> {
    throw new Error('not built yet');
  }

  /** Null: never here. `erased`: removed on that day, the entry stays. */
  load(_id: ContentId): Promise<StoredDocument | { readonly erased: Date } | null> {
    throw new Error('not built yet');
  }

  /** Those that are here, in the order asked; erased and unknown ones are left out. */
  loadMany(_ids: readonly ContentId[]): Promise<StoredDocument[]> {
    throw new Error('not built yet');
  }
}
