import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from './migrations/index.ts';

// one number of our own, so that two starting processes migrate one after the other
const MIGRATION_LOCK = 4_173_001;

type Postgres = Extract<DataSourceOptions, { type: 'postgres' }>;

/** The schema comes from migrations alone; nothing is ever synchronized from entities. */
export function databaseOptions(url: string): Postgres {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    migrationsRun: false,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'all',
    uuidExtension: 'pgcrypto',
    // ours are the only ids, so no extension is ever needed (a managed database may forbid it)
    installExtensions: false,
    applicationName: 'anchorleaf',
    // a process that was paused in a transaction holds locks, which another that takes over must not wait for
    extra: { max: 12, idle_in_transaction_session_timeout: 10_000 },
  };
}

/** Brings the schema up to date. Safe to run from several processes at once. */
export async function runMigrations(url: string): Promise<void> {
  const lock = new Client({ connectionString: url, application_name: 'anchorleaf migrations' });
  await lock.connect();
  const source = new DataSource({ ...databaseOptions(url), entities: [], extra: { max: 1 } });
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.initialize();
    await source.runMigrations();
  } finally {
    if (source.isInitialized) await source.destroy();
    await lock.end();
  }
}
