/** Shares of cradle-to-gate emissions. A share is a sum of |emissions| over a sum of |emissions|; without emissions there is none. */
import { add, divide, formatDecimal, multiply, type Rational, ZERO } from '#lib/quantity';
import type { ReadActivity, ReadFactor } from './input.ts';
import { FACTOR_GRADES, type FootprintResult } from './model.ts';

/** One factor's contribution in one activity inside the boundary; `kgCO2e` is signed. */
export interface Contribution {
  readonly activity: ReadActivity;
  readonly factor: ReadFactor;
  readonly kgCO2e: Rational;
}

const MEASURED = new Set(['signed-meter', 'api', 'file', 'bill']);

export function sharesOf(contributions: readonly Contribution[]): FootprintResult['shares'] {
  const isMeasured = ({ activity }: Contribution) =>
    MEASURED.has(activity.record.grade) && activity.record.state !== 'estimated';
  const share = shareAmong(contributions);
  return {
    // PACT v3 primaryDataShare: primary activity data times the primary part of the factor.
    primaryData: share((each) => (isMeasured(each) ? each.factor.primary : ZERO)),
    measuredActivity: share((each) => indicator(isMeasured(each))),
    makerStatedFactors: share((each) => indicator(each.factor.record.makerStated)),
    standInFactors: share((each) => indicator(each.factor.record.standIn !== null)),
    estimates: share((each) => indicator(each.activity.record.state === 'estimated')),
    credits: share((each) => indicator(each.activity.record.role === 'credit')),
  };
}

export function gradesOf(contributions: readonly Contribution[]): FootprintResult['factorGrades'] {
  const share = shareAmong(contributions);
  return FACTOR_GRADES.filter((grade) =>
    contributions.some((each) => each.factor.record.grade === grade),
  ).map((grade) => ({ grade, share: share((each) => indicator(each.factor.record.grade === grade)) }));
}

const indicator = (holds: boolean): Rational => ({ n: holds ? 1n : 0n, d: 1n });

const magnitude = (value: Rational): Rational => (value.n < 0n ? { n: -value.n, d: value.d } : value);

function shareAmong(contributions: readonly Contribution[]) {
  const whole = contributions.reduce((total, each) => add(total, magnitude(each.kgCO2e)), ZERO);
  return (weight: (each: Contribution) => Rational): string | null => {
    const part = contributions.reduce(
      (total, each) => add(total, multiply(magnitude(each.kgCO2e), weight(each))),
      ZERO,
    );
    return percentOf(part, whole);
  };
}

/** Percent with one decimal; null if the whole is nothing. */
export function percentOf(part: Rational, whole: Rational): string | null {
  if (whole.n === 0n) return null;
  return formatDecimal(divide({ n: part.n * 100n, d: part.d }, whole), 1);
}
