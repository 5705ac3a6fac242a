// The log's part of a mirror. Entry tiles are fetched, hash tiles are computed from them, and nothing takes its place
// before the root that they give is the one that the log's key has signed. What an earlier run has put there is not
// fetched again: the walk goes on from its last full tile, and must come through its root.
import { equalBytes, toHex } from '#lib/canonical';
import { type Entry, parseEntry, RecordError } from '#lib/record';
import {
  appendLeaf,
  type Checkpoint,
  decodeEntryTile,
  decodeTile,
  type Frontier,
  frontierRoot,
  leafHash,
  rootPlan,
  tilePath,
  treeHash,
} from '#lib/transparency-log';
import type { LogSource } from '../log-source.ts';
import type { MirrorFolder } from './mirror-folder.ts';

/** Said in one sentence, exit 1: the source contradicts itself, or what was copied before. */
export class MirrorError extends Error {
  override readonly name = 'MirrorError';
}

const AT_ONCE = 8;
const PROGRESS_EVERY = 100n;

/**
 * @param before what the folder holds of this log; null: nothing
 * @returns how many entry tiles were fetched
 */
export async function copyLog(
  source: LogSource,
  folder: MirrorFolder,
  before: Checkpoint | null,
  now: Checkpoint,
  say: (line: string) => void,
): Promise<number> {
  const from = before?.size ?? 0n;
  requireGrowth(before, now);
  if (from === now.size) return 0;
  const start = (from >> 8n) << 8n;
  let frontier = await readFrontier(folder, start);
  const tiles = new HashTiles(folder);
  await tiles.resume(start);
  const last = (now.size + 255n) >> 8n;
  for (let index = start >> 8n; index < last; index += BigInt(AT_ONCE)) {
    const wanted = Array.from({ length: AT_ONCE }, (_, at) => index + BigInt(at)).filter((at) => at < last);
    const fetched = await Promise.all(wanted.map((at) => fetchEntries(source, at, now.size)));
    for (const { path, bytes, width } of fetched) {
      for (const entry of decodeEntryTile(bytes, width)) {
        const grown = appendLeaf(frontier, leafHash(entry));
        for (const node of grown.completed) await tiles.add(node.level, node.hash);
        frontier = grown.frontier;
        if (before && frontier.size === from) requireRoot(frontier, before, 'what this mirror held before');
      }
      await folder.stage(`log/${path}`, bytes);
    }
    if (index % PROGRESS_EVERY === 0n && index > 0n) say(`${frontier.size} of ${now.size} entries`);
  }
  requireRoot(frontier, now, `the checkpoint of ${source.name}`);
  await tiles.finish();
  await folder.publish();
  return Number(last - (start >> 8n));
}

function requireGrowth(before: Checkpoint | null, now: Checkpoint): void {
  if (!before) return;
  if (before.size > now.size)
    throw new MirrorError(
      `the source has ${now.size} entries, this mirror ${before.size}: it is an older state, nothing is copied`,
    );
  if (before.size === now.size && !equalBytes(before.root, now.root))
    throw new MirrorError(
      `FORK: at size ${now.size} the source has root ${toHex(now.root)}, this mirror ${toHex(before.root)}, both signed by the log's key. Keep both checkpoints and publish them`,
    );
}

function requireRoot(frontier: Frontier, { size, root }: Checkpoint, whose: string): void {
  const found = frontierRoot(frontier);
  if (frontier.size === size && equalBytes(found, root)) return;
  throw new MirrorError(
    `the entries give root ${toHex(found)} at size ${frontier.size}, ${whose} says ${toHex(root)} at size ${size}: nothing was kept of this run`,
  );
}

async function fetchEntries(source: LogSource, index: bigint, size: bigint) {
  const rest = size - (index << 8n);
  const width = rest < 256n ? Number(rest) : 256;
  const path = tilePath({ level: 'entries', index, width });
  return { path, width, bytes: await source.tile(path) };
}

/** The frontier at a size that full tiles end at, from the hash tiles of an earlier run. */
async function readFrontier(folder: MirrorFolder, size: bigint): Promise<Frontier> {
  if (size === 0n) return { size, hashes: [] };
  const hashes: Uint8Array[] = [];
  for (const { level, index } of rootPlan(size).flat()) {
    // node (level, index) covers 2^(level mod 8) hashes of a tile
    const within = BigInt(level & 7);
    const first = index << within;
    const tile = { level: level >> 3, index: first >> 8n };
    const at = Number(first & 255n);
    const end = at + (1 << (level & 7));
    const all = await readTile(folder, tile.level, tile.index, end);
    hashes.push(treeHash(all.slice(at, end)));
  }
  return { size, hashes };
}

/** A hash tile of at least this width: an earlier run may have left a wider one. */
async function readTile(
  folder: MirrorFolder,
  level: number,
  index: bigint,
  width: number,
): Promise<Uint8Array[]> {
  for (let wide = width; wide <= 256; wide++) {
    const bytes = await folder.read(`log/${tilePath({ level, index, width: wide })}`);
    if (bytes) return decodeTile(bytes, wide).slice(0, width);
  }
  throw new MirrorError(
    `${folder.path} lacks a hash tile of level ${level}: part of it was lost, begin a new folder`,
  );
}

/** Hash tiles as they fill up: the right edge of each level stays in memory, 8 KiB at most. */
class HashTiles {
  private readonly levels: { first: bigint; hashes: Uint8Array[] }[] = [];
  private readonly folder: MirrorFolder;
  constructor(folder: MirrorFolder) {
    this.folder = folder;
  }

  /** Right edges of a tree of this size, from an earlier run. */
  async resume(size: bigint): Promise<void> {
    for (let level = 0; size >> BigInt(8 * level); level++) {
      const count = size >> BigInt(8 * level);
      const width = Number(count & 255n);
      const first = count >> 8n;
      const hashes = width === 0 ? [] : await readTile(this.folder, level, first, width);
      this.levels[level] = { first, hashes };
    }
  }

  async add(level: number, hash: Uint8Array): Promise<void> {
    if (level % 8 !== 0) return;
    const at = level / 8;
    const edge = this.levels[at] ?? { first: 0n, hashes: [] };
    this.levels[at] = edge;
    edge.hashes.push(hash);
    if (edge.hashes.length < 256) return;
    await this.write(at, edge.first, edge.hashes);
    this.levels[at] = { first: edge.first + 1n, hashes: [] };
  }

  /** The partial tiles of the size that was reached. */
  async finish(): Promise<void> {
    for (const [level, { first, hashes }] of this.levels.entries())
      if (hashes.length > 0) await this.write(level, first, hashes);
  }

  private write(level: number, index: bigint, hashes: readonly Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(32 * hashes.length);
    for (const [at, hash] of hashes.entries()) bytes.set(hash, 32 * at);
    return this.folder.stage(`log/${tilePath({ level, index, width: hashes.length })}`, bytes);
  }
}

/** Entries [from, size) of the copy; a kind that this program does not know yet is in the copy and passed over here. */
export async function* readEntries(folder: MirrorFolder, from: bigint, size: bigint): AsyncGenerator<Entry> {
  for (let index = from >> 8n; index << 8n < size; index++) {
    const rest = size - (index << 8n);
    const width = rest < 256n ? Number(rest) : 256;
    const path = `log/${tilePath({ level: 'entries', index, width })}`;
    const bytes = await folder.read(path);
    if (!bytes)
      throw new MirrorError(`${folder.path} lacks ${path}: part of it was lost, begin a new folder`);
    for (const [at, entry] of decodeEntryTile(bytes, width).entries()) {
      const read = (index << 8n) + BigInt(at) >= from ? readEntry(entry) : null;
      if (read) yield read;
    }
  }
}

function readEntry(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes);
  } catch (error) {
    if (error instanceof RecordError) return null;
    throw error;
  }
}
