// When the sender does what. Every waiting time of the sender stands here, with its reason.

/** Milliseconds, unless the name says otherwise. */
export const SCHEDULE = {
  /** Between two looks while a transaction is under way: well below the shortest block times in use (2 s). */
  poll: 500,
  /** Between two looks while blocks only have to become final, on a chain of others: about a block of Ethereum. */
  finalityPoll: 6_000,
  /** Between two looks while there is nothing to do; whoever enqueues wakes the sender anyway. */
  idle: 2_000,
  /** Longest wait after failures in a row, which double it. */
  longestPause: 10_000,
  /** The same bytes again: nodes forget transactions. Two blocks of Ethereum, so that a mined one is not sent again. */
  resend: 25_000,
  /** A higher fee: after ten blocks of Ethereum the old one is too low, not unlucky. */
  bump: 120_000,
  /**
   * Bumps before the call gives its nonce up and a self-send takes it. Ten minutes, and 1.8 times the first fee: what is
   * not taken then is stuck for another reason, and everything behind it waits.
   */
  bumpsBeforeNoop: 5,
  /** A nonce that is missing on chain below an open one is looked for after this time: nodes may lag a little. */
  gap: 90_000,
  /** Between two comparisons of endpoints while nothing is under way. */
  compare: 60_000,
} as const;

/** The gas of a transaction that does nothing: from the account to itself. */
export const NOOP_GAS = 21_000n;

/** What a transaction that is not mined yet needs next. */
export type Move = 'wait' | 'resend' | 'bump' | 'noop';

export type OpenFacts = {
  readonly now: Date;
  /** All versions signed for its nonce, newest first; at least one. */
  readonly versions: readonly { readonly kind: 'call' | 'noop'; readonly signedAt: Date }[];
  readonly sentAt: Date | null;
  /** Is there a fee to raise? The embedded chain asks for none. */
  readonly hasFees: boolean;
};

export function nextMove({ now, versions, sentAt, hasFees }: OpenFacts): Move {
  const [newest] = versions;
  if (!newest) throw new Error('a transaction that was sent has a signed version');
  const since = (time: Date | null) => now.getTime() - (time?.getTime() ?? 0);
  if (hasFees && since(newest.signedAt) > SCHEDULE.bump) {
    const calls = versions.filter(({ kind }) => kind === 'call').length;
    // once a self-send was signed, only that is raised: the call must not come back on top of it
    return newest.kind === 'noop' || calls > SCHEDULE.bumpsBeforeNoop ? 'noop' : 'bump';
  }
  return since(sentAt) > SCHEDULE.resend ? 'resend' : 'wait';
}
