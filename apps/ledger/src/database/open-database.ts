import type { Config } from '../config.ts';
import type { Installation } from '../installation/installation.ts';
import { SECRET, writeJson } from '../installation/kept-file.ts';
import { StartError } from '../installation/start-error.ts';
import { runMigrations } from './data-source.ts';
import { startPostgres } from './embedded-postgres.ts';

export type RunningDatabase = {
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Resolves with one sentence when the embedded server ended by itself, with null when it was stopped. */
  readonly ended: Promise<string | null>;
  stop(): Promise<void>;
};

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
    // for whoever has the data folder's keys: backups, a look inside
    if (embedded) await writeJson(installation.pathOf('postgres', 'connection.json'), { url }, SECRET);
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
  const ended = embedded?.ended ?? new Promise<null>(() => undefined);
  return { url, isEmbedded: embedded !== null, ended, stop: async () => embedded?.stop() };
}
