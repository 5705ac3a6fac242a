// Three times, never mixed: what an entry states, the last head without it, the first head with it. What a stated time may
// be follows from the two others, which are block times and nobody's to choose.
import { formatTime, parseTime } from '#lib/evm';
import { type Entry, isTimelyKind } from '#lib/record';
import { finding, type Report } from './finding.ts';

/** Clocks of issuer and chain may differ by so much; the service refuses entries that are further ahead. */
export const CLOCK_SKEW = 300;

/** An anchored head; times are seconds of the block. */
export type AnchoredHead = {
  readonly sequence: number;
  readonly size: number;
  readonly root: string;
  readonly time: number;
  readonly transaction: string;
};

/** All anchored heads of the log, oldest first. */
export type Anchors = {
  readonly heads: readonly AnchoredHead[];
  /** Seconds within which the owner promised to anchor; of the contract. */
  readonly maxDelay: number;
  /** Seconds; when the log was opened. */
  readonly openedAt: number;
  /** One for each head. */
  readonly bounds: readonly Bounds[];
};

/** What the head says of entries that it holds first, as text in the form of records: `2026-11-25T11:00:00Z`. */
type Bounds = {
  readonly notBefore: string;
  readonly notAfter: string;
  /** The latest and earliest time that such an entry may state. */
  readonly latest: string;
  readonly earliest: string;
  /** When an entry was due that states no later time than `notBefore`. */
  readonly due: string;
};

export function anchorsOf(heads: readonly AnchoredHead[], maxDelay: number, openedAt: number): Anchors {
  const bounds = heads.map(({ time }, at) => {
    const before = heads[at - 1]?.time ?? openedAt;
    return {
      notBefore: timeOf(before),
      notAfter: timeOf(time),
      latest: timeOf(time + CLOCK_SKEW),
      earliest: timeOf(before - maxDelay - CLOCK_SKEW),
      due: timeOf(before + maxDelay + CLOCK_SKEW),
    };
  });
  return { heads, maxDelay, openedAt, bounds };
}

/** An entry that no head holds yet: `[index, stated time, kind]`. */
export type Waiting = readonly [index: number, time: string, kind: string];

/** Position of the first head that holds the entry, or -1. */
export function coveringHead({ heads }: Anchors, index: number): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (heads[middle]!.size > index) high = middle;
    else low = middle + 1;
  }
  return low < heads.length ? low : -1;
}

/** Seconds of the last head that does not hold the entry; 0 where there is none. Till then it was in no log that was shown. */
export function lastWithout(anchors: Anchors, index: number): number {
  const at = coveringHead(anchors, index);
  return anchors.heads[(at < 0 ? anchors.heads.length : at) - 1]?.time ?? 0;
}

/** Judges an entry that a head holds; gives one that none holds yet, to be judged later. */
export function checkTimes(
  entry: Pick<Entry, 'kind' | 'time'>,
  index: number,
  anchors: Anchors,
  report: Report,
): Waiting | null {
  const at = coveringHead(anchors, index);
  if (at < 0) return [index, entry.time, entry.kind];
  const { notBefore, notAfter, latest, earliest, due } = anchors.bounds[at]!;
  const isFresh = isTimelyKind(entry.kind);
  const place = `entry ${index}`;
  if (entry.time > latest) {
    const detail = `anchored at ${notAfter} with size ${anchors.heads[at]!.size}; ${entry.kind}`;
    report(finding('time/outside-anchors', place, `at most ${latest}`, entry.time, detail));
  }
  if (entry.time < earliest) {
    const code = isFresh ? 'time/outside-anchors' : 'time/stated-early';
    const detail = `not in the head of ${notBefore}; ${entry.kind}`;
    report(finding(code, place, `at least ${earliest}`, entry.time, detail));
  }
  if (!isFresh) return null;
  const dueAt = entry.time <= notBefore ? due : dueTime(0, entry.time, anchors.maxDelay);
  if (notAfter > dueAt)
    report(
      finding('anchor/overdue', place, `anchored by ${dueAt}`, notAfter, `${entry.kind} of ${entry.time}`),
    );
  return null;
}

/** Entries that waited: those that a head holds now are judged, those that none holds may be overdue. */
export function settleWaiting(
  waiting: readonly Waiting[],
  anchors: Anchors,
  now: number,
  report: Report,
): Waiting[] {
  const open = waiting.filter(
    ([index, time, kind]) => checkTimes({ kind, time } as Entry, index, anchors, report) !== null,
  );
  const since = anchors.heads.at(-1)?.time ?? anchors.openedAt;
  const late = open.find(
    ([, time, kind]) => isTimelyKind(kind) && timeOf(now) > dueTime(since, time, anchors.maxDelay),
  );
  if (late) {
    const [index, time, kind] = late;
    const due = dueTime(since, time, anchors.maxDelay);
    report(
      finding(
        'anchor/overdue',
        `entry ${index}`,
        `anchored by ${due}`,
        `not anchored at ${timeOf(now)}`,
        `${kind} of ${time}`,
      ),
    );
  }
  return open;
}

/** A signed head that this auditor saw: all its entries were recorded by then, whatever they state. Seconds of its clock. */
export type Seen = { readonly size: number; readonly at: number };

/** Heads that were seen and not anchored in time; gives those that are not anchored yet. */
export function settleSeen(seen: readonly Seen[], anchors: Anchors, now: number, report: Report): Seen[] {
  const open: Seen[] = [];
  for (const { size, at } of seen) {
    const covering = anchors.heads[coveringHead(anchors, size - 1)];
    if (!covering) open.push({ size, at });
    const anchoredAt = covering?.time ?? now;
    const due = at + anchors.maxDelay + CLOCK_SKEW;
    if (anchoredAt > due)
      report(
        finding(
          'anchor/overdue',
          `size ${size}`,
          `anchored by ${timeOf(due)}`,
          covering ? timeOf(anchoredAt) : `not anchored at ${timeOf(now)}`,
          `this auditor saw the signed head of size ${size} at ${timeOf(at)}`,
        ),
      );
  }
  return open;
}

/** The promise counts from the last head without the entry, or from its own time if that is later. */
function dueTime(since: number, stated: string, maxDelay: number): string {
  const from = timeOf(since);
  if (stated <= from) return timeOf(since + maxDelay + CLOCK_SKEW);
  return timeOf(secondsOf(stated) + maxDelay + CLOCK_SKEW);
}

export const timeOf = (seconds: number): string => formatTime(BigInt(Math.max(0, Math.floor(seconds))));

const secondsOf = (time: string): number => Number(parseTime(time));
