// One group commit. The order of writes, and what holds if the process dies between two of them:
//   1 read what the checks need            nothing is written
//   2 begin; rows of each append           only where an append has rows of its own. Nothing is visible; the database
//                                          rolls back by itself
//   3 the tree, and its root once more     as 2; two roots that differ stop the log before anything is signed
//   4 sign the checkpoint, keep it private as 2; the signature is lost with the process
//   5 entries, nodes, head (swap), note    one statement, so all of it or nothing. Without 2 it is the commit, too
//   6 commit                               all of it is there or none; an unknown outcome leads through start-up
//   7 answer, wake the anchor loop         durable; a caller that heard nothing sends the same bytes again
import type { EntityManager } from 'typeorm';
import { equalBytes, fromHex, toHex } from '#lib/canonical';
import { type Frontier, type Growth, growLog } from '#lib/transparency-log';
import { binaryArray } from './binary-array.ts';
import type { CheckpointSigner } from './checkpoint-signer.ts';
import { type CheckedEntry, dangling, duplicate, tooLate } from './entry-checks.ts';
import { readHead, writeBatch } from './log-store.ts';
import { rootAgain } from './second-tree.ts';
import type { WriterConnection } from './writer-connection.ts';

export type Sequenced = { readonly index: bigint; readonly leafHash: Uint8Array };
/** `isNew` is false for an entry that was in the log before. */
export type Placed = Sequenced & { readonly isNew: boolean };
/** The head that an append came under, with proofs for its entries. */
export type Batch = Pick<Growth, 'root' | 'inclusion'> & {
  readonly size: bigint;
  readonly checkpoint: string;
};
/** `batch` is null when nothing was new. */
export type Appended = { readonly at: readonly Placed[]; readonly batch: Batch | null };
export type Save = (tx: EntityManager, at: readonly Sequenced[]) => Promise<void>;

export type Append = {
  readonly entries: readonly CheckedEntry[];
  readonly save: Save | undefined;
  /**
   * What to do about an entry that is in the log already: refuse the append, or answer where the entry stands. The latter
   * is for entries from outside; those that are new there must not be stated long ago.
   */
  readonly repeats: 'refuse' | 'answer';
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
};

export type Head = { readonly frontier: Frontier; readonly root: Uint8Array; readonly time: Date };

/**
 * `fork`: there is another head than ours, or our two computations differ. `fenced`: the lease has gone to another
 * process. `unknown-commit`: start-up will tell.
 */
export type FaultKind = 'fork' | 'fenced' | 'unknown-commit';

/** The log cannot go on in this process as it is: what it knows of the head may be wrong. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  readonly kind: FaultKind;
  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export type BatchSettings = {
  readonly writer: WriterConnection;
  readonly signer: CheckpointSigner;
  readonly epoch: bigint;
  readonly now: () => Date;
};

/** Which leaves stand where, which contents are recorded, which documents are kept: of those that a batch names. */
type Recorded = {
  readonly leaves: Map<string, bigint>;
  readonly contents: Set<string>;
  /** Kept here, with or without an entry: a passport's document has none of its own. */
  readonly documents: Set<string>;
};
type Accepted = { readonly append: Append; readonly at: readonly Placed[] };

/**
 * Records what can be recorded of these appends and settles each of them; gives the new head.
 * @throws LogFault; any other error: nothing was written
 */
export async function commitBatch(
  settings: BatchSettings,
  head: Head,
  appends: readonly Append[],
): Promise<Head> {
  const { writer } = settings;
  const recorded = await readRecorded(writer, appends);
  const isOneStatement = appends.every(({ save }) => save === undefined);
  try {
    if (!isOneStatement) await writer.begin();
    const { accepted, added } = await runAppends(settings, head.frontier.size, appends, recorded);
    if (added.length === 0) {
      await writer.rollback();
      answer(accepted, null);
      return head;
    }
    const { next, batch } = await writeTree(settings, head, added);
    if (!isOneStatement)
      await writer.commit().catch((cause: unknown) => {
        throw new LogFault('unknown-commit', 'the database did not confirm a commit', { cause });
      });
    answer(accepted, batch);
    return next;
  } catch (error) {
    await writer.rollback();
    throw error;
  }
}

/** A turn later: the next batch is at the database while these answers are written. */
function answer(accepted: readonly Accepted[], batch: Batch | null): void {
  setImmediate(() => {
    for (const { append, at } of accepted) append.resolve({ at, batch });
  });
}

async function readRecorded(writer: WriterConnection, appends: readonly Append[]): Promise<Recorded> {
  const leaves: Uint8Array[] = [];
  const contents: Uint8Array[] = [];
  for (const { entry, leafHash } of appends.flatMap((append) => append.entries)) {
    leaves.push(leafHash);
    for (const ref of entry.refs)
      if ('entry' in ref) leaves.push(fromHex(ref.entry));
      else contents.push(Buffer.from(ref.content));
  }
  const found = await writer.run<{ index: string; leaf_hash: Buffer }>(
    'log_leaves',
    'select index, leaf_hash from log_entry where leaf_hash = any($1::bytea[])',
    [binaryArray('bytea', leaves)],
  );
  const recorded: Recorded = {
    leaves: new Map(found.map(({ index, leaf_hash }) => [leaf_hash.toString('hex'), BigInt(index)])),
    contents: new Set(),
    documents: new Set(),
  };
  if (contents.length === 0) return recorded;
  const known = await writer.run<{ content: string; is_entry: boolean }>(
    'log_contents',
    `select content, true as is_entry from log_entry where content = any($1::text[])
     union all select id, false from document where id = any($1::text[])`,
    [binaryArray('text', contents)],
  );
  for (const { content, is_entry } of known) recorded[is_entry ? 'contents' : 'documents'].add(content);
  return recorded;
}

/** Runs each append; one that fails is answered and leaves nothing behind. `recorded` grows with those that do not. */
async function runAppends(
  settings: BatchSettings,
  size: bigint,
  appends: readonly Append[],
  recorded: Recorded,
): Promise<{ accepted: Accepted[]; added: CheckedEntry[] }> {
  const { writer } = settings;
  const now = settings.now();
  const accepted: Accepted[] = [];
  const added: CheckedEntry[] = [];
  for (const append of appends) {
    const at = placesOf(append.entries, size + BigInt(added.length), recorded);
    const fresh = append.entries.filter((_, n) => at[n]?.isNew);
    const late = append.repeats === 'answer' ? tooLate(fresh, now) : null;
    const refusal = late ?? (await refusalOf(writer, append, at, fresh, recorded));
    if (refusal !== null) {
      append.reject(refusal);
      continue;
    }
    for (const checked of fresh) {
      recorded.leaves.set(checked.leaf, size + BigInt(added.length));
      recorded.contents.add(checked.entry.content);
      added.push(checked);
    }
    accepted.push({ append, at });
  }
  return { accepted, added };
}

/** Where each entry stands, or will: entries are counted on from `next`, those that stand already keep their place. */
function placesOf(entries: readonly CheckedEntry[], next: bigint, { leaves }: Recorded): Placed[] {
  let index = next;
  return entries.map(({ leaf, leafHash }) => {
    const known = leaves.get(leaf);
    return known === undefined
      ? { index: index++, leafHash, isNew: true }
      : { index: known, leafHash, isNew: false };
  });
}

/** Null: the append can be recorded, and its own rows are written. @throws Error when the connection is dead */
async function refusalOf(
  writer: WriterConnection,
  { entries, save, repeats }: Append,
  at: readonly Placed[],
  fresh: readonly CheckedEntry[],
  recorded: Recorded,
): Promise<unknown> {
  const repeated = repeats === 'refuse' ? at.findIndex(({ isNew }) => !isNew) : -1;
  if (repeated >= 0) return duplicate(entries[repeated]?.leaf ?? '');
  const open = openReferences(fresh, recorded);
  if (save === undefined) return open[0] ? dangling(open[0].rel, open[0].target) : null;
  await writer.manager.query('savepoint append');
  try {
    await save(writer.manager, at);
    await requireSaved(writer.manager, open);
    await writer.manager.query('release savepoint append');
    return null;
  } catch (error) {
    // a dead connection fails here too, and the whole batch with it
    await writer.manager.query('rollback to savepoint append');
    return error;
  }
}

const PASSPORT = 'passport';
type OpenReference = { readonly rel: string; readonly target: string };

/**
 * References that lead neither to what was recorded before nor into the same append. Only a passport has no entry of its
 * own: any other reference has to lead somewhere for those who have nothing but the log.
 */
function openReferences(entries: readonly CheckedEntry[], recorded: Recorded): OpenReference[] {
  const refs = entries.flatMap(({ entry }) => entry.refs);
  if (refs.length === 0) return [];
  const leaves = new Set(entries.map(({ leaf }) => leaf));
  const contents = new Set(entries.map(({ entry }) => entry.content as string));
  return refs.flatMap((ref) => {
    const isKnown =
      'entry' in ref
        ? leaves.has(ref.entry) || recorded.leaves.has(ref.entry)
        : contents.has(ref.content) ||
          recorded.contents.has(ref.content) ||
          (ref.rel === PASSPORT && recorded.documents.has(ref.content));
    return isKnown ? [] : [{ rel: ref.rel, target: 'entry' in ref ? ref.entry : ref.content }];
  });
}

/** A reference may also lead to a document that the append's own rows brought. */
async function requireSaved(tx: EntityManager, open: readonly OpenReference[]): Promise<void> {
  if (open.length === 0) return;
  const rows = (await tx.query('select id from document where id = any($1::text[])', [
    open.map(({ target }) => target),
  ])) as { id: string }[];
  const saved = new Set(rows.map(({ id }) => id));
  for (const { rel, target } of open) if (!saved.has(target)) throw dangling(rel, target);
}

async function writeTree(
  { writer, signer, epoch, now }: BatchSettings,
  head: Head,
  entries: readonly CheckedEntry[],
): Promise<{ next: Head; batch: Batch }> {
  const { frontier, root, runs, inclusion } = growLog(
    head.frontier,
    entries.map(({ leafHash }) => leafHash),
  );
  const { size } = frontier;
  const again = rootAgain(
    head.frontier.size,
    head.frontier.hashes,
    entries.map(({ bytes }) => bytes),
  );
  if (!equalBytes(root, again))
    throw new LogFault(
      'fork',
      `two computations of the root at size ${size} differ: ${toHex(root)}, ${toHex(again)}`,
    );
  const time = now();
  const checkpoint = signer.sign(size, root);
  const from = { size: head.frontier.size, root: head.root, epoch };
  const to = { size, root, time, note: checkpoint };
  if (await writeBatch(writer, { from, to, entries, runs }))
    return { next: { frontier, root, time }, batch: { size, root, checkpoint, inclusion } };
  const found = await readHead(writer.manager);
  throw found?.epoch === epoch
    ? new LogFault(
        'fork',
        `the head is at size ${found.size}, not ${from.size}: another process wrote to the log`,
      )
    : new LogFault('fenced', `epoch ${epoch} is over, the log is written in epoch ${found?.epoch}`);
}
