// Random models with loops, several outputs, waste treatment and avoided products, each solved a second time by other
// code: Gaussian elimination on reduced fractions over the whole network at once, no groups, no scaling, no rounding
// but the last. 1,000 in every run, 10,000 with FAULTS=all.
import { computeProductSystem } from './compute.ts';
import { ProductSystemError } from './errors.ts';
import { readInput } from './input.ts';
import type { Activity, Exchange, Factor, Process, ProductSystemInput } from './model.ts';
import { buildNetwork } from './network.ts';
import { Solver } from './solve.ts';

// biome-ignore lint/style/noProcessEnv: the long way is asked for by the command
const COUNT = process.env.FAULTS === 'all' ? 10_000 : 1_000;
const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };

/** Park-Miller: the same models on every machine. */
function dice(seed: number) {
  let state = (seed % 2147483646) + 1;
  return (sides: number): number => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

// Other fractions than the ones under test: always in lowest terms.
class Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
  constructor(top: bigint, bottom = 1n) {
    let [a, b] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
    while (b > 0n) [a, b] = [b, a % b];
    const sign = bottom < 0n ? -1n : 1n;
    this.top = (sign * top) / (a || 1n);
    this.bottom = (sign * bottom) / (a || 1n);
  }
  static of(text: string): Fraction {
    const [whole = '', decimals = ''] = text.split('.');
    return new Fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
  }
  plus(other: Fraction): Fraction {
    return new Fraction(this.top * other.bottom + other.top * this.bottom, this.bottom * other.bottom);
  }
  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.top, other.bottom));
  }
  times(other: Fraction): Fraction {
    return new Fraction(this.top * other.top, this.bottom * other.bottom);
  }
  over(other: Fraction): Fraction {
    return new Fraction(this.top * other.bottom, this.bottom * other.top);
  }
  /** Half away from zero. */
  text(places: number): string {
    const shifted = new Fraction(this.top * 10n ** BigInt(places), this.bottom);
    const [n, d] = [shifted.top < 0n ? -shifted.top : shifted.top, shifted.bottom];
    let whole = n / d;
    if ((n % d) * 2n >= d) whole += 1n;
    const digits = String(whole).padStart(places + 1, '0');
    const split = digits.length - places;
    return `${shifted.top < 0n && whole > 0n ? '-' : ''}${digits.slice(0, split)}${places ? `.${digits.slice(split)}` : ''}`;
  }
}
const NOUGHT = new Fraction(0n);

/** One line of the matrix per output, all solved together. Null if singular. */
function solvePlainly(rows: Fraction[][], right: Fraction[]): Fraction[] | null {
  const n = right.length;
  for (let k = 0; k < n; k += 1) {
    const pivot = rows.findIndex((row, i) => i >= k && row[k]!.top !== 0n);
    if (pivot < 0) return null;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    [right[k], right[pivot]] = [right[pivot]!, right[k]!];
    for (let i = 0; i < n; i += 1) {
      if (i === k || rows[i]![k]!.top === 0n) continue;
      const ratio = rows[i]![k]!.over(rows[k]![k]!);
      for (let j = k; j < n; j += 1)
        if (rows[k]![j]!.top !== 0n) rows[i]![j] = rows[i]![j]!.minus(ratio.times(rows[k]![j]!));
      right[i] = right[i]!.minus(ratio.times(right[k]!));
    }
  }
  return right.map((value, i) => value.over(rows[i]![i]!));
}

interface Expected {
  readonly perUnit: Fraction;
  readonly kilograms: Map<string, Fraction>;
  readonly scaling: Map<string, Fraction>;
  /** Some output is made less than never. */
  readonly negative: boolean;
}

function expect2(input: ProductSystemInput): Expected | null {
  const outputs = input.processes.flatMap((each) => each.outputs.map((output) => ({ each, output })));
  const find = (process: string, output: string | null | undefined): number =>
    outputs.findIndex((at) => at.each.id === process && (!output || at.output.id === output));
  const part = (at: (typeof outputs)[number]): Fraction => {
    if (at.each.outputs.length === 1) return new Fraction(1n);
    const basis = (output: (typeof at)['output']) => Fraction.of((output.basis ?? output.quantity!).value);
    return basis(at.output).over(at.each.outputs.map(basis).reduce((a, b) => a.plus(b)));
  };
  const rows = outputs.map(() => outputs.map(() => NOUGHT));
  for (const [j, at] of outputs.entries()) {
    rows[j]![j] = rows[j]![j]!.plus(Fraction.of(at.output.quantity!.value));
    for (const { process, from, output, flow, quantity } of input.exchanges ?? []) {
      if (process !== at.each.id) continue;
      const i = find(from, output);
      const amount = Fraction.of(quantity!.value).times(part(at));
      rows[i]![j] = flow === 'avoided' ? rows[i]![j]!.plus(amount) : rows[i]![j]!.minus(amount);
    }
  }
  const home = find(input.reference.process, input.reference.output);
  const demand = Fraction.of(outputs[home]!.output.quantity!.value);
  const runs = solvePlainly(
    rows,
    outputs.map((_, i) => (i === home ? demand : NOUGHT)),
  );
  if (runs === null) return null;
  const scaling = new Map<string, Fraction>();
  for (const [j, at] of outputs.entries())
    scaling.set(at.each.id, (scaling.get(at.each.id) ?? NOUGHT).plus(runs[j]!.times(part(at))));
  const kilograms = new Map<string, Fraction>();
  let whole = NOUGHT;
  for (const { activity, process, role, quantity, factors } of input.activities) {
    const factor = input.factors.find(({ id }) => id === factors![0])!;
    const amount = Fraction.of(quantity!.value)
      .times(Fraction.of(factor.value))
      .times(scaling.get(process!)!)
      .times(new Fraction(role === 'credit' ? -1n : 1n));
    kilograms.set(activity, amount);
    whole = whole.plus(amount);
  }
  const perUnit = whole.over(demand.over(Fraction.of(input.declaredUnit.value)));
  return { perUnit, kilograms, scaling, negative: runs.some((run) => run.top < 0n) };
}

const factor = (id: string, value: string): Factor => ({
  id,
  value,
  unit: 'kgCO2e/kg',
  kind: 'life-cycle',
  gwp: 'AR6',
  year: '2025',
  grade: 'computed',
});

function randomModel(
  seed: number,
  size: number,
  options: { avoids: boolean; hunger: number },
): ProductSystemInput {
  const roll = dice(seed * 7919 + 17);
  const decimal = (most: number): string => `${1 + roll(most)}${roll(2) ? `.${1 + roll(99)}` : ''}`;
  const kg = (value: string) => ({ value, unit: 'kg' });
  const processes: Process[] = Array.from({ length: size }, (_, at): Process => {
    const several = roll(4) === 0;
    return {
      id: `p${at}`,
      outputs: Array.from({ length: several ? 2 + roll(2) : 1 }, (_, n) => ({
        id: `o${n}`,
        role: !several && at > 0 && roll(6) === 0 ? ('treatment' as const) : ('product' as const),
        quantity: kg(decimal(200)),
        basis: several && roll(2) ? kg(decimal(50)) : null,
      })),
      allocation: several ? 'mass' : null,
    };
  });
  const exchanges: Exchange[] = [];
  for (const { id, outputs } of processes) {
    for (let n = roll(4); n > 0; n -= 1) {
      const from = processes[roll(size)]!;
      const output = from.outputs[roll(from.outputs.length)]!;
      const avoided = options.avoids && output.role === 'product' && roll(5) === 0;
      exchanges.push({
        process: id,
        from: from.id,
        output: output.id,
        flow: output.role === 'treatment' ? 'waste' : avoided ? 'avoided' : 'product',
        // Hunger decides how near the loops come to using all they make.
        quantity: kg(
          decimal(
            Math.max(
              2,
              Math.floor((Number.parseInt(outputs[0]!.quantity!.value, 10) * options.hunger) / 100),
            ),
          ),
        ),
      });
    }
  }
  const activities: Activity[] = processes.flatMap(({ id }) =>
    Array.from({ length: roll(3) }, (_, n) => ({
      activity: `${id}-${n}`,
      process: id,
      role: roll(8) === 0 ? ('credit' as const) : ('burden' as const),
      stage: 'materials' as const,
      quantity: kg(decimal(1000)),
      factors: [`f${roll(3)}`],
    })),
  );
  return {
    format: 'anchorleaf-footprint-input/v2',
    product: 'urn:example:random',
    declaredUnit: kg(decimal(9)),
    boundary: 'cradle-to-gate',
    period: PERIOD,
    reference: { process: 'p0', output: 'o0' },
    factors: [factor('f0', '0.5777'), factor('f1', '1199.72542'), factor('f2', '3')],
    processes,
    activities,
    exchanges,
  };
}

const placesIn = (text: string): number => text.split('.')[1]?.length ?? 0;

/** Compares every number printed; says what became of the model. */
function compareWith(input: ProductSystemInput): string {
  const expected = expect2(reachable(input));
  let result: ReturnType<typeof computeProductSystem>;
  try {
    result = computeProductSystem(input);
  } catch (error) {
    if (!(error instanceof ProductSystemError)) throw error;
    if (error.code === 'product-system/singular-loop') expect(expected).toBeNull();
    else if (error.code === 'product-system/unproductive-loop') {
      // Amounts that only feed on themselves show as negative runs, here or for another demand on the same loop.
      expect(expected === null || expected.negative || isHungry(input)).toBe(true);
    } else expect(error.code).toBe('product-system/negative-scaling');
    return error.code;
  }
  const want = expected as Expected;
  expect(result.perUnit.value).toBe(want.perUnit.text(placesIn(result.perUnit.value)));
  for (const { activity, process, amount } of result.working) {
    const used = want.scaling.has(process);
    expect(amount?.kgCO2e).toBe((used ? want.kilograms.get(activity)! : NOUGHT).text(6));
  }
  for (const { process, scaling } of result.processes)
    expect(scaling).toBe(want.scaling.get(process)!.text(placesIn(scaling)));
  return 'solved';
}

/** What the reference reaches: the rest of a random model may be senseless without mattering. */
function reachable(input: ProductSystemInput): ProductSystemInput {
  const reached = new Set([input.reference.process]);
  for (const id of reached)
    for (const each of input.exchanges ?? []) if (each.process === id) reached.add(each.from);
  return {
    ...input,
    processes: input.processes.filter(({ id }) => reached.has(id)),
    exchanges: (input.exchanges ?? []).filter(({ process }) => reached.has(process!)),
    activities: input.activities.filter(({ process }) => reached.has(process!)),
  };
}

/** Some process, asked for alone, would need negative runs. */
const isHungry = (input: ProductSystemInput): boolean =>
  reachable(input).processes.some(({ id, outputs }) =>
    outputs.some((output) => {
      const asked = reachable({ ...input, reference: { process: id, output: output.id } });
      return expect2(asked)?.negative !== false;
    }),
  );

test(`${COUNT} random models equal the plain solver's, digit for digit`, () => {
  const fates = new Map<string, number>();
  for (let seed = 0; seed < COUNT; seed += 1) {
    const input = randomModel(seed, 2 + (seed % 7), {
      avoids: seed % 3 === 0,
      hunger: [4, 30, 90][Math.floor(seed / 3) % 3]!,
    });
    const fate = compareWith(input);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
  }
  console.log(`counted: ${COUNT} random models: ${[...fates].map(([fate, n]) => `${n} ${fate}`).join(', ')}`);
  expect(fates.get('solved')).toBeGreaterThan(COUNT / 2);
  expect(fates.get('product-system/unproductive-loop')).toBeGreaterThan(0);
});

test('loops of over 50 processes, settled within bounds, equal the plain solver as well', () => {
  for (const seed of [1, 2, 3]) {
    const model = randomModel(seed, 56, { avoids: false, hunger: 8 });
    const single = model.processes.map(({ id, outputs }) => ({
      id,
      outputs: [{ ...outputs[0]!, role: null, basis: null }],
    }));
    // A ring through all of them, so that they are one group.
    const ring = single.map(({ id }, at) => ({
      process: id,
      from: `p${(at + 1) % single.length}`,
      quantity: { value: String(1 + (at % 7)), unit: 'kg' },
    }));
    const crossing = (model.exchanges ?? []).filter((_, at) => at % 4 === 0);
    const exchanges = [...ring, ...crossing.map((each) => ({ ...each, output: null, flow: null }))];
    const big = single.map((each) => ({
      ...each,
      outputs: [{ ...each.outputs[0]!, quantity: { value: '97', unit: 'kg' } }],
    }));
    expect(compareWith({ ...model, processes: big, exchanges })).toBe('solved');
  }
});

test('scaled runs hold the exact ones within their error, at every precision, and lead back to them', () => {
  let compared = 0;
  for (let seed = 0; seed < 300; seed += 1) {
    const input = randomModel(seed, 2 + (seed % 7), { avoids: seed % 3 === 0, hunger: 20 });
    const solver = new Solver(buildNetwork(readInput(input), null));
    let exact: ReturnType<Solver['solveExact']>;
    try {
      exact = solver.solveExact();
    } catch {
      continue;
    }
    for (const bits of [64n, 256n, 4096n]) {
      const scaled = solver.solveScaled(bits);
      if (exact?.kind !== 'exact' || scaled.kind !== 'scaled') throw new Error('not what was asked for');
      for (const [at, run] of exact.runs.entries()) {
        const bound = scaled.runs[at] ?? null;
        expect(bound === null).toBe(run === null);
        if (bound === null || run === null) continue;
        const off = (run.n << bits) - bound.value * run.d;
        expect((off < 0n ? -off : off) <= bound.error * run.d).toBe(true);
        compared += 1;
      }
    }
    const back = solver.guessExact();
    if (back?.kind === 'exact' && exact?.kind === 'exact') {
      for (const [at, run] of exact.runs.entries()) {
        const found = back.runs[at] ?? null;
        expect(found?.n === undefined ? null : found.n * (run?.d ?? 0n)).toBe(
          run === null ? null : run.n * (found?.d ?? 0n),
        );
      }
    }
    expect(back).not.toBeNull();
  }
  expect(compared).toBeGreaterThan(1_000);
});
