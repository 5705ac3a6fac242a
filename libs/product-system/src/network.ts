/**
 * The product system as columns of a linear system A s = f with whole numbers.
 *
 * A node is one output of one process. Its column says what one run, times the part of the burdens that falls to this
 * output, takes from other nodes. With q the output of a run, w the part, a the amount taken, and L a common
 * denominator of all of them:
 *
 *   diagonal D = L q,  edge E = L w a (minus for avoided products),  weight W = L w
 *   D_i u_i - sum_j E_ij u_j = f_i;  runs of the process on behalf of the node = W_j u_j
 */
import { divide, ONE, type Rational, reduce, sum } from '#lib/quantity';
import type { ReadExchange, ReadInput, ReadOutput, ReadProcess } from './input.ts';
import type { Allocation } from './model.ts';
import { inUnit, type Measure, refuse } from './shape.ts';
import { lcm } from './whole.ts';

export interface Edge {
  readonly to: number;
  readonly amount: bigint;
}

export interface Node {
  readonly process: number;
  readonly diagonal: bigint;
  readonly weight: bigint;
  readonly edges: readonly Edge[];
}

export interface Network {
  readonly nodes: readonly Node[];
  readonly processes: readonly ReadProcess[];
  readonly reference: number;
  /** Final demand, in the unit of the reference output. */
  readonly demand: Rational;
  /** The same, in declared units. */
  readonly declaredUnits: Rational;
  readonly allocations: readonly {
    readonly process: ReadProcess;
    readonly allocation: Allocation;
    readonly parts: readonly Rational[];
  }[];
}

/** `made`: what the `output` activities of the reference process sum up to; null without. */
export function buildNetwork(input: ReadInput, made: Measure | null): Network {
  const { processes, reference } = input;
  const quantityOf = (maker: ReadProcess, at: number): Measure => {
    const output = maker.outputs[at] as ReadOutput;
    const counted = maker.index === reference.process && at === reference.output ? made : null;
    if (counted !== null && output.quantity !== null) {
      refuse(
        'product-system/malformed-input',
        `${output.place}/quantity`,
        'this output is counted by the output activities; leave its quantity out',
      );
    }
    const quantity = counted ?? output.quantity;
    if (quantity === null || quantity.value.n === 0n)
      return refuse('product-system/zero-output', `${output.place}/quantity`, `${maker.id} makes nothing`);
    return quantity;
  };
  const first: number[] = [];
  let count = 0;
  for (const maker of processes) {
    first.push(count);
    count += maker.outputs.length;
  }
  const taken = exchangesOf(input);
  const quantities = processes.map((maker) => maker.outputs.map((_, at) => quantityOf(maker, at)));
  const parts = processes.map((maker, at) => partsOf(maker, quantities[at] as Measure[], input));
  const nodes = processes.flatMap((maker, at) => {
    const amounts = (taken[at] as ReadExchange[]).map((exchange) => {
      const unit = (quantities[exchange.provider] as Measure[])[exchange.output] as Measure;
      const { n, d } = inUnit(exchange.amount as Measure, unit.unit, `/exchanges/${exchange.index}/quantity`);
      return {
        to: (first[exchange.provider] as number) + exchange.output,
        n: exchange.flow === 'avoided' ? -n : n,
        d,
      };
    });
    const base = amounts.reduce((common, { d }) => lcm(common, d), 1n);
    return maker.outputs.map((_, output): Node => {
      const q = (quantities[at] as Measure[])[output] as Measure;
      const w = (parts[at] as Rational[])[output] as Rational;
      const common = lcm(q.value.d, w.d * base);
      return {
        process: at,
        diagonal: q.value.n * (common / q.value.d),
        weight: w.n * (common / w.d),
        edges: amounts.map(({ to, n, d }) => ({ to, amount: n * (common / (d * w.d)) * w.n })),
      };
    });
  });
  const home = (quantities[reference.process] as Measure[])[reference.output] as Measure;
  const wanted = reference.amount ?? home;
  return {
    nodes,
    processes,
    reference: (first[reference.process] as number) + reference.output,
    demand: inUnit(wanted, home.unit, '/reference/amount'),
    declaredUnits: reduce(
      divide(inUnit(wanted, input.declaredUnit.unit, '/declaredUnit'), input.declaredUnit.value),
    ),
    allocations: processes.flatMap((maker, at) =>
      maker.outputs.length === 1
        ? []
        : [{ process: maker, allocation: maker.allocation as Allocation, parts: parts[at] as Rational[] }],
    ),
  };
}

/** By process; a missing or confirmed-zero amount is no edge. */
function exchangesOf({ processes, exchanges }: ReadInput): ReadExchange[][] {
  const taken: ReadExchange[][] = processes.map(() => []);
  for (const exchange of exchanges) {
    if (exchange.amount !== null && exchange.amount.value.n !== 0n)
      (taken[exchange.process] as ReadExchange[]).push(exchange);
  }
  return taken;
}

const BASIS_UNIT = {
  mass: 'kg',
  'machine-hours': 'h',
  pieces: 'piece',
  'electricity-use': 'kWh',
} as const;

/** The part of a process's burdens that each output carries; they sum to one. Credits fall by the same parts. */
function partsOf(maker: ReadProcess, quantities: readonly Measure[], input: ReadInput): readonly Rational[] {
  const { allocation, outputs, index } = maker;
  const place = `/processes/${index}/allocation`;
  if (allocation === 'system-expansion') {
    const credited =
      input.exchanges.some((each) => each.process === index && each.flow === 'avoided') ||
      input.activities.some((each) => each.process === index && each.role === 'credit');
    if (outputs.length > 1 || !credited) {
      refuse(
        'product-system/allocation-missing',
        place,
        'system expansion needs one output and an avoided product, as a credit or an avoided exchange',
      );
    }
    return [ONE];
  }
  if (outputs.length === 1) return [ONE];
  if (allocation === null)
    return refuse('product-system/allocation-missing', place, `${maker.id} has ${outputs.length} outputs`);
  const currency = outputs[0]?.basis?.unit ?? '';
  const unit = allocation === 'economic-value' ? currency : BASIS_UNIT[allocation];
  const measured = allocation === 'mass' || allocation === 'pieces';
  const bases = outputs.map(({ basis, place: at }, n) => {
    const given = basis ?? (measured ? (quantities[n] as Measure) : null);
    if (given === null || given.value.n === 0n)
      return refuse(
        'product-system/allocation-basis',
        `${at}/basis`,
        `allocation by ${allocation} has no basis here`,
      );
    if (allocation === 'economic-value' && !/^[A-Z]{3}$/.test(given.unit))
      refuse('product-system/allocation-basis', `${at}/basis`, `${given.unit} is not a currency`);
    return inUnit(given, unit, `${at}/basis`);
  });
  const whole = sum(bases);
  return bases.map((basis) => reduce(divide(basis, whole)));
}
