// Inclusion: entry `index` is in the tree of `size` entries with this root. RFC 9162 §2.1.3.
import { equalBytes } from '#lib/canonical';
import { LogError } from './errors.ts';
import { isHash, nodeHash } from './hash.ts';
import {
  type HashReader,
  isUint64,
  type NodeRef,
  type ProofPlan,
  rangeNodes,
  requireSize,
  runPlan,
  splitPoint,
} from './nodes.ts';

/**
 * The nodes of the proof, leaf's sibling first (RFC 9162 §2.1.3.1).
 * @throws LogError `log/index-out-of-range`, `log/size-out-of-range`
 */
export function inclusionPlan(index: bigint, size: bigint): ProofPlan {
  if (!isUint64(index) || index >= requireSize(size))
    throw new LogError(
      'log/index-out-of-range',
      `no entry ${index} in a tree of size ${size}; indexes start at 0`,
    );
  const plan: NodeRef[][] = [];
  let [lo, hi] = [0n, size];
  while (hi - lo > 1n) {
    const middle = lo + splitPoint(hi - lo);
    if (index < middle) {
      plan.unshift(rangeNodes(middle, hi));
      hi = middle;
    } else {
      plan.unshift(rangeNodes(lo, middle));
      lo = middle;
    }
  }
  return plan;
}

export function proveInclusion(read: HashReader, index: bigint, size: bigint): Uint8Array[] {
  const plan = inclusionPlan(index, size);
  return runPlan(plan, read(plan.flat()));
}

export type InclusionClaim = {
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/** Does the proof hold? All members may be attacker-controlled; what is malformed does not hold. Never throws. */
export function checkInclusion({ leafHash, index, size, proof, root }: InclusionClaim): boolean {
  if (!isUint64(index) || !isUint64(size) || index >= size) return false;
  if (!isHash(leafHash) || !isHash(root) || !Array.isArray(proof) || !proof.every(isHash)) return false;
  const computed = runInclusionProof(leafHash, index, size, proof);
  return computed !== null && equalBytes(computed, root);
}

/** The root that a proof leads to, or null when it has too few or too many hashes. RFC 9162 §2.1.3.2. */
function runInclusionProof(leafHash: Uint8Array, index: bigint, size: bigint, proof: readonly Uint8Array[]) {
  let fn = index;
  let sn = size - 1n;
  let r = leafHash;
  for (const p of proof) {
    if (sn === 0n) return null; // a surplus hash
    if (fn & 1n || fn === sn) {
      r = nodeHash(p, r);
      // on the right edge: rise to the level where the left sibling stands
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = nodeHash(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? r : null; // not 0: a hash is missing
}
