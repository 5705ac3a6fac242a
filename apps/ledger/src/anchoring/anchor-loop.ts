import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { toHex } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { Config } from '../config.ts';
import { InstallationRoot } from '../installation/root.service.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { Sequencer } from '../log/sequencer.ts';
import { checkAgainstChain, LogStopped } from '../log/start-up.ts';
import { WriterLease } from '../log/writer-lease.ts';
import { AnchorsService } from './anchors.service.ts';
import { SenderService } from './sender.service.ts';
import { hasOpen } from './transactions.ts';

const PURPOSE = 'anchor';
const FAILURE_PAUSE_MS = 5_000;
/** A look now and then even when nobody calls: entries of before a crash, a lost wake-up. */
const LOOK_MS = 30_000;

/**
 * Brings the newest head on chain, one anchor at a time. The proof starts from the head that the contract holds now, so
 * a late anchor is simply covered by the next one.
 */
@Injectable()
export class AnchorLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('anchor');
  private readonly delayMs: number;
  private timer: NodeJS.Timeout | null = null;
  private dueAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | null = null;
  private isClosing = false;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly proofs: ProofsService,
    private readonly anchors: AnchorsService,
    private readonly sender: SenderService,
    private readonly sequencer: Sequencer,
    private readonly lease: WriterLease,
    private readonly root: InstallationRoot,
    config: Config,
  ) {
    this.delayMs = 1_000 * (config.anchorSeconds ?? (chain.isEmbedded ? 1 : 600));
  }

  onApplicationBootstrap(): void {
    this.sender.on(PURPOSE, async (tx, transaction, logs) => {
      await this.anchors.follow(tx, transaction, logs);
      if (transaction.state === 'mined') this.lookIn(this.delayMs);
      if (transaction.state === 'failed') this.lookIn(FAILURE_PAUSE_MS);
      if (transaction.state === 'final') this.root.refreshSoon();
    });
    this.lease.onWake(() => this.lookIn(this.delayMs));
    this.lookIn(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  /** Anchor now instead of at the end of the interval. */
  hurry(): void {
    this.lookIn(0);
  }

  /** Looks at the latest after this time; an earlier look that is planned already stays. */
  private lookIn(ms: number): void {
    const at = Date.now() + ms;
    if (this.isClosing || at >= this.dueAt) return;
    this.dueAt = at;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.dueAt = Number.POSITIVE_INFINITY;
      this.running = (this.running ?? Promise.resolve()).then(() => this.look());
    }, ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    try {
      if (this.sequencer.state.kind === 'writing') await this.anchorNewest();
      this.lookIn(LOOK_MS);
    } catch (error) {
      if (error instanceof LogStopped) this.sequencer.stop(error.code, error.message);
      this.logger.warn({ err: error }, 'the head could not be anchored yet');
      this.lookIn(FAILURE_PAUSE_MS);
    }
  }

  private async anchorNewest(): Promise<void> {
    const head = await this.proofs.head();
    if (!head || (await hasOpen(this.database, PURPOSE))) return;
    const { logId } = this.chain.facts;
    // a chain that knows more than we do, or otherwise, stops the log here as at start-up
    const size = await checkAgainstChain(this.database, this.chain, head.size);
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
      this.sender.enqueue(tx, { purpose: PURPOSE, subject: null, to, data }),
    );
  }
}
