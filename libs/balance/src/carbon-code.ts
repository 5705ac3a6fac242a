/** 碳效码: L = tCO2 / value added, K = L / mean of the sector. The bounds are dated data and include their upper end. */
import { compare, divide, formatDecimal, type Rational, subtract, ZERO } from '#lib/quantity';
import { decimalAt, readFraction } from './amount.ts';
import { BalanceError } from './errors.ts';
import type { FacilityInventory } from './inventory.ts';

export interface CarbonCodeTable {
  readonly id: string;
  readonly source: string;
  readonly grade: string;
  readonly validFrom: string | null;
  readonly levels: readonly { readonly max: string | null; readonly level: string; readonly zh: string }[];
  readonly grades: readonly { readonly max: string | null; readonly grade: string; readonly zh: string }[];
}

export const CARBON_CODE_TABLE: CarbonCodeTable = {
  id: 'carbon-efficiency-code-1',
  source:
    '规上工业企业碳效等级评价方法, text at m.yzwku.com/doc/493133.html; the issuing province is not named there',
  grade: 'second-hand',
  validFrom: null,
  levels: [
    { max: '0.6', level: 'low', zh: '低碳' },
    { max: '2.0', level: 'mid', zh: '中碳' },
    { max: null, level: 'high', zh: '高碳' },
  ],
  grades: [
    { max: '0.6', grade: '1', zh: '碳效率高' },
    { max: '0.8', grade: '2', zh: '较高' },
    { max: '1.2', grade: '3', zh: '接近行业平均' },
    { max: '2.0', grade: '4', zh: '较低' },
    { max: null, grade: '5', zh: '低' },
  ],
};

export interface CarbonCodeInput {
  readonly inventory: FacilityInventory;
  /** Own zero-carbon electricity that the inventory counts, sinks, storage: each with its evidence. Self-use that was never in the inventory is not deducted again. */
  readonly deductions: readonly { readonly what: string; readonly tCO2: string; readonly evidence: string }[];
  /** Value added by the income method (收入法), in 10,000 CNY; null: not known. */
  readonly valueAdded: string | null;
  /** Mean L of the sector and period; null: not loaded. */
  readonly sectorMean: {
    readonly value: string;
    readonly sector: string;
    readonly period: string;
    readonly source: string;
  } | null;
}

export interface CarbonCode {
  readonly table: string;
  readonly tableGrade: string;
  readonly tCO2: string | null;
  /** Four decimals, half away from zero; the bounds are held against the exact number. */
  readonly l:
    | { readonly state: 'value'; readonly value: string; readonly level: string; readonly zh: string }
    | { readonly state: 'inventory-incomplete' | 'value-added-missing' };
  readonly k:
    | {
        readonly state: 'value';
        readonly value: string;
        readonly grade: string;
        readonly zh: string;
        readonly sector: string;
        readonly source: string;
      }
    | { readonly state: 'not-known' | 'sector-mean-not-loaded' };
}

/** @throws {BalanceError} balance/value-added, balance/malformed-amount, balance/malformed-table */
export function carbonCodeOf(input: CarbonCodeInput, table: CarbonCodeTable = CARBON_CODE_TABLE): CarbonCode {
  const head = { table: table.id, tableGrade: table.grade };
  const { inventory, valueAdded, sectorMean } = input;
  if (!inventory.complete)
    return { ...head, tCO2: null, l: { state: 'inventory-incomplete' }, k: { state: 'not-known' } };
  const total = input.deductions.reduce(
    (rest, { tCO2, evidence }, at) => {
      const place = `/deductions/${at}`;
      const value = decimalAt(tCO2, `${place}/tCO2`, 'balance/malformed-amount');
      if (compare(value, ZERO) < 0)
        throw new BalanceError(
          'balance/negative-amount',
          `${place}/tCO2`,
          `${tCO2} is below 0`,
          'write what is deducted as a positive number',
        );
      if (evidence.trim() === '')
        throw new BalanceError(
          'balance/malformed-input',
          `${place}/evidence`,
          'a deduction without evidence',
          'name the meter or the record',
        );
      return subtract(rest, value);
    },
    readFraction(inventory.fraction, '/inventory/fraction'),
  );
  const tCO2 = formatDecimal(total, 4);
  if (valueAdded === null)
    return { ...head, tCO2, l: { state: 'value-added-missing' }, k: { state: 'not-known' } };
  const added = decimalAt(valueAdded, '/valueAdded', 'balance/value-added');
  if (compare(added, ZERO) <= 0) {
    throw new BalanceError(
      'balance/value-added',
      '/valueAdded',
      `${valueAdded} is not above 0, so L has no meaning`,
      'give the value added by the income method, or leave it null',
    );
  }
  const l = divide(total, added);
  const { level, zh } = rung(l, table.levels, '/table/levels');
  const shownL = { state: 'value', value: formatDecimal(l, 4), level, zh } as const;
  if (sectorMean === null) return { ...head, tCO2, l: shownL, k: { state: 'sector-mean-not-loaded' } };
  const mean = decimalAt(sectorMean.value, '/sectorMean/value', 'balance/malformed-table');
  if (compare(mean, ZERO) <= 0)
    throw new BalanceError(
      'balance/malformed-table',
      '/sectorMean/value',
      `${sectorMean.value} is not above 0`,
      'load the mean as the authority published it',
    );
  const k = divide(l, mean);
  const grade = rung(k, table.grades, '/table/grades');
  return {
    ...head,
    tCO2,
    l: shownL,
    k: {
      state: 'value',
      value: formatDecimal(k, 4),
      grade: grade.grade,
      zh: grade.zh,
      sector: sectorMean.sector,
      source: sectorMean.source,
    },
  };
}

/** The first rung whose upper bound is not passed; bounds are inclusive. */
function rung<T extends { readonly max: string | null }>(
  value: Rational,
  rungs: readonly T[],
  place: string,
): T {
  const found = rungs.find(
    ({ max }, at) =>
      max === null || compare(value, decimalAt(max, `${place}/${at}/max`, 'balance/malformed-table')) <= 0,
  );
  if (found === undefined)
    throw new BalanceError(
      'balance/malformed-table',
      place,
      'the last rung has a bound',
      'end the table with max null',
    );
  return found;
}
