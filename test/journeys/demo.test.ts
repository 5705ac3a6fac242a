// The main job as the README's reader runs it, twice on kept data; then the same data after a restart.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { environment, freePort, runScript, startService } from '../support/service-process.ts';

const CHECKS = ['content', 'signature', 'log', 'status', 'number', 'thirdParty'] as const;

describe('npm run demo -- --exit', () => {
  let folder: TestFolder;
  let dataDir: string;
  let port: number;

  const runDemo = (name: string): any => {
    const file = join(dataDir, `${name}.json`);
    const { status, output } = runScript(
      'scripts/demo.ts',
      ['--exit', '--json', file],
      environment(dataDir, port),
    );
    if (status !== 0) throw new Error(output);
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  const verify = (...args: string[]) =>
    runScript('scripts/verify.ts', [...args, '--json'], environment(dataDir, port));

  beforeAll(async () => {
    folder = await makeTestFolder('demo');
    dataDir = folder.path;
    port = await freePort();
  });
  afterAll(() => folder.remove());

  let first: any;

  test('does the whole main job and writes what happened', () => {
    first = runDemo('first');
    expect(first.headline).toBe('matches');
    expect(first.overlays).toContain('test-ledger');
    for (const check of CHECKS) expect([check, first.checks[check]]).toEqual([check, 'valid']);
    expect(first.tampered.headline).toBe('altered');
    expect(first.tampered.failed).toContain('content');
    expect(first.restored.headline).toBe('matches');
    expect(first.items).toBe(1_000);
    expect(Number(first.log.size)).toBeGreaterThan(10);
    expect(first.log.root).toMatch(/^[0-9a-f]{64}$/);
    for (const { txHash, gasUsed } of [first.anchor, first.mint]) {
      expect(txHash).toMatch(/^0x[0-9a-f]{64}$/);
      expect(Number(gasUsed)).toBeGreaterThan(21_000);
    }
    expect(first.seconds.total).toBeGreaterThan(0);
  }, 120_000);

  test('runs again on kept data with a new lot; the log grew', () => {
    const second = runDemo('second');
    expect(second.headline).toBe('matches');
    expect(second.passportUrl).not.toBe(first.passportUrl);
    expect(Number(second.log.size)).toBeGreaterThan(Number(first.log.size));
  }, 120_000);

  test('after a restart the same data give the same verdict', async () => {
    const service = await startService(dataDir, port);
    try {
      const file = verify(first.bundle, '--root', first.root, '--accept-test-ledger');
      expect(JSON.parse(file.output).headline).toBe('matches');
      expect(file.status).toBe(0);
      const url = verify(first.passportUrl, '--root', first.root, '--accept-test-ledger');
      expect(JSON.parse(url.output).headline).toBe('matches');
      expect(url.status).toBe(0);
    } finally {
      expect(await service.stop()).toBe(0);
    }
  }, 60_000);

  test('a test ledger counts only where the reader accepts one', async () => {
    const service = await startService(dataDir, port);
    try {
      expect(verify(first.bundle, '--root', first.root).status).toBe(3);
      // no root at all: cannot say Matches
      const elsewhere = runScript('scripts/verify.ts', [first.bundle, '--json', '--accept-test-ledger'], {
        ...environment(join(dataDir, 'no-root'), port),
      });
      expect(elsewhere.status).not.toBe(0);
    } finally {
      await service.stop();
    }
  }, 60_000);

  test('a changed bundle is Altered: exit 1', async () => {
    const service = await startService(dataDir, port);
    try {
      const bundle = JSON.parse(readFileSync(first.bundle, 'utf8'));
      const footprint = bundle.documents.find((each: any) => each.doc.type === 'footprint/v1');
      footprint.doc.result.perUnit.value = `${footprint.doc.result.perUnit.value}1`;
      const changed = join(dataDir, 'changed.json');
      writeFileSync(changed, JSON.stringify(bundle));
      const { status, output } = verify(changed, '--root', first.root, '--accept-test-ledger');
      expect(JSON.parse(output).headline).toBe('altered');
      expect(status).toBe(1);
    } finally {
      await service.stop();
    }
  }, 60_000);

  test('usage and unreadable files have exit codes of their own', () => {
    expect(verify().status).toBe(64);
    expect(verify(join(ROOT, 'package.json'), '--root', first.root).status).toBe(65);
    expect(verify(join(dataDir, 'there-is-no-such-file.json')).status).toBe(65);
  }, 60_000);
});
