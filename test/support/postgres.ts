import { startPostgres } from '../../apps/ledger/src/database/embedded-postgres.ts';
import { makeTestFolder } from './folder.ts';

/** A new PostgreSQL of its own with fsync off; `stop` removes every trace of it. */
export async function startTestPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
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
