// The log's tree once more, from the entries up, tile by tile: what must be kept is one unfinished tile a level, at most
// 255 hashes each. Size 2^24 has three levels, so the memory is the same for any log.
import { concat, equalBytes, fromBase64, toBase64, toHex } from '#lib/canonical';
import { EMPTY_ROOT, tilePath, treeHash } from '#lib/transparency-log';
import { finding, type Report } from './finding.ts';

/** A hash tile as it must be. */
export type ExpectedTile = { readonly path: string; readonly hashes: readonly Uint8Array[] };

const WIDTH = 256;

export class TreeReplay {
  /** Level l: the roots of the 256^l entries each that are not yet in a full tile. */
  private readonly open: Uint8Array[][];
  private leaves: number;

  /** @param open the unfinished tiles of a tree of this size, lowest level first; none for an empty log */
  constructor(size = 0, open: readonly (readonly Uint8Array[])[] = []) {
    for (
      let level = 0, rest = size;
      rest > 0 || level < open.length;
      level++, rest = Math.floor(rest / WIDTH)
    )
      if ((open[level]?.length ?? 0) !== rest % WIDTH)
        throw new Error(`level ${level} of a tree of size ${size} has ${rest % WIDTH} open hashes`);
    this.open = open.map((hashes) => [...hashes]);
    this.leaves = size;
  }

  get size(): number {
    return this.leaves;
  }

  /** Leaf hashes of the unfinished tile: the entry tile at the edge begins with them. */
  get openLeaves(): readonly Uint8Array[] {
    return this.open[0] ?? [];
  }

  /** The root with these leaves behind the tree, which need not be appended yet: fewer than fill the tile, or exactly. */
  rootWith(leaves: readonly Uint8Array[] = []): Uint8Array {
    let right: Uint8Array | null = null;
    for (const [level, hashes] of [this.openLeaves, ...this.open.slice(1)].entries()) {
      // an incomplete subtree stands last on its level, and an odd last hash moves up as it is: RFC 9162 §2.1.1
      const all: Uint8Array[] = [...hashes, ...(level === 0 ? leaves : []), ...(right ? [right] : [])];
      right = all.length > 0 ? treeHash(all) : null;
    }
    return right ?? EMPTY_ROOT;
  }

  /** Appends leaf hashes up to the end of the open tile; gives the tiles that are full now, lowest level first. */
  append(leaves: readonly Uint8Array[]): ExpectedTile[] {
    const full: ExpectedTile[] = [];
    this.leaves += leaves.length;
    let hashes = leaves;
    for (let level = 0; ; level++) {
      const open = this.open[level] ?? [];
      this.open[level] = open;
      open.push(...hashes);
      if (open.length > WIDTH) throw new Error(`${open.length} hashes in one tile`);
      if (open.length < WIDTH) return full;
      this.open[level] = [];
      const index = BigInt(Math.floor(this.leaves / WIDTH ** (level + 1)) - 1);
      full.push({ path: tilePath({ level, index, width: WIDTH }), hashes: open });
      hashes = [treeHash(open)];
    }
  }

  /** The partial tiles at the edge of the tree as it is, lowest level first. */
  edge(): ExpectedTile[] {
    return this.open.flatMap((hashes, level) => {
      if (hashes.length === 0) return [];
      const index = BigInt(Math.floor(this.leaves / WIDTH ** (level + 1)));
      return [{ path: tilePath({ level, index, width: hashes.length }), hashes }];
    });
  }

  encode(): { size: number; open: string[] } {
    return { size: this.leaves, open: this.open.map((hashes) => toBase64(concat(...hashes))) };
  }

  /** @throws Error for open tiles that are not of this size */
  static decode({ size, open }: { readonly size: number; readonly open: readonly string[] }): TreeReplay {
    return new TreeReplay(
      size,
      open.map((text) => {
        const bytes = fromBase64(text);
        if (bytes.length % 32 !== 0) throw new Error(`${bytes.length} bytes are no hashes`);
        return Array.from({ length: bytes.length / 32 }, (_, n) => bytes.slice(32 * n, 32 * n + 32));
      }),
    );
  }
}

/** Compares a tile with what the entries give; reports the first hash that is not so. True when all are. */
export function checkTile({ path, hashes }: ExpectedTile, served: Uint8Array, report: Report): boolean {
  if (served.length !== 32 * hashes.length) {
    report(finding('tile/malformed', path, `${32 * hashes.length} bytes`, `${served.length} bytes`));
    return false;
  }
  const at = hashes.findIndex((hash, n) => !equalBytes(hash, served.subarray(32 * n, 32 * n + 32)));
  if (at < 0) return true;
  const found = toHex(served.subarray(32 * at, 32 * at + 32));
  report(
    finding('tile/differs', `${path} hash ${at}`, toHex(hashes[at]!), found, 'recomputed from the entries'),
  );
  return false;
}
