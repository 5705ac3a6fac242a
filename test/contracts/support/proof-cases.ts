// Random claims about trees: true ones of real trees and of trees too large to build, damaged ones, and noise.
import { proveConsistency, proveInclusion, readerOf } from '#lib/transparency-log';
import {
  leaf,
  node,
  pathLength,
  root,
  rootOfPath,
  rootsOfSubproof,
  subproofLength,
} from '../../support/merkle-reference.ts';
import type { ConsistencyCase } from './proof-probe.ts';
import type { Random } from './random.ts';

type Bytes = Uint8Array;
export type InclusionClaim = {
  readonly size: bigint;
  readonly index: bigint;
  readonly leafHash: Bytes;
  readonly root: Bytes;
  readonly proof: readonly Bytes[];
};

const LARGEST_BUILT = 70;
const MAX = (1n << 64n) - 1n;

/** A tree to take proofs from; its reader keeps the hashes. */
function tree(random: Random) {
  const leaves = Array.from({ length: 1 + random.below(LARGEST_BUILT) }, () => leaf(random.bytes()));
  return { leaves, read: readerOf(leaves) };
}

/** Hashes of the proof's length, and the roots that they lead to: right for some tree of these sizes. */
export function trueConsistency(random: Random): ConsistencyCase {
  if (random.below(2) === 0) {
    const { leaves, read } = tree(random);
    const size1 = 1 + random.below(leaves.length);
    return {
      size1: BigInt(size1),
      root1: root(leaves.slice(0, size1)),
      size2: BigInt(leaves.length),
      root2: root(leaves),
      proof: proveConsistency(read, BigInt(size1), BigInt(leaves.length)),
    };
  }
  const sizes = [random.size() || 1n, random.size() || MAX].sort((one, two) => (one < two ? -1 : 1));
  const [size1, size2] = sizes as [bigint, bigint];
  const proof = Array.from({ length: subproofLength(size1, size2) }, random.bytes);
  const [root1, root2] = rootsOfSubproof(size1, size2, proof, random.bytes());
  return { size1, root1, size2, root2, proof };
}

export function trueInclusion(random: Random): InclusionClaim {
  if (random.below(2) === 0) {
    const { leaves, read } = tree(random);
    const index = random.below(leaves.length);
    return {
      size: BigInt(leaves.length),
      index: BigInt(index),
      leafHash: leaves[index] as Bytes,
      root: root(leaves),
      proof: proveInclusion(read, BigInt(index), BigInt(leaves.length)),
    };
  }
  const size = random.size() || 1n;
  const index = random.below(3) === 0 ? size - 1n : random.size() % size;
  const leafHash = random.bytes();
  const proof = Array.from({ length: pathLength(index, size) }, random.bytes);
  return { size, index, leafHash, root: rootOfPath(leafHash, index, size, proof), proof };
}

/** The claim with one thing wrong with it, or at least different. */
export function damagedConsistency(random: Random, good: ConsistencyCase): ConsistencyCase {
  const { size1, root1, size2, root2, proof } = good;
  switch (random.below(8)) {
    case 0:
      return { ...good, root1: flipped(random, root1) };
    case 1:
      return { ...good, root2: flipped(random, root2) };
    case 2:
      return { ...good, size1: otherSize(random, size1) };
    case 3:
      return { ...good, size2: otherSize(random, size2) };
    case 4:
      return { ...good, size1: size2, size2: size1 };
    case 5:
      return { ...good, root1: root2, root2: root1 };
    default:
      return { ...good, proof: damagedProof(random, proof) };
  }
}

export function damagedInclusion(random: Random, good: InclusionClaim): Omit<InclusionClaim, 'root'> {
  const { size, index, leafHash, proof } = good;
  switch (random.below(6)) {
    case 0:
      return { ...good, leafHash: flipped(random, leafHash) };
    case 1:
      return { ...good, size: otherSize(random, size) };
    case 2:
      return { ...good, index: otherSize(random, index) };
    default:
      return { ...good, proof: damagedProof(random, proof) };
  }
}

/**
 * A claim whose roots are what the RFC's steps arrive at, although there may be a hash too few or too many: refused for
 * that alone.
 */
export function fittedConsistency(random: Random): ConsistencyCase {
  const sizes = [random.size(), random.size()].sort((one, two) => (one < two ? -1 : 1));
  const [size1, size2] = random.below(8) === 0 ? [0n, 0n] : (sizes as [bigint, bigint]);
  const right = size1 > 0n && size1 < size2 ? subproofLength(size1, size2) : 0;
  const length = Math.max(0, right + random.below(3) - 1);
  const proof = Array.from({ length }, random.bytes);
  const given = random.bytes();
  if (size1 === size2 || length === 0) return { size1, root1: given, size2, root2: given, proof };
  const isPower = (size1 & (size1 - 1n)) === 0n;
  let [fr, sr] = isPower ? [given, given] : [proof[0] as Bytes, proof[0] as Bytes];
  let [fn, sn] = [size1 - 1n, size2 - 1n];
  if (size1 > 0n) while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  for (const c of isPower ? proof : proof.slice(1)) {
    if (fn & 1n || fn === sn) {
      [fr, sr] = [node(c, fr), node(c, sr)];
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = node(sr, c);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return { size1, root1: fr, size2, root2: sr, proof };
}

/** The same for inclusion: any number of hashes, and the root that they lead to. */
export function fittedInclusion(random: Random): InclusionClaim {
  const size = random.size() || 1n;
  const index = random.below(4) === 0 ? size - 1n : random.size() % size;
  const length = Math.max(0, pathLength(index, size) + random.below(5) - 2);
  const proof = Array.from({ length }, random.bytes);
  const leafHash = random.bytes();
  let [fn, sn, r] = [index, size - 1n, leafHash];
  for (const p of proof) {
    if (fn & 1n || fn === sn) {
      r = node(p, r);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else r = node(r, p);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return { size, index, leafHash, root: r, proof };
}

/** Sizes and hashes that have nothing to do with each other, except that the number of hashes is often right. */
export function noise(random: Random): ConsistencyCase {
  const [size1, size2] = [random.size(), random.size()];
  const fits = size1 > 0n && size1 <= size2 && random.below(2) === 0;
  const length = fits ? subproofLength(size1, size2) : random.below(67);
  const proof = Array.from({ length }, random.bytes);
  const root1 = random.bytes();
  return { size1, root1, size2, root2: random.below(4) === 0 ? root1 : random.bytes(), proof };
}

function damagedProof(random: Random, proof: readonly Bytes[]): readonly Bytes[] {
  if (proof.length === 0) return [random.bytes()];
  const at = random.below(proof.length);
  const one = proof[at] as Bytes;
  switch (random.below(6)) {
    case 0:
      return proof.toSpliced(at, 1);
    case 1:
      return proof.toSpliced(at, 0, random.bytes());
    case 2:
      return proof.toSpliced(at, 0, one);
    case 3:
      return [...proof].reverse();
    case 4:
      return [...proof, random.bytes()];
    default:
      return proof.with(at, flipped(random, one));
  }
}

function flipped(random: Random, bytes: Bytes): Bytes {
  const other = bytes.slice();
  const bit = random.below(256);
  other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
  return other;
}

function otherSize(random: Random, size: bigint): bigint {
  const bit = 1n << BigInt(random.below(64));
  const other = [size + 1n, size - 1n, size ^ bit, random.size(), 0n, MAX][random.below(6)] as bigint;
  return other < 0n || other > MAX ? size ^ bit : other;
}
