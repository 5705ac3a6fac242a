// What anchors cost, in the chain's own coin: whole numbers of wei, and decimal text for people.
import { formatEther, formatUnits } from 'ethers';
import { currencyOf } from '../chain/currency.ts';
import { anchorsPerMonth, type Cadence } from './cadence.ts';
import type { Price } from './fees.ts';

/**
 * Gas of an anchor before one was measured here: the largest of test/contracts/gas-snapshot.json, rounded up; a test holds
 * the two together.
 */
export const GAS_BEFORE_MEASURED = 86_000n;

export type Costs = {
  readonly currency: string;
  readonly gasPerAnchor: string;
  /** Anchors that the gas was measured on; 0: taken from the contracts' snapshot. */
  readonly measuredOn: number;
  /** What a unit of gas costs now, gwei. */
  readonly feeGwei: string;
  readonly perAnchor: string;
  /** If entries come without a pause; anchors by number of entries come on top. */
  readonly anchorsPerMonth: string;
  readonly perMonth: string;
};

/** Pure. `measured` is the mean gas of so many anchors. */
export function reckon(
  cadence: Cadence,
  price: Price,
  measured: { readonly gas: bigint; readonly anchors: number } | null,
  chainId: bigint,
): Costs {
  const gas = measured?.gas ?? GAS_BEFORE_MEASURED;
  const fee = price.base + price.tip;
  const months = anchorsPerMonth(cadence);
  return {
    currency: currencyOf(chainId),
    gasPerAnchor: String(gas),
    measuredOn: measured?.anchors ?? 0,
    feeGwei: formatUnits(fee, 'gwei'),
    perAnchor: formatEther(gas * fee),
    anchorsPerMonth: String(months),
    perMonth: formatEther(gas * fee * months),
  };
}

/** Wei that anchors of one day cost at most. */
export function costPerDay(cadence: Cadence, price: Price, gas: bigint): bigint {
  return (gas * (price.base + price.tip) * anchorsPerMonth(cadence)) / 30n;
}

/** One line for a person: what the settings will cost, before it is spent. */
export function describeCosts(costs: Costs, { seconds, entries }: Cadence): string {
  const bySize = entries === null ? '' : ` or ${entries} entries`;
  const source = costs.measuredOn > 0 ? `measured on ${costs.measuredOn} anchors` : 'before the first anchor';
  return `at most one anchor each ${seconds} s${bySize}: ${costs.gasPerAnchor} gas (${source}) x ${costs.feeGwei} gwei = ${costs.perAnchor} ${costs.currency} an anchor, ${costs.perMonth} ${costs.currency} a month by time alone`;
}
