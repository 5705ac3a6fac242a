/**
 * tCO2 of the facility-year, location based, with inventory factors. This is not a product footprint: other gases,
 * other boundary, other factors. The types share no member that could carry one into the other.
 */
import { add, isUnit, multiply, rational, ZERO } from '#lib/quantity';
import { type Amount, amountIn, decimalAt, show, showFraction } from './amount.ts';
import { BalanceError } from './errors.ts';

/** Members of a factor record that are used here; a record of the registry fits. */
export interface InventoryFactor {
  readonly id: string;
  readonly value: string;
  readonly unit: string;
  readonly kind: string;
  readonly region: string;
  readonly year: string;
  readonly source: string;
  readonly grade: string;
}

export interface InventoryUse {
  readonly energy: string;
  readonly amount: Amount;
  readonly factor: InventoryFactor | null;
}

export type InventoryLine =
  | {
      readonly energy: string;
      readonly state: 'counted';
      readonly tCO2: string;
      readonly factor: string;
      readonly region: string;
      readonly year: string;
      readonly grade: string;
    }
  | { readonly energy: string; readonly state: 'missing' | 'no-factor' };

export interface FacilityInventory {
  readonly kind: 'facility-year-inventory-co2';
  readonly basis: 'location-based';
  readonly lines: readonly InventoryLine[];
  /** All digits, or twelve decimals where they do not end; `fraction` is the number itself. */
  readonly tCO2: string;
  readonly fraction: string;
  readonly complete: boolean;
  readonly notes: readonly string[];
}

/**
 * Purchased electricity, heat and fuels. Certificates change nothing here.
 * @param where region and year of the facility-year, to name factors of another one
 * @throws {BalanceError} balance/footprint-factor, balance/factor-unit, and those of amounts
 */
export function inventoryOf(
  uses: readonly InventoryUse[],
  where: { readonly region: string; readonly year: string },
): FacilityInventory {
  let total = ZERO;
  const notes = new Set<string>();
  const lines = uses.map(({ energy, amount, factor }, at): InventoryLine => {
    const place = `/uses/${at}`;
    if (amount.state === 'missing') return { energy, state: 'missing' };
    if (factor === null) return { energy, state: 'no-factor' };
    if (factor.kind !== 'inventory-co2') {
      throw new BalanceError(
        'balance/footprint-factor',
        `${place}/factor`,
        `${factor.id} is ${factor.kind}; an inventory takes factors of CO2`,
        'use the average CO2 factor of the region and year (电力平均二氧化碳排放因子), or the fuel’s CO2 factor',
      );
    }
    const per = /^kgCO2\/(.+)$/.exec(factor.unit)?.[1] ?? '';
    if (!isUnit(per)) {
      throw new BalanceError(
        'balance/factor-unit',
        `${place}/factor/unit`,
        `${factor.unit} is not kgCO2 per a known unit`,
        'write kgCO2/kWh, kgCO2/kg, kgCO2/Nm3, kgCO2/GJ',
      );
    }
    const quantity = amountIn(amount, per, `${place}/amount`)!;
    const tonnes = multiply(
      multiply(quantity, decimalAt(factor.value, `${place}/factor/value`, 'balance/malformed-table')),
      rational(1n, 1_000n),
    );
    total = add(total, tonnes);
    if (energy === 'electricity' && factor.region !== where.region)
      notes.add('balance/factor-of-another-region');
    if (energy === 'electricity' && factor.year !== where.year) notes.add('balance/factor-of-another-year');
    return {
      energy,
      state: 'counted',
      tCO2: show(tonnes),
      factor: factor.id,
      region: factor.region,
      year: factor.year,
      grade: factor.grade,
    };
  });
  return {
    kind: 'facility-year-inventory-co2',
    basis: 'location-based',
    lines,
    tCO2: show(total),
    fraction: showFraction(total),
    complete: lines.length > 0 && lines.every(({ state }) => state === 'counted'),
    notes: [...notes].sort(),
  };
}
