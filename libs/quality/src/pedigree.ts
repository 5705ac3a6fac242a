/** Uncertainty of a figure from how well it fits: variances of ln x by score, added to a basic one. */
import { add, compare, formatExact, type Rational, ZERO } from '#lib/quantity';
import { decimalAt } from './decimals.ts';
import { significant, toDouble } from './doubles.ts';
import { exp, squareRoot } from './elementary.ts';
import { QualityError } from './errors.ts';

/**
 * Variance that scores 1..5 add. ecoinvent data quality guideline, version 3, as the Ocelot project
 * (OcelotProject/Ocelot, BSD-3-Clause) carries it.
 */
export const PEDIGREE_VARIANCES = {
  reliability: ['0', '0.0006', '0.002', '0.008', '0.04'],
  completeness: ['0', '0.0001', '0.0006', '0.002', '0.008'],
  temporal: ['0', '0.0002', '0.002', '0.008', '0.04'],
  geographical: ['0', '0.000025', '0.0001', '0.0006', '0.002'],
  furtherTechnological: ['0', '0.0006', '0.008', '0.04', '0.12'],
  sampleSize: ['0', '0.000098', '0.0006', '0.0023', '0.0083'],
} as const;

const ROWS = Object.values(PEDIGREE_VARIANCES);

/** Five scores in the order of the table, or six with the sample size; exact. @throws {QualityError} quality/pedigree */
export function pedigreeVariance(scores: readonly number[], place: string): Rational {
  if (scores.length !== 5 && scores.length !== 6)
    throw new QualityError(
      'quality/pedigree',
      place,
      `${scores.length} scores`,
      'give reliability, completeness, temporal, geographical and further technological, then sample size if it is rated',
    );
  return scores.reduce<Rational>((total, score, index) => {
    const variance = Number.isInteger(score) ? ROWS[index]?.[score - 1] : undefined;
    if (variance !== undefined) return add(total, decimalAt(variance, place));
    throw new QualityError(
      'quality/pedigree',
      `${place}/${index}`,
      `${score} is no score`,
      'score from 1 (best) to 5',
    );
  }, ZERO);
}

export interface LognormalUncertainty {
  /** Variance of ln x, all digits. */
  readonly variance: string;
  /** Estimates with six digits: e^√variance, and its square, which bounds 95 % of a lognormal. */
  readonly gsd: string;
  readonly gsd2: string;
  /** `pedigree only`: no basic variance was given, none is assumed, and the spread is a lower bound. */
  readonly basis: 'basic and pedigree' | 'pedigree only' | 'basic only';
}

/** @throws {QualityError} quality/pedigree, malformed-decimal, negative-variance, spread */
export function lognormalUncertainty(
  basicVariance: string | null,
  scores: readonly number[] | null,
  place: string,
): LognormalUncertainty {
  const variance = varianceOf(basicVariance, scores, place);
  const sigma = squareRoot(toDouble(variance));
  return {
    variance: formatExact(variance),
    gsd: significant(exp(sigma), 6),
    gsd2: significant(exp(2 * sigma), 6),
    basis: basicVariance === null ? 'pedigree only' : scores === null ? 'basic only' : 'basic and pedigree',
  };
}

/** The most a spread may be: σ = 5 spans 10^±4 in its 95 %, beyond which a figure says nothing. */
const MOST_VARIANCE = { n: 25n, d: 1n };

export function varianceOf(basic: string | null, scores: readonly number[] | null, place: string): Rational {
  if (basic === null && scores === null)
    throw new QualityError(
      'quality/spread',
      place,
      'neither a basic variance nor scores',
      'give one of them, or no uncertainty',
    );
  const base = basic === null ? ZERO : decimalAt(basic, `${place}/basicVariance`);
  if (compare(base, ZERO) < 0)
    throw new QualityError(
      'quality/negative-variance',
      `${place}/basicVariance`,
      `${basic} is below 0`,
      'check the sign',
    );
  return bounded(add(base, scores === null ? ZERO : pedigreeVariance(scores, `${place}/pedigree`)), place);
}

export function bounded(variance: Rational, place: string): Rational {
  if (compare(variance, MOST_VARIANCE) <= 0) return variance;
  throw new QualityError(
    'quality/spread-out-of-range',
    place,
    'the variance of ln x is above 25',
    'check whether a standard deviation or a percentage was entered as a variance',
  );
}

/** 95 % of a lognormal: median / GSD² to median × GSD². Three digits. */
export function interval95(
  median: string,
  { variance }: LognormalUncertainty,
): { readonly low: string; readonly high: string } {
  const middle = toDouble(decimalAt(median, '/median'));
  const width = exp(2 * squareRoot(toDouble(decimalAt(variance, '/variance'))));
  const [low, high] = middle < 0 ? [middle * width, middle / width] : [middle / width, middle * width];
  return { low: significant(low, 3), high: significant(high, 3) };
}
