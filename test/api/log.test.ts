import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type request from 'supertest';
import { fromBase64, fromHex, toHex } from '#lib/canonical';
import { parseEntry } from '#lib/record';
import {
  checkConsistency,
  checkInclusion,
  decodeEntryTile,
  decodeTile,
  leafHash,
  openCheckpoint,
  parseLogProof,
  parseVerifierKey,
  treeHash,
} from '#lib/transparency-log';
import { readRoot as readTrustRoot } from '#lib/verification';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { EXPORTER, eventually, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const readRoot = async () => JSON.parse(await readFile(join(service.dataDir, 'root.json'), 'utf8'));
const checkpointOf = async () => {
  const { text } = await service.get('/log/checkpoint').expect(200);
  return { note: text, ...openCheckpoint(text, parseVerifierKey((await readRoot()).log.key)) };
};

test('an empty log has no checkpoint, and its root file has no head', async () => {
  const { body } = await service.get('/log/checkpoint').expect(404);
  expect(body.code).toBe('http/not-found');
  expect(readTrustRoot(await readRoot())).toMatchObject({ head: null, chain: { id: '31337', kind: 'test' } });
  expect(await readRoot()).toMatchObject({
    format: 'anchorleaf-root/v1',
    head: null,
    host: 'passports.example:8787',
  });
});

test('an exporter is three entries: its key, its organisation, and the manifest that covers it', async () => {
  await service.enrol(EXPORTER);
  const { size, root } = await checkpointOf();
  expect(size).toBe(3n);
  const { body: tile } = await service.get('/log/tile/entries/000.p/3').buffer().parse(binary).expect(200);
  const entries = decodeEntryTile(new Uint8Array(tile), 3);
  expect(entries.map((bytes) => parseEntry(bytes).kind)).toEqual(['key/v1', 'organisation/v1', 'import/v1']);
  expect(treeHash(entries.map(leafHash))).toEqual(root);
  const { body: hashes } = await service.get('/log/tile/0/000.p/3').buffer().parse(binary).expect(200);
  expect(decodeTile(new Uint8Array(hashes), 3)).toEqual(entries.map(leafHash));
});

test('tiles are immutable, the checkpoint is not; a query makes another address', async () => {
  const tile = await service.get('/log/tile/0/000.p/2').expect(200);
  expect(tile.headers['cache-control']).toContain('immutable');
  expect((await service.get('/log/checkpoint')).headers['cache-control']).toBe('no-cache');
  await service.get('/log/tile/0/000.p/2?x=1').expect(404);
  await service.get('/log/tile/0/000.p/4').expect(404);
  expect((await service.get('/log/tile/0/0').expect(400)).body.code).toBe('log/malformed-tile');
});

test('every entry proves itself with the newest checkpoint', async () => {
  const { size, root } = await checkpointOf();
  for (let index = 0n; index < size; index++) {
    const { body } = await service.get(`/log/entries/${index}`).buffer().parse(binary).expect(200);
    const hash = leafHash(new Uint8Array(body));
    const proof = parseLogProof((await service.get(`/log/entries/${index}/proof`).expect(200)).text);
    expect(proof.index).toBe(index);
    expect(checkInclusion({ leafHash: hash, index, size, proof: proof.proof, root })).toBe(true);
    const { body: leaf } = await service.get(`/log/leaves/${toHex(hash)}`).expect(200);
    expect(leaf).toEqual({ index: String(index), leafHash: toHex(hash) });
  }
  await service.get(`/log/entries/${size}`).expect(404);
  await service.get('/log/entries/01').expect(400);
});

test('a proof with the checkpoint of a size never changes; by index and by leaf hash it is the same', async () => {
  const { root, size } = await checkpointOf();
  const url = `/log/entries/1/proof/${size}`;
  const { text, headers } = await service.get(url).expect(200);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': 'inline; filename="1.tlog-proof"',
    'cache-control': expect.stringContaining('immutable'),
  });
  const { body } = await service.get('/log/entries/1').buffer().parse(binary).expect(200);
  const hash = leafHash(new Uint8Array(body));
  const { index, proof, checkpoint } = parseLogProof(text);
  expect(openCheckpoint(checkpoint, parseVerifierKey((await readRoot()).log.key)).root).toEqual(root);
  expect(checkInclusion({ leafHash: hash, index, size, proof, root })).toBe(true);
  expect((await service.get(`/log/leaves/${toHex(hash)}/proof/${size}`).expect(200)).text).toBe(text);
  const newest = await service.get(`/log/leaves/${toHex(hash)}/proof`).expect(200);
  expect(newest.headers['cache-control']).toBe('no-cache');
  expect(newest.text).toBe((await service.get('/log/entries/1/proof')).text);
});

test.each([
  ['/log/entries/1/proof/03', 400, 'log/malformed-number'],
  ['/log/entries/1/proof/-3', 400, 'log/malformed-number'],
  ['/log/entries/1/proof/9223372036854775808', 400, 'log/malformed-number'],
  ['/log/entries/9999999999999999999/proof', 400, 'log/malformed-number'],
  ['/log/entries/1/proof/9223372036854775807', 404, 'http/not-found'],
  ['/log/entries/1/proof/2', 404, 'http/not-found'],
  ['/log/entries/1/proof/3?x=1', 404, 'http/not-found'],
  ['/log/entries/1?x=1', 404, 'http/not-found'],
  [`/log/leaves/${'A'.repeat(64)}/proof`, 400, 'log/malformed-hash'],
  [`/log/leaves/${'0'.repeat(63)}`, 400, 'log/malformed-hash'],
  [`/log/leaves/${'0'.repeat(64)}`, 404, 'http/not-found'],
  [`/log/leaves/${'0'.repeat(64)}/proof/3`, 404, 'http/not-found'],
  ['/log/consistency?from=0', 400, 'log/empty-tree'],
  ['/log/consistency?from=3&to=2', 400, 'log/size-out-of-range'],
  ['/log/consistency?from=1&to=9000', 404, 'http/not-found'],
  ['/log/consistency', 400, 'log/malformed-number'],
])('%s is refused', async (url, status, code) => {
  const { body, headers } = await service.get(url).expect(status);
  expect([body.code, headers['cache-control']]).toEqual([code, 'no-store']);
});

test('the log grows consistently, and each head comes to the chain', async () => {
  const before = await checkpointOf();
  const anchors = service.service.app.get(AnchorsService);
  await eventually(async () => (await anchors.latest())?.size === before.size);
  await service.enrol({ ...EXPORTER, slug: 'second' });
  const after = await checkpointOf();
  const { body } = await service.get(`/log/consistency?from=${before.size}&to=${after.size}`).expect(200);
  const claim = { size1: before.size, root1: before.root, size2: after.size, root2: after.root };
  expect(checkConsistency({ ...claim, proof: body.proof.map(fromBase64) })).toBe(true);
  await service.get('/log/consistency?from=0').expect(400);

  const anchor = await eventually(async () => {
    const latest = await anchors.latest();
    return latest?.size === after.size && latest;
  });
  const chain = service.service.app.get(ChainService);
  const [sequence, size, root] = await chain.read('CheckpointAnchor', 'latest', [chain.facts.logId]);
  expect([sequence, size, root]).toEqual([anchor.sequence, after.size, `0x${toHex(after.root)}`]);
  const head = await eventually(async () =>
    (await readRoot()).head?.size === String(after.size) ? (await readRoot()).head : null,
  );
  expect(fromHex(head.root)).toEqual(after.root);
  expect(readTrustRoot(await readRoot()).head).toMatchObject({ size: after.size, root: after.root });
});

test('times around an entry come from the anchors before and after it', async () => {
  const anchors = service.service.app.get(AnchorsService);
  const heads = await anchors.list(1n, 10);
  expect(heads.map(({ sequence }) => sequence)).toEqual(heads.map((_, at) => BigInt(at + 1)));
  expect(await anchors.firstCovering(0n)).toEqual(heads[0]);
  expect(await anchors.lastBefore(0n)).toBeNull();
  expect(await anchors.firstCovering(3n)).toEqual(heads.find(({ size }) => size > 3n));
  expect((await anchors.lastBefore(3n))?.size).toBe(3n);
  expect(await anchors.firstCovering(1000n)).toBeNull();
});

function binary(response: request.Response, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => done(null, Buffer.concat(parts)));
}
