import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { toHex } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { Config } from '../config.ts';
import { Installation } from '../installation/installation.ts';
import { InstallationRoot } from '../installation/root.service.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { Sequencer } from '../log/sequencer.ts';
import { checkAgainstChain, LogStopped } from '../log/start-up.ts';
import { WriterLease } from '../log/writer-lease.ts';
import { AnchorsService } from './anchors.service.ts';
import { type Cadence, cadenceOf, dueAt, type Waiting } from './cadence.ts';
import { ChainWatch } from './chain-watch.ts';
import { SenderService } from './sender.service.ts';
import { hasOpen } from './transactions.ts';

export const ANCHOR = 'anchor';
/** After a failure, doubled by each one that follows: a chain that refuses every anchor is not to be asked at full speed. */
const FAILURE_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 600_000;
/** A look now and then even when nobody calls: entries of before a crash, a lost wake-up. */
const LOOK_MS = 30_000;
/** Looks for full batches are at least so far apart: every commit of the log wakes the loop. */
const COUNT_MS = 200;

/**
 * Brings the newest head on chain when it is due, one anchor at a time. The proof starts from the head that the contract
 * holds now, so a late anchor is simply covered by the next one.
 */
@Injectable()
export class AnchorLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly cadence: Cadence;
  private readonly logger = new Logger('anchor');
  private timer: NodeJS.Timeout | null = null;
  private lookAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | null = null;
  private isHurried = false;
  private isClosing = false;
  private failures = 0;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly proofs: ProofsService,
    private readonly anchors: AnchorsService,
    private readonly sender: SenderService,
    private readonly watch: ChainWatch,
    private readonly sequencer: Sequencer,
    private readonly lease: WriterLease,
    private readonly root: InstallationRoot,
    private readonly clock: Clock,
    config: Config,
    installation: Installation,
  ) {
    this.cadence = cadenceOf(config, chain.isEmbedded, installation.maxAnchorDelay);
  }

  onApplicationBootstrap(): void {
    this.sender.on(ANCHOR, async (tx, transaction, logs) => {
      await this.anchors.follow(tx, transaction, logs);
      if (transaction.state === 'failed') this.lookIn(this.nextPause());
      else this.failures = 0;
      // taken by a self-send: the newest head goes under the next nonce
      if (transaction.state === 'replaced') this.hurry();
      if (transaction.state === 'mined') this.lookIn(COUNT_MS);
      if (transaction.state === 'final') this.root.refreshSoon();
    });
    this.lease.onWake(() => this.lookIn(COUNT_MS));
    this.lookIn(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  /** Anchor now instead of at the end of the interval. */
  hurry(): void {
    this.isHurried = true;
    this.lookIn(0);
  }

  /** The entries that no head on chain covers; null when all are covered. */
  async waiting(): Promise<Waiting | null> {
    const size = (await this.proofs.head())?.size ?? 0n;
    const covered = (await this.anchors.latest())?.size ?? 0n;
    if (size <= covered) return null;
    const [oldest] = (await this.database.query('select recorded_at from log_entry where index = $1', [
      covered,
    ])) as { recorded_at: Date }[];
    return oldest ? { count: size - covered, oldestAt: oldest.recorded_at } : null;
  }

  /** When the next anchor is planned; null when nothing waits. */
  async nextAt(): Promise<Date | null> {
    return dueAt(this.cadence, await this.waiting());
  }

  private nextPause(): number {
    return Math.min(FAILURE_PAUSE_MS * 2 ** this.failures++, LONGEST_PAUSE_MS);
  }

  /** Looks at the latest after this time; an earlier look that is planned already stays. */
  private lookIn(ms: number): void {
    const at = Date.now() + ms;
    if (this.isClosing || at >= this.lookAt) return;
    this.lookAt = at;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.lookAt = Number.POSITIVE_INFINITY;
      this.running = (this.running ?? Promise.resolve()).then(() => this.look());
    }, ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    try {
      if (this.sequencer.state.kind === 'writing' && !this.watch.halt) await this.anchorWhenDue();
      this.lookIn(LOOK_MS);
    } catch (error) {
      if (error instanceof LogStopped) this.sequencer.stop(error.code, error.message);
      this.logger.warn({ err: error }, 'the head could not be anchored yet');
      this.lookIn(this.nextPause());
    }
  }

  private async anchorWhenDue(): Promise<void> {
    const due = await this.nextAt();
    if (!due) return;
    const early = due.getTime() - this.clock.now().getTime();
    if (early > 0 && !this.isHurried) {
      this.lookIn(early);
      return;
    }
    if (await hasOpen(this.database, ANCHOR)) return;
    this.isHurried = false;
    await this.anchorNewest();
  }

  private async anchorNewest(): Promise<void> {
    const head = await this.proofs.head();
    if (!head) return;
    const { logId } = this.chain.facts;
    // a chain that knows more than we do, or otherwise, stops the log here as at start-up
    const size = await checkAgainstChain(this.database, this.chain, head.size);
    await this.catchUp();
    if (size >= head.size) return;
    const proof = size === 0n ? [] : await this.proofs.consistency(size, head.size);
    const data = this.chain.encode('CheckpointAnchor', 'anchor', [
      logId,
      head.size,
      `0x${toHex(head.root)}`,
      proof.map((hash) => `0x${toHex(hash)}`),
    ]);
    const to = this.chain.address('CheckpointAnchor');
    await this.database.transaction((tx) =>
      this.sender.enqueue(tx, { purpose: ANCHOR, subject: null, to, data }),
    );
  }

  /** Rows of heads that we did not hear of. An endpoint that does not tell them holds no anchor back. */
  private async catchUp(): Promise<void> {
    const isComplete = await this.anchors.catchUp().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the heads on chain could not be read');
      return true;
    });
    if (!isComplete) this.logger.warn('the contract holds heads that the endpoint does not tell');
  }
}
