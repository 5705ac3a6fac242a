// Inclusion proofs from the store: the newest checkpoint with the proof of a random entry, as the service answers it. The
// tables are filled directly, with hashes of the real tree code, in the product's own schema; entries are short texts, for
// a proof never reads them but by their place. Nothing of the store is held in the service's memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { fromBase64url, toHex, utf8 } from '#lib/canonical';
import {
  checkInclusion,
  emptyFrontier,
  formatCheckpoint,
  frontierRoot,
  growLog,
  hashAt,
  leafHash,
  leafHashes,
  openCheckpoint,
  parseLogProof,
  parseVerifierKey,
  signNote,
} from '#lib/transparency-log';
import { ROOT } from '../build.ts';
import { makeRow, type Row } from './table.ts';

const SMALL = 10_000;
const PROOFS = 3_000;
const WARM = 500;
const CHUNK = 50_000;

type Server = {
  readonly port: number;
  readonly keyFile: string;
  readonly database: string;
  readonly pid: number;
};

async function startServer(): Promise<{ server: Server; stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    ['--conditions=default', '--no-warnings', 'scripts/bench/append-server.ts', 'store'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { server: { ...JSON.parse(line), pid: child.pid }, stop };
}

/** Empties the log's tables and fills them with a log of this size; indexes that no proof reads are left out. */
async function fill(
  client: pg.Client,
  size: number,
  sign: (size: bigint, root: Uint8Array) => string,
): Promise<void> {
  await client.query(`
    set session_replication_role = 'replica';
    set synchronous_commit = off;
    truncate log_entry, log_node_run, log_checkpoint cascade;
    alter table log_entry drop constraint if exists log_entry_leaf_hash_key;
    drop index if exists log_entry_content_idx;
    alter table log_entry drop constraint if exists log_entry_pkey;
    alter table log_node_run drop constraint if exists log_node_run_pkey;
  `);
  let frontier = emptyFrontier();
  let root = frontierRoot(frontier);
  while (Number(frontier.size) < size) {
    const from = Number(frontier.size);
    const count = Math.min(CHUNK, size - from);
    const hashes = leafHashes(Array.from({ length: count }, (_, n) => utf8(`entry ${from + n}`)));
    const growth = growLog(
      frontier,
      Array.from({ length: count }, (_, n) => hashAt(hashes, n)),
    );
    await client.query({
      name: 'entries',
      text: `insert into log_entry (index, leaf_hash, kind, content, bytes, recorded_at)
       select $1::bigint + n, substring($2::bytea from n * 32 + 1 for 32), 'page/v1', '',
         convert_to('entry ' || $1::bigint + n, 'UTF8'), now() from generate_series(0, $3::int - 1) as n`,
      values: [from, Buffer.from(hashes), count],
    });
    for (const { level, first, hashes: nodes } of growth.runs)
      await client.query({
        name: 'nodes',
        text: 'insert into log_node_run (level, first, hashes) values ($1, $2, $3)',
        values: [level, first, Buffer.concat(nodes)],
      });
    ({ frontier, root } = growth);
  }
  await client.query('insert into log_checkpoint (size, root, note, time) values ($1, $2, $3, now())', [
    size,
    Buffer.from(root),
    sign(BigInt(size), root),
  ]);
  await client.query(`
    alter table log_entry add primary key (index);
    alter table log_node_run add primary key (level, first);
    analyze log_node_run, log_entry;
  `);
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One answer over a connection that stays open. */
function read(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    }).on('error', reject);
  });
}

/** Resident memory of a process in MB; where the system does not say, null. */
function memoryOf(pid: number): number | null {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return null;
  }
}

export async function measure({ full }: { readonly full: boolean }): Promise<readonly Row[]> {
  const { server, stop } = await startServer();
  const client = new pg.Client({ connectionString: server.database });
  try {
    await client.connect();
    const folder = dirname(dirname(server.keyFile));
    const root = JSON.parse(readFileSync(join(folder, 'root.json'), 'utf8')) as {
      log: { key: string; origin: string };
    };
    const key = parseVerifierKey(root.log.key);
    const secret = JSON.parse(readFileSync(join(folder, 'keys/log.key.json'), 'utf8')).secretKey as string;
    const sign = (size: bigint, hash: Uint8Array) =>
      signNote(formatCheckpoint({ origin: root.log.origin, size, root: hash }), {
        name: root.log.origin,
        secretKey: fromBase64url(secret),
      });
    const p99: number[] = [];
    const memory: (number | null)[] = [];
    const sizes = [SMALL, full ? 10_000_000 : 1_000_000];
    for (const size of sizes) {
      console.log(`fills a log of ${size} entries`);
      await fill(client, size, sign);
      const times: number[] = [];
      for (let n = 0; n < WARM + PROOFS; n++) {
        const index = Math.floor(Math.random() * size);
        const begun = performance.now();
        const text = await read(server.port, `/log/entries/${index}/proof`);
        if (n >= WARM) times.push(performance.now() - begun);
        // every answer is checked, outside of the time measured
        const { proof, checkpoint } = parseLogProof(text);
        const head = openCheckpoint(checkpoint, key);
        const claim = { leafHash: leafHash(utf8(`entry ${index}`)), index: BigInt(index), proof, ...head };
        if (head.size !== BigInt(size) || !checkInclusion(claim))
          throw new Error(`the proof of entry ${index} does not hold for root ${toHex(head.root)}`);
      }
      times.sort((a, b) => a - b);
      p99.push(times[Math.floor(times.length * 0.99)] ?? 0);
      memory.push(memoryOf(server.pid));
    }
    const [small = 0, large = 0] = p99;
    const peers = [{ name: `a log of ${SMALL} entries`, value: small, ratio: small / large }];
    const rows = [
      makeRow(`p99 of a proof over HTTP, ${sizes[1]} entries`, large, 'ms', { atMost: 5, peers }),
    ];
    if (rows[0]?.met === false)
      console.log(
        `missed: a proof of ${sizes[1]} entries took ${large.toFixed(1)} ms, one of ${SMALL} took ${small.toFixed(1)} ms; ${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`,
      );
    const [before, after] = memory;
    if (before != null && after != null)
      rows.push(
        makeRow(`memory of the service, from ${SMALL} to ${sizes[1]} entries`, after / before, '×', {
          atMost: 1.5,
        }),
      );
    return rows;
  } finally {
    await client.end();
    await stop();
  }
}
