/** Shares of the emissions up to the gate: a sum of |emissions| over a sum of |emissions|; of nothing there is none. */
import type { ReadFactor } from './factors.ts';
import type { ReadActivity } from './input.ts';
import { NOTHING, percentOf, plus, size } from './ledger.ts';
import { FACTOR_GRADES, type FactorGrade, type ProductSystemResult } from './model.ts';
import type { Bounded } from './settle.ts';
import { lcm } from './whole.ts';

/** One factor in one activity up to the gate; `kgCO2e` is signed. */
export interface Contribution {
  readonly activity: ReadActivity;
  readonly factor: ReadFactor;
  readonly kgCO2e: Bounded;
}

const MEASURED = new Set(['signed-meter', 'api', 'file', 'bill']);

export function sharesOf(
  contributions: readonly Contribution[],
): Pick<ProductSystemResult, 'shares' | 'factorGrades'> {
  const sums = {
    whole: NOTHING,
    measuredActivity: NOTHING,
    makerStatedFactors: NOTHING,
    standInFactors: NOTHING,
    estimates: NOTHING,
    credits: NOTHING,
    supplierFootprints: NOTHING,
    spendBased: NOTHING,
  };
  type Name = keyof typeof sums;
  const grades = new Map<FactorGrade, Bounded>();
  let primary = NOTHING;
  const common = contributions.reduce((d, { factor }) => lcm(d, factor.primary.d), 1n);
  for (const { activity, factor, kgCO2e } of contributions) {
    const amount = size(kgCO2e);
    const count = (name: Name, holds: boolean): void => {
      if (holds) sums[name] = plus(sums[name], amount);
    };
    const measured = MEASURED.has(activity.grade) && activity.state !== 'estimated';
    count('whole', true);
    count('measuredActivity', measured);
    count('makerStatedFactors', factor.makerStated);
    count('standInFactors', factor.standIn);
    count('estimates', activity.state === 'estimated');
    count('credits', activity.role === 'credit');
    count('supplierFootprints', factor.supplier !== null);
    count('spendBased', factor.kind === 'spend-based');
    grades.set(factor.grade, plus(grades.get(factor.grade) ?? NOTHING, amount));
    // PACT v3 primaryDataShare: primary activity data times the primary part of the factor.
    if (measured && factor.primary.n !== 0n) {
      const lift = factor.primary.n * (common / factor.primary.d);
      primary = plus(primary, { value: amount.value * lift, error: amount.error * lift });
    }
  }
  const { whole } = sums;
  const share = (name: Name): string | null => percentOf(sums[name], whole);
  return {
    shares: {
      primaryData: percentOf(primary, { value: whole.value * common, error: whole.error * common }),
      measuredActivity: share('measuredActivity'),
      makerStatedFactors: share('makerStatedFactors'),
      standInFactors: share('standInFactors'),
      estimates: share('estimates'),
      credits: share('credits'),
      supplierFootprints: share('supplierFootprints'),
      spendBased: share('spendBased'),
    },
    factorGrades: FACTOR_GRADES.flatMap((grade) => {
      const amount = grades.get(grade);
      return amount === undefined ? [] : [{ grade, share: percentOf(amount, whole) }];
    }),
  };
}
