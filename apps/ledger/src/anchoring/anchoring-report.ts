import { Injectable } from '@nestjs/common';
import { formatEther } from 'ethers';
import { ChainService } from '../chain/chain.service.ts';
import { Clock, formatTime } from '../clock.ts';
import { Config } from '../config.ts';
import { Installation } from '../installation/installation.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { AnchorLoop } from './anchor-loop.ts';
import { AnchorsService } from './anchors.service.ts';
import { BalanceService } from './balance.service.ts';
import { ChainWatch } from './chain-watch.ts';
import { SenderService } from './sender.service.ts';
import type { SentTransaction } from './transactions.ts';

/**
 * How far a transaction has come. `included`: in a block. `confirmed`: with the configured number of blocks, its own
 * counted. `finalized`: the chain does not take it back. `failed` and `replaced` once they are in a block may still change.
 */
export type Stage =
  | 'waiting'
  | 'signed'
  | 'sent'
  | 'included'
  | 'confirmed'
  | 'finalized'
  | 'failed'
  | 'replaced';

export type TransactionView = {
  readonly uuid: string;
  readonly purpose: string;
  readonly subject: string | null;
  readonly stage: Stage;
  /** May a reorganisation still change it? */
  readonly isFinal: boolean;
  readonly nonce: string | null;
  readonly txHash: string | null;
  readonly block: string | null;
  readonly confirmations: string | null;
  readonly gasUsed: string | null;
  readonly paid: string | null;
  readonly error: string | null;
  readonly createdAt: string;
};

/** Pure: `head` is the number of the newest block, null when the chain does not answer. */
export function viewOf(sent: SentTransaction, head: bigint | null, depth: number): TransactionView {
  const isIn = sent.block !== null && head !== null && head >= sent.block;
  const confirmations = isIn ? head - (sent.block as bigint) + 1n : null;
  return {
    uuid: sent.id,
    purpose: sent.purpose,
    subject: sent.subject,
    stage: stageOf(sent, confirmations, depth),
    isFinal: sent.finalAt !== null,
    nonce: text(sent.nonce),
    txHash: sent.hash,
    block: text(sent.block),
    confirmations: text(confirmations),
    gasUsed: text(sent.gasUsed),
    paid: sent.paid === null ? null : formatEther(sent.paid),
    error: sent.error,
    createdAt: formatTime(sent.createdAt),
  };
}

function stageOf({ state }: SentTransaction, confirmations: bigint | null, depth: number): Stage {
  switch (state) {
    case 'intent':
      return 'waiting';
    case 'broadcast':
      return 'sent';
    case 'mined':
      return confirmations !== null && confirmations >= BigInt(depth) ? 'confirmed' : 'included';
    case 'final':
      return 'finalized';
    default:
      return state;
  }
}

const text = (value: bigint | null): string | null => (value === null ? null : String(value));
const LISTED = 200;

/** What the operator looks at: promises, plans, costs, money, endpoints, transactions. */
@Injectable()
export class AnchoringReport {
  constructor(
    private readonly chain: ChainService,
    private readonly proofs: ProofsService,
    private readonly anchors: AnchorsService,
    private readonly loop: AnchorLoop,
    private readonly sender: SenderService,
    private readonly watch: ChainWatch,
    private readonly money: BalanceService,
    private readonly installation: Installation,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async transactions(): Promise<TransactionView[]> {
    const head = await this.head();
    return (await this.sender.list(LISTED)).map((sent) => viewOf(sent, head, this.config.confirmations));
  }

  private async transactionWith(hash: string): Promise<TransactionView | null> {
    const sent = await this.sender.findByHash(hash);
    return sent && viewOf(sent, await this.head(), this.config.confirmations);
  }

  async report() {
    const [head, last, waiting] = await Promise.all([
      this.proofs.head(),
      this.anchors.latest(),
      this.loop.waiting(),
    ]);
    const promised = waiting && this.promisedBy(waiting.oldestAt);
    const next = await this.loop.nextAt();
    const { seconds, entries } = this.loop.cadence;
    const sent = last && (await this.transactionWith(last.txHash));
    const trouble = this.sender.trouble;
    return {
      log: {
        id: this.chain.facts.logId,
        size: text(head?.size ?? 0n),
        anchoredSize: text(last?.size ?? 0n),
        pendingEntries: text(waiting?.count ?? 0n),
        pendingSince: waiting && formatTime(waiting.oldestAt),
        /** The latest time at which the contract promises an anchor for what is pending. */
        promisedBy: promised && formatTime(promised),
        isOverdue: promised !== null && promised < this.clock.now(),
        maxDelaySeconds: this.installation.maxAnchorDelay,
      },
      cadence: { seconds, entries, nextPlanned: next && formatTime(next) },
      last: last && {
        sequence: text(last.sequence),
        size: text(last.size),
        time: formatTime(new Date(1_000 * Number(last.time))),
        txHash: last.txHash,
        block: text(last.block),
        gasUsed: text(last.gasUsed),
        stage: sent?.stage ?? null,
        confirmations: sent?.confirmations ?? null,
      },
      costs: await this.costs(),
      balance: await this.balance(),
      trouble: trouble && { ...trouble, since: formatTime(trouble.since) },
      openTransactions: await this.sender.backlog(),
      endpoints: this.watch.endpoints.map(({ host, isReachable, head: seen, finalized, lag }) => ({
        host,
        isReachable,
        head: text(seen),
        finalized: text(finalized),
        lag: text(lag),
      })),
    };
  }

  private promisedBy(oldestAt: Date): Date {
    return new Date(oldestAt.getTime() + 1_000 * this.installation.maxAnchorDelay);
  }

  /** Null when the chain does not answer: the rest of the report is of use all the same. */
  private async costs() {
    const { maxFeeGwei } = this.config;
    const costs = await this.money.costs().catch(() => null);
    return costs && { ...costs, feeCeilingGwei: maxFeeGwei };
  }

  private async balance() {
    const balance = await this.money.balance().catch(() => null);
    if (!balance) return null;
    const { state, address, wei, threshold, days } = balance;
    return { state, address, amount: formatEther(wei), alarmBelow: formatEther(threshold), days };
  }

  private async head(): Promise<bigint | null> {
    return this.chain.head().then(
      ({ number }) => number,
      () => null,
    );
  }
}
