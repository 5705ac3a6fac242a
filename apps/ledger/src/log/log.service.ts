import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.ts';
import type { Appended, Save, Sequenced } from './batch-commit.ts';
import { type CheckedEntry, checkEntries } from './entry-checks.ts';
import { Sequencer } from './sequencer.ts';

export type { Appended, Placed, Sequenced } from './batch-commit.ts';

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
  constructor(
    private readonly sequencer: Sequencer,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends and answers when the entries are durable and sequenced; their inclusion proofs are complete then.
   * @throws RefusalError `log/…` (entry refused: 400, 409; queue full: 429; not writing: 503), or what `save` threw
   */
  async record({ entries, save }: AppendRequest): Promise<readonly Sequenced[]> {
    const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
    this.sequencer.admit(entries.length, bytes);
    const checked = checkEntries(entries, this.clock.now());
    return (await this.sequencer.append(checked, { save, repeats: 'refuse' })).at;
  }

  /** As `Sequencer.admit`. */
  admit(entries: number, bytes: number): void {
    this.sequencer.admit(entries, bytes);
  }

  /**
   * The same for entries that come from outside: one that is in the log already is not refused, the answer says where
   * it stands. All that is new is recorded together, under the one head of the answer.
   * @throws RefusalError as `record`, but for `log/duplicate-entry`
   */
  append(entries: readonly CheckedEntry[]): Promise<Appended> {
    return this.sequencer.append(entries, { save: undefined, repeats: 'answer' });
  }
}
