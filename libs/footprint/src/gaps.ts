/** What a reader must know beside the number: each finding is a code with its place, never a sentence. */
import type { Period } from '#lib/evidence';
import { formatDecimal, type Rational } from '#lib/quantity';
import type { ReadActivity, ReadInput } from './input.ts';
import type { Gap, GapCode } from './model.ts';

/** Findings in the order of the activities, then those about the whole. */
export function findGaps(input: ReadInput, unallocated: Rational | null, gwpSets: readonly string[]): Gap[] {
  const gaps = input.activities.flatMap(activityGaps);
  gaps.push(...coverageGaps(input));
  if (unallocated !== null && unallocated.n < 0n) {
    gaps.push(
      gap('gap/use-exceeds-supply', null, formatDecimal({ n: -unallocated.n * 100n, d: unallocated.d }, 1)),
    );
  }
  if (gwpSets.length > 1) gaps.push(gap('gap/gwp-mixed', null, gwpSets.join(', ')));
  return gaps;
}

const gap = (code: GapCode, activity: number | null, value: string | null): Gap => ({
  code,
  activity,
  value,
});

function activityGaps({ record, index, factors }: ReadActivity): Gap[] {
  const gaps: Gap[] = [];
  if (record.state === 'missing') gaps.push(gap('gap/missing-quantity', index, null));
  if (record.state === 'estimated') gaps.push(gap('gap/estimated', index, null));
  const kinds = new Set(factors.map((factor) => factor.record.kind));
  if (kinds.has('direct') && !kinds.has('upstream')) gaps.push(gap('gap/no-upstream', index, null));
  if (kinds.has('upstream') && !kinds.has('direct')) gaps.push(gap('gap/no-direct', index, null));
  for (const { record: factor } of factors) {
    if (factor.standIn !== null) gaps.push(gap('gap/stand-in', index, factor.id));
    if (factor.year < lastYear(record.period)) gaps.push(gap('gap/factor-year', index, factor.year));
  }
  return gaps;
}

/** The year of the last moment inside a half-open period. */
function lastYear({ end }: Period): string {
  return end.slice(4) === '-01-01T00:00:00Z' ? String(Number(end.slice(0, 4)) - 1) : end.slice(0, 4);
}

/** Bills and meters run all year: a month without one is a hole, not a month without use. */
const CONTINUOUS = new Set(['electricity', 'heat', 'fuel', 'output']);

function coverageGaps(input: ReadInput): Gap[] {
  const series = new Map<string, ReadActivity[]>();
  for (const activity of input.activities) {
    const { kind, item, line, name } = activity.record;
    if (!CONTINUOUS.has(kind)) continue;
    const key = JSON.stringify([kind, item, line, name.zh, name.en]);
    const members = series.get(key);
    if (members === undefined) series.set(key, [activity]);
    else members.push(activity);
  }
  return [...series.values()].flatMap((members) => {
    const hole = firstHole(
      members.map((member) => member.record.period),
      input.record.period,
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
