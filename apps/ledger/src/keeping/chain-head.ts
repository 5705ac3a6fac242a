// What the chain holds of a log, asked for without the application: by a backup that is checked, by a restore.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACTS } from '../chain/contracts.ts';
import { identifyChain } from '../chain/deployment.ts';
import { startEmbeddedChain } from '../chain/embedded-chain.ts';
import { JsonRpcClient } from '../chain/json-rpc.ts';
import { KeepingError } from './backup-folder.ts';
import type { KeptFacts } from './kept-data.ts';

/** The newest head of the log on chain; `root` hex. */
export type ChainHead = { readonly sequence: bigint; readonly size: bigint; readonly root: string };

/** @throws KeepingError for another chain; RpcUnreachable */
export async function readChainHead(
  rpc: JsonRpcClient,
  chain: KeptFacts['chain'],
): Promise<ChainHead | null> {
  const found = await identifyChain(rpc);
  if (String(found.chainId) !== chain.chainId || found.genesis !== chain.genesis)
    throw new KeepingError(
      `this data was anchored on chain ${chain.chainId} with genesis ${chain.genesis}, but ${rpc.url} is chain ${found.chainId} with genesis ${found.genesis}`,
    );
  const anchor = CONTRACTS.CheckpointAnchor;
  const data = anchor.encodeFunctionData('latest', [chain.logId]);
  const call = { to: chain.contracts.CheckpointAnchor.address, data };
  const answer = String(await rpc.call('eth_call', [call, 'latest']));
  if (answer === '0x') throw new KeepingError('the contract of this log is not on that chain');
  const [sequence, size, root] = anchor.decodeFunctionResult('latest', answer) as unknown as [
    bigint,
    bigint,
    string,
  ];
  return size === 0n ? null : { sequence, size, root: root.slice(2).toLowerCase() };
}

/**
 * Replays an embedded chain's blocks in a place of their own and reads what they hold; `copy` puts the journal there.
 * @throws StartError `chain/journal-damaged`, `chain/replay-differs`, …
 */
export async function replayChain(
  chain: KeptFacts['chain'],
  operator: string,
  copy: (journal: string) => Promise<void>,
): Promise<ChainHead | null> {
  const folder = await mkdtemp(join(tmpdir(), 'anchorleaf-chain-'));
  try {
    await copy(join(folder, 'chain', 'journal.jsonl'));
    const running = await startEmbeddedChain({
      dataDir: folder,
      accounts: [{ address: operator }],
      log: () => undefined,
    });
    try {
      return await readChainHead(new JsonRpcClient(running.url), chain);
    } finally {
      await running.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
