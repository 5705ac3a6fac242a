import { toHex } from '#lib/canonical';
import { xorshiftBytes } from '../../../test/support/merkle-reference.ts';
import { appendLeaf, type CompletedNode, emptyFrontier, type Frontier, frontierRoot } from './frontier.ts';
import { growLog } from './growth.ts';
import { leafHash } from './hash.ts';
import { proveInclusion } from './inclusion.ts';
import { readerOf } from './nodes.ts';

const leaves = xorshiftBytes(40).map(leafHash);

/** The log of each size, grown one by one: the other way. `completed[n]` are the nodes that leaf n completed. */
const frontiers: Frontier[] = [emptyFrontier()];
const completed: (readonly CompletedNode[])[] = [];
for (const leaf of leaves) {
  const step = appendLeaf(frontiers.at(-1) as Frontier, leaf);
  frontiers.push(step.frontier);
  completed.push(step.completed);
}

const textOf = (nodes: readonly CompletedNode[]) =>
  nodes.map(({ level, index, hash }) => `${level}/${index}/${toHex(hash)}`).sort();
const hexOf = (hashes: readonly Uint8Array[]) => hashes.map(toHex).join();

test('growing by many leaves is growing one by one: frontier, root, nodes and every proof, up to 40 entries', () => {
  let proofs = 0;
  for (const [from, frontier] of frontiers.slice(0, -1).entries())
    for (let to = from + 1; to <= leaves.length; to++) {
      const growth = growLog(frontier, leaves.slice(from, to));
      const expected = frontiers[to] as Frontier;
      expect(growth.frontier.size).toBe(BigInt(to));
      expect(hexOf(growth.frontier.hashes)).toBe(hexOf(expected.hashes));
      expect(toHex(growth.root)).toBe(toHex(frontierRoot(expected)));
      const nodes = growth.runs.flatMap(({ level, first, hashes }) =>
        hashes.map((hash, at) => ({ level, index: BigInt(first + at), hash })),
      );
      expect(textOf(nodes)).toEqual(textOf(completed.slice(from, to).flat()));
      const read = readerOf(leaves.slice(0, to));
      for (let index = BigInt(from); index < to; index++) {
        const proof = growth.inclusion(index);
        expect(hexOf(proof)).toBe(hexOf(proveInclusion(read, index, BigInt(to))));
        proofs++;
      }
    }
  expect(proofs).toBe(11_480);
});

test('entries that were there before have no proof from memory, and nothing grows by nothing', () => {
  const growth = growLog(frontiers[5] as Frontier, leaves.slice(5, 9));
  for (const index of [4n, 9n])
    expect(() => growth.inclusion(index)).toThrow(
      expect.objectContaining({ code: 'log/index-out-of-range' }),
    );
  expect(() => growLog(emptyFrontier(), [])).toThrow(
    expect.objectContaining({ code: 'log/size-out-of-range' }),
  );
});
