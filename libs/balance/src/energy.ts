/**
 * Energy of the facility-year in tonnes of coal equivalent (GB/T 2589). Coefficients are dated data. Those below were
 * found restated in public software, not read in the standard; where restatements disagree (LPG, natural gas,
 * kerosene, steam) none is given, and the user loads one with its source.
 */
import { add, isUnit, multiply, type Rational, rational, type Unit, ZERO } from '#lib/quantity';
import { type Amount, amountIn, decimalAt, inUnit, show, showFraction } from './amount.ts';
import { BalanceError } from './errors.ts';

export interface CoalEquivalent {
  readonly energy: string;
  /** kgce per `per`. */
  readonly value: string;
  readonly per: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly source: string;
  readonly grade: 'official' | 'second-hand' | 'computed' | 'maker-stated';
}

const restated = (energy: string, value: string, per: string): CoalEquivalent => ({
  energy,
  value,
  per,
  validFrom: '2021-04-01',
  validUntil: null,
  source: 'GB/T 2589-2020 as restated in public software; text of the standard not read',
  grade: 'second-hand',
});

/** `electricity` by its equivalent value (当量值), 3.6 MJ a kWh. */
export const COAL_EQUIVALENTS: readonly CoalEquivalent[] = [
  restated('electricity', '0.1229', 'kWh'),
  restated('heat', '0.03412', 'MJ'),
  restated('raw-coal', '0.7143', 'kg'),
  restated('coke', '0.9714', 'kg'),
  restated('crude-oil', '1.4286', 'kg'),
  restated('fuel-oil', '1.4286', 'kg'),
  restated('petrol', '1.4714', 'kg'),
  restated('diesel', '1.4571', 'kg'),
];

/** Known, and without a coefficient until somebody loads one. */
export const NOT_LOADED: readonly string[] = ['natural-gas', 'lpg', 'kerosene', 'steam'];

export interface EnergyUse {
  readonly energy: string;
  readonly amount: Amount;
}

export type EnergyLine =
  | {
      readonly energy: string;
      readonly state: 'counted';
      readonly tce: string;
      readonly coefficient: string;
      readonly per: string;
      readonly grade: string;
      readonly source: string;
    }
  | { readonly energy: string; readonly state: 'missing' | 'not-loaded' };

export interface FacilityEnergy {
  readonly lines: readonly EnergyLine[];
  /** Sum of what is counted; the whole only where `complete`. */
  readonly tce: string;
  readonly fraction: string;
  readonly complete: boolean;
}

/**
 * Purchased energy on the day `on`. Own generation from sun, wind and water is not among it: give it apart.
 * @throws {BalanceError} balance/malformed-table, balance/superseded, and those of amounts
 */
export function energyOf(
  uses: readonly EnergyUse[],
  coefficients: readonly CoalEquivalent[],
  on: string,
): FacilityEnergy {
  let total = ZERO;
  const lines = uses.map(({ energy, amount }, at): EnergyLine => {
    const place = `/uses/${at}`;
    const own = coefficients.filter((each) => each.energy === energy);
    const valid = own.filter(
      ({ validFrom, validUntil }) => validFrom <= on && (validUntil === null || on < validUntil),
    );
    if (valid.length > 1) {
      throw new BalanceError(
        'balance/malformed-table',
        place,
        `${energy} has ${valid.length} coefficients on ${on}`,
        'load one for each day',
      );
    }
    if (valid.length === 0 && own.length > 0) {
      throw new BalanceError(
        'balance/superseded',
        place,
        `no coefficient of ${energy} holds on ${on}`,
        'load the one that does',
      );
    }
    const [coefficient] = valid;
    if (amount.state === 'missing') return { energy, state: 'missing' };
    if (coefficient === undefined) return { energy, state: 'not-loaded' };
    const tce = multiply(coalOf(amount, coefficient, place), rational(1n, 1_000n));
    total = add(total, tce);
    return {
      energy,
      state: 'counted',
      tce: show(tce),
      coefficient: coefficient.value,
      per: coefficient.per,
      grade: coefficient.grade,
      source: coefficient.source,
    };
  });
  return {
    lines,
    tce: show(total),
    fraction: showFraction(total),
    complete: lines.length > 0 && lines.every(({ state }) => state === 'counted'),
  };
}

function coalOf(amount: Amount, coefficient: CoalEquivalent, place: string): Rational {
  const quantity = amountIn(amount, unitOf(coefficient, place), `${place}/amount`)!;
  return multiply(quantity, decimalAt(coefficient.value, `${place}/coefficient`, 'balance/malformed-table'));
}

function unitOf({ energy, per }: CoalEquivalent, place: string): Unit {
  if (isUnit(per)) return per;
  throw new BalanceError(
    'balance/malformed-table',
    place,
    `the coefficient of ${energy} is per ${per}`,
    'use a known unit',
  );
}

/** Own generation as coal equivalent, for the renewable share; electricity by its equivalent value. */
export function kWhAsTce(kWh: Rational, coefficient: CoalEquivalent): Rational {
  const quantity = inUnit(kWh, 'kWh', unitOf(coefficient, '/electricity'), '/electricity/per');
  const value = decimalAt(coefficient.value, '/electricity/value', 'balance/malformed-table');
  return multiply(multiply(quantity, value), rational(1n, 1_000n));
}
