// The inputs of a footprint as rows for people: months of one source make one row. Out of the public copy, so a withheld
// quantity is shown as withheld and never guessed.
import type { JsonValue } from '#lib/canonical';
import { add, formatExact, parseDecimal, type Rational } from '#lib/quantity';
import { listAt, namesAt, textAt, valueAt } from './lookup.ts';

export type InputRow = {
  readonly names: { readonly zh?: string; readonly en?: string };
  readonly line: string;
  readonly grade: string;
  readonly role: string;
  readonly count: number;
  /** Sum of the disclosed quantities; null when any of them is withheld, missing or in another unit. */
  readonly quantity: { readonly value: string; readonly unit: string } | null;
  readonly state: 'shown' | 'withheld' | 'missing';
  readonly isEstimated: boolean;
  /** Positions of the factors in the input. */
  readonly factors: readonly string[];
};

type Group = Omit<InputRow, 'quantity' | 'state' | 'count' | 'isEstimated'> & {
  readonly members: JsonValue[];
};

/** @param input `input` of a footprint/v1 document; anything else gives no rows */
export function inputRows(input: JsonValue | undefined): InputRow[] {
  const groups = new Map<string, Group>();
  for (const activity of listAt(input, 'activities')) {
    const names = namesAt(activity, 'name');
    const [line, grade, role] = [
      textAt(activity, 'line'),
      textAt(activity, 'grade'),
      textAt(activity, 'role'),
    ];
    const factors = listAt(activity, 'factors').map(String);
    const key = JSON.stringify([names.en, names.zh, line, grade, role, factors]);
    const group = groups.get(key) ?? { names, line, grade, role, factors, members: [] };
    group.members.push(activity);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ members, ...group }) => ({
    ...group,
    count: members.length,
    isEstimated: members.some((member) => textAt(member, 'state') === 'estimated'),
    ...total(members),
  }));
}

function total(members: readonly JsonValue[]): Pick<InputRow, 'quantity' | 'state'> {
  if (members.some((member) => valueAt(member, 'quantity', 'digest') !== undefined))
    return { quantity: null, state: 'withheld' };
  const units = new Set(members.map((member) => textAt(member, 'quantity', 'unit')));
  const [unit = ''] = units;
  if (units.size !== 1 || unit === '–') return { quantity: null, state: 'missing' };
  try {
    const sum = members.reduce<Rational>(
      (so, member) => add(so, parseDecimal(textAt(member, 'quantity', 'value'))),
      parseDecimal('0'),
    );
    return { quantity: { value: formatExact(sum), unit }, state: 'shown' };
  } catch {
    // the stored text was changed into something that is no number
    return { quantity: null, state: 'missing' };
  }
}
