import type { ActivityDocument } from '#lib/evidence';
import { add, formatExact, parseDecimal, type Quantity, ZERO } from '#lib/quantity';

/** Pieces a line made in a year by recorded activities, or null when none of them says so. Calendar of Asia/Shanghai. */
export function lineOutput(
  activities: readonly ActivityDocument[],
  line: ActivityDocument['line'],
  year: number,
): Quantity | null {
  const from = `${year - 1}-12-31T16:00:00Z`;
  const until = `${year}-12-31T16:00:00Z`;
  const made = activities.filter(
    ({ kind, line: at, quantity, period }) =>
      kind === 'output' &&
      at === line &&
      quantity?.unit === 'piece' &&
      period.start >= from &&
      period.end <= until,
  );
  if (made.length === 0) return null;
  const total = made.reduce((sum, { quantity }) => add(sum, parseDecimal(quantity?.value ?? '0')), ZERO);
  return { value: formatExact(total), unit: 'piece' };
}
