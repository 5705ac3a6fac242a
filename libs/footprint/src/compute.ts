/**
 * The product carbon footprint: attributional, cradle to gate, one number per declared unit.
 *
 *   amount_i  = quantity_i × Σ factor_ij          (quantity in the factor's unit; direct + upstream, or life cycle)
 *   product   = Σ amount_i / Σ output_l           (i inside the boundary, l over the lines: output-weighted)
 *   line l    = Σ amount_i × part_il / output_l   (part: 1 on the own line, else by pieces or metered electricity)
 *
 * Exact inside; each printed figure is rounded once, half away from zero.
 */
import {
  divide,
  formatDecimal,
  formatExact,
  multiply,
  placesFor,
  type Rational,
  sum,
  ZERO,
} from '#lib/quantity';
import { describeFacility, type Facility, inUnit, type LineFacts } from './allocation.ts';
import { FootprintError } from './errors.ts';
import { findGaps } from './gaps.ts';
import { type ReadActivity, type ReadInput, readInput } from './input.ts';
import {
  type FootprintInput,
  type FootprintResult,
  type LineResult,
  STAGES,
  type Stage,
  type WorkingLine,
} from './model.ts';
import { type Contribution, gradesOf, percentOf, sharesOf } from './shares.ts';

/** Name and version of the method this file implements. The method's id is the hash of its built file. */
export const METHOD = { name: 'anchorleaf-product-footprint', version: '1.0.0' } as const;

/** Per-unit figures carry as many decimals as give the product number six significant digits, at most 12. */
const SIGNIFICANT_DIGITS = 6;
const MOST_PLACES = 12;
/** Totals in the working are printed to the milligram. */
const TOTAL_PLACES = 6;

interface Burden {
  readonly activity: ReadActivity;
  readonly stage: Stage;
  /** Signed, kgCO2e, one per factor; null for a missing quantity. */
  readonly parts: readonly Rational[] | null;
  readonly total: Rational;
}

/**
 * Computes the footprint of `input`, pure and deterministic: equal inputs give equal bytes in every engine.
 * @throws {FootprintError} see {@link FootprintErrorCode}; the input is untrusted
 */
export function computeFootprint(input: FootprintInput): FootprintResult {
  const read = readInput(input);
  const facility = describeFacility(read);
  const burdens = read.activities.flatMap((activity) => burdenOf(activity));
  const inside = burdens.filter((burden) => burden.stage !== 'outbound-transport');
  const outside = burdens.filter((burden) => burden.stage === 'outbound-transport');
  const total = totalOf(inside);
  const perUnit = divide(total, facility.output);
  const places = placesFor(perUnit, SIGNIFICANT_DIGITS, MOST_PLACES);
  const figure = (kgCO2e: Rational): string => formatDecimal(divide(kgCO2e, facility.output), places);

  const contributions = inside.flatMap(contributionsOf);
  const gwpSets = [...new Set(burdens.flatMap(contributionsOf).map((each) => each.factor.record.gwp))].sort();
  return {
    format: 'anchorleaf-footprint-result/v1',
    method: METHOD,
    perUnit: { value: figure(total), unit: 'kgCO2e', per: declaredUnitText(read) },
    boundary: 'cradle-to-gate',
    stages: STAGES.flatMap((stage) => {
      const members = inside.filter((burden) => burden.stage === stage);
      if (members.length === 0) return [];
      const amount = totalOf(members);
      return [{ stage, perUnit: figure(amount), share: percentOf(amount, total) }];
    }),
    outbound: outside.length === 0 ? null : { perUnit: figure(totalOf(outside)) },
    lines: lineResults(read, facility, inside, places),
    unallocatedElectricity:
      facility.unallocated === null ? null : percentOf(facility.unallocated, { n: 1n, d: 1n }),
    working: burdens.map((burden) => workingLine(burden, figure, total)),
    shares: sharesOf(contributions),
    factorGrades: gradesOf(contributions),
    gwpSets,
    gaps: findGaps(read, facility.unallocated, gwpSets),
    range: { known: false },
  };
}

function burdenOf(activity: ReadActivity): Burden[] {
  const { stage, role } = activity.record;
  if (stage === null) return [];
  if (activity.amount === null) return [{ activity, stage, parts: null, total: ZERO }];
  const sign = role === 'credit' ? -1n : 1n;
  const parts = activity.factors.map((factor) => {
    const amount = multiply(inUnit(activity, factor.perUnit), factor.value);
    return { n: sign * amount.n, d: amount.d };
  });
  return [{ activity, stage, parts, total: sum(parts) }];
}

const totalOf = (burdens: readonly Burden[]): Rational => sum(burdens.map((burden) => burden.total));

function contributionsOf({ activity, parts }: Burden): Contribution[] {
  if (parts === null) return [];
  return activity.factors.map((factor, at) => ({ activity, factor, kgCO2e: parts[at] ?? ZERO }));
}

function lineResults(
  read: ReadInput,
  facility: Facility,
  inside: readonly Burden[],
  places: number,
): LineResult[] {
  const perUnit = facility.lines.map((facts) =>
    facts.ownKWh === null ? null : divide(facts.ownKWh, facts.output),
  );
  const metered = perUnit.filter((each) => each !== null);
  const best = metered.length === 0 ? null : metered.reduce((a, b) => (a.n * b.d <= b.n * a.d ? a : b));
  return facility.lines.map((facts, at) => {
    const amount = sum(inside.map((burden) => multiply(burden.total, partOf(burden, facts))));
    const electricity = perUnit[at] ?? null;
    return {
      line: facts.line,
      output: {
        value: plain(multiply(facts.output, read.declaredUnit.value)),
        unit: read.declaredUnit.unit,
      },
      perUnit: formatDecimal(divide(amount, facts.output), places),
      electricityPerUnit:
        electricity === null
          ? null
          : {
              value: formatDecimal(electricity, placesFor(electricity, SIGNIFICANT_DIGITS, MOST_PLACES)),
              unit: 'kWh',
            },
      electricityAboveBest:
        electricity === null || best === null || best.n === 0n
          ? null
          : percentOf(
              { n: electricity.n * best.d - best.n * electricity.d, d: electricity.d * best.d },
              best,
            ),
    };
  });
}

function partOf({ activity }: Burden, facts: LineFacts): Rational {
  const { line } = activity.record;
  if (line !== 'shared') return { n: line === facts.line ? 1n : 0n, d: 1n };
  if (activity.allocation === 'pieces') return facts.outputPart;
  if (facts.electricityPart === null) {
    throw new FootprintError(
      'footprint/no-metered-use',
      `/activities/${activity.index}/allocation`,
      'allocation by electricity use needs line meters with a reading; allocate by pieces or import the meters',
    );
  }
  return facts.electricityPart;
}

function workingLine(
  { activity, stage, parts, total }: Burden,
  figure: (kg: Rational) => string,
  whole: Rational,
): WorkingLine {
  const { record } = activity;
  return {
    activity: record.activity,
    stage,
    line: record.line,
    allocation: record.allocation,
    factors: record.factors,
    amount:
      parts === null
        ? null
        : {
            kgCO2e: formatDecimal(total, TOTAL_PLACES),
            byFactor: parts.map((part) => formatDecimal(part, TOTAL_PLACES)),
            perUnit: figure(total),
            share: stage === 'outbound-transport' ? null : percentOf(total, whole),
          },
  };
}

/** At most six decimals, without trailing zeros. */
const plain = (value: Rational): string => formatDecimal(value, TOTAL_PLACES).replace(/\.?0+$/, '');

const declaredUnitText = ({ declaredUnit }: ReadInput): string =>
  `${formatExact(declaredUnit.value)} ${declaredUnit.unit}`;
