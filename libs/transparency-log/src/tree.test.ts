import { fromHex, toHex } from '#lib/canonical';
import { leaf, root as referenceRoot, xorshiftBytes } from '../../../test/support/merkle-reference.ts';
import {
  appendLeaf,
  decodeFrontier,
  emptyFrontier,
  encodeFrontier,
  type Frontier,
  frontierRoot,
} from './frontier.ts';
import { EMPTY_ROOT, leafHash, treeHash } from './hash.ts';
import { readerOf, rootPlan, runPlan } from './nodes.ts';

const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));

// leaves and roots that RFC 6962 implementations agree on, sizes 1 to 8
const REFERENCE_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const REFERENCE_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

// our own tree: 32-byte leaves from xorshift32
const OWN_ROOTS = {
  1: '9ad9014c79d82f27b7cd89a30d9bcb752f50bff7016afbda7635a088f424126a',
  3: '9c4cc5d5887920e59d490735990504a455f2e3cbcc79c96bbd307a5b4e6e65b1',
  7: '44e45c099c7327ed0422e5b8d2da547d9a5a17b1c31b4aab3aaf89e675315a81',
  8: '7a9057046688cf2816304ee6d128e05336400bee343cc5654e7e91a5cf4ce962',
  1000: 'ad0312a991e88e362f441bed5db630896a96f4341eeed2a4e4c641524596fece',
};

test('the empty tree is SHA-256 of nothing', () => {
  expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(treeHash([])).toEqual(EMPTY_ROOT);
  expect(frontierRoot(emptyFrontier())).toEqual(EMPTY_ROOT);
});

test('roots of the reference leaves, sizes 1 to 8', () => {
  const leaves = REFERENCE_LEAVES.map((hex) => leafHash(fromHex(hex)));
  REFERENCE_ROOTS.forEach((want, at) => {
    expect(toHex(treeHash(leaves.slice(0, at + 1)))).toBe(want);
  });
});

test('roots of our own tree, also from the frontier and from stored nodes', () => {
  const entries = xorshiftBytes(1000);
  expect(toHex((entries[0] as Uint8Array).subarray(0, 4))).toBe('a55a9887');
  const leaves = entries.map(leafHash);
  const read = readerOf(leaves);
  let frontier = emptyFrontier();
  for (const hash of leaves) {
    frontier = appendLeaf(frontier, hash).frontier;
    const want = OWN_ROOTS[Number(frontier.size) as keyof typeof OWN_ROOTS];
    if (!want) continue;
    expect(toHex(frontierRoot(frontier))).toBe(want);
    expect(toHex(treeHash(leaves.slice(0, Number(frontier.size))))).toBe(want);
    const plan = rootPlan(frontier.size);
    expect(runPlan(plan, read(plan.flat()))).toEqual([frontierRoot(frontier)]);
    expect(read(plan.flat())).toEqual(frontier.hashes);
  }
  expect(frontier.size).toBe(1000n);
});

test('tree, frontier and the recursive definition agree for every size to 130', () => {
  const leaves = xorshiftBytes(130).map(leafHash);
  let frontier: Frontier = emptyFrontier();
  leaves.forEach((hash, at) => {
    const want = referenceRoot(leaves.slice(0, at + 1));
    frontier = appendLeaf(frontier, hash).frontier;
    expect(frontierRoot(frontier)).toEqual(want);
    expect(treeHash(leaves.slice(0, at + 1))).toEqual(want);
  });
});

test('appending completes each node of the tree exactly once, with the hash it keeps', () => {
  const leaves = xorshiftBytes(100).map(leafHash);
  const read = readerOf(leaves);
  const seen = new Set<string>();
  let frontier = emptyFrontier();
  for (const hash of leaves) {
    const step = appendLeaf(frontier, hash);
    frontier = step.frontier;
    for (const { level, index, hash } of step.completed) {
      expect((index + 1n) << BigInt(level)).toBe(frontier.size); // a subtree ends with the leaf that completes it
      expect(read([{ level, index }])).toEqual([hash]);
      seen.add(`${level}/${index}`);
    }
  }
  const complete = [0, 1, 2, 3, 4, 5, 6].reduce((sum, level) => sum + (100 >> level), 0);
  expect(seen.size).toBe(complete);
});

test('appending leaves the frontier it was given untouched', () => {
  const one = appendLeaf(emptyFrontier(), leaf(new Uint8Array([1]))).frontier;
  const before = encodeFrontier(one);
  appendLeaf(one, leaf(new Uint8Array([2])));
  expect(encodeFrontier(one)).toEqual(before);
});

test('a frontier is written and read back', () => {
  let frontier = emptyFrontier();
  for (const hash of xorshiftBytes(37)) {
    expect(decodeFrontier(encodeFrontier(frontier))).toEqual(frontier);
    frontier = appendLeaf(frontier, hash).frontier;
  }
  const bytes = encodeFrontier(frontier);
  expect(toHex(bytes.subarray(0, 8))).toBe('0000000000000025');
  for (const bad of [
    new Uint8Array(0),
    bytes.subarray(0, -1),
    new Uint8Array([...bytes, 0]),
    bytes.subarray(1),
  ])
    refused(() => decodeFrontier(bad), 'log/malformed-frontier');
});

test('a full log and a hash of another length are refused', () => {
  const full = { size: (1n << 64n) - 1n, hashes: xorshiftBytes(64) };
  refused(() => appendLeaf(full, leaf(new Uint8Array())), 'log/size-out-of-range');
  const last = appendLeaf({ size: (1n << 64n) - 2n, hashes: xorshiftBytes(63) }, leaf(new Uint8Array()));
  expect(last.frontier.size).toBe((1n << 64n) - 1n);
  refused(() => appendLeaf(emptyFrontier(), new Uint8Array(31)), 'log/malformed-hash');
  refused(() => treeHash([new Uint8Array(33)]), 'log/malformed-hash');
  refused(() => rootPlan(0n), 'log/empty-tree');
  refused(() => rootPlan(1n << 64n), 'log/size-out-of-range');
});

test('a store that gives other hashes than asked for is a bug, not a refusal', () => {
  const plan = rootPlan(3n);
  expect(() => runPlan(plan, xorshiftBytes(1))).toThrow('2 of 32 bytes');
  expect(() => runPlan(plan, [new Uint8Array(32), new Uint8Array(5)])).toThrow('2 of 32 bytes');
  expect(() => readerOf(xorshiftBytes(3))([{ level: 1, index: 1n }])).toThrow('no node 1 on level 1');
});
