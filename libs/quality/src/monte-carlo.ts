/**
 * How far a footprint may be off: the model run many times with inputs drawn from their spreads. Every input is drawn
 * once per run, so a factor that ten lines use moves all ten together. The result is an estimate with three digits:
 * it stands beside a number and is part of no hash.
 */
import { type Sampler, type Spread, samplerOf } from './distribution.ts';
import { significant } from './doubles.ts';
import { squareRoot } from './elementary.ts';
import { QualityError } from './errors.ts';
import { GENERATOR, seeded } from './random.ts';

export interface MonteCarloModel {
  /** Amounts and factors; `spread` null: taken as certain. */
  readonly inputs: readonly { readonly id: string; readonly value: string; readonly spread: Spread | null }[];
  /** kgCO2e of a line = product of its inputs; the footprint is the sum of the lines. */
  readonly lines: readonly { readonly id: string; readonly inputs: readonly string[] }[];
}

export interface HotSpot {
  readonly id: string;
  /** Percent, three digits. */
  readonly share: string;
}

/** kgCO2e, three significant digits. */
export interface MonteCarloEstimate {
  readonly kind: 'estimate';
  readonly generator: string;
  readonly seed: string;
  readonly runs: number;
  readonly mean: string;
  readonly median: string;
  readonly sd: string;
  /** 2.5th and 97.5th percentile, nearest rank. */
  readonly low: string;
  readonly high: string;
  /** Lines by |mean| over the sum of |means|. */
  readonly largestLines: readonly HotSpot[];
  /** Inputs by squared correlation with the result, scaled to 100 %: what to measure better first. */
  readonly mostUncertain: readonly HotSpot[];
  /** Inputs taken as certain because nobody stated a spread. */
  readonly withoutSpread: readonly string[];
}

const RUNS = { least: 100, most: 1_000_000 } as const;
const MOST_DRAWS = 100_000_000;
const MOST_FACTORS = 8;
const DIGITS = 3;

/** Order of inputs and lines does not matter. @throws {QualityError} every code of `quality/` that concerns a spread or a model */
export function monteCarlo(model: MonteCarloModel, runs: number, seed: string): MonteCarloEstimate {
  const { inputs, samplers, lines } = readModel(model, runs);
  const state = seeded(seed, '/seed');
  const values = new Float64Array(inputs.length);
  const totals = new Float64Array(runs);
  const lineSums = new Float64Array(lines.length);
  // Sums of differences from the first run: small numbers, so their squares keep their digits.
  const base = new Float64Array(inputs.length);
  const sums = inputs.map(() => ({ x: 0, xx: 0, xy: 0 }));
  let [baseTotal, y1, yy] = [0, 0, 0];
  for (let run = 0; run < runs; run += 1) {
    for (let i = 0; i < samplers.length; i += 1) values[i] = samplers[i]!(state);
    let total = 0;
    for (let l = 0; l < lines.length; l += 1) {
      let product = 1;
      for (const i of lines[l]!.at) product *= values[i]!;
      lineSums[l]! += product;
      total += product;
    }
    totals[run] = total;
    if (run === 0) {
      base.set(values);
      baseTotal = total;
    }
    const y = total - baseTotal;
    y1 += y;
    yy += y * y;
    for (let i = 0; i < sums.length; i += 1) {
      const x = values[i]! - base[i]!;
      const each = sums[i]!;
      each.x += x;
      each.xx += x * x;
      each.xy += x * y;
    }
  }
  const mean = baseTotal + y1 / runs;
  const spreadOfTotal = yy - (y1 * y1) / runs;
  const sd = squareRoot(Math.max(0, spreadOfTotal) / (runs - 1));
  totals.sort();
  const rank = (p: number): number => totals[Math.max(0, Math.ceil(p * runs) - 1)]!;
  const show = (x: number): string => {
    if (Number.isFinite(x)) return significant(x, DIGITS);
    throw new QualityError(
      'quality/not-finite',
      '',
      'the result is too large for an estimate',
      'check the values',
    );
  };
  const correlations = sums.map(({ x, xx, xy }) => {
    const own = xx - (x * x) / runs;
    const joint = xy - (x * y1) / runs;
    return own > 0 && spreadOfTotal > 0 ? (joint * joint) / (own * spreadOfTotal) : 0;
  });
  return {
    kind: 'estimate',
    generator: GENERATOR,
    seed,
    runs,
    mean: show(mean),
    median: show(rank(0.5)),
    sd: show(sd),
    low: show(rank(0.025)),
    high: show(rank(0.975)),
    largestLines: hotSpots(
      lines,
      Array.from(lineSums, (each) => (each < 0 ? -each : each)),
      show,
    ),
    mostUncertain: hotSpots(inputs, correlations, show),
    withoutSpread: inputs.filter(({ spread }) => spread === null).map(({ id }) => id),
  };
}

/** Largest first, ids in order where equal; what has no share is not listed. */
function hotSpots(
  named: readonly { readonly id: string }[],
  sizes: readonly number[],
  show: (x: number) => string,
): HotSpot[] {
  const whole = sizes.reduce((total, size) => total + size, 0);
  return named
    .map(({ id }, index) => ({ id, size: sizes[index]! }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || byId(a, b))
    .map(({ id, size }) => ({ id, share: show((100 * size) / whole) }));
}

interface ReadModel {
  readonly inputs: MonteCarloModel['inputs'];
  readonly samplers: readonly Sampler[];
  readonly lines: readonly { readonly id: string; readonly at: readonly number[] }[];
}

function readModel(model: MonteCarloModel, runs: number): ReadModel {
  if (!Number.isInteger(runs) || runs < RUNS.least || runs > RUNS.most)
    throw new QualityError(
      'quality/runs',
      '/runs',
      `${runs} runs`,
      `take a whole number from ${RUNS.least} to ${RUNS.most}`,
    );
  if (model.lines.length === 0)
    throw new QualityError(
      'quality/empty-model',
      '/lines',
      'there is no line',
      'give the lines of the footprint',
    );
  const used = model.inputs.length + model.lines.length;
  if (used * runs > MOST_DRAWS)
    throw new QualityError(
      'quality/too-large',
      '/runs',
      `${used} inputs and lines in ${runs} runs`,
      `take fewer runs: inputs and lines times runs is at most ${MOST_DRAWS}`,
    );
  const places = new Map(model.inputs.map((each, index) => [each, `/inputs/${index}`]));
  unique(model.inputs, '/inputs');
  unique(model.lines, '/lines');
  // Drawn and added in the order of their ids, so that a model listed otherwise has the same estimate.
  const inputs = [...model.inputs].sort(byId);
  const positions = new Map(inputs.map(({ id }, index) => [id, index]));
  const lines = model.lines
    .map(({ id, inputs: names }, index) => {
      const place = `/lines/${index}/inputs`;
      if (names.length === 0 || names.length > MOST_FACTORS)
        throw new QualityError(
          'quality/empty-model',
          place,
          `${names.length} inputs`,
          `give 1 to ${MOST_FACTORS}`,
        );
      const at = names.map((name, nth) => {
        const position = positions.get(name);
        if (position !== undefined) return position;
        throw new QualityError(
          'quality/unknown-input',
          `${place}/${nth}`,
          `there is no input ${name}`,
          'list it under inputs',
        );
      });
      return { id, at };
    })
    .sort(byId);
  const samplers = inputs.map((each) => samplerOf(each.value, each.spread, places.get(each)!));
  return { inputs, samplers, lines };
}

function unique(named: readonly { readonly id: string }[], place: string): void {
  const seen = new Set<string>();
  for (const [index, { id }] of named.entries()) {
    if (seen.has(id))
      throw new QualityError(
        'quality/duplicate',
        `${place}/${index}/id`,
        `${id} stands twice`,
        'give each an id of its own',
      );
    seen.add(id);
  }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
