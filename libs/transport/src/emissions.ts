/** Emissions of a chain: per element activity × intensity or what the carrier states; the total is their sum. */
import { FactorsError, readFactorUnit } from '#lib/factors';
import {
  add,
  compare,
  convert,
  type Dimension,
  dimensionOf,
  divide,
  formatDecimal,
  formatExact,
  multiply,
  parseDecimal,
  QuantityError,
  type Rational,
  rational,
  subtract,
  sum,
  ZERO,
} from '#lib/quantity';
import type { Amount, DistanceKind, Emission, Hub, Leg, Mode, TransportChain } from './chain.ts';
import { TransportError } from './errors.ts';

export type TransportWarning =
  /** An intensity per tkm of one kind of distance, multiplied with a distance of another. */
  | 'transport/distance-kind-differs'
  /** The maker of the intensity does not say which distance it is per. */
  | 'transport/distance-kind-not-stated'
  | 'transport/mixed-distance-kinds'
  /** The load changes its vehicle and no hub stands between: its emissions are missing, not 0. */
  | 'transport/no-hub-between-modes'
  | 'transport/parts-unknown'
  | 'transport/primary-share-unknown';

export interface ChainWarning {
  readonly code: TransportWarning;
  readonly place: string;
}

/** kgCO2e, all digits. TTW and WTT are null where only WTW is known. */
export interface Emitted {
  readonly ttw: string | null;
  readonly wtt: string | null;
  readonly wtw: string;
}

export interface ElementResult extends Emitted {
  readonly id: string;
  readonly type: 'leg' | 'hub';
  readonly mode: Mode | null;
  readonly distanceKind: DistanceKind | null;
  /** Transport activity, all digits; a hub has none. */
  readonly tkm: string | null;
  /** kgCO2e per tkm, twelve decimals; null at hubs. */
  readonly wtwPerTkm: string | null;
  /** Percent of the chain's WTW, two decimals; null where that is 0. */
  readonly share: string | null;
  readonly source: string;
}

export interface ChainResult {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly loadKg: string;
  readonly elements: readonly ElementResult[];
  readonly total: Emitted;
  readonly tkm: string;
  /** Hubs included: kgCO2e WTW per tkm, twelve decimals, half away from zero. */
  readonly wtwPerTkm: string;
  /**
   * Percent, two decimals: WTW of primary activity times primary intensity over WTW of the chain. By emissions as
   * PACT v3 defines it, never by tkm; null where the total is 0.
   */
  readonly primaryDataShare: string | null;
  readonly warnings: readonly ChainWarning[];
}

interface Parts {
  readonly ttw: Rational | null;
  readonly wtt: Rational | null;
  readonly wtw: Rational;
}

interface Worked {
  readonly element: Leg | Hub;
  readonly tkm: Rational | null;
  readonly parts: Parts;
  readonly primary: Rational;
}

/** @throws {TransportError} malformed-decimal, unit, not-positive, negative-intensity, incomplete-life-cycle, does-not-add-up, activity-disagrees, percent-out-of-range */
export const computeChain = (chain: TransportChain): ChainResult => workChain(chain).result;

/** The result and its exact total: printed digits may be more than a record may hold, so nothing reads them back. */
export function workChain(chain: TransportChain): { readonly result: ChainResult; readonly wtw: Rational } {
  const loadT = positive(chain.load, 't', '/load');
  const worked = chain.elements.map((element, index) => work(element, loadT, `/elements/${index}`));
  const legs = worked.filter(({ tkm }) => tkm !== null);
  const tkm = sum(legs.map((each) => each.tkm!));
  const total: Parts = {
    ttw: sumOrNull(worked.map(({ parts }) => parts.ttw)),
    wtt: sumOrNull(worked.map(({ parts }) => parts.wtt)),
    wtw: sum(worked.map(({ parts }) => parts.wtw)),
  };
  const first = chain.elements[0]!;
  const last = chain.elements.at(-1)!;
  const result: ChainResult = {
    name: chain.name,
    from: first.type === 'leg' ? first.from : first.at,
    to: last.type === 'leg' ? last.to : last.at,
    loadKg: formatExact(convert(loadT, 't', 'kg')),
    elements: worked.map((each) => show(each, total.wtw)),
    total: showParts(total),
    tkm: formatExact(tkm),
    wtwPerTkm: formatDecimal(divide(total.wtw, tkm), 12),
    primaryDataShare: percentOf(sum(worked.map(({ primary }) => primary)), total.wtw),
    warnings: warningsOf(chain),
  };
  return { result, wtw: total.wtw };
}

function work(element: Leg | Hub, loadT: Rational, place: string): Worked {
  const { emission } = element;
  const tkm =
    element.type === 'leg' ? multiply(loadT, positive(element.distance, 'km', `${place}/distance`)) : null;
  if (element.type === 'leg' && element.statedTkm !== null) {
    const stated = decimal(element.statedTkm, `${place}/statedTkm`);
    // A carrier rounds: what it states must be mass times distance at the digits it gives.
    const places = element.statedTkm.split('.')[1]?.length ?? 0;
    const off = subtract(stated, tkm!);
    const size = off.n < 0n ? { n: -off.n, d: off.d } : off;
    if (compare(multiply(size, rational(2n * 10n ** BigInt(places))), rational(1n)) > 0)
      throw new TransportError(
        'transport/activity-disagrees',
        `${place}/statedTkm`,
        `${element.statedTkm} tkm is stated; mass times distance is ${formatExact(tkm!)} tkm`,
        'ask the carrier which of mass, distance and activity is right; a decimal point is often misplaced',
      );
  }
  const each = readParts(emission, `${place}/emission`);
  const times = timesOf(emission, tkm, loadT, `${place}/emission/unit`);
  const scale = (part: Rational | null) => (part === null ? null : multiply(part, times));
  const wtw = multiply(each.wtw, times);
  return {
    element,
    tkm,
    parts: { ttw: scale(each.ttw), wtt: scale(each.wtt), wtw },
    primary: element.primaryActivity
      ? multiply(wtw, percent(emission.primaryDataShare, `${place}/emission/primaryDataShare`))
      : ZERO,
  };
}

/** What the element's figures are multiplied with. */
function timesOf(emission: Emission, tkm: Rational | null, loadT: Rational, place: string): Rational {
  if (emission.basis === 'stated') {
    if (emission.unit === 'kgCO2e') return rational(1n);
    throw unit(place, `${emission.unit} is not the unit of a stated emission`, 'write kgCO2e');
  }
  const { per } = factorUnit(emission.unit, place, tkm === null ? 'mass' : 'freight');
  return tkm === null ? convert(loadT, 't', per) : convert(tkm, 'tkm', per);
}

function factorUnit(text: string, place: string, dimension: Dimension) {
  const wanted = dimension === 'freight' ? 'kgCO2e/tkm' : 'kgCO2e/t';
  let read: ReturnType<typeof readFactorUnit>;
  try {
    read = readFactorUnit(text, place);
  } catch (cause) {
    if (!(cause instanceof FactorsError)) throw cause;
    throw unit(
      place,
      `${JSON.stringify(text.slice(0, 40))} is not the unit of an intensity`,
      `write ${wanted}`,
      cause,
    );
  }
  if (read.dimension === 'money' || read.emission !== 'kgCO2e' || dimensionOf(read.per) !== dimension)
    throw unit(
      place,
      `${text} is not per ${dimension === 'freight' ? 'tonne-kilometre' : 'mass handled'}`,
      `write ${wanted}`,
    );
  return { per: read.per };
}

/** The three figures with what follows from two of them. */
function readParts({ ttw, wtt, wtw }: Emission, place: string): Parts {
  const part = (text: string | null, member: string) => {
    if (text === null) return null;
    const value = decimal(text, `${place}/${member}`);
    if (compare(value, ZERO) >= 0) return value;
    throw new TransportError(
      'transport/negative-intensity',
      `${place}/${member}`,
      `${text} is below 0`,
      'transport takes nothing out of the air; offsets are no part of a footprint',
    );
  };
  const tank = part(ttw, 'ttw');
  const well = part(wtt, 'wtt');
  const whole = part(wtw, 'wtw');
  if (whole === null) {
    if (tank !== null && well !== null) return { ttw: tank, wtt: well, wtw: add(tank, well) };
    throw new TransportError(
      'transport/incomplete-life-cycle',
      place,
      `${tank === null ? 'TTW' : 'WTT'} is missing, and WTW with it`,
      'add the upstream figure of the same set (tables of freight factors keep WTT in a separate part), or give WTW',
    );
  }
  const rest = tank !== null ? subtract(whole, tank) : well !== null ? subtract(whole, well) : null;
  const both = tank !== null && well !== null;
  if (both ? compare(add(tank, well), whole) !== 0 : rest !== null && compare(rest, ZERO) < 0)
    throw new TransportError(
      'transport/does-not-add-up',
      `${place}/wtw`,
      both ? `TTW ${ttw} + WTT ${wtt} is not WTW ${wtw}` : `WTW ${wtw} is less than its part ${ttw ?? wtt}`,
      'WTW = TTW + WTT; check which figure is which, and leave one out if they are rounded',
    );
  return {
    ttw: tank ?? (well === null ? null : rest),
    wtt: well ?? (tank === null ? null : rest),
    wtw: whole,
  };
}

function warningsOf({ elements }: TransportChain): ChainWarning[] {
  const warnings: ChainWarning[] = [];
  const kinds = new Set<DistanceKind>();
  for (const [index, element] of elements.entries()) {
    const place = `/elements/${index}`;
    const { emission } = element;
    const warn = (code: TransportWarning, at: string) => warnings.push({ code, place: at });
    if (element.type === 'leg') {
      kinds.add(element.distance.kind);
      if (emission.basis === 'intensity' && emission.distanceKind !== element.distance.kind)
        warn(
          emission.distanceKind === null
            ? 'transport/distance-kind-not-stated'
            : 'transport/distance-kind-differs',
          `${place}/distance/kind`,
        );
      const before = elements[index - 1];
      if (before?.type === 'leg' && before.mode !== element.mode)
        warn('transport/no-hub-between-modes', place);
    }
    if (emission.wtw !== null && emission.ttw === null && emission.wtt === null)
      warn('transport/parts-unknown', `${place}/emission`);
    if (emission.primaryDataShare === null)
      warn('transport/primary-share-unknown', `${place}/emission/primaryDataShare`);
  }
  if (kinds.size > 1) warnings.push({ code: 'transport/mixed-distance-kinds', place: '/elements' });
  return warnings;
}

function show({ element, tkm, parts }: Worked, whole: Rational): ElementResult {
  return {
    id: element.id,
    type: element.type,
    mode: element.type === 'leg' ? element.mode : null,
    distanceKind: element.type === 'leg' ? element.distance.kind : null,
    tkm: tkm === null ? null : formatExact(tkm),
    ...showParts(parts),
    wtwPerTkm: tkm === null ? null : formatDecimal(divide(parts.wtw, tkm), 12),
    share: percentOf(parts.wtw, whole),
    source: element.emission.source,
  };
}

const showParts = ({ ttw, wtt, wtw }: Parts): Emitted => ({
  ttw: ttw === null ? null : formatExact(ttw),
  wtt: wtt === null ? null : formatExact(wtt),
  wtw: formatExact(wtw),
});

/** One part that is not known leaves the sum unknown. */
const sumOrNull = (parts: readonly (Rational | null)[]): Rational | null =>
  parts.some((part) => part === null) ? null : sum(parts.map((part) => part!));

/** Percent with two decimals, half away from zero; null where there is nothing to be a part of. */
export const percentOf = (part: Rational, whole: Rational): string | null =>
  whole.n === 0n ? null : formatDecimal(multiply(divide(part, whole), rational(100n)), 2);

function positive(amount: Amount, to: 't' | 'km', place: string): Rational {
  const value = decimal(amount.value, `${place}/value`);
  if (compare(value, ZERO) <= 0)
    throw new TransportError(
      'transport/not-positive',
      `${place}/value`,
      `${amount.value} ${amount.unit} is not above 0`,
      'check the value; leave out a leg that was not driven',
    );
  if (dimensionOf(amount.unit) !== dimensionOf(to))
    throw unit(
      `${place}/unit`,
      `${amount.unit} is ${dimensionOf(amount.unit)}, not ${dimensionOf(to)}`,
      `write it in ${to}`,
    );
  return convert(value, amount.unit, to);
}

/** As a fraction of 1; unknown counts as none. */
function percent(text: string | null, place: string): Rational {
  if (text === null) return ZERO;
  const value = decimal(text, place);
  if (compare(value, ZERO) >= 0 && compare(value, rational(100n)) <= 0) return divide(value, rational(100n));
  throw new TransportError(
    'transport/percent-out-of-range',
    place,
    `${text} is not between 0 and 100`,
    'write a percentage from "0" to "100", or null where it is not known',
  );
}

/** @throws {TransportError} transport/malformed-decimal */
function decimal(text: string, place: string): Rational {
  try {
    return parseDecimal(text);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new TransportError(
      'transport/malformed-decimal',
      place,
      cause.message,
      'write a decimal string such as "12.5": a point, no comma, no exponent',
      { cause },
    );
  }
}

const unit = (place: string, message: string, remedy: string, cause?: unknown): TransportError =>
  new TransportError('transport/unit', place, message, remedy, { cause });
