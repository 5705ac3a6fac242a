import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { parseUnits } from 'ethers';
import { DataSource, type EntityManager } from 'typeorm';
import { ChainService } from '../chain/chain.service.ts';
import type { EventLog } from '../chain/contracts.ts';
import { Clock } from '../clock.ts';
import { Config } from '../config.ts';
import { Installation } from '../installation/installation.ts';
import { Sequencer } from '../log/sequencer.ts';
import { WriterLease } from '../log/writer-lease.ts';
import { Random } from '../random.ts';
import { ChainHalted, ChainWatch } from './chain-watch.ts';
import { FeeTooHigh } from './fees.ts';
import { followBlocks, settle } from './receipts.ts';
import { SCHEDULE } from './schedule.ts';
import type { SenderContext } from './sender-context.ts';
import { broadcast, keepMoving, signFirst } from './sending.ts';
import { openSigner } from './signer.ts';
import {
  countOpen,
  findByHash,
  findTransaction,
  insertIntent,
  newest,
  nextOpen,
  type SentTransaction,
  type TransactionIntent,
} from './transactions.ts';

export type { SentTransaction, TransactionIntent, TransactionState } from './transactions.ts';

/**
 * Called inside the transaction that writes the new state: `mined`, `final`, `failed`, `replaced`, and `broadcast` when a
 * reorganisation took the block away again. May be called more than once with one state. `logs` are the receipt's.
 */
export type TransactionHandler = (
  tx: EntityManager,
  transaction: SentTransaction,
  logs: readonly EventLog[],
) => Promise<void>;

/** Why transactions wait that could go on otherwise. */
export type SenderTrouble = { readonly code: string; readonly reason: string; readonly since: Date };

/**
 * The one sender of the service's own key. One transaction is under way at a time, lowest nonce first:
 *   intent → signed (nonce from a row, raw bytes kept) → broadcast → mined → final.
 * Side exits: failed, and replaced by a self-send. Each step is a file: sending.ts, receipts.ts; times in schedule.ts.
 */
@Injectable()
export class SenderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('sender');
  private readonly handlers = new Map<string, TransactionHandler>();
  private readonly context: SenderContext;
  private loop: Promise<void> | null = null;
  private wake: () => void = () => undefined;
  private wasWoken = false;
  private isClosing = false;
  private followedAt = 0;
  private waiting: SenderTrouble | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly lease: WriterLease,
    private readonly sequencer: Sequencer,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly watch: ChainWatch,
    config: Config,
    installation: Installation,
  ) {
    this.context = {
      database,
      chain,
      watch,
      signer: openSigner(config, installation),
      clock,
      random,
      logger: this.logger,
      ceiling: config.maxFeeGwei === null ? null : parseUnits(config.maxFeeGwei, 'gwei'),
      missed: new Map(),
      inEpoch: (run) => this.inEpoch(run),
      tell: (tx, id, logs) => this.tell(tx, id, logs),
    };
  }

  get address(): string {
    return this.context.signer.address;
  }

  /** Null while the sender does what it should, or has nothing to do. */
  get trouble(): SenderTrouble | null {
    return this.watch.halt ?? this.waiting;
  }

  /** Writes the intent as a row of the caller's transaction and gives its id; sent once that has committed. */
  async enqueue(tx: EntityManager, intent: TransactionIntent): Promise<string> {
    const id = this.random.uuid();
    await insertIntent(tx, id, intent, this.clock.now());
    await tx.query(WriterLease.WAKE);
    return id;
  }

  /** Registers the one handler of a purpose; at module start. */
  on(purpose: string, handler: TransactionHandler): void {
    if (this.handlers.has(purpose)) throw new Error(`two handlers for transactions of purpose ${purpose}`);
    this.handlers.set(purpose, handler);
  }

  find(id: string): Promise<SentTransaction | null> {
    return findTransaction(this.database, id);
  }

  /** Null for a transaction that is not ours. */
  findByHash(hash: string): Promise<SentTransaction | null> {
    return findByHash(this.database, hash);
  }

  /** Newest first. */
  list(limit: number): Promise<SentTransaction[]> {
    return newest(this.database, limit);
  }

  /** Transactions that are not mined yet. */
  backlog(): Promise<number> {
    return countOpen(this.database);
  }

  onApplicationBootstrap(): void {
    this.lease.onWake(() => this.nudge());
    this.loop = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    this.nudge();
    await this.loop;
  }

  nudge(): void {
    this.wasWoken = true;
    this.wake();
  }

  private async work(): Promise<void> {
    let failures = 0;
    while (!this.isClosing) {
      let pause: number = SCHEDULE.idle;
      try {
        if (this.sequencer.state.kind === 'writing' && !this.watch.halt) pause = await this.step();
        failures = 0;
        this.waiting = null;
      } catch (error) {
        pause = Math.min(SCHEDULE.poll * 2 ** failures++, SCHEDULE.longestPause);
        this.note(error);
      }
      await this.sleep(pause);
    }
  }

  /** A price above the ceiling is what the operator wanted to know of, not a failure. */
  private note(error: unknown): void {
    const { message: reason } = error as Error;
    const code = error instanceof FeeTooHigh ? 'sender/fee-ceiling' : 'sender/failing';
    if (this.waiting?.code !== code) this.waiting = { code, reason, since: this.clock.now() };
    else this.waiting = { ...this.waiting, reason };
    if (error instanceof FeeTooHigh) this.logger.warn(`transactions wait: ${reason}`);
    else if (!(error instanceof ChainHalted))
      this.logger.warn({ err: error }, 'the sender could not go on; it tries again');
  }

  private async sleep(ms: number): Promise<void> {
    if (ms > 0 && !this.wasWoken && !this.isClosing)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wasWoken = false;
  }

  /** Takes the next open transaction one state further; gives how long to wait before the next step. */
  private async step(): Promise<number> {
    const open = await nextOpen(this.database);
    if (open?.state === 'intent') {
      await this.sign(open);
      return 0;
    }
    if (open?.state === 'signed') {
      await broadcast(this.context, open);
      return 0;
    }
    if (open && (await settle(this.context, open))) return 0;
    const isUnfinal = await this.follow(open !== null);
    if (open) await keepMoving(this.context, open);
    if (open || (isUnfinal && this.chain.isEmbedded)) return SCHEDULE.poll;
    return isUnfinal ? SCHEDULE.finalityPoll : SCHEDULE.idle;
  }

  /** What keeps this one back (a price, a signer that is away) must not hide what becomes of those before it. */
  private async sign(open: SentTransaction): Promise<void> {
    try {
      await signFirst(this.context, open);
    } catch (error) {
      await this.follow(true);
      throw error;
    }
  }

  /** Not at every look on a chain of others: final blocks come seldom, and each look asks every endpoint. */
  private async follow(isBusy: boolean): Promise<boolean> {
    const now = this.clock.now().getTime();
    const pause = isBusy ? SCHEDULE.finalityPoll - SCHEDULE.poll : 0;
    if (!this.chain.isEmbedded && now - this.followedAt < pause) return true;
    const isUnfinal = await followBlocks(this.context);
    if (isUnfinal) this.followedAt = now;
    else if (!this.chain.isEmbedded && now - this.followedAt > SCHEDULE.compare) {
      // nothing is under way, and yet a fork or an endpoint that differs is to be noticed
      await this.watch.finalBlock();
      this.followedAt = now;
    }
    return isUnfinal;
  }

  /** The fence: a sender whose epoch is over changes nothing any more. */
  private inEpoch<T>(run: (tx: EntityManager) => Promise<T>): Promise<T> {
    const state = this.sequencer.state;
    return this.database.transaction(async (tx) => {
      const [head] = (await tx.query('select epoch from log_head for share')) as { epoch: string }[];
      if (state.kind !== 'writing' || BigInt(head?.epoch ?? -1) !== state.epoch)
        throw new Error('the right to send has gone to another process');
      return run(tx);
    });
  }

  private async tell(tx: EntityManager, id: string, logs: readonly EventLog[]): Promise<void> {
    const transaction = await findTransaction(tx, id);
    if (transaction) await this.handlers.get(transaction.purpose)?.(tx, transaction, logs);
  }
}
