import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { type EmbeddedPostgres, startPostgres } from '../../apps/ledger/src/database/embedded-postgres.ts';
import { findPostgres } from '../../apps/ledger/src/database/postgres-binaries.ts';
import { openCluster } from '../../apps/ledger/src/database/postgres-cluster.ts';
import { startServer } from '../../apps/ledger/src/database/postgres-process.ts';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { isAlive, startParts, until } from '../support/process.ts';

// Real processes on a machine that may be busy.
jest.setTimeout(120_000);
// On a machine at load 8 one of these was seen to fail once with "terminating connection due to administrator command"
// and never again; the cause is not known. A first failure is printed and tried once more.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

let folder: TestFolder;
let log: string[];
let running: EmbeddedPostgres | null;
beforeEach(async () => {
  folder = await makeTestFolder('embedded-postgres');
  log = [];
  running = null;
});
afterEach(async () => {
  await running?.stop();
  await folder.remove();
});

/** Most tests can do without waiting for the disk. */
async function start(durable = false): Promise<EmbeddedPostgres> {
  running = await startPostgres({ dataDir: folder.path, log: (line) => log.push(line), durable });
  return running;
}

async function query<T extends object>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}

test('a new database: durable, for its password only, on this machine only', async () => {
  const { url } = await start(true);
  const settings = [
    'server_version',
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'listen_addresses',
    'TimeZone',
    'server_encoding',
    'unix_socket_directories',
    'data_checksums',
  ];
  const rows = await query<{ name: string; setting: string }>(
    url,
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [settings],
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    server_version: expect.stringMatching(/^18\./),
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    TimeZone: 'UTC',
    server_encoding: 'UTF8',
    unix_socket_directories: '',
    data_checksums: 'on',
  });
  const rules = await query<{ auth_method: string }>(
    url,
    'SELECT DISTINCT auth_method FROM pg_hba_file_rules',
  );
  expect(rules).toEqual([{ auth_method: 'scram-sha-256' }]);
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  const key = join(folder.path, 'keys', 'postgres.key.json');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(key, 'utf8'))).toEqual({
    user: 'anchorleaf',
    password: new URL(url).password,
  });
  expect(readdirSync(folder.path).sort()).toEqual(['keys', 'postgres']);
  expect(log.filter((line) => !/password authentication/.test(line))).toEqual([]);
});

test('rows stay over stop and start, and the password too', async () => {
  const first = await start(true);
  await query(first.url, "CREATE TABLE kept AS SELECT '绿' AS word");
  await first.stop();
  expect(await first.ended).toBeNull();
  expect(await isAlive(first.pid)).toBe(false);
  const second = await start(true);
  expect(await query(second.url, 'SELECT word, upper(word) FROM kept')).toEqual([
    { word: '绿', upper: '绿' },
  ]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  expect(log).toEqual([]);
});

/** Inserts 1, 2, 3 … one commit each, until the server is gone. */
async function insertUntilTheEnd(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  let confirmed = 0;
  try {
    for (;;) {
      await client.query('INSERT INTO counted VALUES ($1)', [confirmed + 1]);
      confirmed += 1;
    }
  } catch {
    return confirmed;
  }
}

test('kill -9 of the server: every confirmed row is there after the next start', async () => {
  const { url, pid, ended } = await start(true);
  await query(url, 'CREATE TABLE counted (n int)');
  const writers = [1, 2, 3].map(() => insertUntilTheEnd(url));
  await until(
    '100 rows',
    async () => Number((await query<{ n: string }>(url, 'SELECT count(*) AS n FROM counted'))[0]?.n) > 100,
  );
  process.kill(pid, 'SIGKILL');
  const confirmed = (await Promise.all(writers)).reduce((sum, n) => sum + n, 0);
  expect(await ended).toBe('PostgreSQL ended (SIGKILL); start the service again');
  const again = await start(true);
  const [row] = await query<{ n: string }>(again.url, 'SELECT count(*) AS n FROM counted');
  // One insert of each writer may have come through without an answer.
  expect(Number(row?.n)).toBeGreaterThanOrEqual(confirmed);
  expect(Number(row?.n)).toBeLessThanOrEqual(confirmed + writers.length);
  expect(log.join()).toContain('was not properly shut down');
});

test('kill -9 of the service: the server it left behind is ended, and everything is there', async () => {
  const parts = await startParts({ dataDir: folder.path, postgres: true });
  const { url, pid } = parts.postgres ?? { url: '', pid: 0 };
  await query(url, 'CREATE TABLE counted (n int)');
  const writer = insertUntilTheEnd(url);
  // A client of the dead service that sits in a transaction must not hold up the start.
  const idle = new Client({ connectionString: url });
  idle.on('error', () => undefined);
  await idle.connect();
  await idle.query('BEGIN; LOCK TABLE counted IN SHARE MODE');
  await parts.kill('SIGKILL');
  expect(await isAlive(pid)).toBe(true);
  const again = await start(true);
  const confirmed = await writer;
  expect(log).toEqual([
    expect.stringContaining(`ends the server that an earlier start left behind (process ${pid})`),
  ]);
  expect(await isAlive(pid)).toBe(false);
  const [row] = await query<{ n: string }>(again.url, 'SELECT count(*) AS n FROM counted');
  expect(Number(row?.n)).toBeGreaterThanOrEqual(confirmed);
  expect(Number(row?.n)).toBeLessThanOrEqual(confirmed + 1);
});

test('a service that dies of a bug leaves no server behind', async () => {
  const { postgres, child } = await startParts({
    dataDir: folder.path,
    postgres: true,
    durable: false,
    crash: true,
  });
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).not.toBe(0);
  await until('the server is gone', async () => !(await isAlive(postgres?.pid ?? 0)));
  await start();
  expect(log).toEqual([]);
});

test('an old process id that now belongs to another program: it is left alone and holds nothing up', async () => {
  const first = await start();
  const pidFile = join(folder.path, 'postgres', 'postmaster.pid');
  const text = readFileSync(pidFile, 'utf8');
  await first.stop();
  // As the server, the program runs as the same user; only its command line tells it apart.
  const other: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], {
    stdio: 'ignore',
  });
  writeFileSync(pidFile, text.replace(/^\d+/, String(other.pid)), { mode: 0o600 });
  chownSync(
    pidFile,
    statSync(join(folder.path, 'postgres')).uid,
    statSync(join(folder.path, 'postgres')).gid,
  );
  const second = await start();
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(other.exitCode ?? other.signalCode).toBeNull();
  expect(await isAlive(other.pid ?? 0)).toBe(true);
  other.kill('SIGKILL');
});

test('what a crash in the first start left is never used', async () => {
  mkdirSync(join(folder.path, 'postgres.new-0123', 'cluster', 'base'), { recursive: true });
  writeFileSync(join(folder.path, 'postgres.new-0123', 'cluster', 'PG_VERSION'), '18\n');
  mkdirSync(join(folder.path, 'postgres'));
  const { url } = await start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(readdirSync(folder.path).sort()).toEqual(['keys', 'postgres']);
});

test('a crash between the cluster and its database is made good', async () => {
  const binaries = await findPostgres();
  await openCluster(folder.path, binaries, false);
  const { url } = await start();
  expect(await query(url, 'SELECT current_database() AS name')).toEqual([{ name: 'anchorleaf' }]);
});

test('a start that cannot go on says why in one sentence, and changes nothing', async () => {
  await (await start()).stop();
  running = null;
  const at = (...names: string[]) => join(folder.path, ...names);
  const refusal = async () => {
    const error = await start().then(
      () => null,
      (refused: Error & { code?: string }) => refused,
    );
    expect(error?.name).toBe('StartError');
    expect(error?.message).not.toContain('\n');
    return `${error?.code} ${error?.message}`;
  };
  renameSync(at('keys'), at('keys-away'));
  expect(await refusal()).toMatch(/^postgres\/no-password .*restore it from a backup$/);
  renameSync(at('keys-away'), at('keys'));

  writeFileSync(at('postgres', 'PG_VERSION'), '17\n');
  expect(await refusal()).toMatch(/^postgres\/other-version .*by PostgreSQL 17, this install brings 18/);

  rmSync(at('postgres', 'PG_VERSION'));
  expect(await refusal()).toMatch(/^postgres\/damaged /);
  writeFileSync(at('postgres', 'PG_VERSION'), '18\n', { mode: 0o600 });

  renameSync(at('postgres', 'global', 'pg_control'), at('pg_control'));
  expect(await refusal()).toMatch(/^postgres\/not-started PostgreSQL did not start .*could not (find|open)/);
  renameSync(at('pg_control'), at('postgres', 'global', 'pg_control'));

  const { url } = await start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a port that somebody else took in between is tried no further', async () => {
  const binaries = await findPostgres();
  const cluster = await openCluster(folder.path, binaries, false);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const ports = [port, port];
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const free = (other.address() as { port: number }).port;
  other.close();
  const server = await startServer(
    cluster,
    binaries,
    false,
    (line) => log.push(line),
    async () => ports.pop() ?? free,
  );
  expect(server.port).toBe(free);
  await server.stop();
  taken.close();
});

test('a server that says a lot keeps answering: its output is read to the end', async () => {
  const { url } = await start();
  await query(
    url,
    `DO $$ BEGIN FOR n IN 1..20000 LOOP RAISE LOG 'line % of many, many lines', n; END LOOP; END $$`,
  );
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the helper for other tests leaves nothing behind', async () => {
  const one = await startTestPostgres();
  const [two] = await query<{ setting: string }>(
    one.url,
    "SELECT setting FROM pg_settings WHERE name = 'fsync'",
  );
  expect(two).toEqual({ setting: 'off' });
  await one.stop();
});

const NOBODY = 65_534;
const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
const succeeds = (program = '', ...args: string[]) => spawnSync(program, args).status === 0;
// Containers often forbid namespaces to root, and a checkout in a closed folder keeps other users out.
const canNamespace =
  process.platform === 'linux' &&
  process.geteuid?.() === 0 &&
  succeeds('unshare', '--user', '--map-user=65534', '--map-group=65534', 'true') &&
  succeeds('unshare', '--mount', 'mount', '--bind', '/bin/false', '/usr/bin/setpriv') &&
  succeeds(...nobody, process.execPath, '--check', join(ROOT, 'scripts', 'postinstall.mjs'));
if (!canNamespace) console.warn('skipped: this machine cannot show the ways in which root runs PostgreSQL');
(canNamespace ? describe : describe.skip)('for root', () => {
  /** In a mount namespace of its own, programs are replaced by one that fails: what a container may lack. */
  const without = (...programs: string[]) => {
    const hide = programs.map((program) => `mount --bind /bin/false /usr/bin/${program}`).join(' && ');
    return ['unshare', '--mount', 'sh', '-c', `${hide || 'true'} && exec "$0" "$@"`];
  };
  const dataDir = () => join(folder.path, 'closed', 'data');
  beforeEach(() => {
    mkdirSync(dataDir(), { recursive: true });
    chmodSync(join(folder.path, 'closed'), 0o700);
  });

  test.each([
    ['user namespace', 0, []],
    ['setpriv', NOBODY, ['unshare']],
    ['other user', NOBODY, ['unshare', 'setpriv']],
  ])('by way of %s', async (way, owner, lacking) => {
    // The last way cannot enter a closed folder; the others have to.
    if (way === 'other user')
      for (const path of [folder.path, join(folder.path, 'closed')]) chmodSync(path, 0o755);
    for (let round = 0; round < 2; round += 1) {
      const parts = await startParts(
        { dataDir: dataDir(), postgres: true, durable: false },
        without(...lacking),
      );
      expect(parts.postgres).toMatchObject({ runsAs: way });
      expect(statSync(join(dataDir(), 'postgres')).uid).toBe(owner);
      await query(parts.postgres?.url ?? '', `CREATE TABLE round${round} (n int)`);
      // The orphan is found and ended whoever it runs as.
      await parts.kill(round === 0 ? 'SIGKILL' : 'SIGTERM');
    }
    // Somewhere else another way may be open; the rows come along.
    running = await startPostgres({ dataDir: dataDir(), log: () => {}, durable: false });
    expect(running.runsAs).toBe(owner === 0 ? 'user namespace' : 'setpriv');
    await query(running.url, 'SELECT * FROM round0, round1');
  });

  test('a cluster of a root with namespaces goes on without them', async () => {
    running = await startPostgres({ dataDir: dataDir(), log: () => {}, durable: false });
    await query(running.url, 'CREATE TABLE before (n int)');
    await running.stop();
    running = null;
    const parts = await startParts(
      { dataDir: dataDir(), postgres: true, durable: false },
      without('unshare'),
    );
    expect(parts.postgres).toMatchObject({ runsAs: 'setpriv' });
    await query(parts.postgres?.url ?? '', 'SELECT * FROM before');
    await parts.kill('SIGTERM');
  });

  test('no way at all is said in one sentence that names the closed folder', async () => {
    const parts = await startParts(
      { dataDir: dataDir(), postgres: true, durable: false },
      without('unshare', 'setpriv'),
    );
    expect(parts.code).toBe('postgres/no-user');
    expect(parts.message).toContain(
      `${join(folder.path, 'closed')} has mode 0700; start the service as a normal user`,
    );
    expect(existsSync(join(dataDir(), 'postgres'))).toBe(false);
  });

  test('a closed folder of another user', async () => {
    chownSync(join(folder.path, 'closed'), 12_345, 12_345);
    running = await startPostgres({ dataDir: dataDir(), log: () => {}, durable: false });
    expect(running.runsAs).toBe('setpriv');
    expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a normal user needs no way around, and root can go on with its folder', async () => {
    chmodSync(join(folder.path, 'closed'), 0o755);
    chmodSync(folder.path, 0o755);
    chownSync(dataDir(), NOBODY, NOBODY);
    const accounts = [{ address: `0x${'11'.repeat(20)}` }];
    const parts = await startParts({ dataDir: dataDir(), postgres: true, durable: false, accounts }, nobody);
    expect(parts.postgres).toMatchObject({ runsAs: 'same user' });
    expect(parts.chain).toMatchObject({ url: expect.stringContaining('http://127.0.0.1:') });
    await query(parts.postgres?.url ?? '', 'CREATE TABLE before (n int)');
    await parts.kill('SIGTERM');
    running = await startPostgres({ dataDir: dataDir(), log: () => {}, durable: false });
    expect(running.runsAs).toBe('setpriv');
    await query(running.url, 'SELECT * FROM before');
    await running.stop();
    running = null;
    const again = await startParts({ dataDir: dataDir(), postgres: true, durable: false, accounts }, nobody);
    expect(again.postgres).toMatchObject({ runsAs: 'same user' });
    await again.kill('SIGTERM');
  });

  test('a user without a name gets one for as long as initdb asks', async () => {
    chmodSync(join(folder.path, 'closed'), 0o755);
    chmodSync(folder.path, 0o755);
    chownSync(dataDir(), 54_321, 54_321);
    const nameless = ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'];
    const parts = await startParts({ dataDir: dataDir(), postgres: true, durable: false }, nameless);
    expect(parts.postgres).toMatchObject({ runsAs: 'user namespace' });
    await parts.kill('SIGTERM');
    const again = await startParts({ dataDir: dataDir(), postgres: true, durable: false }, nameless);
    expect(again.postgres).toMatchObject({ runsAs: 'same user' });
    await again.kill('SIGTERM');
  });

  test("a normal user is told when the folder is root's", async () => {
    await (await startPostgres({ dataDir: dataDir(), log: () => {}, durable: false })).stop();
    for (const path of [join(folder.path, 'closed'), folder.path, dataDir()]) chmodSync(path, 0o777);
    const parts = await startParts({ dataDir: dataDir(), postgres: true, durable: false }, nobody);
    expect(parts.message).toMatch(
      /belongs to user 0 and this process runs as user 65534: start it as that user/,
    );
  });
});
