/** Rows of GB/T 36132-2025 that the ledger's own numbers carry. The texts of annex B were not read, and each row says so. */
import { add, compare, divide, formatDecimal, multiply, type Rational, rational, ZERO } from '#lib/quantity';
import { decimalAt, readFraction } from './amount.ts';
import type { FacilityBalance } from './balance.ts';
import { type CoalEquivalent, type FacilityEnergy, kWhAsTce } from './energy.ts';
import { BalanceError } from './errors.ts';
import type { RowFact } from './green-factory.ts';
import type { FacilityInventory } from './inventory.ts';

export interface FactSources {
  readonly balance: FacilityBalance;
  readonly energy: FacilityEnergy;
  readonly inventory: FacilityInventory;
  readonly electricity: CoalEquivalent;
  /** Output value in 10,000 CNY and its evidence; null: not known. */
  readonly outputValue: { readonly value: string; readonly evidence: string } | null;
  readonly wasteKg: {
    readonly generated: string;
    readonly recovered: string;
    readonly evidence: string;
  } | null;
  readonly productClasses: {
    readonly all: string;
    readonly withFootprint: string;
    readonly evidence: readonly string[];
  } | null;
}

/** Four decimals, half away from zero. */
const NOTE = 'balance/formula-text-not-read';
const fact = (no: string, value: Rational, unit: string, evidence: readonly string[]): RowFact => ({
  no,
  value: formatDecimal(value, 4),
  unit,
  evidence,
  note: NOTE,
});

/** Rows 1, 2, 3, 8 and 13 as far as the ledger's own numbers carry them; rows whose numbers are incomplete are left out. */
export function factsOf({
  balance,
  energy,
  inventory,
  electricity,
  outputValue,
  wasteKg,
  productClasses,
}: FactSources): readonly RowFact[] {
  const facts: RowFact[] = [];
  const hundred = rational(100n);
  const tce = readFraction(energy.fraction, '/energy/fraction');
  if (outputValue !== null) {
    const value = decimalAt(outputValue.value, '/outputValue/value', 'balance/malformed-amount');
    if (compare(value, ZERO) <= 0)
      throw new BalanceError(
        'balance/malformed-amount',
        '/outputValue/value',
        'the output value is not above 0',
        'leave it null where it is not known',
      );
    const perValue = (tonnes: Rational) => divide(multiply(tonnes, rational(1_000n)), value);
    if (energy.complete)
      facts.push(fact('1', perValue(tce), 'kgce/万元', ['facility energy', outputValue.evidence]));
    if (inventory.complete)
      facts.push(
        fact('2', perValue(readFraction(inventory.fraction, '/inventory/fraction')), 'kgCO2/万元', [
          'facility inventory',
          outputValue.evidence,
        ]),
      );
  }
  const { selfUse } = balance.electricityKWh;
  if (energy.complete && selfUse !== null && tce.n !== 0n) {
    const own = kWhAsTce(
      decimalAt(selfUse, '/balance/electricityKWh/selfUse', 'balance/malformed-amount'),
      electricity,
    );
    const certified = decimalAt(
      balance.certificatesKWh,
      '/balance/certificatesKWh',
      'balance/malformed-amount',
    );
    const bills = decimalAt(
      balance.electricityKWh.bills ?? '0',
      '/balance/electricityKWh/bills',
      'balance/malformed-amount',
    );
    // Certificates beyond what was bought from the grid cover nothing here.
    const bought = kWhAsTce(compare(certified, bills) < 0 ? certified : bills, electricity);
    // Own generation is not among the purchased energy, so it joins both sides.
    facts.push(
      fact('3', multiply(divide(add(own, bought), add(tce, own)), hundred), '%', [
        'facility balance',
        'green certificates',
      ]),
    );
  }
  if (wasteKg !== null) {
    facts.push(fact('8', share(wasteKg.recovered, wasteKg.generated, '/wasteKg'), '%', [wasteKg.evidence]));
  }
  if (productClasses !== null) {
    facts.push(
      fact(
        '13',
        share(productClasses.withFootprint, productClasses.all, '/productClasses'),
        '%',
        productClasses.evidence,
      ),
    );
  }
  return facts;
}

function share(part: string, whole: string, place: string): Rational {
  const of = decimalAt(whole, place, 'balance/malformed-amount');
  const some = decimalAt(part, place, 'balance/malformed-amount');
  if (compare(of, ZERO) <= 0 || compare(some, ZERO) < 0 || compare(some, of) > 0) {
    throw new BalanceError(
      'balance/malformed-amount',
      place,
      `${part} of ${whole} is not a share`,
      'the part is between 0 and the whole, and the whole above 0',
    );
  }
  return multiply(divide(some, of), rational(100n));
}

/** Size class of row 3 by comprehensive energy of the year; bounds as restated: from 10,000, 5,000, 3,000 tce. */
export function renewableSizeClass(
  energy: FacilityEnergy,
): '>=10000' | '5000-10000' | '3000-5000' | '<3000' | null {
  if (!energy.complete) return null;
  const tce = readFraction(energy.fraction, '/energy/fraction');
  if (compare(tce, rational(10_000n)) >= 0) return '>=10000';
  if (compare(tce, rational(5_000n)) >= 0) return '5000-10000';
  return compare(tce, rational(3_000n)) >= 0 ? '3000-5000' : '<3000';
}
