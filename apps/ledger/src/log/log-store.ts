// Reads and writes of the log's tables. Everything here takes the connection to use.
import type { EntityManager } from 'typeorm';
import type { CompletedNode, NodeRef } from '#lib/transparency-log';

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

export type EntryRow = {
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly kind: string;
  readonly content: string;
  readonly bytes: Uint8Array;
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

export async function insertEntries(
  tx: EntityManager,
  entries: readonly EntryRow[],
  time: Date,
): Promise<void> {
  await tx.query(
    `insert into log_entry (index, leaf_hash, kind, content, bytes, recorded_at)
     select *, $6::timestamptz from unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::bytea[])`,
    [
      entries.map(({ index }) => index),
      entries.map(({ leafHash }) => Buffer.from(leafHash)),
      entries.map(({ kind }) => kind),
      entries.map(({ content }) => content),
      entries.map(({ bytes }) => Buffer.from(bytes)),
      time,
    ],
  );
}

export async function insertNodes(tx: EntityManager, nodes: readonly CompletedNode[]): Promise<void> {
  await tx.query(
    `insert into log_node (level, index, hash) select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
    [
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => index),
      nodes.map(({ hash }) => Buffer.from(hash)),
    ],
  );
}

/**
 * Compare-and-swap of the head: only from the very size and root this process knows, and only in its own epoch.
 * False: somebody else has written.
 */
export async function swapHead(
  tx: EntityManager,
  from: { readonly size: bigint; readonly root: Uint8Array; readonly epoch: bigint },
  to: { readonly size: bigint; readonly root: Uint8Array; readonly time: Date; readonly note: string },
): Promise<boolean> {
  const [rows] = (await tx.query(
    `update log_head set size = $1, root = $2, time = $3 where size = $4 and root = $5 and epoch = $6 returning size`,
    [to.size, Buffer.from(to.root), to.time, from.size, Buffer.from(from.root), from.epoch],
  )) as [unknown[], number];
  if (rows.length !== 1) return false;
  await tx.query('insert into log_checkpoint (size, root, note, time) values ($1, $2, $3, $4)', [
    to.size,
    Buffer.from(to.root),
    to.note,
    to.time,
  ]);
  return true;
}
