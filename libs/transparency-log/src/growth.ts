// Growth by many leaves at once, level by level: each new complete subtree is hashed once, and all that the proofs of
// the new entries need is then in memory, so nothing has to be read back from a store.
import { hashAt, hashPairs as hashMany } from './bulk.ts';
import { LogError } from './errors.ts';
import type { Frontier } from './frontier.ts';
import { EMPTY_ROOT, nodeHash, requireHash } from './hash.ts';

/** Complete subtrees that did not exist before, one level of them: `hashes[i]` is node (level, first + i). */
export type NodeRun = {
  readonly level: number;
  readonly first: number;
  readonly hashes: readonly Uint8Array[];
};

/** A log after it has grown: what is to be stored, and proofs for the new entries. */
export type Growth = {
  readonly frontier: Frontier;
  readonly root: Uint8Array;
  /** Lowest level first; every level has at least one hash. */
  readonly runs: readonly NodeRun[];
  /**
   * Inclusion proof (RFC 9162 §2.1.3) of a new entry in the tree as it is now, leaf's sibling first.
   * @throws LogError `log/index-out-of-range` for an entry that was there before, or is not there
   */
  readonly inclusion: (index: bigint) => Uint8Array[];
};

// fewer pairs are hashed one by one
const WORTH_A_LANE = 4;
// what a double holds exactly; positions are computed with plain numbers here
const MAX_SIZE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The log with these leaves behind it. Needs at least one leaf; the same result as `appendLeaf` one by one.
 * @throws LogError `log/malformed-hash`; `log/size-out-of-range` above 2^53 - 1
 */
export function growLog(frontier: Frontier, leafHashes: readonly Uint8Array[]): Growth {
  const size = frontier.size + BigInt(leafHashes.length);
  if (size > MAX_SIZE || leafHashes.length === 0)
    throw new LogError('log/size-out-of-range', `a log of ${frontier.size} cannot grow to ${size} here`);
  const from = Number(frontier.size);
  const to = Number(size);
  const kept = keptByLevel(from, frontier.hashes);
  const runs = [{ level: 0, first: from, hashes: leafHashes.map(requireHash) }];
  for (let run = runs[0] as NodeRun; ; run = runs[runs.length - 1] as NodeRun) {
    const hashes = hashPairs(run, kept.get(run.level));
    if (hashes.length === 0) break;
    runs.push({ level: run.level + 1, first: Math.floor(run.first / 2), hashes });
  }
  const tree = new GrownTree(from, to, kept, runs);
  return {
    frontier: { size, hashes: tree.frontier() },
    root: tree.root(),
    runs,
    inclusion: (index) => tree.inclusion(index),
  };
}

/** The frontier's hash of each level whose bit is set in the size; largest subtree first in `hashes`. */
function keptByLevel(size: number, hashes: readonly Uint8Array[]): Map<number, Uint8Array> {
  const kept = new Map<number, Uint8Array>();
  let at = hashes.length;
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2))
    if (rest % 2 === 1) kept.set(level, requireHash(hashes[--at]));
  return kept;
}

/** The level above: the first new hash may be the right child of the one that was kept; an odd last one waits. */
function hashPairs({ first, hashes }: NodeRun, kept: Uint8Array | undefined): Uint8Array[] {
  const above: Uint8Array[] = [];
  let at = 0;
  if (first % 2 === 1) above.push(nodeHash(kept as Uint8Array, hashes[at++] as Uint8Array));
  const pairs = Math.floor((hashes.length - at) / 2);
  if (pairs < WORTH_A_LANE) {
    for (; at + 1 < hashes.length; at += 2)
      above.push(nodeHash(hashes[at] as Uint8Array, hashes[at + 1] as Uint8Array));
    return above;
  }
  const inputs = new Uint8Array(64 * pairs);
  for (let place = 0; place < 2 * pairs; place++) inputs.set(hashes[at + place] as Uint8Array, 32 * place);
  const nodes = hashMany(inputs);
  for (let place = 0; place < pairs; place++) above.push(hashAt(nodes, place));
  return above;
}

class GrownTree {
  /** On each level the hash of the last node, complete or not: folded from the right edge. */
  private readonly edges: Uint8Array[] = [];
  private readonly from: number;
  private readonly to: number;
  private readonly kept: ReadonlyMap<number, Uint8Array>;
  private readonly runs: readonly NodeRun[];

  constructor(from: number, to: number, kept: ReadonlyMap<number, Uint8Array>, runs: readonly NodeRun[]) {
    this.from = from;
    this.to = to;
    this.kept = kept;
    this.runs = runs;
    let edge = this.complete(0, to - 1);
    this.edges.push(edge);
    for (let level = 0, last = to - 1; last > 0; level++, last = Math.floor(last / 2)) {
      if (last % 2 === 1) edge = nodeHash(this.complete(level, last - 1), edge);
      this.edges.push(edge);
    }
  }

  root(): Uint8Array {
    return this.edges.at(-1) ?? EMPTY_ROOT;
  }

  frontier(): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    for (let level = 0, rest = this.to; rest > 0; level++, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) hashes.unshift(this.complete(level, rest - 1));
    return hashes;
  }

  inclusion(index: bigint): Uint8Array[] {
    if (index < BigInt(this.from) || index >= BigInt(this.to))
      throw new LogError('log/index-out-of-range', `entry ${index} is not one of [${this.from}, ${this.to})`);
    const proof: Uint8Array[] = [];
    let node = Number(index);
    for (let level = 0, last = this.to - 1; last > 0; level++, last = Math.floor(last / 2)) {
      if (node % 2 === 1) proof.push(this.complete(level, node - 1));
      // the last node of a level may be incomplete; without a right sibling a hash moves up as it is
      else if (node < last)
        proof.push(node + 1 === last ? (this.edges[level] as Uint8Array) : this.complete(level, node + 1));
      node = Math.floor(node / 2);
    }
    return proof;
  }

  /** A complete node on the path of a new entry: a new one, or its left neighbour that the old frontier kept. */
  private complete(level: number, index: number): Uint8Array {
    const run = this.runs[level];
    const hash = run && index >= run.first ? run.hashes[index - run.first] : this.kept.get(level);
    if (!hash) throw new Error(`a log of ${this.to} entries has no complete node ${index} on level ${level}`);
    return hash;
  }
}
