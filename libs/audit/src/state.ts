// What an auditor keeps between two runs: where it stands in the log and on the chain, and the facts that later entries and
// events are compared with. One JSON value, and one block of bytes for the hashes that were seen.
import { isJsonObject, type JsonObject, type JsonValue, sha256, toHex } from '#lib/canonical';
import type { ChainEvent } from './chain-events.ts';
import { EntryAudit } from './entry-audit.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { HashSet } from './hash-set.ts';
import { KeyBook } from './key-book.ts';
import type { Seen } from './times.ts';
import { TreeReplay } from './tree-replay.ts';

export const STATE_FORMAT = 'anchorleaf-audit-state/v2';

/** The log and chain that a state belongs to; a state of another is refused. */
export type AuditIdentity = { readonly logId: string; readonly origin: string; readonly genesis: string };

export type AuditState = {
  readonly identity: AuditIdentity;
  /** Entries before this place were never looked at (`--from`). */
  readonly from: number;
  readonly tree: TreeReplay;
  readonly entries: EntryAudit;
  /** The newest signed note that was seen, complete: evidence, should another be shown. Empty before the first. */
  readonly note: string;
  readonly seen: readonly Seen[];
  /** Documents that were withheld so far: what was not looked at then has not been looked at since. */
  readonly open: readonly Finding[];
  /** Events up to this final block. */
  readonly chain: {
    readonly block: number;
    readonly hash: string;
    readonly events: readonly ChainEvent[];
  } | null;
};

export function newState(identity: AuditIdentity, tree = new TreeReplay()): AuditState {
  const from = tree.size;
  return {
    identity,
    from,
    tree,
    entries: new EntryAudit(undefined, from),
    note: '',
    seen: [],
    open: [],
    chain: null,
  };
}

/** The members of a state as they stand in the file. */
type Kept = {
  identity: AuditIdentity;
  from: number;
  tree: ReturnType<TreeReplay['encode']>;
  note: string;
  seen: Seen[];
  open: Finding[];
  keyHistory: string;
  keys: ReturnType<KeyBook['encode']>;
  facts: {
    registrations: [string, never][];
    credentials: [string, never][];
    opinions: Facts['opinions'];
    statuses: Facts['statuses'];
    unread: string[];
    files: [string, string][];
  };
  uncovered: [string, never][];
  waiting: EntryAudit['waiting'];
  counts: [string, number][];
  openRefs: [string, never][];
  chain: AuditState['chain'];
  hashes: { leaves: number; sha256: string };
};

/** `hashes` is stored apart, and named by its SHA-256 in the state. */
export function encodeState(state: AuditState): { readonly state: JsonObject; readonly hashes: Uint8Array } {
  const { entries, tree, identity, from, note, seen, open, chain } = state;
  const leaves = entries.seen.leaves.encode();
  const contents = entries.seen.contents.encode();
  const hashes = new Uint8Array(leaves.length + contents.length);
  hashes.set(leaves);
  hashes.set(contents, leaves.length);
  const { registrations, credentials, opinions, statuses, unread, files } = entries.facts;
  const value = {
    format: STATE_FORMAT,
    identity,
    from,
    tree: tree.encode(),
    note,
    seen,
    open,
    keyHistory: entries.keys.digest(),
    keys: entries.keys.encode(),
    facts: {
      registrations: [...registrations],
      credentials: [...credentials],
      opinions,
      statuses,
      unread: [...unread],
      files: [...files],
    },
    uncovered: [...entries.uncovered],
    waiting: entries.waiting,
    counts: [...entries.counts],
    openRefs: [...entries.openRefs],
    chain,
    hashes: { leaves: leaves.length, sha256: toHex(sha256(hashes)) },
  };
  return { state: value as unknown as JsonObject, hashes };
}

/** @throws Error with one sentence when this is no state, of another log, or its hashes are not the ones it names */
export function decodeState(value: JsonValue, hashes: Uint8Array, identity: AuditIdentity): AuditState {
  if (!isJsonObject(value) || value.format !== STATE_FORMAT) throw new Error(`this is no ${STATE_FORMAT}`);
  // written by ourselves and never by the log under audit
  const kept = value as unknown as Kept;
  for (const name of ['logId', 'origin', 'genesis'] as const)
    if (kept.identity[name] !== identity[name])
      throw new Error(
        `the state is of a log with ${name} ${kept.identity[name]}, the root says ${identity[name]}`,
      );
  if (toHex(sha256(hashes)) !== kept.hashes.sha256)
    throw new Error('the hashes beside the state are not its own');
  const { registrations, credentials, opinions, statuses, unread, files } = kept.facts;
  const keys = KeyBook.decode(kept.keys);
  if (keys.digest() !== kept.keyHistory)
    throw new Error('the key history of the state is not the one it names');
  const facts: Facts = {
    registrations: new Map(registrations),
    credentials: new Map(credentials),
    opinions,
    statuses,
    unread: new Set(unread),
    files: new Map(files),
  };
  const seen = {
    leaves: HashSet.decode(hashes.subarray(0, kept.hashes.leaves)),
    contents: HashSet.decode(hashes.subarray(kept.hashes.leaves)),
  };
  const { from, note, open, chain } = kept;
  const entries = new EntryAudit(
    {
      keys,
      facts,
      seen,
      uncovered: new Map(kept.uncovered),
      waiting: kept.waiting,
      counts: new Map(kept.counts),
      openRefs: new Map(kept.openRefs),
    },
    from,
  );
  return { identity, from, tree: TreeReplay.decode(kept.tree), entries, note, seen: kept.seen, open, chain };
}
