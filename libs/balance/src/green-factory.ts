/** Scores of GB/T 36132-2025, clause 5.2: linear between base and lead, clamped at both ends; without a threshold, no score. */
import {
  add,
  compare,
  divide,
  formatDecimal,
  multiply,
  ONE,
  type Rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import { decimalAt, show } from './amount.ts';
import { BalanceError } from './errors.ts';
import { GREEN_FACTORY_TABLE, type RowKind } from './green-factory-rows.ts';

/** Base and lead value of one row, from the sector's table. `qualitative` has neither. */
export interface RowThreshold {
  readonly no: string;
  readonly kind: RowKind;
  readonly weight: string;
  readonly base: string | null;
  readonly lead: string | null;
  readonly unit: string;
  readonly source: string;
  readonly validFrom: string;
}

/** What the facility has for a row: a number, or for a qualitative row whether evidence is there. */
export type RowFact =
  | {
      readonly no: string;
      readonly value: string;
      readonly unit: string;
      readonly evidence: readonly string[];
      readonly note?: string;
    }
  | { readonly no: string; readonly present: 'yes' | 'no' | 'unknown'; readonly evidence: readonly string[] };

export type RowScore = {
  readonly no: string;
  readonly zh: string;
  readonly en: string;
  readonly formula: string | null;
  readonly weightExample: string;
  readonly value: string | null;
  readonly unit: string | null;
  readonly evidence: readonly string[];
} & (
  | { readonly state: 'scored'; readonly score: string; readonly weight: string; readonly source: string }
  | { readonly state: 'no-evidence' | 'thresholds-not-loaded' | 'unknown' }
);

export type VetoAnswer = 'yes' | 'no' | 'unknown';

export interface GreenFactoryResult {
  readonly table: string;
  readonly tableGrade: string;
  readonly rows: readonly RowScore[];
  /** Sum of the scored rows, two decimals; a total only where `complete`. */
  readonly score: string;
  readonly scoredWeight: string;
  readonly complete: boolean;
  readonly vetoes: readonly { readonly id: string; readonly answer: VetoAnswer }[];
  /** `met` only with eight times yes; `failed` with one no. */
  readonly gate: 'met' | 'failed' | 'unknown';
}

/** W × clamp((x − base) / (lead − base), 0, 1), both directions: the order of base and lead says which. */
export function scoreRow(weight: Rational, base: Rational, lead: Rational, x: Rational): Rational {
  const share = divide(subtract(x, base), subtract(lead, base));
  const clamped = compare(share, ZERO) < 0 ? ZERO : compare(share, ONE) > 0 ? ONE : share;
  return multiply(weight, clamped);
}

/** @throws {BalanceError} balance/unknown-row, balance/duplicate, balance/threshold-order, balance/malformed-table, balance/unit */
export function scoreGreenFactory(
  facts: readonly RowFact[],
  thresholds: readonly RowThreshold[],
  vetoes: Readonly<Record<string, VetoAnswer>>,
): GreenFactoryResult {
  const factOf = byRow(facts, '/facts');
  const thresholdOf = byRow(thresholds, '/thresholds');
  let score = ZERO;
  let weights = ZERO;
  const rows = GREEN_FACTORY_TABLE.rows.map((row): RowScore => {
    const fact = factOf.get(row.no);
    const threshold = thresholdOf.get(row.no);
    const value = fact !== undefined && 'value' in fact ? fact : null;
    const head = {
      no: row.no,
      zh: row.zh,
      en: row.en,
      formula: row.formula,
      weightExample: row.weightExample,
      value: value?.value ?? null,
      unit: value?.unit ?? null,
      evidence: fact?.evidence ?? [],
    };
    if (fact === undefined || fact.evidence.length === 0) return { ...head, state: 'no-evidence' };
    if (threshold === undefined) return { ...head, state: 'thresholds-not-loaded' };
    const at = `/thresholds/${thresholds.indexOf(threshold)}`;
    const weight = decimalAt(threshold.weight, `${at}/weight`, 'balance/malformed-table');
    const own = scoreOf(fact, threshold, weight, row.kinds, at);
    if (own === null) return { ...head, state: 'unknown' };
    score = add(score, own);
    weights = add(weights, weight);
    return {
      ...head,
      state: 'scored',
      score: formatDecimal(own, 2),
      weight: threshold.weight,
      source: threshold.source,
    };
  });
  const answers = GREEN_FACTORY_TABLE.vetoes.map(({ id }) => ({ id, answer: vetoes[id] ?? 'unknown' }));
  const odd = Object.keys(vetoes).find((id) => !GREEN_FACTORY_TABLE.vetoes.some((veto) => veto.id === id));
  if (odd !== undefined)
    throw new BalanceError(
      'balance/unknown-row',
      `/vetoes/${odd.slice(0, 60)}`,
      'no such condition',
      `answer ${GREEN_FACTORY_TABLE.vetoes.map(({ id }) => id).join(', ')}`,
    );
  return {
    table: GREEN_FACTORY_TABLE.id,
    tableGrade: GREEN_FACTORY_TABLE.grade,
    rows,
    score: formatDecimal(score, 2),
    scoredWeight: show(weights),
    complete: rows.every(({ state }) => state === 'scored'),
    vetoes: answers,
    gate: answers.some(({ answer }) => answer === 'no')
      ? 'failed'
      : answers.every(({ answer }) => answer === 'yes')
        ? 'met'
        : 'unknown',
  };
}

function scoreOf(
  fact: RowFact,
  threshold: RowThreshold,
  weight: Rational,
  kinds: readonly RowKind[],
  at: string,
): Rational | null {
  if (!kinds.includes(threshold.kind)) {
    throw new BalanceError(
      'balance/malformed-table',
      `${at}/kind`,
      `row ${threshold.no} is ${kinds.join(' or ')}, not ${threshold.kind}`,
      'load the row as the standard has it',
    );
  }
  if (threshold.kind === 'qualitative') {
    if (!('present' in fact))
      throw new BalanceError(
        'balance/malformed-input',
        `/facts/${fact.no}`,
        'a qualitative row has no number',
        'say whether its evidence is there',
      );
    return fact.present === 'unknown' ? null : fact.present === 'yes' ? weight : ZERO;
  }
  if (!('value' in fact))
    throw new BalanceError(
      'balance/malformed-input',
      `/facts/${fact.no}`,
      `row ${fact.no} needs a number`,
      `give it in ${threshold.unit}`,
    );
  if (fact.unit !== threshold.unit) {
    throw new BalanceError(
      'balance/unit',
      `/facts/${fact.no}/unit`,
      `${fact.unit} is held against ${threshold.unit}`,
      `give the row in ${threshold.unit}`,
    );
  }
  const base = decimalAt(threshold.base, `${at}/base`, 'balance/malformed-table');
  const lead = decimalAt(threshold.lead, `${at}/lead`, 'balance/malformed-table');
  const order = compare(lead, base);
  if (order === 0 || order > 0 !== (threshold.kind === 'higher')) {
    throw new BalanceError(
      'balance/threshold-order',
      at,
      `row ${threshold.no} is ${threshold.kind}-is-better with base ${threshold.base} and lead ${threshold.lead}`,
      'the lead value is the better one; check which is which',
    );
  }
  return scoreRow(
    weight,
    base,
    lead,
    decimalAt(fact.value, `/facts/${fact.no}/value`, 'balance/malformed-amount'),
  );
}

function byRow<T extends { readonly no: string }>(list: readonly T[], place: string): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const [at, each] of list.entries()) {
    if (!GREEN_FACTORY_TABLE.rows.some(({ no }) => no === each.no)) {
      throw new BalanceError(
        'balance/unknown-row',
        `${place}/${at}/no`,
        `there is no row ${each.no}`,
        'rows are numbered 1 to 14',
      );
    }
    if (found.has(each.no))
      throw new BalanceError(
        'balance/duplicate',
        `${place}/${at}`,
        `row ${each.no} stands twice`,
        'leave it in one place',
      );
    found.set(each.no, each);
  }
  return found;
}
