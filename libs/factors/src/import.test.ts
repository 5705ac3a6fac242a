import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CsvLines } from './csv-lines.ts';
import {
  cnElectricityImporter,
  desnzImporter,
  eeaImporter,
  factorTable,
  type Imported,
  owidImporter,
  readFactor,
  type TableImporter,
  useeioImporter,
} from './index.ts';

const DOCUMENT = `sha256:${'d'.repeat(64)}`;
const table = factorTable();

function run(importer: TableImporter, text: string, size = 7): Imported {
  for (let at = 0; at < text.length; at += size) importer.push(text.slice(at, at + size));
  return importer.finish();
}

describe('CSV in pieces', () => {
  const rows = (text: string, size: number): (readonly string[])[] => {
    const lines = new CsvLines();
    const found: (readonly string[])[] = [];
    for (let at = 0; at < text.length; at += size)
      for (const row of lines.push(text.slice(at, at + size))) found.push(row.cells);
    for (const row of lines.end()) found.push(row.cells);
    return found;
  };

  test('quotes, doubled quotes, line breaks in a cell, CRLF, byte order mark, no last break', () => {
    const text = '\ufeffa,b\r\n"x, ""y""\n z",2\n\n,\n"",""\nlast,';
    const want = [
      ['a', 'b'],
      ['x, "y"\n z', '2'],
      ['', ''],
      ['', ''],
      ['last', ''],
    ];
    for (let size = 1; size <= text.length; size += 1) expect(rows(text, size)).toEqual(want);
  });

  test('what is written as CSV is read as it was, wherever it is cut', () => {
    const cell = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (table, size) => {
          const text = table
            .map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
            .join('\n');
          expect(rows(text, size)).toEqual(table);
        },
      ),
    );
  });

  test('a quote that never closes is refused, and swallows no more than a cell', () => {
    expect(() => rows('a,b\n"open', 3)).toThrow(
      expect.objectContaining({ code: 'factors/malformed-table', place: 'line 2' }),
    );
    expect(() => rows(`"${'x'.repeat(20_000)}`, 100)).toThrow(
      expect.objectContaining({ code: 'factors/malformed-table' }),
    );
  });
});

describe('UK conversion factors', () => {
  const HEAD =
    '\ufeffID,Scope,Level 1,Level 2,Level 3,Level 4,Column Text,UOM,GHG/Unit,GHG Conversion Factor 2025';
  const lorry = [
    '27_304_3132_14_1,Scope 3,Freighting goods,HGV (all diesel),Articulated (>33t),,Average laden,tonne.km,kg CO2e,0.07703',
    '27_304_3132_14_2,Scope 3,Freighting goods,HGV (all diesel),Articulated (>33t),,Average laden,tonne.km,kg CO2e of CO2 per unit,0.07576',
    '27_304_3132_14_3,Scope 3,Freighting goods,HGV (all diesel),Articulated (>33t),,Average laden,tonne.km,kg CO2e of CH4 per unit,0.00001',
    '27_304_3132_14_4,Scope 3,Freighting goods,HGV (all diesel),Articulated (>33t),,Average laden,tonne.km,kg CO2e of N2O per unit,0.00125',
  ];
  const wtt =
    '28_907_3132_14_1,Scope 3,WTT- delivery vehs & freight,WTT- HGV (all diesel),Articulated (>33t),,Average laden,tonne.km,kg CO2e,0.01799';
  const read = (...lines: readonly string[]): Imported =>
    run(desnzImporter(DOCUMENT), [HEAD, ...lines].join('\n'));

  test('rows per gas are parts of one factor, never added to it', () => {
    const { factors, refusals } = read(...lorry);
    expect(refusals).toEqual([]);
    expect(factors).toHaveLength(1);
    expect(factors[0]).toMatchObject({
      value: '0.07703',
      unit: 'kgCO2e/tkm',
      kind: 'direct',
      gases: { CO2: '0.07576' },
      document: DOCUMENT,
    });
    expect(factors[0]?.standIn).toMatch(/China/);
  });

  test('a lorry and its well-to-tank row in another table are a pair; alone it is named', () => {
    const both = read(...lorry, wtt);
    expect(both.pairs).toEqual([{ direct: both.factors[0]?.id, upstream: both.factors[1]?.id }]);
    expect(both.unpaired).toEqual([]);
    const alone = read(...lorry);
    expect(alone.unpaired).toEqual([alone.factors[0]?.id]);
  });

  test.each([
    ['an empty figure is missing, not 0', wtt.replace('0.01799', ''), 'factors/empty-value'],
    ['a decimal comma', wtt.replace('0.01799', '"0,01799"'), 'factors/malformed-decimal'],
    ['a row per mile has no unit', wtt.replace('tonne.km', 'miles'), 'factors/unknown-unit'],
    ['a gas row of nothing', lorry[2] as string, 'factors/gas-row'],
    ['a row cut off', '28_907_3132_14_1,Scope 3', 'factors/malformed-table'],
  ])('%s: refused by its line, the others go on', (_what, bad, code) => {
    const { factors, refusals } = read(bad, ...lorry);
    expect(refusals).toMatchObject([{ line: 2, code, remedy: expect.stringMatching(/./) }]);
    expect(factors).toHaveLength(1);
  });

  test('a gas row of another thing is not taken for the row before it', () => {
    const { factors, refusals } = read(
      lorry[0] as string,
      (lorry[1] as string).replace('_3132_', '_3131_'),
      ...lorry.slice(2),
    );
    expect(refusals).toMatchObject([{ line: 3, code: 'factors/gas-row' }]);
    expect(factors[0]?.gases).toBeNull();
  });

  test('tables of passengers and hotels are counted, not imported', () => {
    const { factors, skipped } = read(
      '29_700_3300_12_1,Scope 3,Hotel stay,Hotel stay,UK,,,Room per night,kg CO2e,10.4',
    );
    expect(factors).toEqual([]);
    expect(skipped).toEqual({ 'table 29 Hotel stay': 1 });
  });

  test.each(['', 'a,b\n1,2', 'ID;Scope'])('another file is refused as a whole: %j', (text) => {
    expect(() => run(desnzImporter(DOCUMENT), text)).toThrow(
      expect.objectContaining({ code: 'factors/malformed-table' }),
    );
  });
});

describe('other tables', () => {
  const CN = 'year,kind,level,area_zh,iso_3166_2,value,unit,source,grade\n';

  test.each([
    ['2023,co2_factor_average,province,浙江,CN-ZJ,0.4974,kgCO2e/kWh,x,official-pdf', 'factors/kind-unit'],
    [
      '2023,co2_factor_average,province,浙江,CN-JL,0.4974,kgCO2/kWh,x,official-pdf',
      'factors/malformed-table',
    ],
    [
      '2023,co2_factor_average,province,亚特兰蒂斯,CN-ZZ,0.4974,kgCO2/kWh,x,official-pdf',
      'factors/malformed-table',
    ],
    ['2023,co2_factor_average,province,浙江,CN-ZJ,,kgCO2/kWh,x,official-pdf', 'factors/empty-value'],
    ['23,co2_factor_average,province,浙江,CN-ZJ,0.4974,kgCO2/kWh,x,official-pdf', 'factors/malformed-table'],
  ])('%s is refused', (row, code) => {
    expect(run(cnElectricityImporter(), CN + row).refusals).toMatchObject([{ line: 2, code }]);
  });

  test('a row of China’s electricity is the record of the own table', () => {
    const { factors } = run(
      cnElectricityImporter(),
      `${CN}2023,co2_factor_average,province,浙江,CN-ZJ,0.4974,kgCO2/kWh,x,official-pdf\n`,
    );
    expect(factors).toEqual([table.get('cn-zhejiang-co2-2023')]);
  });

  test('a grid of 0 g/kWh is a hole; a country without a figure is missing; digits are kept', () => {
    const text = JSON.stringify({
      CAF: { country_name: 'Central African Republic', year: 2022, carbon_intensity: 0 },
      CHN: { country_name: 'China', year: 2023, carbon_intensity: 582.317 },
      FRA: { country_name: 'France', year: 2023 },
      XXX: { country_name: 'Nowhere', year: 2023, carbon_intensity: 1 },
    });
    const { factors, refusals } = run(owidImporter(DOCUMENT), text);
    expect(factors).toMatchObject([
      { region: 'CN', value: '0.582317', kind: 'life-cycle', grade: 'second-hand' },
    ]);
    expect(refusals.map(({ line, code }) => [line, code])).toEqual([
      [1, 'factors/empty-value'],
      [3, 'factors/empty-value'],
      [4, 'factors/malformed-table'],
    ]);
    expect(() => run(owidImporter(DOCUMENT), '[1]')).toThrow(
      expect.objectContaining({ code: 'factors/malformed-table' }),
    );
    expect(() => run(owidImporter(DOCUMENT), '{"CHN":')).toThrow(
      expect.objectContaining({ code: 'factors/malformed-table' }),
    );
  });

  test('EEA is CO2 of generation, an inventory figure', () => {
    const { factors, refusals } = run(
      eeaImporter(DOCUMENT),
      'Entity,Code,Year,Carbon intensity of electricity (gCO2/kWh)\nGermany,DEU,2020,301\nEU-27,,2020,226\nEU27+1,,2020,226\nMalta,MLT,2020,0\n',
    );
    expect(factors.map(({ region, value, kind }) => [region, value, kind])).toEqual([
      ['DE', '0.301', 'inventory-co2'],
      ['EU27', '0.226', 'inventory-co2'],
    ]);
    expect(refusals.map(({ line }) => line)).toEqual([4, 5]);
  });

  test('US factors are spend-based, and only the total of all gases is read', () => {
    const head =
      '"2017 NAICS Code","2017 NAICS Title","GHG","Unit","Supply Chain Emission Factors without Margins","Margins of Supply Chain Emission Factors","Supply Chain Emission Factors with Margins","Reference USEEIO Code"\n';
    const { factors, refusals } = run(
      useeioImporter(DOCUMENT),
      `${head}111110,"Soybean Farming","All GHGs","kg CO2e/2022 USD, purchaser price",0.488,0.044,0.532,"1111A0"\n111110,"Soybean Farming","Methane","kg/2022 USD, purchaser price",0.1,0.1,0.2,"1111A0"\n`,
    );
    expect(factors).toMatchObject([
      { value: '0.532', unit: 'kgCO2e/USD', kind: 'spend-based', region: 'US' },
    ]);
    expect(refusals).toMatchObject([{ line: 3, code: 'factors/unknown-unit' }]);
  });
});

// The publishers' files are not part of this repository: an operator supplies them.
const FOLDER = new URL('../../../../shared/data/carbon/', import.meta.url);
const whole = existsSync(FOLDER) ? describe : describe.skip;
if (!existsSync(FOLDER))
  console.warn('skipped: the publishers’ tables are not at hand, importers ran on small tables only');

whole('the publishers’ files', () => {
  const file = (name: string, make: (document: string) => TableImporter): Imported => {
    const bytes = readFileSync(new URL(name, FOLDER));
    const found = run(
      make(`sha256:${createHash('sha256').update(bytes).digest('hex')}`),
      bytes.toString('utf8'),
      4096,
    );
    for (const factor of found.factors) readFactor(factor);
    return found;
  };

  test('China’s electricity: 141 rows, the 141 records of the own table', () => {
    const { factors, refusals } = file('cn-electricity/cn-electricity-factors.csv', cnElectricityImporter);
    const own = [...table].filter(([key]) => key.startsWith('cn-')).map(([, { id }]) => id);
    expect(refusals).toEqual([]);
    expect(factors.map(({ id }) => id).sort()).toEqual(own.sort());
  });

  test('UK factors: every figure of the own selection is the publisher’s; all but three fuels in litres have both halves', () => {
    const { factors, pairs, unpaired, refusals, skipped } = file(
      'uk-desnz/ghg-conversion-factors-2025-flat.csv',
      desnzImporter,
    );
    const bySource = new Map(factors.map((each) => [each.source, each]));
    for (const [key, own] of table) {
      if (!key.startsWith('uk-')) continue;
      const { value, unit, kind, gases } = own;
      expect([key, bySource.get(own.source)]).toMatchObject([key, { value, unit, kind, gases }]);
    }
    expect([factors.length, pairs.length, unpaired.length, refusals.length]).toEqual([899, 345, 3, 591]);
    expect(skipped['table 29 Hotel stay']).toBe(55);
  });

  test('world grids: every figure of the own selection is in the file; one false zero', () => {
    const owid = file('world-grid/owid-global-energy-mix.json', owidImporter);
    const eea = file('world-grid/eea-eu-carbon-intensity-electricity.csv', eeaImporter);
    expect([owid.factors.length, owid.refusals.length]).toEqual([212, 1]);
    for (const [key, own] of table)
      if (/^(ember|eea)-/.test(key))
        expect(
          [...owid.factors, ...eea.factors].some(
            ({ region, year, value, kind }) =>
              region === own.region && year === own.year && value === own.value && kind === own.kind,
          ),
        ).toBe(true);
  });

  test('US spend-based factors: 1,016', () => {
    expect(
      file('us-eeio/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv', useeioImporter).factors,
    ).toHaveLength(1016);
  });

  test('IPCC fuels: every figure of the own table is in the compared transcription, blanks stay blank', async () => {
    const { FUELS } = await import('./index.ts');
    const lines = readFileSync(new URL('fuels/ipcc2006-fuels.csv', FOLDER), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const want = lines.map((each) => each.split(',').slice(1, 6));
    expect(
      FUELS.map((each) => [
        each.class,
        each.co2TPerTJ,
        each.ncvGJPerT ?? '',
        each.ch4KgPerTJ,
        each.n2oKgPerTJ,
      ]),
    ).toEqual(want);
  });
});
