// Reads and writes of the log's tables. Everything here takes the connection to use.
import type { NodeRef, NodeRun } from '#lib/transparency-log';
import { binaryArray, integerArray } from './binary-array.ts';
import type { CheckedEntry } from './entry-checks.ts';
import type { WriterConnection } from './writer-connection.ts';
import { WriterLease } from './writer-lease.ts';

/** Anything that runs SQL: a DataSource, an EntityManager, a query runner. */
export type Queryable = { query(sql: string, parameters?: unknown[]): Promise<unknown> };

export type HeadRow = {
  readonly origin: string;
  readonly logId: string;
  readonly genesis: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly time: Date;
  readonly epoch: bigint;
};

export async function readHead(db: Queryable): Promise<HeadRow | null> {
  const [row] = (await db.query('select * from log_head')) as Record<string, never>[];
  return row
    ? {
        origin: row.origin!,
        logId: row.log_id!,
        genesis: row.genesis!,
        size: BigInt(row.size!),
        root: new Uint8Array(row.root!),
        time: row.time!,
        epoch: BigInt(row.epoch!),
      }
    : null;
}

/** The hashes of these nodes, in this order. @throws Error when one is missing: the store has a hole */
export async function readNodes(db: Queryable, nodes: readonly NodeRef[]): Promise<Uint8Array[]> {
  if (nodes.length === 0) return [];
  const rows = (await db.query(
    `select node.hash from unnest($1::smallint[], $2::bigint[]) with ordinality as asked (level, index, place)
     join log_node node using (level, index) order by asked.place`,
    [nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
  )) as { hash: Buffer }[];
  if (rows.length !== nodes.length)
    throw new Error(`the log's store has ${rows.length} of ${nodes.length} hashes asked for: it has a hole`);
  return rows.map(({ hash }) => new Uint8Array(hash));
}

/** What one group commit adds to the log. */
export type BatchRows = {
  /** The head must be this one, of this epoch, or nothing is written. */
  readonly from: { readonly size: bigint; readonly root: Uint8Array; readonly epoch: bigint };
  readonly to: {
    readonly size: bigint;
    readonly root: Uint8Array;
    readonly time: Date;
    readonly note: string;
  };
  /** Those from index `from.size` on. */
  readonly entries: readonly CheckedEntry[];
  readonly runs: readonly NodeRun[];
};

/**
 * Entries, nodes, checkpoint and the compare-and-swap of the head, as one statement: all of it or nothing, also outside
 * of a transaction, and one round trip. Wakes the loops that follow the log.
 */
const WRITE_BATCH = `
  with head as (
    update log_head set size = $1::bigint, root = $2::bytea, time = $3::timestamptz
    where size = $4::bigint and root = $5::bytea and epoch = $6::bigint returning 1
  ), entry as (
    insert into log_entry (index, leaf_hash, kind, content, bytes, recorded_at)
    select $4::bigint + place - 1, leaf_hash, kind, content, bytes, $3::timestamptz from head, unnest($7::bytea[],
      $8::text[], $9::text[], $10::bytea[]) with ordinality as added (leaf_hash, kind, content, bytes, place)
  ), node as (
    insert into log_node (level, index, hash)
    select added.* from head, unnest($11::smallint[], $12::bigint[], $13::bytea[]) as added
  ), checkpoint as (
    insert into log_checkpoint (size, root, note, time)
    select $1::bigint, $2::bytea, $14::text, $3::timestamptz from head
  )
  select ${WriterLease.WAKE_CALL} from head`;

/** False: the head is not `from` any more, somebody else has written, and this wrote nothing. */
export async function writeBatch(writer: WriterConnection, rows: BatchRows): Promise<boolean> {
  const { from, to, entries, runs } = rows;
  const nodes = runs.flatMap(({ hashes }) => hashes);
  const written = await writer.run('log_write', WRITE_BATCH, [
    to.size,
    Buffer.from(to.root),
    to.time,
    from.size,
    Buffer.from(from.root),
    from.epoch,
    binaryArray(
      'bytea',
      entries.map(({ leafHash }) => leafHash),
    ),
    binaryArray(
      'text',
      entries.map(({ entry }) => Buffer.from(entry.kind)),
    ),
    binaryArray(
      'text',
      entries.map(({ entry }) => Buffer.from(entry.content)),
    ),
    binaryArray(
      'bytea',
      entries.map(({ bytes }) => bytes),
    ),
    integerArray(
      'int2',
      runs.flatMap(({ level, hashes }) => hashes.map(() => level)),
    ),
    integerArray(
      'int8',
      runs.flatMap(({ first, hashes }) => hashes.map((_, at) => first + at)),
    ),
    binaryArray('bytea', nodes),
    to.note,
  ]);
  return written.length === 1;
}
