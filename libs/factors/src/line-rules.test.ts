import { formatExact } from '#lib/quantity';
import {
  checkLine,
  checkLines,
  type Factor,
  factorTable,
  makeFactor,
  ownRegistry,
  type RuleLine,
  readRegistry,
  registryDocument,
  userFactor,
} from './index.ts';

const table = factorTable();
const registry = ownRegistry(table);
const options = { table, registry };
const factors = (...keys: readonly string[]): readonly Factor[] =>
  keys.map((key) => table.get(key) as Factor);
const YEAR_2024 = { start: '2023-12-31T16:00:00Z', end: '2024-12-31T16:00:00Z' };
const line = (change: Partial<RuleLine>): RuleLine => ({
  factors: factors('cn-grid-2024'),
  unit: 'kWh',
  region: 'CN-ZJ',
  period: YEAR_2024,
  ...change,
});
const codes = (change: Partial<RuleLine>): readonly string[] =>
  checkLine(line(change), 0, options).map(({ code }) => code);
const refusal = (
  change: Partial<RuleLine>,
  more: object = {},
): { code: string; place: string; message: string; remedy: string } => {
  try {
    checkLine(line(change), 3, { ...options, ...more });
  } catch (error) {
    return error as { code: string; place: string; message: string; remedy: string };
  }
  throw new Error('not refused');
};

describe('what a line counts with', () => {
  test('a life-cycle factor of the place and year is whole, and nothing is to be said', () => {
    expect(codes({})).toEqual([]);
  });

  test('a line with one half is named', () => {
    const lorry = { unit: 'tkm', region: 'GB', period: null } as const;
    expect(codes({ ...lorry, factors: factors('uk-hgv-direct', 'uk-hgv-upstream') })).toEqual([
      'factor/stand-in',
      'factor/stand-in',
    ]);
    expect(codes({ ...lorry, factors: factors('uk-hgv-direct') })).toContain('factor/no-upstream');
    expect(codes({ ...lorry, factors: factors('uk-hgv-upstream') })).toContain('factor/no-direct');
    expect(
      codes({
        unit: 'GJ',
        factors: factors(
          'uk-steam-direct',
          'uk-steam-losses',
          'uk-steam-upstream',
          'uk-steam-losses-upstream',
        ),
      }),
    ).not.toContain('factor/no-upstream');
  });

  test('an inventory factor is refused, and the refusal has both numbers', () => {
    expect(refusal({ factors: factors('cn-zhejiang-co2-2023') })).toMatchObject({
      code: 'factors/inventory-factor',
      place: '/lines/3/factors/0',
      message: expect.stringMatching(/0\.4974 kgCO2\/kWh.*0\.6205 kgCO2e\/kWh/),
      remedy: expect.stringContaining(table.get('cn-grid-2023')?.id ?? '-'),
    });
    expect(refusal({ factors: factors('eea-de-2020') }).message).toMatch(
      /0\.301 kgCO2\/kWh.*0\.38095 kgCO2e\/kWh/,
    );
  });

  test.each<[string, Partial<RuleLine>, string, RegExp]>([
    ['no factor', { factors: [] }, 'factors/combination', /no factor/],
    ['a factor twice', { factors: factors('cn-grid-2024', 'cn-grid-2024') }, 'factors/combination', /twice/],
    [
      'two life-cycle factors',
      { factors: factors('cn-grid-2024', 'cn-transmission-2024') },
      'factors/combination',
      /twice/,
    ],
    ['kWh against tonnes', { factors: factors('uk-board') }, 'factors/dimension', /kWh.*kgCO2e\/t/],
    ['money against kWh', { unit: null }, 'factors/dimension', /money.*kgCO2e\/kWh/],
  ])('%s is refused', (_what, change, code, message) => {
    expect(refusal(change)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('years and places that do not fit warn with the grade', () => {
    const found = checkLine(line({ factors: factors('cn-grid-2023'), region: 'VN' }), 0, options);
    expect(found).toMatchObject([
      { code: 'factor/outside-period', grade: 'second-hand', value: '2023' },
      { code: 'factor/outside-region', grade: 'second-hand', value: 'CN' },
    ]);
  });

  test('spend-based is refused unless asked for as a fallback, and is named then', () => {
    const { gases: _gases, id: _id, ...rest } = table.get('uk-board') as Factor;
    const spent = makeFactor({ ...rest, gases: null, unit: 'kgCO2e/USD', kind: 'spend-based' });
    expect(refusal({ factors: [spent], unit: null }).code).toBe('factors/spend-based');
    expect(codes({ factors: [spent], unit: null, spendFallback: true })).toContain('factor/spend-based');
  });

  test('a superseded factor is refused for new calculations, and named when an old one is run again', () => {
    const [old, right] = factors('uk-pp', 'uk-pet') as [Factor, Factor];
    const corrected = readRegistry({
      ...registryDocument('x', '2', table.values()),
      superseded: [{ id: old.id, by: right.id }],
    });
    expect(refusal({ factors: [old], unit: 't' }, { registry: corrected })).toMatchObject({
      code: 'factors/superseded',
      remedy: expect.stringContaining(right.id),
    });
    const found = checkLine(line({ factors: [old], unit: 't' }), 0, {
      ...options,
      registry: corrected,
      allowSuperseded: true,
    });
    expect(found).toContainEqual(expect.objectContaining({ code: 'factor/superseded', value: right.id }));
  });

  test('a record that names its correction itself is refused too', () => {
    const { id: _id, ...fields } = table.get('cn-grid-2024') as Factor;
    const old = makeFactor({ ...fields, supersededBy: table.get('cn-grid-2023')?.id ?? null });
    expect(refusal({ factors: [old] })).toMatchObject({
      code: 'factors/superseded',
      place: '/lines/3/factors/0',
    });
  });

  test('labels do not decide: an unlisted official figure warns as maker-stated', () => {
    const { id: _id, ...fields } = table.get('cn-grid-2024') as Factor;
    const forged = makeFactor({ ...fields, value: '0.0001' });
    expect(checkLine(line({ factors: [forged] }), 0, options)).toMatchObject([
      { code: 'factor/maker-stated', grade: 'maker-stated' },
    ]);
  });

  test('0.5703 warns on the line', () => {
    const { id: _id, ...fields } = table.get('cn-grid-2024') as Factor;
    const { name, source, ...rest } = fields;
    const { factor } = userFactor(
      { ...rest, name, source, value: '0.5703', grade: 'second-hand', voucher: `sha256:${'b'.repeat(64)}` },
      registry,
    );
    expect(checkLine(line({ factors: [factor] }), 0, options)).toContainEqual(
      expect.objectContaining({ code: 'factor/known-wrong', value: expect.stringContaining('0.5777') }),
    );
  });
});

describe('sets of warming potentials', () => {
  const lines = [
    line({ factors: factors('ipcc-natural-gas'), unit: 'GJ', region: 'CN' }),
    line({ factors: factors('uk-diesel-L-direct', 'uk-diesel-L-upstream'), unit: 'L' }),
    line({}),
  ];

  test('mixing is named', () => {
    const { findings, gwpSets } = checkLines(lines, options);
    expect(gwpSets).toEqual(['AR5', 'AR6', 'not-stated']);
    expect(findings).toContainEqual({
      code: 'factor/gwp-mixed',
      line: null,
      factor: null,
      grade: null,
      value: 'AR5, AR6, not-stated',
    });
  });

  test('factors that know their gases are converted exactly, the others are named as kept', () => {
    const { values, findings } = checkLines(lines, { ...options, gwp: 'AR5' });
    expect(formatExact(values.get(table.get('ipcc-natural-gas')?.id ?? '') ?? { n: 0n, d: 1n })).toBe(
      '56154.5',
    );
    expect(findings.filter(({ code }) => code === 'factor/gwp-kept')).toMatchObject([
      { factor: table.get('cn-grid-2024')?.id, value: 'not-stated' },
    ]);
  });

  test('without a wish every factor keeps its value', () => {
    const { values } = checkLines(lines, options);
    expect(formatExact(values.get(table.get('uk-diesel-L-direct')?.id ?? '') ?? { n: 0n, d: 1n })).toBe(
      '2.66155',
    );
  });
});
