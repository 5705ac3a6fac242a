import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ContentId, canonicalBytes, type JsonValue } from '#lib/canonical';
import type { Salts } from '#lib/disclosure';
import { Clock } from '../clock.ts';

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
  /** What the bytes say now, null when they are no JSON. Nothing is checked: who reads must judge. */
  readonly doc: JsonValue;
};

export type ErasedDocument = { readonly erased: Date; readonly type: string };

type Row = {
  id: ContentId;
  type: string;
  organisation: string;
  bytes: Buffer | null;
  salts: Buffer | null;
  erased_at: Date | null;
};

/** Content documents. Scans are served from these rows, so these are what tampering changes. */
@Injectable()
export class DocumentsService {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Idempotent for the same id: content ids are hashes. */
  async save(tx: EntityManager, document: NewDocument): Promise<void> {
    await tx.query(
      `insert into document (id, type, organisation, bytes, salts, saved_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do nothing`,
      [
        document.id,
        document.type,
        document.organisation,
        Buffer.from(document.bytes),
        Buffer.from(canonicalBytes({ ...document.salts })),
        this.clock.now(),
      ],
    );
  }

  /** Null: never here. `erased`: removed on that day, the entry stays. */
  async load(id: ContentId): Promise<StoredDocument | ErasedDocument | null> {
    const [row] = (await this.database.query('select * from document where id = $1', [id])) as Row[];
    if (!row) return null;
    return row.erased_at ? { erased: row.erased_at, type: row.type } : readRow(row);
  }

  /** Those that are here, in the order asked; erased and unknown ones are left out. */
  async loadMany(ids: readonly ContentId[]): Promise<StoredDocument[]> {
    const rows = (await this.database.query(
      `select document.* from unnest($1::text[]) with ordinality as asked (id, place)
       join document using (id) where erased_at is null order by asked.place`,
      [ids],
    )) as Row[];
    return rows.map(readRow);
  }

  /** Deletes content and salts for good; the entry in the log stays. */
  async erase(tx: EntityManager, id: ContentId): Promise<void> {
    await tx.query(
      'update document set bytes = null, salts = null, erased_at = $2 where id = $1 and erased_at is null',
      [id, this.clock.now()],
    );
  }
}

function readRow({ id, type, organisation, bytes, salts }: Row): StoredDocument {
  return {
    id,
    type,
    organisation,
    bytes: new Uint8Array(bytes ?? []),
    salts: readJson(salts) as Salts,
    doc: readJson(bytes),
  };
}

/** JSON.parse, not parseStrict: the bytes may have been changed, and it is the reader who is to see that. */
function readJson(bytes: Buffer | null): JsonValue {
  try {
    return JSON.parse((bytes ?? Buffer.alloc(0)).toString('utf8')) as JsonValue;
  } catch {
    return null;
  }
}
