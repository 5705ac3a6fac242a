import { explainClaim, explainSaving, factorTable } from './index.ts';

// Claims of published articles, checked against E07 (arithmetic with every published grid factor of China).
const table = factorTable();
const kWh = (value: string) => ({ value, unit: 'kWh' }) as const;
const t = (value: string) => ({ value, unit: 't' }) as const;
const year = (from: number, to = from) => ({
  start: `${from - 1}-12-31T16:00:00Z`,
  end: `${to}-12-31T16:00:00Z`,
});

describe('300,000 kWh is 140 t, in Zhejiang', () => {
  const claim = explainClaim(kWh('300000'), t('140'), 'CN-ZJ', null, table);
  const tonnes = (key: string): string | null | undefined =>
    claim.candidates.find((each) => each.key === key)?.tonnes;

  test('is not reproducible with any official factor of that place, whatever the year', () => {
    expect(claim).toMatchObject({ code: 'claim/not-reproducible', implied: '0.466667', matches: [] });
  });

  test.each([
    ['cn-zhejiang-co2-2021', '162.660'],
    ['cn-zhejiang-co2-2022', '154.590'],
    ['cn-zhejiang-co2-2023', '149.220'],
    ['cn-grid-co2-2022', '160.980'],
    ['cn-grid-co2-unsold-2023', '182.880'],
    ['cn-grid-2024', '173.310'],
    ['cn-grid-2023', '186.150'],
  ])('%s gives %s t', (key, want) => {
    expect(tonnes(key)).toBe(want);
  });

  test('the range is 149.22 t (Zhejiang 2023) to 252.78 t (fossil only 2021); the claim lies 6.2 % below it', () => {
    expect(claim.range).toEqual({ low: '149.220', high: '252.780' });
    expect(claim.off).toBe('-6.2');
  });

  test('three kinds of place are candidates, the province first; coal power or a foreign grid is none', () => {
    expect([...new Set(claim.candidates.map(({ factor }) => factor.region))]).toEqual([
      'CN-ZJ',
      'CN-EAST',
      'CN',
    ]);
    expect(claim.candidates).toHaveLength(3 + 3 + 9 + 2);
  });

  test('the only figure near it is Jilin 2023, the wrong province', () => {
    expect(claim.elsewhere.map(({ key, tonnes: found }) => [key, found])).toEqual([
      ['cn-jilin-co2-2023', '140.130'],
    ]);
  });

  test('in one year the range is that year’s; in Jilin 2023 the same claim holds', () => {
    expect(explainClaim(kWh('300000'), t('140'), 'CN-ZJ', year(2022), table).range).toEqual({
      low: '154.590',
      high: '249.750',
    });
    expect(
      explainClaim({ value: '30', unit: '万度' }, { value: '140000', unit: 'kg' }, 'CN-JL', year(2023), table)
        .code,
    ).toBe('claim/not-reproducible');
    expect(explainClaim({ value: '30', unit: '万度' }, t('140'), 'CN-JL', year(2023), table)).toMatchObject({
      code: 'claim/reproducible',
      matches: [{ key: 'cn-jilin-co2-2023' }],
    });
  });
});

test('18,405 t a year from roofs, without the energy: nothing is shown; 37.0 GWh at one factor, 30.2 at another', () => {
  const claim = explainClaim(null, t('18405'), 'CN-ZJ', null, table);
  expect(claim).toMatchObject({ code: 'claim/no-activity', implied: null, range: null, matches: [] });
  const need = (key: string): string | undefined => claim.candidates.find((each) => each.key === key)?.kWh;
  expect(need('cn-zhejiang-co2-2023')).toBe('37002413');
  expect(need('cn-grid-co2-unsold-2023')).toBe('30191929');
});

test('a year for which nothing is published is no ground for a claim', () => {
  expect(explainClaim(kWh('300000'), t('140'), 'CN-ZJ', year(2026), table)).toMatchObject({
    code: 'claim/no-factor',
    candidates: [],
  });
});

test('another country has its own figures', () => {
  expect(explainClaim(kWh('1000'), { value: '475.4', unit: 'kg' }, 'VN', null, table)).toMatchObject({
    code: 'claim/reproducible',
    matches: [{ key: 'ember-vn-2023' }],
  });
});

test.each([
  [() => explainClaim({ value: '3', unit: 't' }, t('1'), 'CN', null, table), '/activity/unit'],
  [() => explainClaim(kWh('0'), t('1'), 'CN', null, table), '/activity/value'],
  [() => explainClaim(kWh('3,5'), t('1'), 'CN', null, table), '/activity/value'],
  [() => explainClaim(kWh('3'), t('-1'), 'CN', null, table), '/claimed/value'],
  [() => explainClaim(kWh('3'), { value: '1', unit: 'lb' as never }, 'CN', null, table), '/claimed/unit'],
  [() => explainClaim(kWh('3'), t('1'), 'Zhejiang', null, table), '/place'],
])('a claim that says nothing is refused: %#', (run, place) => {
  expect(run).toThrow(expect.objectContaining({ code: 'factors/malformed-claim', place }));
});

describe('two lines 30 % apart, 300 MWh a year saved', () => {
  test('is two claims: 23.1 % of 1.3 GWh, or 30 % of 1.0 GWh', () => {
    expect(explainSaving('30', { value: '300', unit: 'MWh' })).toEqual([
      { base: 'better', better: '1000000', worse: '1300000', savingPercent: '23.1' },
      { base: 'worse', better: '700000', worse: '1000000', savingPercent: '30.0' },
    ]);
  });

  test.each([
    ['0', 'MWh', '/percent'],
    ['thirty', 'MWh', '/percent'],
    ['30', 't', '/saved/unit'],
  ] as const)('%s percent of %s is refused', (percent, unit, place) => {
    expect(() => explainSaving(percent, { value: '300', unit })).toThrow(
      expect.objectContaining({ code: 'factors/malformed-claim', place }),
    );
  });
});
