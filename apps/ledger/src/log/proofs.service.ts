import { Injectable } from '@nestjs/common';

export type LogHead = {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The signed note, C2SP tlog-checkpoint. */
  readonly checkpoint: string;
};

export type RecordedEntry = {
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly bytes: Uint8Array;
};

/** Reads of the log: entries, proofs, heads. All of it is true for ever but the head. */
@Injectable()
export class ProofsService {
  /** The newest published head. */
  head(): Promise<LogHead> {
    throw new Error('not built yet');
  }

  /** Sibling hashes, leaf to root. Needs index < size ≤ size of the head. */
  inclusion(_index: bigint, _size: bigint): Promise<Uint8Array[]> {
    throw new Error('not built yet');
  }

  /** Needs 0 < from ≤ to ≤ size of the head. */
  consistency(_from: bigint, _to: bigint): Promise<Uint8Array[]> {
    throw new Error('not built yet');
  }

  entry(_index: bigint): Promise<RecordedEntry | null> {
    throw new Error('not built yet');
  }

  entryByLeaf(_leafHash: Uint8Array): Promise<RecordedEntry | null> {
    throw new Error('not built yet');
  }

  /** All entries about these contents (`sha256:…`), in log order. */
  entriesByContent(_contents: readonly string[]): Promise<RecordedEntry[]> {
    throw new Error('not built yet');
  }
}
