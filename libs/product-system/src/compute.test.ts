import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { computeFootprint, type FootprintInput } from '#lib/footprint';
import { computeProductSystem } from './compute.ts';
import { ProductSystemError } from './errors.ts';
import { fromV1 } from './from-v1.ts';
import type { Activity, Factor, ProductSystemInput, ProductSystemResult } from './model.ts';

const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };
const amount = (value: string, unit = 'kg') => ({ value, unit });

const factor = (id: string, value: string, change: Partial<Factor> = {}): Factor => ({
  id,
  value,
  unit: 'kgCO2e/kg',
  kind: 'life-cycle',
  gwp: 'AR6',
  year: '2025',
  grade: 'computed',
  ...change,
});
const burden = (process: string, value: string, change: Partial<Activity> = {}): Activity => ({
  activity: `${process} ${value}`,
  process,
  stage: 'materials',
  quantity: amount(value),
  factors: ['one'],
  ...change,
});
const one = (id: string, quantity: ReturnType<typeof amount>, role: 'product' | 'treatment' = 'product') => ({
  id,
  outputs: [{ id, role, quantity }],
});
const system = (change: Partial<ProductSystemInput>): ProductSystemInput => ({
  format: 'anchorleaf-footprint-input/v2',
  product: 'urn:example:product',
  declaredUnit: amount('1'),
  boundary: 'cradle-to-gate',
  period: PERIOD,
  reference: { process: 'p' },
  factors: [factor('one', '1')],
  processes: [one('p', amount('1'))],
  activities: [],
  cutOff: [],
  ...change,
});

const refusal = (input: unknown): string => {
  try {
    computeProductSystem(input as ProductSystemInput);
  } catch (error) {
    if (!(error instanceof ProductSystemError)) throw error;
    expect(error.remedy).not.toBe('');
    return `${error.code} ${error.pointer}`;
  }
  return 'accepted';
};

interface Vector {
  readonly desc: string;
  readonly input: ProductSystemInput;
  readonly want: { readonly perUnit?: string; readonly scaling?: string[]; readonly totals?: string[] };
}
const published = JSON.parse(
  readFileSync(new URL('../../../test/vectors/product-system/published.json', import.meta.url), 'utf8'),
) as Vector[];

// Published examples and a loop by hand; each says where its figures come from.
test.each(published.map((each) => [each.desc, each] as const))('%s', (_, { input, want }) => {
  const result = computeProductSystem(input);
  if (want.perUnit) expect(result.perUnit.value).toBe(want.perUnit);
  if (want.scaling) expect(result.processes.map(({ scaling }) => scaling)).toEqual(want.scaling);
  if (want.totals) expect(result.working.map(({ amount }) => amount?.kgCO2e)).toEqual(want.totals);
});

test.each([
  ['economic-value', amount('300', 'CNY'), amount('100', 'CNY'), '75.00'],
  ['machine-hours', amount('1', 'h'), amount('4', 'h'), '20.00'],
  ['electricity-use', amount('1', 'MWh'), amount('1000', '度'), '50.00'],
  ['pieces', amount('1', '万件'), amount('30000', 'piece'), '25.00'],
] as const)('allocation by %s', (allocation, a, b, share) => {
  const outputs = [
    { id: 'a', quantity: amount('1'), basis: a },
    { id: 'b', quantity: amount('1'), basis: b },
  ];
  const result = computeProductSystem(
    system({
      reference: { process: 'p', output: 'a' },
      processes: [{ id: 'p', outputs, allocation }],
      activities: [burden('p', '8')],
    }),
  );
  expect(result.allocations[0]?.parts[0]).toEqual({ output: 'a', share });
});

// By hand: 10 kg burdens, 4 kg avoided heat; a quarter of both falls to the product: 2.5 - 1 = 1.5.
test('a credit is allocated with the same part as the burdens', () => {
  const outputs = [
    { id: 'a', quantity: amount('1') },
    { id: 'b', quantity: amount('3') },
  ];
  const input = (avoided: Partial<ProductSystemInput>) =>
    system({
      reference: { process: 'p', output: 'a' },
      processes: [{ id: 'p', outputs, allocation: 'mass' }, one('boiler', amount('1', 'MJ'))],
      ...avoided,
    });
  const asCredit = input({
    activities: [burden('p', '10'), burden('p', '4', { role: 'credit', stage: 'heat' })],
  });
  const asExchange = input({
    activities: [burden('p', '10'), burden('boiler', '1', { stage: 'heat' })],
    exchanges: [{ process: 'p', from: 'boiler', flow: 'avoided', quantity: amount('4', 'MJ') }],
  });
  expect(computeProductSystem(asCredit).perUnit.value).toBe('1.50000');
  expect(computeProductSystem(asExchange).perUnit.value).toBe('1.50000');
  expect(computeProductSystem(asExchange).processes[1]?.scaling).toBe('-1.00000');
});

const supplier = (change: object) => ({
  id: 'maker',
  kind: 'passport' as const,
  digest: `sha256:${'a'.repeat(64)}`,
  value: '21',
  unit: 'kgCO2e/kg',
  boundary: 'cradle-to-gate',
  period: PERIOD,
  primaryDataShare: '50',
  verification: 'declared' as const,
  gwp: 'AR6' as const,
  ...change,
});

describe('supplier footprints', () => {
  const input = (change: object) =>
    system({
      suppliers: [supplier(change)],
      activities: [burden('p', '2', { grade: 'bill', factors: [], supplierFootprint: 'maker' })],
    });
  test('stand in place of a factor, with their primary share', () => {
    const result = computeProductSystem(input({}));
    expect(result.shares).toMatchObject({
      primaryData: '50.0',
      supplierFootprints: '100.0',
      makerStatedFactors: '100.0',
    });
    expect(result.working[0]).toMatchObject({ factors: [], supplierFootprint: 'maker' });
    expect(result.gaps.map(({ code }) => code)).toEqual(['gap/supplier-not-verified']);
  });
  test('of another boundary or unit are refused', () => {
    expect(refusal(input({ boundary: 'cradle-to-grave' }))).toBe(
      'product-system/supplier-boundary /suppliers/0/boundary',
    );
    expect(refusal(input({ unit: 'kgCO2e/kWh' }))).toBe(
      'product-system/dimension-mismatch /activities/0/quantity',
    );
  });
});

describe('land and biogenic positions', () => {
  const parts = {
    fossil: '3',
    landManagementFossil: '1',
    biogenicNonCO2: '0.5',
    landUseChange: '0.2',
    removals: '-0.1',
    aircraft: '0',
    biogenicUptake: '-1.6',
  };
  test('sum to the number, without and with uptake; nought and absent stay apart', () => {
    const { positions, perUnit } = computeProductSystem(
      system({ factors: [factor('one', '3.6', { parts })], activities: [burden('p', '2')] }),
    );
    expect(perUnit.value).toBe('7.20000');
    expect(positions).toMatchObject({
      fossil: '6.00000',
      landManagementFossil: '2.00000',
      aircraft: '0.00000',
      landManagementBiogenicCO2: null,
      removals: '-0.20000',
      excludingUptake: '7.20000',
      includingUptake: '4.00000',
      notSplit: '0.00000',
      complete: true,
    });
  });
  test('parts that do not sum, or have the wrong sign, are refused', () => {
    const with_ = (change: object) =>
      system({ factors: [factor('one', '3.6', { parts: { ...parts, ...change } })] });
    expect(refusal(with_({ fossil: '3.1' }))).toBe('product-system/factor-parts /factors/0/parts');
    expect(refusal(with_({ removals: '0.1' }))).toBe('product-system/factor-parts /factors/0/parts/removals');
    expect(refusal(with_({ landManagementFossil: '3.1' }))).toMatch('landManagementFossil');
  });
  test('what does not state its parts is named beside them', () => {
    const result = computeProductSystem(
      system({
        factors: [factor('one', '3.6', { parts }), factor('two', '1')],
        activities: [burden('p', '2'), burden('p', '5', { factors: ['two'], stage: 'packaging' })],
      }),
    );
    expect(result.positions).toMatchObject({ notSplit: '5.0000', packaging: '5.0000', complete: false });
    expect(result.gaps.map(({ code }) => code)).toContain('gap/parts-not-stated');
  });
});

describe('stages, cut-off, recycling', () => {
  test('use and end of life stand beside the number, never in it', () => {
    const later = ['use', 'end-of-life', 'outbound-transport'] as const;
    const result = computeProductSystem(
      system({
        activities: [burden('p', '1'), ...later.map((stage) => burden('p', '7', { activity: stage, stage }))],
      }),
    );
    expect(result.perUnit.value).toBe('1.00000');
    expect(result.later).toEqual([
      { stage: 'use', perUnit: '7.00000' },
      { stage: 'end-of-life', perUnit: '7.00000' },
    ]);
    expect(result.outbound).toEqual({ perUnit: '7.00000' });
  });
  test.each([
    ['3', 'conformant'],
    ['3.01', 'warning'],
    ['5', 'warning'],
    ['5.01', 'non-conformant'],
    ['38', 'non-conformant'],
  ])('%s %% left out is %s, and stands as stated', (share, state) => {
    const result = computeProductSystem(
      system({ cutOff: [{ what: 'glue', reason: 'no data', share }], activities: [burden('p', '1')] }),
    );
    expect(result.cutOff).toEqual({ share: Number(share).toFixed(2), state });
  });
  test('a cut-off that nobody stated is not nought', () => {
    const result = computeProductSystem(system({ cutOff: null, activities: [burden('p', '1')] }));
    expect(result.cutOff).toEqual({ share: null, state: 'not-stated' });
    expect(result.gaps.map(({ code }) => code)).toEqual(['gap/cut-off-not-stated']);
  });
  test('secondary material comes in free, recovered waste goes out without credit', () => {
    const free = (role: Activity['role'], value: string): Activity => ({
      activity: `${role}`,
      role: role ?? null,
      quantity: amount(value),
    });
    const activities = [
      burden('p', '3'),
      burden('p', '1', { stage: 'waste' }),
      free('secondary-material', '1'),
      free('recovered-waste', '3'),
    ];
    const result = computeProductSystem(system({ activities }));
    expect(result.recycling).toEqual({ secondaryInput: '25.0', recoveredWaste: '75.0' });
    expect(result.perUnit.value).toBe('4.00000');
    expect(refusal(system({ activities: [burden('p', '1', { role: 'credit', stage: 'waste' })] }))).toBe(
      'product-system/recycling-credit /activities/0/role',
    );
  });
  test('missing is a state: named, counted nowhere', () => {
    const missing = burden('p', '1', { state: 'missing', quantity: null });
    const result = computeProductSystem(system({ activities: [burden('p', '2'), missing] }));
    expect(result.working[1]?.amount).toBeNull();
    expect(result.gaps).toEqual([{ code: 'gap/missing-quantity', activity: 1, value: null }]);
  });
});

describe('refused, with code, place and remedy', () => {
  const process = one('p', amount('1'));
  const two = [
    { id: 'a', quantity: amount('1') },
    { id: 'b', quantity: amount('1', 'kWh') },
  ];
  const takes = (from: string, process: string, value: string) => ({
    from,
    process,
    quantity: amount(value),
  });
  test.each<[string, Partial<Record<keyof ProductSystemInput, unknown>>]>([
    ['product-system/zero-declared-unit /declaredUnit', { declaredUnit: amount('0') }],
    ['product-system/decimal-comma /declaredUnit/value', { declaredUnit: amount('1,5') }],
    ['product-system/malformed-decimal /declaredUnit/value', { declaredUnit: amount('1e3') }],
    [
      'product-system/quantity-too-large /activities/0/quantity/value',
      { activities: [burden('p', `1${'0'.repeat(30)}`)] },
    ],
    ['product-system/negative-quantity /massPerUnit', { massPerUnit: amount('-1') }],
    ['product-system/unknown-unit /declaredUnit/unit', { declaredUnit: amount('1', 'stone') }],
    [
      'product-system/percent-out-of-range /cutOff/0/share',
      { cutOff: [{ what: 'x', reason: 'y', share: '100.1' }] },
    ],
    [
      'product-system/percent-out-of-range /factors/0/primaryDataShare',
      { factors: [factor('one', '1', { primaryDataShare: '101' })] },
    ],
    ['product-system/zero-output /processes/0/outputs/0/quantity', { processes: [one('p', amount('0'))] }],
    ['product-system/state-mismatch /activities/0/quantity', { activities: [burden('p', '0')] }],
    [
      'product-system/duplicate-id /activities/1/activity',
      { activities: [burden('p', '1'), burden('p', '1')] },
    ],
    ['product-system/unknown-reference /activities/0/process', { activities: [burden('q', '1')] }],
    [
      'product-system/unknown-reference /activities/0/factors/0',
      { activities: [burden('p', '1', { factors: ['none'] })] },
    ],
    [
      'product-system/factor-combination /activities/0/factors',
      { activities: [burden('p', '1', { factors: [] })] },
    ],
    ['product-system/malformed-factor /factors/0/value', { factors: [factor('one', '-1')] }],
    [
      'product-system/allocation-missing /processes/0/allocation',
      { reference: { process: 'p', output: 'a' }, processes: [{ id: 'p', outputs: two }] },
    ],
    [
      'product-system/dimension-mismatch /processes/0/outputs/1/basis',
      {
        reference: { process: 'p', output: 'a' },
        processes: [{ id: 'p', outputs: two, allocation: 'mass' }],
      },
    ],
    [
      'product-system/allocation-basis /processes/0/outputs/0/basis',
      {
        reference: { process: 'p', output: 'a' },
        processes: [{ id: 'p', outputs: two, allocation: 'machine-hours' }],
      },
    ],
    [
      'product-system/allocation-missing /processes/0/allocation',
      { processes: [{ ...process, allocation: 'system-expansion' }] },
    ],
    ['product-system/carbon-content /carbonContent', { carbonContent: { fossil: '0.6', biogenic: '0.5' } }],
    [
      'product-system/stage-outside-gate /activities/0/stage',
      { processes: [process, one('q', amount('1'))], activities: [burden('q', '1', { stage: 'use' })] },
    ],
    ['product-system/singular-loop /processes/0', { exchanges: [takes('p', 'p', '1')] }],
    ['product-system/unproductive-loop /processes/0', { exchanges: [takes('p', 'p', '1.5')] }],
    [
      'product-system/singular-loop /processes/0',
      {
        processes: [process, one('q', amount('1'))],
        exchanges: [takes('q', 'p', '0.5'), takes('p', 'q', '2')],
      },
    ],
    [
      'product-system/unproductive-loop /processes/0',
      {
        processes: [process, one('q', amount('1'))],
        exchanges: [takes('q', 'p', '0.5'), takes('p', 'q', '2.1')],
      },
    ],
  ])('%s', (wanted, change) => {
    expect(refusal({ ...system({}), ...change })).toBe(wanted);
  });
  test('an inventory factor; a spend-based one is calculated and named', () => {
    const inventory = factor('one', '0.4974', { kind: 'inventory-co2', unit: 'kgCO2/kg' });
    expect(refusal(system({ factors: [inventory], activities: [burden('p', '1')] }))).toBe(
      'product-system/inventory-factor /activities/0/factors/0',
    );
    const spend = factor('one', '0.2', { kind: 'spend-based', unit: 'kgCO2e/CNY' });
    const result = computeProductSystem(
      system({ factors: [spend], activities: [burden('p', '5', { quantity: amount('5', 'CNY') })] }),
    );
    expect(result.perUnit.value).toBe('1.00000');
    expect(result.gaps).toEqual([{ code: 'gap/spend-based', activity: 0, value: 'one' }]);
  });
  test('a superseded factor, or one outside its period, is calculated and named', () => {
    const period = { start: '2024-12-31T16:00:00Z', end: '2025-06-30T16:00:00Z' };
    const old = factor('one', '1', { period, supersededBy: 'two' });
    expect(computeProductSystem(system({ factors: [old], activities: [burden('p', '5')] })).gaps).toEqual([
      { code: 'gap/superseded-factor', activity: 0, value: 'one' },
      { code: 'gap/factor-period', activity: 0, value: 'one' },
    ]);
  });
  test('100,000 lines are calculated, one more is not', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => burden('p', '1', { activity: String(at) }));
    expect(computeProductSystem(system({ activities: many })).perUnit.value).toBe('100000');
    expect(refusal(system({ activities: [...many, burden('p', '2')] }))).toBe(
      'product-system/too-many-lines /activities',
    );
  });
});

describe('large loops', () => {
  const ring = (size: number, taken: string): ProductSystemInput =>
    system({
      reference: { process: 'p0' },
      processes: Array.from({ length: size }, (_, at) => one(`p${at}`, amount('1'))),
      exchanges: Array.from({ length: size }, (_, at) => ({
        process: `p${at}`,
        from: `p${(at + 1) % size}`,
        quantity: amount(taken),
      })),
      activities: Array.from({ length: size }, (_, at) => burden(`p${at}`, '1')),
    });
  // A ring that takes t of the next emits 1 / (1 - t) whatever its length.
  test.each([
    [51, '0.5', '2.00000'],
    [500, '0.9', '10.0000'],
    [60, '0.999', '1000.00'],
  ])('a ring of %s that takes %s', (size, taken, value) => {
    expect(computeProductSystem(ring(size, taken)).perUnit.value).toBe(value);
  });
  test('a tie is decided by the fraction it is: sixteen equal shares are 6.25 % each', () => {
    const input = ring(60, '0.5');
    const activities = Array.from({ length: 16 }, (_, at) => burden('p3', '1', { activity: String(at) }));
    expect(
      new Set(computeProductSystem({ ...input, activities }).working.map(({ amount }) => amount?.share)),
    ).toEqual(new Set(['6.3']));
  });
  test('that use all they make, or more, are refused', () => {
    expect(refusal(ring(60, '1'))).toBe('product-system/unproductive-loop /processes/0');
    expect(refusal(ring(60, '1.01'))).toBe('product-system/unproductive-loop /processes/0');
  });
  test('a chain of 20,000 processes does not exhaust the stack', () => {
    const input = ring(20_000, '0.7');
    const result = computeProductSystem({ ...input, exchanges: (input.exchanges ?? []).slice(0, -1) });
    expect(result.perUnit.value).toBe('3.33333');
    expect(result.processes).toHaveLength(20_000);
  });
});

describe('method 1.0.0', () => {
  const folder = new URL('../../../test/vectors/footprint/', import.meta.url);
  const vectors = readdirSync(folder).flatMap(
    (file) =>
      JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
        desc: string;
        input: FootprintInput;
        wantError?: string;
      }[],
  );
  test.each(vectors.map((each) => [each.desc, each] as const))('%s', (_, { input, wantError }) => {
    if (wantError === undefined) expectSameNumbers(input);
    else expect(refusal(fromV1(input))).toMatch(wantError.replace('footprint/', 'product-system/'));
  });
  test('the golden bundle holds the same numbers', () => {
    const bundle = new URL('../../../test/vectors/golden/bundle.json', import.meta.url);
    const { documents } = JSON.parse(readFileSync(bundle, 'utf8')) as {
      documents: { doc: { type: string; input?: FootprintInput } }[];
    };
    const found = documents.filter(({ doc }) => doc.type === 'footprint/v1');
    expect(found.length).toBeGreaterThan(0);
    for (const { doc } of found) expectSameNumbers(doc.input as FootprintInput);
  });
});

/** Every member of v1's result stands in v2's with the same value; new members and gaps come on top. */
function expectSameNumbers(input: FootprintInput): void {
  const { format: _, method: __, gaps, ...numbers } = computeFootprint(input);
  const result = computeProductSystem(fromV1(input));
  expect(result).toMatchObject(numbers);
  expect(result.gaps.filter(({ code }) => code !== 'gap/cut-off-not-stated')).toEqual(gaps);
}

describe('whatever the numbers', () => {
  const decimal = fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 99 }))
    .map(([whole, rest]) => `${whole}.${String(rest).padStart(2, '0')}`);
  const stage = fc.constantFrom('materials' as const, 'electricity' as const, 'packaging' as const);
  const activities = fc
    .array(fc.tuple(decimal, stage), { minLength: 1, maxLength: 8 })
    .map((all) =>
      all.map(([value, at], index) =>
        burden(index % 2 ? 'q' : 'p', value, { activity: `a${index}`, stage: at }),
      ),
    );
  // Two processes that need each other; declared unit 1 kg of an output of 8 kg.
  const looped = (change: Partial<ProductSystemInput>) =>
    system({
      processes: [one('p', amount('8')), one('q', amount('5'))],
      exchanges: [
        { process: 'p', from: 'q', quantity: amount('3.2') },
        { process: 'q', from: 'p', quantity: amount('1.1') },
      ],
      ...change,
    });
  const exact = (result: ProductSystemResult) => result.working.map(({ amount }) => amount?.kgCO2e);

  test('order does not matter', () => {
    fc.assert(
      fc.property(activities, (all) => {
        const ordered = computeProductSystem(looped({ activities: all }));
        const input = looped({ activities: [...all].reverse() });
        const turned = computeProductSystem({
          ...input,
          processes: [...input.processes].reverse(),
          exchanges: [...(input.exchanges ?? [])].reverse(),
        });
        expect(turned.perUnit).toEqual(ordered.perUnit);
        expect(turned.stages).toEqual(ordered.stages);
        expect(exact(turned).reverse()).toEqual(exact(ordered));
      }),
    );
  });
  test('ten times as many declared units are ten times the number', () => {
    fc.assert(
      fc.property(activities, (all) => {
        const digits = (unit: string) =>
          computeProductSystem(looped({ activities: all, declaredUnit: amount(unit) }))
            .perUnit.value.replace('.', '')
            .replace(/^0+|0+$/g, '');
        expect(digits('10')).toBe(digits('1'));
      }),
    );
  });
  test('a run twice as large, with everything it takes, is the same process', () => {
    fc.assert(
      fc.property(activities, (all) => {
        const twice = (value: string) =>
          String((BigInt(value.replace('.', '')) * 2n).toString()).replace(/(\d\d)$/, '.$1');
        const plain = computeProductSystem(looped({ activities: all }));
        const doubled = computeProductSystem(
          looped({
            processes: [one('p', amount('8')), one('q', amount('10'))],
            exchanges: [
              { process: 'p', from: 'q', quantity: amount('3.2') },
              { process: 'q', from: 'p', quantity: amount('2.2') },
            ],
            activities: all.map((each) =>
              each.process === 'q' ? { ...each, quantity: amount(twice(each.quantity?.value ?? '')) } : each,
            ),
          }),
        );
        expect(doubled.perUnit).toEqual(plain.perUnit);
        expect(exact(doubled)).toEqual(exact(plain));
      }),
    );
  });
  test('stages sum to the number, but for one unit of the last digit each', () => {
    fc.assert(
      fc.property(activities, (all) => {
        const { stages, perUnit } = computeProductSystem(looped({ activities: all }));
        const whole = (text: string) => Number(text.replace('.', ''));
        const sum = stages.reduce((total, each) => total + whole(each.perUnit), 0);
        expect(Math.abs(sum - whole(perUnit.value))).toBeLessThanOrEqual(stages.length);
      }),
    );
  });
  test('tonnes or kilograms, split in two or in one: the same number', () => {
    fc.assert(
      fc.property(activities, fc.integer({ min: 1, max: 99 }), (all, cents) => {
        const first = all[0] as Activity;
        const total = BigInt((first.quantity?.value ?? '').replace('.', ''));
        const text = (hundredths: bigint) =>
          `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
        const split = [
          { ...first, activity: 'x', quantity: amount(text(BigInt(cents))) },
          { ...first, activity: 'y', quantity: amount(text(total - BigInt(cents))) },
        ];
        const tonnes = (each: Activity) => ({
          ...each,
          quantity: amount(
            `0.${String(BigInt((each.quantity?.value ?? '').replace('.', ''))).padStart(10, '0')}`.replace(
              /^0\.(\d{5})(\d{5})$/,
              (_, a: string, b: string) => `${Number(a)}.${b}`,
            ),
            't',
          ),
        });
        const whole = computeProductSystem(looped({ activities: all })).perUnit;
        expect(computeProductSystem(looped({ activities: [...split, ...all.slice(1)] })).perUnit).toEqual(
          whole,
        );
        expect(computeProductSystem(looped({ activities: all.map(tonnes) })).perUnit).toEqual(whole);
      }),
    );
  });
});
