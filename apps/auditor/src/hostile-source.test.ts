// What a service may answer to an auditor, over HTTP: none of it ends the program, fills its memory, or makes it look away.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stateAfter } from './cli/watch.ts';
import { HttpSource } from './http-source.ts';
import { FolderSource, openSource } from './mirror/mirror-source.ts';
import { ServicePages } from './mirror/service-pages.ts';

type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };
let answers: Record<string, Answer> = {};
let asked: { path: string; headers: IncomingHttpHeaders }[] = [];
let server: Server;
let address: string;
let host: string;

beforeAll(async () => {
  server = createServer(({ url = '', headers }, response) => {
    asked.push({ path: url, headers });
    const { status = 200, headers: more = {}, body = '' } = answers[url] ?? { status: 404 };
    response.writeHead(status, more).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  address = `http://${host}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers = {};
  asked = [];
});

const MIRROR: Answer = { body: '{"format":"anchorleaf-mirror/v1"}' };

test('the host that the log is named after is no mirror, whatever it says', async () => {
  answers = { '/mirror.json': MIRROR, '/below/mirror.json': MIRROR };
  expect((await openSource(address, `${host}/log`)).kind).toBe('service');
  expect((await openSource(`${address}/`, `${host}/log`)).kind).toBe('service');
  expect((await openSource(`${address}/below`, `${host}/below/log`)).kind).toBe('service');
  expect((await openSource(address, 'ledger.example/log')).kind).toBe('mirror');
  expect((await openSource(`${address}/below`, `${host}/log`)).kind).toBe('mirror');
});

test('the list of a mirror of many passports is read', async () => {
  const files = Array.from({ length: 60_000 }, (_, n) => [`passports/${n}/bundle.json`, 'a'.repeat(64)]);
  answers['/mirror.json'] = {
    body: JSON.stringify({ format: 'anchorleaf-mirror/v1', files: Object.fromEntries(files) }),
  };
  expect((await openSource(address)).kind).toBe('mirror');
});

test('a checkpoint that is no text is no answer', async () => {
  answers['/log/checkpoint'] = { body: Buffer.from([0xff, 0xfe, 0x80]) };
  await expect(new HttpSource(address).checkpoint()).rejects.toMatchObject({ kind: 'malformed' });
});

test('more than was asked for is not read, however small it was packed', async () => {
  const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  expect(body.length).toBeLessThan(100_000);
  answers['/log/tile/0/000'] = { headers: { 'content-encoding': 'gzip' }, body };
  await expect(new HttpSource(address).tile('tile/0/000')).rejects.toThrow('more than 8192 bytes');
}, 20_000);

test('nobody is sent elsewhere', async () => {
  answers['/log/checkpoint'] = { status: 302, headers: { location: `${address}/other` } };
  answers['/other'] = { body: 'another log' };
  await expect(new HttpSource(address).checkpoint()).rejects.toThrow('was answered 302');
  expect(asked.map(({ path }) => path)).toEqual(['/log/checkpoint']);
});

test('a page is asked for as a browser asks, without a cookie', async () => {
  answers['/verify'] = { headers: { 'set-cookie': 'who=auditor' }, body: '<html></html>' };
  const source = new HttpSource(address);
  await source.page('/verify');
  await source.page('/verify');
  for (const { headers } of asked) {
    expect(headers['user-agent']).toMatch(/^Mozilla/);
    expect(headers.accept).toMatch(/^text\/html/);
    expect(headers.cookie).toBeUndefined();
  }
});

test('a list of passports that never ends is ended', async () => {
  answers['/passports/index.json'] = { body: '{"count":"9000000000000000","pageSize":1}' };
  const page = { body: '{"releases":[{"release":"0123456789abcdef"}]}' };
  answers['/passports/index/0.json'] = page;
  answers['/passports/index/1.json'] = page;
  const found: string[] = [];
  const read = async () => {
    for await (const release of new ServicePages(address).releases()) found.push(release);
  };
  await expect(read()).rejects.toMatchObject({ kind: 'malformed' });
  expect(found).toEqual(['0123456789abcdef']);
  answers['/passports/index.json'] = { body: '{"count":1,"count":2}' };
  await expect(read()).rejects.toMatchObject({ kind: 'malformed' });
});

test('what is no file in a folder of somebody is not read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  try {
    await mkdir(join(folder, 'log/tile'), { recursive: true });
    await symlink('/dev/zero', join(folder, 'log/checkpoint'));
    await writeFile(join(folder, 'beside'), 'x');
    const source = new FolderSource(join(folder, 'log'));
    await expect(new FolderSource(folder).checkpoint()).rejects.toMatchObject({ kind: 'missing' });
    await expect(source.page('../beside')).rejects.toMatchObject({ kind: 'missing' });
    await expect(source.page('tile')).rejects.toMatchObject({ kind: 'missing' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a round that was broken off on its way is not gone on from', async () => {
  const prepared = { options: { state: undefined }, root: {} } as never;
  const state = { tree: { size: 300 } } as never;
  expect(await stateAfter(prepared, state, 300)).toBe(state);
  expect(await stateAfter(prepared, state, 256)).toBeNull();
  expect(await stateAfter(prepared, null, undefined)).toBeNull();
});
