// A mirror is made of a running service; then the service is gone for good. What is left is a folder and any static host:
// the command and the page in a real browser check passports there, below a path that is not the host's top.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { formatVerifierKey } from '#lib/transparency-log';
import { startEmbeddedChain } from '../../apps/ledger/src/chain/embedded-chain.ts';
import { openBrowser } from '../support/browser.ts';
import { makeTestFolder, type TestFolder } from '../support/folder.ts';
import { reportOf } from '../support/recorder.ts';
import {
  environment,
  freePort,
  runScript,
  runScriptAside,
  type ServiceProcess,
  startService,
} from '../support/service-process.ts';
import { relayRpc, type StaticServer, serveFolder } from '../support/static-server.ts';

// whole programs run in each test
jest.setTimeout(60_000);

let folder: TestFolder;
let data: string;
let mirror: string;
let port: number;
let service: ServiceProcess | null = null;
let host: StaticServer;
let outcome: any;
let browser: Browser | null = null;

const env = () => environment(data, port);
const makeMirror = (...more: string[]) =>
  runScript('scripts/mirror.ts', [`http://localhost:${port}`, mirror, ...more, '--json'], env());
const releaseOf = (url: string) => url.split('/').at(-1) as string;

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

beforeAll(async () => {
  folder = await makeTestFolder('mirror');
  data = join(folder.path, 'data');
  mirror = join(folder.path, 'mirror');
  port = await freePort();
  const file = join(folder.path, 'outcome.json');
  const { status, output } = runScript('scripts/demo.ts', ['--exit', '--json', file], env());
  if (status !== 0) throw new Error(output);
  outcome = JSON.parse(readFileSync(file, 'utf8'));
  service = await startService(data, port);
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await host?.stop();
  await service?.kill();
  await folder?.remove();
});

test('copies all that is public, and again only what is new', () => {
  const first = makeMirror('--root', outcome.root);
  expect([first.status, first.status === 0 ? '' : first.output]).toEqual([0, '']);
  const report = reportOf(first.output);
  expect(report).toMatchObject({ size: String(outcome.log.size), root: outcome.log.root, from: '0' });
  expect(report.passports).toEqual({ copied: 2, kept: 0, refused: 0, gone: 0 });
  expect(report.contents).toBeGreaterThan(3);
  const before = new Map(filesOf(mirror).map((path) => [path, statSync(path).mtimeMs]));
  const second = makeMirror();
  expect(second.status).toBe(0);
  // without a root of one's own the service is believed, and that is said
  expect(second.output).toContain('no --root was given');
  const again = reportOf(second.output);
  expect(again).toMatchObject({ from: report.size, tiles: 0, contents: 0 });
  expect(again.passports).toEqual({ copied: 0, kept: 2, refused: 0, gone: 0 });
  const immutable = [...before].filter(([path]) => /tile|contents|passports|assets/.test(path));
  expect(immutable.length).toBeGreaterThan(10);
  for (const [path, time] of immutable) expect([path, statSync(path).mtimeMs]).toEqual([path, time]);
  const { files } = JSON.parse(readFileSync(join(mirror, 'mirror.json'), 'utf8'));
  expect(Object.keys(files)).toContain(`passports/${releaseOf(outcome.passportUrl)}/bundle.json`);
  // nothing that is not public: no serial, no key of anybody
  const all = filesOf(mirror)
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
  expect(all).not.toMatch(/alk_[A-Za-z0-9_-]{20}|secretKey/);
});

test('a page that lacks a file is not taken for whole', () => {
  const asset = filesOf(join(mirror, 'assets')).find((path) => path.endsWith('.js')) as string;
  rmSync(asset);
  const { status, output } = makeMirror('--root', outcome.root);
  expect([status, status === 0 ? '' : output]).toEqual([0, '']);
  // the first copy brings it back for both
  expect(reportOf(output).passports).toEqual({ copied: 1, kept: 1, refused: 0, gone: 0 });
  expect(statSync(asset).size).toBeGreaterThan(1_000);
});

test('refuses a service of another log than the root names', () => {
  const root = JSON.parse(readFileSync(outcome.root, 'utf8'));
  const { origin } = root.log;
  const [, , ...key] = root.log.key.split('+');
  const bytes = Buffer.from(key.join('+'), 'base64');
  bytes[5]! ^= 1;
  const changed = { ...root, log: { ...root.log, key: formatVerifierKey(origin, bytes.subarray(1)) } };
  const file = join(folder.path, 'other-root.json');
  writeFileSync(file, JSON.stringify(changed));
  const target = join(folder.path, 'other');
  const made = runScript('scripts/mirror.ts', [`http://localhost:${port}`, target, '--root', file], env());
  expect([made.status, made.output.includes('the root given names')]).toEqual([1, true]);
  expect(existsSync(join(target, 'log'))).toBe(false);
});

test('keeps nothing of a run in which the entries do not give the signed root', async () => {
  // a host that serves the mirror with one bit of an entry changed
  const lying = join(folder.path, 'lying');
  cpSync(mirror, lying, { recursive: true });
  // as a service, that is: a mirror is copied by any tool that copies files
  const asMirror = await serveFolder(mirror);
  const refused = await runScriptAside(
    'scripts/mirror.ts',
    [asMirror.url, join(folder.path, 'second')],
    env(),
  );
  expect([refused.status, refused.output.includes('is a mirror itself')]).toEqual([1, true]);
  await asMirror.stop();
  rmSync(join(lying, 'mirror.json'));
  const tile = filesOf(join(lying, 'log/tile/entries'))[0] as string;
  const bytes = readFileSync(tile);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(tile, bytes);
  const liar = await serveFolder(lying);
  try {
    const target = join(folder.path, 'copy-of-lie');
    // the server of the lie runs in this process: it has to be free to answer
    const made = await runScriptAside('scripts/mirror.ts', [liar.url, target, '--root', outcome.root], env());
    expect([made.status, made.output.includes('nothing was kept of this run')]).toEqual([1, true]);
    expect(filesOf(target)).toEqual([]);
  } finally {
    await liar.stop();
  }
});

test('the operator is gone: the command checks a passport in the folder and on a static host', async () => {
  await service?.stop();
  service = null;
  rmSync(join(data, 'postgres'), { recursive: true });
  host = await serveFolder(mirror, '/copy/of/it');
  const release = releaseOf(outcome.passportUrl);
  const { code } = JSON.parse(readFileSync(outcome.bundle, 'utf8'));
  const root = ['--root', outcome.root, '--accept-test-ledger', '--json'];
  const targets = [
    join(mirror, 'passports', release),
    join(mirror, code),
    `${host.url}/passports/${release}`,
    `${host.url}${code}`,
  ];
  for (const target of targets) {
    const { status, output } = await runScriptAside('scripts/verify.ts', [target, ...root], env());
    const report = JSON.parse(output);
    // the only endpoint of this test ledger went with its operator: amber, and what can be checked was
    expect([target, status, report.headline]).toEqual([target, 3, 'could-not-check']);
    expect([report.checks.content.status, report.checks.signature.status]).toEqual(['valid', 'valid']);
  }
  const whole = runScript('scripts/verify.ts', [mirror, ...root], env());
  expect([whole.status, whole.output.includes('name one passport of it')]).toEqual([65, true]);
});

test('with the head that a reader holds, it matches as of that head, without any chain', async () => {
  const release = releaseOf(outcome.passportUrl);
  const args = [join(mirror, 'passports', release), '--root', outcome.root, '--offline'];
  const head = ['--head', join(mirror, 'log/checkpoint'), '--accept-test-ledger', '--json'];
  const { output } = runScript('scripts/verify.ts', [...args, ...head], env());
  const report = JSON.parse(output);
  expect(report.checks.log.status).toBe('valid');
  expect([report.headline, report.checks.log.code]).toEqual(['matches', 'log/pinned-head']);
  expect(report.overlays.map(({ id }: { id: string }) => id)).toContain('as-of');
});

/** Skips aloud where no browser can be had. */
const inBrowser = (name: string, run: (browser: Browser) => Promise<void>) =>
  test(name, async () => {
    if (!browser) {
      console.warn(`SKIPPED, no Chromium on this machine: ${name}`);
      return;
    }
    await run(browser);
  }, 60_000);

async function open(chromium: Browser, path: string, errors: string[]): Promise<Page> {
  const page = await (await chromium.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${host.url}${path}`, { waitUntil: 'load' });
  await page.waitForSelector('#checks[data-headline]', { timeout: 30_000 });
  return page;
}

inBrowser('the page checks itself on the static host: amber without a chain', async (chromium) => {
  const errors: string[] = [];
  const { code } = JSON.parse(readFileSync(outcome.bundle, 'utf8'));
  const page = await open(chromium, code, errors);
  expect(page.url()).toBe(`${host.url}/passports/${releaseOf(outcome.passportUrl)}/`);
  expect(await page.getAttribute('#checks', 'data-headline')).toBe('could-not-check');
  expect(await page.getAttribute('#checks', 'data-tone')).toBe('amber');
  expect(await page.textContent('#checks .verdict')).toContain(new URL(host.url).host);
  await page.click('text=中文');
  await page.waitForSelector('#checks[data-headline]', { timeout: 30_000 });
  expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
  expect(page.url()).toMatch(/\/zh\.html$/);
  expect(await page.getAttribute('#checks', 'data-headline')).toBe('could-not-check');
  expect(errors).toEqual([]);
  // everything that the page loaded is in the mirror
  expect(host.asked.filter((path) => path.includes('/assets/')).length).toBeGreaterThan(0);
  await page.context().close();
});

/** What is left of an operator whose chain still answers. */
async function withChain(run: (rpc: string) => Promise<void>): Promise<void> {
  const { address } = JSON.parse(readFileSync(join(data, 'keys/chain-operator.json'), 'utf8'));
  const chain = await startEmbeddedChain({ dataDir: data, accounts: [{ address }], log: () => undefined });
  const relay = await relayRpc(port, chain.publicUrl);
  try {
    await run(`http://localhost:${port}/rpc`);
  } finally {
    await relay.stop();
    await chain.stop();
  }
}

inBrowser('and it matches while the chain still answers', (chromium) =>
  withChain(async () => {
    const errors: string[] = [];
    const page = await open(chromium, `/passports/${releaseOf(outcome.passportUrl)}/`, errors);
    expect(await page.getAttribute('#checks', 'data-headline')).toBe('matches');
    expect(await page.textContent('#checks .verdict')).toContain('TEST DATA');
    expect(errors).toEqual([]);
    await page.context().close();
  }),
);

test('the auditor replays the mirror against the chain, from the folder and from the host', () =>
  withChain(async (rpc) => {
    for (const [at, target] of [mirror, host.url].entries()) {
      const state = ['--state', join(folder.path, `audit-${at}.json`)];
      const args = [target, '--root', outcome.root, '--rpc', rpc, ...state];
      const { status, output } = await runScriptAside('scripts/audit.ts', args, env());
      expect([target, status, status === 0 ? '' : output]).toEqual([target, 0, '']);
      expect(output).toContain(String(outcome.log.size));
    }
  }));
