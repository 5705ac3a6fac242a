// What an entry must be before it may stand in the log for ever. This is the last door, for entries of our own rooms and
// for those from outside: what it lets pass cannot be taken back later.
import { toHex } from '#lib/canonical';
import { type Entry, isTimelyKind, MAX_ENTRY_BYTES, parseEntry } from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import { RefusalError } from '../http/refusal.ts';

/** Auditors allow 5 minutes between an entry and the block of its anchor, whose clock may be behind ours. */
const MAX_AHEAD_MS = 4 * 60_000;
const MAX_AGE_MS = 5 * 60_000;

export type CheckedEntry = {
  readonly bytes: Uint8Array;
  readonly entry: Entry;
  readonly leafHash: Uint8Array;
  /** Hex: key of maps. */
  readonly leaf: string;
};

function refused(code: string, detail: string, remedy: string, status = 400): RefusalError {
  return new RefusalError({ status, code, detail, remedy });
}

/** All that can be told from the entries of one append alone. @throws RefusalError, RecordError */
export function checkEntries(entries: readonly Uint8Array[], now: Date): CheckedEntry[] {
  const checked = entries.map((bytes) => checkEntry(bytes, now));
  const leaves = new Set<string>();
  for (const { leaf } of checked) {
    if (leaves.has(leaf)) throw duplicate(leaf);
    leaves.add(leaf);
  }
  return checked;
}

/** What can be told from one entry alone. `known`: its leaf hash, when it was computed among many. @throws RefusalError, RecordError */
export function checkEntry(bytes: Uint8Array, now: Date, known?: Uint8Array): CheckedEntry {
  if (bytes.length > MAX_ENTRY_BYTES)
    throw refused(
      'log/entry-too-long',
      `an entry has at most ${MAX_ENTRY_BYTES} bytes, got ${bytes.length}`,
      'move content into its document',
      413,
    );
  // refuses bytes that are not canonical, kinds that are not known, and kinds of authority without a signature
  const entry = parseEntry(bytes);
  const ahead = Date.parse(entry.time) - now.getTime();
  if (!(ahead <= MAX_AHEAD_MS))
    throw refused(
      'log/time-in-future',
      `the entry states ${entry.time}, ${Math.round(ahead / 1000)} s from now`,
      'set the clock right',
    );
  const hash = known ?? leafHash(bytes);
  return { bytes, entry, leafHash: hash, leaf: toHex(hash) };
}

/**
 * Who may act, and what counts from when, is recorded when it is stated: auditors hold the log to that, so an entry of
 * somebody else that comes late would stand against us for ever. Null: none is too late.
 */
export function tooLate(entries: readonly CheckedEntry[], now: Date): RefusalError | null {
  const age = ({ entry }: CheckedEntry) => now.getTime() - Date.parse(entry.time);
  const late = entries.find((each) => isTimelyKind(each.entry.kind) && age(each) > MAX_AGE_MS);
  if (!late) return null;
  const { kind, time } = late.entry;
  return refused(
    'log/time-in-past',
    `the entry of kind ${kind} states ${time}, ${Math.round(age(late) / 1000)} s ago`,
    'state the present time, sign again and send at once',
  );
}

export function duplicate(leaf: string): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'log/duplicate-entry',
    detail: `the entry with leaf hash ${leaf} is in the log already`,
    remedy: 'nothing is to be done: it is recorded',
  });
}

export function dangling(rel: string, target: string): RefusalError {
  return refused(
    'log/dangling-reference',
    `the reference "${rel}" leads to ${target}, which is not recorded`,
    'record what is referred to first',
  );
}
