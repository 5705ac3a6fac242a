// What was read from the chain, or why it was not. Values of the contracts as they stand; what they mean is each check's.
import { formatTime } from '#lib/evm';
import type { Detail } from './verdict.ts';

export const LAST_TIME = 253_402_300_799n; // 9999-12-31T23:59:59Z

export type Block = { readonly number: bigint; readonly hash: string; readonly time: bigint };

export type ChainHead = {
  readonly sequence: bigint;
  readonly time: bigint;
  readonly block: bigint;
  readonly previousSize: bigint;
  /** 0 when it is the first. */
  readonly previousTime: bigint;
};

export type Flag = {
  readonly status: bigint;
  readonly reason: bigint;
  readonly time: bigint;
  readonly detail: string;
};

export type Token = {
  readonly issuer: string;
  readonly content: string;
  readonly release: bigint;
  readonly mintedAt: bigint;
  readonly supersededBy: bigint;
  readonly opinionId: string;
  readonly body: string;
  readonly registrar: string;
  readonly registrationIndex: bigint;
  readonly logId: string;
};

export type Registration = {
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly scope: string;
  readonly snapshot: string;
  readonly registeredAt: bigint;
  /** 0: never withdrawn. */
  readonly withdrawnFrom: bigint;
};

export type ChainState = {
  readonly kind: 'read';
  readonly block: Block;
  readonly endpoints: readonly string[];
  readonly log: { readonly maxDelay: bigint; readonly openedAt: bigint };
  readonly latest: {
    readonly sequence: bigint;
    readonly size: bigint;
    readonly root: string;
    readonly time: bigint;
  };
  /** In the order asked for; null: the log never had this head. */
  readonly heads: readonly (ChainHead | null)[];
  readonly domainSalt: string;
  /** Null: there is no such passport. */
  readonly token: Token | null;
  readonly flags: {
    readonly issuer: Flag;
    readonly body: Flag;
    readonly registrar: Flag;
    readonly authorities: readonly Flag[];
  };
  /** Of the token's opinion, as asked for; null when nothing was asked. */
  readonly opinion: null | {
    readonly accepted: string;
    readonly registration: Registration | null;
    readonly revokedAt: bigint;
  };
};
/** `code` is one of `chain/…`, `root/mismatch`, `root/missing`. */
export type ChainSilence = { readonly kind: 'silent'; readonly code: string; readonly detail: Detail };
export type ChainReading = ChainState | ChainSilence;

export type ChainQuestion = {
  readonly heads: readonly { readonly size: bigint; readonly root: Uint8Array }[];
  readonly tokenId: bigint;
  readonly opinion: null | {
    readonly opinionId: string;
    readonly body: string;
    readonly registrar: string;
    readonly index: bigint;
  };
};

export const silence = (code: string, detail: Detail = {}): ChainSilence => ({
  kind: 'silent',
  code,
  detail,
});

/** Thrown while reading the chain for an answer that cannot be read; its message is what was asked. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** `–` for what is no time that records can hold. */
export function timeText(seconds: bigint): string {
  return seconds >= 0n && seconds <= LAST_TIME ? formatTime(seconds) : '–';
}
