// PostgreSQL that needs no installation: the programs come with npm, the data lies in the data folder, and the server
// lives as long as the service.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { StartError } from '../installation/start-error.ts';
import { findPostgres } from './postgres-binaries.ts';
import { endOrphan, openCluster } from './postgres-cluster.ts';
import { type PostgresServer, startServer } from './postgres-process.ts';

const DATABASE = 'anchorleaf';

export type EmbeddedPostgres = {
  /** `postgres://…` with user and password, for pg and TypeORM. Never to be logged. */
  readonly url: string;
  readonly pid: number;
  /** How the programs run: `same user`, or for root one of the ways around PostgreSQL's refusal of root. */
  readonly runsAs: string;
  /** Resolves when the server is gone: with null after `stop`, else with one sentence. */
  readonly ended: Promise<string | null>;
  stop(): Promise<void>;
};

/**
 * Starts the database of a data folder, and makes it at the first start. The caller holds the folder's lock: a server
 * that still runs there is an orphan and is ended. `durable: false` gives up every promise after a crash of the
 * machine, for tests.
 * @throws StartError `postgres/…`
 */
export async function startPostgres({
  dataDir,
  log,
  durable = true,
}: {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  readonly durable?: boolean;
}): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir);
  await mkdir(folder, { recursive: true });
  const binaries = await findPostgres();
  // First: what follows may give the folder to another user.
  await endOrphan(folder, binaries, log);
  const cluster = await openCluster(folder, binaries, durable);
  const server = await startServer(cluster, binaries, durable, log);
  const { user, password } = cluster.credentials;
  const urlOf = (database: string) => `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`;
  try {
    if (cluster.isNew) await query(urlOf('postgres'), `CREATE DATABASE ${DATABASE}`);
    await ensureDatabase(urlOf(DATABASE), urlOf('postgres'));
  } catch (cause) {
    await server.stop();
    throw new StartError(
      'postgres/not-started',
      `PostgreSQL started and answers no query: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  const { pid, ended } = server;
  return { url: urlOf(DATABASE), pid, runsAs: cluster.user.how, ended, stop: stopOnce(server) };
}

/** A real query is the last proof that the server is ready. A crash may have come between cluster and database. */
async function ensureDatabase(url: string, maintenanceUrl: string): Promise<void> {
  try {
    await query(url, 'SELECT 1');
  } catch (error) {
    const noSuchDatabase = (error as { code?: string }).code === '3D000';
    if (!noSuchDatabase) throw error;
    await query(maintenanceUrl, `CREATE DATABASE ${DATABASE}`);
    await query(url, 'SELECT 1');
  }
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // a server that dies meanwhile fails the query below; without a listener it would end the process instead
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function stopOnce(server: PostgresServer): () => Promise<void> {
  let stopped: Promise<void> | null = null;
  return () => {
    stopped ??= server.stop();
    return stopped;
  };
}
