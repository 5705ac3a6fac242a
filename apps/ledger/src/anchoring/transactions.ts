// Rows of the sender. Each state is written before the step that it allows is taken.
import type { EntityManager } from 'typeorm';
import type { Queryable } from '../log/log-store.ts';

/**
 * `failed`: the chain refused it, before it was signed or in its block. `replaced`: it was stuck, and a self-send took its
 * nonce. While `finalAt` is null a reorganisation may take back whatever a block made of it.
 */
export type TransactionState = 'intent' | 'signed' | 'broadcast' | 'mined' | 'final' | 'failed' | 'replaced';

/** `noop`: from the account to itself, so that the nonces behind it move. */
export type VersionKind = 'call' | 'noop';

/** Fills a nonce that is missing on chain; it calls nothing. */
export const FILL = 'fill';

export type TransactionIntent = {
  /** What it is for: `anchor`, `mint`, …; decides which handler hears of it. */
  readonly purpose: string;
  /** uuid of the row it is about. */
  readonly subject: string | null;
  /** One of our contracts, 0x address. */
  readonly to: string;
  /** Calldata, 0x hex. */
  readonly data: string;
};

export type SentTransaction = TransactionIntent & {
  readonly id: string;
  readonly state: TransactionState;
  readonly nonce: bigint | null;
  readonly gasLimit: bigint | null;
  /** Of the version that was mined, or the newest one signed. */
  readonly hash: string | null;
  readonly block: bigint | null;
  readonly blockHash: string | null;
  /** Seconds since 1970. */
  readonly blockTime: bigint | null;
  readonly gasUsed: bigint | null;
  /** Wei. */
  readonly paid: bigint | null;
  /** Why it failed, in the contract's words. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly finalAt: Date | null;
};

export type SignedVersion = {
  readonly hash: string;
  readonly raw: string;
  readonly kind: VersionKind;
  readonly signedAt: Date;
};

type Row = Record<string, string | null> & { created_at: Date; sent_at: Date | null; final_at: Date | null };

const big = (value: string | null | undefined) => (value == null ? null : BigInt(value));

function readRow(row: Row): SentTransaction {
  return {
    id: row.id as string,
    purpose: row.purpose as string,
    subject: row.subject ?? null,
    to: row.recipient as string,
    data: row.data as string,
    state: row.state as TransactionState,
    nonce: big(row.nonce),
    gasLimit: big(row.gas_limit),
    hash: row.hash ?? null,
    block: big(row.block),
    blockHash: row.block_hash ?? null,
    blockTime: big(row.block_time),
    gasUsed: big(row.gas_used),
    paid: big(row.paid),
    error: row.error ?? null,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    finalAt: row.final_at,
  };
}

export async function insertIntent(
  tx: EntityManager,
  id: string,
  intent: TransactionIntent,
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into chain_transaction (id, purpose, subject, recipient, data, state, created_at)
     values ($1, $2, $3, $4, $5, 'intent', $6)`,
    [id, intent.purpose, intent.subject, intent.to, intent.data, now],
  );
}

async function select(db: Queryable, where: string, parameters: unknown[] = []): Promise<SentTransaction[]> {
  return ((await db.query(`select * from chain_transaction where ${where}`, parameters)) as Row[]).map(
    readRow,
  );
}

export async function findTransaction(db: Queryable, id: string): Promise<SentTransaction | null> {
  return (await select(db, 'id = $1', [id]))[0] ?? null;
}

/** By the hash of the version that counts. */
export async function findByHash(db: Queryable, hash: string): Promise<SentTransaction | null> {
  return (await select(db, 'hash = $1', [hash]))[0] ?? null;
}

const OPEN = "state in ('intent', 'signed', 'broadcast')";

/**
 * The one to work on: the lowest nonce that is not mined, then the oldest intent. Nothing behind it is touched before, so
 * one that a reorganisation took back goes first again.
 */
export async function nextOpen(db: Queryable): Promise<SentTransaction | null> {
  return (await select(db, `${OPEN} order by nonce nulls last, place limit 1`))[0] ?? null;
}

/** Those in blocks that may still be taken back, oldest first. */
export function unfinal(db: Queryable): Promise<SentTransaction[]> {
  return select(db, 'block is not null and final_at is null order by block, place limit 1000');
}

export function newest(db: Queryable, limit: number): Promise<SentTransaction[]> {
  return select(db, 'true order by place desc limit $1', [limit]);
}

/** Nonces of this sender that it has a row for, from this one on. */
export async function knownNonces(db: Queryable, from: bigint, before: bigint): Promise<Set<bigint>> {
  const rows = (await db.query('select nonce from chain_transaction where nonce >= $1 and nonce < $2', [
    from,
    before,
  ])) as { nonce: string }[];
  return new Set(rows.map(({ nonce }) => BigInt(nonce)));
}

export async function hasOpen(db: Queryable, purpose: string): Promise<boolean> {
  const rows = (await db.query(`select 1 from chain_transaction where purpose = $1 and ${OPEN} limit 1`, [
    purpose,
  ])) as unknown[];
  return rows.length > 0;
}

export async function countOpen(db: Queryable): Promise<number> {
  const [row] = (await db.query(`select count(*) as count from chain_transaction where ${OPEN}`)) as {
    count: string;
  }[];
  return Number(row?.count ?? 0);
}

/** An intent with its nonce: a gap on chain is filled before anything behind it. */
export async function insertFill(
  tx: EntityManager,
  id: string,
  fill: { to: string; nonce: bigint },
  now: Date,
) {
  await tx.query(
    `insert into chain_transaction (id, purpose, recipient, data, state, nonce, created_at)
     values ($1, $2, $3, '0x', 'intent', $4, $5)`,
    [id, FILL, fill.to, fill.nonce, now],
  );
}

/**
 * Takes the next nonce of this account: the row's, or the chain's when that is further (somebody else used the key). A
 * node that lags says less and changes nothing.
 */
export async function takeNonce(tx: EntityManager, address: string, onChain: bigint): Promise<bigint> {
  const [row] = (await tx.query(
    `insert into sender_account as mine (address, next_nonce) values ($1, $2::bigint + 1)
     on conflict (address) do update set next_nonce = greatest(mine.next_nonce, $2) + 1
     returning next_nonce - 1 as nonce`,
    [address, onChain],
  )) as { nonce: string }[];
  return BigInt(row?.nonce ?? 0);
}

/** Keeps a signed version for good: any version ever signed for a nonce may turn up in a block. */
export async function keepSigned(
  tx: EntityManager,
  id: string,
  signed: { hash: string; raw: string; kind: VersionKind; nonce: bigint; gasLimit: bigint },
  now: Date,
): Promise<void> {
  await tx.query(
    'insert into signed_transaction (hash, transaction, nonce, raw, kind, signed_at) values ($1, $2, $3, $4, $5, $6)',
    [signed.hash, id, signed.nonce, signed.raw, signed.kind, now],
  );
  await tx.query(
    `update chain_transaction set state = 'signed', hash = $2, nonce = $3, gas_limit = coalesce(gas_limit, $4)
     where id = $1`,
    [id, signed.hash, signed.nonce, signed.gasLimit],
  );
}

/** All versions, newest first. */
export async function signedVersions(db: Queryable, id: string): Promise<SignedVersion[]> {
  const rows = (await db.query(
    'select hash, raw, kind, signed_at from signed_transaction where transaction = $1 order by signed_at desc, hash',
    [id],
  )) as { hash: string; raw: string; kind: VersionKind; signed_at: Date }[];
  return rows.map(({ signed_at, ...version }) => ({ ...version, signedAt: signed_at }));
}

/** Changes nothing about one that is in a block by now: a sender that was paused may say so long after another took over. */
export async function markBroadcast(db: Queryable, id: string, now: Date): Promise<void> {
  await db.query(
    "update chain_transaction set state = 'broadcast', sent_at = $2 where id = $1 and state in ('signed', 'broadcast')",
    [id, now],
  );
}

/** What a block made of it. */
export type Outcome = {
  readonly state: 'mined' | 'failed' | 'replaced';
  readonly hash: string;
  readonly block: bigint;
  readonly blockHash: string;
  readonly blockTime: bigint;
  readonly gasUsed: bigint;
  readonly paid: bigint;
  readonly error: string | null;
};

/** Keyed by transaction and block: the same one in another block overwrites, it never makes a second row. */
export async function markIncluded(tx: EntityManager, id: string, outcome: Outcome): Promise<void> {
  await tx.query(
    `update chain_transaction set state = $2, hash = $3, block = $4, block_hash = $5, block_time = $6, gas_used = $7,
       paid = $8, error = $9 where id = $1`,
    [
      id,
      outcome.state,
      outcome.hash,
      outcome.block,
      outcome.blockHash,
      outcome.blockTime,
      outcome.gasUsed,
      outcome.paid,
      outcome.error,
    ],
  );
}

/** A reorganisation took its block away: it waits for another one. */
export async function markUnmined(tx: EntityManager, id: string): Promise<void> {
  await tx.query(
    `update chain_transaction set state = 'broadcast', block = null, block_hash = null, block_time = null,
       gas_used = null, paid = null, error = null where id = $1`,
    [id],
  );
}

/** Nothing takes it back any more. Only what was mined becomes `final`; what failed or was replaced stays that. */
export async function markFinal(tx: EntityManager, id: string, now: Date): Promise<void> {
  await tx.query(
    `update chain_transaction set final_at = $2, state = case state when 'mined' then 'final' else state end
     where id = $1`,
    [id, now],
  );
}

/** It will be in no block: refused before it was signed, or its nonce is gone. */
export async function markFailed(tx: EntityManager, id: string, error: string, now: Date): Promise<void> {
  await tx.query("update chain_transaction set state = 'failed', error = $2, final_at = $3 where id = $1", [
    id,
    error,
    now,
  ]);
}
