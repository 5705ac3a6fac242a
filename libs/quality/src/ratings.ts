/** Data quality as numbers: the three ratings of PACT v3, weighted by |emissions|, and the rating of PEF. */
import { add, compare, divide, formatDecimal, multiply, type Rational, rational, sum } from '#lib/quantity';
import { decimalAt, magnitude, within } from './decimals.ts';
import { QualityError } from './errors.ts';

const PACT_RATINGS = ['technologicalDQR', 'geographicalDQR', 'temporalDQR'] as const;
type PactRating = (typeof PACT_RATINGS)[number];

/** 1 best to 5; null: nobody rated it. */
export type RatedContribution = { readonly kgCO2e: string } & Readonly<Record<PactRating, string | null>>;

export type PactRatings = Readonly<Record<PactRating, string | null>> & {
  /** Inputs without a rating: version 3 rates all inputs, so one that is missing leaves the product's absent. */
  readonly missing: readonly string[];
};

/**
 * PACT v3 dqi: Σ |e| r / Σ |e| for each rating, two decimals; null where the denominator is 0 or a rating is missing.
 * @throws {QualityError} malformed-decimal, rating-out-of-range
 */
export function pactRatings(contributions: readonly RatedContribution[]): PactRatings {
  const weights = contributions.map(({ kgCO2e }, index) => magnitude(decimalAt(kgCO2e, `/${index}/kgCO2e`)));
  const whole = sum(weights);
  const missing: string[] = [];
  const over = (name: PactRating): string | null => {
    const terms = contributions.map((each, index) => {
      const place = `/${index}/${name}`;
      const text = each[name];
      if (text === null) missing.push(place);
      return text === null ? null : multiply(weights[index]!, rating(text, place));
    });
    if (whole.n === 0n || terms.some((term) => term === null)) return null;
    return formatDecimal(divide(sum(terms.map((term) => term!)), whole), 2);
  };
  const [technologicalDQR, geographicalDQR, temporalDQR] = PACT_RATINGS.map(over) as [
    string | null,
    string | null,
    string | null,
  ];
  return { technologicalDQR, geographicalDQR, temporalDQR, missing };
}

/** Upper bounds, inclusive, best first; above the last the class is null. */
export interface PefClasses {
  readonly source: string;
  readonly grade: 'official' | 'second-hand';
  readonly classes: readonly { readonly name: string; readonly upTo: string }[];
}

/** As one public implementation has them; load the table your PEF category rules ask for in its place. */
export const PEF_CLASSES: PefClasses = {
  source: 'one public implementation of the PEF data quality rating',
  grade: 'second-hand',
  classes: [
    { name: 'very good', upTo: '1.6' },
    { name: 'good', upTo: '2.0' },
    { name: 'fair', upTo: '3.0' },
  ],
};

export interface PefRatings {
  readonly TeR: string;
  readonly GeR: string;
  readonly TiR: string;
  readonly P: string;
}

export interface PefDqr {
  /** Two decimals; the class comes from the exact number. */
  readonly dqr: string;
  readonly class: string | null;
  readonly classSource: string;
}

/** DQR = (TeR + GeR + TiR + P) / 4, each 1 (best) to 5. @throws {QualityError} malformed-decimal, rating-out-of-range */
export function pefDqr({ TeR, GeR, TiR, P }: PefRatings, table: PefClasses = PEF_CLASSES): PefDqr {
  const four = [rating(TeR, '/TeR'), rating(GeR, '/GeR'), rating(TiR, '/TiR'), rating(P, '/P')];
  const dqr = divide(four.reduce(add), rational(4n));
  const found = table.classes.find(
    ({ upTo }, index) => compare(dqr, decimalAt(upTo, `/classes/${index}/upTo`)) <= 0,
  );
  return { dqr: formatDecimal(dqr, 2), class: found?.name ?? null, classSource: table.source };
}

function rating(text: string, place: string): Rational {
  const value = decimalAt(text, place);
  if (within(value, 1n, 5n)) return value;
  throw new QualityError(
    'quality/rating-out-of-range',
    place,
    `${text} is not between 1 and 5`,
    'rate from "1" (best) to "5"; PACT version 2 rated from 1 to 3 and is converted by its sender',
  );
}
