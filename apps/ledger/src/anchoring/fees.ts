// Fees of EIP-1559 transactions, in wei a gas: read from the chain, and bounded by the operator's ceiling.
import { Transaction } from 'ethers';
import type { ChainService } from '../chain/chain.service.ts';
import { fromQuantity } from '../chain/json-rpc.ts';

export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

/** What the chain asks for now: the base fee of its newest block, and a tip. */
export type Price = { readonly base: bigint; readonly tip: bigint };

/** The chain asks for more than the operator pays: the transaction waits. */
export class FeeTooHigh extends Error {
  override readonly name = 'FeeTooHigh';
  constructor(
    readonly asked: bigint,
    readonly ceiling: bigint,
  ) {
    super(`a unit of gas costs ${asked} wei, the ceiling is ${ceiling}`);
  }
}

/** Nodes take a replacement from 10 % more on. */
const BUMP = { times: 1125n, of: 1000n };

export async function currentPrice(chain: ChainService): Promise<Price> {
  // the embedded chain has a base fee of 0 and asks for nothing
  if (chain.isEmbedded) return { base: 0n, tip: 0n };
  const block = (await chain.rpc.call('eth_getBlockByNumber', ['latest', false])) as {
    baseFeePerGas?: string;
  } | null;
  return { base: BigInt(block?.baseFeePerGas ?? 0), tip: await proposedTip(chain) };
}

/** Not every node knows the method; the base fee alone is enough there. */
async function proposedTip(chain: ChainService): Promise<bigint> {
  try {
    return fromQuantity(await chain.rpc.call('eth_maxPriorityFeePerGas'));
  } catch {
    return 0n;
  }
}

/** Twice the base fee, so that six full blocks cannot price it out, and the tip; never above the ceiling. @throws FeeTooHigh */
export function firstFees({ base, tip }: Price, ceiling: bigint | null): Fees {
  const asked = base + tip;
  if (ceiling !== null && asked > ceiling) throw new FeeTooHigh(asked, ceiling);
  const room = 2n * base + tip;
  return { maxFeePerGas: ceiling !== null && room > ceiling ? ceiling : room, maxPriorityFeePerGas: tip };
}

/** At least an eighth more than before, and what is asked now if the ceiling allows it. @throws FeeTooHigh */
export function bumpFees(before: Fees, now: Price, ceiling: bigint | null): Fees {
  const more = (fee: bigint) => (fee * BUMP.times) / BUMP.of + 1n;
  const least = more(before.maxFeePerGas);
  if (ceiling !== null && least > ceiling) throw new FeeTooHigh(least, ceiling);
  const wanted = higher(least, 2n * now.base + now.tip);
  const maxFeePerGas = ceiling !== null && wanted > ceiling ? ceiling : wanted;
  const tip = higher(more(before.maxPriorityFeePerGas), now.tip);
  return { maxFeePerGas, maxPriorityFeePerGas: lower(tip, maxFeePerGas) };
}

export function feesOf(raw: string): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  return { maxFeePerGas: maxFeePerGas ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n };
}

// Math.max and Math.min take no bigint
const higher = (a: bigint, b: bigint): bigint => [a, b].reduce((most, one) => (one > most ? one : most));
const lower = (a: bigint, b: bigint): bigint => [a, b].reduce((least, one) => (one < least ? one : least));
