// A backup is made while the service records, and becomes a service elsewhere. Whole processes, the commands as people run
// them.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { headOf, type LogHead, leavesOf, Recorder, reportOf } from '../support/recorder.ts';
import {
  environment,
  freePort,
  runScript,
  runScriptAside,
  type ServiceProcess,
  startService,
} from '../support/service-process.ts';

describe('a backup of a service that is recording', () => {
  let folder: TestFolder;
  let service: ServiceProcess;
  let recorder: Recorder;
  let data: string;
  let port: number;
  let report: any;
  let last: LogHead;

  beforeAll(async () => {
    folder = await makeTestFolder('backup');
    data = join(folder.path, 'data');
    port = await freePort();
    service = await startService(data, port);
    recorder = await Recorder.enrol(service.url, data);
    await recorder.record(3);
  }, 60_000);
  afterAll(async () => {
    await service?.kill();
    await folder?.remove();
  });

  test('shows one moment, with everything acknowledged before it', async () => {
    const before = await headOf(service.url);
    const stop = recorder.load(6);
    const { status, output } = await runScriptAside(
      'scripts/backup.ts',
      ['--to', join(folder.path, 'copy'), '--json'],
      environment(data, port),
    );
    await stop();
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    report = reportOf(output);
    const after = await headOf(service.url);
    expect(report).toMatchObject({ withKeys: true, isStopped: false, findings: [] });
    expect(Number(report.size)).toBeGreaterThanOrEqual(before.size);
    // it was recording all the time
    expect(after.size).toBeGreaterThan(Number(report.size));
    expect(output).toContain('SECRET KEYS');
    const mode = (path: string) => statSync(join(report.path, path)).mode & 0o777;
    expect(readdirSync(join(report.path, 'keys')).map((name) => mode(`keys/${name}`))).not.toContain(0o644);
    process.stdout.write(
      `counted: backup of ${report.size} entries while the log grew from ${before.size} to ${after.size}\n`,
    );
  }, 60_000);

  test('becomes a service elsewhere with the same log, which goes on', async () => {
    const target = join(folder.path, 'elsewhere');
    const env = environment(target, port);
    const { status, output } = runScript('scripts/restore.ts', [report.path, '--into', target], env);
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(output).toContain(`${report.size} entries, root ${report.root}`);
    expect(output).toContain('the chain set back');
    const old = await leavesOf(service.url, Number(report.size));
    // what somebody else copied on the day of the loss
    last = await headOf(service.url);
    const mirror = [`http://localhost:${port}`, join(folder.path, 'mirror')];
    expect(runScript('scripts/mirror.ts', mirror, env).status).toBe(0);
    expect(await service.stop()).toBe(0);
    service = await startService(target, port);
    const head = await headOf(service.url);
    expect([head.size, head.root]).toEqual([Number(report.size), report.root]);
    expect(await leavesOf(service.url, head.size)).toEqual(old);
    const goesOn = recorder.at(service.url);
    await goesOn.record(3);
    expect((await headOf(service.url)).size).toBeGreaterThan(head.size);
    const check = runScript('scripts/fsck.ts', ['--json'], env);
    expect([check.status, reportOf(check.output).differences]).toEqual([0, []]);
  }, 60_000);

  test('with the journal that survived and a mirror, nothing is lost', async () => {
    const target = join(folder.path, 'caught-up');
    const journal = ['--journal', join(data, 'chain/journal.jsonl')];
    const mirror = ['--catch-up', join(folder.path, 'mirror')];
    const into = [report.path, '--into', target, ...journal];
    const { status, output } = runScript(
      'scripts/restore.ts',
      [...into, ...mirror],
      environment(target, port),
    );
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(output).toContain(`from ${report.size} to ${last.size} entries, root ${last.root}`);
    expect(output).not.toContain('the chain set back');
    const other = ['--journal', join(report.path, 'manifest.json')];
    const never = [report.path, '--into', join(folder.path, 'never'), ...other];
    const wrong = runScript('scripts/restore.ts', never, environment(target, port));
    expect([wrong.status, wrong.output.includes('does not go on from')]).toEqual([1, true]);
  }, 60_000);

  test('is refused where it would overwrite, and where a byte of it was changed', async () => {
    const env = environment(join(folder.path, 'none'), port);
    const again = runScript('scripts/restore.ts', [report.path, '--into', join(folder.path, 'data')], env);
    expect([again.status, again.output.includes('is not empty')]).toEqual([1, true]);
    const changed = join(folder.path, 'changed');
    cpSync(report.path, changed, { recursive: true });
    const part = join(changed, 'database/log_entry.copy');
    const bytes = readFileSync(part);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(part, bytes);
    const target = join(folder.path, 'never');
    const { status, output } = runScript('scripts/restore.ts', [changed, '--into', target], env);
    expect([status, output.includes('database/log_entry.copy was changed')]).toEqual([1, true]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('never'))).toEqual([]);
  }, 60_000);

  test('brings no witness key back, and nothing that only its manifest says', async () => {
    const old = join(folder.path, 'old');
    cpSync(report.path, old, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(old, 'manifest.json'), 'utf8'));
    // as backups were made before: with the key that has cosigned more than the rows remember
    const name = 'keys/witness.key.json';
    const bytes = readFileSync(join(data, name));
    writeFileSync(join(old, name), bytes, { mode: 0o600 });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    manifest.parts.push({ path: name, bytes: bytes.length, sha256 });
    writeFileSync(join(old, 'manifest.json'), JSON.stringify(manifest));
    expect(readdirSync(join(report.path, 'keys'))).not.toContain('witness.key.json');
    const target = join(folder.path, 'no-witness');
    const env = environment(target, port);
    const { status, output } = runScript('scripts/restore.ts', [old, '--into', target], env);
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(readdirSync(join(target, 'keys'))).not.toContain('witness.key.json');

    manifest.log.size = String(Number(report.size) + 1_000);
    writeFileSync(join(old, 'manifest.json'), JSON.stringify(manifest));
    const never = join(folder.path, 'never');
    const longer = runScript('scripts/restore.ts', [old, '--into', never], env);
    expect([longer.status, longer.output.includes('of the manifest')]).toEqual([1, true]);
  }, 60_000);

  test('what a killed restore left is removed by the next one', async () => {
    const target = join(folder.path, 'killed');
    const left = () => readdirSync(folder.path).filter((name) => name.startsWith('killed.unfinished-'));
    const child = spawn(
      process.execPath,
      ['--conditions=source', 'scripts/restore.ts', report.path, '--into', target],
      { cwd: ROOT, env: environment(target, port), stdio: 'ignore' },
    );
    // once its database runs
    const running = () =>
      left().find((name) => existsSync(join(folder.path, name, 'postgres/postmaster.pid')));
    for (let waited = 0; !running() && waited < 40_000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const name = running() as string;
    child.kill('SIGKILL');
    const [text] = readFileSync(join(folder.path, name, 'postgres/postmaster.pid'), 'utf8').split('\n');
    const { status, output } = runScript(
      'scripts/restore.ts',
      [report.path, '--into', target],
      environment(target, port),
    );
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(output).toContain(`removing ${join(folder.path, name)}`);
    expect(left()).toEqual([]);
    expect(() => process.kill(Number(text), 0)).toThrow('ESRCH');
  }, 90_000);

  test('without keys it needs them from elsewhere', async () => {
    const bare = join(folder.path, 'bare');
    const live = join(folder.path, 'elsewhere');
    const made = runScript('scripts/backup.ts', ['--to', bare, '--without-keys'], environment(live, port));
    expect([made.status, made.output.includes('holds no keys')]).toEqual([0, true]);
    expect(readdirSync(bare)).not.toContain('keys');
    const target = join(folder.path, 'with-keys');
    const env = environment(target, port);
    const without = runScript('scripts/restore.ts', [bare, '--into', target], env);
    expect([without.status, without.output.includes('--keys')]).toEqual([1, true]);
    const keys = ['--keys', join(live, 'keys')];
    const { status, output } = runScript('scripts/restore.ts', [bare, '--into', target, ...keys], env);
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    // keys that are given stand in the place of the backup's own
    const foreign = join(folder.path, 'foreign');
    cpSync(join(live, 'keys'), foreign, { recursive: true });
    const key = JSON.parse(readFileSync(join(foreign, 'log.key.json'), 'utf8'));
    writeFileSync(
      join(foreign, 'log.key.json'),
      JSON.stringify({ ...key, publicKey: Buffer.alloc(32, 7).toString('base64url') }),
    );
    const never = [report.path, '--into', join(folder.path, 'never'), '--keys', foreign];
    const other = runScript('scripts/restore.ts', never, env);
    expect([other.status, other.output.includes('the keys given are of')]).toEqual([1, true]);
  }, 60_000);
});
