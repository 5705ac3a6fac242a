import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../clock.ts';
import { Config } from '../config.ts';
import { type LogHead, ProofsService } from '../log/proofs.service.ts';
import { Sequencer } from '../log/sequencer.ts';
import { LogStopped } from '../log/start-up.ts';
import { insertCosignature, largestCosigned } from './cosignature-store.ts';
import { parseWitness, type Witness } from './settings.ts';
import { askWitness, type WitnessReply } from './witness-client.ts';
import { WitnessEvidence } from './witness-evidence.service.ts';

const LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Of one witness. `cosigned`: largest size of ours that it cosigned. `trouble`: why it has not gone further. */
export type WitnessState = {
  readonly name: string;
  readonly cosigned: bigint;
  readonly trouble: { readonly since: Date; readonly reason: string } | null;
};

/**
 * Brings each new checkpoint to the configured witnesses, each at its own pace, after it was published: appends never
 * wait for a witness, and a witness that is away is caught up with the newest head later.
 */
@Injectable()
export class WitnessLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('witness');
  private readonly followers: readonly Follower[];
  private readonly closing = new AbortController();

  constructor(
    private readonly database: DataSource,
    private readonly proofs: ProofsService,
    private readonly sequencer: Sequencer,
    private readonly evidence: WitnessEvidence,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.followers = config.witnesses.map((text) => ({
      witness: parseWitness(text),
      held: null,
      cosigned: null,
      trouble: null,
      failures: 0,
      timer: null,
      running: Promise.resolve(),
    }));
  }

  get states(): readonly WitnessState[] {
    return this.followers.map(({ witness, cosigned, trouble }) => ({
      name: witness.key.name,
      cosigned: cosigned ?? 0n,
      trouble,
    }));
  }

  onApplicationBootstrap(): void {
    for (const follower of this.followers) this.lookIn(follower, 0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing.abort();
    for (const { timer } of this.followers) if (timer) clearTimeout(timer);
    await Promise.all(this.followers.map(({ running }) => running));
  }

  private lookIn(follower: Follower, ms: number): void {
    if (this.closing.signal.aborted) return;
    follower.timer = setTimeout(() => {
      follower.running = this.look(follower);
    }, ms);
    follower.timer.unref();
  }

  private async look(follower: Follower): Promise<void> {
    try {
      if (this.sequencer.state.kind === 'writing') await this.bringNewest(follower);
    } catch (error) {
      if (error instanceof LogStopped) this.sequencer.stop(error.code, error.message);
      this.setTrouble(follower, (error as Error).message);
    }
    this.lookIn(follower, Math.min(LOOK_MS * 2 ** follower.failures, LONGEST_PAUSE_MS));
  }

  private async bringNewest(follower: Follower): Promise<void> {
    // what another process has written meanwhile is heard from the witness
    follower.cosigned ??= await largestCosigned(this.database, follower.witness.key);
    const head = await this.proofs.head();
    if (!head || head.size === follower.cosigned) return;
    follower.held ??= follower.cosigned;
    let reply = await this.ask(follower, head);
    if (reply.kind === 'holds' && reply.size <= head.size) {
      // 0, and smaller than before: a witness that lost its data is as one that is new
      follower.held = reply.size;
      reply = await this.ask(follower, head);
    }
    if (reply.kind === 'cosigned') {
      await insertCosignature(this.database, head.size, reply.cosignature, this.clock.now());
      Object.assign(follower, { held: head.size, cosigned: head.size, trouble: null, failures: 0 });
      return;
    }
    await this.doubt(follower, reply, head);
  }

  private async ask({ witness, held }: Follower, { size, checkpoint }: LogHead): Promise<WitnessReply> {
    const old = held ?? 0n;
    const proof = old === 0n ? [] : await this.proofs.consistency(old, size);
    const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
    return askWitness(witness, { old, proof, note: checkpoint, text }, this.clock.now(), this.closing.signal);
  }

  /** It says it holds something that we do not. Its word stops nothing; what we signed ourselves does. */
  private async doubt(follower: Follower, reply: WitnessReply, head: LogHead): Promise<void> {
    const says =
      reply.kind === 'holds' ? `it holds size ${reply.size}` : 'our head contradicts the one it holds';
    follower.held = null;
    const shows = await this.evidence.check(follower.witness);
    const shown = shows
      ? 'the checkpoint it shows agrees with ours'
      : 'it shows no checkpoint that we signed';
    this.setTrouble(follower, `asked to cosign size ${head.size}: ${says}, but ${shown}`);
  }

  private setTrouble(follower: Follower, reason: string): void {
    const { name } = follower.witness.key;
    if (follower.trouble?.reason !== reason) this.logger.warn(`${name} does not cosign: ${reason}`);
    follower.trouble = { since: follower.trouble?.since ?? this.clock.now(), reason };
    follower.failures += 1;
  }
}

type Follower = {
  readonly witness: Witness;
  /** Size it holds as far as we know; null: it is to be found out. */
  held: bigint | null;
  /** Null: not read yet. */
  cosigned: bigint | null;
  trouble: WitnessState['trouble'];
  failures: number;
  timer: NodeJS.Timeout | null;
  running: Promise<void>;
};
