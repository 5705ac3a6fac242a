/**
 * Land and biogenic positions of the number. Where every figure states its parts, two identities hold and are checked
 * before anything is printed (Catena-X PCF 9.0.0 sum rule; PACT v3, without its missing term for aircraft):
 *
 *   excluding uptake = fossil + biogenic non-CO2 + land-use change + land management CO2 + removals
 *                      + technological removals + CCS + aircraft      (removals and CCS carry their minus)
 *   including uptake = excluding uptake + biogenic uptake             (uptake is negative or nought)
 *
 * Land management fossil is inside fossil, packaging inside the total: shown, never added again.
 */
import type { ReadFactor } from './factors.ts';
import { NOTHING, plus } from './ledger.ts';
import { PARTS, type Part, type Positions, SUMMED_PARTS } from './model.ts';
import type { Bounded } from './settle.ts';
import { abs, lcm } from './whole.ts';

/** One factor in one activity up to the gate. */
export interface Portion {
  readonly factor: ReadFactor;
  /** Signed quantity in the factor's unit, times runs; null where the factor states no parts. */
  readonly quantity: Bounded | null;
  readonly kgCO2e: Bounded;
}

/** `figure` prints x / d per declared unit; x is over the ledger's unit. */
export function positionsOf(
  portions: readonly Portion[],
  whole: Bounded,
  packaging: Bounded | null,
  figure: (x: Bounded, d: bigint) => string,
): { positions: Positions; mixed: boolean } {
  let common = 1n;
  for (const { factor } of portions)
    for (const { d } of factor.parts?.values() ?? []) common = lcm(common, d);
  const sums = new Map<Part, Bounded>();
  let notSplit = NOTHING;
  let unstated = 0;
  for (const { factor, quantity, kgCO2e } of portions) {
    if (factor.parts === null || quantity === null) {
      notSplit = plus(notSplit, kgCO2e);
      unstated += 1;
      continue;
    }
    for (const [part, { n, d }] of factor.parts) {
      const lift = n * (common / d);
      const added = { value: quantity.value * lift, error: quantity.error * abs(lift) };
      sums.set(part, plus(sums.get(part) ?? NOTHING, added));
    }
  }
  const parts = SUMMED_PARTS.flatMap((part) => sums.get(part) ?? []).reduce(plus, NOTHING);
  const excluding = plus(parts, times(notSplit, common));
  requireEqual(excluding, times(whole, common));
  const uptake = sums.get('biogenicUptake');
  const positions = Object.fromEntries(
    PARTS.map((part) => {
      const sum = sums.get(part);
      return [part, sum === undefined ? null : figure(sum, common)];
    }),
  ) as Record<Part, string | null>;
  return {
    mixed: unstated > 0 && unstated < portions.length,
    positions: {
      ...positions,
      excludingUptake: figure(whole, 1n),
      includingUptake: uptake === undefined ? null : figure(plus(times(whole, common), uptake), common),
      notSplit: figure(notSplit, 1n),
      packaging: packaging === null ? null : figure(packaging, 1n),
      complete: unstated === 0,
    },
  };
}

const times = ({ value, error }: Bounded, n: bigint): Bounded => ({ value: value * n, error: error * n });

/** A difference beyond the bounds is our own mistake, not the input's. */
function requireEqual(a: Bounded, b: Bounded): void {
  if (abs(a.value - b.value) > a.error + b.error)
    throw new Error(`the parts sum to ${a.value}, the total to ${b.value}`);
}
