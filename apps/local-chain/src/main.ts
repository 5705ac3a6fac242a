// The process of the embedded chain. It is started with an IPC channel, told what to do by one message, and ends when
// the channel closes: it never outlives the service that started it.
import { Chain } from './chain.ts';
import type { ChainSettings } from './journal.ts';
import { ChainRefusal } from './refusal.ts';
import { type RpcServer, startRpcServer } from './rpc-server.ts';

/** From the service: first `start`, at the end perhaps `stop`. */
type Order =
  | ({ readonly kind: 'start'; readonly journalFile: string } & ChainSettings)
  | { readonly kind: 'stop' };

/** To the service. `refused` and `broken` are followed by the end of the process. */
type Report =
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'progress'; readonly blocks: number }
  | { readonly kind: 'refused' | 'broken'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'ready';
      readonly url: string;
      readonly publicUrl: string;
      readonly genesisHash: string;
      readonly height: number;
    };

let chain: Chain | null = null;
let server: RpcServer | null = null;

async function report(message: Report): Promise<void> {
  if (process.connected) await new Promise((resolve) => process.send?.(message, resolve));
}

async function start({ journalFile, chainId, hardfork, blockGasLimit, accounts }: Order & { kind: 'start' }) {
  try {
    chain = await Chain.open({
      journalFile,
      settings: { chainId, hardfork, blockGasLimit, accounts },
      now: Date.now,
      warn: (message) => void report({ kind: 'warning', message }),
      progress: (blocks) => void report({ kind: 'progress', blocks }),
    });
    server = await startRpcServer(chain);
  } catch (error) {
    const code = error instanceof ChainRefusal ? error.code : 'chain/not-started';
    await report({ kind: 'refused', code, message: (error as Error).message });
    process.exit(1);
  }
  const { url, publicUrl } = server;
  await report({ kind: 'ready', url, publicUrl, genesisHash: chain.genesisHash, height: chain.height });
  const { code, message } = await chain.broken;
  await report({ kind: 'broken', code, message });
  // Long enough for the refusals to reach the callers.
  setTimeout(() => process.exit(1), 200);
}

async function stop(): Promise<never> {
  await server?.close();
  await chain?.close();
  process.exit(0);
}

process.on('message', (order: Order) => {
  void (order.kind === 'start' ? start(order) : stop());
});
process.on('disconnect', () => {
  // Nobody is left to read an answer; a block that is just being written is finished all the same.
  setTimeout(() => process.exit(0), 2_000).unref();
  void (chain ? chain.close() : Promise.resolve()).finally(() => process.exit(0));
});
// The service decides when the chain stops, also when a terminal sends Ctrl-C to the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void stop());
if (!process.send) {
  console.error('this program is started by the ledger: npm start');
  process.exit(64);
}
