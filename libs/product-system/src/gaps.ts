/** What a reader must know beside the number: each finding is a code with its place, never a sentence. */
import { compare, formatDecimal, type Rational } from '#lib/quantity';
import { lastYear } from './factors.ts';
import type { ReadActivity, ReadInput } from './input.ts';
import type { Gap, GapCode, Period } from './model.ts';

const gap = (code: GapCode, activity: number | null, value: string | null): Gap => ({
  code,
  activity,
  value,
});

export interface Findings {
  readonly unallocated: Rational | null;
  readonly gwpSets: readonly string[];
  readonly isUsed: (process: number) => boolean;
  /** Some figures state their parts and others do not. */
  readonly partsMixed: boolean;
}

/** In the order of the activities, then those about exchanges, processes and the whole. */
export function findGaps(input: ReadInput, found: Findings): Gap[] {
  const gaps = input.activities.flatMap(activityGaps);
  gaps.push(...coverageGaps(input));
  for (const { index, state } of input.exchanges) {
    if (state === 'missing') gaps.push(gap('gap/missing-exchange', null, `/exchanges/${index}`));
    if (state === 'estimated') gaps.push(gap('gap/estimated', null, `/exchanges/${index}`));
  }
  for (const { id, index } of input.processes)
    if (!found.isUsed(index)) gaps.push(gap('gap/process-not-used', null, id));
  const { unallocated, gwpSets } = found;
  if (unallocated !== null && unallocated.n < 0n) {
    gaps.push(
      gap('gap/use-exceeds-supply', null, formatDecimal({ n: -unallocated.n * 100n, d: unallocated.d }, 1)),
    );
  }
  if (gwpSets.length > 1) gaps.push(gap('gap/gwp-mixed', null, gwpSets.join(', ')));
  if (found.partsMixed) gaps.push(gap('gap/parts-not-stated', null, null));
  const { state, share } = judgeCutOff(input.cutOff);
  if (state === 'not-stated') gaps.push(gap('gap/cut-off-not-stated', null, null));
  if (state === 'warning') gaps.push(gap('gap/cut-off-above-3', null, share));
  if (state === 'non-conformant') gaps.push(gap('gap/cut-off-above-5', null, share));
  return gaps;
}

/** The stated percent stands as it is, whatever the judgement: above 3 % warns, above 5 % does not conform. */
export function judgeCutOff(share: Rational | null) {
  if (share === null) return { share: null, state: 'not-stated' } as const;
  const percent = formatDecimal({ n: share.n * 100n, d: share.d }, 2);
  if (compare(share, { n: 5n, d: 100n }) > 0) return { share: percent, state: 'non-conformant' } as const;
  if (compare(share, { n: 3n, d: 100n }) > 0) return { share: percent, state: 'warning' } as const;
  return { share: percent, state: 'conformant' } as const;
}

function activityGaps({ index, state, period, factors }: ReadActivity): Gap[] {
  const gaps: Gap[] = [];
  if (state === 'missing') gaps.push(gap('gap/missing-quantity', index, null));
  if (state === 'estimated') gaps.push(gap('gap/estimated', index, null));
  const has = (kind: string): boolean => factors.some((factor) => factor.kind === kind);
  if (has('direct') && !has('upstream')) gaps.push(gap('gap/no-upstream', index, null));
  if (has('upstream') && !has('direct')) gaps.push(gap('gap/no-direct', index, null));
  for (const factor of factors) {
    if (factor.standIn) gaps.push(gap('gap/stand-in', index, factor.id));
    if (factor.kind === 'spend-based') gaps.push(gap('gap/spend-based', index, factor.id));
    if (factor.superseded) gaps.push(gap('gap/superseded-factor', index, factor.id));
    if (factor.period !== null && (period.start < factor.period.start || period.end > factor.period.end))
      gaps.push(gap('gap/factor-period', index, factor.id));
    if (factor.supplier === null) {
      if (factor.year < lastYear(period)) gaps.push(gap('gap/factor-year', index, factor.year));
      continue;
    }
    if (factor.supplier.period.end <= period.start)
      gaps.push(gap('gap/supplier-period', index, factor.supplier.period.end));
    if (!factor.supplier.verified) gaps.push(gap('gap/supplier-not-verified', index, factor.id));
  }
  return gaps;
}

/** Bills and meters run all year: a month without one is a hole, not a month without use. */
const CONTINUOUS = new Set(['electricity', 'heat', 'fuel', 'output']);

function coverageGaps(input: ReadInput): Gap[] {
  const series = new Map<string, ReadActivity[]>();
  for (const activity of input.activities) {
    if (!CONTINUOUS.has(activity.kind)) continue;
    const key = activity.series();
    const members = series.get(key);
    if (members === undefined) series.set(key, [activity]);
    else members.push(activity);
  }
  return [...series.values()].flatMap((members) => {
    const hole = firstHole(
      members.map((member) => member.period),
      input.period,
    );
    return hole === null ? [] : [gap('gap/period-not-covered', members[0]?.index ?? null, hole)];
  });
}

/** Start of the first moment of `whole` that none of `parts` holds, or null. */
function firstHole(parts: readonly Period[], whole: Period): string | null {
  let reached = whole.start;
  for (const part of [...parts].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    if (part.start > reached) return reached;
    if (part.end > reached) reached = part.end;
  }
  return reached < whole.end ? reached : null;
}
