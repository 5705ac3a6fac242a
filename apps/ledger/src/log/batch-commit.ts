// One group commit. The order of writes, and what holds if the process dies between two of them:
//   1 read what the checks need            nothing is written
//   2 begin; rows of each append           nothing is visible; the database rolls back by itself
//   3 the tree, and its root once more     as 2; two roots that differ stop the log before anything is signed
//   4 sign the checkpoint, keep it private as 2; the signature is lost with the process
//   5 entries, nodes, head (swap), note    as 2
//   6 commit                               all of it is there or none; an unknown outcome leads through start-up
//   7 answer, wake the anchor loop         durable; a caller that heard nothing finds its rows by the request's id
import { createPublicKey, verify } from 'node:crypto';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { equalBytes, fromHex, toHex } from '#lib/canonical';
import {
  appendLeaf,
  type CompletedNode,
  type Frontier,
  formatCheckpoint,
  frontierRoot,
  signNote,
} from '#lib/transparency-log';
import { ed25519PrivateKey } from '../installation/keys.ts';
import { type CheckedEntry, dangling, duplicate } from './entry-checks.ts';
import { type EntryRow, insertEntries, insertNodes, readHead, swapHead } from './log-store.ts';
import { rootAgain } from './second-tree.ts';
import { WriterLease } from './writer-lease.ts';

export type Sequenced = { readonly index: bigint; readonly leafHash: Uint8Array };
export type Save = (tx: EntityManager, at: readonly Sequenced[]) => Promise<void>;

export type Append = {
  readonly entries: readonly CheckedEntry[];
  readonly save: Save | undefined;
  readonly resolve: (at: Sequenced[]) => void;
  readonly reject: (error: unknown) => void;
};

export type Head = { readonly frontier: Frontier; readonly root: Uint8Array; readonly time: Date };
export type Signer = { readonly origin: string; readonly secretKey: Uint8Array };

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

/** References of a batch that lead outside of it, and which of them and of its own leaves are recorded. */
type Recorded = { readonly leaves: ReadonlySet<string>; readonly contents: ReadonlySet<string> };

export type BatchSettings = {
  readonly database: DataSource;
  readonly signer: Signer;
  readonly epoch: bigint;
  readonly now: () => Date;
};

/**
 * Records what can be recorded of these appends and settles each of them; gives the new head.
 * @throws LogFault; any other error: nothing was written
 */
export async function commitBatch(
  settings: BatchSettings,
  head: Head,
  appends: readonly Append[],
): Promise<Head> {
  const recorded = await readRecorded(settings.database, appends);
  const runner = settings.database.createQueryRunner();
  try {
    await runner.connect();
    await runner.startTransaction();
    const accepted = await runAppends(runner, head.frontier.size, appends, recorded);
    if (accepted.length === 0) {
      await runner.rollbackTransaction();
      return head;
    }
    const next = await writeTree(
      settings,
      runner.manager,
      head,
      accepted.flatMap(({ append }) => append.entries),
    );
    await runner.query(WriterLease.WAKE);
    await runner.commitTransaction().catch((cause: unknown) => {
      throw new LogFault('unknown-commit', 'the database did not confirm a commit', { cause });
    });
    for (const { append, at } of accepted) append.resolve(at);
    return next;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release().catch(() => undefined);
  }
}

async function readRecorded(database: DataSource, appends: readonly Append[]): Promise<Recorded> {
  const entries = appends.flatMap((append) => append.entries);
  const refs = entries.flatMap(({ entry }) => entry.refs);
  const leaves = [
    ...entries.map(({ leaf }) => leaf),
    ...refs.flatMap((ref) => ('entry' in ref ? [ref.entry] : [])),
  ];
  const contents = refs.flatMap((ref) => ('content' in ref ? [ref.content] : []));
  const rows = (await database.query(
    `select encode(leaf_hash, 'hex') as leaf, null as content from log_entry where leaf_hash = any($1::bytea[])
     union all select null, content from log_entry where content = any($2::text[])
     union all select null, id from document where id = any($2::text[])`,
    [leaves.map((leaf) => Buffer.from(fromHex(leaf))), contents],
  )) as { leaf: string | null; content: string | null }[];
  return {
    leaves: new Set(rows.flatMap(({ leaf }) => leaf ?? [])),
    contents: new Set(rows.flatMap(({ content }) => content ?? [])),
  };
}

type Accepted = { readonly append: Append; readonly at: Sequenced[] };

/** Runs each append in a savepoint of its own; one that fails is answered and leaves nothing behind. */
async function runAppends(
  runner: QueryRunner,
  size: bigint,
  appends: readonly Append[],
  recorded: Recorded,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  const inBatch = { leaves: new Set<string>(), contents: new Set<string>() };
  let next = size;
  for (const append of appends) {
    const at = append.entries.map(({ leafHash }, place) => ({ index: next + BigInt(place), leafHash }));
    const known = {
      leaves: (leaf: string) => recorded.leaves.has(leaf) || inBatch.leaves.has(leaf),
      contents: (content: string) => recorded.contents.has(content) || inBatch.contents.has(content),
    };
    await runner.query('savepoint append');
    try {
      requireUnique(append.entries, known.leaves);
      await append.save?.(runner.manager, at);
      await requireReferences(runner.manager, append.entries, known);
      await runner.query('release savepoint append');
    } catch (error) {
      // a dead connection fails here too, and the whole batch with it
      await runner.query('rollback to savepoint append');
      append.reject(error);
      continue;
    }
    for (const { leaf, entry } of append.entries) {
      inBatch.leaves.add(leaf);
      inBatch.contents.add(entry.content);
    }
    next += BigInt(at.length);
    accepted.push({ append, at });
  }
  return accepted;
}

function requireUnique(entries: readonly CheckedEntry[], isKnown: (leaf: string) => boolean): void {
  for (const { leaf } of entries) if (isKnown(leaf)) throw duplicate(leaf);
}

/** Each reference leads to something recorded before, in the same append, or to a document saved with it. */
async function requireReferences(
  tx: EntityManager,
  entries: readonly CheckedEntry[],
  known: { leaves: (leaf: string) => boolean; contents: (content: string) => boolean },
): Promise<void> {
  const leaves = new Set(entries.map(({ leaf }) => leaf));
  const contents = new Set(entries.map(({ entry }) => entry.content as string));
  const open: { rel: string; content: string }[] = [];
  for (const { rel, ...target } of entries.flatMap(({ entry }) => entry.refs)) {
    if ('entry' in target) {
      if (!leaves.has(target.entry) && !known.leaves(target.entry)) throw dangling(rel, target.entry);
    } else if (!contents.has(target.content) && !known.contents(target.content)) {
      open.push({ rel, content: target.content });
    }
  }
  if (open.length === 0) return;
  const rows = (await tx.query('select id from document where id = any($1::text[])', [
    open.map(({ content }) => content),
  ])) as { id: string }[];
  const saved = new Set(rows.map(({ id }) => id));
  for (const { rel, content } of open) if (!saved.has(content)) throw dangling(rel, content);
}

async function writeTree(
  { signer, epoch, now }: BatchSettings,
  tx: EntityManager,
  head: Head,
  entries: readonly CheckedEntry[],
): Promise<Head> {
  const rows: EntryRow[] = [];
  const nodes: CompletedNode[] = [];
  let { frontier } = head;
  for (const { entry, bytes, leafHash } of entries) {
    rows.push({ index: frontier.size, leafHash, kind: entry.kind, content: entry.content, bytes });
    const grown = appendLeaf(frontier, leafHash);
    nodes.push(...grown.completed);
    frontier = grown.frontier;
  }
  const root = frontierRoot(frontier);
  const again = rootAgain(
    head.frontier.size,
    head.frontier.hashes,
    entries.map(({ bytes }) => bytes),
  );
  if (!equalBytes(root, again))
    throw new LogFault(
      'fork',
      `two computations of the root at size ${frontier.size} differ: ${toHex(root)}, ${toHex(again)}`,
    );
  const time = now();
  const text = formatCheckpoint({ origin: signer.origin, size: frontier.size, root });
  const note = signNote(text, { name: signer.origin, secretKey: signer.secretKey });
  requireGoodSignature(note, signer);
  await insertEntries(tx, rows, time);
  await insertNodes(tx, nodes);
  const from = { size: head.frontier.size, root: head.root, epoch };
  if (await swapHead(tx, from, { size: frontier.size, root, time, note })) return { frontier, root, time };
  const found = await readHead(tx);
  throw found?.epoch === epoch
    ? new LogFault(
        'fork',
        `the head is at size ${found.size}, not ${from.size}: another process wrote to the log`,
      )
    : new LogFault('fenced', `epoch ${epoch} is over, the log is written in epoch ${found?.epoch}`);
}

/** The signature once more, on other code: a checkpoint that does not open would end the log. */
function requireGoodSignature(note: string, { secretKey }: Signer): void {
  const end = note.indexOf('\n\n');
  const signature = Buffer.from(note.slice(note.lastIndexOf(' ') + 1), 'base64').subarray(4);
  const publicKey = createPublicKey(ed25519PrivateKey(secretKey));
  if (verify(null, Buffer.from(note.slice(0, end + 1)), publicKey, signature)) return;
  throw new Error('the signature of a new checkpoint does not hold; it is made again');
}
