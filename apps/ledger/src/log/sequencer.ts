import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { StartError } from '../installation/start-error.ts';
import { WitnessEvidence } from '../witness/witness-evidence.service.ts';
import { type Append, type Appended, commitBatch, type Head, LogFault } from './batch-commit.ts';
import { CheckpointSigner } from './checkpoint-signer.ts';
import type { CheckedEntry } from './entry-checks.ts';
import { readHead } from './log-store.ts';
import { beginEpoch, checkAgainstChain, checkStore, type LogIdentity, LogStopped } from './start-up.ts';
import { WriterConnection } from './writer-connection.ts';
import { WriterLease } from './writer-lease.ts';

/** `starting`: being checked. `standby`: another process writes. `stopped`: something does not fit, a person must look. */
export type WriterState =
  | { readonly kind: 'starting'; readonly reason: string }
  | { readonly kind: 'writing'; readonly epoch: bigint }
  | { readonly kind: 'standby'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly code: string; readonly reason: string };

// the queue is bounded: what does not fit is told to come again
const MAX_WAITING_ENTRIES = 20_000;
const MAX_WAITING_BYTES = 64 * 1_048_576;
const MAX_BATCH_ENTRIES = 10_000;
const MAX_BATCH_APPENDS = 500;
const RETRY_MS = 1_000;
const CLOCK_PATIENCE_MS = 5_000;

/** The one writer of the log: collects appends, commits them together, answers when they are durable. */
@Injectable()
export class Sequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('log');
  private current: WriterState = { kind: 'starting', reason: 'the service is starting' };
  private head: Head | null = null;
  private writer: WriterConnection | null = null;
  private readonly signer: CheckpointSigner;
  private readonly waiting: Append[] = [];
  private waitingEntries = 0;
  private waitingBytes = 0;
  private run: Promise<void> | null = null;
  private retry: NodeJS.Timeout | null = null;
  private starting: Promise<void> | null = null;
  private isClosing = false;

  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
    private readonly chain: ChainService,
    private readonly lease: WriterLease,
    private readonly clock: Clock,
    private readonly witnesses: WitnessEvidence,
  ) {
    this.signer = new CheckpointSigner(installation.origin, installation.logSecretKey);
  }

  get state(): WriterState {
    return this.current;
  }

  get backlog(): number {
    return this.waitingEntries;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    if (this.retry) clearTimeout(this.retry);
    await this.run;
    await this.closeWriter();
    await this.lease.release();
  }

  /** Stops appending; a start of the service is needed to go on. */
  stop(code: string, reason: string): void {
    if (this.current.kind === 'stopped') return;
    this.current = { kind: 'stopped', code, reason };
    this.head = null;
    this.logger.error({ code }, `appending has stopped: ${reason}`);
    this.refuseWaiting();
  }

  /**
   * Can so many entries be taken now? To be asked before they are parsed: a flood must not cost more than a look.
   * @throws RefusalError 429 `log/queue-full`, 503 `log/not-writing`, `log/stopped`
   */
  admit(entries: number, bytes: number): void {
    if (this.current.kind === 'standby' || this.current.kind === 'stopped') throw this.notWriting();
    const isRoom =
      this.waitingEntries + entries <= MAX_WAITING_ENTRIES && this.waitingBytes + bytes <= MAX_WAITING_BYTES;
    if (isRoom) return;
    throw new RefusalError({
      status: 429,
      code: 'log/queue-full',
      detail: `${this.waitingEntries} entries wait to be recorded`,
      remedy: 'wait as long as Retry-After says, then send it again',
      retryAfterSeconds: 1,
    });
  }

  /** @throws RefusalError as `admit`, and what the batch says of these entries */
  async append(
    entries: readonly CheckedEntry[],
    { save, repeats }: Pick<Append, 'save' | 'repeats'>,
  ): Promise<Appended> {
    const bytes = sizeOf(entries);
    this.admit(entries.length, bytes);
    return new Promise((resolve, reject) => {
      this.waiting.push({ entries, save, repeats, resolve, reject });
      this.waitingEntries += entries.length;
      this.waitingBytes += bytes;
      this.work();
    });
  }

  private notWriting(): RefusalError {
    const { kind } = this.current;
    const stopped = this.current.kind === 'stopped';
    const reason = this.current.kind === 'writing' ? 'the service is closing' : this.current.reason;
    return new RefusalError({
      status: 503,
      code: stopped ? 'log/stopped' : 'log/not-writing',
      detail: `nothing is recorded at present (${kind}): ${reason}`,
      remedy: stopped ? 'the operator has to look; reading goes on' : 'try again shortly',
      ...(!stopped && { retryAfterSeconds: 2 }),
    });
  }

  /** One run at a time; whoever appends while it lasts is in its next batch. */
  private work(): void {
    if (this.run || this.current.kind !== 'writing') return;
    this.run = this.commitAll().finally(() => {
      this.run = null;
      if (this.waiting.length > 0) this.work();
    });
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0 && this.current.kind === 'writing' && this.head) {
      const { epoch } = this.current;
      const batch = this.takeBatch();
      try {
        await this.waitForClock(this.head);
        this.writer ??= await WriterConnection.open(this.database);
        const { writer, signer } = this;
        const settings = { writer, signer, epoch, now: () => this.clock.now() };
        this.head = await commitBatch(settings, this.head, batch);
      } catch (error) {
        this.afterFailure(error, batch);
      }
    }
  }

  /** A promise settles once: rejecting those that were answered already changes nothing. */
  private afterFailure(error: unknown, batch: readonly Append[]): void {
    this.logger.error({ err: error }, 'a batch was not recorded');
    const told = new RefusalError(
      {
        status: 503,
        code: 'log/not-recorded',
        detail: 'the entries could not be recorded, or it is not known whether they were',
        remedy:
          'send the same request again, with the same Idempotency-Key if it had one; it is recorded once',
        retryAfterSeconds: 2,
      },
      { cause: error },
    );
    for (const append of batch) append.reject(told);
    if (error instanceof LogFault && error.kind === 'fork') {
      this.stop('log/forked', error.message);
      return;
    }
    // whoever holds the lease now keeps it
    if (error instanceof LogFault && error.kind === 'fenced')
      void this.lease.release().catch(() => undefined);
    this.restart('the last batch failed, the store is being checked');
  }

  private takeBatch(): Append[] {
    const batch: Append[] = [];
    let entries = 0;
    for (let next = this.waiting[0]; next && batch.length < MAX_BATCH_APPENDS; next = this.waiting[0]) {
      if (entries > 0 && entries + next.entries.length > MAX_BATCH_ENTRIES) break;
      batch.push(next);
      entries += next.entries.length;
      this.waitingEntries -= next.entries.length;
      this.waitingBytes -= sizeOf(next.entries);
      this.waiting.shift();
    }
    return batch;
  }

  /** Times of heads never run backwards: a clock that was set back is waited for, a little. */
  private async waitForClock(head: Head): Promise<void> {
    for (let waited = 0; this.clock.now() < head.time; waited += 50) {
      if (waited >= CLOCK_PATIENCE_MS)
        throw new Error(
          `the clock says ${this.clock.stamp()}, the last head is of ${head.time.toISOString()}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async closeWriter(): Promise<void> {
    const { writer } = this;
    this.writer = null;
    await writer?.close();
  }

  private restart(reason: string): void {
    if (this.isClosing || this.current.kind === 'stopped') return;
    this.current = { kind: 'starting', reason };
    this.head = null;
    this.tryAgain();
  }

  private tryAgain(): void {
    if (this.isClosing || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      void this.start();
    }, RETRY_MS);
    this.retry.unref();
  }

  /** One start at a time: of two at once, the later epoch would end the earlier, which reads a store that grows. */
  private start(): Promise<void> {
    this.starting ??= this.startOnce().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  /** The same checks at every start, after a failure, and when the lease comes from another process. */
  private async startOnce(): Promise<void> {
    try {
      // a batch that is still under way is not to meet the new epoch, nor a connection of which nobody knows the state
      await this.run;
      await this.closeWriter();
      if (
        !this.lease.isHeld &&
        !(await this.lease.take(() => this.restart('the database connection was lost')))
      ) {
        this.current = { kind: 'standby', reason: 'another process of this service writes the log' };
        this.refuseWaiting();
        this.tryAgain();
        return;
      }
      const identity: LogIdentity = {
        origin: this.installation.origin,
        logId: this.chain.facts.logId,
        genesis: this.chain.facts.genesis,
        verifierKey: this.installation.logVerifierKey,
      };
      const row = await beginEpoch(this.database, identity, this.clock.now());
      const head = await this.checkSnapshot(identity, row.epoch);
      await this.chain.confirm();
      await checkAgainstChain(this.database, this.chain, row.size);
      await this.witnesses.checkAll();
      if (!this.lease.isHeld) throw new Error('the right to write was lost meanwhile');
      // another part may have stopped the log while this looked
      if (this.state.kind === 'stopped') return;
      this.head = head;
      this.current = { kind: 'writing', epoch: row.epoch };
      this.lease.wake();
      this.work();
    } catch (error) {
      if (error instanceof LogStopped || error instanceof StartError) {
        this.stop(error.code, error.message);
        return;
      }
      this.logger.warn({ err: error }, 'the log cannot be written yet');
      this.current = { kind: 'starting', reason: (error as Error).message };
      this.refuseWaiting();
      this.tryAgain();
    }
  }

  /**
   * Head, entries and checkpoint as they stood at one moment: should the lease be lost meanwhile and another process
   * write, its heads must not look like a broken store.
   */
  private checkSnapshot(identity: LogIdentity, epoch: bigint): Promise<Head> {
    return this.database.transaction('REPEATABLE READ', async (tx) => {
      const row = await readHead(tx);
      if (row?.epoch !== epoch) throw new Error('another process has begun a new epoch');
      return checkStore(tx, identity, row);
    });
  }

  private refuseWaiting(): void {
    const refusal = this.notWriting();
    for (const append of this.waiting.splice(0)) append.reject(refusal);
    this.waitingEntries = 0;
    this.waitingBytes = 0;
  }
}

function sizeOf(entries: readonly CheckedEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
