// Which chain this installation stands on: its own embedded one, or another by CHAIN_RPC_URL. A data folder belongs to
// the chain it was anchored on, and no other is taken.
import type { Config } from '../config.ts';
import type { Installation } from '../installation/installation.ts';
import { StartError } from '../installation/start-error.ts';
import { OpenedChain } from './chain.service.ts';
import type { ChainFacts } from './chain-facts.ts';
import { contractAt, deployContracts, identifyChain } from './deployment.ts';
import { startEmbeddedChain } from './embedded-chain.ts';
import { JsonRpcClient, type Rpc, RpcUnreachable } from './json-rpc.ts';
import { RpcPool } from './rpc-pool.ts';

type Log = (line: string) => void;
export type RunningChain = {
  readonly chain: OpenedChain;
  /** Resolves with one sentence when the embedded chain ended by itself, with null when it was stopped. */
  readonly ended: Promise<string | null>;
  stop(): Promise<void>;
};

/** @throws StartError `installation/other-chain`, `installation/no-contracts`, `installation/contracts-missing` */
export async function openChain(config: Config, installation: Installation, log: Log): Promise<RunningChain> {
  if (config.chainRpcUrls.length > 0) {
    const pool = new RpcPool(config.chainRpcUrls.map((url) => new JsonRpcClient(url)));
    const facts = await externalFacts(config, installation);
    const confirm = () => confirmEndpoints(facts, pool);
    try {
      await confirm();
    } catch (error) {
      if (!(error instanceof RpcUnreachable)) throw error;
      // reading needs no chain: it goes on, and nothing is written before the chain was recognised
      log(`chain: ${error.message}; nothing is recorded until it answers`);
    }
    return {
      chain: new OpenedChain(pool, facts, null, confirm, config.finalityDepth),
      ended: new Promise(() => undefined),
      stop: async () => {},
    };
  }
  const kept = await installation.keptChain();
  if (kept && kept.kind !== 'test') throw otherChain(kept, 'the embedded test ledger');
  const embedded = await startEmbeddedChain({
    dataDir: installation.dataDir,
    log,
    accounts: [{ address: installation.chainOperator.address }],
  });
  try {
    const rpc = new JsonRpcClient(embedded.url);
    if (kept) await confirmChain(kept, rpc);
    const facts = kept ?? (await deployOnEmbedded(rpc, await identifyChain(rpc), installation));
    const publicRpc = new JsonRpcClient(embedded.publicUrl);
    return {
      chain: new OpenedChain(new RpcPool([rpc]), facts, publicRpc, async () => undefined),
      ended: embedded.ended,
      stop: () => embedded.stop(),
    };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function deployOnEmbedded(
  rpc: JsonRpcClient,
  identity: { chainId: bigint; genesis: string },
  installation: Installation,
): Promise<ChainFacts> {
  const { origin, maxAnchorDelay, domainSalt, chainOperator } = installation;
  const { secretKey } = chainOperator;
  const facts = await deployContracts({ rpc, ...identity, secretKey, origin, maxAnchorDelay, domainSalt });
  await installation.keepChain(facts);
  return facts;
}

async function externalFacts(config: Config, installation: Installation): Promise<ChainFacts> {
  const kept = await installation.keptChain();
  if (!kept)
    throw new StartError(
      'installation/no-contracts',
      'CHAIN_RPC_URL is set, but no contracts are known on that chain, and the service deploys to none but its own. Run: npm run deploy (it prints what it would do and cost; nothing is sent without --yes)',
    );
  if (kept.kind !== config.chainKind)
    throw new StartError(
      'installation/other-chain',
      `ANCHORLEAF_CHAIN_KIND is ${config.chainKind}, but this data folder stands on a ${kept.kind} chain. Set it to ${kept.kind}`,
    );
  return kept;
}

function otherChain(kept: ChainFacts, found: string): StartError {
  return new StartError(
    'installation/other-chain',
    `this data folder was anchored on chain ${kept.chainId} with genesis ${kept.genesis}, but found ${found}. Going to another chain is a new beginning: choose an empty DATA_DIR, or set CHAIN_RPC_URL back`,
  );
}

/** Every endpoint that answers has to lead to this chain: one that leads elsewhere would take our broadcasts there. */
async function confirmEndpoints(kept: ChainFacts, { endpoints }: RpcPool): Promise<void> {
  const asked = await Promise.allSettled(endpoints.map((endpoint) => confirmChain(kept, endpoint)));
  const errors = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const wrong = errors.find((error) => !(error instanceof RpcUnreachable));
  if (wrong) throw wrong;
  if (errors.length === endpoints.length) throw errors[0];
}

/** Is it the chain of the data folder, with the contracts still there? @throws StartError; RpcUnreachable */
async function confirmChain(kept: ChainFacts, rpc: Rpc): Promise<void> {
  const found = await identifyChain(rpc);
  if (kept.chainId !== found.chainId || kept.genesis !== found.genesis)
    throw otherChain(kept, `chain ${found.chainId} with genesis ${found.genesis}`);
  for (const [name, { address, codeHash }] of Object.entries(kept.contracts)) {
    const now = await contractAt(rpc, address).catch((error: unknown) => {
      if (error instanceof RpcUnreachable) throw error;
      return null;
    });
    if (now?.codeHash !== codeHash)
      throw new StartError(
        'installation/contracts-missing',
        `the chain has the right genesis, but ${name} at ${address} is missing or other code: the chain was set back or its journal lost. Restore the chain's data`,
      );
  }
}
