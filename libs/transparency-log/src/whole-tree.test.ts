import { toHex } from '#lib/canonical';
import {
  leaf,
  path,
  root as referenceRoot,
  subproof,
  xorshiftBytes,
} from '../../../test/support/merkle-reference.ts';
import { bulkHasher, hashAt, leafHashesOf32, plainHasher } from './bulk.ts';
import { checkConsistency, proveConsistency } from './consistency.ts';
import { EMPTY_ROOT, nodeHash, treeHash } from './hash.ts';
import { checkInclusion, proveInclusion } from './inclusion.ts';
import { readerOf } from './nodes.ts';
import { buildTree, buildTreeOf32 } from './tree.ts';

const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const hexOf = (hashes: readonly Uint8Array[]) => hashes.map(toHex).join();
const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));

const ENTRIES = joined(xorshiftBytes(1000));
const LEAVES = leafHashesOf32(ENTRIES);
const leavesTo = (size: number) => Array.from({ length: size }, (_, at) => hashAt(LEAVES, at));

/** The root through the slow hasher alone. */
function plainRoot(entries: Uint8Array): Uint8Array {
  let level = new Uint8Array(entries.length);
  plainHasher.leaves(entries, level);
  while (level.length > 32) {
    const paired = level.length - (level.length % 64);
    const above = new Uint8Array(paired / 2 + (level.length - paired));
    plainHasher.pairs(level.subarray(0, paired), above);
    above.set(level.subarray(paired), paired / 2);
    level = above;
  }
  return level;
}

// anchoring figures are measured over this tree, so its root is known from elsewhere
const OWN_ROOTS: Record<number, string> = {
  1: '9ad9014c79d82f27b7cd89a30d9bcb752f50bff7016afbda7635a088f424126a',
  3: '9c4cc5d5887920e59d490735990504a455f2e3cbcc79c96bbd307a5b4e6e65b1',
  7: '44e45c099c7327ed0422e5b8d2da547d9a5a17b1c31b4aab3aaf89e675315a81',
  8: '7a9057046688cf2816304ee6d128e05336400bee343cc5654e7e91a5cf4ce962',
  1000: 'ad0312a991e88e362f441bed5db630896a96f4341eeed2a4e4c641524596fece',
};

test('roots of our own tree, both ways', () => {
  for (const [size, want] of Object.entries(OWN_ROOTS)) {
    const entries = ENTRIES.subarray(0, 32 * Number(size));
    expect(toHex(buildTree(leafHashesOf32(entries)).root)).toBe(want);
    expect(toHex(plainRoot(entries))).toBe(want);
  }
});

test('the root of our own tree of a million leaves', () => {
  const words = new Uint32Array(8_000_000);
  let state = 0x12345678;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  const tree = buildTreeOf32(new Uint8Array(words.buffer));
  expect(toHex(tree.root)).toBe('c3853469bb8efafe1cbe3d3776b2e25af528cecb445e9fd1b6edaa038fc46024');
});

test('every size to 600: the roots of the level-by-level and of the plain way', () => {
  expect(buildTree(new Uint8Array(0)).root).toEqual(EMPTY_ROOT);
  for (let size = 1; size <= 600; size++) {
    const { root } = buildTree(LEAVES.subarray(0, 32 * size));
    expect(toHex(root)).toBe(toHex(treeHash(leavesTo(size))));
    if (size % 7 === 0 || size < 70)
      expect(toHex(root)).toBe(toHex(plainRoot(ENTRIES.subarray(0, 32 * size))));
  }
});

test('every node of a run of every length: the plain way has the same', () => {
  const entries = joined(xorshiftBytes(1024));
  for (const count of [...Array(67).keys(), 127, 128, 129, 500, 511, 513, 999, 1000, 1001, 1023, 1024].slice(
    1,
  )) {
    const some = entries.subarray(0, 32 * count);
    const levels = toHex(bulkHasher().run(some, true));
    expect(levels).toBe(toHex(plainHasher.run(some, true)));
    expect(toHex(bulkHasher().run(leafHashesOf32(some), false))).toBe(levels);
    expect(toHex(plainHasher.run(leafHashesOf32(some), false))).toBe(levels);
  }
});

test('larger trees of several runs: every node, proofs through all levels, both ways of building', () => {
  const entries = joined(xorshiftBytes(5000));
  for (const size of [1000, 1023, 1024, 1025, 2047, 2048, 2049, 3071, 3073, 4097, 5000]) {
    const some = entries.subarray(0, 32 * size);
    const leaves = leafHashesOf32(some);
    const tree = buildTreeOf32(some);
    const read = readerOf(Array.from({ length: size }, (_, at) => hashAt(leaves, at)));
    expect(tree.root).toEqual(plainRoot(some));
    expect(buildTree(leaves).root).toEqual(tree.root);
    const nodes = Array.from({ length: 13 }, (_, level) =>
      Array.from({ length: size >> level }, (_, at) => ({ level, index: BigInt(at) })),
    ).flat();
    expect(hexOf(tree.read(nodes))).toBe(hexOf(read(nodes)));
    for (let at = 0; at < size; at += 31) {
      const proof = tree.inclusion(BigInt(at));
      expect(hexOf(proof)).toBe(hexOf(proveInclusion(read, BigInt(at), BigInt(size))));
      const grown = tree.consistency(BigInt(at + 1));
      expect(hexOf(grown)).toBe(hexOf(proveConsistency(read, BigInt(at + 1), BigInt(size))));
    }
  }
});

test('every (m, n) to 64, every index: the proofs of RFC 9162, and they hold', () => {
  const roots = Array.from({ length: 65 }, (_, size) => referenceRoot(leavesTo(size)));
  for (let n = 1; n <= 64; n++) {
    const tree = buildTree(LEAVES.subarray(0, 32 * n));
    const all = leavesTo(n);
    expect(tree.size).toBe(BigInt(n));
    expect(tree.root).toEqual(roots[n]);
    for (let index = 0; index < n; index++) {
      const proof = tree.inclusion(BigInt(index));
      expect(hexOf(proof)).toBe(hexOf(path(index, all)));
      expect(hexOf(proveInclusion(tree.read, BigInt(index), BigInt(n)))).toBe(hexOf(proof));
      const claim = { leafHash: all[index]!, index: BigInt(index), size: tree.size, root: tree.root };
      expect(checkInclusion({ ...claim, proof })).toBe(true);
    }
    for (let m = 1; m <= n; m++) {
      const proof = tree.consistency(BigInt(m));
      expect(hexOf(proof)).toBe(hexOf(subproof(m, all)));
      expect(hexOf(proveConsistency(tree.read, BigInt(m), BigInt(n)))).toBe(hexOf(proof));
      const claim = { size1: BigInt(m), root1: roots[m]!, size2: tree.size, root2: tree.root };
      expect(checkConsistency({ ...claim, proof })).toBe(true);
    }
  }
});

test('random larger trees: proofs as from stored nodes', () => {
  for (let run = 0; run < 10; run++) {
    const size = 65 + Math.floor(Math.random() * 900);
    const tree = buildTree(LEAVES.subarray(0, 32 * size));
    const read = readerOf(leavesTo(size));
    for (let again = 0; again < 40; again++) {
      const at = BigInt(Math.floor(Math.random() * size));
      expect(tree.inclusion(at)).toEqual(proveInclusion(read, at, BigInt(size)));
      expect(tree.consistency(at + 1n)).toEqual(proveConsistency(read, at + 1n, BigInt(size)));
    }
  }
});

test('each single bit of each proof of a tree of 11 counts', () => {
  const tree = buildTree(LEAVES.subarray(0, 32 * 11));
  const flipped = (proof: readonly Uint8Array[], bit: number) =>
    proof.map((hash, at) =>
      at === bit >> 8 ? hash.with((bit & 255) >> 3, hash[(bit & 255) >> 3]! ^ (1 << (bit & 7))) : hash,
    );
  let tried = 0;
  for (let index = 0n; index < 11n; index++) {
    const proof = tree.inclusion(index);
    const claim = { leafHash: hashAt(LEAVES, Number(index)), index, size: 11n, root: tree.root };
    for (let bit = 0; bit < 256 * proof.length; bit++, tried++)
      if (checkInclusion({ ...claim, proof: flipped(proof, bit) })) throw new Error(`bit ${bit} of ${index}`);
  }
  for (let size1 = 1n; size1 < 11n; size1++) {
    const proof = tree.consistency(size1);
    const root1 = buildTree(LEAVES.subarray(0, 32 * Number(size1))).root;
    expect(checkConsistency({ size1, root1, size2: 11n, root2: tree.root, proof })).toBe(true);
    for (let bit = 0; bit < 256 * proof.length; bit++, tried++)
      if (checkConsistency({ size1, root1, size2: 11n, root2: tree.root, proof: flipped(proof, bit) }))
        throw new Error(`bit ${bit} of ${size1}`);
  }
  expect(tried).toBeGreaterThan(15_000);
});

test('what a tree has not is refused', () => {
  const tree = buildTree(LEAVES.subarray(0, 32 * 5));
  refused(() => tree.inclusion(5n), 'log/index-out-of-range');
  refused(() => tree.inclusion(-1n), 'log/index-out-of-range');
  refused(() => buildTree(new Uint8Array(0)).inclusion(0n), 'log/index-out-of-range');
  refused(() => tree.consistency(0n), 'log/empty-tree');
  refused(() => tree.consistency(6n), 'log/size-out-of-range');
  refused(() => buildTree(LEAVES.subarray(0, 31)), 'log/malformed-hash');
  expect(tree.read([{ level: 2, index: 0n }])).toEqual([
    nodeHash(nodeHash(...pair(0)), nodeHash(...pair(1))),
  ]);
  for (const nobody of [
    { level: 0, index: 5n },
    { level: 1, index: 2n },
    { level: 3, index: 0n },
  ])
    expect(() => tree.read([nobody])).toThrow('has no node');
});
const pair = (at: number): [Uint8Array, Uint8Array] => [hashAt(LEAVES, 2 * at), hashAt(LEAVES, 2 * at + 1)];

test('proofs are copies: changing one changes no tree', () => {
  const tree = buildTree(LEAVES.slice(0, 32 * 8));
  const before = tree.inclusion(3n);
  for (const hash of tree.inclusion(3n)) hash.fill(0);
  tree.root.slice();
  expect(tree.inclusion(3n)).toEqual(before);
  expect(leaf(hashAt(ENTRIES, 3))).toEqual(hashAt(LEAVES, 3).slice());
});
