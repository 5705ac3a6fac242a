import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { equalBytes, toHex } from '#lib/canonical';
import { LogError, openCheckpoint, parseVerifierKey, rootPlan, runPlan } from '#lib/transparency-log';
import { Config } from '../config.ts';
import { Installation } from '../installation/installation.ts';
import { readHead, readNodes } from '../log/log-store.ts';
import { LogStopped } from '../log/start-up.ts';
import { parseWitness, type Witness } from './settings.ts';
import { limitOf, readHeldCheckpoint, WitnessUnusable } from './witness-client.ts';

const START_PATIENCE_MS = 2_000;

/**
 * Do witnesses hold a head of this log that this database does not know? A checkpoint with our own signature proves that
 * an older state was restored, or that the log has forked, whoever shows it; a witness's word without one proves nothing.
 */
@Injectable()
export class WitnessEvidence {
  private readonly logger = new Logger('witness');
  private readonly witnesses: readonly Witness[];

  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
    config: Config,
  ) {
    this.witnesses = config.witnesses.map(parseWitness);
  }

  /** Before anything is written: all of them at once, and not for long. @throws LogStopped */
  async checkAll(): Promise<void> {
    const checks = this.witnesses.map((witness) => this.check(witness, limitOf(START_PATIENCE_MS)));
    const failed = (await Promise.allSettled(checks)).filter(({ status }) => status === 'rejected');
    const reasons = failed.map((one) => (one as PromiseRejectedResult).reason as Error);
    for (const { message } of reasons) this.logger.warn(message);
    const stop = reasons.find((reason) => !(reason instanceof WitnessUnusable));
    if (stop) throw stop;
  }

  /**
   * @returns whether the witness shows a checkpoint of ours; what it shows agrees with this database then
   * @throws LogStopped `log/behind-witness`, `log/forked`; WitnessUnusable
   */
  async check(witness: Witness, limit?: AbortSignal): Promise<boolean> {
    const note = await readHeldCheckpoint(witness, this.installation.origin, limit);
    const held = note === null ? null : this.openOwn(note);
    if (!held) return false;
    // read after the evidence: whatever was published before it is in here
    const size = (await readHead(this.database))?.size ?? 0n;
    const { name } = witness.key;
    if (held.size > size)
      throw new LogStopped(
        'log/behind-witness',
        `the witness ${name} holds a checkpoint of size ${held.size} with this log's signature, this database has ${size} entries: it is an older state. Restore the newest backup; nothing is appended`,
      );
    if (held.size === 0n) return true;
    const plan = rootPlan(held.size);
    const [root = new Uint8Array()] = runPlan(plan, await readNodes(this.database, plan.flat()));
    if (equalBytes(root, held.root)) return true;
    throw new LogStopped(
      'log/forked',
      `at size ${held.size} the witness ${name} holds root ${toHex(held.root)} with this log's signature, this database has ${toHex(root)}: they are two different logs. Nothing is appended`,
    );
  }

  /** Null unless our own key signed it. */
  private openOwn(note: string): { readonly size: bigint; readonly root: Uint8Array } | null {
    try {
      return openCheckpoint(note, parseVerifierKey(this.installation.logVerifierKey));
    } catch (error) {
      if (error instanceof LogError) return null;
      throw error;
    }
  }
}
