// A backup becomes a data folder again. Everything is checked before anything is made: each part against the manifest,
// the whole log computed again, its anchored head against the chain. It is put together under a temporary name beside the
// target and gets its name last: a restore that was cut off leaves no folder that a service could start on.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { JsonRpcClient, RpcUnreachable } from '../chain/json-rpc.ts';
import { databaseOptions } from '../database/data-source.ts';
import { startPostgres } from '../database/embedded-postgres.ts';
import { MIGRATIONS } from '../database/migrations/index.ts';
import { takeDataFolder } from '../installation/data-folder-lock.ts';
import { READABLE, SECRET } from '../installation/kept-file.ts';
import { findDamage, KeepingError, type Manifest, syncFolder } from './backup-folder.ts';
import { findLostFiles, type OpenedBackup, openBackup } from './backup-rows.ts';
import { type ChainHead, readChainHead, replayChain } from './chain-head.ts';
import { copyIn } from './copy-rows.ts';
import { type Finding, fsck } from './fsck.ts';
import { type KeptFacts, readFacts } from './kept-data.ts';
import { connect } from './snapshot.ts';

export type RestoreOrder = {
  readonly backup: string;
  /** Not there, or empty. */
  readonly into: string;
  /** An empty database to fill; null: an embedded one in the new folder. */
  readonly databaseUrl: string | null;
  readonly chainRpcUrl: string | null;
  /** Folder with the key files, for a backup made without them. */
  readonly keys: string | null;
  /** A newer journal of the embedded chain that survived elsewhere. */
  readonly journal: string | null;
  readonly say: (line: string) => void;
};

export type RestoreReport = {
  readonly manifest: Manifest;
  readonly into: string;
  readonly chainHead: ChainHead | null;
  /** The chain was asked, or is in the backup. */
  readonly isCompared: boolean;
  /** The chain holds more than this: nothing is appended before it has caught up. */
  readonly isBehind: boolean;
};

/** @throws KeepingError, StartError */
export async function restore(order: RestoreOrder): Promise<RestoreReport> {
  const into = resolve(order.into);
  await requireEmpty(into);
  const source = await openBackup(resolve(order.backup));
  requireKnown(source.manifest);
  const damage = await findDamage(source.folder, source.manifest);
  if (damage.length > 0) throw new KeepingError(`the backup is damaged: ${damage.join('; ')}`);
  const making = `${into}.unfinished-${randomBytes(4).toString('hex')}`;
  try {
    await copyFiles(source, making, order);
    const facts = await readFacts(making);
    if (facts.logKey !== source.manifest.log.key)
      throw new KeepingError(
        `the keys given are of ${facts.logKey}, the backup's log has ${source.manifest.log.key}`,
      );
    const chainHead = await askChain(facts, making, order);
    await checkLog(source, chainHead, order.say);
    await fillDatabase(source, making, order);
    await rmdir(into).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(making, into);
    await syncFolder(dirname(into));
    const isBehind = chainHead !== null && chainHead.size > BigInt(source.manifest.log.size);
    const isCompared = facts.isEmbeddedChain || order.chainRpcUrl !== null;
    return { manifest: source.manifest, into, chainHead, isCompared, isBehind };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

async function requireEmpty(into: string): Promise<void> {
  const found = await readdir(into).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (found.length > 0)
    throw new KeepingError(
      `${into} is not empty: a restore never writes over what is there; choose a new folder`,
    );
}

/** The tables are made by the migrations that made them then; newer ones run at the first start. */
function requireKnown({ migrations, version }: Manifest): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new KeepingError(
      `the backup is of a newer program (${version}), with ${unknown.join(', ')}: restore it with that one`,
    );
}

async function copyFiles(source: OpenedBackup, making: string, order: RestoreOrder): Promise<void> {
  const { manifest, folder } = source;
  // 0755 as at a first start: the database may run as another user; secrets are in keys/, 0700
  await mkdir(making, { mode: 0o755, recursive: true });
  await mkdir(join(making, 'keys'), { mode: 0o700 });
  for (const { path } of manifest.parts) {
    if (path.startsWith('database/')) continue;
    await put(join(folder, path), join(making, path), /^(keys|files|chain)\//.test(path) ? SECRET : READABLE);
  }
  if (!manifest.withKeys) await copyKeys(making, order.keys);
  if (order.journal !== null) await replaceJournal(making, order.journal);
}

async function copyKeys(making: string, keys: string | null): Promise<void> {
  if (keys === null)
    throw new KeepingError('the backup was made without keys: give the folder that holds them with --keys');
  for (const name of await readdir(keys)) {
    if (name.endsWith('.json') && name !== 'postgres.key.json')
      await put(join(keys, name), join(making, 'keys', name), SECRET);
  }
}

/** The longer journal of the same chain: it has to begin with the very bytes of the backup's. */
async function replaceJournal(making: string, journal: string): Promise<void> {
  const ours = join(making, 'chain', 'journal.jsonl');
  const [old, longer] = await Promise.all([open(ours, 'r'), open(journal, 'r')]);
  try {
    const [a, b] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (let at = 0; ; ) {
      const { bytesRead } = await old.read(a, 0, a.length, at);
      if (bytesRead === 0) break;
      const { bytesRead: there } = await longer.read(b, 0, bytesRead, at);
      if (there < bytesRead || !a.subarray(0, bytesRead).equals(b.subarray(0, bytesRead)))
        throw new KeepingError(
          `${journal} does not go on from the backup's chain: it is another chain or an older state`,
        );
      at += bytesRead;
    }
  } finally {
    await old.close();
    await longer.close();
  }
  await rm(ours);
  await put(journal, ours, SECRET);
}

async function put(from: string, to: string, mode: number): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const file = await open(to, 'r+');
  try {
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function askChain(facts: KeptFacts, making: string, order: RestoreOrder): Promise<ChainHead | null> {
  if (facts.isEmbeddedChain) {
    order.say('replaying the blocks of the embedded chain');
    return replayChain(facts.chain, facts.chainOperator, async (journal) => {
      await put(join(making, 'chain', 'journal.jsonl'), journal, SECRET);
    });
  }
  if (order.chainRpcUrl === null) return null;
  return readChainHead(new JsonRpcClient(order.chainRpcUrl), facts.chain).catch((cause: unknown) => {
    if (!(cause instanceof RpcUnreachable)) throw cause;
    throw new KeepingError(
      `${cause.message}: try again, or leave CHAIN_RPC_URL out, and the service compares at its start`,
      { cause },
    );
  });
}

async function checkLog(
  source: OpenedBackup,
  chainHead: ChainHead | null,
  say: (line: string) => void,
): Promise<void> {
  const findings: Finding[] = [];
  const result = await fsck(source, {
    logKey: source.manifest.log.key,
    heads: chainHead ? [{ ...chainHead, whose: 'the chain' }] : [],
    found: (finding) => findings.push(finding),
    progress: (done) => say(`checked ${done} entries`),
  });
  if (findings.length > 0) {
    const lines = findings.slice(0, 20).map(({ kind, where, problem }) => `  ${kind} ${where}: ${problem}`);
    throw new KeepingError(
      `the backup holds ${result.findings} thing(s) that do not fit, nothing was restored:\n${lines.join('\n')}`,
    );
  }
  // vouchers are evidence, not the log: what is lost of them is said, and the rest restored
  for (const { where, problem } of await findLostFiles(source)) say(`file ${where}: ${problem}`);
  say(`the log is whole: ${result.size} entries, root ${result.root}`);
}

/** All rows in one transaction: a database of one's own is filled or left as it was. */
async function fillDatabase(source: OpenedBackup, making: string, order: RestoreOrder): Promise<void> {
  const lock = await takeDataFolder(making);
  const own = order.databaseUrl === null ? await startPostgres({ dataDir: making, log: order.say }) : null;
  try {
    const url = order.databaseUrl ?? own?.url ?? '';
    await makeTables(url, source.manifest);
    await load(url, source, order.say);
  } finally {
    await own?.stop();
    await lock.release();
  }
}

async function makeTables(url: string, { migrations }: Manifest): Promise<void> {
  const client = await connect(url);
  try {
    const { rows } = await client.query(
      "select from pg_class where relnamespace = 'public'::regnamespace limit 1",
    );
    if (rows.length > 0)
      throw new KeepingError('the database of DATABASE_URL is not empty: make a new one and give that');
  } finally {
    await client.end();
  }
  const wanted = MIGRATIONS.filter(({ name }) => migrations.includes(name));
  const source = new DataSource({ ...databaseOptions(url), migrations: wanted, extra: { max: 1 } });
  await source.initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function load(url: string, source: OpenedBackup, say: (line: string) => void): Promise<void> {
  const client = await connect(url);
  try {
    await client.query('begin');
    const order = await tableOrder(client);
    for (const { name, columns, rows } of [...source.manifest.tables].sort(
      (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
    )) {
      if (!order.includes(name))
        throw new KeepingError(`the backup has a table ${name} that no migration makes`);
      // what a migration put in is in the backup too; the log's own tables refuse any deletion, and are empty
      const { rows: made } = await client.query(`select from ${quote(name)} limit 1`);
      if (made.length > 0) await client.query(`delete from ${quote(name)}`);
      const sql = `copy ${quote(name)} (${columns.map(quote).join(', ')}) from stdin`;
      const taken = await copyIn(client, sql, source.copy(name));
      if (taken !== rows) throw new KeepingError(`${name} took ${taken} rows, the manifest says ${rows}`);
      if (rows > 100_000) say(`${name}: ${rows} rows`);
    }
    await setSequences(client);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

type Queries = { query(sql: string): Promise<{ rows: Record<string, string>[] }> };

/** Tables in an order in which each foreign key leads to rows that are there. */
async function tableOrder(client: Queries): Promise<string[]> {
  const tables = await client.query(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname",
  );
  const keys = await client.query(`
    select a.relname as child, b.relname as parent from pg_constraint c
    join pg_class a on a.oid = c.conrelid join pg_class b on b.oid = c.confrelid
    where c.contype = 'f' and c.conrelid <> c.confrelid and c.connamespace = 'public'::regnamespace`);
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]) => {
    if (order.includes(name)) return;
    if (path.includes(name))
      throw new Error(`foreign keys go round in a circle: ${[...path, name].join(', ')}`);
    for (const { child, parent } of keys.rows) if (child === name) visit(parent as string, [...path, name]);
    order.push(name);
  };
  for (const { name } of tables.rows) visit(name as string, []);
  return order;
}

/** Numbers that the database gives out go on behind those that were given. */
async function setSequences(client: Queries): Promise<void> {
  const { rows } = await client.query(`
    select c.relname as "table", a.attname as "column", pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null`);
  for (const { table, column, sequence } of rows)
    await client.query(
      `select setval('${sequence}', coalesce(max(${quote(column as string)}), 0) + 1, false) from ${quote(table as string)}`,
    );
}
