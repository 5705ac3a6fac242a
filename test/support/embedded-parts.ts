// A process that runs embedded parts, for tests that kill it or run it as somebody else:
//   node --conditions=source test/support/embedded-parts.ts '{"dataDir": "…", "postgres": true, "accounts": [...]}'
// It takes the data folder, says in one JSON line what it started (or why it could not), and ends on SIGTERM; with
// `crash` by an exception that nobody catches.
import { type FundedAccount, startEmbeddedChain } from '../../apps/ledger/src/chain/embedded-chain.ts';
import { startPostgres } from '../../apps/ledger/src/database/embedded-postgres.ts';
import { takeDataFolder } from '../../apps/ledger/src/installation/data-folder-lock.ts';

type Order = {
  dataDir: string;
  postgres?: boolean;
  durable?: boolean;
  accounts?: FundedAccount[];
  crash?: boolean;
};
const { dataDir, postgres, durable = true, accounts, crash } = JSON.parse(process.argv[2] ?? '') as Order;
const log = (line: string) => console.error(line);

try {
  const lock = await takeDataFolder(dataDir, { url: 'http://localhost:8787' });
  const database = postgres ? await startPostgres({ dataDir, log, durable }) : null;
  const chain = accounts ? await startEmbeddedChain({ dataDir, accounts, log }) : null;
  process.once('SIGTERM', async () => {
    await Promise.all([database?.stop(), chain?.stop()]);
    await lock.release();
    process.exit(0);
  });
  setInterval(() => undefined, 60_000);
  console.log(JSON.stringify({ postgres: database, chain }));
  if (crash)
    queueMicrotask(() => {
      throw new Error('a bug');
    });
} catch (error) {
  const { code = null, message } = error as { code?: string; message: string };
  console.log(JSON.stringify({ code, message }));
  process.exit(1);
}
