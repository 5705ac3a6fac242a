/**
 * Emissions of source streams and sources, as in Annex II of Implementing Regulation (EU) 2025/2547 and the rows of the
 * Commission's communication template (sheet B_EmInst). Tonnes; shares as fractions; exact.
 */
import { add, divide, multiply, ONE, type Rational, rational, subtract } from '#lib/quantity';

/** Molar mass ratio that the template uses. */
export const CO2_PER_CARBON = rational(3_664n, 1_000n);
/** AR5, as in the template; a product footprint uses other values. */
export const GWP = { N2O: rational(265n), CF4: rational(6_630n), C2F6: rational(11_100n) } as const;

export interface StreamEmissions {
  readonly fossil: Rational;
  readonly biogenic: Rational;
  /** TJ without the biogenic part; null where no calorific value is stated. */
  readonly energy: Rational | null;
}

const product = (...factors: readonly Rational[]): Rational => factors.reduce(multiply, ONE);
const THOUSAND = rational(1_000n);

const split = (all: Rational, biogenicShare: Rational, energy: Rational | null): StreamEmissions => ({
  fossil: multiply(all, subtract(ONE, biogenicShare)),
  biogenic: multiply(all, biogenicShare),
  energy: energy === null ? null : multiply(energy, subtract(ONE, biogenicShare)),
});

export interface Combustion {
  /** t, kNm3 or TJ. */
  readonly amount: Rational;
  /** GJ per t or per kNm3; null if the amount is energy or the factor is per amount. */
  readonly ncv: Rational | null;
  readonly factor: Rational;
  /** The factor is per TJ, not per t or kNm3. */
  readonly perEnergy: boolean;
  readonly oxidation: Rational;
  readonly biogenicShare: Rational;
}

/** `AD × NCV/1000 × EF × OxF × (1 − BioC)`; without NCV where the factor is per amount. */
export function combustion(each: Combustion): StreamEmissions {
  const energy = each.ncv === null ? null : product(each.amount, each.ncv, divide(ONE, THOUSAND));
  const base = each.perEnergy ? (energy ?? each.amount) : each.amount;
  return split(
    product(base, each.factor, each.oxidation),
    each.biogenicShare,
    energy ?? (each.perEnergy ? each.amount : null),
  );
}

/** `AD × EF × ConvF × (1 − BioC)` */
export const processEmissions = (
  amount: Rational,
  factor: Rational,
  conversion: Rational,
  biogenicShare: Rational,
): StreamEmissions => split(product(amount, factor, conversion), biogenicShare, null);

/** `AD × CC × 3.664 × (1 − BioC)`; what leaves with carbon in it has a negative amount. */
export const massBalance = (amount: Rational, carbon: Rational, biogenicShare: Rational): StreamEmissions =>
  split(product(amount, carbon, CO2_PER_CARBON), biogenicShare, null);

/** `concentration (g/Nm3) × flow (kNm3/h) × hours / 1000`, in t of the gas. */
export const measuredMass = (concentration: Rational, flow: Rational, hours: Rational): Rational =>
  product(concentration, flow, hours, divide(ONE, THOUSAND));

export interface PfcSlope {
  readonly aluminium: Rational;
  readonly anodeEffectsPerCellDay: Rational;
  readonly minutesPerAnodeEffect: Rational;
  /** kg CF4 per t aluminium and minute of anode effect per cell-day. */
  readonly slope: Rational;
  /** t C2F6 per t CF4. */
  readonly c2f6PerCf4: Rational;
  readonly collectionEfficiency: Rational;
}

/** Slope method: `CF4 = Al × AE × min × SEF/1000`, `C2F6 = CF4 × F`, `CO2e = (CF4 × 6630 + C2F6 × 11100)/CE`. */
export function pfcSlope(each: PfcSlope) {
  const cf4 = product(
    each.aluminium,
    each.anodeEffectsPerCellDay,
    each.minutesPerAnodeEffect,
    each.slope,
    divide(ONE, THOUSAND),
  );
  const c2f6 = multiply(cf4, each.c2f6PerCf4);
  const cf4CO2e = multiply(cf4, GWP.CF4);
  const c2f6CO2e = multiply(c2f6, GWP.C2F6);
  return { cf4, c2f6, cf4CO2e, c2f6CO2e, total: divide(add(cf4CO2e, c2f6CO2e), each.collectionEfficiency) };
}

/** tCO2 per TJ of natural gas, which a waste gas stands for, and the efficiency correction of what leaves. */
export const NATURAL_GAS = rational(561n, 10n);
export const WASTE_GAS_EXPORT = multiply(NATURAL_GAS, rational(667n, 1_000n));
