// A whole tree in memory, for batches and for whoever reads a log: every node is kept, so a proof is read off and nothing
// is hashed. Level 0 holds the leaf hashes, each level above the node over each two and an odd last hash as it is. That
// last hash stands for the range at the right edge, complete or not, which is just what RFC 9162 proofs ask for.
import { bulkHasher, hashAt, requireMultiple } from './bulk.ts';
import { LogError } from './errors.ts';
import { EMPTY_ROOT } from './hash.ts';
import type { HashReader } from './nodes.ts';

export type Tree = {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** RFC 9162 §2.1.3.1, in this tree. @throws LogError `log/index-out-of-range` */
  readonly inclusion: (index: bigint) => Uint8Array[];
  /** RFC 9162 §2.1.4.1, from `size1` to this tree. @throws LogError `log/empty-tree`, `log/size-out-of-range` */
  readonly consistency: (size1: bigint) => Uint8Array[];
  /** Its complete subtrees, for proofs in smaller trees, for frontiers and tiles. Asking for others throws. */
  readonly read: HashReader;
};

/**
 * @param leafHashes 32 bytes each, one after the other: kept as level 0, so not to be changed afterwards. A tree takes
 *   64 bytes a leaf in all.
 * @throws LogError `log/malformed-hash`
 */
export function buildTree(leafHashes: Uint8Array): Tree {
  const levels = [requireMultiple(leafHashes, 32), ...levelsAbove(leafHashes.length / 32)];
  bulkHasher().tree(levels);
  return treeOf(levels);
}

/** The fastest way, for entries of 32 bytes that lie one after the other. @throws LogError `log/malformed-hash` */
export function buildTreeOf32(entries: Uint8Array): Tree {
  const leafHashes = new Uint8Array(requireMultiple(entries, 32).length);
  const levels = [leafHashes, ...levelsAbove(entries.length / 32)];
  bulkHasher().tree(levels, entries);
  return treeOf(levels);
}

/** Room for the levels above so many leaves: half as many each time, rounded up. */
function levelsAbove(count: number): Uint8Array[] {
  if (count <= 1) return [];
  const half = Math.ceil(count / 2);
  return [new Uint8Array(32 * half), ...levelsAbove(half)];
}

function treeOf(levels: readonly Uint8Array[]): Tree {
  const size = levels[0]!.length / 32;
  const node = (level: number, index: number) => hashAt(levels[level]!, index).slice();

  /** The siblings on the way up from a node; where there is none, the node rises as it is. */
  const climb = (level: number, index: number): Uint8Array[] => {
    const siblings: Uint8Array[] = [];
    for (let [at, i] = [level, index]; at < levels.length - 1; at++, i >>= 1)
      if ((i ^ 1) * 32 < levels[at]!.length) siblings.push(node(at, i ^ 1));
    return siblings;
  };

  return {
    size: BigInt(size),
    root: size === 0 ? EMPTY_ROOT : node(levels.length - 1, 0),
    inclusion: (index) => {
      if (index < 0n || index >= BigInt(size))
        throw new LogError('log/index-out-of-range', `no entry ${index} in a tree of size ${size}`);
      return climb(0, Number(index));
    },
    consistency: (size1) => {
      if (size1 === 0n)
        throw new LogError(
          'log/empty-tree',
          'every tree extends the empty one; a proof from size 0 says nothing',
        );
      if (size1 < 0n || size1 > BigInt(size))
        throw new LogError('log/size-out-of-range', `a tree of size ${size} does not extend one of ${size1}`);
      if (size1 === BigInt(size)) return [];
      // the largest subtree that ends with the old tree's last entry
      let [level, index] = [0, Number(size1) - 1];
      for (; index & 1; index >>= 1) level++;
      const isOldRoot = index === 0; // which the checker has already
      return isOldRoot ? climb(level, index) : [node(level, index), ...climb(level, index)];
    },
    read: (nodes) =>
      nodes.map(({ level, index }) => {
        if (level < 0 || index < 0n || (index + 1n) << BigInt(level) > BigInt(size))
          throw new Error(`a tree of ${size} leaves has no node ${index} on level ${level}`);
        return node(level, Number(index));
      }),
  };
}
