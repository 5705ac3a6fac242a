// Cosignatures of our checkpoints, and the checkpoints of other logs that we cosigned last.
import { type Cosignature, EMPTY_ROOT, type KnownHead } from '#lib/transparency-log';
import type { Queryable } from '../log/log-store.ts';

/** Who cosigned: name and key id. */
const cosignerOf = ({ name, keyId }: { name: string; keyId: string }) => `${name}+${keyId}`;

export async function insertCosignature(
  db: Queryable,
  size: bigint,
  cosignature: Cosignature,
  now: Date,
): Promise<void> {
  await db.query(
    `insert into cosignature (size, cosigner, time, line, received_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [size, cosignerOf(cosignature), cosignature.time, cosignature.line, now],
  );
}

/** Largest size of ours that this witness cosigned, 0 for none. */
export async function largestCosigned(db: Queryable, key: { name: string; keyId: string }): Promise<bigint> {
  const [row] = (await db.query('select max(size) as size from cosignature where cosigner = $1', [
    cosignerOf(key),
  ])) as { size: string | null }[];
  return BigInt(row?.size ?? 0);
}

/** What we cosigned last for this origin; size 0 for a log that never came. */
export async function readWitnessed(db: Queryable, origin: string): Promise<KnownHead> {
  const [row] = (await db.query('select size, root from witnessed_log where origin = $1', [origin])) as {
    size: string;
    root: Buffer;
  }[];
  return row ? { size: BigInt(row.size), root: new Uint8Array(row.root) } : { size: 0n, root: EMPTY_ROOT };
}

export type WitnessedHead = KnownHead & { readonly checkpoint: string; readonly time: Date };

/**
 * Compare-and-swap, one statement: from the very head this request was judged by. False: another request was faster,
 * and this one is judged again.
 */
export async function swapWitnessed(
  db: Queryable,
  origin: string,
  from: KnownHead,
  to: WitnessedHead,
): Promise<boolean> {
  const rows = (await db.query(
    `insert into witnessed_log (origin, size, root, checkpoint, cosigned_at) values ($1, $2, $3, $4, $5)
     on conflict (origin) do update set size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint,
       cosigned_at = excluded.cosigned_at
       where witnessed_log.size = $6 and witnessed_log.root = $7
     returning origin`,
    [origin, to.size, Buffer.from(to.root), to.checkpoint, to.time, from.size, Buffer.from(from.root)],
  )) as unknown[];
  return rows.length === 1;
}

/** The checkpoint we cosigned last for this origin, with both signatures; null for none. */
export async function readCosignedNote(db: Queryable, origin: string): Promise<string | null> {
  const [row] = (await db.query('select checkpoint from witnessed_log where origin = $1', [origin])) as {
    checkpoint: string;
  }[];
  return row?.checkpoint ?? null;
}
