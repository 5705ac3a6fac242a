import { Injectable } from '@nestjs/common';

/** A head of the log that the contract holds. */
export type AnchoredHead = {
  readonly sequence: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly txHash: string;
  readonly block: bigint;
  /** Time of the block, seconds since 1970. */
  readonly time: bigint;
  readonly gasUsed: bigint | null;
};

@Injectable()
export class AnchorsService {
  /** The newest head on chain, or null before the first. */
  latest(): Promise<AnchoredHead | null> {
    throw new Error('not built yet');
  }

  /** The first head that covers the entry: its time is the entry's *not after*. */
  firstCovering(_index: bigint): Promise<AnchoredHead | null> {
    throw new Error('not built yet');
  }

  /** The last head that does not cover the entry: its time is the entry's *not before*. */
  lastBefore(_index: bigint): Promise<AnchoredHead | null> {
    throw new Error('not built yet');
  }

  /** Heads from this sequence number on, oldest first. */
  list(_fromSequence: bigint, _limit: number): Promise<AnchoredHead[]> {
    throw new Error('not built yet');
  }

  /** Anchor now instead of at the end of the interval (one anchor is in flight at a time). */
  hurry(): void {
    throw new Error('not built yet');
  }
}
