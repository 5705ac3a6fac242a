/**
 * Global warming potentials over 100 years, kg CO2e per kg of gas, as the assessment reports of the IPCC print them.
 * Source: openclimatedata/globalwarmingpotentials (CC0). The split of CH4 by origin: AR5 WGI table 8.A.1 and
 * AR6 WGI table 7.15, second-hand; sets before AR5 do not split it.
 */
import { add, multiply, parseDecimal, type Rational, subtract, sum } from '#lib/quantity';
import { FactorsError } from './errors.ts';
import type { Factor, FactorGases } from './record.ts';

export const GWP_REPORTS = ['SAR', 'TAR', 'AR4', 'AR5', 'AR6'] as const;
export type GwpReport = (typeof GWP_REPORTS)[number];

const row = (sar: string, tar: string, ar4: string, ar5: string, ar6: string) =>
  ({ SAR: sar, TAR: tar, AR4: ar4, AR5: ar5, AR6: ar6 }) as const;

// An empty text is a value the report does not give; it is never 0.
const GASES = {
  CO2: row('1', '1', '1', '1', '1'),
  CH4: row('21', '23', '25', '28', '27.9'),
  'CH4-fossil': row('', '', '', '30', '29.8'),
  'CH4-biogenic': row('', '', '', '28', '27.0'),
  N2O: row('310', '296', '298', '265', '273'),
  SF6: row('23900', '22200', '22800', '23500', '25200'),
  NF3: row('', '10800', '17200', '16100', '17400'),
  'HFC-23': row('11700', '12000', '14800', '12400', '14600'),
  'HFC-32': row('650', '550', '675', '677', '771'),
  'HFC-125': row('2800', '3400', '3500', '3170', '3740'),
  'HFC-134a': row('1300', '1300', '1430', '1300', '1530'),
  'HFC-143a': row('3800', '4300', '4470', '4800', '5810'),
  'HFC-152a': row('140', '120', '124', '138', '164'),
  'HFC-227ea': row('2900', '3500', '3220', '3350', '3600'),
  'HFC-236fa': row('6300', '9400', '9810', '8060', '8690'),
  'HFC-245fa': row('', '950', '1030', '858', '962'),
  'HFC-365mfc': row('', '890', '794', '804', '914'),
  'HFC-43-10mee': row('1300', '1500', '1640', '1650', '1600'),
  'HCFC-22': row('1500', '1700', '1810', '1760', '1960'),
  'PFC-14': row('6500', '5700', '7390', '6630', '7380'),
  'PFC-116': row('9200', '11900', '12200', '11100', '12400'),
} as const;

export type Gas = keyof typeof GASES;
export const GAS_NAMES = Object.keys(GASES) as readonly Gas[];

/** @throws {FactorsError} factors/no-gases where the report gives no value */
export function gwpOf(gas: Gas, report: GwpReport): Rational {
  const value = GASES[gas][report];
  if (value === '')
    throw new FactorsError(
      'factors/no-gases',
      '',
      `${report} gives no potential for ${gas}`,
      'name a report that does',
    );
  return parseDecimal(value);
}

/** CO2 + CH4 × GWP + N2O × GWP, unrounded. CH4 takes the potential that does not ask for its origin. */
export const gasTotal = (gases: FactorGases, report: GwpReport): Rational =>
  sum((['CO2', 'CH4', 'N2O'] as const).map((gas) => multiply(parseDecimal(gases[gas]), gwpOf(gas, report))));

/**
 * The factor's value under another report: what it states, and the difference that its gases make, exact. What the
 * publisher rounded away stays away, so a record cannot change by more than its gases allow.
 * Null where amounts per gas or the report behind the value are not known.
 */
export function valueUnder({ value, gwp, gases }: Factor, report: GwpReport): Rational | null {
  if (gases === null || gwp === 'not-stated') return null;
  return add(parseDecimal(value), subtract(gasTotal(gases, report), gasTotal(gases, gwp)));
}
