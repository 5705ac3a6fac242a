/** How much of a footprint rests on primary data. By emissions: not by lines, mass or tonne-kilometres. */
import { divide, multiply, type Rational, rational, sum, ZERO } from '#lib/quantity';
import { decimalAt, magnitude, percentOf, within } from './decimals.ts';
import { QualityError } from './errors.ts';

export interface ShareContribution {
  /** Signed: a credit is negative. */
  readonly kgCO2e: string;
  readonly primaryActivity: boolean;
  /** Percent of the factor that rests on primary data; null: not known, counted as none and listed. */
  readonly factorPrimaryDataShare: string | null;
}

export interface PrimaryShare {
  /** PACT v3 primaryDataShare: 100 × Σ primary kgCO2e / Σ kgCO2e, signed. Credits can push it out of 0..100. */
  readonly pact: string | null;
  /** The same over magnitudes, always in 0..100; equal to `pact` where nothing is negative. */
  readonly byMagnitude: string | null;
  readonly unknown: readonly string[];
}

/** Percent, two decimals; null where the denominator is 0: absent, not 0. @throws {QualityError} malformed-decimal, percent-out-of-range */
export function primaryShare(contributions: readonly ShareContribution[]): PrimaryShare {
  const read = contributions.map((each, index) => {
    const value = decimalAt(each.kgCO2e, `/${index}/kgCO2e`);
    const factor = fraction(each.factorPrimaryDataShare, `/${index}/factorPrimaryDataShare`);
    return { value, primary: each.primaryActivity ? factor : ZERO };
  });
  const share = (size: (value: Rational) => Rational) =>
    percentOf(
      sum(read.map(({ value, primary }) => multiply(size(value), primary))),
      sum(read.map(({ value }) => size(value))),
    );
  return {
    pact: share((value) => value),
    byMagnitude: share(magnitude),
    unknown: contributions.flatMap(({ factorPrimaryDataShare }, index) =>
      factorPrimaryDataShare === null ? [`/${index}/factorPrimaryDataShare`] : [],
    ),
  };
}

function fraction(text: string | null, place: string): Rational {
  if (text === null) return ZERO;
  const value = decimalAt(text, place);
  if (within(value, 0n, 100n)) return divide(value, rational(100n));
  throw new QualityError(
    'quality/percent-out-of-range',
    place,
    `${text} is not between 0 and 100`,
    'write a percentage from "0" to "100", or null where it is not known',
  );
}
