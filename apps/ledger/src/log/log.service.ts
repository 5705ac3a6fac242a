import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Where an entry stands, for good. */
export type Sequenced = { readonly index: bigint; readonly leafHash: Uint8Array };

export type AppendRequest = {
  /** Canonical entry bytes, in the order they are to stand. All of them are recorded or none. */
  readonly entries: readonly Uint8Array[];
  /**
   * Writes the rows that belong to these entries, in the sequencer's own transaction: rows and entries are one fact.
   * Use only `tx` in it (another connection would not see the rows, and may wait for this one), keep it short, and
   * throw to record nothing.
   */
  readonly save?: (tx: EntityManager, at: readonly Sequenced[]) => Promise<void>;
};

@Injectable()
export class LogService {
  /**
   * Appends and answers when the entries are durable and sequenced; their inclusion proofs are complete then.
   * @throws RefusalError `log/...` (entry refused: 400; queue full: 429; not the writer or stopped: 503) or what `save` threw
   */
  record(_request: AppendRequest): Promise<Sequenced[]> {
    throw new Error('the sequencer is not built yet');
  }
}
