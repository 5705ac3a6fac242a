import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '../../apps/ledger/src/database/embedded-postgres.ts';

export const TEMPORARY = join(import.meta.dirname, '..', '..', '.tmp');

/** An empty folder under `.tmp/` of the repository, and the way to remove it. */
export async function makeTestFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(TEMPORARY, { recursive: true });
  const path = await mkdtemp(join(TEMPORARY, `${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }) };
}

/** A new PostgreSQL of its own with fsync off; `stop` removes every trace of it. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await makeTestFolder('postgres');
  const { url, stop } = await startPostgres({ dataDir: folder.path, log: () => {}, durable: false });
  return {
    url,
    stop: async () => {
      await stop();
      await folder.remove();
    },
  };
}
