import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChainService } from '../chain/chain.service.ts';
import { type EventLog, explainRevert } from '../chain/contracts.ts';
import { fromQuantity, RpcRefused, toQuantity } from '../chain/json-rpc.ts';
import { Clock } from '../clock.ts';
import { Installation } from '../installation/installation.ts';
import { Sequencer } from '../log/sequencer.ts';
import { WriterLease } from '../log/writer-lease.ts';
import { Random } from '../random.ts';
import { bumpFees, currentFees, feesOf } from './fees.ts';
import { type ChainSigner, KeyFileSigner, signTransaction } from './signer.ts';
import {
  countOpen,
  findTransaction,
  insertIntent,
  keepSigned,
  latestAbout,
  markBroadcast,
  markFailed,
  markFinal,
  markMined,
  markUnmined,
  minedNotFinal,
  nextOpen,
  type Outcome,
  type SentTransaction,
  signedVersions,
  type TransactionIntent,
  takeNonce,
} from './transactions.ts';

export type { SentTransaction, TransactionIntent, TransactionState } from './transactions.ts';

/**
 * Called inside the transaction that writes the new state: `mined`, `final`, `failed`, and `broadcast` when a
 * reorganisation took the block away again. May be called more than once with one state. `logs` are the receipt's.
 */
export type TransactionHandler = (
  tx: EntityManager,
  transaction: SentTransaction,
  logs: readonly EventLog[],
) => Promise<void>;

type Receipt = {
  readonly hash: string;
  readonly succeeded: boolean;
  readonly block: bigint;
  readonly blockHash: string;
  readonly gasUsed: bigint;
  readonly logs: readonly EventLog[];
};

const IDLE_MS = 2_000;
const POLL_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const RESEND_MS = 25_000;
const BUMP_MS = 120_000;
const GIVE_UP_MS = 90_000;
const GAS_MARGIN = { times: 110n, of: 100n };
/** Errors of nodes that mean: these bytes have arrived before, or their nonce is taken already. Look, do not fail. */
const ALREADY_THERE =
  /already known|already imported|known transaction|nonce too low|nonce.*too low|underpriced/i;

/**
 * The one sender of the service's own key. One transaction is under way at a time, oldest first:
 *   intent → signed (nonce from a row, raw bytes kept) → broadcast → mined → final.
 * A crash leaves an intent, which is signed, or signed bytes, which are sent again; there is no third case.
 */
@Injectable()
export class SenderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('sender');
  private readonly handlers = new Map<string, TransactionHandler>();
  private readonly signer: ChainSigner;
  private loop: Promise<void> | null = null;
  private wake: () => void = () => undefined;
  private wasWoken = false;
  private isClosing = false;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly lease: WriterLease,
    private readonly sequencer: Sequencer,
    private readonly clock: Clock,
    private readonly random: Random,
    installation: Installation,
  ) {
    this.signer = new KeyFileSigner(installation.chainOperator);
  }

  get address(): string {
    return this.signer.address;
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

  /** The newest transaction about this row. */
  latestAbout(subject: string): Promise<SentTransaction | null> {
    return latestAbout(this.database, subject);
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
      let pause = IDLE_MS;
      try {
        if (this.sequencer.state.kind === 'writing') pause = await this.step();
        failures = 0;
      } catch (error) {
        pause = Math.min(POLL_MS * 2 ** failures++, LONGEST_PAUSE_MS);
        this.logger.warn({ err: error }, 'the sender could not go on; it tries again');
      }
      await this.sleep(pause);
    }
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

  /** Takes the oldest open transaction one state further; gives how long to wait before the next step. */
  private async step(): Promise<number> {
    const open = await nextOpen(this.database);
    if (open?.state === 'intent') {
      await this.signFirst(open);
      return 0;
    }
    if (open?.state === 'signed') {
      await this.broadcast(open);
      return 0;
    }
    if (open) {
      if (await this.settle(open)) return 0;
      await this.keepMoving(open);
    }
    const unfinal = await this.finalize();
    return open || unfinal ? POLL_MS : IDLE_MS;
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

  private async signFirst(open: SentTransaction): Promise<void> {
    const gasLimit = await this.estimate(open);
    if (typeof gasLimit === 'string') {
      this.logger.warn(
        { purpose: open.purpose, id: open.id },
        `the chain refuses a transaction: ${gasLimit}`,
      );
      await this.inEpoch(async (tx) => {
        await markFailed(tx, open.id, gasLimit);
        await this.tell(tx, open.id, []);
      });
      return;
    }
    const onChain = fromQuantity(
      await this.chain.rpc.call('eth_getTransactionCount', [this.address, 'pending']),
    );
    const fees = await currentFees(this.chain);
    await this.inEpoch(async (tx) => {
      const nonce = await takeNonce(tx, this.address, onChain);
      const signed = await signTransaction(this.signer, {
        chainId: this.chain.facts.chainId,
        nonce: Number(nonce),
        to: open.to,
        data: open.data,
        gasLimit,
        ...fees,
      });
      await keepSigned(tx, open.id, { ...signed, nonce, gasLimit }, this.clock.now());
    });
  }

  /** Gas with some room, or the reason why it would fail. */
  private async estimate({ to, data }: TransactionIntent): Promise<bigint | string> {
    try {
      const estimate = await this.chain.rpc.call('eth_estimateGas', [{ from: this.address, to, data }]);
      return (fromQuantity(estimate) * GAS_MARGIN.times) / GAS_MARGIN.of;
    } catch (error) {
      if (error instanceof RpcRefused && error.data) return explainRevert(error.data);
      throw error;
    }
  }

  private async broadcast(open: SentTransaction): Promise<void> {
    const [newest] = await signedVersions(this.database, open.id);
    if (!newest) throw new Error(`transaction ${open.id} is signed but its bytes are not there`);
    try {
      await this.chain.rpc.call('eth_sendRawTransaction', [newest.raw]);
    } catch (error) {
      // whatever the node says about bytes it may have seen, the receipt tells the truth
      if (!(error instanceof RpcRefused && ALREADY_THERE.test(error.message))) throw error;
    }
    await markBroadcast(this.database, open.id, this.clock.now());
  }

  /** Looks for a receipt of any version ever signed. */
  private async settle(open: SentTransaction): Promise<boolean> {
    for (const { hash } of await signedVersions(this.database, open.id)) {
      const receipt = await this.receiptOf(hash);
      if (!receipt) continue;
      const outcome = await this.outcomeOf(open, receipt);
      if (outcome.error)
        this.logger.warn({ purpose: open.purpose, hash }, `a transaction failed: ${outcome.error}`);
      await this.inEpoch(async (tx) => {
        await markMined(tx, open.id, outcome);
        await this.tell(tx, open.id, receipt.logs);
      });
      return true;
    }
    return false;
  }

  private async receiptOf(hash: string): Promise<Receipt | null> {
    const receipt = (await this.chain.rpc.call('eth_getTransactionReceipt', [hash])) as Record<
      string,
      never
    > | null;
    if (!receipt?.blockNumber || !receipt.blockHash) return null;
    return {
      hash,
      succeeded: receipt.status === '0x1',
      block: BigInt(receipt.blockNumber),
      blockHash: receipt.blockHash,
      gasUsed: BigInt(receipt.gasUsed ?? 0),
      logs: receipt.logs ?? [],
    };
  }

  private async outcomeOf(open: SentTransaction, receipt: Receipt): Promise<Outcome> {
    const block = (await this.chain.rpc.call('eth_getBlockByHash', [receipt.blockHash, false])) as {
      timestamp: string;
    };
    const { hash, blockHash, gasUsed } = receipt;
    const error = receipt.succeeded ? null : await this.reasonOf(open, receipt.block);
    return { hash, block: receipt.block, blockHash, blockTime: BigInt(block.timestamp), gasUsed, error };
  }

  private async reasonOf({ to, data }: TransactionIntent, block: bigint): Promise<string> {
    try {
      await this.chain.rpc.call('eth_call', [{ from: this.address, to, data }, toQuantity(block)]);
      return 'failed in its block';
    } catch (error) {
      return error instanceof RpcRefused ? explainRevert(error.data) : 'failed; the reason could not be read';
    }
  }

  /** A node may forget a transaction, and a fee may be too low: send again, and later with more. */
  private async keepMoving(open: SentTransaction): Promise<void> {
    const now = this.clock.now();
    const [newest] = await signedVersions(this.database, open.id);
    if (!newest) return;
    if (now.getTime() - newest.signedAt.getTime() > GIVE_UP_MS && (await this.isNonceGone(open))) {
      this.logger.error(
        { id: open.id, nonce: open.nonce },
        'the nonce of a transaction was used by another sender',
      );
      await this.inEpoch(async (tx) => {
        await markFailed(
          tx,
          open.id,
          `nonce ${open.nonce} was used by another holder of the key ${this.address}`,
        );
        await this.tell(tx, open.id, []);
      });
      return;
    }
    if (now.getTime() - newest.signedAt.getTime() > BUMP_MS && !this.chain.isEmbedded) {
      const fees = bumpFees(feesOf(newest.raw), await currentFees(this.chain));
      await this.inEpoch(async (tx) => {
        const { nonce, gasLimit } = open as { nonce: bigint; gasLimit: bigint };
        const signed = await signTransaction(this.signer, {
          chainId: this.chain.facts.chainId,
          nonce: Number(nonce),
          to: open.to,
          data: open.data,
          gasLimit,
          ...fees,
        });
        await keepSigned(tx, open.id, { ...signed, nonce, gasLimit }, now);
      });
    } else if (now.getTime() - (open.sentAt?.getTime() ?? 0) > RESEND_MS) {
      await this.broadcast(open);
    }
  }

  /** The chain counts beyond this nonce, yet no version of ours was mined: somebody else has the key. */
  private async isNonceGone(open: SentTransaction): Promise<boolean> {
    const next = fromQuantity(await this.chain.rpc.call('eth_getTransactionCount', [this.address, 'latest']));
    return open.nonce !== null && next > open.nonce;
  }

  /** Mined ones behind the chain's finality become final; one whose block is gone waits for another. True: some are left. */
  private async finalize(): Promise<boolean> {
    const mined = await minedNotFinal(this.database);
    if (mined.length === 0) return false;
    const finalized = await this.chain.head('finalized');
    let left = false;
    for (const one of mined) {
      const receipt = one.hash ? await this.receiptOf(one.hash) : null;
      if (receipt?.blockHash !== one.blockHash) {
        this.logger.warn(
          { id: one.id, hash: one.hash },
          'a reorganisation took a transaction out of its block',
        );
        await this.inEpoch(async (tx) => {
          await markUnmined(tx, one.id);
          await this.tell(tx, one.id, []);
        });
        left = true;
      } else if (receipt && receipt.block <= finalized.number) {
        await this.inEpoch(async (tx) => {
          await markFinal(tx, one.id);
          await this.tell(tx, one.id, receipt.logs);
        });
      } else {
        left = true;
      }
    }
    return left;
  }

  private async tell(tx: EntityManager, id: string, logs: readonly EventLog[]): Promise<void> {
    const transaction = await findTransaction(tx, id);
    if (transaction) await this.handlers.get(transaction.purpose)?.(tx, transaction, logs);
  }
}
