// Everything of the log computed again from its entries, and compared with everything that is kept: leaf hashes, nodes,
// heads, checkpoints, anchored heads, documents, credentials. One walk in log order; memory does not grow with the log.
// A value that differs is reported once, where it stands: the walk goes on with the value that the others agree on.
import { type ContentId, contentId, type JsonObject, parseStrict, toHex } from '#lib/canonical';
import { documentId, type Salts } from '#lib/disclosure';
import { type DocumentType, HIDEABLE, parseEntry } from '#lib/record';
import { appendLeaf, emptyFrontier, type Frontier, frontierRoot, leafHash } from '#lib/transparency-log';
import { readBytea } from './copy-rows.ts';
import { Cursor, type Named } from './cursor.ts';
import type { Finding, Found } from './finding.ts';
import { judgeCheckpoint, makeSigner } from './kept-checkpoints.ts';
import { KeptNodes } from './kept-nodes.ts';
import type { RowSource } from './snapshot.ts';

/** A head that others hold, to be compared with the same size of this log. */
export type ForeignHead = { readonly size: bigint; readonly root: string; readonly whose: string };

export type FsckOptions = {
  /** C2SP verifier key of the log. */
  readonly logKey: string;
  readonly heads?: readonly ForeignHead[];
  readonly found: (finding: Finding) => void;
  readonly progress?: (done: bigint) => void;
};

export type FsckResult = {
  readonly size: bigint;
  /** Hex; computed, not read. */
  readonly root: string;
  readonly checkpoints: number;
  readonly documents: number;
  readonly findings: number;
};

const PROGRESS_EVERY = 50_000n;

/** @throws Error only where the source itself cannot be read */
export async function fsck(source: RowSource, options: FsckOptions): Promise<FsckResult> {
  let findings = 0;
  const found = (kind: Finding['kind'], where: string, problem: string) => {
    findings += 1;
    options.found({ kind, where, problem });
  };
  const tree = await walkTree(source, options, found);
  const documents = await walkDocuments(source, found);
  await walkCredentials(source, found);
  return { ...tree, documents, findings };
}

async function walkTree(
  source: RowSource,
  { logKey, heads = [], progress }: FsckOptions,
  found: Found,
): Promise<Pick<FsckResult, 'size' | 'root' | 'checkpoints'>> {
  const [entries, checkpoints, anchors] = ['log_entry', 'log_checkpoint', 'anchor'].map(
    (table) => new Cursor(source, table),
  ) as [Cursor, Cursor, Cursor];
  const nodes = new KeptNodes(source, found);
  const signer = makeSigner(logKey);
  const foreign = [...heads].sort((a, b) => (a.size < b.size ? -1 : 1));
  let frontier: Frontier = emptyFrontier();
  let last: Named | null = null;
  let count = 0;
  try {
    for (let row = await entries.take(); row; row = await entries.take()) {
      if (BigInt(row.index ?? -1) !== frontier.size) {
        found('entry', String(frontier.size), `the next entry kept is ${row.index}`);
        break; // nothing behind a hole can be told
      }
      const leaf = await judgeLeaf(row, nodes, found);
      const grown = appendLeaf(frontier, leaf);
      for (const node of grown.completed.slice(1)) await compareNode(node, nodes, found);
      frontier = grown.frontier;
      const root = frontierRoot(frontier);
      for (let head = await checkpoints.peek(); head && BigInt(head.size ?? 0) <= frontier.size; ) {
        judgeCheckpoint(head, frontier.size, root, signer, found);
        count += 1;
        last = await checkpoints.take();
        head = await checkpoints.peek();
      }
      for (let head = await anchors.peek(); head && BigInt(head.size ?? 0) <= frontier.size; ) {
        if (BigInt(head.size ?? 0) !== frontier.size || !readBytea(head.root).equals(root))
          found('anchor', `size ${head.size}`, `its root is not ${toHex(root)}, the root of these entries`);
        await anchors.take();
        head = await anchors.peek();
      }
      for (const { size, root: theirs, whose } of foreign)
        if (size === frontier.size && theirs !== toHex(root))
          found('chain', `size ${size}`, `${whose} holds root ${theirs}, these entries give ${toHex(root)}`);
      if (frontier.size % PROGRESS_EVERY === 0n) progress?.(frontier.size);
    }
    await nodes.refuseRest();
    await refuseRest(checkpoints, 'checkpoint', ({ size }) => `size ${size}`, found);
    await refuseRest(anchors, 'anchor', ({ size }) => `size ${size}`, found);
    await judgeHead(source, frontier, last, found);
  } finally {
    for (const cursor of [entries, nodes, checkpoints, anchors]) await cursor.close();
  }
  return { size: frontier.size, root: toHex(frontierRoot(frontier)), checkpoints: count };
}

/** The hash that two of bytes, leaf hash and lowest node agree on. */
async function judgeLeaf(row: Named, nodes: KeptNodes, found: Found): Promise<Uint8Array> {
  const at = String(row.index);
  const bytes = readBytea(row.bytes);
  const computed = Buffer.from(leafHash(new Uint8Array(bytes)));
  const kept = readBytea(row.leaf_hash);
  const node = await nodes.take(0, BigInt(at));
  const isAgreed = node !== null && kept.equals(node);
  if (!computed.equals(kept)) {
    if (isAgreed) found('entry', at, `its bytes hash to ${toHex(computed)}, recorded was ${toHex(kept)}`);
    else found('leaf', at, `the leaf hash kept is ${toHex(kept)}, its bytes hash to ${toHex(computed)}`);
  } else judgeColumns(at, bytes, row, found);
  const truth = isAgreed ? kept : computed;
  if (node && !node.equals(truth))
    found('node', `0/${at}`, `kept is ${toHex(node)}, computed ${toHex(truth)}`);
  return new Uint8Array(truth);
}

/** The columns to search by are copies of what the bytes say. */
function judgeColumns(at: string, bytes: Buffer, row: Named, found: Found): void {
  try {
    const { kind, content } = parseEntry(new Uint8Array(bytes));
    if (kind === row.kind && content === row.content) return;
    found('entry', at, `it is ${kind} of ${content}, the columns say ${row.kind} of ${row.content}`);
  } catch (error) {
    found('entry', at, `it is no entry: ${(error as Error).message}`);
  }
}

type Node = { readonly level: number; readonly index: bigint; readonly hash: Uint8Array };

async function compareNode({ level, index, hash }: Node, nodes: KeptNodes, found: Found): Promise<void> {
  const kept = await nodes.take(level, index);
  if (kept && !kept.equals(hash))
    found('node', `${level}/${index}`, `kept is ${toHex(kept)}, computed ${toHex(hash)}`);
}

async function refuseRest(
  cursor: Cursor,
  kind: Finding['kind'],
  name: (row: Named) => string,
  found: Found,
): Promise<void> {
  for (let row = await cursor.take(); row; row = await cursor.take())
    found(kind, name(row), 'it stands on entries that are not there');
}

async function judgeHead(
  source: RowSource,
  frontier: Frontier,
  last: Named | null,
  found: Found,
): Promise<void> {
  const cursor = new Cursor(source, 'log_head');
  const head = await cursor.take();
  await cursor.close();
  if (!head) {
    if (frontier.size > 0n) found('head', '–', `there are ${frontier.size} entries and no head`);
    return;
  }
  const root = frontierRoot(frontier);
  if (BigInt(head.size ?? 0) !== frontier.size || !readBytea(head.root).equals(root))
    found(
      'head',
      `size ${head.size}`,
      `root ${toHex(readBytea(head.root))}; the entries give size ${frontier.size}, root ${toHex(root)}`,
    );
  if (frontier.size > 0n && BigInt(last?.size ?? 0) !== frontier.size)
    found('checkpoint', `size ${frontier.size}`, `the newest checkpoint is of size ${last?.size ?? 0}`);
}

async function walkDocuments(source: RowSource, found: Found): Promise<number> {
  const cursor = new Cursor(source, 'document');
  let count = 0;
  for (let row = await cursor.take(); row; row = await cursor.take()) {
    count += 1;
    if (row.bytes === null) continue; // erased: the entry stays
    const id = String(row.id);
    const computed = idOf(row);
    if (computed !== id)
      found('document', id, computed === null ? 'it cannot be read' : `it hashes to ${computed}`);
  }
  return count;
}

/** The content id that the kept text has; null when it is none. */
function idOf(row: Named): ContentId | null {
  try {
    const doc = parseStrict(new Uint8Array(readBytea(row.bytes)));
    const salts = parseStrict(new Uint8Array(readBytea(row.salts))) as JsonObject as Salts;
    return documentId(doc, HIDEABLE[row.type as DocumentType] ?? [], salts);
  } catch {
    return null;
  }
}

async function walkCredentials(source: RowSource, found: Found): Promise<void> {
  const cursor = new Cursor(source, 'passport');
  for (let row = await cursor.take(); row; row = await cursor.take()) {
    const computed = contentId(new Uint8Array(readBytea(row.credential)));
    if (computed !== row.credential_content)
      found(
        'credential',
        String(row.release),
        `it hashes to ${computed}, recorded was ${row.credential_content}`,
      );
  }
}
