// A whole tree in memory, for batches and for whoever reads a log: every node is kept, so a proof is read off and nothing
// is hashed. Level 0 holds the leaf hashes, each level above the node over each two and an odd last hash as it is. That
// last hash stands for the range at the right edge, complete or not, which is just what RFC 9162 proofs ask for.
import { bulkHasher, hashAt, requireMultiple } from './bulk.ts';
import { LogError } from './errors.ts';
import { EMPTY_ROOT } from './hash.ts';
import { RUN_LEVELS } from './hash-lanes.ts';
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
 * @param leafHashes 32 bytes each, one after the other. The tree copies them, and takes 64 bytes a leaf in all.
 * @throws LogError `log/malformed-hash`
 */
export function buildTree(leafHashes: Uint8Array): Tree {
  return proofsOf(new StoredNodes(requireMultiple(leafHashes, 32), false));
}

/** The fastest way, for entries of 32 bytes that lie one after the other. @throws LogError `log/malformed-hash` */
export function buildTreeOf32(entries: Uint8Array): Tree {
  return proofsOf(new StoredNodes(requireMultiple(entries, 32), true));
}

/** All nodes: the lowest levels in runs of 1,024 leaves, as they were hashed, the others over the runs' roots. */
class StoredNodes {
  readonly size: number;
  /** How many hashes each level has; the last level has one. */
  readonly counts: readonly number[];
  private readonly runs: readonly Uint8Array[];
  private readonly upper: readonly Uint8Array[];
  /** Where each level of a run begins, in hashes: of a whole one, and of the last. */
  private readonly starts: readonly number[];
  private readonly lastStarts: readonly number[];

  constructor(inputs: Uint8Array, areLeaves: boolean) {
    const { run, pairs } = bulkHasher();
    this.size = inputs.length / 32;
    const runs: Uint8Array[] = [];
    for (let at = 0; at < inputs.length; at += 32 << RUN_LEVELS)
      runs.push(run(inputs.subarray(at, at + (32 << RUN_LEVELS)), areLeaves));
    const roots = new Uint8Array(32 * runs.length);
    for (const [at, { length }] of runs.entries()) roots.set(runs[at]!.subarray(length - 32), 32 * at);
    const upper = [roots];
    for (let below = roots; below.length > 32; ) {
      const paired = below.length - (below.length % 64);
      const above = new Uint8Array(32 * Math.ceil(below.length / 64));
      pairs(below.subarray(0, paired), above);
      above.set(below.subarray(paired), paired / 2);
      upper.push(above);
      below = above;
    }
    this.runs = runs;
    this.upper = upper;
    this.starts = startsOf(1 << RUN_LEVELS);
    this.lastStarts = startsOf(this.size - ((runs.length - 1) << RUN_LEVELS));
    this.counts = Array.from({ length: RUN_LEVELS + upper.length }, (_, level) =>
      Math.ceil(this.size / 2 ** level),
    );
  }

  at(level: number, index: number): Uint8Array {
    if (level >= RUN_LEVELS) return hashAt(this.upper[level - RUN_LEVELS]!, index).slice();
    const perRun = RUN_LEVELS - level;
    const run = index >> perRun;
    const starts = run === this.runs.length - 1 ? this.lastStarts : this.starts;
    return hashAt(this.runs[run]!, starts[level]! + index - (run << perRun)).slice();
  }
}

function startsOf(leaves: number): number[] {
  const starts = [0];
  for (let count = leaves; starts.length < RUN_LEVELS; count = (count + 1) >> 1)
    starts.push(starts.at(-1)! + count);
  return starts;
}

function proofsOf(nodes: StoredNodes): Tree {
  const { size, counts } = nodes;
  const top = counts.length - 1;

  /** The siblings on the way up from a node; where there is none, the node rises as it is. */
  const climb = (level: number, index: number): Uint8Array[] => {
    const siblings: Uint8Array[] = [];
    for (let [at, i] = [level, index]; at < top; at++, i >>= 1)
      if ((i ^ 1) < counts[at]!) siblings.push(nodes.at(at, i ^ 1));
    return siblings;
  };

  return {
    size: BigInt(size),
    root: size === 0 ? EMPTY_ROOT : nodes.at(top, 0),
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
      return isOldRoot ? climb(level, index) : [nodes.at(level, index), ...climb(level, index)];
    },
    read: (refs) =>
      refs.map(({ level, index }) => {
        if (level < 0 || index < 0n || (index + 1n) << BigInt(level) > BigInt(size))
          throw new Error(`a tree of ${size} leaves has no node ${index} on level ${level}`);
        return nodes.at(level, Number(index));
      }),
  };
}
