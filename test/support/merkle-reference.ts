// The tree as RFC 9162 §2.1 defines it, recursively and slowly: the second opinion that the transparency-log room and
// the contracts are compared with. Its proof walkers follow the definitions of PATH and SUBPROOF from the root down,
// where the room and the contracts climb from the leaf up.
import { createHash } from 'node:crypto';

export const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
export const leaf = (entry: Uint8Array) => sha256(LEAF, entry);
export const node = (left: Uint8Array, right: Uint8Array) => sha256(NODE, left, right);

const split = (n: bigint): bigint => {
  let k = 1n;
  while (2n * k < n) k *= 2n;
  return k;
};

/** MTH(D_n), §2.1.1, over leaf hashes. */
export function root(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  const k = Number(split(BigInt(leaves.length)));
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** PATH(m, D_n), §2.1.3.1. */
export function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = Number(split(BigInt(leaves.length)));
  return m < k
    ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

/** PROOF(m, D_n) = SUBPROOF(m, D_n, true), §2.1.4.1. */
export function subproof(m: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [root(leaves)];
  const k = Number(split(BigInt(leaves.length)));
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), root(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), root(leaves.slice(0, k))];
}

/** How many hashes PATH(index, D_size) has. */
export function pathLength(index: bigint, size: bigint): number {
  if (size === 1n) return 0;
  const k = split(size);
  return 1 + (index < k ? pathLength(index, k) : pathLength(index - k, size - k));
}

/** The root that a path of the right length leads to, whatever its hashes: PATH read backwards. */
export function rootOfPath(
  leafHash: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
): Uint8Array {
  if (size === 1n) return leafHash;
  const k = split(size);
  const last = proof.at(-1) as Uint8Array;
  const rest = proof.slice(0, -1);
  return index < k
    ? node(rootOfPath(leafHash, index, k, rest), last)
    : node(last, rootOfPath(leafHash, index - k, size - k, rest));
}

/** How many hashes PROOF(size1, D_size2) has. */
export function subproofLength(size1: bigint, size2: bigint, whole = true): number {
  if (size1 === size2) return whole ? 0 : 1;
  const k = split(size2);
  return 1 + (size1 <= k ? subproofLength(size1, k, whole) : subproofLength(size1 - k, size2 - k, false));
}

/** Both roots that a proof of the right length leads to: SUBPROOF read backwards. `whole` stands for root 1 where SUBPROOF ends in it. */
export function rootsOfSubproof(
  size1: bigint,
  size2: bigint,
  proof: readonly Uint8Array[],
  whole: Uint8Array | null,
): [Uint8Array, Uint8Array] {
  if (size1 === size2) {
    const end = whole ?? (proof[0] as Uint8Array);
    return [end, end];
  }
  const k = split(size2);
  const last = proof.at(-1) as Uint8Array;
  const rest = proof.slice(0, -1);
  if (size1 <= k) {
    const [old, grown] = rootsOfSubproof(size1, k, rest, whole);
    return [old, node(grown, last)];
  }
  const [old, grown] = rootsOfSubproof(size1 - k, size2 - k, rest, null);
  return [node(last, old), node(last, grown)];
}

/**
 * Reproducible 32-byte strings: xorshift32 (13 left, 17 right, 5 left), step then emit, eight little-endian words each.
 */
export function xorshiftBytes(count: number, seed = 0x12345678): Uint8Array[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    const view = new DataView(new ArrayBuffer(32));
    for (let at = 0; at < 32; at += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      view.setUint32(at, state >>> 0, true);
    }
    return new Uint8Array(view.buffer);
  });
}
