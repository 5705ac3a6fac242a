// Hashes of a log's tree from its tiles. A source serves the tiles of its own size, a mirror no others: so a narrower piece
// is cut from the tile that is there.

import { TreeReplay } from '#lib/audit';
import {
  decodeTile,
  LogError,
  type NodeRef,
  type ProofPlan,
  runPlan,
  tilePath,
  treeHash,
} from '#lib/transparency-log';
import { type LogSource, SourceError } from './log-source.ts';

const WIDTH = 256;
const MOST_KEPT = 256;

export class TileReader {
  private readonly kept = new Map<string, Promise<readonly Uint8Array[]>>();
  readonly source: LogSource;
  /** Size of the checkpoint under which tiles are read. */
  readonly size: number;

  constructor(source: LogSource, size: number) {
    this.source = source;
    this.size = size;
  }

  /** Path of the tile that holds hash `index` of a level, at this size. */
  pathOf(level: number, tile: number): { path: string; width: number } {
    const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - WIDTH * tile);
    return { path: tilePath({ level, index: BigInt(tile), width }), width };
  }

  /** @throws SourceError */
  async hashes(level: number, tile: number): Promise<readonly Uint8Array[]> {
    const { path, width } = this.pathOf(level, tile);
    const known = this.kept.get(path);
    if (known) return known;
    const reading = this.source.tile(path).then((bytes) => decode(bytes, width, path));
    if (this.kept.size >= MOST_KEPT) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(path, reading);
    reading.catch(() => this.kept.delete(path));
    return reading;
  }

  /** The hash of a complete subtree. */
  async node({ level, index }: NodeRef): Promise<Uint8Array> {
    const tileLevel = Math.floor(level / 8);
    const width = 2 ** (level - 8 * tileLevel);
    const first = Number(index) * width;
    const hashes = await this.hashes(tileLevel, Math.floor(first / WIDTH));
    return treeHash(hashes.slice(first % WIDTH, (first % WIDTH) + width));
  }

  async run(plan: ProofPlan): Promise<Uint8Array[]> {
    return runPlan(plan, await Promise.all(plan.flat().map((node) => this.node(node))));
  }

  /** The edge of the tree as it was at a size, at most that of the source. */
  async replayAt(size: number): Promise<TreeReplay> {
    const open: (readonly Uint8Array[])[] = [];
    for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH)) {
      const hashes = count % WIDTH === 0 ? [] : await this.hashes(level, Math.floor(count / WIDTH));
      open.push(hashes.slice(0, count % WIDTH));
    }
    return new TreeReplay(size, open);
  }
}

function decode(bytes: Uint8Array, width: number, path: string): readonly Uint8Array[] {
  try {
    return decodeTile(bytes, width);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new SourceError('malformed', `${path}: ${error.message}`, { cause: error });
  }
}
