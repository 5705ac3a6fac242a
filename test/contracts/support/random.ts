// Numbers that are the same for the same seed: a failed case can be run again from what the test prints.

export type Random = {
  /** 0 to below - 1; below up to 2^32. */
  below(below: number): number;
  bytes(): Uint8Array;
  pick<One>(from: readonly One[]): One;
  /** Any size from 0 to 2^64 - 1; every bit length is as likely as the next, and so are the neighbours of powers of two. */
  size(): bigint;
};

/** xorshift32 (13 left, 17 right, 5 left), as in anchoring vectors. */
export function randomFrom(seed: number): Random {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    bytes: () => {
      const view = new DataView(new ArrayBuffer(32));
      for (let at = 0; at < 32; at += 4) view.setUint32(at, next());
      return new Uint8Array(view.buffer);
    },
    size: () => {
      const power = 1n << BigInt(below(65));
      const near = [power, power - 1n, power + 1n, power - 2n][below(8)];
      const any = near ?? ((BigInt(next()) << 32n) | BigInt(next())) % power;
      return any < 0n ? 0n : any >= 1n << 64n ? (1n << 64n) - 1n : any;
    },
  };
}
