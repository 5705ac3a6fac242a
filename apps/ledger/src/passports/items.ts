// The items of a batch: random serials, each with a 16-byte salt, kept as one blob. Leaf n of the item tree is the n-th
// serial in sorted order, so a serial is found by binary search and neither order nor rows tell how many were made when.
import { canonicalBytes, toBase64url } from '#lib/canonical';
import { buildTree, leafHash, leafHashes, type NodeRef, proveInclusion } from '#lib/transparency-log';
import type { Random } from '../random.ts';

/** Digits and letters without those that look alike: no I, L, O, U (as in Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SALT_BYTES = 16;
const MAGIC = 0x41; // 'A'
const HEADER_BYTES = 6;
/** Subtrees of 256 leaves are hashed anew for a proof, those above are read: a proof in a large batch stays quick. */
const STORED_LEVEL = 8;

/** One call makes at most this many; larger batches are a job of their own. */
export const MAX_ITEMS = 100_000;
/** 8 characters (40 bits) up to 10,000 items, 10 above: a guess hits one in 10^8 at best. */
export const serialLength = (count: number): number => (count <= 10_000 ? 8 : 10);

export type Item = { readonly serial: string; readonly salt: string; readonly index: number };

/**
 * magic, length of a serial, count (u32), then count × (serial, salt) in serial order, then the hashes of the complete
 * subtrees of 256 leaves.
 */
export type ItemBlob = Uint8Array;

function randomSerial(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');
}

const leafData = (serial: string, salt: string) => canonicalBytes([serial, salt]);

/** What an item is in the tree. The salt keeps a serial from being tried against a published leaf. */
export function itemLeafHash(serial: string, salt: string): Uint8Array {
  return leafHash(leafData(serial, salt));
}

/** @param count 1 to MAX_ITEMS */
export function makeItems(count: number, random: Random): { blob: ItemBlob; root: Uint8Array } {
  const length = serialLength(count);
  const serials = new Set<string>();
  while (serials.size < count) {
    const bytes = random.bytes(length * (count - serials.size));
    for (let at = 0; at < bytes.length; at += length)
      serials.add(randomSerial(bytes.subarray(at, at + length)));
  }
  const salts = random.bytes(SALT_BYTES * count);
  const sorted = [...serials].sort();
  const width = length + SALT_BYTES;
  const complete = count >> STORED_LEVEL;
  const blob = new Uint8Array(HEADER_BYTES + count * width + complete * 32);
  blob[0] = MAGIC;
  blob[1] = length;
  new DataView(blob.buffer).setUint32(2, count);
  const data = sorted.map((serial, at) => {
    const salt = salts.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES);
    blob.set(Buffer.from(serial, 'ascii'), HEADER_BYTES + at * width);
    blob.set(salt, HEADER_BYTES + at * width + length);
    return leafData(serial, toBase64url(salt));
  });
  const tree = buildTree(leafHashes(data));
  const stored = Array.from({ length: complete }, (_, at) => ({ level: STORED_LEVEL, index: BigInt(at) }));
  for (const [at, hash] of tree.read(stored).entries())
    blob.set(hash, HEADER_BYTES + count * width + at * 32);
  return { blob, root: tree.root };
}

/** Reads a blob; throws a plain Error when it is not one of ours (the store was changed). */
export class Items {
  readonly count: number;
  private readonly blob: ItemBlob;
  private readonly length: number;

  constructor(blob: ItemBlob) {
    this.blob = blob;
    this.length = blob[1] ?? 0;
    this.count = blob.length < HEADER_BYTES ? 0 : new DataView(blob.buffer, blob.byteOffset).getUint32(2);
    const size = HEADER_BYTES + this.count * this.width + (this.count >> STORED_LEVEL) * 32;
    if (blob[0] !== MAGIC || blob.length !== size)
      throw new Error(`the item blob has ${blob.length} bytes where ${size} were expected`);
  }

  private get width(): number {
    return this.length + SALT_BYTES;
  }

  at(index: number): Item {
    const start = HEADER_BYTES + index * this.width;
    const serial = Buffer.from(this.blob.subarray(start, start + this.length)).toString('ascii');
    return { serial, salt: toBase64url(this.blob.subarray(start + this.length, start + this.width)), index };
  }

  /** Half-open [from, to), cut to what is there. */
  slice(from: number, to: number): Item[] {
    const items: Item[] = [];
    for (let at = Math.max(0, from); at < Math.min(to, this.count); at++) items.push(this.at(at));
    return items;
  }

  find(serial: string): Item | null {
    let [lo, hi] = [0, this.count];
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      const item = this.at(middle);
      if (item.serial === serial) return item;
      if (item.serial < serial) lo = middle + 1;
      else hi = middle;
    }
    return null;
  }

  /** Sibling hashes from the item's leaf to the root in the passport. */
  prove(index: number): Uint8Array[] {
    return proveInclusion((nodes) => nodes.map((node) => this.node(node)), BigInt(index), BigInt(this.count));
  }

  private node({ level, index }: NodeRef): Uint8Array {
    if (level < STORED_LEVEL) {
      const from = Number(index) << level;
      const items = this.slice(from, from + (1 << level));
      return buildTree(leafHashes(items.map(({ serial, salt }) => leafData(serial, salt)))).root;
    }
    const width = 1 << (level - STORED_LEVEL);
    const start = HEADER_BYTES + this.count * this.width + Number(index) * width * 32;
    return buildTree(this.blob.subarray(start, start + width * 32)).root;
  }
}
