import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LogHead } from '../log/proofs.service.ts';

/** A published head; `checkpoint` holds the log's signature and every cosignature that has come. */
export type CosignedHead = LogHead & { readonly cosignatures: number };

type Row = { size: string; root: Buffer; note: string; lines: string; count: string };

const HEAD = `select head.size, head.root, head.note, count(by.cosigner) as count,
    coalesce(string_agg(by.line, '' order by by.cosigner), '') as lines
  from log_checkpoint head left join cosignature by using (size)`;

/** Cosignatures that are looked at for the best head: many witnesses over the last few. */
const RECENT = 100;

/** Checkpoints as they are served. Their text never changes; cosignatures come behind it, for minutes or never. */
@Injectable()
export class CheckpointsService {
  constructor(private readonly database: DataSource) {}

  /** The newest published head; null while the log is empty. */
  newest(): Promise<CosignedHead | null> {
    return this.select('where head.size = (select max(size) from log_checkpoint) group by head.size');
  }

  /** The head of this size as it was published, with the log's signature alone; null when there was none. */
  async published(size: bigint): Promise<LogHead | null> {
    const [row] = (await this.database.query('select root, note from log_checkpoint where size = $1', [
      size,
    ])) as { root: Buffer; note: string }[];
    return row ? { size, root: new Uint8Array(row.root), checkpoint: row.note } : null;
  }

  /** The head of exactly this size, if one was published. */
  at(size: bigint): Promise<CosignedHead | null> {
    return this.select('where head.size = $1 group by head.size', [size]);
  }

  /**
   * The head to prove an entry with: of the last cosigned ones over this entry the newest with the most cosignatures, so
   * that a log that never rests has cosigned proofs too; without a cosignature the newest.
   */
  covering(index: bigint): Promise<CosignedHead | null> {
    return this.select(
      `where head.size = coalesce(
         (select size from (select size from cosignature where size > $1 order by size desc limit ${RECENT}) recent
          group by size order by count(*) desc, size desc limit 1),
         (select max(size) from log_checkpoint)
       ) group by head.size`,
      [index],
    );
  }

  private async select(tail: string, parameters: unknown[] = []): Promise<CosignedHead | null> {
    const [row] = (await this.database.query(`${HEAD} ${tail}`, parameters)) as Row[];
    return row
      ? {
          size: BigInt(row.size),
          root: new Uint8Array(row.root),
          checkpoint: row.note + row.lines,
          cosignatures: Number(row.count),
        }
      : null;
  }
}
