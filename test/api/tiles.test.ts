// C2SP tlog-tiles as anyone reads them: every tile of every published size, whole, immutable, under one address.
import type request from 'supertest';
import { DataSource } from 'typeorm';
import { contentId, utf8 } from '#lib/canonical';
import { blindSubject, entryBytes, makeEntry } from '#lib/record';
import { decodeEntryTile, leafHash, newTiles, type Tile, tilePath, treeHash } from '#lib/transparency-log';
import { LogService } from '../../apps/ledger/src/log/log.service.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
const entries: Uint8Array[] = [];
/** Sizes of appends, each a published head: below, at and beyond the width of a tile. */
const APPENDS = [1, 2, 252, 1, 1, 255, 1, 87];

beforeAll(async () => {
  service = await startTestService();
  const log = service.service.app.get(LogService);
  for (const count of APPENDS) {
    const batch = Array.from({ length: count }, (_, n) => pageEntry(`page ${entries.length + n}`));
    await log.record({ entries: batch });
    entries.push(...batch);
  }
});
afterAll(() => service?.stop());

function pageEntry(name: string): Uint8Array {
  return entryBytes(
    makeEntry({
      kind: 'page/v1',
      subject: blindSubject('', name),
      issuer: 'did:web:passports.example',
      time: '2026-11-25T10:00:00Z',
      content: contentId(utf8(name)),
      refs: [],
    }),
  );
}

const get = (path: string) => service.get(`/log/${path}`).buffer().parse(binary);

/** The bytes that tlog-tiles says a tile of hashes has. */
function expected({ level, index, width }: Tile): Buffer {
  const span = 256 ** Number(level);
  const hashes = Array.from({ length: width }, (_, at) => {
    const from = (256 * Number(index) + at) * span;
    return treeHash(entries.slice(from, from + span).map(leafHash));
  });
  return Buffer.concat(hashes);
}

test('every tile of every published size is there, of both kinds, and says it never changes', async () => {
  const rows = (await service.service.app
    .get(DataSource)
    .query('select size from log_checkpoint order by size')) as { size: string }[];
  const sizes = rows.map(({ size }) => BigInt(size));
  let sum = 0n;
  expect(sizes).toEqual(APPENDS.map((count) => (sum += BigInt(count))));
  const tiles = new Map(sizes.flatMap((size) => newTiles(0n, size)).map((tile) => [tilePath(tile), tile]));
  expect([...tiles.keys()]).toEqual(
    expect.arrayContaining([
      'tile/0/000.p/1',
      'tile/0/000',
      'tile/0/001',
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      'tile/0/002.p/88',
    ]),
  );
  for (const [path, tile] of tiles) {
    const { body, headers } = await get(path).expect(200);
    expect([path, body.equals(expected(tile))]).toEqual([path, true]);
    expect([headers['content-type'], headers['cache-control']]).toEqual([
      'application/octet-stream',
      'public, max-age=31536000, immutable',
    ]);
    if (tile.level !== 0) continue;
    const bundle = await get(tilePath({ ...tile, level: 'entries' })).expect(200);
    expect(bundle.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const first = 256 * Number(tile.index);
    expect(decodeEntryTile(new Uint8Array(bundle.body), tile.width)).toEqual(
      entries.slice(first, first + tile.width),
    );
  }
});

test('a tile has the same bytes before and after the log has grown, and after a restart', async () => {
  const paths = [
    'tile/0/000.p/3',
    'tile/0/000',
    'tile/1/000.p/1',
    'tile/entries/000.p/255',
    'tile/entries/001',
  ];
  const before = await Promise.all(paths.map(async (path) => (await get(path).expect(200)).body as Buffer));
  const more = Array.from({ length: 300 }, (_, n) => pageEntry(`more ${n}`));
  await service.service.app.get(LogService).record({ entries: more });
  entries.push(...more);
  service = await service.restart();
  for (const [at, path] of paths.entries())
    for (let again = 0; again < 2; again++)
      expect([path, (await get(path).expect(200)).body.equals(before[at])]).toEqual([path, true]);
});

test('the checkpoint is not kept', async () => {
  expect((await service.get('/log/checkpoint').expect(200)).headers['cache-control']).toBe('no-cache');
});

test.each([
  ['empty', 'tile/0/000.p/0'],
  ['a partial tile of 256', 'tile/0/000.p/256'],
  ['a width beyond', 'tile/0/000.p/257'],
  ['a width of four digits', 'tile/0/000.p/1000'],
  ['a negative width', 'tile/0/000.p/-1'],
  ['a width with a leading zero', 'tile/0/000.p/01'],
  ['no width', 'tile/0/000.p/'],
  ['a slash at the end', 'tile/0/000/'],
  ['two digits', 'tile/0/00'],
  ['four digits', 'tile/0/0000'],
  ['a leading group of zeros', 'tile/0/x000/001'],
  ['no x before a group', 'tile/0/001/067'],
  ['an x before the last group', 'tile/0/x001'],
  ['a capital X', 'tile/0/X001/067'],
  ['a negative index', 'tile/0/-01'],
  ['letters', 'tile/0/abc'],
  ['seven groups more', `tile/0/${'x999/'.repeat(7)}999`],
  ['an index beyond 64 bits', `tile/0/${'x999/'.repeat(6)}999`],
  ['a path without end', `tile/0/${'x001/'.repeat(200)}001`],
  ['level 64', 'tile/64/000'],
  ['a huge level', 'tile/99999999999/000'],
  ['a negative level', 'tile/-1/000'],
  ['a level with a leading zero', 'tile/00/000'],
  ['a level in words', 'tile/data/000'],
  ['no level', 'tile/000'],
  ['nothing', 'tile/'],
  ['an escaped digit', 'tile/0/00%30'],
  ['a fullwidth digit', 'tile/0/00%EF%BC%90'],
])('%s is no tile: 400, not kept', async (_, path) => {
  const { body, status, headers } = await service.get(`/log/${path}`);
  expect([status, body.code, headers['cache-control']]).toEqual([400, 'log/malformed-tile', 'no-store']);
});

test.each([
  ['beyond the log', 'tile/0/004'],
  ['wider than the log', 'tile/0/003.p/200'],
  ['a full tile that is not full yet', 'tile/0/003'],
  ['a level that is not reached', 'tile/2/000.p/1'],
  ['level 63', 'tile/63/000.p/1'],
  ['far beyond', 'tile/0/x999/x999/999'],
  ['the largest index', 'tile/entries/x018/x446/x744/x073/x709/x551/615.p/1'],
  ['a query', 'tile/0/000?cache=1'],
])('%s: 404, not kept', async (_, path) => {
  const { body, status, headers } = await service.get(`/log/${path}`);
  expect([status, body.code, headers['cache-control']]).toEqual([404, 'http/not-found', 'no-store']);
});

function binary(response: request.Response, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => done(null, Buffer.concat(parts)));
}
