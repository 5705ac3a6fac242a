// Nothing is lost on the way: what leaves all processes carries exactly what went in, for random works without circles.
import fc from 'fast-check';
import { compare, multiply, rational, sum } from '#lib/quantity';
import { embeddedEmissions } from './embedded.ts';
import { readInput } from './input.ts';
import { SHIPPED_TABLES } from './parameters.ts';
import { inOrder } from './topology.ts';

interface Step {
  readonly emitted: number;
  readonly power: number;
  readonly mass: number;
  readonly uses: readonly number[];
  readonly bought: number;
}

/** Process i may use what processes before it made; the input lists them in reverse. */
function works(steps: readonly Step[]) {
  const left = steps.map((step) => step.mass);
  const processes = steps.map((step, index) => ({
    id: `P${index}`,
    name: 'step',
    category: 'iron-or-steel-products',
    goods: [{ cn: '73181542', name: 'good', mass: { value: String(step.mass), unit: 't' } }],
    electricity: [
      {
        amount: { value: String(step.power), unit: 'MWh' },
        factor: { value: '0.57', unit: 'tCO2/MWh' },
        source: 'default',
        factorSource: 'random',
      },
    ],
    purchased: [{ precursor: 'rod', amount: { value: String(step.bought), unit: 't' } }],
    internal: step.uses.slice(0, index).flatMap((wanted, from) => {
      const taken = Math.min(wanted, left[from] ?? 0);
      if (taken === 0) return [];
      left[from] = (left[from] ?? 0) - taken;
      return [{ process: `P${from}`, amount: { value: String(taken), unit: 't' } }];
    }),
  }));
  const input = readInput({
    format: 'anchorleaf-cbam-input/v1',
    period: { start: '2026-01-01', end: '2027-01-01' },
    sourceStreams: steps.map((step, index) => ({
      id: `s${index}`,
      kind: 'process',
      name: 'stream',
      amount: { value: String(step.emitted), unit: 't' },
      factor: { value: '1', unit: 'tCO2/t' },
      attribution: [{ process: `P${index}`, share: '100' }],
    })),
    processes: processes.reverse(),
    precursors: [
      {
        id: 'rod',
        name: 'rod',
        cn: '72139149',
        country: 'CN',
        purchased: { value: '100000', unit: 't' },
        mode: 'actual-unverified',
        direct: { value: '2.13', unit: 'tCO2e/t' },
        indirect: { value: '0.37', unit: 'tCO2e/t' },
      },
    ],
  });
  return { input, left };
}

const number = fc.integer({ min: 1, max: 999 });
const step: fc.Arbitrary<Step> = fc.record({
  emitted: number,
  power: number,
  mass: number,
  uses: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 8, maxLength: 8 }),
  bought: number,
});

test('emissions of 300 random works of up to 8 processes come out whole, to the last digit', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const { input, left } = works(steps);
      const { processes } = embeddedEmissions(input, SHIPPED_TABLES);
      const bought = rational(BigInt(steps.reduce((total, each) => total + each.bought, 0)));
      const leaving = (of: 'direct' | 'indirect') =>
        sum(
          processes.map(({ process, specific }) =>
            multiply(rational(BigInt(left[Number(process.id.slice(1))] ?? 0)), specific[of]),
          ),
        );
      const emitted = rational(BigInt(steps.reduce((total, each) => total + each.emitted, 0)));
      const power = rational(BigInt(steps.reduce((total, each) => total + each.power, 0)) * 57n, 100n);
      const direct = sum([emitted, multiply(bought, rational(213n, 100n))]);
      const indirect = sum([power, multiply(bought, rational(37n, 100n))]);
      expect(compare(leaving('direct'), direct)).toBe(0);
      expect(compare(leaving('indirect'), indirect)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('a chain of 20,000 processes is put in order without deep calls', () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => ({
    id: String(index),
    needs: index === 19_999 ? [] : [{ id: String(index + 1), place: '' }],
  }));
  const order = inOrder(nodes);
  expect([order[0]?.id, order.at(-1)?.id, order.length]).toEqual(['19999', '0', 20_000]);
});
