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

/** Hashes are not where they were stored. */
export class StoreHole extends Error {
  override readonly name = 'StoreHole';
}

/**
 * The hashes of these nodes, in this order. A run (level, first, hashes) holds the nodes of one level that a batch
 * completed, so a node is in the last run that begins at it or before.
 * @throws StoreHole when one is missing
 */
export async function readNodes(db: Queryable, nodes: readonly NodeRef[]): Promise<Uint8Array[]> {
  if (nodes.length === 0) return [];
  const rows = (await db.query(
    `select substring(run.hashes from (32 * (asked.index - run.first) + 1)::int for 32) as hash
     from unnest($1::smallint[], $2::bigint[]) with ordinality as asked (level, index, place)
     join lateral (
       select first, hashes from log_node_run where level = asked.level and first <= asked.index
       order by first desc limit 1
     ) run on asked.index < run.first + length(run.hashes) / 32
     order by asked.place`,
    [nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
  )) as { hash: Buffer }[];
  if (rows.length !== nodes.length)
    throw new StoreHole(`the log's store has ${rows.length} of ${nodes.length} hashes asked for`);
  return rows.map(({ hash }) => new Uint8Array(hash));
}

/** The hashes [first, first + count) of a level, one behind the other; null when some of them are not there. */
export async function readLevel(
  db: Queryable,
  { level, first, count }: { readonly level: number; readonly first: bigint; readonly count: number },
): Promise<Buffer | null> {
  const rows = (await db.query(
    `select substring(hashes from (32 * (begins - first) + 1)::int for (32 * (ends - begins))::int) as part
     from (
       select first, hashes, greatest(first, $2::bigint) as begins,
         least(first + length(hashes) / 32, $3::bigint) as ends
       from log_node_run
       where level = $1 and first < $3 and first >= coalesce(
         (select max(first) from log_node_run where level = $1 and first <= $2), $2)
     ) as run where begins < ends order by first`,
    [level, first, first + BigInt(count)],
  )) as { part: Buffer }[];
  const hashes = Buffer.concat(rows.map(({ part }) => part));
  return hashes.length === 32 * count ? hashes : null;
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
    insert into log_node_run (level, first, hashes)
    select added.* from head, unnest($11::smallint[], $12::bigint[], $13::bytea[]) as added
  ), checkpoint as (
    insert into log_checkpoint (size, root, note, time)
    select $1::bigint, $2::bytea, $14::text, $3::timestamptz from head
  )
  select ${WriterLease.WAKE_CALL} from head`;

/** False: the head is not `from` any more, somebody else has written, and this wrote nothing. */
export async function writeBatch(writer: WriterConnection, rows: BatchRows): Promise<boolean> {
  const { from, to, entries, runs } = rows;
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
      runs.map(({ level }) => level),
    ),
    integerArray(
      'int8',
      runs.map(({ first }) => first),
    ),
    binaryArray(
      'bytea',
      runs.map(({ hashes }) => Buffer.concat(hashes)),
    ),
    to.note,
  ]);
  return written.length === 1;
}
