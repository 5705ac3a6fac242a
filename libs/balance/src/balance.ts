/**
 * The facility-year balance, which a verification body asks for first: what came in is what went out, and the part
 * nobody can explain is printed with its sign.
 */
import type { Claim, PeriodText } from '#lib/hourly';
import {
  add,
  compare,
  formatDecimal,
  multiply,
  type Rational,
  rational,
  subtract,
  type Unit,
  ZERO,
} from '#lib/quantity';
import { decimalAt, type Sum, show, sumOf, type Term } from './amount.ts';
import { checkShape, type FacilityYear, type Named, useOnce } from './facility-year.ts';

/** Shares above which a difference needs a word. Data: another table may be loaded. */
export interface BalanceThresholds {
  readonly id: string;
  readonly validFrom: string;
  readonly source: string;
  readonly percent: {
    readonly electricity: string;
    readonly stock: string;
    readonly mass: string;
    readonly batches: string;
  };
}

export const BALANCE_THRESHOLDS: BalanceThresholds = {
  id: 'anchorleaf-balance-thresholds-1',
  validFrom: '2026-01-01',
  source: 'chosen by this product; no standard we have read gives a figure',
  percent: { electricity: '5', stock: '2', mass: '3', batches: '1' },
};

export interface BalanceCheck {
  readonly check: 'electricity' | 'stock' | 'mass' | 'batches';
  readonly name: string;
  readonly place: string;
  readonly unit: string;
  /** Bills and self-use; opening + purchases − closing; inputs; yearly output. Null where something is missing. */
  readonly supplied: string | null;
  /** Line meters and shared loads; recorded use; product + scrap + waste; sum of the batches. */
  readonly accounted: string | null;
  /** supplied − accounted: what is unallocated. Below 0, more is accounted for than came in. */
  readonly unexplained: string | null;
  /** Of what was supplied, two decimals, half away from zero; null where nothing was supplied or something is missing. */
  readonly unexplainedPercent: string | null;
  readonly thresholdPercent: string;
  readonly verdict: 'within' | 'above' | 'unknown';
  readonly missing: readonly string[];
  readonly estimated: readonly string[];
}

export interface FacilityBalance {
  readonly format: 'anchorleaf-facility-balance/v1';
  readonly facility: string;
  readonly period: PeriodText;
  readonly thresholds: string;
  readonly checks: readonly BalanceCheck[];
  /** `unknown` as soon as one check is, unless one is above. */
  readonly verdict: BalanceCheck['verdict'];
  readonly electricityKWh: { readonly bills: string | null; readonly selfUse: string | null };
  readonly certificatesKWh: string;
  readonly uses: readonly Claim[];
}

/**
 * @param earlier bills, vouchers and certificates used before, in other years or for other products
 * @throws {BalanceError}
 */
export function computeBalance(
  year: FacilityYear,
  earlier: readonly Claim[] = [],
  thresholds: BalanceThresholds = BALANCE_THRESHOLDS,
): FacilityBalance {
  checkShape(year);
  const uses = useOnce(year, earlier);
  const { electricity } = year;
  const bills = sumOf(terms(electricity.bills, '/electricity/bills'), 'kWh', '/electricity/bills');
  const selfUse = sumOf([{ place: '/electricity/selfUse', amount: electricity.selfUse }], 'kWh', '');
  const limit = (check: BalanceCheck['check']) => ({ check, percent: thresholds.percent[check] });
  const checks: BalanceCheck[] = [
    close({
      ...limit('electricity'),
      name: year.facility,
      place: '/electricity',
      unit: 'kWh',
      supplied: plus(bills, selfUse),
      accounted: plus(
        sumOf(terms(electricity.lineMeters, '/electricity/lineMeters'), 'kWh', '/electricity/lineMeters'),
        sumOf(terms(electricity.sharedLoads, '/electricity/sharedLoads'), 'kWh', '/electricity/sharedLoads'),
      ),
    }),
    ...year.stocks.map((stock, at) => {
      const place = `/stocks/${at}`;
      const unit = stock.unit as Unit;
      const one = (key: 'opening' | 'closing' | 'use') =>
        sumOf([{ place: `${place}/${key}`, amount: stock[key] }], unit, '');
      const bought = sumOf(terms(stock.purchases, `${place}/purchases`), unit, `${place}/purchases`);
      return close({
        ...limit('stock'),
        name: stock.item,
        place,
        unit,
        supplied: minus(plus(one('opening'), bought), one('closing')),
        accounted: one('use'),
      });
    }),
    ...year.masses.map((mass, at) => {
      const place = `/masses/${at}`;
      const one = (key: 'scrap' | 'waste') =>
        sumOf([{ place: `${place}/${key}`, amount: mass[key] }], 'kg', '');
      return close({
        ...limit('mass'),
        name: mass.name,
        place,
        unit: 'kg',
        supplied: sumOf(terms(mass.inputs, `${place}/inputs`), 'kg', `${place}/inputs`),
        accounted: plus(
          plus(sumOf(terms(mass.products, `${place}/products`), 'kg', `${place}/products`), one('scrap')),
          one('waste'),
        ),
      });
    }),
    ...year.outputs.map((output, at) => {
      const place = `/outputs/${at}`;
      const unit = output.unit as Unit;
      return close({
        ...limit('batches'),
        name: output.product,
        place,
        unit,
        supplied: sumOf([{ place: `${place}/year`, amount: output.year }], unit, ''),
        accounted: sumOf(terms(output.batches, `${place}/batches`), unit, `${place}/batches`),
      });
    }),
  ];
  const certificates = year.certificates.map(({ kWh }, at) =>
    decimalAt(kWh, `/certificates/${at}/kWh`, 'balance/malformed-amount'),
  );
  return {
    format: 'anchorleaf-facility-balance/v1',
    facility: year.facility,
    period: year.period,
    thresholds: thresholds.id,
    checks,
    verdict: worst(checks),
    electricityKWh: { bills: shown(bills.value), selfUse: shown(selfUse.value) },
    certificatesKWh: show(certificates.reduce(add, ZERO)),
    uses,
  };
}

const terms = (list: readonly Named[], place: string): readonly Term[] =>
  list.map(({ amount }, at) => ({ place: `${place}/${at}/amount`, amount }));
const shown = (value: Rational | null): string | null => (value === null ? null : show(value));

function combine(a: Sum, b: Sum, with_: (x: Rational, y: Rational) => Rational): Sum {
  return {
    value: a.value === null || b.value === null ? null : with_(a.value, b.value),
    missing: [...a.missing, ...b.missing],
    estimated: [...a.estimated, ...b.estimated],
  };
}
const plus = (a: Sum, b: Sum): Sum => combine(a, b, add);
const minus = (a: Sum, b: Sum): Sum => combine(a, b, subtract);

function close(input: {
  readonly check: BalanceCheck['check'];
  readonly percent: string;
  readonly name: string;
  readonly place: string;
  readonly unit: string;
  readonly supplied: Sum;
  readonly accounted: Sum;
}): BalanceCheck {
  const { check, percent, name, place, unit, supplied, accounted } = input;
  const both = minus(supplied, accounted);
  const base = supplied.value;
  const threshold = decimalAt(percent, `/thresholds/percent/${check}`, 'balance/malformed-table');
  let share: Rational | null = null;
  if (both.value !== null && base !== null && compare(base, ZERO) > 0) {
    share = multiply(rational(both.value.n * base.d, both.value.d * base.n), rational(100n));
  }
  return {
    check,
    name,
    place,
    unit,
    supplied: shown(supplied.value),
    accounted: shown(accounted.value),
    unexplained: shown(both.value),
    unexplainedPercent: share === null ? null : formatDecimal(share, 2),
    thresholdPercent: percent,
    verdict: judge(both.value, share, threshold),
    missing: both.missing,
    estimated: both.estimated,
  };
}

function judge(
  difference: Rational | null,
  share: Rational | null,
  threshold: Rational,
): BalanceCheck['verdict'] {
  if (difference === null) return 'unknown';
  if (difference.n === 0n) return 'within';
  // Something accounted for of which nothing came in.
  if (share === null) return 'above';
  const size = share.n < 0n ? { n: -share.n, d: share.d } : share;
  return compare(size, threshold) <= 0 ? 'within' : 'above';
}

function worst(checks: readonly BalanceCheck[]): BalanceCheck['verdict'] {
  if (checks.some(({ verdict }) => verdict === 'above')) return 'above';
  return checks.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'within';
}
