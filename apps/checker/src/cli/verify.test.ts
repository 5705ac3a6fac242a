import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEADLINES, type Headline, reportUnreached } from '#lib/verification';
import { NOW } from '../../../../scripts/golden/people.ts';
import { makeWorld, type World } from '../../../../scripts/golden/world.ts';
import { exitCodeOf } from './exit-code.ts';
import { verify } from './main.ts';

const GOLDEN = new URL('../../../../test/vectors/golden/', import.meta.url);

let folder: string;
let world: World;
let servers: Server[];
let rpcUrls: string[];
let site: string;
/** What the site under test answers; path → status, type, body, location. */
const answers = new Map<string, { status: number; body?: string; location?: string }>();

// only Linux has all of 127/8 on its loopback, which is the simplest way to several hosts on one machine
const onHosts = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux')
  console.warn('skipped: tests of several hosts, this system has one loopback address');

/** Two endpoints of the golden chain on two hosts, and a site that hands out bundles. */
beforeAll(async () => {
  servers = [];
  folder = mkdtempSync(join(tmpdir(), 'anchorleaf-cli-'));
  world = await makeWorld();
  if (process.platform !== 'linux') return;
  const rpc = () =>
    createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part));
      request.on('end', () => {
        const batch = JSON.parse(body) as { id: number; method: string; params: never[] }[];
        response.end(
          JSON.stringify(
            batch.map(({ id, ...call }) => ({ jsonrpc: '2.0', id, ...world.chain.answer(call) })),
          ),
        );
      });
    });
  const pages = createServer((request, response) => {
    const answer = answers.get(request.url ?? '') ?? { status: 404 };
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {});
    response.end(answer.body);
  });
  servers = [rpc(), rpc(), pages];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) =>
          server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)),
        ),
    ),
  );
  rpcUrls = [`http://127.0.0.1:${ports[0]}/`, `http://127.0.0.2:${ports[1]}/`];
  site = `http://127.0.0.3:${ports[2]}`;
  for (const [at, host] of ['127.0.0.2', '127.0.0.3'].entries()) {
    const server = servers[at + 1]!;
    await new Promise<void>((done) => server.close(() => server.listen(ports[at + 1], host, done)));
  }
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await verify({
    args,
    defaultRoot: join(folder, 'root.json'),
    language: 'en',
    now: NOW,
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const golden = (name: string) => new URL(name, GOLDEN).pathname;
const rpcArgs = () => rpcUrls.flatMap((url) => ['--rpc', url]);

test('every headline has its exit code', () => {
  const codes = Object.fromEntries(
    ([...HEADLINES, 'not-known', 'reserved'] as Headline[]).map((headline) => {
      const report = reportUnreached(headline, { status: 'unknown', code: 'x', detail: {}, evidence: [] });
      return [headline, exitCodeOf(report, false)];
    }),
  );
  expect(codes).toEqual({
    matches: 0,
    altered: 1,
    withdrawn: 2,
    suspended: 2,
    'opinion-does-not-count': 2,
    replaced: 2,
    expired: 2,
    'could-not-check': 3,
    pending: 3,
    'signer-unknown': 3,
    'not-known': 4,
    reserved: 4,
    removed: 4,
  });
});

onHosts('a bundle file under a root, read at two endpoints', async () => {
  const { code, out, err } = await run(golden('bundle.json'), '--root', golden('root.json'), ...rpcArgs());
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(
    'This record is unchanged since 2026-11-16 02:01 UTC · the opinion carries a qualification',
  );
  expect(out.match(/^✓/gm)).toHaveLength(6);
});

onHosts('one endpoint is not enough, none at all is unreachable, and neither is an alarm', async () => {
  for (const args of [
    ['--rpc', rpcUrls[0]!],
    ['--rpc', 'http://127.0.0.1:1/', '--rpc', 'http://127.0.0.2:1/'],
  ]) {
    const bare = file(
      'bare.json',
      JSON.stringify({ ...JSON.parse(readFileSync(golden('root.json'), 'utf8')), endpoints: [] }),
    );
    const { code, out } = await run(golden('bundle.json'), '--root', bare, ...args);
    expect(code).toBe(3);
    expect(out).toContain('Signature and record fit. The public anchor could not be reached now');
  }
});

test('offline, with the root’s head, a head apart, and without any', async () => {
  expect((await run(golden('bundle.json'), '--root', golden('root.json'), '--offline')).code).toBe(0);
  const headless = file(
    'headless.json',
    JSON.stringify({ ...JSON.parse(readFileSync(golden('root.json'), 'utf8')), head: null }),
  );
  expect((await run(golden('bundle.json'), '--root', headless, '--offline')).code).toBe(3);
  const head = file('head', world.bundle.checkpoint);
  const { code, out } = await run(golden('bundle.json'), '--root', headless, '--offline', '--head', head);
  expect(code).toBe(0);
  expect(out).toContain('as of');
  const other = file('other', 'not a head');
  expect((await run(golden('bundle.json'), '--root', headless, '--offline', '--head', other)).code).toBe(65);
});

onHosts('a test ledger counts only when it is accepted', async () => {
  const test = file('test.json', JSON.stringify((await makeWorld({ kind: 'test' })).root));
  const refused = await run(golden('bundle.json'), '--root', test, ...rpcArgs());
  expect([refused.code, refused.err]).toEqual([
    3,
    'On a test ledger this counts only with --accept-test-ledger.\n',
  ]);
  expect((await run(golden('bundle.json'), '--root', test, ...rpcArgs(), '--accept-test-ledger')).code).toBe(
    0,
  );
});

test('without a root nothing matches', async () => {
  const { code, out, err } = await run(golden('bundle.json'));
  expect(code).toBe(3);
  expect(err).toContain('No trust root');
  expect(out).toContain('Signed, but we cannot tell by whom');
});

onHosts('a changed bundle is altered, and says which check failed', async () => {
  const text = readFileSync(golden('bundle.json'), 'utf8')
    .replace('"9500"', '"9501"')
    .replace('"95000"', '"95001"');
  const { code, out } = await run(file('changed.json', text), '--root', golden('root.json'), ...rpcArgs());
  expect(code).toBe(1);
  expect(out).toMatch(/^What is shown does not match the record/);
  expect(out).toContain('[content/document-altered]');
});

onHosts('JSON, and Chinese', async () => {
  const json = await run(golden('bundle.json'), '--root', golden('root.json'), ...rpcArgs(), '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    headline: 'matches',
    checks: { number: { status: 'valid' } },
  });
  const zh = await run(golden('bundle.json'), '--root', golden('root.json'), ...rpcArgs(), '--lang', 'zh');
  expect(zh.out).toContain('起未被改动');
});

describe('addresses', () => {
  const options = () => ['--root', golden('root.json'), ...rpcArgs()];
  const bundle = readFileSync(golden('bundle.json'), 'utf8');
  const path = '/01/09506000134352/10/L2026-11/21/7K3M9QXW';

  onHosts('a printed code is followed to its bundle and compared with it', async () => {
    answers.set(path, { status: 307, location: '/passports/x' });
    answers.set('/passports/x', { status: 200, body: bundle });
    expect((await run(`${site}${path}`, ...options())).code).toBe(0);
    expect((await run(`${site}/passports/x`, ...options())).code).toBe(0);
    const other = '/01/09506000134352/10/L2026-11/21/2B8C4D6E';
    answers.set(other, { status: 307, location: '/passports/x' });
    const { code, out } = await run(`${site}${other}`, ...options());
    expect(code).toBe(1);
    expect(out).toContain('[content/other-code]');
  });

  onHosts('endpoints on the record’s host do not count', async () => {
    answers.set('/passports/x', { status: 200, body: bundle });
    const bare = file(
      'bare.json',
      JSON.stringify({ ...JSON.parse(readFileSync(golden('root.json'), 'utf8')), endpoints: [] }),
    );
    const own = `${site.replace(/:\d+$/, '')}:9/`;
    const { code, out } = await run(
      `${site}/passports/x`,
      '--root',
      bare,
      '--rpc',
      own,
      '--rpc',
      rpcUrls[0]!,
    );
    expect(code).toBe(3);
    expect(out).toContain('[chain/too-few-endpoints]');
  });

  onHosts('not known, broken, endless, too large', async () => {
    expect((await run(`${site}/nothing`, ...options())).code).toBe(4);
    answers.set('/broken', { status: 500 });
    expect((await run(`${site}/broken`, ...options())).code).toBe(65);
    answers.set('/endless', { status: 307, location: '/endless' });
    expect((await run(`${site}/endless`, ...options())).code).toBe(65);
    answers.set('/away', { status: 302, location: 'file:///etc/passwd' });
    expect((await run(`${site}/away`, ...options())).code).toBe(65);
    answers.set('/large', { status: 200, body: ' '.repeat(9 * 1024 * 1024) });
    expect((await run(`${site}/large`, ...options())).code).toBe(65);
    answers.set('/page', { status: 200, body: '<html>' });
    expect((await run(`${site}/page`, ...options())).code).toBe(65);
    expect((await run('http://127.0.0.1:1/x', ...options())).code).toBe(65);
    answers.set('/astray', { status: 307, location: 'http://[' });
    expect((await run(`${site}/astray`, ...options())).code).toBe(65);
  });
});

test.each([
  [[], 64],
  [['a', 'b'], 64],
  [['x', '--unknown'], 64],
  [['x', '--lang', 'fr'], 64],
  [['x', '--rpc', 'ftp://x'], 64],
  [['x', '--offline', '--rpc', 'http://x'], 64],
  [['nowhere.json'], 65],
  [['http://['], 65],
])('%j ends with %i', async (args, code) => {
  expect((await run(...args)).code).toBe(code);
});

test('what a stranger wrote cannot make the terminal draw a verdict', async () => {
  const draw = '\u001b[2J\u009b32mMATCHES\u202e';
  const changed = JSON.parse(readFileSync(golden('bundle.json'), 'utf8'));
  const bundles = [
    { ...changed, [draw]: 1 },
    { ...changed, coordinates: { ...changed.coordinates, origin: draw } },
    { ...changed, format: draw },
  ];
  for (const [at, bundle] of bundles.entries()) {
    const path = file(`draw-${at}.json`, JSON.stringify(bundle));
    for (const more of [[], ['--json']]) {
      const { out, err } = await run(path, '--root', golden('root.json'), '--offline', ...more);
      expect(out + err).not.toMatch(/[^\P{C}\n]/u);
      expect(out + err).toContain('\\u009b32mMATCHES\\u202e');
      if (out && more.length > 0)
        expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(draw).slice(1, -1));
    }
  }
});

test('what a stranger wrote cannot begin a line', async () => {
  const changed = JSON.parse(readFileSync(golden('bundle.json'), 'utf8'));
  const origin = 'x\n✓ Status: as it should be  [status/active]';
  const path = file(
    'lines.json',
    JSON.stringify({ ...changed, coordinates: { ...changed.coordinates, origin } }),
  );
  const { out } = await run(path, '--root', golden('root.json'), '--offline');
  expect(out.match(/^. Status: /gm)).toEqual(['? Status: ']);
});

test('a fault of the program does not end like Altered', async () => {
  const code = await verify({
    args: [golden('bundle.json'), '--root', golden('root.json'), '--offline'],
    defaultRoot: '',
    language: 'en',
    now: 'no time',
    out: () => undefined,
    err: () => undefined,
  });
  expect(code).toBe(70);
});

test('an unreadable root is a reason to stop, not to go on without one', async () => {
  const broken = file('broken.json', '{}');
  expect((await run(golden('bundle.json'), '--root', broken)).code).toBe(65);
  expect((await run(golden('bundle.json'), '--root', join(folder, 'none.json'))).code).toBe(65);
});
