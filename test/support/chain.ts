import { Wallet } from 'ethers';
import { startEmbeddedChain } from '../../apps/ledger/src/chain/embedded-chain.ts';
import { makeTestFolder } from './folder.ts';

export type TestChain = {
  readonly url: string;
  readonly publicUrl: string;
  readonly genesisHash: string;
  /** Funded in the first blocks. */
  readonly operator: { readonly address: string; readonly secretKey: string };
  stop(): Promise<void>;
};

/** A new chain of its own with one funded key; `stop` removes every trace of it. */
export async function startTestChain(): Promise<TestChain> {
  const folder = await makeTestFolder('chain');
  const { address, privateKey: secretKey } = Wallet.createRandom();
  const { url, publicUrl, genesisHash, stop } = await startEmbeddedChain({
    dataDir: folder.path,
    accounts: [{ address }],
    log: () => {},
  });
  return {
    url,
    publicUrl,
    genesisHash,
    operator: { address, secretKey },
    stop: async () => {
      await stop();
      await folder.remove();
    },
  };
}
