/**
 * Large loops: Gauss-Seidel sweeps in scaled integers, and a bound on what is left, proven after the fact.
 *
 * With T = E / D, the amounts made obey x = f + T x. If a vector z > 0 has m = z - |T| z > 0 in every row, then
 * I - T is an H-matrix and |x - x'| <= z * max_k(|r_k| / m_k) for r = f - x' + T x' (Ostrowski 1937; Varga, Matrix
 * Iterative Analysis, 3.5). z, m and r are computed with every rounding on the unfavourable side, so the bound holds
 * whatever the sweeps did; they only make it small.
 */
import { ProductSystemError } from './errors.ts';
import { abs } from './whole.ts';

/** x' = value / 2^bits, and |x - x'| <= error / 2^bits. */
export interface Bounded {
  readonly value: bigint;
  readonly error: bigint;
}

export interface Loop {
  readonly diagonals: readonly bigint[];
  /** Per member: who of the loop takes how much of what it makes, per D of the taker. */
  readonly takers: readonly (readonly { readonly from: number; readonly amount: bigint }[])[];
  readonly place: string;
}

const Z_BITS = 64n;
const Z_ONE = 1n << Z_BITS;
const Z_MOST = 1n << 4_096n;
/** A step touches each edge once. */
const MOST_STEPS = 30_000_000;

const edgeCount = ({ takers }: Loop): number =>
  takers.reduce((sum, each) => sum + each.length, takers.length);

export interface Weights {
  readonly z: readonly bigint[];
  /** Lower bounds of z - |T| z, above zero. */
  readonly m: readonly bigint[];
}

/**
 * The vector z of the bound, which also shows that the loop has a solution, one only. After M steps it is
 * z = (1 + |T| + ... + |T|^M) 1, so z - |T| z = 1 - |T|^(M+1) 1: a loop that makes more than it uses ends above
 * nought in every row, and one that does not ends with T z >= z, which proves that its spectral radius is at least one.
 * @throws product-system/unproductive-loop if that was proven and no avoided product is in the loop;
 *   product-system/loop-not-settled if neither shows within the steps that are affordable
 */
export function weigh(loop: Loop): Weights {
  const { diagonals, takers, place } = loop;
  const n = diagonals.length;
  const plain = takers.every((each) => each.every(({ amount }) => amount > 0n));
  /** |T| z in one row, rounded up edge by edge, and how many edges that was more than nothing for. */
  const sumOf = (z: readonly bigint[], i: number): { up: bigint; cut: bigint } => {
    let up = 0n;
    let cut = 0n;
    for (const { from, amount } of takers[i] as Loop['takers'][number]) {
      const d = diagonals[from] as bigint;
      const product = abs(amount) * (z[from] as bigint);
      up += product / d;
      if (product % d !== 0n) cut += 1n;
    }
    return { up: up + cut, cut };
  };
  const steps = Math.ceil(MOST_STEPS / edgeCount(loop));
  let z: readonly bigint[] = diagonals.map(() => Z_ONE);
  for (let step = 0; step < steps; step += 1) {
    const sums = diagonals.map((_, i) => sumOf(z, i));
    const m = z.map((each, i) => each - (sums[i]?.up ?? 0n));
    if (m.every((each) => each >= Z_ONE / 4n)) return { z, m };
    if (plain && m.every((each, i) => each + (sums[i]?.cut ?? 0n) <= 0n)) {
      throw new ProductSystemError(
        'product-system/unproductive-loop',
        place,
        `the loop of ${n} processes uses at least as much of its own products as it makes`,
      );
    }
    if (z.some((each) => each > Z_MOST)) break;
    z = sums.map(({ up }) => Z_ONE + up);
  }
  throw new ProductSystemError(
    'product-system/loop-not-settled',
    place,
    `no bound was found for the loop of ${n} processes: it uses nearly all it makes, or avoids more than it makes`,
  );
}

/** Amounts made for the outside demand `f`, all scaled by 2^bits; `start` is a guess at the same scale; after `most` steps the bound is what it is. */
export function settle(
  loop: Loop,
  weights: Weights,
  f: readonly Bounded[],
  start: readonly bigint[],
  most = MOST_STEPS,
): Bounded[] {
  const { diagonals, takers } = loop;
  const x = [...start];
  const rightSide = (i: number): bigint => {
    let total = (f[i] as Bounded).value;
    for (const { from, amount } of takers[i] as Loop['takers'][number])
      total += (amount * (x[from] as bigint)) / (diagonals[from] as bigint);
    return total;
  };
  let steps = 0;
  for (let change = 2n; change > 1n && steps < most; steps += edgeCount(loop)) {
    change = 0n;
    for (let i = 0; i < x.length; i += 1) {
      const next = rightSide(i);
      const moved = abs(next - (x[i] as bigint));
      if (moved > change) change = moved;
      x[i] = next;
    }
  }
  // Each quotient was cut by less than one unit.
  let ratio = 0n;
  for (let i = 0; i < x.length; i += 1) {
    const left =
      abs(rightSide(i) - (x[i] as bigint)) +
      BigInt((takers[i] as Loop['takers'][number]).length) +
      (f[i] as Bounded).error;
    const m = weights.m[i] as bigint;
    const each = ((left << Z_BITS) + m - 1n) / m;
    if (each > ratio) ratio = each;
  }
  return x.map((value, i) => ({ value, error: (((weights.z[i] as bigint) * ratio) >> Z_BITS) + 1n }));
}
