/**
 * xoshiro128** (Blackman and Vigna 2018, public domain), its state filled by splitmix64 from one seed, as its authors
 * advise. Good for sampling, no secret: whoever has the seed has every number.
 */
import { QualityError } from './errors.ts';

export const GENERATOR = 'xoshiro128**, seeded by splitmix64';

export type State = [number, number, number, number];

/** The next 32 bits; moves `state` on. */
export function next32(state: State): number {
  const [, s1] = state;
  const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= s1 << 9;
  state[3] = rotate(state[3], 11);
  return result;
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** splitmix64 (Steele, Lea, Flood 2014): the outputs that follow `seed`. */
export function splitmix64(seed: bigint, count: number): bigint[] {
  const word = (x: bigint): bigint => BigInt.asUintN(64, x);
  return Array.from({ length: count }, (_, index) => {
    let z = word(seed + 0x9e3779b97f4a7c15n * BigInt(index + 1));
    z = word((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = word((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  });
}

/** @throws {QualityError} quality/seed: not a whole number below 2^64 */
export function seeded(seed: string, place: string): State {
  if (!/^(0|[1-9]\d{0,19})$/.test(seed) || BigInt(seed) >= 1n << 64n)
    throw new QualityError(
      'quality/seed',
      place,
      `${JSON.stringify(seed)} is no seed`,
      'write a whole number from "0" to "18446744073709551615"; the same seed gives the same estimate',
    );
  const [a, b] = splitmix64(BigInt(seed), 2) as [bigint, bigint];
  const half = (x: bigint): number => Number(BigInt.asIntN(32, x));
  return [half(a), half(a >> 32n), half(b), half(b >> 32n)];
}

/** Evenly in (0, 1), never an end: (k + ½) / 2^52 from the upper 26 bits of two draws, exact in binary64. */
export function uniform(state: State): number {
  const high = next32(state) >>> 6;
  const low = next32(state) >>> 6;
  return (high * 67108864 + low + 0.5) / 4503599627370496;
}
