// Two services on one database and one chain: real processes, the first paused and woken by signals. At any time one of
// them writes; the other reads, and says why it does not write. And a log that is not the one on chain is not written to.

import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { fromBase64url } from '#lib/canonical';
import { emptyFrontier, formatCheckpoint, growLog, leafHash, signNote } from '#lib/transparency-log';
import { entryOf } from '../support/entries.ts';
import { makeTestFolder, type TestFolder } from '../support/folder.ts';
import { LedgerUnderTest } from '../support/ledger-under-test.ts';
import { eventually, type Organisation, PUBLIC_URL } from '../support/service.ts';
import { environment, freePort, type ServiceProcess, startService } from '../support/service-process.ts';

jest.setTimeout(120_000);

let ledger: LedgerUnderTest;
let exporter: Organisation;
let copy: TestFolder;
let second: ServiceProcess;
let numbered = 0;
beforeAll(async () => {
  ledger = await LedgerUnderTest.prepare();
  await ledger.start();
  exporter = await ledger.enrol('one-writer');
  copy = await makeTestFolder('second');
  await cp(ledger.dataDir, copy.path, { recursive: true });
  // what says that the first runs there
  for (const name of ['lock', 'service.json'])
    await rm(join(copy.path, name), { recursive: true, force: true });
  const port = await freePort();
  second = await startService(copy.path, port, {
    ...environment(copy.path, port),
    PUBLIC_URL,
    DATABASE_URL: ledger.postgres.url(),
    CHAIN_RPC_URL: ledger.chain.url,
  });
});
afterAll(async () => {
  ledger?.signal('SIGCONT');
  await second?.kill();
  await ledger?.stop();
  await copy?.remove();
});

async function query<T>(sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: ledger.postgres.url() });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}

const sizeNow = async () => Number((await query<{ size: string }>('select size from log_head'))[0]?.size);

async function post(url: string): Promise<{ status: number; code: string | undefined }> {
  const body = Buffer.from(entryOf(exporter.did, `entry ${numbered++}`)).toString('utf8');
  const headers = { authorization: `Bearer ${exporter.apiKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/entries`, { method: 'POST', body, headers });
  return { status: answer.status, code: ((await answer.json()) as { code?: string }).code };
}

const reads = async (url: string) => (await fetch(`${url}/log/checkpoint`)).status;

test('the second stands by: it reads, does not write, and says so', async () => {
  expect(await post(ledger.url)).toMatchObject({ status: 201 });
  const size = await sizeNow();
  expect(await post(second.url)).toMatchObject({ status: 503, code: 'log/not-writing' });
  expect(await sizeNow()).toBe(size);
  expect(await reads(second.url)).toBe(200);
});

test('a writer that was paused in the middle of a batch finds its epoch over, and writes nothing', async () => {
  const before = await sizeNow();
  const holder = new Client({ connectionString: ledger.postgres.url() });
  await holder.connect();
  // what a new holder of the lease does, not committed yet: the batch of the first must wait for it
  await holder.query('begin');
  await holder.query('update log_head set epoch = epoch + 1');
  const late = post(ledger.url);
  await eventually(
    async () =>
      (
        await query(
          "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%update log_head%'",
        )
      ).length > 0,
  );
  ledger.signal('SIGSTOP');
  await holder.query('commit');
  await holder.end();
  ledger.signal('SIGCONT');
  expect(await late).toMatchObject({ status: 503, code: 'log/not-recorded' });
  expect(await sizeNow()).toBe(before);
  // one of the two goes on
  await eventually(async () =>
    (await Promise.all([post(ledger.url), post(second.url)])).some(({ status }) => status === 201),
  );
});

test('a paused writer loses its place to the other, and stands by when it wakes up', async () => {
  const urls = [ledger.url, second.url];
  const isWriter = async (url: string) => (await post(url)).status === 201;
  await eventually(async () => (await isWriter(urls[0] as string)) || (await isWriter(urls[1] as string)));
  // whoever writes now is made to be the first: the second is paused until the first has it
  process.kill(second.child.pid as number, 'SIGSTOP');
  await query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'anchorleaf writer'",
  );
  await eventually(() => isWriter(ledger.url));
  process.kill(second.child.pid as number, 'SIGCONT');

  ledger.signal('SIGSTOP');
  await query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'anchorleaf writer'",
  );
  await eventually(() => isWriter(second.url));
  const size = await sizeNow();
  ledger.signal('SIGCONT');
  await eventually(async () => (await post(ledger.url)).code === 'log/not-writing');
  expect(await reads(ledger.url)).toBe(200);
  expect(await isWriter(second.url)).toBe(true);
  expect(await sizeNow()).toBe(size + 1);
  await ledger.readAll();
});

test('a log with another root than the chain holds is not written to; reading goes on', async () => {
  await second.kill();
  await eventually(async () => {
    const [row] = await query<{ size: string; anchored: string }>(
      'select (select size from log_head) as size, (select max(size) from anchor) as anchored',
    );
    return row?.size === row?.anchored;
  });
  await ledger.kill();
  const { logKey } = ledger;
  const size = await forge(logKey.name);
  await ledger.start({ ready: false });
  const reason = await eventually(async () => {
    const { status, code } = await post(ledger.url);
    return (
      status === 503 && code === 'log/stopped' && (await (await fetch(`${ledger.url}/health/ready`)).text())
    );
  });
  expect(reason).toContain('two different logs');
  expect(await sizeNow()).toBe(size);
  expect(await reads(ledger.url)).toBe(200);
});

/** Writes another log of the same size, whole and signed with the log's own key: what only an operator could do. */
async function forge(origin: string): Promise<number> {
  const rows = await query<{ index: string }>('select index from log_entry order by index');
  const entries = rows.map(({ index }) => entryOf(exporter.did, `forged ${index}`));
  const { root, runs } = growLog(emptyFrontier(), entries.map(leafHash));
  const size = BigInt(entries.length);
  const { secretKey } = JSON.parse(await readFile(join(ledger.dataDir, 'keys/log.key.json'), 'utf8'));
  const note = signNote(formatCheckpoint({ origin, size, root }), {
    name: origin,
    secretKey: fromBase64url(secretKey),
  });
  const client = new Client({ connectionString: ledger.postgres.url() });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query('truncate log_entry, log_node_run, log_checkpoint cascade');
  for (const [index, bytes] of entries.entries())
    await client.query(
      `insert into log_entry (index, leaf_hash, kind, content, bytes, recorded_at) values ($1, $2, 'activity/v1', $3, $4, now())`,
      [index, Buffer.from(leafHash(bytes)), `c${index}`, Buffer.from(bytes)],
    );
  for (const { level, first, hashes } of runs)
    await client.query('insert into log_node_run values ($1, $2, $3)', [level, first, Buffer.concat(hashes)]);
  await client.query('insert into log_checkpoint values ($1, $2, $3, now())', [
    size,
    Buffer.from(root),
    note,
  ]);
  await client.query('update log_head set root = $1', [Buffer.from(root)]);
  await client.end();
  return entries.length;
}
