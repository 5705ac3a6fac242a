import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { fromHex } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { CONTRACTS, type EventLog, readEvent } from '../chain/contracts.ts';
import { toQuantity } from '../chain/json-rpc.ts';
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

type Place = {
  readonly hash: string;
  readonly block: bigint;
  readonly blockHash: string;
  readonly blockTime: bigint;
  readonly gasUsed: bigint | null;
};

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
    const { state, hash, block, blockHash, blockTime, gasUsed } = transaction;
    if (state === 'broadcast' || state === 'failed' || state === 'replaced')
      await tx.query('delete from anchor where tx_hash = $1', [hash]);
    if (state !== 'mined' || hash === null || block === null || blockHash === null || blockTime === null)
      return;
    for (const log of logs) await this.write(tx, log, { hash, block, blockHash, blockTime, gasUsed });
  }

  /**
   * Heads that the contract holds and no row tells of: an endpoint hid a receipt, or another holder of the key anchored.
   * Such a row has no transaction of ours that is followed, so it goes when the contract no longer holds its head.
   * True: the rows are as the contract says.
   */
  async catchUp(): Promise<boolean> {
    const { logId } = this.chain.facts;
    const latest = await this.chain.read('CheckpointAnchor', 'latest', [logId]);
    const [sequence, , , , lastBlock] = latest as [bigint, bigint, string, bigint, bigint];
    await this.database.query(
      `delete from anchor where sequence > $1
         and not exists (select from chain_transaction sent where sent.hash = anchor.tx_hash)`,
      [sequence],
    );
    const before = await this.beforeGap(sequence);
    if (!before) return true;
    const logs = (await this.chain.rpc.call('eth_getLogs', [
      {
        address: this.chain.address('CheckpointAnchor'),
        topics: [CONTRACTS.CheckpointAnchor.getEvent('HeadAnchored')?.topicHash ?? null, logId],
        fromBlock: toQuantity(before.block),
        toBlock: toQuantity(lastBlock),
      },
    ])) as unknown as (EventLog & Record<'transactionHash' | 'blockNumber' | 'blockHash', string>)[];
    for (const log of logs) {
      const block = await this.chain.blockAt(BigInt(log.blockNumber));
      if (block?.hash !== log.blockHash) return false;
      const place = { hash: log.transactionHash, block: block.number, blockHash: block.hash };
      await this.database.transaction((tx) =>
        this.write(tx, log, { ...place, blockTime: block.time, gasUsed: null }),
      );
    }
    return (await this.beforeGap(sequence)) === null;
  }

  /** Where to read on when a head up to this sequence number has no row; null when all have. */
  private async beforeGap(sequence: bigint): Promise<{ readonly block: bigint } | null> {
    const [counted] = (await this.database.query('select count(*) as count from anchor')) as {
      count: string;
    }[];
    if (BigInt(counted?.count ?? 0) >= sequence) return null;
    const [row] = (await this.database.query(
      `select max(block) as block from anchor where sequence < (select min(number) from generate_series(1, $1::bigint) number
         where not exists (select from anchor where sequence = number))`,
      [sequence],
    )) as { block: string | null }[];
    return { block: BigInt(row?.block ?? 0) };
  }

  /** Gas of the newest anchors, most 20, in their mean; null before the first. */
  async gasPerAnchor(): Promise<{ readonly gas: bigint; readonly anchors: number } | null> {
    const [row] = (await this.database.query(
      `select count(*) as anchors, ceil(avg(gas_used)) as gas
       from (select gas_used from anchor where gas_used is not null order by sequence desc limit 20) as last`,
    )) as { anchors: string; gas: string | null }[];
    return row?.gas ? { gas: BigInt(row.gas), anchors: Number(row.anchors) } : null;
  }

  private async write(tx: EntityManager, log: EventLog, at: Place): Promise<void> {
    if (log.address.toLowerCase() !== this.chain.address('CheckpointAnchor').toLowerCase()) return;
    const event = readEvent('CheckpointAnchor', log);
    if (event?.name !== 'HeadAnchored' || event.args.logId !== this.chain.facts.logId) return;
    await tx.query(
      `insert into anchor as known (sequence, size, root, tx_hash, block, block_hash, time, gas_used)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (sequence) do update set size = excluded.size, root = excluded.root, tx_hash = excluded.tx_hash,
         block = excluded.block, block_hash = excluded.block_hash, time = excluded.time,
         gas_used = coalesce(excluded.gas_used, known.gas_used)`,
      [
        event.args.sequence,
        event.args.size,
        Buffer.from(fromHex(String(event.args.root).slice(2))),
        at.hash,
        at.block,
        at.blockHash,
        at.blockTime,
        at.gasUsed,
      ],
    );
  }

  private async select(tail: string, parameters: unknown[] = []): Promise<AnchoredHead[]> {
    return ((await this.database.query(`select * from anchor ${tail}`, parameters)) as Row[]).map(readRow);
  }
}
