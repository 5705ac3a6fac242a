import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** `failed`: the chain refused it (estimate or receipt); nothing of it will happen any more. */
export type TransactionState = 'intent' | 'signed' | 'broadcast' | 'mined' | 'final' | 'failed';

export type TransactionIntent = {
  /** What it is for: `anchor`, `mint`, …; decides which handler hears of it. */
  readonly purpose: string;
  /** uuid of the row it is about. */
  readonly subject: string | null;
  /** One of our contracts, 0x address. */
  readonly to: string;
  /** Calldata, 0x hex. */
  readonly data: string;
};

export type SentTransaction = TransactionIntent & {
  readonly id: string;
  readonly state: TransactionState;
  readonly hash: string | null;
  readonly block: bigint | null;
  readonly blockTime: bigint | null;
  readonly gasUsed: bigint | null;
  /** Why it failed, in the contract's words. */
  readonly error: string | null;
};

/** Called inside the transaction that writes the new state: `mined`, `final` or `failed`. Called again after a reorg. */
export type TransactionHandler = (tx: EntityManager, transaction: SentTransaction) => Promise<void>;

/** The one sender of the service's own key. */
@Injectable()
export class SenderService {
  /** Writes the intent as a row of the caller's transaction and gives its id; sent once that has committed. */
  enqueue(_tx: EntityManager, _intent: TransactionIntent): Promise<string> {
    throw new Error('not built yet');
  }

  /** Registers the one handler of a purpose; at module start. */
  on(_purpose: string, _handler: TransactionHandler): void {
    throw new Error('not built yet');
  }

  find(_id: string): Promise<SentTransaction | null> {
    throw new Error('not built yet');
  }

  /** The newest transaction about this row. */
  latestAbout(_subject: string): Promise<SentTransaction | null> {
    throw new Error('not built yet');
  }
}
