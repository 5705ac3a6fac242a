import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jest } from '@jest/globals';
import { makeTestFolder, type TestFolder } from '../../../../test/support/folder.ts';
import { FolderInUse, takeDataFolder } from './data-folder-lock.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

// Real processes on a machine that may be busy.
jest.setTimeout(120_000);

let folder: TestFolder;
let file: string;
beforeEach(async () => {
  folder = await makeTestFolder('lock');
  file = join(folder.path, 'lock');
});
afterEach(() => folder.remove());

/** A process that takes the folder when its input says so, tells the outcome in one line, and keeps it until killed. */
function contender() {
  const text = `
    import { takeDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder-lock.ts'))};
    process.stdin.once('data', () => takeDataFolder(${JSON.stringify(folder.path)}, { url: 'http://localhost:1' }).then(
      () => console.log('taken'), (error) => console.log(error.code + ' ' + error.holder?.pid)));
    setInterval(() => {});
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  return {
    pid: child.pid,
    ready: line,
    take: async () => {
      child.stdin.write('go\n');
      return line();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('one holder at a time, named to the second with its address and the remedy', async () => {
  const lock = await takeDataFolder(folder.path, { url: 'http://localhost:8787' });
  const second = takeDataFolder(folder.path);
  await expect(second).rejects.toBeInstanceOf(FolderInUse);
  await expect(second).rejects.toMatchObject({
    name: 'StartError',
    code: 'installation/in-use',
    holder: { pid: process.pid, url: 'http://localhost:8787' },
  });
  await expect(second).rejects.toThrow(
    new RegExp(
      `is in use by process ${process.pid} at http://localhost:8787 since .*: stop that one, or set DATA_DIR`,
    ),
  );
  await lock.release();
  await (await takeDataFolder(folder.path)).release();
  expect(readdirSync(folder.path)).toEqual([]);
});

test('a lock is released only by the one who took it', async () => {
  const first = await takeDataFolder(folder.path);
  await first.release();
  const second = await takeDataFolder(folder.path);
  await first.release();
  expect(existsSync(file)).toBe(true);
  await second.release();
});

test('the lock of a killed process is taken over', async () => {
  const other = contender();
  await other.ready();
  expect(await other.take()).toBe('taken');
  await expect(takeDataFolder(folder.path)).rejects.toMatchObject({ holder: { pid: other.pid } });
  await other.kill();
  await (await takeDataFolder(folder.path)).release();
});

test('a process id that was used again does not count', async () => {
  const me = await identifyProcess(process.pid);
  const old = { ...me, began: 'another start', url: null, since: '2026-01-01T00:00:00Z', token: 'x' };
  writeFileSync(file, JSON.stringify(old));
  await (await takeDataFolder(folder.path)).release();
});

test.each(['', '{', '{}', 'null', '{"pid":-1}', '{"pid":0}', '{"pid":"x"}'])(
  'a lock file %j that names nobody is replaced',
  async (text) => {
    writeFileSync(file, text);
    const lock = await takeDataFolder(folder.path);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  },
);

test('a takeover that died half way does not block the next one for ever', async () => {
  writeFileSync(file, '{"pid":2147483646}');
  writeFileSync(`${file}.takeover`, '');
  utimesSync(`${file}.takeover`, 0, 0);
  await (await takeDataFolder(folder.path)).release();
});

test('of many that find the same stale lock at once, exactly one gets the folder', async () => {
  for (let round = 0; round < 5; round += 1) {
    const many = [...Array(8)].map(contender);
    await Promise.all(many.map(({ ready }) => ready()));
    writeFileSync(file, '{"pid":2147483646,"began":"long ago","url":null,"since":"","token":""}');
    const outcomes = await Promise.all(many.map(({ take }) => take()));
    const winner = outcomes.indexOf('taken');
    const others = outcomes.filter((_, at) => at !== winner);
    expect(others).toEqual(others.map(() => `installation/in-use ${many[winner]?.pid}`));
    await Promise.all(many.map(({ kill }) => kill()));
  }
});

test('a process that is gone, or never was, does not run', async () => {
  const other = contender();
  await other.ready();
  const identity = await identifyProcess(other.pid ?? 0);
  expect(identity && (await isRunning(identity))).toBe(true);
  await other.kill();
  expect(identity && (await isRunning(identity))).toBe(false);
  expect(await identifyProcess(2_147_483_646)).toBeNull();
  expect(await identifyProcess(0)).toBeNull();
  expect(await identifyProcess(-1)).toBeNull();
});
