import fc from 'fast-check';
import { factorTable as tableV1 } from '#lib/footprint';
import { formatDecimal, formatExact } from '#lib/quantity';
import {
  type Factor,
  type FactorFields,
  factorTable,
  fromV1,
  gwpOf,
  isV1,
  makeFactor,
  printFactor,
  readFactor,
  valueUnder,
} from './index.ts';

const table = factorTable();
const get = (key: string): Factor => table.get(key) as Factor;
const grid = get('cn-grid-2024');
const changed = (change: Partial<Record<keyof FactorFields, unknown>>, of = grid): unknown => {
  const { id: _id, ...fields } = of;
  return makeFactor({ ...fields, ...change } as FactorFields);
};
const refusal = (input: unknown): { code: string; place: string; remedy: string } | null => {
  try {
    readFactor(input);
    return null;
  } catch (error) {
    return error as { code: string; place: string; remedy: string };
  }
};
const PARTS = {
  fossil: '1.2',
  biogenicNonCO2: '0.1',
  landUseChange: '0.05',
  landManagementFossil: '0.3',
  landManagementBiogenicCO2: '0.02',
  removals: '-0.4',
  biogenicUptake: '-2',
  aircraft: '0.03',
};

describe('reading a record', () => {
  test('every record of the table is read back as it was printed', () => {
    for (const factor of table.values()) expect(readFactor(JSON.parse(printFactor(factor)))).toEqual(factor);
  });

  test.each<[string, unknown, string, string]>([
    ['no object', 'sha256:…', 'factors/malformed-record', ''],
    ['a member too many', { ...grid, note: 'x' }, 'factors/unknown-member', '/note'],
    ['a member too few', (({ parts: _parts, ...rest }) => rest)(grid), 'factors/malformed-record', '/parts'],
    ['another digit under the same id', { ...grid, value: '0.0001' }, 'factors/wrong-id', '/id'],
    ['a number for a decimal', changed({ value: 0.5777 }), 'factors/malformed-decimal', '/value'],
    ['a decimal comma', changed({ value: '0,5777' }), 'factors/malformed-decimal', '/value'],
    ['an exponent', changed({ value: '5e-1' }), 'factors/malformed-decimal', '/value'],
    ['10^30', changed({ value: `1${'0'.repeat(30)}` }), 'factors/malformed-decimal', '/value'],
    ['a negative value without parts', changed({ value: '-0.1' }), 'factors/parts-sum', '/value'],
    ['an unknown unit', changed({ unit: 'kgCO2e/furlong' }), 'factors/malformed-unit', '/unit'],
    ['a unit of the prototype', changed({ unit: 'kgCO2e/toString' }), 'factors/malformed-unit', '/unit'],
    ['CO2 called life-cycle', changed({ unit: 'kgCO2/kWh' }), 'factors/kind-unit', '/kind'],
    ['money called life-cycle', changed({ unit: 'kgCO2e/CNY' }), 'factors/kind-unit', '/kind'],
    ['an unknown kind', changed({ kind: 'WTW' }), 'factors/malformed-record', '/kind'],
    ['a place on no map', changed({ region: 'CN-华东' }), 'factors/malformed-region', '/region'],
    ['a year of two digits', changed({ year: '24' }), 'factors/malformed-period', '/year'],
    [
      'a period backwards',
      changed({ period: { start: '2024-02-01T00:00:00Z', end: '2024-01-01T00:00:00Z' } }),
      'factors/malformed-period',
      '/period',
    ],
    [
      'local time',
      changed({ period: { start: '2024-01-01', end: '2025-01-01' } }),
      'factors/malformed-period',
      '/period',
    ],
    ['a document without hash', changed({ document: 'annex.pdf' }), 'factors/malformed-record', '/document'],
    [
      'hidden marks in a name',
      changed({ name: { zh: '电\u202e网', en: 'grid' } }),
      'factors/malformed-record',
      '/name/zh',
    ],
    ['an empty source', changed({ source: ' ' }), 'factors/malformed-record', '/source'],
    ['official and maker-stated', changed({ makerStated: true }), 'factors/label', '/grade'],
    ['maker-stated that denies it', changed({ grade: 'maker-stated' }), 'factors/label', '/grade'],
    [
      'a percent over 100',
      changed({ primaryDataShare: '100.1' }),
      'factors/malformed-record',
      '/primaryDataShare',
    ],
    ['parts that do not add up', changed({ value: '1.1', parts: PARTS }), 'factors/parts-sum', '/parts'],
    [
      'removals that add',
      changed({ value: '1.8', parts: { ...PARTS, removals: '0.4' } }),
      'factors/parts-sum',
      '/parts/removals',
    ],
    [
      'land management above fossil',
      changed({ value: '1', parts: { ...PARTS, landManagementFossil: '1.3' } }),
      'factors/parts-sum',
      '/parts/landManagementFossil',
    ],
    [
      'gases that give another value',
      changed({ gases: { CO2: '0.07', CH4: '0', N2O: '0' } }, get('uk-hgv-direct')),
      'factors/gases-sum',
      '/gases',
    ],
    [
      'kg CO2e where kg of gas belongs',
      changed({ gases: { CO2: '0.07576', CH4: '0.00001', N2O: '0.00125' } }, get('uk-hgv-direct')),
      'factors/gases-sum',
      '/gases',
    ],
    [
      'a value of few digits with gases of nothing',
      changed({ value: '2', gases: { CO2: '0', CH4: '0', N2O: '0' } }, get('uk-hgv-direct')),
      'factors/gases-sum',
      '/gases',
    ],
    [
      'gases a third of a percent off',
      changed({ gases: { ...get('uk-hgv-direct').gases, CO2: '0.0755' } }, get('uk-hgv-direct')),
      'factors/gases-sum',
      '/gases',
    ],
    ['parts above the value', changed({ value: '0.9', parts: PARTS }), 'factors/parts-sum', '/parts'],
    [
      'a spread below one',
      changed({ uncertainty: uncertain({ gsd2: '0.9' }) }),
      'factors/uncertainty',
      '/uncertainty/gsd2',
    ],
    [
      'a sixth pedigree score',
      changed({ uncertainty: uncertain({ pedigree: [1, 1, 1, 1, 1, 1] }) }),
      'factors/uncertainty',
      '/uncertainty/pedigree',
    ],
    [
      'a score of six',
      changed({ uncertainty: uncertain({ pedigree: [1, 1, 6, 1, 1] }) }),
      'factors/uncertainty',
      '/uncertainty/pedigree',
    ],
    [
      'a triangle without ends',
      changed({ uncertainty: uncertain({ distribution: 'triangular' }) }),
      'factors/uncertainty',
      '/uncertainty/min',
    ],
  ])('%s is refused', (_what, input, code, place) => {
    expect(refusal(input)).toMatchObject({ code, place, remedy: expect.stringMatching(/./) });
  });

  test('parts that add up by the identities are taken; land-management fossil and uptake are not added', () => {
    expect(refusal(changed({ value: '1', parts: PARTS }))).toBeNull();
    expect(
      refusal(changed({ value: '-0.2', parts: { ...PARTS, fossil: '0', landManagementFossil: '0' } })),
    ).toBeNull();
  });

  test('whatever one member becomes, the record is refused or is the same record again', () => {
    const keys = Object.keys(grid) as (keyof Factor)[];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const input = { ...grid, [key]: value };
        const refused = refusal(input);
        if (refused === null) expect(input).toEqual(grid);
        else expect(refused.code).toMatch(/^factors\//);
      }),
      { numRuns: 500 },
    );
  });
});

describe('records of version 1', () => {
  test('all of them become records of version 2 with the same figure', () => {
    for (const old of tableV1().values()) {
      expect(isV1(old)).toBe(true);
      const factor = readFactor(fromV1(old));
      expect([factor.value, factor.unit, factor.kind]).toEqual([old.value, old.unit, old.kind]);
      expect(isV1(factor)).toBe(false);
    }
    expect(fromV1(tableV1().get('cn-east-co2-2023') as never).region).toBe('CN-EAST');
  });

  test('the figures of version 1 stand unchanged in the table of version 2', () => {
    const byOldName: Readonly<Record<string, string>> = {
      'uk-pe-film': 'uk-pe-film',
      'uk-board': 'uk-board',
    };
    for (const [key, old] of tableV1()) {
      const now = table.get(byOldName[key] ?? key);
      expect([key, now?.value, now?.unit, now?.kind]).toEqual([key, old.value, old.unit, old.kind]);
    }
  });
});

describe('warming potentials', () => {
  test('CH4 and N2O of AR4, AR5 and AR6; PFC-14 of AR5 as CBAM uses it', () => {
    const sets = ['AR4', 'AR5', 'AR6'] as const;
    expect(sets.map((set) => formatExact(gwpOf('CH4', set)))).toEqual(['25', '28', '27.9']);
    expect(sets.map((set) => formatExact(gwpOf('N2O', set)))).toEqual(['298', '265', '273']);
    expect([gwpOf('PFC-14', 'AR5'), gwpOf('PFC-116', 'AR5')].map(formatExact)).toEqual(['6630', '11100']);
    expect(() => gwpOf('NF3', 'SAR')).toThrow(expect.objectContaining({ code: 'factors/no-gases' }));
  });

  test('natural gas, IPCC 2006: 56.1 t CO2 + 1 kg CH4 + 0.1 kg N2O per TJ', () => {
    const gas = get('ipcc-natural-gas');
    expect(gas.value).toBe('56155.2'); // 56100 + 27.9 + 27.3
    expect(formatExact(valueUnder(gas, 'AR5') ?? { n: 0n, d: 1n })).toBe('56154.5'); // 56100 + 28 + 26.5
    expect(formatExact(valueUnder(gas, 'AR4') ?? { n: 0n, d: 1n })).toBe('56154.8'); // 56100 + 25 + 29.8
  });

  test('under its own set a lorry is the value published; without gases, or without a set, there is no conversion', () => {
    expect(formatDecimal(valueUnder(get('uk-hgv-direct'), 'AR5') ?? { n: 0n, d: 1n }, 7)).toBe('0.0770300');
    // 0.07703 + 0.00001 / 28 × (27.9 − 28) + 0.00125 / 265 × (273 − 265)
    expect(formatDecimal(valueUnder(get('uk-hgv-direct'), 'AR6') ?? { n: 0n, d: 1n }, 9)).toBe('0.077067700');
    expect(valueUnder({ ...get('uk-hgv-direct'), gwp: 'not-stated' }, 'AR6')).toBeNull();
    expect(valueUnder(get('uk-board'), 'AR6')).toBeNull();
  });
});

function uncertain(change: object): object {
  return {
    distribution: 'lognormal',
    gsd2: '1.2',
    basicVariance: null,
    pedigree: null,
    min: null,
    max: null,
    ...change,
  };
}
