import fc from 'fast-check';
import { parseDecimal } from '#lib/quantity';
import { type Spread, samplerOf, spreadOf } from './distribution.ts';
import { significant, toDouble } from './doubles.ts';
import { exp, ln, squareRoot } from './elementary.ts';
import { QualityError } from './errors.ts';
import { type MonteCarloModel, monteCarlo } from './monte-carlo.ts';
import { next32, type State, seeded, splitmix64, uniform } from './random.ts';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof QualityError)) throw error;
    expect(error.remedy).toBeTruthy();
    return `${error.code} ${error.place}`;
  }
  return 'taken';
};

/** The oracle: whole numbers over 10^400, nothing shared with the code under test. */
const SCALE = 10n ** 400n;
function fixed(x: number): bigint {
  let [n, d] = [x, 1n];
  while (!Number.isInteger(n)) [n, d] = [n * 2, d * 2n];
  return (BigInt(n) * SCALE) / d;
}
function fixedExp(x: bigint): bigint {
  if (x < 0n) return (SCALE * SCALE) / fixedExp(-x);
  const small = x >> 20n;
  let [term, total] = [SCALE, SCALE];
  for (let i = 1n; term > 0n; i += 1n) {
    term = (term * small) / (SCALE * i);
    total += term;
  }
  for (let i = 0; i < 20; i += 1) total = (total * total) / SCALE;
  return total;
}
const size = (x: bigint): bigint => (x < 0n ? -x : x);
/** |got − want| / |want| as a plain number. */
const off = (got: bigint, want: bigint): number =>
  Number((size(got - want) * 10n ** 30n) / size(want)) / 1e30;

describe('ln, exp and square root keep the bounds they state', () => {
  const spots = [1e-300, 1e-9, 0.5, 0.7071067811865475, 0.999999, 1 + 2 ** -40, 1.5, 2, 10, 1e6, 1e300];
  const positive = fc.oneof(
    fc.constantFrom(...spots),
    fc.double({ min: 0.4, max: 3, noNaN: true }),
    fc.double({ min: 1e-20, max: 1e20, noNaN: true }),
  );

  test('ln', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const got = ln(x);
        // e^got / x − 1 is the absolute error of got.
        const absolute = off(fixedExp(fixed(got)), fixed(x));
        expect(absolute).toBeLessThanOrEqual(1e-15 * Math.abs(got));
      }),
      { numRuns: 200 },
    );
    expect(ln(1)).toBe(0);
  });

  test('exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -120, max: 120, noNaN: true }), (x) => {
        expect(off(fixed(exp(x)), fixedExp(fixed(x)))).toBeLessThanOrEqual(1e-15 + 2e-16 * Math.abs(x));
      }),
      { numRuns: 200 },
    );
    expect(exp(0)).toBe(1);
    expect(exp(700) / Math.exp(700)).toBeCloseTo(1, 12);
    expect(exp(-700) / Math.exp(-700)).toBeCloseTo(1, 12);
  });

  test('square root', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const got = fixed(squareRoot(x));
        expect(off(got * got, fixed(x) * SCALE)).toBeLessThanOrEqual(2e-15);
      }),
      { numRuns: 200 },
    );
    expect([squareRoot(0), squareRoot(4), squareRoot(0.25)]).toEqual([0, 2, 0.5]);
  });

  test('what has no value is refused', () => {
    for (const run of [
      () => ln(0),
      () => ln(-1),
      () => ln(Number.POSITIVE_INFINITY),
      () => ln(Number.NaN),
      () => exp(701),
      () => exp(Number.NaN),
      () => squareRoot(-1),
      () => squareRoot(Number.POSITIVE_INFINITY),
    ])
      expect(refusal(run)).toBe('quality/not-finite ');
  });
});

test('digits: exact both ways, half away from zero, no exponent', () => {
  const cases: [number, string][] = [
    [12345, '12300'],
    [-12350, '-12400'],
    [0.6123724, '0.612'],
    [66.4999, '66.5'],
    [9.996, '10.0'],
    [99960, '100000'],
    [0.0009996, '0.00100'],
    [0.125, '0.125'],
    [1, '1.00'],
    [1e21, '1000000000000000000000'],
    [0, '0'],
  ];
  for (const [x, text] of cases) expect(significant(x, 3)).toBe(text);
  fc.assert(
    fc.property(
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
      fc.integer({ min: 0, max: 12 }),
      (n, places) => {
        expect(toDouble({ n: BigInt(n), d: 10n ** BigInt(places) })).toBe(n / 10 ** places);
      },
    ),
    { numRuns: 5_000, examples: [[-407507799, 5]] },
  );
  expect(toDouble(parseDecimal('123456789012345678901234'))).toBe(Number(123456789012345678901234n));
});

describe('generator', () => {
  test('xoshiro128** against values of the C reference (edorfaus/xoshiro-6502, test-rom/testdata.asm)', () => {
    const state: State = [0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0];
    expect([1, 2, 3, 4].map(() => next32(state))).toEqual([0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70]);
    expect(state.map((word) => word >>> 0)).toEqual([0xfc65379c, 0x52006d70, 0x87487639, 0xf1908343]);
  });

  test('splitmix64 against its published outputs for the seed 1234567', () => {
    expect(splitmix64(1234567n, 3)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
    ]);
  });

  test('even over (0, 1), ends left out; other seed, other numbers', () => {
    const state = seeded('7', '/seed');
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i += 1) {
      const u = uniform(state);
      if (u <= 0 || u >= 1) throw new Error(`${u} is outside`);
      tenths[Math.floor(u * 10)]! += 1;
    }
    // χ² with 9 degrees of freedom: 27.9 is passed once in a thousand.
    expect(tenths.reduce((total, n) => total + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
    expect(uniform(seeded('8', ''))).not.toBe(uniform(seeded('7', '')));
    for (const seed of ['', '-1', '1.5', '18446744073709551616', '01'])
      expect(refusal(() => seeded(seed, '/seed'))).toBe('quality/seed /seed');
  });
});

function moments(value: string, spread: Spread, runs = 40_000) {
  const draw = samplerOf(value, spread, '');
  const state = seeded('1', '');
  const drawn = Array.from({ length: runs }, () => draw(state));
  const mean = drawn.reduce((a, b) => a + b) / runs;
  const sd = Math.sqrt(drawn.reduce((total, x) => total + (x - mean) ** 2, 0) / runs);
  return { mean, sd, median: drawn.sort((a, b) => a - b)[runs / 2]!, drawn };
}

describe('draws have the moments of their distributions', () => {
  test('normal', () => {
    const { mean, sd, drawn } = moments('10', { distribution: 'normal', sd: '2' });
    expect(Math.abs(mean - 10)).toBeLessThan(0.04);
    expect(Math.abs(sd - 2)).toBeLessThan(0.03);
    expect(drawn.filter((x) => Math.abs(x - 10) < 3.919928).length / drawn.length).toBeCloseTo(0.95, 2);
  });

  test('lognormal: the value is the median; a credit stays one', () => {
    const sigma = 0.3;
    const { mean, median } = moments('5', { distribution: 'lognormal', variance: '0.09' });
    expect(Math.abs(median - 5)).toBeLessThan(0.04);
    expect(Math.abs(mean - 5 * Math.exp(sigma ** 2 / 2))).toBeLessThan(0.04);
    expect(moments('-5', { distribution: 'lognormal', variance: '0.09' }).drawn.every((x) => x < 0)).toBe(
      true,
    );
    // GSD² = e^0.6 is the same spread.
    const same = moments('5', { distribution: 'lognormal', gsd2: '1.822118800390509' });
    expect(same.mean).toBeCloseTo(mean, 10);
  });

  test('triangular, skewed: mean (a + b + c) / 3', () => {
    const { mean, sd, drawn } = moments('2', { distribution: 'triangular', min: '1', max: '9' });
    expect(Math.abs(mean - 4)).toBeLessThan(0.03);
    // √((a² + b² + c² − ab − ac − bc) / 18) with 1, 2, 9
    expect(Math.abs(sd - Math.sqrt(57 / 18))).toBeLessThan(0.03);
    expect(drawn.every((x) => x >= 1 && x <= 9)).toBe(true);
  });
});

/**
 * Brightway's carbon-fibre bicycle: brightway-lca/from-the-ground-up, lci-bike.xlsx and notebook 1 @42770501. Natural
 * gas has no emission of its own there, so its spread must not matter.
 */
const bicycle: MonteCarloModel = {
  inputs: [
    { id: 'fibre', value: '2.5', spread: null },
    { id: 'gas', value: '237.3', spread: { distribution: 'triangular', min: '200', max: '300' } },
    { id: 'gas-co2', value: '0', spread: null },
    { id: 'co2', value: '26.6', spread: { distribution: 'triangular', min: '26', max: '27.2' } },
  ],
  lines: [
    { id: 'carbon fibre', inputs: ['fibre', 'co2'] },
    { id: 'natural gas', inputs: ['fibre', 'gas', 'gas-co2'] },
  ],
};

test('every bit as CPython computes it from the same four operations', () => {
  const draw = samplerOf('5', { distribution: 'lognormal', variance: '0.09' }, '');
  const state = seeded('2026', '');
  let total = 0;
  for (let i = 0; i < 1_000; i += 1) total += draw(state);
  expect([total, ln(0.3), exp(-3.7), squareRoot(7)]).toEqual([
    5229.293689812787, -1.2039728043259361, 0.024723526470339388, 2.6457513110645907,
  ]);
});

describe('Monte Carlo', () => {
  test('the bicycle: mean 66.5, sd about 0.61 (exact 0.6124)', () => {
    const result = monteCarlo(bicycle, 10_000, '42');
    expect(result).toMatchObject({
      kind: 'estimate',
      generator: 'xoshiro128**, seeded by splitmix64',
      seed: '42',
      runs: 10_000,
      mean: '66.5',
      median: '66.5',
      largestLines: [{ id: 'carbon fibre', share: '100' }],
      withoutSpread: ['fibre', 'gas-co2'],
    });
    expect(Math.abs(Number(result.sd) - 0.6124)).toBeLessThan(0.012);
    // The middle 95 % of an even triangle of half-width 1.5 reaches 1.5 (1 − √0.05) to each side.
    expect(Math.abs(Number(result.low) - (66.5 - 1.5 * (1 - Math.sqrt(0.05))))).toBeLessThanOrEqual(0.1);
    expect(Math.abs(Number(result.high) - (66.5 + 1.5 * (1 - Math.sqrt(0.05))))).toBeLessThanOrEqual(0.1);
    // Gas moves nothing; what correlation is left is chance.
    expect(Number(result.mostUncertain[0]!.share)).toBeGreaterThan(99);
    expect(result.mostUncertain[0]!.id).toBe('co2');
  });

  test('same seed, same digits, however the model is listed; another seed, other digits', () => {
    const turned = { inputs: [...bicycle.inputs].reverse(), lines: [...bicycle.lines].reverse() };
    const { withoutSpread: _, ...first } = monteCarlo(bicycle, 1_000, '42');
    expect(monteCarlo(turned, 1_000, '42')).toMatchObject(first);
    const sds = ['1', '2', '3', '4', '5'].map((seed) => monteCarlo(bicycle, 1_000, seed).sd);
    expect(new Set(sds).size).toBeGreaterThan(1);
  });

  const spread = { distribution: 'normal', sd: '1' } as const;
  test('an input used twice varies as one: spreads add plainly, not by squares', () => {
    const shared = monteCarlo(
      {
        inputs: [{ id: 'f', value: '10', spread }],
        lines: [
          { id: 'a', inputs: ['f'] },
          { id: 'b', inputs: ['f'] },
        ],
      },
      20_000,
      '3',
    );
    const apart = monteCarlo(
      {
        inputs: [
          { id: 'f', value: '10', spread },
          { id: 'g', value: '10', spread },
        ],
        lines: [
          { id: 'a', inputs: ['f'] },
          { id: 'b', inputs: ['g'] },
        ],
      },
      20_000,
      '3',
    );
    expect(Math.abs(Number(shared.sd) - 2)).toBeLessThan(0.04);
    expect(Math.abs(Number(apart.sd) - Math.SQRT2)).toBeLessThan(0.03);
    expect(shared.mean).toBe('20.0');
    for (const { share } of apart.mostUncertain) expect(Math.abs(Number(share) - 50)).toBeLessThan(3);
  });

  test('a credit counts by its size, and so does what lowers the result', () => {
    const result = monteCarlo(
      {
        inputs: [
          { id: 'burden', value: '30', spread },
          { id: 'credit', value: '-10', spread: { distribution: 'lognormal', variance: '0.01' } },
          { id: 'saved', value: '2', spread },
          { id: 'minus', value: '-1', spread: null },
        ],
        lines: [
          { id: 'burden', inputs: ['burden'] },
          { id: 'credit', inputs: ['credit'] },
          { id: 'saved', inputs: ['saved', 'minus'] },
        ],
      },
      20_000,
      '5',
    );
    expect(result.largestLines.map(({ id }) => id)).toEqual(['burden', 'credit', 'saved']);
    // 30, 10 and 2 of 42; the three variances are about 1 each.
    expect(Math.abs(Number(result.largestLines[1]!.share) - (100 * 10) / 42)).toBeLessThan(0.3);
    expect(result.mostUncertain).toHaveLength(3);
    for (const { share } of result.mostUncertain) expect(Math.abs(Number(share) - 100 / 3)).toBeLessThan(2);
  });

  test('nothing uncertain: no range and no hot spot of uncertainty', () => {
    const certain = { ...bicycle, inputs: bicycle.inputs.map((each) => ({ ...each, spread: null })) };
    expect(monteCarlo(certain, 100, '0')).toMatchObject({
      mean: '66.5',
      sd: '0',
      low: '66.5',
      high: '66.5',
      mostUncertain: [],
    });
  });

  test('what cannot be run is refused with its place', () => {
    const run = (model: Partial<MonteCarloModel>, runs = 100, seed = '1') =>
      refusal(() => monteCarlo({ ...bicycle, ...model }, runs, seed));
    const one = (value: string, given: Spread | null) =>
      run({ inputs: [{ id: 'x', value, spread: given }], lines: [{ id: 'l', inputs: ['x'] }] });
    expect(run({}, 99)).toBe('quality/runs /runs');
    expect(run({}, 100.5)).toBe('quality/runs /runs');
    expect(run({}, 1_000_001)).toBe('quality/runs /runs');
    expect(run({}, 100, 'x')).toBe('quality/seed /seed');
    expect(run({ lines: [] })).toBe('quality/empty-model /lines');
    expect(run({ lines: [{ id: 'l', inputs: [] }] })).toBe('quality/empty-model /lines/0/inputs');
    expect(run({ lines: [{ id: 'l', inputs: ['co2', 'nothing'] }] })).toBe(
      'quality/unknown-input /lines/0/inputs/1',
    );
    expect(run({ lines: [bicycle.lines[0]!, bicycle.lines[0]!] })).toBe('quality/duplicate /lines/1/id');
    expect(run({ inputs: [...bicycle.inputs, bicycle.inputs[0]!] })).toBe('quality/duplicate /inputs/4/id');
    const many = Array.from({ length: 200 }, (_, i) => ({ id: `l${i}`, inputs: ['co2'] }));
    expect(run({ lines: many }, 1_000_000)).toBe('quality/too-large /runs');
    expect(one(1.5 as never, null)).toBe('quality/malformed-decimal /inputs/0/value');
    expect(one('1', { distribution: 'uniform' } as never)).toBe(
      'quality/spread /inputs/0/spread/distribution',
    );
    const huge = {
      id: 'x',
      value: '1'.padEnd(24, '0'),
      spread: { distribution: 'normal', sd: '1'.padEnd(24, '0') } as const,
    };
    expect(run({ inputs: [huge], lines: [{ id: 'l', inputs: Array(8).fill('x') }] })).toBe(
      'quality/not-finite ',
    );
    expect(one('1,5', null)).toBe('quality/malformed-decimal /inputs/0/value');
    expect(one('0', { distribution: 'lognormal', variance: '0.1' })).toBe('quality/spread /inputs/0/value');
    expect(one('1', { distribution: 'lognormal', variance: '-0.1' })).toBe(
      'quality/negative-variance /inputs/0/spread/basicVariance',
    );
    expect(one('1', { distribution: 'lognormal', variance: '26' })).toBe(
      'quality/spread-out-of-range /inputs/0/spread',
    );
    expect(one('1', { distribution: 'lognormal', gsd2: '0.9' })).toBe('quality/spread /inputs/0/spread/gsd2');
    expect(one('1', { distribution: 'lognormal', gsd2: '30000' })).toBe(
      'quality/spread-out-of-range /inputs/0/spread/gsd2',
    );
    expect(one('1', { distribution: 'triangular', min: '1.1', max: '2' })).toBe(
      'quality/spread /inputs/0/spread/min',
    );
    expect(one('1', { distribution: 'triangular', min: '1', max: '1' })).toBe(
      'quality/spread /inputs/0/spread/min',
    );
    expect(one('1', { distribution: 'normal', sd: '-1' })).toBe(
      'quality/negative-variance /inputs/0/spread/sd',
    );
  });
});

test('spreads as factor records state them', () => {
  const nothing = { gsd2: null, basicVariance: null, pedigree: null, min: null, max: null };
  const of = (over: object, value = '10') =>
    spreadOf(
      value,
      { distribution: 'lognormal', ...nothing, ...over } as Parameters<typeof spreadOf>[1],
      '/u',
    );
  expect(spreadOf('10', null, '/u')).toBeNull();
  expect(of({ gsd2: '1.5' })).toEqual({ distribution: 'lognormal', gsd2: '1.5' });
  expect(of({ basicVariance: '0.01', pedigree: [3, 2, 3, 2, 4] })).toEqual({
    distribution: 'lognormal',
    variance: '0.054125',
  });
  expect(of({ distribution: 'triangular', min: '9', max: '12' })).toEqual({
    distribution: 'triangular',
    min: '9',
    max: '12',
  });
  const even = of({ distribution: 'normal', min: '8', max: '12' });
  expect(even?.distribution === 'normal' && Number(even.sd)).toBeCloseTo(4 / 3.919928, 9);
  expect(refusal(() => of({ distribution: 'normal', min: '8', max: '13' }))).toBe('quality/spread /u/min');
  expect(refusal(() => of({ distribution: 'normal' }))).toBe('quality/spread /u/min');
  expect(refusal(() => of({ gsd2: '1.5', pedigree: [1, 1, 1, 1, 1] }))).toBe('quality/two-spreads /u/gsd2');
  expect(refusal(() => of({}))).toBe('quality/spread /u');
});
