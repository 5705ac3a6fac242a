import type { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ChainService } from '../chain/chain.service.ts';
import type { EventLog } from '../chain/contracts.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { ChainWatch } from './chain-watch.ts';
import type { ChainSigner } from './signer.ts';

/** What the sender's steps work with. */
export type SenderContext = {
  readonly database: DataSource;
  readonly chain: ChainService;
  readonly watch: ChainWatch;
  readonly signer: ChainSigner;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Wei a gas; null: no ceiling. */
  readonly ceiling: bigint | null;
  /** Looks in a row that found a nonce used and no receipt of ours, by transaction id. */
  readonly missed: Map<string, number>;
  /** A transaction that only the present writer can commit. */
  inEpoch<T>(run: (tx: EntityManager) => Promise<T>): Promise<T>;
  /** Tells the handler of its purpose what the row says now. */
  tell(tx: EntityManager, id: string, logs: readonly EventLog[]): Promise<void>;
};
