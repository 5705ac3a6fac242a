import type { Config } from '../config.ts';
import type { Installation } from '../installation/installation.ts';
import { StartError } from '../installation/start-error.ts';
import { runMigrations } from './data-source.ts';
import { startPostgres } from './embedded-postgres.ts';

export type RunningDatabase = { readonly url: string; readonly isEmbedded: boolean; stop(): Promise<void> };

/** The embedded PostgreSQL of the data folder, or DATABASE_URL; with its schema up to date. */
export async function openDatabase(
  config: Config,
  installation: Installation,
  log: (line: string) => void,
): Promise<RunningDatabase> {
  const embedded =
    config.databaseUrl === null ? await startPostgres({ dataDir: installation.dataDir, log }) : null;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  try {
    await runMigrations(url);
  } catch (cause) {
    await embedded?.stop();
    if (embedded) throw cause;
    const { host } = new URL(url);
    throw new StartError(
      'installation/no-database',
      `DATABASE_URL (${host}) cannot be used: ${(cause as Error).message}. Check that PostgreSQL runs there and lets this user create tables`,
      { cause },
    );
  }
  return { url, isEmbedded: embedded !== null, stop: async () => embedded?.stop() };
}
