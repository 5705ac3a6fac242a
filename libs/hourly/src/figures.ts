/**
 * Three figures of one consumption that are never mixed: the headline by the official annual life-cycle factor, an
 * hourly figure that stands second under its label, and a contractual one where certificates or contracts exist.
 */
import { add, formatDecimal, formatExact, multiply, placesFor, type Rational, ZERO } from '#lib/quantity';
import { Claims } from './claims.ts';
import type { CoverageReport } from './coverage.ts';
import { type EnergyGrid, kWhOf, showKWh } from './energy.ts';
import { HourlyError } from './errors.ts';
import type { FactorGrid, FallbackReason } from './factor-grid.ts';
import { factorSetId, type SetVerdict } from './factor-set.ts';
import type { MeterReport } from './meter-book.ts';
import {
  type ElectricityFactor,
  type Instrument,
  lifeCycleValue,
  type MatchedInstrument,
  matchInstruments,
  quartersOf,
} from './origin.ts';
import { type PeriodText, showInstant, showSpan } from './span.ts';

export const FIGURES_FORMAT = 'anchorleaf-electricity-figures/v1';

type Names = { readonly zh: string; readonly en: string };

export interface SelfUse {
  /** Quarters of a mWh for each quarter hour: `selfUseOf`. */
  readonly cells: Float64Array;
  /** Life-cycle factor of the roof; null: not known, so the annual factor stands, and never 0. */
  readonly factor: ElectricityFactor | null;
  /** Certificates of this generation that went to somebody else. */
  readonly soldCertificates: readonly { readonly id: string; readonly kWh: string }[];
}

export interface ElectricityInput {
  /** Zone of the meters, as the factor set names it. */
  readonly zone: string;
  /** Taken from the grid. */
  readonly grid: EnergyGrid;
  readonly meters: readonly MeterReport[];
  readonly annual: ElectricityFactor;
  readonly hourly: { readonly factors: FactorGrid; readonly verdict: SetVerdict } | null;
  readonly selfUse: SelfUse | null;
  readonly instruments: readonly Instrument[];
  /** Earlier uses; this call adds its own. */
  readonly claims: Claims;
}

export interface Amount {
  readonly kWh: string;
  readonly kgCO2e: string;
}

export interface HourlyFigure {
  readonly basis: 'hourly';
  readonly place: 'second';
  readonly label: Names;
  readonly kg: string;
  readonly gases: 'CO2e' | 'CO2 only';
  readonly shown: string;
  readonly range: 'not-known';
  readonly set: {
    readonly id: string;
    readonly zone: string;
    readonly kind: string;
    readonly provider: string;
    readonly source: string;
    readonly licence: string;
    readonly grade: string;
    readonly signature: SetVerdict;
  };
  readonly byHour: { readonly kWh: string; readonly kg: string };
  /** Hours without a usable factor, at the annual life-cycle factor; nothing is interpolated. */
  readonly fallback: {
    readonly kWh: string;
    readonly kg: string;
    readonly sharePercent: string;
    readonly byReason: Readonly<Partial<Record<FallbackReason, string>>>;
  };
  /** Energy of meter intervals longer than the factor's: spread evenly inside that one interval. */
  readonly splitKWh: string;
  readonly coverage: CoverageReport;
  /** What would have to hold before such a figure could stand first. */
  readonly criteria: {
    readonly lifeCycle: boolean;
    readonly gwpStated: boolean;
    readonly signed: boolean;
    readonly noFallback: boolean;
  };
  readonly notes: readonly string[];
}

export interface ElectricityFigures {
  readonly format: typeof FIGURES_FORMAT;
  readonly period: PeriodText;
  readonly gridKWh: string;
  readonly selfUseKWh: string;
  readonly headline: Amount & {
    readonly basis: 'annual-life-cycle';
    readonly place: 'first';
    readonly label: Names;
    readonly factor: string;
    readonly shown: string;
    readonly range: 'not-known';
  };
  readonly selfUse: (Amount & { readonly factor: string | null; readonly soldKWh: string }) | null;
  readonly hourly: HourlyFigure | null;
  readonly contractual: {
    readonly basis: 'contractual';
    readonly place: 'third';
    readonly label: Names;
    readonly instruments: readonly MatchedInstrument[];
    readonly rest: Amount;
    readonly kgCO2e: string;
    readonly notes: readonly string[];
  } | null;
  /** False while any meter lacks an interval, a value or a word about its zeros: the figures speak of what was read. */
  readonly metersComplete: boolean;
  readonly notes: readonly string[];
}

const LABELS = {
  headline: { zh: '官方年度生命周期因子', en: 'official annual life-cycle factor' },
  hourly: {
    zh: '分时因子（第二数值，不替代年度数值）',
    en: 'hourly factors (a second figure, not in place of the annual one)',
  },
  contractual: {
    zh: '按绿证与绿电合同（另列，不替代年度数值）',
    en: 'by certificates and contracts (apart, not in place of the annual one)',
  },
} as const;

/** @throws {HourlyError} */
export function computeFigures(input: ElectricityInput): ElectricityFigures {
  const annual = lifeCycleValue(input.annual, '/annual');
  const gridQuarters = input.grid.total();
  const roof = ownRoof(input.selfUse, annual, input.claims);
  const gridKg = multiply(kWhOf(gridQuarters), annual);
  const headlineKg = add(gridKg, roof.kg);
  // Nobody's report is no complete one.
  const metersComplete = input.meters.length > 0 && input.meters.every(({ coverage }) => coverage.complete);
  const notes = [
    ...roof.notes,
    ...(input.annual.region === input.zone ? [] : ['hourly/annual-factor-of-a-wider-region']),
    ...(input.annual.year === middleYear(input.grid) ? [] : ['hourly/annual-factor-of-another-year']),
    ...(input.annual.grade === 'official' ? [] : ['hourly/annual-factor-not-official']),
    ...(metersComplete ? [] : ['hourly/meters-incomplete']),
  ];
  return {
    format: FIGURES_FORMAT,
    period: showSpan(input.grid.span),
    gridKWh: showKWh(gridQuarters),
    selfUseKWh: showKWh(roof.quarters),
    headline: {
      basis: 'annual-life-cycle',
      place: 'first',
      label: LABELS.headline,
      kWh: showKWh(gridQuarters + roof.quarters),
      kgCO2e: formatExact(headlineKg),
      factor: input.annual.id,
      shown: threeDigits(headlineKg),
      range: 'not-known',
    },
    selfUse:
      input.selfUse === null
        ? null
        : {
            kWh: showKWh(roof.quarters),
            kgCO2e: formatExact(roof.kg),
            factor: input.selfUse.factor?.id ?? null,
            soldKWh: showKWh(roof.sold),
          },
    hourly: input.hourly === null ? null : hourlyFigure(input, input.hourly, annual, roof.kg),
    contractual: contractual(input, annual, roof.kg),
    metersComplete,
    notes,
  };
}

/** The calendar year that most of the period lies in. */
const middleYear = ({ span }: EnergyGrid): string =>
  showInstant(Math.floor((span.start + span.end) / 2)).slice(0, 4);

function ownRoof(selfUse: SelfUse | null, annual: Rational, claims: Claims) {
  if (selfUse === null) return { quarters: 0n, sold: 0n, kg: ZERO, notes: [] as string[] };
  let quarters = 0n;
  for (const cell of selfUse.cells) quarters += BigInt(cell);
  let sold = 0n;
  for (const [at, { id, kWh }] of selfUse.soldCertificates.entries()) {
    claims.use('certificate', id, `/selfUse/soldCertificates/${at}`);
    sold += quartersOf(kWh, `/selfUse/soldCertificates/${at}/kWh`);
  }
  // What was sold as green is not green here; what was fed out may have carried some of it, which is not known.
  const gone = sold < quarters ? sold : quarters;
  const own = selfUse.factor === null ? annual : lifeCycleValue(selfUse.factor, '/selfUse/factor');
  return {
    quarters,
    sold: gone,
    kg: add(multiply(kWhOf(quarters - gone), own), multiply(kWhOf(gone), annual)),
    notes: [
      ...(selfUse.factor === null ? ['hourly/self-use-without-factor'] : []),
      ...(gone > 0n ? ['hourly/self-use-sold-as-green'] : []),
    ],
  };
}

function hourlyFigure(
  input: ElectricityInput,
  { factors, verdict }: NonNullable<ElectricityInput['hourly']>,
  annual: Rational,
  roofKg: Rational,
): HourlyFigure {
  const { set } = factors;
  refuseSet(input, factors, verdict);
  let scaledKg = 0n;
  let byHour = 0n;
  let fallback = 0n;
  const byReason = new Map<FallbackReason, bigint>();
  const { cells } = input.grid;
  for (let cell = 0; cell < cells.length; cell += 1) {
    const energy = cells[cell]!;
    if (energy === 0) continue;
    const quarters = BigInt(energy);
    if (factors.usable[cell] === 1) {
      byHour += quarters;
      scaledKg += quarters * factors.scaled[cell]!;
      continue;
    }
    const reason = factors.reasonOf(cell);
    fallback += quarters;
    byReason.set(reason, (byReason.get(reason) ?? 0n) + quarters);
  }
  const hourKg: Rational = { n: scaledKg, d: 4_000_000n * 10n ** BigInt(factors.places) };
  const fallbackKg = multiply(kWhOf(fallback), annual);
  const kg = add(add(hourKg, fallbackKg), roofKg);
  const lifeCycle = set.kind === 'life-cycle';
  const total = byHour + fallback;
  const phase = ((factors.phase * 900) % factors.seconds) / 900;
  return {
    basis: 'hourly',
    place: 'second',
    label: LABELS.hourly,
    kg: formatExact(kg),
    gases: set.unit.includes('CO2e') ? 'CO2e' : 'CO2 only',
    shown: threeDigits(kg),
    range: 'not-known',
    set: {
      id: factorSetId(set),
      zone: set.zone,
      kind: set.kind,
      provider: set.provider.name,
      source: set.source,
      licence: set.licence,
      grade: set.grade,
      signature: verdict,
    },
    byHour: { kWh: showKWh(byHour), kg: formatExact(hourKg) },
    fallback: {
      kWh: showKWh(fallback),
      kg: formatExact(fallbackKg),
      sharePercent: total === 0n ? '0.0' : formatDecimal({ n: fallback * 100n, d: total }, 1),
      byReason: Object.fromEntries(
        [...byReason]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([reason, quarters]) => [reason, showKWh(quarters)]),
      ),
    },
    splitKWh: showKWh(input.grid.splitBy(factors.seconds, phase)),
    coverage: factors.coverage,
    criteria: {
      lifeCycle,
      gwpStated: set.gwp !== 'not-stated',
      signed: verdict === 'valid',
      noFallback: fallback === 0n,
    },
    notes: [
      ...(lifeCycle ? [] : ['hourly/upstream-not-in-the-hourly-part']),
      ...(fallback > 0n && !lifeCycle ? ['hourly/kinds-mixed-by-fallback'] : []),
      ...(verdict === 'valid' ? [] : [`hourly/set-${verdict}`]),
    ],
  };
}

function refuseSet(input: ElectricityInput, { set, span }: FactorGrid, verdict: SetVerdict): void {
  if (verdict === 'invalid') {
    throw new HourlyError(
      'hourly/bad-signature',
      '/hourly/set/signature',
      `the signature under the set of ${set.provider.name} is wrong`,
      'take the set from its provider again',
    );
  }
  if (set.kind === 'inventory-co2') {
    throw new HourlyError(
      'hourly/inventory-factor',
      '/hourly/set/kind',
      'hourly inventory factors of CO2 are refused in a product footprint',
      'use a set of kind life-cycle or direct',
    );
  }
  if (set.zone !== input.zone) {
    throw new HourlyError(
      'hourly/zone-mismatch',
      '/hourly/set/zone',
      `the set is of ${set.zone}, the meters are in ${input.zone}`,
      'use a set of the zone of the meters',
    );
  }
  if (span.start !== input.grid.span.start || span.end !== input.grid.span.end) {
    throw new HourlyError(
      'hourly/malformed-period',
      '/hourly',
      'factors and meters are laid over two periods',
      'lay both over one',
    );
  }
}

function contractual(
  input: ElectricityInput,
  annual: Rational,
  roofKg: Rational,
): ElectricityFigures['contractual'] {
  if (input.instruments.length === 0) return null;
  const { instruments, matched, kg } = matchInstruments(input.grid, input.instruments, annual, input.claims);
  const restQuarters = input.grid.total() - matched;
  const restKg = multiply(kWhOf(restQuarters), annual);
  return {
    basis: 'contractual',
    place: 'third',
    label: LABELS.contractual,
    instruments,
    rest: { kWh: showKWh(restQuarters), kgCO2e: formatExact(restKg) },
    kgCO2e: formatExact(add(add(kg, restKg), roofKg)),
    notes: [
      // The average already holds the green power that was sold; a residual mix of China is not loaded.
      'hourly/rest-at-the-annual-average',
      ...(instruments.some(({ matching }) => matching === 'annual')
        ? ['hourly/matched-by-the-year-not-the-hour']
        : []),
      ...(instruments.some(({ factor }) => factor === null) ? ['hourly/green-without-factor'] : []),
    ],
  };
}

/** At most three significant digits, half away from zero: what a page shows. */
export function threeDigits(value: Rational): string {
  const whole = formatDecimal(value, 0).replace('-', '').length;
  if (whole <= 3) return formatDecimal(value, placesFor(value, 3, 12));
  const power = 10n ** BigInt(whole - 3);
  return formatExact(
    multiply({ n: BigInt(formatDecimal({ n: value.n, d: value.d * power }, 0)), d: 1n }, { n: power, d: 1n }),
  );
}
