// What is checked before a process may write to the log. Anything that does not fit is a reason to stop, never to repair.
import { equalBytes, toHex } from '#lib/canonical';
import {
  EMPTY_ROOT,
  type Frontier,
  frontierRoot,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rootPlan,
  runPlan,
} from '#lib/transparency-log';
import type { ChainService } from '../chain/chain.service.ts';
import type { Head } from './batch-commit.ts';
import { type HeadRow, type Queryable, readHead, readNodes, StoreHole } from './log-store.ts';

/** Appending stops for good in this installation's present state; reads go on. */
export class LogStopped extends Error {
  override readonly name = 'LogStopped';
  readonly code: `log/${string}`;
  constructor(code: `log/${string}`, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type LogIdentity = {
  readonly origin: string;
  readonly logId: string;
  readonly genesis: string;
  readonly verifierKey: string;
};

const LAST_ENTRIES = 256;

/** Begins a new epoch: what an earlier holder of the lease still has in hand will not be written. */
export async function beginEpoch(db: Queryable, identity: LogIdentity, now: Date): Promise<HeadRow> {
  // a new log, only where there is no trace of one
  await db.query(
    `insert into log_head (origin, log_id, genesis, size, root, time, epoch)
     select $1, $2, $3, 0, $4, $5, 0 where not exists (select from log_entry) on conflict do nothing`,
    [identity.origin, identity.logId, identity.genesis, Buffer.from(EMPTY_ROOT), now],
  );
  await db.query('update log_head set epoch = epoch + 1');
  const head = await readHead(db);
  if (!head)
    throw new LogStopped(
      'log/head-lost',
      'the database has entries but no head: part of it was lost. Restore a backup',
    );
  return head;
}

/** Checks the store from end to head. @throws LogStopped */
export async function checkStore(db: Queryable, identity: LogIdentity, head: HeadRow): Promise<Head> {
  for (const name of ['origin', 'logId', 'genesis'] as const)
    if (head[name] !== identity[name])
      throw new LogStopped(
        'log/other-log',
        `the database holds the log with ${name} ${head[name]}, this installation is ${identity[name]}: database and data folder do not belong together`,
      );
  const frontier = await sayHoles(readFrontier(db, head.size));
  const root = frontierRoot(frontier);
  if (!equalBytes(root, head.root))
    throw new LogStopped(
      'log/store-broken',
      `the stored hashes give root ${toHex(root)} at size ${head.size}, the head says ${toHex(head.root)}. Restore a backup`,
    );
  await checkEntries(db, head.size);
  await checkCheckpoint(db, identity, head);
  return { frontier, root, time: head.time };
}

/** A hash that is gone does not come back by trying again. */
async function sayHoles<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof StoreHole)) throw error;
    throw new LogStopped('log/store-broken', `${error.message}. Restore a backup`, { cause: error });
  });
}

async function readFrontier(db: Queryable, size: bigint): Promise<Frontier> {
  return { size, hashes: size === 0n ? [] : await readNodes(db, rootPlan(size).flat()) };
}

async function checkEntries(db: Queryable, size: bigint): Promise<void> {
  const [counted] = (await db.query('select count(*) as count, max(index) as last from log_entry')) as {
    count: string;
    last: string | null;
  }[];
  if (BigInt(counted?.count ?? 0) !== size || BigInt(counted?.last ?? -1) !== size - 1n)
    throw new LogStopped(
      'log/store-broken',
      `the head says ${size} entries, the database has ${counted?.count} up to index ${counted?.last}. Restore a backup`,
    );
  const rows = (await db.query('select index, bytes, leaf_hash from log_entry order by index desc limit $1', [
    LAST_ENTRIES,
  ])) as { index: string; bytes: Buffer; leaf_hash: Buffer }[];
  const leaves = rows.map(({ index }) => ({ level: 0, index: BigInt(index) }));
  const nodes = await sayHoles(readNodes(db, leaves));
  for (const [at, row] of rows.entries()) {
    const hash = Buffer.from(leafHash(new Uint8Array(row.bytes)));
    if (!hash.equals(row.leaf_hash) || !hash.equals(nodes[at] as Uint8Array))
      throw new LogStopped(
        'log/store-broken',
        `entry ${row.index} does not hash to its leaf: the database was changed. Restore a backup`,
      );
  }
}

async function checkCheckpoint(db: Queryable, identity: LogIdentity, head: HeadRow): Promise<void> {
  const [last] = (await db.query('select size, note from log_checkpoint order by size desc limit 1')) as {
    size: string;
    note: string;
  }[];
  if (!last && head.size === 0n) return;
  try {
    const { size, root } = openCheckpoint(last?.note ?? '', parseVerifierKey(identity.verifierKey));
    if (size === head.size && equalBytes(root, head.root)) return;
  } catch (cause) {
    throw new LogStopped(
      'log/store-broken',
      `the newest checkpoint is not one of this data folder's log key: ${(cause as Error).message}`,
      { cause },
    );
  }
  throw new LogStopped(
    'log/store-broken',
    `the newest checkpoint is of size ${last?.size}, the head of size ${head.size}. Restore a backup`,
  );
}

/**
 * The head on chain must be a head of this very log: the chain forgets nothing, so a database that knows less is an old
 * backup, and one that knows otherwise is a fork. A chain that forgot was set back itself.
 * @returns size of the head on chain, 0 before the first
 * @throws LogStopped; RpcUnreachable
 */
export async function checkAgainstChain(db: Queryable, chain: ChainService, size: bigint): Promise<bigint> {
  const latest = await chain.read('CheckpointAnchor', 'latest', [chain.facts.logId]);
  const [sequence, onChain, root] = latest as [bigint, bigint, string];
  await requireNothingForgotten(db, chain, sequence);
  if (onChain === 0n) return onChain;
  if (onChain > size)
    throw new LogStopped(
      'log/behind-chain',
      `the chain holds a head of size ${onChain}, this database has ${size} entries: it is an older state. Restore the newest backup, or take what is missing from a mirror (npm run catch-up); nothing is appended before that`,
    );
  const plan = rootPlan(onChain);
  const own = runPlan(plan, await readNodes(db, plan.flat())).map((hash) => `0x${toHex(hash)}`);
  if (own[0] === root.toLowerCase()) return onChain;
  throw new LogStopped(
    'log/forked',
    `at size ${onChain} the chain holds root ${root}, this database has ${own[0]}: they are two different logs. Nothing is appended`,
  );
}

/** Heads that were final once are there for ever. */
async function requireNothingForgotten(db: Queryable, chain: ChainService, sequence: bigint): Promise<void> {
  const [known] = (await db.query(
    `select max(sequence) as sequence from anchor
     join chain_transaction sent on sent.hash = anchor.tx_hash where sent.state = 'final'`,
  )) as { sequence: string | null }[];
  if (BigInt(known?.sequence ?? 0) <= sequence) return;
  const message = `the chain holds ${sequence} heads of this log, ${known?.sequence} were final already`;
  // another node may only lag; our own chain has no other node
  if (!chain.isEmbedded) throw new Error(`${message}; the node may be behind`);
  throw new LogStopped(
    'log/chain-set-back',
    `${message}: the chain's data was set back. Restore its newest state`,
  );
}
