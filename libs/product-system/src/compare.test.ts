import { compareBatch, compareLines, recordImprovement } from './compare.ts';
import { computeProductSystem } from './compute.ts';
import { checkResult, diffResults } from './diff.ts';
import { ProductSystemError } from './errors.ts';
import type { ProductSystemInput } from './model.ts';

const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };
const amount = (value: string, unit: string) => ({ value, unit });
const perKWh = { price: amount('0.65', 'CNY'), kgCO2e: '0.5777' };

// L1 0.0580, L2 0.0754 kWh a piece; if L2 ran like L1: 5,000,000 x 0.0174 = 87,000 kWh.
test('two lines of one product: what the better one would save', () => {
  const comparison = compareLines({
    product: 'urn:example:plate',
    period: PERIOD,
    perKWh,
    lines: [
      { line: 'L1', electricity: amount('406', 'MWh'), output: amount('700', '万件') },
      { line: 'L2', electricity: amount('377000', 'kWh'), output: amount('5000000', 'piece') },
    ],
  });
  expect(comparison.lines).toEqual([
    { line: 'L1', kWhPerPiece: '0.0580000', aboveBest: '0.0' },
    { line: 'L2', kWhPerPiece: '0.0754000', aboveBest: '30.0' },
  ]);
  expect(comparison.best).toBe('L1');
  expect(comparison.saving).toEqual({
    kWh: '87000.000',
    cost: amount('56550.00', 'CNY'),
    kgCO2e: '50259.900',
  });
});

describe('an improvement', () => {
  const data = {
    action: 'heat recovery on the dryer',
    cost: amount('28275', 'CNY'),
    before: {
      period: { start: '2024-12-31T16:00:00Z', end: '2025-03-31T16:00:00Z' },
      electricity: amount('75400', 'kWh'),
      output: amount('1000000', 'piece'),
    },
    after: {
      period: { start: '2025-04-30T16:00:00Z', end: '2025-07-31T16:00:00Z' },
      electricity: amount('116', 'MWh'),
      output: amount('2000000', 'piece'),
    },
    perKWh,
  };
  test('is what the two windows say: (0.0754 - 0.058) x 2,000,000 = 34,800 kWh', () => {
    expect(recordImprovement(data)).toMatchObject({
      change: '-23.1',
      saving: { kWh: '34800.000', cost: amount('22620.00', 'CNY'), kgCO2e: '20103.960' },
      windowsToPayBack: '1.3',
    });
  });
  test('that made things worse is shown as it is, and never pays back', () => {
    const worse = recordImprovement({ ...data, after: { ...data.after, electricity: amount('160', 'MWh') } });
    expect(worse).toMatchObject({ change: '6.1', saving: { kWh: '-9200.000' }, windowsToPayBack: null });
  });
  test('without a price or factor says nothing of money or carbon', () => {
    const bare = recordImprovement({ ...data, perKWh: { price: null, kgCO2e: null } });
    expect(bare).toMatchObject({ saving: { cost: null, kgCO2e: null }, windowsToPayBack: null });
  });
  test('whose windows overlap is refused', () => {
    const overlapping = { ...data, after: { ...data.after, period: data.before.period } };
    expect(() => recordImprovement(overlapping)).toThrow(ProductSystemError);
  });
});

const input = (change: Partial<ProductSystemInput> = {}): ProductSystemInput => ({
  format: 'anchorleaf-footprint-input/v2',
  product: 'urn:example:plate',
  declaredUnit: amount('1', 'piece'),
  boundary: 'cradle-to-gate',
  period: PERIOD,
  reference: { process: 'press' },
  factors: [
    {
      id: 'grid',
      value: '0.5',
      unit: 'kgCO2e/kWh',
      kind: 'life-cycle',
      gwp: 'AR6',
      year: '2025',
      grade: 'official',
    },
    {
      id: 'pulp',
      value: '0.6',
      unit: 'kgCO2e/kg',
      kind: 'life-cycle',
      gwp: 'AR6',
      year: '2025',
      grade: 'official',
    },
  ],
  processes: [{ id: 'press', outputs: [{ id: 'plate', quantity: amount('1000', 'piece') }] }],
  activities: [
    { activity: 'power', stage: 'electricity', quantity: amount('100', 'kWh'), factors: ['grid'] },
    { activity: 'pulp', stage: 'materials', quantity: amount('50', 'kg'), factors: ['pulp'] },
  ],
  cutOff: [],
  ...change,
});
const calculate = (of: ProductSystemInput) => ({ input: of, result: computeProductSystem(of) });
const [power, pulp] = input().activities;

test('a batch against its period: 0.08 over the year, 0.09 in the batch, 12.5 % above', () => {
  const year = computeProductSystem(input());
  const batch = computeProductSystem(
    input({ batch: 'LOT-1', activities: [{ ...power!, quantity: amount('120', 'kWh') }, pulp!] }),
  );
  const deviation = compareBatch(year, batch);
  expect(deviation).toMatchObject({
    batch: 'LOT-1',
    overPeriod: '0.0800000',
    ofBatch: '0.0900000',
    deviation: '12.5',
  });
  expect(deviation.stages).toEqual([
    { stage: 'materials', overPeriod: '0.0300000', ofBatch: '0.0300000', deviation: '0.0' },
    { stage: 'electricity', overPeriod: '0.0500000', ofBatch: '0.0600000', deviation: '20.0' },
  ]);
  expect(() => compareBatch(batch, year)).toThrow('give the result over the period first');
});

describe('what changed between two results', () => {
  const changes = (change: Partial<ProductSystemInput>) =>
    diffResults(calculate(input()), calculate(input(change)));
  test('a quantity, and what it moved', () => {
    const diff = changes({ activities: [{ ...power!, quantity: amount('120', 'kWh') }, pulp!] });
    expect(diff.perUnit).toEqual({
      before: '0.0800000',
      after: '0.0900000',
      change: '0.01',
      percent: '12.5',
    });
    expect(diff.changes).toEqual([
      { what: 'quantity', where: 'power', before: '100 kWh', after: '120 kWh', perUnit: '0.01' },
    ]);
  });
  test('a line more, a line less, a factor of another value, another allocation', () => {
    const more = { activity: 'gas', stage: 'heat' as const, quantity: amount('1', 'kg'), factors: ['pulp'] };
    expect(
      changes({ activities: [power!, more] }).changes.map(({ what, where }) => `${what} ${where}`),
    ).toEqual(['removed pulp', 'added gas']);
    const [grid, other] = input().factors;
    expect(changes({ factors: [{ ...grid!, value: '0.4' }, other!] }).changes).toEqual([
      {
        what: 'factor-value',
        where: 'power',
        before: '0.5 kgCO2e/kWh',
        after: '0.4 kgCO2e/kWh',
        perUnit: '-0.01',
      },
    ]);
    const outputs = ['plate', 'bowl'].map((id) => ({ id, quantity: amount('1000', 'piece') }));
    const shared = changes({
      reference: { process: 'press', output: 'plate' },
      processes: [{ id: 'press', outputs, allocation: 'pieces' }],
    });
    expect(shared.changes).toContainEqual({
      what: 'allocation',
      where: 'press',
      before: null,
      after: 'pieces: plate 50.00 %, bowl 50.00 %',
      perUnit: null,
    });
    expect(shared.changes).toContainEqual(
      expect.objectContaining({ what: 'amount', where: 'power', perUnit: '-0.025' }),
    );
  });
  test('nothing, between a result and itself', () => {
    expect(changes({}).changes).toEqual([]);
  });
});

describe('a result against its input', () => {
  test('the same, or different and where', () => {
    const { input: own, result } = calculate(input());
    expect(checkResult({ input: own, result })).toEqual({ same: true });
    const forged = { ...result, perUnit: { ...result.perUnit, value: '0.0700000' } };
    expect(checkResult({ input: own, result: forged })).toEqual({
      same: false,
      refused: null,
      differences: [{ pointer: '/perUnit/value', stated: '0.0700000', computed: '0.0800000' }],
    });
    expect(checkResult({ input: own, result: null })).toMatchObject({ same: false });
  });
  test('an input that is refused is no result at all', () => {
    const { result } = calculate(input());
    expect(checkResult({ input: input({ declaredUnit: amount('0', 'piece') }), result })).toMatchObject({
      same: false,
      refused: { code: 'product-system/zero-declared-unit', pointer: '/declaredUnit' },
    });
  });
});
