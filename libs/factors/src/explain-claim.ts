/**
 * A claim such as "300,000 kWh is 140 t" against every official electricity factor of its place and time. A claim is
 * reproducible when some factor gives it to the last digit it was written with; nothing else is.
 */
import type { Period } from '#lib/evidence';
import {
  compare,
  convert,
  dimensionOf,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  type Quantity,
  QuantityError,
  type Rational,
  subtract,
} from '#lib/quantity';
import { CN_AREAS } from './cn-electricity.ts';
import { FactorsError } from './errors.ts';
import type { FactorTable } from './factor-table.ts';
import type { Factor } from './record.ts';
import { isRegion, regionsAround } from './region.ts';

export interface ClaimMatch {
  readonly key: string;
  readonly factor: Factor;
  /** What the factor gives for the stated activity: tonnes, 3 decimals; null without an activity. */
  readonly tonnes: string | null;
  /** What activity the claim would need: kWh, no decimals. */
  readonly kWh: string;
}

export type ClaimCode =
  | 'claim/reproducible'
  | 'claim/not-reproducible'
  /** No activity is stated: every factor fits some activity, so nothing is shown. */
  | 'claim/no-activity'
  /** No official factor for that place and time. */
  | 'claim/no-factor';

export interface ClaimExplanation {
  readonly code: ClaimCode;
  /** kg per kWh the claim implies, 6 decimals; null without an activity. */
  readonly implied: string | null;
  /** Factors that give the claimed figure. */
  readonly matches: readonly ClaimMatch[];
  /** Every official factor of the place and time, nearest place first, then by year and short name. */
  readonly candidates: readonly ClaimMatch[];
  /** Lowest and highest of the candidates, tonnes; null without an activity or candidates. */
  readonly range: { readonly low: string; readonly high: string } | null;
  /** Percent the claim lies from the nearest end of the range, 1 decimal, signed; null inside it. */
  readonly off: string | null;
  /** Factors of other places or times that would give the figure: a hint at the mistake, no evidence. */
  readonly elsewhere: readonly ClaimMatch[];
}

const GRID_KEYS = new Set(
  CN_AREAS.filter(({ level }) => level !== 'source').flatMap(({ key, values, kind }) =>
    values.map((_, at) => `${key}-${(kind === 'carbon_footprint_factor' ? 2023 : 2021) + at}`),
  ),
);

/**
 * @param place ISO 3166 code or grid region, e.g. CN-ZJ
 * @param period when the electricity was used, or null if the claim does not say: then every year counts
 * @throws {FactorsError} factors/malformed-claim with the pointer
 */
export function explainClaim(
  activity: Quantity | null,
  claimed: { readonly value: string; readonly unit: 't' | 'kg' },
  place: string,
  period: Period | null,
  table: FactorTable,
): ClaimExplanation {
  const kWh = activity === null ? null : energy(activity);
  const kg = amount(claimed);
  if (!isRegion(place)) throw malformed('/place', `${JSON.stringify(place)} is no place`);
  const grids = [...table].filter(([key]) => GRID_KEYS.has(key) || /^(ember|eea)-/.test(key));
  const around = regionsAround(place).filter((each) => each !== 'GLO');
  const fits = (factor: Factor): boolean => around.includes(factor.region) && within(factor, period);
  const toMatch = ([key, factor]: readonly [string, Factor]): ClaimMatch => {
    const value = parseDecimal(factor.value);
    return {
      key,
      factor,
      tonnes: kWh === null ? null : tonnes(multiply(kWh, value)),
      kWh: formatDecimal(divide(kg, value), 0),
    };
  };
  const inPlace = grids
    .filter(([key, factor]) => fits(factor) && !(around.includes('CN') && key.startsWith('ember-')))
    .sort(
      ([a, x], [b, y]) =>
        around.indexOf(x.region) - around.indexOf(y.region) ||
        Number(x.year) - Number(y.year) ||
        (a < b ? -1 : 1),
    );
  const candidates = inPlace.map(toMatch);
  const base = { candidates, matches: [], elsewhere: [], range: null, off: null, implied: null };
  if (kWh === null) return { ...base, code: 'claim/no-activity' };
  const implied = formatDecimal(divide(kg, kWh), 6);
  const gives = ([, factor]: readonly [string, Factor]): boolean =>
    matches(multiply(kWh, parseDecimal(factor.value)), claimed);
  const elsewhere = grids.filter((each) => !inPlace.includes(each) && gives(each)).map(toMatch);
  if (inPlace.length === 0) return { ...base, code: 'claim/no-factor', implied, elsewhere };
  const found = inPlace.filter(gives).map(toMatch);
  const sorted = inPlace
    .map(([, factor]) => multiply(kWh, parseDecimal(factor.value)))
    .sort((a, b) => compare(a, b));
  const low = sorted[0] as Rational;
  const high = sorted.at(-1) as Rational;
  const end = compare(kg, low) < 0 ? low : compare(kg, high) > 0 ? high : null;
  return {
    code: found.length > 0 ? 'claim/reproducible' : 'claim/not-reproducible',
    implied,
    matches: found,
    candidates,
    range: { low: tonnes(low), high: tonnes(high) },
    off: end === null ? null : formatDecimal(divide(multiply(subtract(kg, end), { n: 100n, d: 1n }), end), 1),
    elsewhere,
  };
}

const tonnes = (kg: Rational): string => formatDecimal(divide(kg, { n: 1000n, d: 1n }), 3);

/** Half a unit of the last digit written: 140 t stands for 139.5 to 140.5. */
function matches(
  kg: Rational,
  { value, unit }: { readonly value: string; readonly unit: 't' | 'kg' },
): boolean {
  const seen = unit === 't' ? divide(kg, { n: 1000n, d: 1n }) : kg;
  const difference = subtract(seen, parseDecimal(value));
  const magnitude = difference.n < 0n ? { n: -difference.n, d: difference.d } : difference;
  return compare(magnitude, { n: 1n, d: 2n * 10n ** BigInt((value.split('.')[1] ?? '').length) }) <= 0;
}

function within(factor: Factor, period: Period | null): boolean {
  if (period === null) return true;
  const { start, end } = factor.period ?? {
    start: `${factor.year}-01-01T00:00:00Z`,
    end: `${Number(factor.year) + 1}-01-01T00:00:00Z`,
  };
  return start < period.end && period.start < end;
}

function energy({ value, unit }: Quantity): Rational {
  const number = decimal(value, '/activity/value');
  if (dimensionOf(unit) !== 'energy') throw malformed('/activity/unit', `${unit} is no energy`);
  if (number.n <= 0n) throw malformed('/activity/value', `${value} is not above zero`);
  return convert(number, unit, 'kWh');
}

function amount({ value, unit }: { readonly value: string; readonly unit: 't' | 'kg' }): Rational {
  const number = decimal(value, '/claimed/value');
  if (unit !== 't' && unit !== 'kg') throw malformed('/claimed/unit', `${unit} is neither t nor kg`);
  if (number.n <= 0n) throw malformed('/claimed/value', `${value} is not above zero`);
  return convert(number, unit, 'kg');
}

function decimal(value: string, place: string): Rational {
  try {
    return parseDecimal(value);
  } catch (cause) {
    if (cause instanceof QuantityError) throw malformed(place, cause.message, { cause });
    throw cause;
  }
}

const malformed = (place: string, message: string, options?: ErrorOptions): FactorsError =>
  new FactorsError(
    'factors/malformed-claim',
    place,
    message,
    'state the electricity, the emissions in t or kg, the place and the time',
    options,
  );
