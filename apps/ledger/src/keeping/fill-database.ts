// The rows of a backup in an empty database: tables by the migrations that the backup was made under, then all rows.
import { DataSource } from 'typeorm';
import { databaseOptions } from '../database/data-source.ts';
import { startPostgres } from '../database/embedded-postgres.ts';
import { MIGRATIONS } from '../database/migrations/index.ts';
import { KeepingError, type Manifest } from './backup-folder.ts';
import type { OpenedBackup } from './backup-rows.ts';
import { copyIn } from './copy-rows.ts';
import { connect } from './snapshot.ts';

/**
 * All rows in one transaction. The caller holds the folder's lock.
 * @param databaseUrl an empty database; null: an embedded one in this data folder
 * @throws KeepingError
 */
export async function fillDatabase(
  source: OpenedBackup,
  dataDir: string,
  databaseUrl: string | null,
  say: (line: string) => void,
): Promise<void> {
  const own = databaseUrl === null ? await startPostgres({ dataDir, log: say }) : null;
  try {
    const url = databaseUrl ?? own?.url ?? '';
    await makeTables(url, source.manifest);
    await load(url, source, say);
  } finally {
    await own?.stop();
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
