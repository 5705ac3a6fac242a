import { Injectable } from '@nestjs/common';
import type { Save, Sequenced } from './batch-commit.ts';
import { Sequencer } from './sequencer.ts';

export type { Sequenced } from './batch-commit.ts';

export type AppendRequest = {
  /** Canonical entry bytes, in the order they are to stand. All of them are recorded or none. */
  readonly entries: readonly Uint8Array[];
  /**
   * Writes the rows that belong to these entries, in the sequencer's own transaction: rows and entries are one fact.
   * Use only `tx` in it (another connection would not see the rows, and may wait for this one), keep it short, and
   * throw to record nothing.
   */
  readonly save?: Save;
};

@Injectable()
export class LogService {
  constructor(private readonly sequencer: Sequencer) {}

  /**
   * Appends and answers when the entries are durable and sequenced; their inclusion proofs are complete then.
   * @throws RefusalError `log/…` (entry refused: 400, 409; queue full: 429; not writing: 503), or what `save` threw
   */
  record({ entries, save }: AppendRequest): Promise<Sequenced[]> {
    return this.sequencer.append(entries, save);
  }
}
