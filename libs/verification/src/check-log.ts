// log: is it in the log whose head the chain holds, and since when at the latest?
// Every entry of the bundle is in the first head that covers it, that head is the chain's own, the bundle's heads and its
// checkpoint extend each other, and the log's key signed the checkpoint. Offline the head is the one the reader pinned.
import { equalBytes, fromHex, toHex } from '#lib/canonical';
import { parseTime } from '#lib/evm';
import { checkConsistency, checkInclusion, LogError, openCheckpoint } from '#lib/transparency-log';
import type { BundleHead } from './bundle.ts';
import { type ChainReading, type ChainState, timeText } from './chain-state.ts';
import { leafText, type OpenEntry, type Opened } from './opened.ts';
import type { PinnedHead, Root } from './root.ts';
import { type Evidence, invalid, unknown, type Verdict, valid } from './verdict.ts';

/** Never mixed: what the issuer wrote, and the two anchors around it. RFC 3339, or null where there is none to tell. */
export type Times = {
  readonly stated: string | null;
  /** Block time of the last head without the record. */
  readonly notBefore: string | null;
  /** Block time of the first head with it: "since". */
  readonly notAfter: string | null;
};

export type LogFinding = {
  readonly verdict: Verdict;
  readonly times: Times;
  /** Seconds; what keys, registrations and opinions are judged at. Null while nothing is anchored. */
  readonly notAfter: bigint | null;
  /** Offline, under a head that the reader pinned and that leads to all of this. */
  readonly pinned: PinnedHead | null;
};

type Tree = { readonly size: bigint; readonly root: Uint8Array };

export function checkLog(
  opened: Opened,
  root: Root | null,
  chain: ChainReading,
  pinned: readonly PinnedHead[],
  now: bigint,
): LogFinding {
  const { bundle, entries, credentialEntry } = opened;
  const stated = credentialEntry?.entry.time ?? null;
  const silent = { stated, notBefore: null, notAfter: null };
  const finding = (verdict: Verdict, times: Times = silent, notAfter: bigint | null = null): LogFinding => ({
    verdict,
    times,
    notAfter,
    pinned: null,
  });
  if (!root) return finding(unknown('root/missing'));
  if (chain.kind === 'silent' && chain.code === 'root/mismatch')
    return finding(unknown(chain.code, chain.detail));

  let checkpoint: Tree;
  try {
    checkpoint = openCheckpoint(bundle.checkpoint, root.log.key);
  } catch (error) {
    if (error instanceof LogError) return finding(invalid('log/checkpoint-refused'));
    throw error;
  }
  const trees: readonly Tree[] = [...bundle.heads, checkpoint];
  const broken = checkLine(opened, trees) ?? checkMembership(entries, bundle.heads, checkpoint);
  if (broken) return finding(broken);
  if (chain.kind === 'read') return checkAnchors(opened, root, chain, checkpoint, stated, now);
  if (chain.code !== 'chain/offline') return finding(unknown(chain.code, chain.detail));
  return checkPinned(opened, trees, pinned, silent);
}

/** Heads and checkpoint are one growing log: each extends the one before, proved by the bundle's own proofs, all used. */
function checkLine({ bundle }: Opened, trees: readonly Tree[]): Verdict | null {
  let used = 0;
  for (let at = 1; at < trees.length; at++) {
    const [before, after] = [trees[at - 1]!, trees[at]!];
    const sizes = { from: String(before.size), to: String(after.size) };
    if (before.size === after.size) {
      if (!equalBytes(before.root, after.root)) return invalid('log/fork', { size: sizes.to });
      continue;
    }
    const given = bundle.consistency[used++];
    const holds =
      given?.from === before.size &&
      given.to === after.size &&
      checkConsistency({
        size1: before.size,
        root1: before.root,
        size2: after.size,
        root2: after.root,
        proof: given.proof,
      });
    if (!holds) return invalid('log/inconsistent', sizes);
  }
  return used === bundle.consistency.length ? null : invalid('log/inconsistent', { from: '–', to: '–' });
}

/** Each entry is in the tree it says it is in; the root of that tree is compared with the chain's or the pinned one later. */
function checkMembership(
  entries: readonly OpenEntry[],
  heads: readonly BundleHead[],
  checkpoint: Tree,
): Verdict | null {
  for (const { index, head, proof, leafHash } of entries) {
    const tree = head === null ? checkpoint : heads[head]!;
    if (!checkInclusion({ leafHash, index, size: tree.size, root: tree.root, proof }))
      return invalid('log/not-included', { index: String(index) });
  }
  return null;
}

function checkAnchors(
  opened: Opened,
  root: Root,
  chain: ChainState,
  checkpoint: Tree,
  stated: string | null,
  now: bigint,
): LogFinding {
  const { bundle, entries } = opened;
  const { latest } = chain;
  const none = { stated, notBefore: latest.size > 0n ? timeText(latest.time) : null, notAfter: null };
  const finding = (verdict: Verdict, times: Times = none, notAfter: bigint | null = null): LogFinding => ({
    verdict,
    times,
    notAfter,
    pinned: null,
  });
  const forked = checkAgainstSeen(root, chain, checkpoint);
  if (forked) return finding(forked);
  for (const [at, head] of bundle.heads.entries()) {
    const held = chain.heads[at] ?? null;
    // anchored, but not yet in the final block that we read: nothing to hold against the record
    if (!held && head.size > latest.size) continue;
    const same =
      held && held.sequence === head.sequence && held.time === head.time && held.block === head.block;
    if (!same) return finding(invalid('log/head-differs', { size: String(head.size) }));
  }
  const open: OpenEntry[] = [];
  for (const entry of entries) {
    const held = entry.head === null ? null : (chain.heads[entry.head] ?? null);
    if (held && held.previousSize > entry.index)
      return finding(invalid('log/not-first-head', { index: String(entry.index) }));
    if (!held && entry.index < latest.size) return finding(unknown('log/bundle-outdated'));
    if (!held) open.push(entry);
  }
  if (open.length > 0) return finding(pending(opened, open, chain, now));

  const last = entries[entries.length - 1];
  const held = last?.head == null ? null : (chain.heads[last.head] ?? null);
  if (!last || !held) return finding(unknown('log/bundle-outdated'));
  const times = {
    stated,
    notBefore: held.previousTime > 0n ? timeText(held.previousTime) : null,
    notAfter: timeText(held.time),
  };
  const block = String(held.block);
  const evidence: Evidence[] = [
    { what: 'head', value: `${bundle.heads[last.head!]!.size} ${toHex(bundle.heads[last.head!]!.root)}` },
    { what: 'block', value: block },
    { what: 'entry', value: `${last.index} ${leafText(last)}` },
    { what: 'entries', value: String(entries.length) },
  ];
  const verdict = valid(
    'log/anchored',
    { notAfter: times.notAfter, block, size: String(bundle.heads[last.head!]!.size) },
    evidence,
  );
  return finding(verdict, times, held.time);
}

/** What the reader saw before, what the chain holds and what the log signed now must be one log. */
function checkAgainstSeen({ head }: Root, { latest, heads }: ChainState, checkpoint: Tree): Verdict | null {
  const differs = (a: Tree, b: Tree) => a.size === b.size && !equalBytes(a.root, b.root);
  const newest = { size: latest.size, root: fromHex(latest.root) };
  if (differs(newest, checkpoint)) return invalid('log/fork', { size: String(latest.size) });
  if (!head) return null;
  if (differs(head, checkpoint) || differs(head, newest))
    return invalid('log/fork', { size: String(head.size) });
  if (head.size > latest.size) return unknown('chain/stale', { time: head.time ?? '–' });
  // asked for behind the bundle's own heads
  return heads[heads.length - 1] === null ? invalid('log/fork', { size: String(head.size) }) : null;
}

/** Recorded and provably in the signed checkpoint, which extends the newest head on chain; only the anchor is to come. */
function pending({ bundle }: Opened, open: readonly OpenEntry[], chain: ChainState, now: bigint): Verdict {
  const { latest, log } = chain;
  const connected =
    latest.size === 0n ||
    bundle.heads.some(({ size, root }) => size === latest.size && toHex(root) === latest.root);
  if (!connected) return unknown('log/bundle-outdated');
  // an entry came after the last anchor and before now, whatever its issuer wrote
  const since = latest.size > 0n ? latest.time : log.openedAt;
  const [came = 0n] = open.map(({ entry }) => parseTime(entry.time)).sort((a, b) => (a < b ? -1 : 1));
  const earliest = came < since ? since : came > now ? now : came;
  const latestPromised = earliest + log.maxDelay;
  const due = timeText(latestPromised);
  const code = now > latestPromised ? 'log/anchor-overdue' : 'log/pending';
  return unknown(code, { due }, [{ what: 'due', value: due }]);
}

/** Offline: the reader's own head takes the chain's place. It must be one of the bundle's trees, which form one line. */
function checkPinned(
  opened: Opened,
  trees: readonly Tree[],
  pinned: readonly PinnedHead[],
  silent: Times,
): LogFinding {
  const finding = (verdict: Verdict, times: Times = silent, head: PinnedHead | null = null): LogFinding => ({
    verdict,
    times,
    notAfter: head?.time ? parseTime(head.time) : null,
    pinned: head,
  });
  const newestFirst = [...pinned].sort((a, b) => (a.size > b.size ? -1 : 1));
  const [newest] = newestFirst;
  if (!newest) return finding(unknown('log/no-pinned-head'));
  for (const head of newestFirst) {
    const tree = trees.find(({ size }) => size === head.size);
    if (!tree) continue;
    const size = String(head.size);
    if (!equalBytes(tree.root, head.root)) return finding(invalid('log/fork', { size }));
    const beyond = opened.entries.find(({ index }) => index >= head.size);
    if (beyond) return finding(unknown('log/beyond-pinned-head', { size, index: String(beyond.index) }));
    const times = { ...silent, notAfter: head.time };
    return finding(
      valid('log/pinned-head', { size }, [{ what: 'head', value: `${size} ${toHex(head.root)}` }]),
      times,
      head,
    );
  }
  return finding(unknown('log/unconnected-head', { size: String(newest.size) }));
}
