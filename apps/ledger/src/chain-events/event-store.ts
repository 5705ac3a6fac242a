import type { Queryable } from '../log/log-store.ts';
import type { BlockMark, FoundEvent } from './event-reader.ts';

/** The last block that was read, null before the first. */
export async function readCursor(db: Queryable): Promise<BlockMark | null> {
  const [row] = (await db.query('select block, block_hash from chain_cursor')) as {
    block: string;
    block_hash: string;
  }[];
  return row ? { number: BigInt(row.block), hash: row.block_hash } : null;
}

/** From the very block this process knows. @throws Error when another process moved it */
export async function moveCursor(db: Queryable, from: BlockMark | null, to: BlockMark): Promise<void> {
  const rows = (await db.query(
    `insert into chain_cursor (block, block_hash) values ($1, $2) on conflict (one) do update
     set block = excluded.block, block_hash = excluded.block_hash where chain_cursor.block = $3 returning block`,
    [to.number, to.hash, from?.number ?? null],
  )) as unknown[];
  if (rows.length !== 1) throw new Error('another process reads the chain’s events');
}

/**
 * Those that stand in the log already are left out: they have a row, or, where the log was caught up with from elsewhere,
 * a document alone.
 */
export async function onlyNew(db: Queryable, events: readonly FoundEvent[]): Promise<FoundEvent[]> {
  if (events.length === 0) return [];
  const transactions = [...new Set(events.map(({ log }) => log.transactionHash))];
  const rows = (await db.query(
    'select transaction, log_index from chain_event where transaction = any($1::text[])',
    [transactions],
  )) as { transaction: string; log_index: string }[];
  const known = new Set(rows.map(({ transaction, log_index }) => `${transaction} ${log_index}`));
  const isNew = ({ log }: FoundEvent) => !known.has(`${log.transactionHash} ${log.logIndex}`);
  if (events.some(isNew)) for (const place of await placesInDocuments(db, transactions)) known.add(place);
  return events.filter(isNew);
}

async function placesInDocuments(db: Queryable, transactions: readonly string[]): Promise<string[]> {
  const rows = (await db.query(
    `select convert_from(document.bytes, 'UTF8') as text from document join log_entry on log_entry.content = document.id
     where type = 'status/v1' and exists (
       select from unnest($1::text[]) as asked where position(convert_to(asked, 'UTF8') in document.bytes) > 0)`,
    [transactions],
  )) as { text: string }[];
  return rows.map(({ text }) => {
    const { transaction, logIndex } = JSON.parse(text) as { transaction: string; logIndex: string };
    return `${transaction} ${logIndex}`;
  });
}

export async function insertEvent(db: Queryable, { log }: FoundEvent, content: string): Promise<void> {
  await db.query('insert into chain_event (transaction, log_index, block, content) values ($1, $2, $3, $4)', [
    log.transactionHash,
    log.logIndex,
    log.blockNumber,
    content,
  ]);
}
