/**
 * Recycled content and recovered waste by the cut-off approach: secondary material comes in without the burden of its
 * first life, waste for recycling leaves without credit; what collecting and working up costs is a burden like any other.
 */
import { add, dimensionOf, divide, formatDecimal, isUnit, type Rational, ZERO } from '#lib/quantity';
import { amountIn } from './facility.ts';
import type { ReadInput } from './input.ts';
import type { ProductSystemResult } from './model.ts';

/** Percent by mass in the reference process; null where nothing of the kind is named. */
export function recyclingOf({ activities, reference }: ReadInput): ProductSystemResult['recycling'] {
  let [secondary, materials, recovered, waste] = [ZERO, ZERO, ZERO, ZERO];
  let [namesSecondary, namesRecovered] = [false, false];
  for (const activity of activities) {
    const { process, amount, role, stage } = activity;
    if (process !== reference.process || amount === null) continue;
    if (!isUnit(amount.unit) || dimensionOf(amount.unit) !== 'mass') continue;
    const kg = amountIn(activity, 'kg');
    if (role === 'secondary-material') {
      secondary = add(secondary, kg);
      namesSecondary = true;
    }
    if (role === 'recovered-waste') {
      recovered = add(recovered, kg);
      namesRecovered = true;
    }
    if (role === 'burden' && stage === 'materials') materials = add(materials, kg);
    if (role === 'burden' && stage === 'waste') waste = add(waste, kg);
  }
  return {
    secondaryInput: namesSecondary ? percent(secondary, add(secondary, materials)) : null,
    recoveredWaste: namesRecovered ? percent(recovered, add(recovered, waste)) : null,
  };
}

function percent(part: Rational, whole: Rational): string | null {
  if (whole.n === 0n) return null;
  return formatDecimal(divide({ n: part.n * 100n, d: part.d }, whole), 1);
}
