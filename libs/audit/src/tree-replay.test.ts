import fc from 'fast-check';
import { sha256, toHex, utf8 } from '#lib/canonical';
import { newTiles, parseTilePath, readerOf, tileNodes, tilePath, treeHash } from '#lib/transparency-log';
import {
  anchorClaim,
  checkClaim,
  checkTile,
  type ExpectedTile,
  type Finding,
  rootText,
  TreeReplay,
} from './index.ts';

const leaves = Array.from({ length: 70_000 }, (_, n) => sha256(utf8(String(n))));
const root = (size: number) => toHex(treeHash(leaves.slice(0, size)));

/** Appends up to a size, in pieces that end with the tile or before it. */
function grow(tree: TreeReplay, to: number, piece = 256): ExpectedTile[] {
  const tiles: ExpectedTile[] = [];
  while (tree.size < to) {
    const end = Math.min(to, tree.size + piece, 256 * (Math.floor(tree.size / 256) + 1));
    tiles.push(...tree.append(leaves.slice(tree.size, end)));
  }
  return tiles;
}

test('the root is that of the tree, at every size around the tiles', () => {
  const tree = new TreeReplay();
  expect(toHex(tree.rootWith())).toBe(root(0));
  for (let size = 1; size <= 515; size++) {
    if (size > 260 && size < 510) continue;
    grow(tree, size - 1);
    expect(toHex(tree.rootWith([leaves[size - 1]!]))).toBe(root(size));
    grow(tree, size);
    expect(toHex(tree.rootWith())).toBe(root(size));
  }
  grow(tree, 70_000);
  expect(toHex(tree.rootWith())).toBe(root(70_000));
});

test('full tiles and the edge are the tiles of the log, each once', () => {
  const tree = new TreeReplay();
  const full = grow(tree, 70_000);
  const tiles = [...full, ...tree.edge()];
  const expected = newTiles(0n, 70_000n);
  expect(tiles.map(({ path }) => path).sort()).toEqual(expected.map(tilePath).sort());
  const read = readerOf(leaves);
  for (const { path, hashes } of tiles.filter(({ path }) => !path.startsWith('tile/0/')))
    expect(hashes.map(toHex)).toEqual(read(tileNodes(parseTilePath(path))).map(toHex));
});

test('kept and taken up again at any size, it goes on alike', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(800), fc.integer({ min: 1, max: 256 }), (first, more, piece) => {
      const tree = new TreeReplay();
      grow(tree, first, piece);
      const again = TreeReplay.decode(JSON.parse(JSON.stringify(tree.encode())));
      expect(grow(again, first + more, piece)).toEqual(grow(tree, first + more));
      expect(toHex(again.rootWith())).toBe(root(first + more));
    }),
    { numRuns: 10 },
  );
});

test('open tiles of another size are refused', () => {
  expect(() => TreeReplay.decode({ size: 3, open: [] })).toThrow('has 3 open hashes');
  expect(() => TreeReplay.decode({ size: 1, open: ['AAAA'] })).toThrow('no hashes');
  expect(() => new TreeReplay().append(leaves.slice(0, 257))).toThrow('in one tile');
});

test('a tile with any bit changed, or of another length, is found', () => {
  const [tile] = grow(new TreeReplay(), 256);
  const served = new Uint8Array(256 * 32);
  for (const [at, hash] of tile!.hashes.entries()) served.set(hash, 32 * at);
  const findings: Finding[] = [];
  const report = (found: Finding) => void findings.push(found);
  expect(checkTile(tile!, served, report)).toBe(true);
  for (let bit = 0; bit < 8 * served.length; bit += 997) {
    const changed = Uint8Array.from(served);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(checkTile(tile!, changed, report)).toBe(false);
    const { code, place, expected, found } = findings.pop()!;
    expect([code, place]).toEqual(['tile/differs', `tile/0/000 hash ${bit >> 8}`]);
    expect(expected).not.toBe(found);
  }
  expect(checkTile(tile!, served.subarray(1), report)).toBe(false);
  expect(findings.map(({ code }) => code)).toEqual(['tile/malformed']);
});

test('a head that somebody holds is compared, and shown with both values', () => {
  const head = { sequence: 3, size: 7, root: rootText(treeHash(leaves.slice(0, 7))), transaction: '0x1' };
  expect(checkClaim(anchorClaim(head), treeHash(leaves.slice(0, 7)))).toBeNull();
  expect(checkClaim(anchorClaim(head), treeHash(leaves.slice(0, 6)))).toEqual({
    code: 'head/differs',
    place: 'size 7, head 3 on chain',
    expected: root(7),
    found: root(6),
    detail: 'transaction 0x1',
  });
});
