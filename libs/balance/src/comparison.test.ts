import { checkImprovement, compareLines, type Window, type Worth } from './comparison.ts';
import type { BalanceError } from './errors.ts';
import { readLineClaim } from './line-claim.ts';

const window = (change: Partial<Window> = {}): Window => ({
  line: 'L1',
  product: 'plate 9 inch',
  period: { start: '2025-02-28T16:00:00Z', end: '2025-03-31T16:00:00Z' },
  kWh: '130000',
  pieces: '1000000',
  ...change,
});
const worth: Worth = { yuanPerKWh: '0.8', kgPerKWh: '0.5777', factor: 'CN 2024 life-cycle' };
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    const { code, place, remedy } = error as BalanceError;
    expect(remedy).toBeTruthy();
    return `${code} ${place}`;
  }
  return 'taken';
};

test('two lines: kWh per piece, both percentages, the saving in kWh, yuan and kg', () => {
  const result = compareLines(window(), window({ line: 'L2', kWh: '50000', pieces: '500000' }), worth);
  expect(result).toMatchObject({
    lines: [
      { line: 'L1', kWhPerPiece: '0.130000' },
      { line: 'L2', kWhPerPiece: '0.100000' },
    ],
    better: 'L2',
    differencePercent: { ofTheWorse: '23.08', ofTheBetter: '30.00' },
    // 0.03 × 1,000,000; × 0.8; × 0.5777
    saving: { kWh: '30000', yuan: '24000', kg: '17331' },
  });
  const turned = compareLines(window({ line: 'L2', kWh: '50000', pieces: '500000' }), window(), worth);
  expect(turned).toMatchObject({
    better: 'L2',
    saving: result.saving,
    differencePercent: result.differencePercent,
  });
  expect(
    compareLines(window(), window({ line: 'L2' }), { yuanPerKWh: null, kgPerKWh: null, factor: null }),
  ).toMatchObject({ better: null, saving: { kWh: '0', yuan: null, kg: null } });
});

test('only like is held against like', () => {
  const other = (change: Partial<Window>) =>
    refusal(() => compareLines(window(), window({ line: 'L2', ...change }), worth));
  expect(other({ product: 'bowl' })).toBe('balance/unlike-products /1/product');
  expect(other({ period: { start: '2025-03-31T16:00:00Z', end: '2025-04-30T16:00:00Z' } })).toBe(
    'balance/unlike-periods /1/period',
  );
  expect(other({ line: 'L1' })).toBe('balance/same-line /1/line');
  expect(other({ pieces: '0' })).toBe('balance/zero-pieces /1/pieces');
  expect(other({ kWh: '0' })).toBe('balance/malformed-amount /1/kWh');
  expect(other({ kWh: '-1' })).toBe('balance/negative-amount /1/kWh');
  expect(refusal(() => compareLines(window(), window({ line: 'L2' }), { ...worth, factor: null }))).toBe(
    'balance/malformed-input /worth/factor',
  );
});

const april = { start: '2025-03-31T16:00:00Z', end: '2025-04-30T16:00:00Z' };
const record = {
  before: window(),
  action: 'heat recovery on the dryer',
  costYuan: '120000',
  after: window({ period: april, kWh: '110000', pieces: '1100000' }),
  claimedKWh: '33000',
};

test('an improvement is recomputed from both windows', () => {
  // 0.13 × 1,100,000 − 110,000 = 33,000
  expect(checkImprovement(record, worth)).toMatchObject({
    saving: { kWh: '33000', yuan: '26400', kg: '19064.1' },
    percentOfBefore: '23.08',
    costYuan: '120000',
    claim: 'same',
    warnings: ['balance/windows-of-unlike-length'],
  });
  expect(checkImprovement({ ...record, claimedKWh: '40000' }, worth).claim).toBe('differs');
  expect(checkImprovement({ ...record, claimedKWh: null }, worth).claim).toBe('none');
  const worse = { ...record, after: { ...record.after, kWh: '200000' } };
  expect(checkImprovement(worse, worth)).toMatchObject({
    saving: { kWh: '-57000' },
    warnings: ['balance/windows-of-unlike-length', 'balance/no-saving'],
  });
  // a piece count that does not divide the energy: exact inside
  expect(
    checkImprovement(
      {
        ...record,
        before: window({ kWh: '100000', pieces: '3' }),
        after: window({ period: april, kWh: '1', pieces: '3' }),
      },
      worth,
    ).saving.kWh,
  ).toBe('99999');
});

test('windows that overlap, of another product or line, are refused', () => {
  const after = (change: Partial<Window>) =>
    refusal(() => checkImprovement({ ...record, after: { ...record.after, ...change } }, worth));
  expect(after({ product: 'bowl' })).toBe('balance/unlike-products /after/product');
  expect(after({ line: 'L2' })).toBe('balance/malformed-input /after/line');
  expect(after({ period: { start: '2025-03-30T16:00:00Z', end: '2025-04-29T16:00:00Z' } })).toBe(
    'balance/overlapping-windows /after/period',
  );
  expect(after({ period: { start: '2024-12-31T16:00:00Z', end: '2025-01-31T16:00:00Z' } })).toBe(
    'balance/overlapping-windows /after/period',
  );
  expect(refusal(() => checkImprovement({ ...record, action: ' ' }, worth))).toBe(
    'balance/malformed-input /action',
  );
});

test('the seed’s claim: 30 % between two lines and 300 MWh a year have two readings', () => {
  const claim = { percent: '30', savedKWh: '300000', energies: null };
  expect(readLineClaim(claim)).toEqual({
    verdict: 'base-unclear',
    base: null,
    readings: [
      {
        base: 'the-better-line',
        worseKWh: '1300000.000',
        betterKWh: '1000000.000',
        savingPercentOfWorse: '23.08',
      },
      {
        base: 'the-worse-line',
        worseKWh: '1000000.000',
        betterKWh: '700000.000',
        savingPercentOfWorse: '30.00',
      },
    ],
    needs: ['kWh of both lines', 'pieces of both lines', 'period'],
  });
  const energies = (worseKWh: string, betterKWh: string) =>
    readLineClaim({ ...claim, energies: { worseKWh, betterKWh } });
  expect(energies('1300000', '1000000')).toMatchObject({ verdict: 'reproduced', base: 'the-better-line' });
  expect(energies('1000000', '700000')).toMatchObject({ verdict: 'reproduced', base: 'the-worse-line' });
  expect(energies('1200000', '900000')).toMatchObject({ verdict: 'not-reproducible', base: null });
  expect(refusal(() => readLineClaim({ ...claim, percent: '130' }))).toBe(
    'balance/malformed-amount /percent',
  );
});
