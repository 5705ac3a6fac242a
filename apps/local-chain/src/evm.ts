import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Header } from './journal.ts';
import { ChainRefusal } from './refusal.ts';

type Block = {
  readonly number: number;
  readonly hash: string;
  readonly time: number;
  readonly transactions: readonly string[];
};

/** The EVM in memory. It forgets everything; whoever calls `mine` keeps the journal. */
export type Evm = {
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  block(tag: string): Promise<Block>;
  /** One transaction, one block. Throws the EVM's own error when the transaction is refused and nothing was mined. */
  mine(raw: string, time: number): Promise<{ number: number; block: string; hash: string }>;
  /** Timestamp of the pending block, which gas estimates run in; the next `mine` sets its own. */
  setPendingTime(time: number): Promise<unknown>;
  /** As `mine`, without looking at the block: the caller compares hashes now and then. */
  replay(raw: string, time: number): Promise<void>;
  /** A payment out of block 0's only account, mined at the chain's first second. */
  pay(to: string, wei: bigint): Promise<void>;
};

type Provider = { request(call: { method: string; params: unknown[] }): Promise<unknown> };

/** Starts an EVM at block 0 of the header. The same header gives the same block 0. */
export async function openEvm(header: Header): Promise<Evm> {
  const provider = await startSimulator(header);
  const request = (method: string, params: readonly unknown[]) =>
    provider.request({ method, params: [...params] });
  const block = async (tag: string) => readBlock(await request('eth_getBlockByNumber', [tag, false]));
  let height = (await block('latest')).number;

  const setPendingTime = (time: number) => request('evm_setNextBlockTimestamp', [time]);
  const submit = async (raw: string, time: number) => {
    await setPendingTime(time);
    await request('eth_sendRawTransaction', [raw]);
  };

  return {
    request,
    block,
    setPendingTime,
    async mine(raw, time) {
      const failure = await submit(raw, time).then(
        () => null,
        (error: Error) => error,
      );
      // Whether there is a block decides, not whether the call came back well.
      const tip = await block('latest');
      if (tip.number === height) throw failure ?? new Error('the transaction was taken and not mined');
      const [transaction, ...others] = tip.transactions;
      if (tip.number !== height + 1 || !transaction || others.length > 0) {
        throw new ChainRefusal(
          'chain/replay-differs',
          `one transaction led from block ${height} to ${tip.number} with ${tip.transactions.length} in it: start again, the journal holds what was answered`,
        );
      }
      height = tip.number;
      return { number: tip.number, block: tip.hash, hash: transaction };
    },
    async replay(raw, time) {
      await submit(raw, time);
      height += 1;
    },
    async pay(to, wei) {
      const [from] = (await request('eth_accounts', [])) as string[];
      await setPendingTime(Date.parse(header.initialDate) / 1000);
      const fees = { gas: '0x5208', maxFeePerGas: '0x0', maxPriorityFeePerGas: '0x0' };
      await request('eth_sendTransaction', [{ from, to, value: `0x${wei.toString(16)}`, ...fees }]);
      height += 1;
    },
  };
}

async function startSimulator(header: Header): Promise<Provider> {
  process.env.HARDHAT_DISABLE_TELEMETRY = 'true';
  const { createHardhatRuntimeEnvironment } = await import('hardhat/hre');
  const balance = header.accounts.reduce((sum, account) => sum + BigInt(account.balance), 0n);
  // Without its artifacts the simulator need not read every build of the contracts to start.
  const nothing = join(import.meta.dirname, 'no-artifacts');
  const environment = await createHardhatRuntimeEnvironment(
    {
      paths: { artifacts: nothing, cache: nothing },
      networks: {
        local: {
          type: 'edr-simulated',
          chainType: 'l1',
          chainId: header.chainId,
          hardfork: header.hardfork,
          initialDate: header.initialDate,
          blockGasLimit: BigInt(header.blockGasLimit),
          // With base fee 0 and automatic blocks that never fill, every key may send without owning anything.
          initialBaseFeePerGas: 0n,
          accounts: [{ privateKey: treasuryKey(header), balance }],
          mining: { auto: true, interval: 0 },
          // Several transactions a second must not push the chain's clock ahead of the real one.
          allowBlocksWithSameTimestamp: true,
          // A reverted transaction is a block like any other; throwing would hide it from the journal.
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    import.meta.dirname,
  );
  const { provider } = await environment.network.create({ network: 'local' });
  return provider as Provider;
}

/** The key that holds all balances in block 0. Anyone can derive it; it opens nothing but test money. */
function treasuryKey(header: Header): string {
  const addresses = header.accounts.map(({ address }) => address.toLowerCase());
  const from = JSON.stringify([header.format, header.chainId, header.initialDate, header.salt, addresses]);
  return `0x${hash('sha256', from, 'hex')}`;
}

function readBlock(value: unknown): Block {
  const block = value as { number: string; hash: string; timestamp: string; transactions: string[] };
  return {
    number: Number(block.number),
    hash: block.hash,
    time: Number(block.timestamp),
    transactions: block.transactions,
  };
}
