// Consistency: the tree of `size2` entries begins with the tree of `size1` entries. RFC 9162 §2.1.4.
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
 * The nodes of the proof (RFC 9162 §2.1.4.1). Equal sizes have an empty proof; from size 0 nothing can be proved.
 * @throws LogError `log/empty-tree`, `log/size-out-of-range`
 */
export function consistencyPlan(size1: bigint, size2: bigint): ProofPlan {
  if (requireSize(size1) === 0n)
    throw new LogError(
      'log/empty-tree',
      `every tree extends the empty one; a proof from size 0 to ${size2} says nothing`,
    );
  if (size1 > requireSize(size2))
    throw new LogError(
      'log/size-out-of-range',
      `a tree of size ${size2} does not extend one of size ${size1}`,
    );
  const plan: NodeRef[][] = [];
  let [lo, hi] = [0n, size2];
  while (size1 < hi) {
    const middle = lo + splitPoint(hi - lo);
    if (size1 <= middle) {
      plan.unshift(rangeNodes(middle, hi));
      hi = middle;
    } else {
      plan.unshift(rangeNodes(lo, middle));
      lo = middle;
    }
  }
  // now hi = size1; the checker knows [0, size1) as root1 itself, any other last part it must be given
  if (lo > 0n) plan.unshift(rangeNodes(lo, hi));
  return plan;
}

export function proveConsistency(read: HashReader, size1: bigint, size2: bigint): Uint8Array[] {
  const plan = consistencyPlan(size1, size2);
  return runPlan(plan, read(plan.flat()));
}

export type ConsistencyClaim = {
  readonly size1: bigint;
  readonly root1: Uint8Array;
  readonly size2: bigint;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/**
 * Does the proof hold? All members may be attacker-controlled; what is malformed does not hold. Never throws.
 * Equal sizes need equal roots and an empty proof. Size 0 is refused on either side, also 0 to 0: RFC 9162 leaves it
 * open, and a claim that holds for every log must not read as one that was checked.
 */
export function checkConsistency({ size1, root1, size2, root2, proof }: ConsistencyClaim): boolean {
  if (!isUint64(size1) || !isUint64(size2) || size1 === 0n || size1 > size2) return false;
  if (!isHash(root1) || !isHash(root2) || !Array.isArray(proof) || !proof.every(isHash)) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  const computed = runConsistencyProof(size1, root1, size2, proof);
  return computed !== null && equalBytes(computed.root1, root1) && equalBytes(computed.root2, root2);
}

/** Both roots that a proof leads to, or null when it has too few or too many hashes. RFC 9162 §2.1.4.2. */
function runConsistencyProof(size1: bigint, root1: Uint8Array, size2: bigint, proof: readonly Uint8Array[]) {
  // a size that is a power of two is one node of the new tree, so its root starts the path
  const [first, ...rest] = (size1 & (size1 - 1n)) === 0n && proof.length > 0 ? [root1, ...proof] : proof;
  if (!first) return null;
  let fn = size1 - 1n;
  let sn = size2 - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = first;
  let sr = first;
  for (const c of rest) {
    if (sn === 0n) return null; // a surplus hash
    if (fn & 1n || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = nodeHash(sr, c);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? { root1: fr, root2: sr } : null; // not 0: a hash is missing
}
