import fc from 'fast-check';
import { leaf, xorshiftBytes } from '../../../test/support/merkle-reference.ts';
import { treeHash } from './hash.ts';
import { readerOf } from './nodes.ts';
import { formatLogProof, parseLogProof } from './proof-file.ts';
import {
  decodeEntryTile,
  decodeTile,
  encodeEntryTile,
  encodeTile,
  newTiles,
  parseTilePath,
  type Tile,
  tileNodes,
  tilePath,
} from './tile.ts';

const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe('paths', () => {
  test.each<[Tile, string]>([
    [{ level: 0, index: 0n, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1234067n, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 999n, width: 1 }, 'tile/2/999.p/1'],
    [{ level: 'entries', index: 1000n, width: 255 }, 'tile/entries/x001/000.p/255'],
    [{ level: 63, index: (1n << 64n) - 1n, width: 256 }, 'tile/63/x018/x446/x744/x073/x709/x551/615'],
  ])('%p is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });
  test('every tile has one path and reads back', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const));
    fc.assert(
      fc.property(level, uint64, fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
      }),
    );
  });
  test.each([
    '',
    'tile',
    'tile/0',
    'tile/0/',
    'tile/0/0',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/x/000',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/x000/001',
    'tile/0/x001',
    'tile/0/001/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.p/1/',
    'tile/0/000?x',
    'tile/0/../000',
    'tile/entries',
    'tile/Entries/000',
    'tile/0/x018/x446/x744/x073/x709/x551/616',
    'tile/0/x001/x018/x446/x744/x073/x709/x551/615',
    'tile/0/000\n',
  ])('%p is refused', (path) => {
    refused(() => parseTilePath(path), 'log/malformed-tile');
  });
  test('no path for a tile that cannot be', () => {
    for (const tile of [
      { level: 64, index: 0n, width: 1 },
      { level: 0.5, index: 0n, width: 1 },
      { level: 0, index: -1n, width: 1 },
      { level: 0, index: 1n << 64n, width: 1 },
      { level: 0, index: 0n, width: 0 },
      { level: 0, index: 0n, width: 257 },
    ])
      refused(() => tilePath(tile), 'log/malformed-tile');
  });
});

describe('the tiles of a size', () => {
  const count = (size: bigint) => {
    const levels: Record<string, string> = {};
    for (const { level, width } of newTiles(0n, size))
      levels[level] = `${levels[level] ?? ''}${width === 256 ? 'F' : ` ${width}`}`;
    return levels;
  };
  test('70,000: 273 full and one of 112; one full and one of 17; one of 1', () => {
    expect(count(70_000n)).toEqual({ 0: `${'F'.repeat(273)} 112`, 1: 'F 17', 2: ' 1' });
  });
  test('small ones, and 256: one full tile and a tile of one above it', () => {
    expect(count(0n)).toEqual({});
    expect(count(1n)).toEqual({ 0: ' 1' });
    expect(count(255n)).toEqual({ 0: ' 255' });
    expect(count(256n)).toEqual({ 0: 'F', 1: ' 1' });
    expect(count(257n)).toEqual({ 0: 'F 1', 1: ' 1' });
  });
  test('growing by steps writes what the last size needs, and nothing twice', () => {
    const sizes = [0n, 1n, 2n, 200n, 256n, 257n, 511n, 512n, 65_535n, 65_536n, 65_537n, 70_000n];
    const written = new Set<string>();
    for (let at = 1; at < sizes.length; at++)
      for (const tile of newTiles(sizes[at - 1] as bigint, sizes[at] as bigint)) {
        const path = tilePath(tile);
        expect(written.has(path)).toBe(false);
        written.add(path);
      }
    for (const tile of newTiles(0n, 70_000n)) expect(written.has(tilePath(tile))).toBe(true);
    expect(newTiles(70_000n, 70_000n)).toEqual([]);
  });
  test('a hash on level 1 is the root of the full tile below it', () => {
    const leaves = xorshiftBytes(600).map(leaf);
    const read = readerOf(leaves);
    const tiles = newTiles(0n, 600n);
    const hashesOf = (tile: Tile) => decodeTile(encodeTile(read(tileNodes(tile))), tile.width);
    const full = tiles.filter(({ level, width }) => level === 0 && width === 256);
    const above = tiles.filter(({ level }) => level === 1);
    expect([full.length, above.length]).toEqual([2, 1]);
    expect(hashesOf(above[0] as Tile)).toEqual(full.map((tile) => treeHash(hashesOf(tile))));
    expect(tiles.filter(({ level }) => level === 0).flatMap(hashesOf)).toEqual(leaves);
  });
});

describe('contents', () => {
  test('hashes are read back; other lengths are refused', () => {
    const hashes = xorshiftBytes(3);
    expect(decodeTile(encodeTile(hashes), 3)).toEqual(hashes);
    refused(() => decodeTile(encodeTile(hashes), 2), 'log/malformed-tile');
    refused(() => decodeTile(new Uint8Array(31), 1), 'log/malformed-tile');
    refused(() => encodeTile([]), 'log/malformed-tile');
    refused(() => encodeTile(xorshiftBytes(257)), 'log/malformed-tile');
    refused(() => encodeTile([new Uint8Array(31)]), 'log/malformed-hash');
    expect(() => tileNodes({ level: 'entries', index: 0n, width: 1 })).toThrow('holds no hashes');
  });
  test('entries stand behind their lengths', () => {
    expect(encodeEntryTile([new Uint8Array([7]), new Uint8Array(0), new Uint8Array(258)])).toEqual(
      new Uint8Array([0, 1, 7, 0, 0, 1, 2, ...new Uint8Array(258)]),
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 20 }), (entries) => {
        expect(decodeEntryTile(encodeEntryTile(entries), entries.length)).toEqual(entries);
      }),
    );
    const full = Array.from({ length: 256 }, (_, at) => new Uint8Array([at]));
    expect(decodeEntryTile(encodeEntryTile(full), 256)).toEqual(full);
    refused(() => encodeEntryTile([...full, new Uint8Array(0)]), 'log/malformed-tile');
    const longest = [new Uint8Array(65_535)];
    expect(decodeEntryTile(encodeEntryTile(longest), 1)).toEqual(longest);
    refused(() => encodeEntryTile([new Uint8Array(65_536)]), 'log/entry-too-long');
    refused(() => encodeEntryTile([]), 'log/malformed-tile');
  });
  test.each([
    ['nothing', [], 1],
    ['half a length', [0], 1],
    ['a cut entry', [0, 2, 1], 1],
    ['a byte more', [0, 1, 1, 9], 1],
    ['an entry more', [0, 1, 1, 0, 1, 2], 1],
    ['an entry less', [0, 1, 1], 2],
  ])('an entry tile with %s is refused', (_, bytes, width) => {
    refused(() => decodeEntryTile(new Uint8Array(bytes), width), 'log/malformed-tile');
  });
});

describe('proof files', () => {
  const checkpoint = 'example.com/log\n3\nAAAA\n\n— example.com/log AAAA\n';
  const proof = xorshiftBytes(2);
  test('written as the format says, and read back', () => {
    const text = formatLogProof({
      index: 2n,
      proof: [new Uint8Array(32)],
      checkpoint,
      extra: new Uint8Array([1, 2]),
    });
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nextra AQI=\nindex 2\n${'A'.repeat(43)}=\n\n${checkpoint}`);
    expect(parseLogProof(text)).toEqual({
      index: 2n,
      proof: [new Uint8Array(32)],
      checkpoint,
      extra: new Uint8Array([1, 2]),
    });
    for (const file of [
      { index: 0n, proof: [], checkpoint },
      { index: (1n << 64n) - 2n, proof, checkpoint },
      { index: 1n, proof, checkpoint, extra: new Uint8Array(0) },
    ])
      expect(parseLogProof(formatLogProof(file))).toEqual(file);
  });
  test('the deepest proof has 64 hashes', () => {
    const file = { index: 0n, proof: xorshiftBytes(64), checkpoint };
    expect(parseLogProof(formatLogProof(file))).toEqual(file);
  });
  const hash = `${'A'.repeat(43)}=`;
  test.each([
    ['nothing', ''],
    ['no text', null as never],
    ['another header', `c2sp.org/tlog-proof@v2\nindex 0\n\n${checkpoint}`],
    ['no index', `c2sp.org/tlog-proof@v1\n${hash}\n\n${checkpoint}`],
    ['nothing but the header', `c2sp.org/tlog-proof@v1\n\n${checkpoint}`],
    ['an index in words', `c2sp.org/tlog-proof@v1\nindex two\n\n${checkpoint}`],
    ['a negative index', `c2sp.org/tlog-proof@v1\nindex -5\n\n${checkpoint}`],
    ['a leading zero', `c2sp.org/tlog-proof@v1\nindex 05\n\n${checkpoint}`],
    ['an index of 2^64', `c2sp.org/tlog-proof@v1\nindex ${1n << 64n}\n\n${checkpoint}`],
    ['extra behind the index', `c2sp.org/tlog-proof@v1\nindex 0\nextra AQI=\n\n${checkpoint}`],
    ['extra that is not base64', `c2sp.org/tlog-proof@v1\nextra ***\nindex 0\n\n${checkpoint}`],
    ['extra twice', `c2sp.org/tlog-proof@v1\nextra AQI=\nextra AQI=\nindex 0\n\n${checkpoint}`],
    ['a hash that is not base64', `c2sp.org/tlog-proof@v1\nindex 0\n***\n\n${checkpoint}`],
    ['a hash of 64 bytes', `c2sp.org/tlog-proof@v1\nindex 0\n${'A'.repeat(86)}==\n\n${checkpoint}`],
    ['65 hashes', `c2sp.org/tlog-proof@v1\nindex 0\n${`${hash}\n`.repeat(65)}\n${checkpoint}`],
    ['no empty line', `c2sp.org/tlog-proof@v1\nindex 0\n${hash}\n`],
    ['carriage returns', `c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n${checkpoint}`],
  ])('%s is refused', (_, text) => {
    refused(() => parseLogProof(text), 'log/malformed-proof');
  });
  test('any text is read or refused', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('\n', ' ', 'A', '=', 'index ', 'extra ', 'c2sp.org/tlog-proof@v1', '0', '9'),
        }),
        (text) => {
          try {
            parseLogProof(text);
          } catch (error) {
            expect(error).toMatchObject({ name: 'LogError', code: 'log/malformed-proof' });
          }
        },
      ),
    );
  });
});
