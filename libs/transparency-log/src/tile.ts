// Tiles, C2SP tlog-tiles v0.1.0: the tree as immutable files of up to 256 hashes, and its entries likewise.
// Hash i of tile n on tile level l is the node (8·l, 256·n + i). A tile that is not full never hashes upwards.
import { concat } from '#lib/canonical';
import { LogError, shown } from './errors.ts';
import { requireHash } from './hash.ts';
import { isUint64, type NodeRef, requireSize } from './nodes.ts';

/** `level` 0 to 63, or 'entries'; `width` 1 to 256, where 256 is a full tile. */
export type Tile = { readonly level: number | 'entries'; readonly index: bigint; readonly width: number };

const isTile = ({ level, index, width }: Tile) =>
  (level === 'entries' || (Number.isInteger(level) && level >= 0 && level < 64)) &&
  isUint64(index) &&
  Number.isInteger(width) &&
  width >= 1 &&
  width <= 256;

/**
 * `tile/0/x001/x234/067.p/8`: index in groups of three digits, a width only for a partial tile.
 * @throws LogError `log/malformed-tile`
 */
export function tilePath({ level, index, width }: Tile): string {
  if (!isTile({ level, index, width }))
    throw new LogError('log/malformed-tile', `no tile has level ${level}, index ${index}, width ${width}`);
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').replace(/\d{3}(?=\d)/g, 'x$&/');
  return `tile/${level}/${groups}${width === 256 ? '' : `.p/${width}`}`;
}

/**
 * The tile that a path names; each tile has one path.
 * @throws LogError `log/malformed-tile`
 */
export function parseTilePath(path: string): Tile {
  const [, level = '', groups = '', width = '256'] =
    /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,6}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: BigInt(groups.replace(/\D/g, '')),
    width: Number(width),
  };
  // printing it again refuses leading zeros, a partial tile of 256 and an empty one
  if (groups === '' || !isTile(tile) || tilePath(tile) !== path)
    throw new LogError(
      'log/malformed-tile',
      `${shown(path)} is not the path of a tile, such as tile/0/x001/067.p/8`,
    );
  return tile;
}

/**
 * The hash tiles that a tree of `size2` has and one of `size1` has not, lowest level first: what is to be written
 * when a log grows. From size 0 it is every tile of the tree. The entry tiles are those of level 0.
 */
export function newTiles(size1: bigint, size2: bigint): Tile[] {
  const tiles: Tile[] = [];
  requireSize(size2);
  for (let level = 0; size2 >> BigInt(8 * level); level++) {
    const before = size1 >> BigInt(8 * level);
    const now = size2 >> BigInt(8 * level);
    for (let index = before >> 8n; index < now >> 8n; index++) tiles.push({ level, index, width: 256 });
    const width = Number(now & 255n); // floor(size / 256^level) mod 256
    if (width > 0 && now !== before) tiles.push({ level, index: now >> 8n, width });
  }
  return tiles;
}

/** The nodes whose hashes a hash tile holds, in order. */
export function tileNodes({ level, index, width }: Tile): NodeRef[] {
  if (level === 'entries') throw new Error('an entry tile holds no hashes');
  return Array.from({ length: width }, (_, at) => ({ level: 8 * level, index: 256n * index + BigInt(at) }));
}

/** @throws LogError `log/malformed-tile`, `log/malformed-hash` */
export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length < 1 || hashes.length > 256)
    throw new LogError('log/malformed-tile', `a tile has 1 to 256 hashes, got ${hashes.length}`);
  return concat(...hashes.map(requireHash));
}

/** The `width` hashes of a tile. @throws LogError `log/malformed-tile` */
export function decodeTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== 32 * width)
    throw new LogError(
      'log/malformed-tile',
      `a tile of width ${width} has ${32 * width} bytes, got ${bytes.length}`,
    );
  return Array.from({ length: width }, (_, at) => bytes.slice(32 * at, 32 * at + 32));
}

/**
 * Entries, each behind its length as two big-endian bytes.
 * @throws LogError `log/malformed-tile`, `log/entry-too-long`
 */
export function encodeEntryTile(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > 256)
    throw new LogError('log/malformed-tile', `an entry tile has 1 to 256 entries, got ${entries.length}`);
  return concat(
    ...entries.flatMap((entry) => {
      if (entry.length > 65_535)
        throw new LogError('log/entry-too-long', `an entry has at most 65,535 bytes, got ${entry.length}`);
      return [new Uint8Array([entry.length >> 8, entry.length & 255]), entry];
    }),
  );
}

/** The `width` entries of an entry tile. @throws LogError `log/malformed-tile` */
export function decodeEntryTile(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let next = 0;
  while (next + 2 <= bytes.length && entries.length < width) {
    const start = next + 2;
    next = start + 256 * (bytes[next] as number) + (bytes[next + 1] as number);
    entries.push(bytes.slice(start, next));
  }
  if (next !== bytes.length || entries.length !== width)
    throw new LogError(
      'log/malformed-tile',
      `${bytes.length} bytes are not ${width} entries behind their lengths`,
    );
  return entries;
}
