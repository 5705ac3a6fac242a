// Durable appends over HTTP. Service, its Postgres and this load generator share the machine. Beside each figure, in the
// same run: the same route storing nothing (the same application, validation and answers, in a process of its own), and
// what Postgres itself takes of the same bytes.
import { spawn } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { contentId, fromBase64url, utf8 } from '#lib/canonical';
import { blindSubject, type EntrySigner, entryBytes, makeEntry } from '#lib/record';
import { ROOT } from '../build.ts';
import { type Load, percentile, readyRequest, sendAll } from './load.ts';
import { makeRow, type Row } from './table.ts';

type Server = {
  readonly port: number;
  readonly did: string;
  readonly apiKey: string;
  readonly keyFile: string;
  readonly database: string;
  stop(): Promise<void>;
};

const CONNECTIONS = 256;
const SINGLE = 20_000;
const HUNDREDS = 400;
const TENS_OF_THOUSANDS = 12;
const SIGNED = 6_000;
const PATH = '/api/v1/entries';

/** Why a figure is what it is, where the reason is the design and not the machine. */
const WHY: Readonly<Record<string, string>> = {
  'of the unnest insert':
    'an entry is parsed, hashed twice, looked for, stored in a row with three indexes and answered with its proof; beside it stands one row with one index',
};
const BUSY = () =>
  `service, Postgres and load share ${availableParallelism()} cores; load average ${loadavg()[0]?.toFixed(1)}`;

async function startServer(mode: 'store' | 'nothing'): Promise<Server> {
  const child = spawn(
    process.execPath,
    ['--conditions=default', '--no-warnings', 'scripts/bench/append-server.ts', mode],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`the ${mode} server did not start`);
    }),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { ...JSON.parse(line), stop };
}

function entryOf(did: string, name: string, signer?: EntrySigner): Uint8Array {
  const kind = signer ? 'withdrawal/v1' : 'activity/v1';
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const subject = blindSubject('nonce', name);
  return entryBytes(
    makeEntry({ kind, issuer: did, time, refs: [], subject, content: contentId(utf8(name)) }, signer),
  );
}

// RFC 8410 §7
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function signerOf({ keyFile, did }: Server): EntrySigner {
  const seed = fromBase64url(JSON.parse(readFileSync(keyFile, 'utf8')).signing.secretKey);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return { kid: `${did}#key-1`, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Requests of so many entries each. */
function requestsOf(server: Server, entries: readonly Uint8Array[], each: number): Buffer[] {
  const type = each === 1 ? 'application/json' : 'application/x-ndjson';
  return range(Math.floor(entries.length / each)).map((n) => {
    const lines = entries.slice(n * each, (n + 1) * each).map((entry) => Buffer.from(entry).toString('utf8'));
    return readyRequest(PATH, type, server.apiKey, Buffer.from(lines.join('\n')));
  });
}

const perSecond = ({ requests, seconds }: Load, each: number) => (requests * each) / seconds;

/** Inserts of the same bytes: one row a commit, over so many connections. */
async function singleInserts(
  url: string,
  entries: readonly Uint8Array[],
  connections: number,
): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  await pool.query('create table if not exists bench_row (index bigint primary key, bytes bytea not null)');
  await pool.query('truncate bench_row');
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    range(connections).map(async () => {
      for (let at = next++; at < entries.length; at = next++)
        await pool.query({
          name: 'one',
          text: 'insert into bench_row (index, bytes) values ($1, $2)',
          values: [at, Buffer.from(entries[at] as Uint8Array)],
        });
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  await pool.end();
  return entries.length / seconds;
}

async function unnestInserts(url: string, entries: readonly Uint8Array[], each: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists bench_row (index bigint primary key, bytes bytea not null)');
  await client.query('truncate bench_row');
  const begun = performance.now();
  for (let at = 0; at < entries.length; at += each) {
    const part = entries.slice(at, at + each);
    await client.query({
      name: 'many',
      text: 'insert into bench_row (index, bytes) select * from unnest($1::bigint[], $2::bytea[])',
      values: [part.map((_, n) => at + n), part.map((bytes) => Buffer.from(bytes))],
    });
  }
  const seconds = (performance.now() - begun) / 1000;
  await client.end();
  return entries.length / seconds;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export async function measure(_: { readonly full: boolean }): Promise<readonly Row[]> {
  console.log('starts the service twice: as it is, and with a log that stores nothing');
  const [store, nothing] = await Promise.all([startServer('store'), startServer('nothing')]);
  const rows: Row[] = [];
  try {
    let numbered = 0;
    const make = (server: Server, count: number, signer?: EntrySigner) =>
      range(count).map(() => entryOf(server.did, `entry ${numbered++}`, signer));
    const run = (server: Server, count: number, each: number, connections: number, signer?: EntrySigner) =>
      sendAll(server.port, requestsOf(server, make(server, count, signer), each), connections);
    const compare = (name: string, value: number, beside: number) => ({
      name,
      value: beside,
      ratio: value / beside,
    });

    // warm, then three turns of each, in turn: the machine's mood falls on both
    for (const server of [store, nothing]) await run(server, 3_000, 1, CONNECTIONS);
    const singles: Load[] = [];
    const storing: number[] = [];
    const idle: number[] = [];
    for (const _turn of range(3)) {
      idle.push(perSecond(await run(nothing, SINGLE / 2, 1, CONNECTIONS), 1));
      const load = await run(store, SINGLE / 2, 1, CONNECTIONS);
      singles.push(load);
      storing.push(perSecond(load, 1));
    }
    const bytes = make(store, 8_000);
    const one = median([await singleInserts(store.database, bytes.slice(0, 3_000), 1)]);
    const pool = await singleInserts(store.database, bytes, 16);
    const single = median(storing);
    rows.push(
      makeRow('durable appends, one entry a POST', single, 'entries/s', {
        atLeast: 5_000,
        peers: [
          compare('the same route storing nothing (at least 0.7)', single, median(idle)),
          compare('single-row INSERT, 1 connection (at least 2)', single, one),
          compare('single-row INSERT, 16 connections', single, pool),
        ],
      }),
      makeRow('of the same route storing nothing', single / median(idle), '×', { atLeast: 0.7 }),
      makeRow('of single-row INSERTs on one connection', single / one, '×', { atLeast: 2 }),
      makeRow('p99 of one entry a POST', median(singles.map((load) => percentile(load, 0.99))), 'ms', {
        atMost: 100,
      }),
      makeRow('p50 of one entry a POST', median(singles.map((load) => percentile(load, 0.5))), 'ms'),
    );

    const hundred = perSecond(await run(store, HUNDREDS * 100, 100, 16), 100);
    rows.push(makeRow('100 entries a POST', hundred, 'entries/s', { atLeast: 20_000 }));
    const bulkEntries = make(store, TENS_OF_THOUSANDS * 10_000);
    const unnest = await unnestInserts(store.database, bulkEntries.slice(0, 60_000), 10_000);
    const bulkRequests = requestsOf(store, bulkEntries, 10_000);
    const bulk = perSecond(await sendAll(store.port, bulkRequests, 2), 10_000);
    rows.push(
      makeRow('10,000 entries a POST', bulk, 'entries/s', {
        peers: [compare('unnest insert of the same bytes, 10,000 rows a commit', bulk, unnest)],
      }),
      makeRow('of the unnest insert', bulk / unnest, '×', { atLeast: 0.4 }),
    );

    const signer = signerOf(store);
    const signed = perSecond(await run(store, SIGNED, 1, CONNECTIONS, signer), 1);
    const signedBulk = perSecond(await run(store, SIGNED, 1_000, 2, signer), 1_000);
    rows.push(
      makeRow('signed entries, one a POST', signed, 'entries/s'),
      makeRow('signed entries, 1,000 a POST', signedBulk, 'entries/s'),
    );
    for (const { name, met, value, target } of rows)
      if (met === false) console.log(`missed: ${name}: ${value}, target ${target}; ${WHY[name] ?? BUSY()}`);
    return rows;
  } finally {
    await Promise.all([store.stop(), nothing.stop()]);
  }
}
