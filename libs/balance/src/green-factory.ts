/** Scores of GB/T 36132-2025, clause 5.2: linear between base and lead, clamped at both ends; without a threshold, no score. */
import {
  add,
  compare,
  divide,
  formatDecimal,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import { decimalAt, readFraction, show } from './amount.ts';
import type { FacilityBalance } from './balance.ts';
import { type CoalEquivalent, type FacilityEnergy, kWhAsTce } from './energy.ts';
import { BalanceError } from './errors.ts';
import { GREEN_FACTORY_TABLE, type RowKind } from './green-factory-rows.ts';
import type { FacilityInventory } from './inventory.ts';

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

export interface FactSources {
  readonly balance: FacilityBalance;
  readonly energy: FacilityEnergy;
  readonly inventory: FacilityInventory;
  readonly electricity: CoalEquivalent;
  /** Output value in 10,000 CNY and its evidence; null: not known. */
  readonly outputValue: { readonly value: string; readonly evidence: string } | null;
  readonly wasteKg: {
    readonly generated: string;
    readonly recovered: string;
    readonly evidence: string;
  } | null;
  readonly productClasses: {
    readonly all: string;
    readonly withFootprint: string;
    readonly evidence: readonly string[];
  } | null;
}

/** Four decimals, half away from zero; the texts of annex B were not read, and each row says so. */
const NOTE = 'balance/formula-text-not-read';
const fact = (no: string, value: Rational, unit: string, evidence: readonly string[]): RowFact => ({
  no,
  value: formatDecimal(value, 4),
  unit,
  evidence,
  note: NOTE,
});

/** Rows 1, 2, 3, 8 and 13 as far as the ledger's own numbers carry them; rows whose numbers are incomplete are left out. */
export function factsOf({
  balance,
  energy,
  inventory,
  electricity,
  outputValue,
  wasteKg,
  productClasses,
}: FactSources): readonly RowFact[] {
  const facts: RowFact[] = [];
  const hundred = rational(100n);
  const tce = readFraction(energy.fraction, '/energy/fraction');
  if (outputValue !== null) {
    const value = decimalAt(outputValue.value, '/outputValue/value', 'balance/malformed-amount');
    if (compare(value, ZERO) <= 0)
      throw new BalanceError(
        'balance/malformed-amount',
        '/outputValue/value',
        'the output value is not above 0',
        'leave it null where it is not known',
      );
    const perValue = (tonnes: Rational) => divide(multiply(tonnes, rational(1_000n)), value);
    if (energy.complete)
      facts.push(fact('1', perValue(tce), 'kgce/万元', ['facility energy', outputValue.evidence]));
    if (inventory.complete)
      facts.push(
        fact('2', perValue(readFraction(inventory.fraction, '/inventory/fraction')), 'kgCO2/万元', [
          'facility inventory',
          outputValue.evidence,
        ]),
      );
  }
  const { selfUse } = balance.electricityKWh;
  if (energy.complete && selfUse !== null && tce.n !== 0n) {
    const own = kWhAsTce(
      decimalAt(selfUse, '/balance/electricityKWh/selfUse', 'balance/malformed-amount'),
      electricity,
    );
    const certified = decimalAt(
      balance.certificatesKWh,
      '/balance/certificatesKWh',
      'balance/malformed-amount',
    );
    const bills = decimalAt(
      balance.electricityKWh.bills ?? '0',
      '/balance/electricityKWh/bills',
      'balance/malformed-amount',
    );
    // Certificates beyond what was bought from the grid cover nothing here.
    const bought = kWhAsTce(compare(certified, bills) < 0 ? certified : bills, electricity);
    // Own generation is not among the purchased energy, so it joins both sides.
    facts.push(
      fact('3', multiply(divide(add(own, bought), add(tce, own)), hundred), '%', [
        'facility balance',
        'green certificates',
      ]),
    );
  }
  if (wasteKg !== null) {
    facts.push(fact('8', share(wasteKg.recovered, wasteKg.generated, '/wasteKg'), '%', [wasteKg.evidence]));
  }
  if (productClasses !== null) {
    facts.push(
      fact(
        '13',
        share(productClasses.withFootprint, productClasses.all, '/productClasses'),
        '%',
        productClasses.evidence,
      ),
    );
  }
  return facts;
}

function share(part: string, whole: string, place: string): Rational {
  const of = decimalAt(whole, place, 'balance/malformed-amount');
  const some = decimalAt(part, place, 'balance/malformed-amount');
  if (compare(of, ZERO) <= 0 || compare(some, ZERO) < 0 || compare(some, of) > 0) {
    throw new BalanceError(
      'balance/malformed-amount',
      place,
      `${part} of ${whole} is not a share`,
      'the part is between 0 and the whole, and the whole above 0',
    );
  }
  return multiply(divide(some, of), rational(100n));
}

/** Size class of row 3 by comprehensive energy of the year; bounds as restated: from 10,000, 5,000, 3,000 tce. */
export function renewableSizeClass(
  energy: FacilityEnergy,
): '>=10000' | '5000-10000' | '3000-5000' | '<3000' | null {
  if (!energy.complete) return null;
  const tce = readFraction(energy.fraction, '/energy/fraction');
  if (compare(tce, rational(10_000n)) >= 0) return '>=10000';
  if (compare(tce, rational(5_000n)) >= 0) return '5000-10000';
  return compare(tce, rational(3_000n)) >= 0 ? '3000-5000' : '<3000';
}
