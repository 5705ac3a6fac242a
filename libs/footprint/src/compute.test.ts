import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { computeFootprint } from './compute.ts';
import { FootprintError } from './errors.ts';
import type { Factor, FootprintInput, InputActivity } from './model.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/footprint/plate-factory.json', import.meta.url), 'utf8'),
) as { input: FootprintInput }[];
const plateFactory = (): FootprintInput => structuredClone((vectors[0] as { input: FootprintInput }).input);
const PERIOD = plateFactory().period;

const withActivity = (
  input: FootprintInput,
  index: number,
  change: Partial<InputActivity>,
): FootprintInput => ({
  ...input,
  activities: input.activities.map((each, at) => (at === index ? { ...each, ...change } : each)),
});
const factor = (id: string, change: Partial<Factor>): Factor => ({
  ...(plateFactory().factors[0] as Factor),
  id,
  ...change,
});
/** A shared burden or credit, allocated by pieces. */
const activity = (name: string, change: Partial<InputActivity>): InputActivity => ({
  ...(plateFactory().activities[9] as InputActivity),
  activity: `sha256:${name}`,
  ...change,
});

const code = (input: unknown): string => {
  try {
    computeFootprint(input as FootprintInput);
  } catch (error) {
    if (error instanceof FootprintError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'accepted';
};

// Worked on paper, all per year: L1 makes 700 pieces with 70 kWh on its meter, L2 makes 300 with 39 kWh,
// shared loads 11 kWh; bought 100 kWh, own PV 20 kWh; 10 m3 gas; 16 kg pulp at 0.62 from its maker; 2 kg board;
// 1 tkm in, 4 tkm out.
//   electricity 100×0.5777 + 20×0.0520              = 58.81
//   gas         10×2.06672 + 10×0.33660             = 24.0332
//   pulp        16×0.62                             =  9.92
//   board       0.002×1199.72542                    =  2.39945084
//   inbound     1×0.07703 + 1×0.01799               =  0.09502
//   total                                           = 95.25767084 over 1000 pieces = 0.09525767084
//   outbound    4×0.09502                           =  0.38008 over 1000 = 0.00038008
//   L1: gas, pulp, board, inbound by pieces 0.7×36.44767084 = 25.513369588
//       electricity (70 + 0.7×11)/120×58.81 = 77.7/120×58.81 = 38.079475   sum 63.592844588 /700 = 0.0908469208…
//   L2: 0.3×36.44767084 = 10.934301252; (39 + 3.3)/120×58.81 = 20.730525   sum 31.664826252 /300 = 0.10554942084
describe('a plate factory worked by hand', () => {
  const result = computeFootprint(plateFactory());
  test('the product number, six significant digits', () => {
    expect(result.perUnit).toEqual({ value: '0.0952577', unit: 'kgCO2e', per: '1 piece' });
    expect(result.outbound).toEqual({ perUnit: '0.0003801' });
  });
  test('stages in their order, with shares', () => {
    expect(result.stages).toEqual([
      { stage: 'materials', perUnit: '0.0099200', share: '10.4' },
      { stage: 'inbound-transport', perUnit: '0.0000950', share: '0.1' },
      { stage: 'electricity', perUnit: '0.0588100', share: '61.7' },
      { stage: 'heat', perUnit: '0.0240332', share: '25.2' },
      { stage: 'packaging', perUnit: '0.0023995', share: '2.5' },
    ]);
  });
  test('the lines apart: own meter per piece, the second 30 % above', () => {
    expect(result.lines).toEqual([
      {
        line: 'L1',
        output: { value: '700', unit: 'piece' },
        perUnit: '0.0908469',
        electricityPerUnit: { value: '0.100000', unit: 'kWh' },
        electricityAboveBest: '0.0',
      },
      {
        line: 'L2',
        output: { value: '300', unit: 'piece' },
        perUnit: '0.1055494',
        electricityPerUnit: { value: '0.130000', unit: 'kWh' },
        electricityAboveBest: '30.0',
      },
    ]);
    expect(result.unallocatedElectricity).toBe('0.0');
  });
  test('the working rebuilds every total, direct and upstream apart', () => {
    expect(result.working.map((line) => line.amount)).toEqual([
      { kgCO2e: '57.770000', byFactor: ['57.770000'], perUnit: '0.0577700', share: '60.6' },
      { kgCO2e: '1.040000', byFactor: ['1.040000'], perUnit: '0.0010400', share: '1.1' },
      { kgCO2e: '24.033200', byFactor: ['20.667200', '3.366000'], perUnit: '0.0240332', share: '25.2' },
      { kgCO2e: '9.920000', byFactor: ['9.920000'], perUnit: '0.0099200', share: '10.4' },
      { kgCO2e: '2.399451', byFactor: ['2.399451'], perUnit: '0.0023995', share: '2.5' },
      { kgCO2e: '0.095020', byFactor: ['0.077030', '0.017990'], perUnit: '0.0000950', share: '0.1' },
      { kgCO2e: '0.380080', byFactor: ['0.308120', '0.071960'], perUnit: '0.0003801', share: null },
    ]);
  });
  test('shares: primary = billed pulp × the 50 % its maker calls primary', () => {
    expect(result.shares).toEqual({
      primaryData: '5.2',
      measuredActivity: '100.0',
      makerStatedFactors: '10.4',
      standInFactors: '27.8',
      estimates: '0.0',
      credits: '0.0',
    });
    expect(result.factorGrades).toEqual([
      { grade: 'official', share: '89.6' },
      { grade: 'maker-stated', share: '10.4' },
    ]);
  });
  test('what a reader must know: older factors, stand-ins, mixed GWP sets', () => {
    expect(result.gwpSets).toEqual(['AR5', 'not-stated']);
    expect(result.gaps.map((gap) => [gap.code, gap.activity, gap.value])).toEqual([
      ['gap/factor-year', 5, '2024'],
      ['gap/factor-year', 6, '2024'],
      ['gap/stand-in', 7, 'gas-direct'],
      ['gap/stand-in', 7, 'gas-upstream'],
      ['gap/stand-in', 9, 'board'],
      ['gap/stand-in', 10, 'hgv-direct'],
      ['gap/stand-in', 10, 'hgv-upstream'],
      ['gap/stand-in', 11, 'hgv-direct'],
      ['gap/stand-in', 11, 'hgv-upstream'],
      ['gap/gwp-mixed', null, 'AR5, not-stated'],
    ]);
  });
});

describe('gaps', () => {
  const gapsWith = (index: number, change: Partial<InputActivity>) =>
    computeFootprint(withActivity(plateFactory(), index, change)).gaps.map(
      (gap) => `${gap.code} ${gap.activity} ${gap.value}`,
    );
  test('a fuel without its upstream part is named', () => {
    expect(gapsWith(7, { factors: ['gas-direct'] })).toContain('gap/no-upstream 7 null');
    expect(gapsWith(7, { factors: ['gas-upstream'] })).toContain('gap/no-direct 7 null');
  });
  test('missing is named, adds nothing and is never nought', () => {
    const input = withActivity(plateFactory(), 8, { state: 'missing', quantity: null });
    const result = computeFootprint(input);
    expect(result.gaps).toContainEqual({ code: 'gap/missing-quantity', activity: 8, value: null });
    expect(result.working[3]?.amount).toBeNull();
    expect(result.perUnit.value).toBe('0.0853377');
  });
  test('an estimate is named and its share printed', () => {
    const result = computeFootprint(withActivity(plateFactory(), 9, { state: 'estimated' }));
    expect(result.gaps).toContainEqual({ code: 'gap/estimated', activity: 9, value: null });
    expect(result.shares.estimates).toBe('2.5');
    expect(result.shares.measuredActivity).toBe('97.5');
  });
  test('a bill that ends early leaves the rest of the year uncovered', () => {
    expect(gapsWith(5, { period: { start: PERIOD.start, end: '2025-11-30T16:00:00Z' } })).toContain(
      'gap/period-not-covered 5 2025-11-30T16:00:00Z',
    );
    expect(gapsWith(5, { period: { start: '2025-01-31T16:00:00Z', end: PERIOD.end } })).toContain(
      `gap/period-not-covered 5 ${PERIOD.start}`,
    );
  });
  test('meters slightly above the bill warn; far above are refused', () => {
    expect(gapsWith(5, { quantity: { value: '97', unit: 'kWh' } })).toContain(
      'gap/use-exceeds-supply null 2.6',
    );
    expect(code(withActivity(plateFactory(), 5, { quantity: { value: '90', unit: 'kWh' } }))).toBe(
      'footprint/use-exceeds-supply /activities',
    );
  });
  test('the unexplained share of the electricity is printed', () => {
    const result = computeFootprint(
      withActivity(plateFactory(), 5, { quantity: { value: '130', unit: 'kWh' } }),
    );
    expect(result.unallocatedElectricity).toBe('20.0');
  });
  test('a line meter without reading leaves the line without kWh per piece', () => {
    const result = computeFootprint(withActivity(plateFactory(), 3, { state: 'missing', quantity: null }));
    expect(result.lines.map((line) => line.electricityPerUnit?.value ?? null)).toEqual(['0.100000', null]);
  });
});

test('a credit is subtracted and its share printed', () => {
  const input = plateFactory();
  const credit = activity('scrap-sold', {
    kind: 'waste',
    role: 'credit',
    stage: 'waste',
    allocation: 'pieces',
    quantity: { value: '1', unit: 'kg' },
    factors: ['board'],
  });
  const result = computeFootprint({ ...input, activities: [...input.activities, credit] });
  expect(result.perUnit.value).toBe('0.0940579'); // 95.25767084 - 1.19972542 = 94.05794542
  expect(result.shares.credits).toBe('1.2'); // 1.19972542 / 96.45739626
  expect(result.working.at(-1)?.amount?.kgCO2e).toBe('-1.199725');
});

describe('refusals', () => {
  const base = plateFactory();
  const changed = (index: number, change: Partial<Record<keyof InputActivity, unknown>>) =>
    code(withActivity(base, index, change as Partial<InputActivity>));
  test.each([
    [
      'no output',
      { activities: base.activities.filter((each) => each.role !== 'output') },
      'footprint/zero-output /activities',
    ],
    ['no activity at all', { activities: [] }, 'footprint/zero-output /activities'],
    [
      'more than 5,000 activities',
      { activities: Array(5001).fill(base.activities[0]) },
      'footprint/too-many-activities /activities',
    ],
    [
      'an activity twice',
      { activities: [...base.activities, base.activities[4]] },
      'footprint/duplicate-activity /activities/12/activity',
    ],
    [
      'a factor twice',
      { factors: [...base.factors, base.factors[0]] },
      'footprint/duplicate-factor /factors/8/id',
    ],
    ['another format', { format: 'x' }, 'footprint/malformed-input /format'],
    [
      'a period without length',
      { period: { start: PERIOD.end, end: PERIOD.end } },
      'footprint/malformed-period /period',
    ],
    [
      'a local time',
      { period: { start: '2025-01-01T00:00:00+08:00', end: PERIOD.end } },
      'footprint/malformed-period /period',
    ],
    [
      'a declared unit of zero',
      { declaredUnit: { value: '0', unit: 'piece' } },
      'footprint/malformed-quantity /declaredUnit',
    ],
    [
      'a declared unit in kilograms for pieces',
      { declaredUnit: { value: '1', unit: 'kg' } },
      'footprint/dimension-mismatch /activities/0/quantity',
    ],
    ['factors that are no list', { factors: null }, 'footprint/malformed-input /factors'],
  ])('%s', (_, change, want) => {
    expect(code({ ...base, ...change })).toBe(want);
  });
  test.each([
    [
      'zero output',
      0,
      { quantity: { value: '0', unit: 'piece' }, state: 'zero' },
      'footprint/zero-output /activities',
    ],
    ['missing output', 0, { quantity: null, state: 'missing' }, 'footprint/zero-output /activities/0'],
    ['output of no line', 0, { line: 'shared' }, 'footprint/zero-output /activities/0'],
    ['an unknown line', 2, { line: 'L7' }, 'footprint/unknown-line /activities/2/line'],
    ['a malformed line', 2, { line: 'L0' }, 'footprint/malformed-input /activities/2/line'],
    [
      'kilograms of electricity',
      5,
      { quantity: { value: '5', unit: 'kg' } },
      'footprint/dimension-mismatch /activities/5/quantity',
    ],
    [
      'normal cubic metres on a factor per m3',
      7,
      { quantity: { value: '5', unit: 'Nm3' } },
      'footprint/dimension-mismatch /activities/7/quantity',
    ],
    ['an unknown factor', 5, { factors: ['nowhere'] }, 'footprint/unknown-factor /activities/5/factors/0'],
    ['no factor', 5, { factors: [] }, 'footprint/factor-combination /activities/5/factors'],
    [
      'a life-cycle factor beside another',
      5,
      { factors: ['grid', 'pv'] },
      'footprint/factor-combination /activities/5/factors',
    ],
    [
      'a factor twice on a line',
      7,
      { factors: ['gas-direct', 'gas-direct'] },
      'footprint/factor-combination /activities/7/factors',
    ],
    ['a factor on a meter', 2, { factors: ['grid'] }, 'footprint/malformed-input /activities/2/factors'],
    [
      'a month outside',
      5,
      { period: { start: '2025-12-31T16:00:00Z', end: '2026-01-31T16:00:00Z' } },
      'footprint/outside-period /activities/5/period',
    ],
    [
      'a period backwards',
      5,
      { period: { start: PERIOD.end, end: PERIOD.start } },
      'footprint/malformed-period /activities/5/period',
    ],
    [
      'a negative amount',
      5,
      { quantity: { value: '-5', unit: 'kWh' } },
      'footprint/negative-quantity /activities/5/quantity',
    ],
    [
      'a JSON number',
      5,
      { quantity: { value: 5, unit: 'kWh' } },
      'footprint/malformed-quantity /activities/5/quantity/value',
    ],
    [
      'a decimal comma',
      5,
      { quantity: { value: '5,0', unit: 'kWh' } },
      'footprint/malformed-quantity /activities/5/quantity/value',
    ],
    [
      '10^30',
      5,
      { quantity: { value: `1${'0'.repeat(30)}`, unit: 'kWh' } },
      'footprint/malformed-quantity /activities/5/quantity/value',
    ],
    [
      'a unit named constructor',
      5,
      { quantity: { value: '5', unit: 'constructor' } },
      'footprint/malformed-quantity /activities/5/quantity/unit',
    ],
    [
      'an unconfirmed nought',
      5,
      { quantity: { value: '0', unit: 'kWh' } },
      'footprint/state-mismatch /activities/5/quantity',
    ],
    ['a nought that is none', 5, { state: 'zero' }, 'footprint/state-mismatch /activities/5/quantity'],
    ['a missing that is there', 5, { state: 'missing' }, 'footprint/state-mismatch /activities/5/quantity'],
    [
      'a withheld quantity',
      5,
      { quantity: { digest: 'x' } },
      'footprint/malformed-input /activities/5/quantity/unit',
    ],
    [
      'shared without an allocation',
      5,
      { allocation: null },
      'footprint/malformed-input /activities/5/allocation',
    ],
    [
      'an unknown allocation',
      5,
      { allocation: 'by-feeling' },
      'footprint/malformed-input /activities/5/allocation',
    ],
    [
      'an allocation on a line of its own',
      5,
      { line: 'L1' },
      'footprint/malformed-input /activities/5/allocation',
    ],
    ['a burden without stage', 5, { stage: null }, 'footprint/malformed-input /activities/5/stage'],
    ['an output with a stage', 0, { stage: 'heat' }, 'footprint/malformed-input /activities/0/stage'],
    ['a name that is none', 5, { name: null }, 'footprint/malformed-input /activities/5/name'],
    ['no item', 5, { item: undefined }, 'footprint/malformed-input /activities/5/item'],
    ['an unknown role', 5, { role: 'gift' }, 'footprint/malformed-input /activities/5/role'],
    ['an unknown grade', 5, { grade: 'gossip' }, 'footprint/malformed-input /activities/5/grade'],
  ])('%s', (_, index, change, want) => {
    expect(changed(index, change)).toBe(want);
  });
  test('an inventory factor in a product footprint, with both sides named', () => {
    const inventory = factor('zj-co2', { value: '0.5153', unit: 'kgCO2/kWh', kind: 'inventory-co2' });
    const input = withActivity({ ...base, factors: [...base.factors, inventory] }, 5, {
      factors: ['zj-co2'],
    });
    expect(code(input)).toBe('footprint/inventory-factor /activities/5/factors/0');
    expect(() => computeFootprint(input)).toThrow(/0\.5153 kgCO2\/kWh.*life-cycle/);
  });
  test.each([
    [
      'a CO2 figure that calls itself life cycle',
      { unit: 'kgCO2/kWh' },
      'footprint/malformed-factor /factors/0/unit',
    ],
    ['an unknown unit below the line', { unit: 'kgCO2e/USD' }, 'footprint/malformed-factor /factors/0/unit'],
    ['a negative figure', { value: '-1' }, 'footprint/malformed-factor /factors/0/value'],
    ['a figure in scientific notation', { value: '5e-1' }, 'footprint/malformed-factor /factors/0/value'],
    [
      'over 100 percent primary',
      { primaryDataShare: '101' },
      'footprint/malformed-factor /factors/0/primaryDataShare',
    ],
    ['an unknown kind', { kind: 'spend' }, 'footprint/malformed-input /factors/0/kind'],
    ['a year in words', { year: 'last' }, 'footprint/malformed-input /factors/0/year'],
  ])('%s', (_, change, want) => {
    expect(code({ ...base, factors: [{ ...base.factors[0], ...change }, ...base.factors.slice(1)] })).toBe(
      want,
    );
  });
  test('allocation by electricity without any meter', () => {
    const activities = base.activities.filter((each) => each.role !== 'metered-use');
    expect(code({ ...base, activities })).toBe('footprint/no-metered-use /activities/2/allocation');
  });
  test.each([null, undefined, 1, 'x', [], {}, { format: 'anchorleaf-footprint-input/v1' }])(
    '%j is no input',
    (input) => {
      expect(code(input)).toMatch(/^footprint\/malformed-input/);
    },
  );
});

test('no value anywhere in the input makes it end in anything but a result or a refusal', () => {
  const base = plateFactory();
  const paths = (value: unknown, at: (string | number)[]): (string | number)[][] =>
    typeof value === 'object' && value !== null
      ? [at, ...Object.entries(value).flatMap(([key, each]) => paths(each, [...at, key]))]
      : [at];
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('0', '-1', '1e9', 'kWh', 'L1', 'shared', null, undefined),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths(base, [])), anyValue, (path, value) => {
      const input = structuredClone(base) as unknown;
      const parent = path
        .slice(0, -1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], input);
      if (path.length > 0) (parent as Record<string, unknown>)[path.at(-1)!] = value;
      code(path.length > 0 ? input : value);
    }),
    { numRuns: 500 },
  );
});

describe('properties', () => {
  const decimal = fc
    .tuple(fc.bigInt(1n, 10n ** 9n), fc.integer({ min: 0, max: 4 }))
    .map(([n, places]) =>
      places === 0
        ? `${n}`
        : `${n / 10n ** BigInt(places)}.${String(n % 10n ** BigInt(places)).padStart(places, '0')}`,
    );
  const scale = (value: string, by: bigint): string => {
    const [whole = '', fraction = ''] = value.split('.');
    const digits = (BigInt(whole + fraction) * by).toString().padStart(fraction.length + 1, '0');
    return fraction === ''
      ? digits
      : `${digits.slice(0, -fraction.length)}.${digits.slice(-fraction.length)}`;
  };
  const material = (name: string, value: string, unit: 'kg' | 't' | 'g' = 'kg') =>
    activity(name, {
      kind: 'material',
      role: 'burden',
      stage: 'materials',
      allocation: 'pieces',
      quantity: { value, unit },
      factors: ['pulp'],
    });
  const withMaterials = (...materials: InputActivity[]): FootprintInput => {
    const base = plateFactory();
    return { ...base, activities: [...base.activities, ...materials] };
  };

  test('order of activities and factors does not move a digit', () => {
    const base = plateFactory();
    const want = computeFootprint(base);
    fc.assert(
      fc.property(fc.shuffledSubarray([...base.activities], { minLength: 12 }), (activities) => {
        const result = computeFootprint({ ...base, activities, factors: [...base.factors].reverse() });
        expect([result.perUnit, result.stages, result.lines, result.shares]).toEqual([
          want.perUnit,
          want.stages,
          want.lines,
          want.shares,
        ]);
      }),
      { numRuns: 30 },
    );
  });
  test('k times everything, output included, is the same number', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 6n), (k) => {
        const base = plateFactory();
        const activities = base.activities.map((each) =>
          each.quantity === null
            ? each
            : { ...each, quantity: { ...each.quantity, value: scale(each.quantity.value, k) } },
        );
        expect(computeFootprint({ ...base, activities }).perUnit).toEqual(computeFootprint(base).perUnit);
      }),
      { numRuns: 30 },
    );
  });
  test('splitting an amount in two, or changing its unit, changes nothing but the working', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const whole = computeFootprint(withMaterials(material('a', a), material('b', b)));
        const grams = computeFootprint(withMaterials(material('a', scale(a, 1000n), 'g'), material('b', b)));
        expect(grams).toEqual(whole);
        const doubled = computeFootprint(withMaterials(material('a', scale(a, 2n))));
        const twice = computeFootprint(withMaterials(material('a', a), material('b', a)));
        expect([twice.perUnit, twice.stages, twice.shares]).toEqual([
          doubled.perUnit,
          doubled.stages,
          doubled.shares,
        ]);
      }),
    );
  });
  test('the product lies between its lines, and more input never makes less', () => {
    fc.assert(
      fc.property(decimal, (a) => {
        const result = computeFootprint(withMaterials(material('a', a)));
        const perLine = result.lines.map((line) => Number(line.perUnit));
        const product = Number(result.perUnit.value);
        expect(product).toBeGreaterThanOrEqual(Math.min(...perLine) * (1 - 1e-6));
        expect(product).toBeLessThanOrEqual(Math.max(...perLine) * (1 + 1e-6));
        expect(product).toBeGreaterThanOrEqual(0.0952577);
      }),
    );
  });
  test('the result is the same object twice, and the input is not touched', () => {
    const input = plateFactory();
    const before = JSON.stringify(input);
    expect(computeFootprint(input)).toEqual(computeFootprint(input));
    expect(JSON.stringify(input)).toBe(before);
  });
});
