// The bound of large loops on loops small enough to know their solution exactly.
import fc from 'fast-check';
import { solveWhole } from './bareiss.ts';
import { settle, weigh } from './settle.ts';

/** Whole amounts taken, on a diagonal that is above what is taken in total, or not. */
const loops = fc.integer({ min: 2, max: 6 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    taken: fc.array(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
    spare: fc.integer({ min: 20, max: 90 }),
    demand: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: n, maxLength: n }),
    bits: fc.constantFrom(16n, 64n, 128n),
    // Broken off at once, after some sweeps, or never: the bound holds whatever the sweeps did.
    most: fc.constantFrom(0, 20, 200, 1_000_000),
  }),
);

test('the exact amounts lie within the bounds, avoided products or not', () => {
  fc.assert(
    fc.property(loops, ({ n, taken, spare, demand, bits, most }) => {
      const column = (j: number) =>
        taken.reduce((sum, row, i) => sum + Math.abs(row[j]!) * (i === j ? 0 : 1), 0);
      const diagonals = Array.from({ length: n }, (_, j) => BigInt(column(j) + spare));
      const edges = (i: number) =>
        taken[i]!.flatMap((amount, from) =>
          from === i || amount === 0 ? [] : [{ from, amount: BigInt(amount) }],
        );
      const loop = { diagonals, takers: taken.map((_, i) => edges(i)), place: '' };
      const start = demand.map((each) => BigInt(each) << bits);
      const x = settle(
        loop,
        weigh(loop),
        start.map((value) => ({ value, error: 0n })),
        start,
        most,
      );
      const rows = taken.map((row, i) => [
        ...row.map((amount, j) => (i === j ? diagonals[i]! : BigInt(-amount))),
        BigInt(demand[i]!),
      ]);
      const { det, numerators } = solveWhole(rows)!;
      for (const [i, { value, error }] of x.entries()) {
        // |D_i u_i - x_i / 2^bits| <= error / 2^bits, times det
        const off = diagonals[i]! * numerators[i]![0]! * (1n << bits) - value * det;
        const reach = error * (det < 0n ? -det : det);
        expect((off < 0n ? -off : off) <= reach).toBe(true);
        if (most === 1_000_000) expect(error < 1n << 40n).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('an equation without one solution is null, whole systems are solved whole', () => {
  expect(
    solveWhole([
      [2n, 4n, 1n],
      [1n, 2n, 1n],
    ]),
  ).toBeNull();
  // 0 x + 2 y = 4; 3 x + y = 5
  const { det, numerators } = solveWhole([
    [0n, 2n, 4n],
    [3n, 1n, 5n],
  ])!;
  expect(numerators.map(([each]) => each! / det)).toEqual([1n, 2n]);
});
