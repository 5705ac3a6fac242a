// When the next anchor is due: by time from the oldest entry that waits, or by their number, whatever comes first.

export type Cadence = {
  /** Longest wait of an entry, seconds; shorter than the delay that the log promises. */
  readonly seconds: number;
  /** Entries that are not left waiting; null: by time alone. */
  readonly entries: number | null;
};

/** The entries that no head on chain covers. */
export type Waiting = { readonly count: bigint; readonly oldestAt: Date };

const EMBEDDED_SECONDS = 1;
const EXTERNAL_SECONDS = 600;

/** From the settings. By default never more than half of what is promised: the transaction takes time too. */
export function cadenceOf(
  settings: { readonly anchorSeconds: number | null; readonly anchorEntries: number | null },
  isEmbedded: boolean,
  maxAnchorDelay: number,
): Cadence {
  const usual = isEmbedded ? EMBEDDED_SECONDS : Math.min(EXTERNAL_SECONDS, Math.floor(maxAnchorDelay / 2));
  return { seconds: settings.anchorSeconds ?? usual, entries: settings.anchorEntries };
}

/** When the waiting entries are to be anchored; null when none wait. */
export function dueAt({ seconds, entries }: Cadence, waiting: Waiting | null): Date | null {
  if (!waiting) return null;
  const isFull = entries !== null && waiting.count >= BigInt(entries);
  return new Date(waiting.oldestAt.getTime() + (isFull ? 0 : 1_000 * seconds));
}

/** Anchors in 30 days if entries come without a pause: the most that time alone asks for. */
export function anchorsPerMonth({ seconds }: Cadence): bigint {
  return BigInt(Math.ceil((30 * 86_400) / Math.max(seconds, 1)));
}
