import fc from 'fast-check';
import { compare, formatDecimal, multiply, parseDecimal, rational, ZERO } from '#lib/quantity';
import type { Amount } from './amount.ts';
import { carbonCodeOf } from './carbon-code.ts';
import { COAL_EQUIVALENTS, energyOf, NOT_LOADED } from './energy.ts';
import type { BalanceError } from './errors.ts';
import { type RowFact, type RowThreshold, scoreGreenFactory, scoreRow } from './green-factory.ts';
import { factsOf, renewableSizeClass } from './green-factory-facts.ts';
import { GREEN_FACTORY_TABLE } from './green-factory-rows.ts';
import { type InventoryFactor, inventoryOf } from './inventory.ts';

const of = (value: string, unit: string): Amount => ({ state: 'value', value, unit });
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
/** 2023 averages of CO2: MEE and NBS annex of 2025-12-31, official. */
const grid = (region: string, value: string): InventoryFactor => ({
  id: region,
  value,
  unit: 'kgCO2/kWh',
  kind: 'inventory-co2',
  region,
  year: '2023',
  source: 'MEE + NBS annex',
  grade: 'official',
});
const zhejiang = grid('CN-ZJ', '0.4974');
const use = (kWh: string, factor: InventoryFactor | null = zhejiang) => [
  { energy: 'electricity', amount: of(kWh, 'kWh'), factor },
];
const where = { region: 'CN-ZJ', year: '2023' };

test('coal equivalent by hand; what is not loaded is said and not guessed', () => {
  const uses = [
    { energy: 'electricity', amount: of('100', '万度') },
    { energy: 'diesel', amount: of('10', 't') },
    { energy: 'heat', amount: of('500', 'GJ') },
  ];
  // 1,000,000 × 0.1229 = 122.9; 10,000 × 1.4571 = 14.571; 500,000 × 0.03412 = 17.06 (t)
  expect(energyOf(uses, COAL_EQUIVALENTS, '2025-12-31')).toMatchObject({
    tce: '154.531',
    complete: true,
    lines: [{ tce: '122.9', grade: 'second-hand' }, { tce: '14.571' }, { tce: '17.06' }],
  });
  const gas = { energy: 'natural-gas', amount: of('1000', 'Nm3') };
  expect(energyOf([gas], COAL_EQUIVALENTS, '2025-12-31')).toMatchObject({
    lines: [{ state: 'not-loaded' }],
    complete: false,
    tce: '0',
  });
  const loaded = {
    ...COAL_EQUIVALENTS[0]!,
    energy: 'natural-gas',
    value: '1.33',
    per: 'Nm3',
    source: 'own supplier',
    grade: 'maker-stated' as const,
  };
  expect(energyOf([gas], [...COAL_EQUIVALENTS, loaded], '2025-12-31')).toMatchObject({
    tce: '1.33',
    complete: true,
  });
  expect(
    energyOf([{ energy: 'diesel', amount: { state: 'missing' } }], COAL_EQUIVALENTS, '2025-12-31'),
  ).toMatchObject({ lines: [{ state: 'missing' }], complete: false });
  expect(energyOf([], COAL_EQUIVALENTS, '2025-12-31').complete).toBe(false);
  expect(NOT_LOADED.filter((energy) => COAL_EQUIVALENTS.some((each) => each.energy === energy))).toEqual([]);
});

test('coefficients are dated: none for the day, or two, is refused', () => {
  const diesel = [{ energy: 'diesel', amount: of('1', 't') }];
  expect(refusal(() => energyOf(diesel, COAL_EQUIVALENTS, '2019-12-31'))).toBe('balance/superseded /uses/0');
  expect(refusal(() => energyOf(diesel, [...COAL_EQUIVALENTS, ...COAL_EQUIVALENTS], '2025-12-31'))).toBe(
    'balance/malformed-table /uses/0',
  );
  expect(
    refusal(() => energyOf([{ energy: 'diesel', amount: of('1', 'L') }], COAL_EQUIVALENTS, '2025-12-31')),
  ).toBe('balance/unit /uses/0/amount/unit');
});

test('300,000 kWh in Zhejiang are 149.22 t of CO2 in 2023, in China 159.18, and the factor’s place and year are named', () => {
  expect(inventoryOf(use('300000'), where)).toMatchObject({
    kind: 'facility-year-inventory-co2',
    basis: 'location-based',
    tCO2: '149.22',
    complete: true,
    notes: [],
  });
  expect(inventoryOf(use('300000', grid('CN', '0.5306')), where)).toMatchObject({
    tCO2: '159.18',
    notes: ['balance/factor-of-another-region'],
  });
  expect(inventoryOf(use('300000'), { region: 'CN-ZJ', year: '2025' }).notes).toEqual([
    'balance/factor-of-another-year',
  ]);
});

test('an inventory takes factors of CO2 only, and says what it lacks', () => {
  expect(
    refusal(() => inventoryOf(use('1', { ...zhejiang, kind: 'life-cycle', unit: 'kgCO2e/kWh' }), where)),
  ).toBe('balance/footprint-factor /uses/0/factor');
  expect(refusal(() => inventoryOf(use('1', { ...zhejiang, unit: 'kgCO2e/kWh' }), where))).toBe(
    'balance/factor-unit /uses/0/factor/unit',
  );
  expect(inventoryOf(use('1', null), where)).toMatchObject({
    lines: [{ state: 'no-factor' }],
    complete: false,
  });
  const result: object = inventoryOf(use('1'), where);
  for (const member of ['kgCO2e', 'headline', 'declaredUnit', 'perUnit'])
    expect(result).not.toHaveProperty(member);
});

/** 1,000,000 kWh × 0.4974 = 497.4 t. */
const inventory = inventoryOf(use('1000000'), where);
const code = (
  valueAdded: string | null,
  mean: string | null = null,
  deductions: { what: string; tCO2: string; evidence: string }[] = [],
) =>
  carbonCodeOf({
    inventory,
    deductions,
    valueAdded,
    sectorMean:
      mean === null ? null : { value: mean, sector: 'C22', period: '2023', source: 'loaded by the user' },
  });

test('carbon-efficiency code: every bound belongs to the better side', () => {
  // L = 497.4 / 829 = 0.6 exactly
  expect(code('829', '1')).toMatchObject({
    tCO2: '497.4000',
    l: { value: '0.6000', level: 'low', zh: '低碳' },
    k: { value: '0.6000', grade: '1' },
  });
  // a hair above shows the same four decimals and is judged by the number
  expect(code('828.9999', '1')).toMatchObject({ l: { value: '0.6000', level: 'mid' }, k: { grade: '2' } });
  expect(code('248.7', '1')).toMatchObject({
    l: { value: '2.0000', level: 'mid' },
    k: { value: '2.0000', grade: '4' },
  });
  expect(code('248.6', '1')).toMatchObject({ l: { level: 'high' }, k: { grade: '5' } });
  expect(['0.75', '0.5', '0.4'].map((mean) => (code('829', mean).k as { grade: string }).grade)).toEqual([
    '2',
    '3',
    '4',
  ]);
});

test('carbon-efficiency code: what is not known is a state', () => {
  expect(code(null)).toMatchObject({ l: { state: 'value-added-missing' }, k: { state: 'not-known' } });
  expect(code('829')).toMatchObject({ k: { state: 'sector-mean-not-loaded' } });
  const open = inventoryOf(
    [...use('1'), { energy: 'diesel', amount: { state: 'missing' }, factor: null }],
    where,
  );
  expect(carbonCodeOf({ inventory: open, deductions: [], valueAdded: '1', sectorMean: null })).toMatchObject({
    tCO2: null,
    l: { state: 'inventory-incomplete' },
  });
  expect(refusal(() => code('0'))).toBe('balance/value-added /valueAdded');
  expect(refusal(() => code('829', '0'))).toBe('balance/malformed-table /sectorMean/value');
  expect(code('829', null, [{ what: 'sink', tCO2: '97.4', evidence: 'record 7' }])).toMatchObject({
    tCO2: '400.0000',
    l: { value: '0.4825' },
  });
  expect(refusal(() => code('829', null, [{ what: 'sink', tCO2: '1', evidence: ' ' }]))).toBe(
    'balance/malformed-input /deductions/0/evidence',
  );
});

const row = (no: string, change: Partial<RowThreshold> = {}): RowThreshold => ({
  no,
  kind: 'lower',
  weight: '8',
  base: '3.9',
  lead: '2.2',
  unit: 'kgce/万元',
  source: 'table loaded by the user',
  validFrom: '2026-01-01',
  ...change,
});
const has = (no: string, value: string, unit = 'kgce/万元'): RowFact => ({
  no,
  value,
  unit,
  evidence: ['meter file'],
});

test('the published check: W 8, lead 2.2, base 3.9, x 3.506 scores 1.85', () => {
  expect(scoreGreenFactory([has('1', '3.506')], [row('1')], {}).rows[0]).toMatchObject({
    state: 'scored',
    score: '1.85',
    weight: '8',
    formula: 'B.1',
  });
});

test('scores are clamped at both ends in both directions and linear between', () => {
  const score = (x: string, base: string, lead: string) =>
    formatDecimal(scoreRow(rational(8n), parseDecimal(base), parseDecimal(lead), parseDecimal(x)), 2);
  expect(['4', '3.9', '2.2', '1'].map((x) => score(x, '3.9', '2.2'))).toEqual([
    '0.00',
    '0.00',
    '8.00',
    '8.00',
  ]);
  expect(['5', '10', '20', '30', '99'].map((x) => score(x, '10', '30'))).toEqual([
    '0.00',
    '0.00',
    '4.00',
    '8.00',
    '8.00',
  ]);
  const number = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(number, number, number, (x, base, lead) => {
      fc.pre(base !== lead);
      const own = scoreRow(rational(8n), rational(BigInt(base)), rational(BigInt(lead)), rational(BigInt(x)));
      expect(compare(own, ZERO)).toBeGreaterThanOrEqual(0);
      expect(compare(own, rational(8n))).toBeLessThanOrEqual(0);
      // the same row read the other way round has the rest of the weight
      const mirrored = scoreRow(
        rational(8n),
        rational(BigInt(lead)),
        rational(BigInt(base)),
        rational(BigInt(x)),
      );
      expect(
        compare(
          multiply({ n: own.n * mirrored.d + mirrored.n * own.d, d: own.d * mirrored.d }, rational(1n)),
          rational(8n),
        ),
      ).toBe(0);
    }),
  );
});

test('no evidence, no threshold, no answer: each row says so, and the total is no total', () => {
  const facts: RowFact[] = [
    has('1', '3'),
    has('2', '1', 'kgCO2/万元'),
    { no: '12', present: 'yes', evidence: ['file'] },
    { no: '5', present: 'unknown', evidence: ['file'] },
    { ...has('6', '1'), evidence: [] },
  ];
  const qualitative = { kind: 'qualitative', base: null, lead: null, unit: '' } as const;
  const result = scoreGreenFactory(
    facts,
    [row('1'), row('12', qualitative), row('5', qualitative), row('6')],
    {},
  );
  expect(result.rows.map(({ no, state }) => `${no} ${state}`).slice(0, 6)).toEqual([
    '1 scored',
    '2 thresholds-not-loaded',
    '3 no-evidence',
    '4 no-evidence',
    '5 unknown',
    '6 no-evidence',
  ]);
  expect(result).toMatchObject({ complete: false, scoredWeight: '16', score: '12.24', gate: 'unknown' });
});

test('thresholds the wrong way round, of another kind or unit, are refused', () => {
  expect(
    refusal(() => scoreGreenFactory([has('1', '3')], [row('1', { base: '2.2', lead: '3.9' })], {})),
  ).toBe('balance/threshold-order /thresholds/0');
  expect(refusal(() => scoreGreenFactory([has('1', '3')], [row('1', { lead: '3.9' })], {}))).toBe(
    'balance/threshold-order /thresholds/0',
  );
  expect(refusal(() => scoreGreenFactory([has('1', '3')], [row('1', { kind: 'higher' })], {}))).toBe(
    'balance/malformed-table /thresholds/0/kind',
  );
  expect(refusal(() => scoreGreenFactory([has('1', '3', 'tce')], [row('1')], {}))).toBe(
    'balance/unit /facts/1/unit',
  );
  expect(refusal(() => scoreGreenFactory([has('15', '3')], [], {}))).toBe('balance/unknown-row /facts/0/no');
  expect(refusal(() => scoreGreenFactory([has('1', '3'), has('1', '4')], [], {}))).toBe(
    'balance/duplicate /facts/1',
  );
});

test('the conditions: eight times yes, one no ends it, silence is unknown', () => {
  const all = Object.fromEntries(GREEN_FACTORY_TABLE.vetoes.map(({ id }) => [id, 'yes' as const]));
  expect(scoreGreenFactory([], [], all).gate).toBe('met');
  expect(scoreGreenFactory([], [], { ...all, 'discharge-permit': 'no' }).gate).toBe('failed');
  expect(scoreGreenFactory([], [], { ...all, 'discharge-permit': 'unknown' }).gate).toBe('unknown');
  expect(refusal(() => scoreGreenFactory([], [], { other: 'yes' }))).toBe(
    'balance/unknown-row /vetoes/other',
  );
  expect(GREEN_FACTORY_TABLE.rows.reduce((sum, { weightExample }) => sum + Number(weightExample), 0)).toBe(
    100,
  );
});

test('rows from the ledger: intensities, the renewable share, shares of waste and products', () => {
  const energy = energyOf(
    [{ energy: 'electricity', amount: of('900000', 'kWh') }],
    COAL_EQUIVALENTS,
    '2025-12-31',
  );
  const balance = { electricityKWh: { bills: '900000', selfUse: '100000' }, certificatesKWh: '200000' };
  const facts = factsOf({
    balance: balance as never,
    energy,
    inventory,
    electricity: COAL_EQUIVALENTS[0]!,
    outputValue: { value: '5000', evidence: 'statistics form' },
    wasteKg: { generated: '400', recovered: '300', evidence: 'waste ledger' },
    productClasses: { all: '3', withFootprint: '1', evidence: ['report 1'] },
  });
  // 110,610 / 5,000; 497,400 / 5,000; (100 + 200) / (900 + 100); 3 / 4; 1 / 3
  expect(
    facts.map((fact) => ('value' in fact ? `${fact.no} ${fact.value} ${fact.unit} ${fact.note}` : '')),
  ).toEqual([
    '1 22.1220 kgce/万元 balance/formula-text-not-read',
    '2 99.4800 kgCO2/万元 balance/formula-text-not-read',
    '3 30.0000 % balance/formula-text-not-read',
    '8 75.0000 % balance/formula-text-not-read',
    '13 33.3333 % balance/formula-text-not-read',
  ]);
  expect(renewableSizeClass(energy)).toBe('<3000');
  const none = factsOf({
    balance: balance as never,
    energy: energyOf([], [], '2025-12-31'),
    inventory,
    electricity: COAL_EQUIVALENTS[0]!,
    outputValue: null,
    wasteKg: null,
    productClasses: null,
  });
  expect(none).toEqual([]);
});
