// All of the database as it was at one moment, while it goes on being written: a REPEATABLE READ snapshot that several
// connections share. Tables are read by COPY; those of the log come in the order in which a tree is built.
import { Client } from 'pg';
import { KeepingError } from './backup-folder.ts';
import { copyOut, type Row, readRows } from './copy-rows.ts';

export type Table = { readonly name: string; readonly columns: readonly string[] };

/** Reads rows of tables by name; columns in the order of `tables`. */
export type RowSource = {
  readonly tables: readonly Table[];
  rows(table: string): AsyncIterable<Row>;
};

/**
 * Orders that a check can follow without keeping anything: nodes as the leaf that completes them comes (post-order),
 * everything else of the log by place.
 */
const ORDERS: Readonly<Record<string, string>> = {
  log_entry: 'index',
  log_node_run: '(first + 1) << level, level',
  log_node: '(index + 1) << level, level', // before the migration NodeRuns
  log_checkpoint: 'size',
  anchor: 'size',
  stored_file: 'sha256',
};

// what TypeORM keeps about itself: the manifest names the migrations instead
const MIGRATIONS_TABLE = 'migrations';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

export class Snapshot implements RowSource {
  private constructor(
    private readonly url: string,
    private readonly holder: Client,
    private readonly id: string,
    readonly tables: readonly Table[],
    readonly migrations: readonly string[],
    readonly postgres: string,
    readonly time: Date,
  ) {}

  /** `opened` is called right after the moment is fixed; false: it was a bad one, take the next. */
  static async open(url: string, opened: () => Promise<boolean> = async () => true): Promise<Snapshot> {
    const holder = await connect(url);
    try {
      for (let attempt = 1; ; attempt++) {
        await holder.query('begin isolation level repeatable read read only');
        const { rows } = await holder.query<{ id: string; time: Date }>(
          'select pg_export_snapshot() as id, clock_timestamp() as time',
        );
        if ((await opened()) && rows[0]) return await Snapshot.read(url, holder, rows[0].id, rows[0].time);
        await holder.query('rollback');
        if (attempt === 500) throw new Error('the chain was being written all the time: try again');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } catch (error) {
      await holder.end();
      throw error;
    }
  }

  private static async read(url: string, holder: Client, id: string, time: Date): Promise<Snapshot> {
    const { rows } = await holder.query<{ name: string; columns: string[] }>(`
      select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by c.relname order by c.relname`);
    // a migration that came now would change tables under the copy, and a rewritten one is empty to an older snapshot
    const names = rows.map(({ name }) => quote(name)).join(', ');
    if (names !== '') await holder.query(`lock table ${names} in access share mode`);
    const migrations = await holder.query<{ name: string }>(
      `select name from ${MIGRATIONS_TABLE} order by timestamp`,
    );
    const version = await holder.query<{ server_version: string }>('show server_version');
    return new Snapshot(
      url,
      holder,
      id,
      rows.filter(({ name }) => name !== MIGRATIONS_TABLE),
      migrations.rows.map(({ name }) => name),
      version.rows[0]?.server_version ?? '',
      time,
    );
  }

  /** The rows of a table as COPY text, on a connection of its own. */
  async *copy(table: string): AsyncGenerator<Uint8Array> {
    const known = this.tables.find(({ name }) => name === table);
    if (!known) return;
    const order = ORDERS[table] ? ` order by ${ORDERS[table]}` : '';
    const client = await connect(this.url);
    try {
      await client.query('begin isolation level repeatable read read only');
      await client.query(`set transaction snapshot '${this.id}'`);
      const columns = known.columns.map(quote).join(', ');
      yield* copyOut(client, `copy (select ${columns} from ${quote(table)}${order}) to stdout`);
    } finally {
      // a reader that stopped half way leaves the rest unread: the connection is of no more use
      await client.end();
    }
  }

  rows(table: string): AsyncIterable<Row> {
    return readRows(this.copy(table));
  }

  async query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.holder.query<T>(sql, values)).rows;
  }

  async close(): Promise<void> {
    await this.holder.end();
  }
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'anchorleaf keeping' });
  // a connection that breaks fails its query; without a listener it would end the process instead
  client.on('error', () => undefined);
  await client.connect().catch((cause: Error) => {
    throw new KeepingError(
      `the database does not answer (${cause.message}): is it running, or the service only just starting?`,
      { cause },
    );
  });
  // one text for one value, whatever the server is set to
  await client.query("set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set bytea_output to 'hex'");
  return client;
}
