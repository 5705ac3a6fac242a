/**
 * How often each process runs. Groups of the network come in topological order, consumers first, so the demand on a
 * group is known when its turn comes. Small models and small loops are exact fractions; where fractions would grow out
 * of hand, or a loop is large, amounts are scaled integers with a proven error that the caller may ask to shrink.
 */
import { add, type Rational, ZERO } from '#lib/quantity';
import { solveWhole } from './bareiss.ts';
import { ProductSystemError } from './errors.ts';
import { findGroups } from './groups.ts';
import type { Network, Node } from './network.ts';
import { type Bounded, type Loop, settle, type Weights, weigh } from './settle.ts';
import { abs, gcd, lcm } from './whole.ts';

/** Loops up to this many nodes are solved exactly. */
export const MOST_EXACT = 50;
/** Models up to this many nodes may have long fractions. */
const SMALL_MODEL = 300;
const LONG = 1n << 1_024n;
const VERY_LONG = 1n << 16_384n;

/** Runs by process; null where the reference does not reach. `longest` bounds the denominators worth adding up. */
export type Runs =
  | { readonly kind: 'exact'; readonly runs: readonly (Rational | null)[]; readonly longest: bigint }
  | { readonly kind: 'scaled'; readonly bits: bigint; readonly runs: readonly (Bounded | null)[] };

export class Solver {
  readonly network: Network;
  readonly groups: readonly (readonly number[])[];
  readonly longest: bigint;
  /** Of large loops, by group: computed once, whatever the precision. */
  private readonly loops = new Map<number, { loop: Loop; weights: Weights; bits: bigint; x: bigint[] }>();
  private readonly inverses = new Map<number, { det: bigint; numerators: bigint[][] }>();
  private last: { bits: bigint; made: (Bounded | null)[] } | null = null;

  constructor(network: Network) {
    this.network = network;
    this.groups = findGroups(network.nodes, network.reference);
    this.longest = network.nodes.length <= SMALL_MODEL ? VERY_LONG : LONG;
  }

  /** Null where exact fractions do not fit. */
  solveExact(): Runs | null {
    const { network, groups, longest } = this;
    if (groups.some((group) => group.length > MOST_EXACT)) return null;
    const demand: Rational[] = new Array(network.nodes.length).fill(ZERO);
    demand[network.reference] = network.demand;
    const solved: (Rational | null)[] = new Array(network.nodes.length).fill(null);
    for (const group of groups) {
      const inside = group.length === 1 ? null : new Set(group);
      const solution = this.exactGroup(group, demand);
      for (const [n, member] of group.entries()) {
        const u = solution[n] as Rational;
        if (u.d > longest) return null;
        solved[member] = u;
        for (const { to, amount } of this.node(member).edges) {
          if (to === member || inside?.has(to)) continue;
          const total = add(demand[to] as Rational, { n: amount * u.n, d: u.d });
          if (total.d > longest) return null;
          demand[to] = total;
        }
      }
    }
    return this.exactRuns(solved);
  }

  private exactRuns(solved: readonly (Rational | null)[]): Runs {
    const { network } = this;
    const runs: (Rational | null)[] = new Array(network.processes.length).fill(null);
    for (const [index, u] of solved.entries()) {
      if (u === null) continue;
      const { process, weight } = this.node(index);
      const run = shorten({ n: weight * u.n, d: u.d });
      const before = runs[process];
      runs[process] = before ? add(before, run) : run;
    }
    this.requirePositive((solved[network.reference] as Rational).n);
    return { kind: 'exact', runs, longest: this.longest };
  }

  private exactGroup(group: readonly number[], demand: readonly Rational[]): Rational[] {
    if (group.length === 1) {
      const index = group[0] as number;
      const f = demand[index] as Rational;
      return [shorten({ n: f.n, d: f.d * this.alone(index) })];
    }
    let common = 1n;
    for (const member of group) common = lcm(common, (demand[member] as Rational).d);
    const rows = this.matrix(group);
    for (const [i, member] of group.entries()) {
      const f = demand[member] as Rational;
      (rows[i] as bigint[]).push(f.n * (common / f.d), 1n);
    }
    const { det, numerators } = this.wholeOf(group, rows);
    this.requireProductive(group, det, numerators, 1);
    return numerators.map(([first = 0n]) => {
      const divisor = det < 0n ? -1n : 1n;
      return shorten({ n: first * divisor, d: det * divisor * common });
    });
  }

  /** Own diagonal less what the process takes of its own product. */
  private alone(index: number): bigint {
    const node = this.node(index);
    let own = node.diagonal;
    for (const { to, amount } of node.edges) if (to === index) own -= amount;
    if (own === 0n) throw this.refusal('product-system/singular-loop', index, 'uses all it makes itself');
    if (own < 0n) throw this.refusal('product-system/unproductive-loop', index, 'uses more than it makes');
    return own;
  }

  private matrix(group: readonly number[]): bigint[][] {
    const place = new Map(group.map((member, i) => [member, i]));
    const rows: bigint[][] = group.map(() => new Array(group.length).fill(0n));
    for (const [j, member] of group.entries()) {
      const node = this.node(member);
      (rows[j] as bigint[])[j] = node.diagonal;
      for (const { to, amount } of node.edges) {
        const i = place.get(to);
        if (i !== undefined) (rows[i] as bigint[])[j] = ((rows[i] as bigint[])[j] as bigint) - amount;
      }
    }
    return rows;
  }

  private wholeOf(group: readonly number[], rows: bigint[][]) {
    const solved = solveWhole(rows);
    if (solved !== null) return solved;
    throw this.refusal(
      'product-system/singular-loop',
      group[0] as number,
      `and ${group.length - 1} others in a loop have no one solution`,
    );
  }

  /**
   * Without avoided products the matrix has no positive entry off its diagonal; then A y = 1 with y >= 0 says that
   * every demand can be met with non-negative runs (Hawkins-Simon), and its absence that some demand cannot.
   */
  private requireProductive(group: readonly number[], det: bigint, numerators: bigint[][], column: number) {
    const inside = new Set(group);
    const avoids = group.some((member) =>
      this.node(member).edges.some(({ to, amount }) => amount < 0n && inside.has(to)),
    );
    if (avoids) return;
    if (numerators.some((row) => (row[column] as bigint) * det < 0n)) {
      throw this.refusal(
        'product-system/unproductive-loop',
        group[0] as number,
        `and ${group.length - 1} others in a loop use more of their own products than they make`,
      );
    }
  }

  private requirePositive(made: bigint) {
    if (made <= 0n)
      throw this.refusal(
        'product-system/negative-scaling',
        this.network.reference,
        'would run less than never',
      );
  }

  solveScaled(bits: bigint): Runs {
    const { network, groups } = this;
    const demand: Bounded[] = new Array(network.nodes.length).fill({ value: 0n, error: 0n });
    demand[network.reference] = { value: (network.demand.n << bits) / network.demand.d, error: 1n };
    const made: (Bounded | null)[] = new Array(network.nodes.length).fill(null);
    const runs: (Bounded | null)[] = new Array(network.processes.length).fill(null);
    for (const [at, group] of groups.entries()) {
      const inside = group.length === 1 ? null : new Set(group);
      const solution = this.scaledGroup(at, group, demand, bits);
      for (const [n, member] of group.entries()) {
        const { x, d } = solution[n] as { x: Bounded; d: bigint };
        const node = this.node(member);
        made[member] = group.length === 1 ? times(x, node.diagonal, d) : x;
        const run = times(x, node.weight, d);
        const before = runs[node.process];
        runs[node.process] = before ? plus(before, run) : run;
        for (const { to, amount } of node.edges) {
          if (to !== member && !inside?.has(to))
            demand[to] = plus(demand[to] as Bounded, times(x, amount, d));
        }
      }
    }
    this.last = { bits, made };
    const home = made[network.reference] as Bounded;
    if (home.value + home.error <= 0n) this.requirePositive(-1n);
    return { kind: 'scaled', bits, runs };
  }

  /** u = x / d for each member. */
  private scaledGroup(at: number, group: readonly number[], demand: readonly Bounded[], bits: bigint) {
    if (group.length === 1) {
      const index = group[0] as number;
      return [{ x: demand[index] as Bounded, d: this.alone(index) }];
    }
    const f = group.map((member) => demand[member] as Bounded);
    const diagonals = group.map((member) => this.node(member).diagonal);
    if (group.length <= MOST_EXACT) {
      const { det, numerators } = this.inverseOf(at, group);
      return numerators.map((row, i) => {
        const d = diagonals[i] as bigint;
        let value = 0n;
        let error = 0n;
        for (let j = 0; j < f.length; j += 1) {
          const entry = (row[j] as bigint) * d;
          value += entry * (f[j] as Bounded).value;
          error += abs(entry) * (f[j] as Bounded).error;
        }
        return { x: { value: value / det, error: error / abs(det) + 2n }, d };
      });
    }
    const known = this.loops.get(at);
    const loop = known?.loop ?? this.loopOf(group);
    const weights = known?.weights ?? weigh(loop);
    const start = known ? known.x.map((each) => each << (bits - known.bits)) : f.map(({ value }) => value);
    const x = settle(loop, weights, f, start);
    this.loops.set(at, { loop, weights, bits, x: x.map(({ value }) => value) });
    return x.map((each, i) => ({ x: each, d: diagonals[i] as bigint }));
  }

  private inverseOf(at: number, group: readonly number[]) {
    const known = this.inverses.get(at);
    if (known) return known;
    const rows = this.matrix(group);
    for (const [i, row] of rows.entries())
      for (let j = 0; j < rows.length; j += 1) row.push(i === j ? 1n : 0n);
    for (const row of rows) row.push(1n);
    const solved = this.wholeOf(group, rows);
    this.requireProductive(group, solved.det, solved.numerators, group.length);
    this.inverses.set(at, solved);
    return solved;
  }

  private loopOf(group: readonly number[]): Loop {
    const place = new Map(group.map((member, i) => [member, i]));
    const takers: { from: number; amount: bigint }[][] = group.map(() => []);
    for (const [from, member] of group.entries()) {
      for (const { to, amount } of this.node(member).edges) {
        const i = place.get(to);
        if (i !== undefined) (takers[i] as { from: number; amount: bigint }[]).push({ from, amount });
      }
    }
    return {
      diagonals: group.map((member) => this.node(member).diagonal),
      takers,
      place: this.placeOf(group[0] as number),
    };
  }

  /**
   * A rounding that stays undecided at every precision is a tie of short fractions. The shortest fraction within each
   * bound is tried; if those obey every equation they are the solution, of which there is only one.
   */
  guessExact(): Runs | null {
    const { network, last } = this;
    if (last === null) return null;
    const made = last.made.map((each) => (each === null ? null : shortest(each, last.bits)));
    const demand: Rational[] = new Array(network.nodes.length).fill(ZERO);
    demand[network.reference] = network.demand;
    for (const [index, x] of made.entries()) {
      if (x === null) continue;
      const { edges, diagonal } = this.node(index);
      for (const { to, amount } of edges) {
        const taken = shorten({ n: amount * x.n, d: diagonal * x.d });
        const total = add(demand[to] as Rational, taken);
        if (total.d > VERY_LONG) return null;
        demand[to] = total;
      }
    }
    for (const [index, x] of made.entries()) {
      const f = demand[index] as Rational;
      if (x !== null && x.n * f.d !== f.n * x.d) return null;
    }
    return this.exactRuns(
      made.map((x, index) => (x === null ? null : shorten({ n: x.n, d: x.d * this.node(index).diagonal }))),
    );
  }

  private node(index: number): Node {
    return this.network.nodes[index] as Node;
  }

  private placeOf(index: number): string {
    return `/processes/${this.node(index).process}`;
  }

  private refusal(
    code: ConstructorParameters<typeof ProductSystemError>[0],
    index: number,
    what: string,
  ): ProductSystemError {
    const { id } = this.network.processes[this.node(index).process] as { id: string };
    return new ProductSystemError(code, this.placeOf(index), `${id} ${what}`);
  }
}

const SHORT = 1n << 512n;

/** Lowest terms where that is cheap; an unreduced fraction is as right as a reduced one. */
function shorten({ n, d }: Rational): Rational {
  if (d === 1n || d > SHORT) return { n, d };
  const divisor = gcd(n, d);
  return divisor === 1n ? { n, d } : { n: n / divisor, d: d / divisor };
}

const plus = (a: Bounded, b: Bounded): Bounded => ({ value: a.value + b.value, error: a.error + b.error });

/** Times n / d, rounded, with the error that this adds. */
export function times({ value, error }: Bounded, n: bigint, d: bigint): Bounded {
  if (n === 0n) return { value: 0n, error: 0n };
  return { value: (value * n) / d, error: (error * abs(n)) / abs(d) + 2n };
}

/** The fraction with the smallest denominator within the bound, by continued fractions. */
function shortest({ value, error }: Bounded, bits: bigint): Rational {
  const one = 1n << bits;
  if (value < 0n) {
    const { n, d } = shortest({ value: -value, error }, bits);
    return { n: -n, d };
  }
  let [a, b, c, d] = [value - error, one, value + error, one];
  if (a <= 0n) return ZERO;
  let [p0, q0, p1, q1] = [0n, 1n, 1n, 0n];
  while (true) {
    const whole = (a + b - 1n) / b;
    // An integer within [a/b, c/d] ends the expansion.
    if (whole * d <= c) return { n: p1 * whole + p0, d: q1 * whole + q0 };
    const floor = a / b;
    [p0, q0, p1, q1] = [p1, q1, p1 * floor + p0, q1 * floor + q0];
    [a, b, c, d] = [d, c - floor * d, b, a - floor * b];
  }
}
