// Fees of EIP-1559 transactions, in wei a gas, read from the chain and never configured.
import { Transaction } from 'ethers';
import type { ChainService } from '../chain/chain.service.ts';
import { fromQuantity } from '../chain/json-rpc.ts';

export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

// a node takes a replacement from 10 % more on
const BUMP = { times: 1125n, of: 1000n };

/** Twice the base fee, so that six full blocks cannot price it out, and what the node proposes as a tip. */
export async function currentFees(chain: ChainService): Promise<Fees> {
  // the embedded chain has a base fee of 0 and asks for nothing
  if (chain.isEmbedded) return { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  const block = (await chain.rpc.call('eth_getBlockByNumber', ['latest', false])) as {
    baseFeePerGas?: string;
  } | null;
  const base = BigInt(block?.baseFeePerGas ?? 0);
  const tip = await proposedTip(chain);
  return { maxFeePerGas: 2n * base + tip, maxPriorityFeePerGas: tip };
}

/** Not every node knows the method; its gas price minus the base fee says the same. */
async function proposedTip(chain: ChainService): Promise<bigint> {
  try {
    return fromQuantity(await chain.rpc.call('eth_maxPriorityFeePerGas'));
  } catch {
    return 0n;
  }
}

export function feesOf(raw: string): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  return { maxFeePerGas: maxFeePerGas ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n };
}

/** At least an eighth more than before, and at least what is asked now. */
export function bumpFees(before: Fees, now: Fees): Fees {
  const more = (fee: bigint) => (fee * BUMP.times) / BUMP.of + 1n;
  const max = (a: bigint, b: bigint) => (a > b ? a : b);
  return {
    maxFeePerGas: max(more(before.maxFeePerGas), now.maxFeePerGas),
    maxPriorityFeePerGas: max(more(before.maxPriorityFeePerGas), now.maxPriorityFeePerGas),
  };
}
