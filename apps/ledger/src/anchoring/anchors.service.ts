import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { fromHex } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { type EventLog, readEvent } from '../chain/contracts.ts';
import type { SentTransaction } from './transactions.ts';

/** A head of the log that the contract holds. */
export type AnchoredHead = {
  readonly sequence: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly txHash: string;
  readonly block: bigint;
  readonly blockHash: string;
  /** Time of the block, seconds since 1970. */
  readonly time: bigint;
  readonly gasUsed: bigint | null;
};

type Row = Record<'sequence' | 'size' | 'tx_hash' | 'block' | 'block_hash' | 'time', string> & {
  root: Buffer;
  gas_used: string | null;
};

function readRow(row: Row): AnchoredHead {
  return {
    sequence: BigInt(row.sequence),
    size: BigInt(row.size),
    root: new Uint8Array(row.root),
    txHash: row.tx_hash,
    block: BigInt(row.block),
    blockHash: row.block_hash,
    time: BigInt(row.time),
    gasUsed: row.gas_used === null ? null : BigInt(row.gas_used),
  };
}

/** The heads on chain, as rows: proofs and times of entries come from them. */
@Injectable()
export class AnchorsService {
  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
  ) {}

  /** The newest head on chain, or null before the first. */
  async latest(): Promise<AnchoredHead | null> {
    return (await this.select('order by sequence desc limit 1'))[0] ?? null;
  }

  /** The first head that covers the entry: its time is the entry's *not after*. */
  async firstCovering(index: bigint): Promise<AnchoredHead | null> {
    return (await this.select('where size > $1 order by size limit 1', [index]))[0] ?? null;
  }

  /** The last head that does not cover the entry: its time is the entry's *not before*. */
  async lastBefore(index: bigint): Promise<AnchoredHead | null> {
    return (await this.select('where size <= $1 order by size desc limit 1', [index]))[0] ?? null;
  }

  /** Heads from this sequence number on, oldest first. */
  list(fromSequence: bigint, limit: number): Promise<AnchoredHead[]> {
    return this.select('where sequence >= $1 order by sequence limit $2', [fromSequence, limit]);
  }

  /** Writes the row of a mined anchor transaction, from its event; takes it back when its block is gone. */
  async follow(tx: EntityManager, transaction: SentTransaction, logs: readonly EventLog[]): Promise<void> {
    if (transaction.state === 'broadcast')
      await tx.query('delete from anchor where tx_hash = $1', [transaction.hash]);
    if (transaction.state !== 'mined') return;
    const anchor = this.chain.address('CheckpointAnchor').toLowerCase();
    for (const log of logs) {
      if (log.address.toLowerCase() !== anchor) continue;
      const event = readEvent('CheckpointAnchor', log);
      if (event?.name !== 'HeadAnchored' || event.args.logId !== this.chain.facts.logId) continue;
      await tx.query(
        `insert into anchor (sequence, size, root, tx_hash, block, block_hash, time, gas_used)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (sequence) do update set size = excluded.size, root = excluded.root, tx_hash = excluded.tx_hash,
           block = excluded.block, block_hash = excluded.block_hash, time = excluded.time, gas_used = excluded.gas_used`,
        [
          event.args.sequence,
          event.args.size,
          Buffer.from(fromHex(String(event.args.root).slice(2))),
          transaction.hash,
          transaction.block,
          transaction.blockHash,
          transaction.blockTime,
          transaction.gasUsed,
        ],
      );
    }
  }

  private async select(tail: string, parameters: unknown[] = []): Promise<AnchoredHead[]> {
    return ((await this.database.query(`select * from anchor ${tail}`, parameters)) as Row[]).map(readRow);
  }
}
