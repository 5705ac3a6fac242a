// Stored hashes and the plans that read them. A store keeps the hash of each complete subtree, which never changes:
// node (level, index) covers the entries [index·2^level, (index+1)·2^level). A proof hash at the right edge covers an
// incomplete range and is folded from several of them, so a plan names the nodes of each proof hash; all nodes of a
// plan can be fetched in one batch.
import { LogError } from './errors.ts';
import { isHash, nodeHash, requireHash } from './hash.ts';

export type NodeRef = { readonly level: number; readonly index: bigint };

/** For each hash of the proof, in order, the complete subtrees it is folded from, left to right. */
export type ProofPlan = readonly (readonly NodeRef[])[];

/** Reads the hashes of these nodes, in this order. */
export type HashReader = (nodes: readonly NodeRef[]) => readonly Uint8Array[];

/** Is this a tree size or an entry index, an unsigned 64-bit integer? */
export function isUint64(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value < 1n << 64n;
}

/** @throws LogError `log/size-out-of-range` */
export function requireSize(size: bigint): bigint {
  if (!isUint64(size)) throw new LogError('log/size-out-of-range', `${size} is not a size from 0 to 2^64-1`);
  return size;
}

/** The largest power of two that is smaller than n, for n ≥ 2: where RFC 9162 §2.1.1 splits a tree. */
export function splitPoint(n: bigint): bigint {
  return 1n << BigInt((n - 1n).toString(2).length - 1);
}

/**
 * The complete subtrees that make up [lo, hi), left to right, one for each set bit of its length.
 * `lo` must be the start of a subtree that reaches to `hi` or beyond, as it is wherever a tree is split.
 */
export function rangeNodes(lo: bigint, hi: bigint): NodeRef[] {
  const nodes: NodeRef[] = [];
  while (lo < hi) {
    const level = (hi - lo).toString(2).length - 1;
    nodes.push({ level, index: lo >> BigInt(level) });
    lo += 1n << BigInt(level);
  }
  return nodes;
}

/** The nodes of the root of a tree of this size: also those that its frontier holds. */
export function rootPlan(size: bigint): ProofPlan {
  if (requireSize(size) === 0n) throw new LogError('log/empty-tree', 'a tree of size 0 has no nodes');
  return [rangeNodes(0n, size)];
}

/** Folds the hashes of complete subtrees, left to right, into the hash of the range they make up. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The proof of a plan, from the hashes of `plan.flat()` in that order. Other hashes than asked for are a bug of the store. */
export function runPlan(plan: ProofPlan, hashes: readonly Uint8Array[]): Uint8Array[] {
  const asked = plan.reduce((sum, nodes) => sum + nodes.length, 0);
  if (hashes.length !== asked || !hashes.every(isHash))
    throw new Error(`the store gave ${hashes.length} hashes where ${asked} of 32 bytes were asked for`);
  const rest = [...hashes];
  return plan.map((nodes) => foldHashes(rest.splice(0, nodes.length)));
}

/** A reader over a tree held in memory as its leaf hashes; hashes each complete subtree once. */
export function readerOf(leafHashes: readonly Uint8Array[]): HashReader {
  const levels: Uint8Array[][] = [leafHashes.map(requireHash)];
  for (let below = levels[0] as Uint8Array[]; below.length > 1; levels.push(below))
    below = Array.from({ length: below.length >> 1 }, (_, at) =>
      nodeHash(below[2 * at] as Uint8Array, below[2 * at + 1] as Uint8Array),
    );
  return (nodes) =>
    nodes.map(({ level, index }) => {
      const hash = levels[level]?.[Number(index)];
      if (!hash)
        throw new Error(`a tree of ${leafHashes.length} leaves has no node ${index} on level ${level}`);
      return hash;
    });
}
