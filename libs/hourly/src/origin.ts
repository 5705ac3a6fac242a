/**
 * Where the electricity came from: own roof, certificates, contracts. Each kilowatt hour is counted once. What a
 * certificate says belongs to its holder: self-use whose certificates were sold is grid electricity here.
 */
import { add, formatExact, multiply, parseDecimal, QuantityError, type Rational, ZERO } from '#lib/quantity';
import type { Claims } from './claims.ts';
import { type EnergyGrid, kWhOf, showKWh } from './energy.ts';
import { HourlyError } from './errors.ts';
import { CELL, type PeriodText, readInstant, readSpan, type Span, showInstant } from './span.ts';

/** Members of a factor record that are used here; a record of the registry fits. */
export interface ElectricityFactor {
  readonly id: string;
  readonly value: string;
  readonly unit: string;
  readonly kind: string;
  readonly gwp: string;
  readonly region: string;
  readonly year: string;
  readonly source: string;
  readonly grade: string;
}

/** @throws {HourlyError} hourly/headline-factor, hourly/inventory-factor */
export function lifeCycleValue(factor: ElectricityFactor, place: string): Rational {
  if (factor.kind === 'inventory-co2') {
    throw new HourlyError(
      'hourly/inventory-factor',
      place,
      `${factor.id} is an inventory factor of CO2; a product footprint needs the life cycle`,
      'use the life-cycle factor of the same place and year',
    );
  }
  if (factor.kind !== 'life-cycle' || factor.unit !== 'kgCO2e/kWh') {
    throw new HourlyError(
      'hourly/headline-factor',
      place,
      `${factor.id} is ${factor.kind} in ${factor.unit}, not life-cycle in kgCO2e/kWh`,
      'use the official annual life-cycle factor',
    );
  }
  return notBelowZero(factor.value, `${place}/value`);
}

/** Generation less what was fed out, quarter hour by quarter hour. @throws {HourlyError} hourly/export-exceeds-generation */
export function selfUseOf(generation: EnergyGrid, fedOut: EnergyGrid | null): Float64Array {
  return generation.cells.map((made, cell) => {
    const rest = made - (fedOut?.cells[cell] ?? 0);
    if (rest >= 0) return rest;
    throw new HourlyError(
      'hourly/export-exceeds-generation',
      showInstant(generation.span.start + cell * CELL),
      'more was fed out than generated in this quarter hour',
      'check which meter is which, and their clocks',
    );
  });
}

export interface Instrument {
  /** Number of the certificate, or of the settlement voucher of purchased green power. */
  readonly id: string;
  readonly kind: 'green-certificate' | 'green-power';
  readonly kWh: string;
  readonly generated: PeriodText;
  /** `hourly` needs the profile of its generation; `annual` matches the sum of the period, and is called so. */
  readonly matching: 'hourly' | 'annual';
  readonly profile: EnergyGrid | null;
  /** Certificates that come with purchased green power: the same kilowatt hours, so they count as used with it. */
  readonly bundled: readonly string[];
  /** Life-cycle factor of the source; null: not known, so the annual factor stands. */
  readonly factor: ElectricityFactor | null;
}

export interface MatchedInstrument {
  readonly id: string;
  readonly kind: Instrument['kind'];
  readonly matching: 'hourly' | 'annual';
  readonly matchedKWh: string;
  /** Bought, and no consumption left for it in the period (or in its hours): carried nowhere. */
  readonly unmatchedKWh: string;
  readonly kgCO2e: string;
  readonly factor: string | null;
}

export interface OriginResult {
  readonly instruments: readonly MatchedInstrument[];
  readonly matched: bigint;
  readonly kg: Rational;
}

/**
 * Matches instruments to consumption from the grid, hourly ones first.
 * @throws {HourlyError} hourly/used-twice, certificate-period, profile-mismatch, malformed-input
 */
export function matchInstruments(
  grid: EnergyGrid,
  instruments: readonly Instrument[],
  annual: Rational,
  claims: Claims,
): OriginResult {
  const rest = grid.cells.slice();
  let left = grid.total();
  const done = new Map<number, MatchedInstrument>();
  let kg = ZERO;
  let all = 0n;
  for (const [at, instrument] of instruments.entries()) claim(instrument, `/instruments/${at}`, claims);
  const order = [...instruments.keys()].sort(
    (a, b) => rank(instruments[a]!) - rank(instruments[b]!) || a - b,
  );
  for (const at of order) {
    const instrument = instruments[at]!;
    const place = `/instruments/${at}`;
    const bought = quartersOf(instrument.kWh, `${place}/kWh`);
    checkPeriod(instrument, grid.span, place);
    const matched =
      instrument.matching === 'hourly'
        ? takeByHour(rest, instrument, bought, grid.span, place)
        : least(bought, left);
    left -= matched;
    const value = instrument.factor === null ? annual : lifeCycleValue(instrument.factor, `${place}/factor`);
    const own = multiply(kWhOf(matched), value);
    kg = add(kg, own);
    all += matched;
    done.set(at, {
      id: instrument.id,
      kind: instrument.kind,
      matching: instrument.matching,
      matchedKWh: showKWh(matched),
      unmatchedKWh: showKWh(bought - matched),
      kgCO2e: formatExact(own),
      factor: instrument.factor?.id ?? null,
    });
  }
  return { instruments: instruments.map((_, at) => done.get(at)!), matched: all, kg };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const rank = ({ matching }: Instrument): number => (matching === 'hourly' ? 0 : 1);

function claim({ id, kind, bundled }: Instrument, place: string, claims: Claims): void {
  claims.use(kind === 'green-certificate' ? 'certificate' : 'voucher', id, `${place}/id`);
  for (const [at, certificate] of bundled.entries())
    claims.use('certificate', certificate, `${place}/bundled/${at}`);
}

/** Kilowatt hours as quarters of a mWh. @throws {HourlyError} hourly/malformed-input */
export function quartersOf(kWh: string, place: string): bigint {
  const { n, d } = notBelowZero(kWh, place);
  const quarters = (n * 4_000_000n) / d;
  if (quarters * d !== n * 4_000_000n) {
    throw new HourlyError(
      'hourly/malformed-input',
      place,
      `${kWh} kWh is finer than a quarter of a mWh`,
      'write the kWh as the document prints them',
    );
  }
  return quarters;
}

/** Generated inside the calendar years (UTC) that the period touches. */
function checkPeriod({ generated, id }: Instrument, span: Span, place: string): void {
  const { start, end } = readSpan(generated, `${place}/generated`);
  const year = (seconds: number) => showInstant(seconds).slice(0, 4);
  const first = readInstant(`${year(span.start)}-01-01T00:00:00Z`)!;
  const last = readInstant(`${Number(year(span.end - 1)) + 1}-01-01T00:00:00Z`)!;
  if (start >= first && end <= last) return;
  throw new HourlyError(
    'hourly/certificate-period',
    `${place}/generated`,
    `${id} was generated from ${generated.start} to ${generated.end}, the consumption is of ${year(span.start)}`,
    'use certificates of the year of the consumption',
  );
}

function takeByHour(
  rest: Float64Array,
  instrument: Instrument,
  bought: bigint,
  span: Span,
  place: string,
): bigint {
  const { profile } = instrument;
  if (
    profile === null ||
    profile.span.start !== span.start ||
    profile.span.end !== span.end ||
    profile.total() !== bought
  ) {
    throw new HourlyError(
      'hourly/profile-mismatch',
      `${place}/profile`,
      `hourly matching needs the generation of ${instrument.kWh} kWh by interval, over the period of the consumption`,
      'give the profile of the settlement, or match by the year',
    );
  }
  let matched = 0n;
  for (let cell = 0; cell < rest.length; cell += 1) {
    const take = Math.min(rest[cell]!, profile.cells[cell]!);
    rest[cell] = rest[cell]! - take;
    matched += BigInt(take);
  }
  return matched;
}

function notBelowZero(text: string, place: string): Rational {
  try {
    const value = parseDecimal(text);
    if (value.n >= 0n) return value;
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new HourlyError(
      'hourly/malformed-input',
      place,
      cause.message,
      'write a decimal string such as "12.5"',
      { cause },
    );
  }
  throw new HourlyError('hourly/malformed-input', place, `${text} is below 0`, 'check the sign');
}
