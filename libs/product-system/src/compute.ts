/**
 * The footprint of a product out of a network of processes: attributional, cradle to gate, per declared unit.
 *
 *   A s = f                                       runs s of every process for the amount f of the reference output
 *   amount_i = quantity_i x sum factor_ij x s_p   (activity i of process p; quantity in the factor's unit)
 *   product  = sum amount_i / declared units in f
 *
 * Exact inside; each printed figure is rounded once, half away from zero. Where runs are known within bounds only, the
 * bounds are tightened until every digit printed is certain.
 */
import { formatDecimal, formatExact, type Rational } from '#lib/quantity';
import { ProductSystemError } from './errors.ts';
import { amountIn, describeFacility, type Facility } from './facility.ts';
import { findGaps, judgeCutOff } from './gaps.ts';
import { type ReadActivity, type ReadInput, readInput } from './input.ts';
import {
  type Ledger,
  NOTHING,
  openLedger,
  type PerRun,
  percentOf,
  placesOf,
  plus,
  print,
  total,
  Undecided,
} from './ledger.ts';
import { lineResults } from './lines.ts';
import {
  LATER_STAGES,
  type ProductSystemInput,
  type ProductSystemResult,
  STAGES,
  type Stage,
  type WorkingLine,
} from './model.ts';
import { buildNetwork, type Network } from './network.ts';
import { type Portion, positionsOf } from './positions.ts';
import { recyclingOf } from './recycling.ts';
import type { Bounded } from './settle.ts';
import { type Contribution, sharesOf } from './shares.ts';
import { type Runs, Solver } from './solve.ts';

/** Name and version of the method. */
export const METHOD = { name: 'anchorleaf-product-footprint', version: '2.0.0' } as const;

/** Per-unit figures carry as many decimals as give the product number six significant digits, at most 12. */
const SIGNIFICANT_DIGITS = 6;
const MOST_PLACES = 12;
/** Totals in the working are printed to the milligram. */
const TOTAL_PLACES = 6;
const FIRST_BITS = 192n;
const MOST_BITS = 12_288n;

/**
 * Pure and deterministic: equal inputs give equal bytes in every engine.
 * @throws {ProductSystemError} with code, place and remedy; the input is untrusted
 */
export function computeProductSystem(input: ProductSystemInput): ProductSystemResult {
  const read = readInput(input);
  const facility = describeFacility(read);
  const made = facility.output === null ? null : { value: facility.output, unit: read.declaredUnit.unit };
  const network = buildNetwork(read, made);
  const burdens = read.activities.flatMap(burdenOf);
  const solver = new Solver(network);
  for (const runs of attempts(solver)) {
    try {
      return render({ read, facility, network, burdens }, runs);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
    }
  }
  throw new ProductSystemError(
    'product-system/rounding-not-certain',
    '/processes',
    `some digit is a tie that ${MOST_BITS} binary digits of the loop do not decide`,
  );
}

/** Exact where that is affordable; else ever closer bounds, and once they are close, the fractions they point to. */
function* attempts(solver: Solver): Generator<Runs> {
  const exact = solver.solveExact();
  if (exact !== null) yield exact;
  for (let bits = FIRST_BITS; bits <= MOST_BITS; bits *= 2n) {
    yield solver.solveScaled(bits);
    const guess = solver.guessExact();
    if (guess !== null) yield guess;
  }
}

/** Something that carries emissions: its amounts per run, one per factor; null for a missing quantity. */
interface Burden {
  readonly activity: ReadActivity;
  readonly stage: Stage;
  readonly amounts: readonly { readonly quantity: Rational; readonly kgCO2e: Rational }[] | null;
}

function burdenOf(activity: ReadActivity): Burden[] {
  const { stage, amount, factors, role } = activity;
  if (stage === null) return [];
  if (amount === null) return [{ activity, stage, amounts: null }];
  const amounts = factors.map(({ perUnit, value }) => {
    const { n, d } = amountIn(activity, perUnit);
    const quantity = { n: role === 'credit' ? -n : n, d };
    return { quantity, kgCO2e: { n: quantity.n * value.n, d: d * value.d } };
  });
  return [{ activity, stage, amounts }];
}

interface Model {
  readonly read: ReadInput;
  readonly facility: Facility;
  readonly network: Network;
  readonly burdens: readonly Burden[];
}

/** A burden with its amounts for the whole demand. */
interface Charged {
  readonly activity: ReadActivity;
  readonly stage: Stage;
  readonly parts: readonly Bounded[] | null;
  readonly sum: Bounded;
  readonly inside: boolean;
  readonly portions: readonly Portion[];
}

const isLater = (stage: Stage): boolean => (LATER_STAGES as readonly Stage[]).includes(stage);

function charge(burdens: readonly Burden[], runs: Runs): { charged: Charged[]; ledger: Ledger } {
  const rows: PerRun[] = [];
  for (const { activity, amounts } of burdens) {
    for (const [at, { quantity, kgCO2e }] of (amounts ?? []).entries()) {
      rows.push({ process: activity.process, amount: kgCO2e });
      if (activity.factors[at]?.parts) rows.push({ process: activity.process, amount: quantity });
    }
  }
  const ledger = openLedger(rows, runs);
  let next = 0;
  const take = (): Bounded => ledger.entries[next++] ?? NOTHING;
  const charged = burdens.map(({ activity, stage, amounts }): Charged => {
    const portions: Portion[] = [];
    const parts = amounts?.map((_, at) => {
      const factor = activity.factors[at] as ReadActivity['factors'][number];
      const kgCO2e = take();
      portions.push({ factor, kgCO2e, quantity: factor.parts === null ? null : take() });
      return kgCO2e;
    });
    return {
      activity,
      stage,
      parts: parts ?? null,
      sum: parts?.length === 1 ? (parts[0] as Bounded) : total(parts ?? []),
      inside: !isLater(stage),
      portions,
    };
  });
  return { charged, ledger };
}

function render({ read, facility, network, burdens }: Model, runs: Runs): ProductSystemResult {
  const { charged, ledger } = charge(burdens, runs);
  const inside = charged.filter((each) => each.inside);
  const { declaredUnits } = network;
  const whole = total(inside.map((each) => each.sum));
  const over = ledger.unit * declaredUnits.n;
  const places = placesOf(whole, declaredUnits.d, over, SIGNIFICANT_DIGITS, MOST_PLACES);
  const figure = (x: Bounded, d = 1n): string => print(x, declaredUnits.d, over * d, places);
  const byStage = new Map<Stage, Bounded>();
  for (const { stage, sum } of charged) byStage.set(stage, plus(byStage.get(stage) ?? NOTHING, sum));

  const contributions: Contribution[] = inside.flatMap(({ activity, portions }) =>
    portions.map(({ factor, kgCO2e }) => ({ activity, factor, kgCO2e })),
  );
  const { positions, mixed } = positionsOf(
    inside.flatMap((each) => each.portions),
    whole,
    byStage.get('packaging') ?? null,
    figure,
  );
  const gwpSets = [
    ...new Set(charged.flatMap(({ portions }) => portions.map(({ factor }) => factor.gwp))),
  ].sort();
  const outbound = byStage.get('outbound-transport');
  return {
    format: 'anchorleaf-footprint-result/v2',
    method: METHOD,
    perUnit: { value: figure(whole), unit: 'kgCO2e', per: declaredUnitText(read) },
    of: { batch: read.batch, period: read.period },
    boundary: 'cradle-to-gate',
    stages: STAGES.flatMap((stage) => {
      const amount = byStage.get(stage);
      if (amount === undefined || isLater(stage)) return [];
      return [{ stage, perUnit: figure(amount), share: percentOf(amount, whole) }];
    }),
    outbound: outbound === undefined ? null : { perUnit: figure(outbound) },
    later: (['use', 'end-of-life'] as const).flatMap((stage) => {
      const amount = byStage.get(stage);
      return amount === undefined ? [] : [{ stage, perUnit: figure(amount) }];
    }),
    lines: lineResults(read, facility, inside, { declaredUnits, unit: ledger.unit, places }),
    unallocatedElectricity:
      facility.unallocated === null
        ? null
        : formatDecimal({ n: facility.unallocated.n * 100n, d: facility.unallocated.d }, 1),
    processes: processResults(read, inside, ledger, figure, whole),
    allocations: network.allocations.map(({ process: maker, allocation, parts }) => ({
      process: maker.id,
      allocation,
      parts: maker.outputs.map(({ id }, at) => {
        const part = parts[at] as Rational;
        return { output: id, share: formatDecimal({ n: part.n * 100n, d: part.d }, 2) };
      }),
    })),
    working: charged.map((each) => workingLine(each, read, ledger.unit, figure, whole)),
    ...sharesOf(contributions),
    gwpSets,
    positions,
    carbonContent: read.carbonContent,
    recycling: recyclingOf(read),
    cutOff: judgeCutOff(read.cutOff),
    gaps: findGaps(read, {
      unallocated: facility.unallocated,
      gwpSets,
      isUsed: (process) => (ledger.runs[process] ?? null) !== null,
      partsMixed: mixed,
    }),
    range: { known: false },
  };
}

function processResults(
  read: ReadInput,
  inside: readonly Charged[],
  ledger: Ledger,
  figure: (x: Bounded) => string,
  whole: Bounded,
): ProductSystemResult['processes'] {
  const own: Bounded[] = new Array(read.processes.length).fill(NOTHING);
  for (const { activity, sum } of inside) own[activity.process] = plus(own[activity.process] as Bounded, sum);
  return read.processes.flatMap(({ id, index }) => {
    const run = ledger.runs[index] ?? null;
    if (run === null) return [];
    const amount = own[index] as Bounded;
    const places = placesOf(run, 1n, ledger.unit, SIGNIFICANT_DIGITS, MOST_PLACES);
    return [
      {
        process: id,
        scaling: print(run, 1n, ledger.unit, places),
        perUnit: figure(amount),
        share: percentOf(amount, whole),
      },
    ];
  });
}

function workingLine(
  { activity, stage, parts, sum, inside }: Charged,
  read: ReadInput,
  unit: bigint,
  figure: (x: Bounded) => string,
  whole: Bounded,
): WorkingLine {
  const kilograms = (x: Bounded): string => print(x, 1n, unit, TOTAL_PLACES);
  return {
    activity: activity.id,
    process: read.processes[activity.process]?.id ?? '',
    stage,
    line: activity.line,
    allocation: activity.allocation,
    factors: activity.factors.filter(({ supplier }) => supplier === null).map(({ id }) => id),
    supplierFootprint: activity.supplierFootprint,
    amount:
      parts === null
        ? null
        : {
            kgCO2e: kilograms(sum),
            byFactor: parts.map(kilograms),
            perUnit: figure(sum),
            share: inside ? percentOf(sum, whole) : null,
          },
  };
}

const declaredUnitText = ({ declaredUnit }: ReadInput): string =>
  `${formatExact(declaredUnit.value)} ${declaredUnit.unit}`;
