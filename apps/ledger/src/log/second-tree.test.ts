import { appendLeaf, emptyFrontier, type Frontier, frontierRoot, leafHash } from '#lib/transparency-log';
import { rootAgain } from './second-tree.ts';

const entries = Array.from({ length: 130 }, (_, n) => new TextEncoder().encode(`entry ${n}`));
const frontierOf = (size: number): Frontier =>
  entries
    .slice(0, size)
    .reduce((frontier, entry) => appendLeaf(frontier, leafHash(entry)).frontier, emptyFrontier());

test('both computations agree for every size and every number of added entries up to 130', () => {
  const frontiers = Array.from({ length: entries.length + 1 }, (_, size) => frontierOf(size));
  for (const [size, from] of frontiers.entries())
    for (let to = size; to <= entries.length; to++) {
      const root = rootAgain(BigInt(size), from.hashes, entries.slice(size, to));
      expect(Buffer.from(root).equals(frontierRoot(frontiers[to]!))).toBe(true);
    }
});

test('a flipped bit in an entry or in a kept hash gives another root', () => {
  const from = frontierOf(5);
  const right = rootAgain(5n, from.hashes, entries.slice(5, 9));
  const flipped = entries.slice(5, 9).map((entry) => Uint8Array.from(entry));
  flipped[2]![0]! ^= 1;
  expect(rootAgain(5n, from.hashes, flipped)).not.toEqual(right);
  const hashes = from.hashes.map((hash) => Uint8Array.from(hash));
  hashes[0]![31]! ^= 128;
  expect(rootAgain(5n, hashes, entries.slice(5, 9))).not.toEqual(right);
});
