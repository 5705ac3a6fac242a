// Rows of the sender. Each state is written before the step that it allows is taken.
import type { EntityManager } from 'typeorm';
import type { Queryable } from '../log/log-store.ts';

/** `failed`: the chain refused it (estimate or receipt); nothing of it will happen any more. */
export type TransactionState = 'intent' | 'signed' | 'broadcast' | 'mined' | 'final' | 'failed';

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
  /** Why it failed, in the contract's words. */
  readonly error: string | null;
  readonly sentAt: Date | null;
};

export type SignedVersion = { readonly hash: string; readonly raw: string; readonly signedAt: Date };

type Row = Record<string, string | null> & { sent_at: Date | null };

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
    error: row.error ?? null,
    sentAt: row.sent_at,
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

export async function latestAbout(db: Queryable, subject: string): Promise<SentTransaction | null> {
  return (await select(db, 'subject = $1 order by place desc limit 1', [subject]))[0] ?? null;
}

/** The oldest one that is not mined yet: nothing behind it is touched before. */
export async function nextOpen(db: Queryable): Promise<SentTransaction | null> {
  return (await select(db, "state in ('intent', 'signed', 'broadcast') order by place limit 1"))[0] ?? null;
}

export function minedNotFinal(db: Queryable): Promise<SentTransaction[]> {
  return select(db, "state = 'mined' order by place limit 100");
}

export async function hasOpen(db: Queryable, purpose: string): Promise<boolean> {
  const rows = (await db.query(
    "select 1 from chain_transaction where purpose = $1 and state in ('intent', 'signed', 'broadcast') limit 1",
    [purpose],
  )) as unknown[];
  return rows.length > 0;
}

export async function countOpen(db: Queryable): Promise<number> {
  const [row] = (await db.query(
    "select count(*) as count from chain_transaction where state in ('intent', 'signed', 'broadcast')",
  )) as { count: string }[];
  return Number(row?.count ?? 0);
}

/** Takes the next nonce of this account; the first one is what the chain says. */
export async function takeNonce(tx: EntityManager, address: string, onChain: bigint): Promise<bigint> {
  await tx.query('insert into sender_account (address, next_nonce) values ($1, $2) on conflict do nothing', [
    address,
    onChain,
  ]);
  const [rows] = (await tx.query(
    'update sender_account set next_nonce = next_nonce + 1 where address = $1 returning next_nonce - 1 as nonce',
    [address],
  )) as [{ nonce: string }[], number];
  return BigInt(rows[0]?.nonce ?? 0);
}

/** Keeps a signed version for good: any version ever signed for a nonce may turn up in a block. */
export async function keepSigned(
  tx: EntityManager,
  id: string,
  signed: { hash: string; raw: string; nonce: bigint; gasLimit: bigint },
  now: Date,
): Promise<void> {
  await tx.query(
    'insert into signed_transaction (hash, transaction, nonce, raw, signed_at) values ($1, $2, $3, $4, $5)',
    [signed.hash, id, signed.nonce, signed.raw, now],
  );
  await tx.query(
    "update chain_transaction set state = 'signed', hash = $2, nonce = $3, gas_limit = $4 where id = $1",
    [id, signed.hash, signed.nonce, signed.gasLimit],
  );
}

/** All versions, newest first. */
export async function signedVersions(db: Queryable, id: string): Promise<SignedVersion[]> {
  const rows = (await db.query(
    'select hash, raw, signed_at from signed_transaction where transaction = $1 order by signed_at desc, hash',
    [id],
  )) as { hash: string; raw: string; signed_at: Date }[];
  return rows.map(({ hash, raw, signed_at }) => ({ hash, raw, signedAt: signed_at }));
}

export async function markBroadcast(db: Queryable, id: string, now: Date): Promise<void> {
  await db.query("update chain_transaction set state = 'broadcast', sent_at = $2 where id = $1", [id, now]);
}

export type Outcome = {
  readonly hash: string;
  readonly block: bigint;
  readonly blockHash: string;
  readonly blockTime: bigint;
  readonly gasUsed: bigint;
  readonly error: string | null;
};

/** Keyed by transaction and block: the same one in another block overwrites, it never makes a second row. */
export async function markMined(tx: EntityManager, id: string, outcome: Outcome): Promise<void> {
  await tx.query(
    `update chain_transaction set state = $2, hash = $3, block = $4, block_hash = $5, block_time = $6, gas_used = $7,
       error = $8 where id = $1`,
    [
      id,
      outcome.error === null ? 'mined' : 'failed',
      outcome.hash,
      outcome.block,
      outcome.blockHash,
      outcome.blockTime,
      outcome.gasUsed,
      outcome.error,
    ],
  );
}

/** A reorganisation took its block away: it waits for another one. */
export async function markUnmined(tx: EntityManager, id: string): Promise<void> {
  await tx.query(
    `update chain_transaction set state = 'broadcast', block = null, block_hash = null, block_time = null,
       gas_used = null where id = $1`,
    [id],
  );
}

export async function markFinal(tx: EntityManager, id: string): Promise<void> {
  await tx.query("update chain_transaction set state = 'final' where id = $1", [id]);
}

export async function markFailed(tx: EntityManager, id: string, error: string): Promise<void> {
  await tx.query("update chain_transaction set state = 'failed', error = $2 where id = $1", [id, error]);
}
