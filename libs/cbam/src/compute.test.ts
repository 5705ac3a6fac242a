// Synthetic installations, worked by hand. Every refusal has its case.
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { JsonValue } from '#lib/canonical';
import {
  CbamError,
  computeCbam,
  findDefault,
  loadTable,
  operatorReport,
  renderRequestSheet,
  renderSummary,
  requestSheets,
  SHIPPED_TABLES,
  TABLE_FORMAT,
  type Tables,
} from './index.ts';

type Json = Record<string, any>;
const t = (value: string) => ({ value, unit: 't' });
const stream = (process: string, tonnes: string, more: Json = {}) => ({
  id: `s-${process}`,
  kind: 'process',
  name: 'stream',
  amount: t(tonnes),
  factor: { value: '1', unit: 'tCO2/t' },
  attribution: [{ process, share: '100' }],
  ...more,
});
const power = (mwh: string, factor = '0.5', source = 'default') => ({
  amount: { value: mwh, unit: 'MWh' },
  factor: { value: factor, unit: 'tCO2/MWh' },
  source,
  factorSource: 'synthetic',
});
const screws = (more: Json = {}): Json => ({
  id: 'P1',
  name: 'screws',
  category: 'iron-or-steel-products',
  goods: [{ cn: '73181542', name: 'screws', mass: t('1000') }],
  ...more,
});
const wire = (more: Json = {}): Json => ({
  id: 'wire',
  name: 'wire rod',
  cn: '7213 91 49',
  country: 'CN',
  purchased: t('1100'),
  mode: 'actual-unverified',
  direct: { value: '2', unit: 'tCO2e/t' },
  indirect: { value: '0.3', unit: 'tCO2e/t' },
  ...more,
});
const input = (more: Json = {}): JsonValue => ({
  format: 'anchorleaf-cbam-input/v1',
  installation: { nameEnglish: 'Synthetic Works', country: 'CN' },
  period: { start: '2026-01-01', end: '2027-01-01' },
  sourceStreams: [stream('P1', '100')],
  processes: [screws()],
  ...more,
});
const table = (kind: string, rows: Json[], more: Json = {}): Json => ({
  format: TABLE_FORMAT,
  table: kind,
  title: `synthetic ${kind}`,
  act: 'none',
  version: '2026-08-10',
  validFrom: '2026-01-01',
  source: 'test',
  licence: 'none',
  complete: true,
  supersededBy: null,
  rows,
  ...more,
});
const DEFAULTS = table('default-values', [
  { country: 'CN', cn: '7318', route: null, total: '2.5' },
  { country: 'CN', cn: '731815', route: null, direct: '6', indirect: '0.375', total: '6.375' },
  { country: 'CN', cn: '7213', route: 'C', name: 'BF', total: '3.169' },
  { country: 'CN', cn: '7213', route: 'E', name: 'scrap', total: '1.1' },
  { country: 'TR', cn: '7213', total: null },
  { country: 'OTHER', cn: '7213', total: '3.5' },
  { country: 'UNKNOWN', cn: '7213', total: '4.2' },
  { country: 'AO', cn: '25231000', total: '1', defect: 'mark-up compounded' },
  { country: 'CN', cn: '28141000', direct: '4.17', indirect: '0.19', total: '4.5' },
]);
const LOADED = loadTable(SHIPPED_TABLES, DEFAULTS);
const refusal = (value: JsonValue, tables: Tables = SHIPPED_TABLES): string => {
  try {
    computeCbam(value, tables);
  } catch (error) {
    if (error instanceof CbamError) {
      expect(error.remedy.length).toBeGreaterThan(3);
      return `${error.code} ${error.pointer}`;
    }
    throw error;
  }
  return 'accepted';
};
const first = (value: JsonValue, tables: Tables = SHIPPED_TABLES) => computeCbam(value, tables).products[0]!;

describe('simple and complex goods', () => {
  test('own emissions only; electricity is reported and does not count for steel', () => {
    const product = first(input({ processes: [screws({ electricity: [power('400')] })] }));
    expect(product).toMatchObject({
      direct: '0.1',
      indirect: '0.2',
      total: '0.3',
      counted: '0.1',
      countedRule: 'direct-only',
      defaultShare: '0',
    });
  });
  test('a purchased precursor: (100 + 1050 × 2)/1000 direct, (200 + 1050 × 0.3)/1000 indirect', () => {
    const process = screws({
      electricity: [power('400')],
      purchased: [{ precursor: 'wire', amount: t('1050') }],
    });
    const result = computeCbam(input({ processes: [process], precursors: [wire()] }), SHIPPED_TABLES);
    expect(result.products[0]).toMatchObject({ direct: '2.2', indirect: '0.515', counted: '2.2' });
    expect(result.marks[0]?.en).toContain('preview');
  });
  test('internal precursors come first, whatever their order; the electricity of sintered ore counts in steel', () => {
    const processes = [
      screws({ internal: [{ process: 'P2', amount: t('500') }] }),
      {
        id: 'P2',
        name: 'pig iron',
        category: 'pig-iron',
        goods: [{ cn: '72011011', name: 'iron', mass: t('500'), use: 'internal' }],
        internal: [{ process: 'P3', amount: t('800') }],
        electricity: [power('100')],
      },
      {
        id: 'P3',
        name: 'sinter',
        category: 'sintered-ore',
        goods: [{ cn: '26011200', name: 'sinter', mass: t('800'), use: 'internal' }],
        electricity: [power('200')],
      },
    ];
    const value = input({
      sourceStreams: [stream('P1', '10'), stream('P2', '1000'), stream('P3', '160')],
      processes,
    });
    // direct (10 + 1000 + 160)/1000; all electricity (50 + 100)/1000; counted: the sinter's 100 only
    expect(first(value)).toMatchObject({ direct: '1.17', indirect: '0.15', counted: '1.27' });
    expect(first(input({ ...(value as Json), processes: [...processes].reverse() }))).toMatchObject({
      counted: '1.27',
    });
  });
  test('functional units: cement per t of clinker in it, fertiliser per t of nitrogen', () => {
    const cement = first(
      input({
        processes: [
          {
            id: 'P1',
            name: 'cement',
            category: 'cement',
            goods: [{ cn: '25232900', name: 'cement', mass: t('1000'), clinkerShare: '80' }],
          },
        ],
      }),
    );
    expect(cement).toMatchObject({
      functionalUnit: 't clinker',
      direct: '0.1',
      perFunctionalUnit: { direct: '0.125', indirect: '0', counted: '0.125' },
    });
    const two = computeCbam(
      input({
        processes: [
          {
            id: 'P1',
            name: 'fertiliser',
            category: 'mixed-fertilisers',
            goods: [
              { cn: '31052010', name: '20 % N', mass: t('500'), nitrogenShare: '20' },
              { cn: '31052010', name: '30 % N', mass: t('500'), nitrogenShare: '30' },
            ],
          },
        ],
      }),
      SHIPPED_TABLES,
    );
    expect(two.products.map((each) => each.direct)).toEqual(['0.08', '0.12']);
    expect(two.products.map((each) => each.perFunctionalUnit?.direct)).toEqual(['0.4', '0.4']);
  });
  test('heat, waste gas and electricity leave; negative attributed emissions count as zero and are named', () => {
    const flow = (value: string, unit: string, factor: string, per: string) => [
      { amount: { value, unit }, factor: { value: factor, unit: per } },
    ];
    const process = screws({
      heatImported: flow('10', 'TJ', '60', 'tCO2/TJ'),
      heatExported: flow('2', 'TJ', '50', 'tCO2/TJ'),
      wasteGas: { imported: { value: '1', unit: 'TJ' }, exported: { value: '1', unit: 'TJ' } },
      electricityExported: flow('100', 'MWh', '0.5', 'tCO2/MWh'),
    });
    // 100 + 600 − 100 + 56.1 − 37.4187 − 50
    expect(first(input({ processes: [process] })).unrounded.direct).toBe('0.5686813');
    const gone = computeCbam(
      input({ processes: [screws({ wasteGas: { exported: { value: '100', unit: 'TJ' } } })] }),
      SHIPPED_TABLES,
    );
    expect(gone.products[0]?.direct).toBe('0');
    expect(gone.processes[0]).toMatchObject({
      attributedBeforeClip: '-3641.87',
      attributedDirect: '0',
      isClipped: true,
    });
    expect(gone.marks[0]?.en).toContain('negative');
  });
  test('energy in TJ, GJ or MWh and mass in kg or t give the same; shares split a stream', () => {
    const gas = (amount: Json, more: Json = {}) =>
      first(
        input({
          sourceStreams: [
            {
              id: 'g',
              kind: 'combustion',
              name: 'gas',
              amount,
              factor: { value: '56.1', unit: 'tCO2/TJ' },
              attribution: [
                { process: 'P1', share: '40' },
                { process: null, share: '60' },
              ],
              ...more,
            },
          ],
        }),
      ).unrounded.direct;
    expect(gas({ value: '3.6', unit: 'TJ' })).toBe('0.080784');
    expect(gas({ value: '3600', unit: 'GJ' })).toBe('0.080784');
    expect(gas({ value: '1000', unit: 'MWh' })).toBe('0.080784');
    const ncv = { ncv: { value: '36', unit: 'GJ/kNm3' } };
    expect(gas({ value: '100000', unit: 'Nm3' }, ncv)).toBe('0.080784');
  });
  test('scaling every flow leaves specific emissions as they are; half away from zero at the fifth decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 500 }), (tonnes, times) => {
        const of = (k: number) =>
          first(
            input({
              sourceStreams: [stream('P1', String(tonnes * k))],
              processes: [
                screws({
                  goods: [{ cn: '73181542', name: 's', mass: t(String(700 * k)) }],
                  electricity: [power(String(31 * k))],
                }),
              ],
            }),
          );
        const [one, many] = [of(1), of(times)];
        expect([many.direct, many.indirect, many.unrounded]).toEqual([
          one.direct,
          one.indirect,
          one.unrounded,
        ]);
      }),
      { numRuns: 50 },
    );
    const half = input({ sourceStreams: [stream('P1', '0.015')] });
    expect(first(half).direct).toBe('0.00002');
  });
  test('a claim of 15 percent less transport changes nothing: transport is no input', () => {
    const claimed = input({ transport: { reduction: '15' } });
    expect(first(claimed).unrounded).toEqual(first(input()).unrounded);
  });
  test('estimated activity data are marked', () => {
    const marked = computeCbam(
      input({ sourceStreams: [stream('P1', '1', { estimated: 'meter broken in March' })] }),
      SHIPPED_TABLES,
    );
    expect(marked.marks[0]?.en).toContain('estimated: meter broken in March');
  });
  test('the same input gives the same result, order of sources and goods aside', () => {
    const sources = [stream('P1', '60'), stream('P1', '40', { id: 'b' })];
    const a = first(input({ sourceStreams: sources }));
    expect(first(input({ sourceStreams: [...sources].reverse() }))).toEqual(a);
    expect(a.direct).toBe('0.1');
  });
});

describe('precursors and default values', () => {
  const bought = (precursor: Json, tables = LOADED) =>
    computeCbam(
      input({
        processes: [screws({ purchased: [{ precursor: 'wire', amount: t('1000') }] })],
        precursors: [precursor],
      }),
      tables,
    );
  const byDefault = (more: Json) => wire({ mode: 'default', withMarkUp: false, ...more });
  test('a default with its share: 3.169 of 3.269', () => {
    const result = bought(byDefault({ route: 'C' }));
    expect(result.products[0]).toMatchObject({ direct: '3.269', defaultShare: '96.94' });
    expect(result.tables.map((each) => each.table)).toEqual(['default-values', 'mark-ups']);
    expect(bought(byDefault({ route: 'C', withMarkUp: true })).products[0]?.direct).toBe('3.5859');
  });
  test('several routes are asked for, never picked', () => {
    const code = (precursor: Json, tables?: Tables): string => {
      try {
        bought(precursor, tables);
      } catch (error) {
        if (error instanceof CbamError) return `${error.code} ${error.message}`;
        throw error;
      }
      return 'accepted';
    };
    expect(code(byDefault({}))).toContain('cbam/several-routes 7213 91 49 has several default values');
    expect(code(byDefault({}))).toContain('C (BF), E (scrap)');
    expect(code(byDefault({ route: 'K' }))).toContain('cbam/several-routes');
    expect(code(byDefault({ withMarkUp: undefined }))).toContain('cbam/malformed-input');
    expect(code(byDefault({ route: 'C' }), SHIPPED_TABLES)).toContain('cbam/table-not-loaded');
    expect(code(wire({ mode: 'exempt' }))).toContain('cbam/malformed-input');
  });
  test('country order: own row, listed without value, not listed, unknown; the Union is zero', () => {
    const direct = (more: Json) => bought(byDefault(more)).precursors[0]?.direct;
    expect(direct({ country: 'TR' })).toBe('3.5');
    expect(direct({ country: 'VN' })).toBe('3.5');
    expect(direct({ country: null })).toBe('4.2');
    expect(direct({ country: 'DE' })).toBe('0');
    expect(direct({ country: 'CH', mode: 'exempt' })).toBe('0');
  });
  test('longest prefix wins, shorter ones are named; parts that do not sum give way to the total; defects are refused', () => {
    const find = (cn: string, country = 'CN', route: string | null = null) =>
      findDefault(LOADED, { cn, country, route }, '');
    expect(find('73181542').row.cn).toBe('731815');
    expect(find('73181900').notes).toContain('found under 7318');
    expect(find('28141000').notes).toContain(
      'direct and indirect do not sum to the total: the total is used',
    );
    expect(() => find('25231000', 'AO')).toThrow('compounded');
    expect(() => find('76169990')).toThrow(CbamError);
  });
  test('actual values want a report that covers the period of production', () => {
    const actual = (more: Json) =>
      wire({ mode: 'actual', producedIn: { start: '2026-02-01', end: '2026-05-01' }, ...more });
    const report = (end: string) => ({
      number: 'VR-1',
      verifier: 'Synthetic Verifier',
      accreditation: 'none',
      period: { start: '2026-01-01', end },
    });
    const code = (precursor: Json) => refusal(input({ precursors: [precursor] }));
    expect(code(actual({}))).toBe('cbam/precursor-report-missing /precursors/0/verificationReport');
    expect(code(actual({ verificationReport: report('2026-04-01') }))).toBe(
      'cbam/precursor-report-missing /precursors/0/verificationReport/period',
    );
    expect(code(actual({ verificationReport: report('2027-01-01') }))).toBe('accepted');
  });
  test('a request sheet in both languages for what is not verified', () => {
    const [sheet] = requestSheets(bought(byDefault({ route: 'C', mill: { name: '某钢厂' } })));
    const text = renderRequestSheet(sheet!);
    expect(text).toContain('前体隐含排放数据请求：wire rod（CN 7213 91 49）');
    expect(text).toContain('1. 钢厂（生产装置）名称 / mill (installation) name: 某钢厂');
    expect(text).toContain('specific direct embedded emissions (tCO2e/t): ________');
  });
  test('a replaced table is refused unless asked for, and then named', () => {
    const old = { ...DEFAULTS, supersededBy: { title: 'IR (EU) 2026/1740', date: '2026-08-10' } };
    expect(() => loadTable(SHIPPED_TABLES, old)).toThrow('was replaced on 2026-08-10 by IR (EU) 2026/1740');
    const result = bought(byDefault({ route: 'C' }), loadTable(SHIPPED_TABLES, old, true));
    expect(result.marks.map((each) => each.en).join()).toContain('replaced on 2026-08-10');
    expect(() => loadTable(SHIPPED_TABLES, { ...DEFAULTS, rows: [{ country: 'CN', cn: '73' }] })).toThrow(
      'commodity code',
    );
    expect(() => loadTable(SHIPPED_TABLES, { ...DEFAULTS, table: 'weather' })).toThrow(CbamError);
  });
});

describe('actual against default, certificates and cost', () => {
  const BENCHMARKS = table('benchmarks', [
    { cn: '7318', column: 'A', value: '0.038' },
    { cn: '7318', column: 'B', value: '1.364', route: 'C' },
    { cn: '7318', column: 'B', value: '0.2', route: 'E' },
  ]);
  const shipment = (more: Json = {}) =>
    input({
      sourceStreams: [stream('P1', '2000')],
      shipments: [
        {
          cn: '73181542',
          country: 'CN',
          mass: t('100'),
          year: '2026',
          pricePeriod: '2026-Q2',
          benchmarkRouteDefault: 'C',
          ...more,
        },
      ],
    });
  test('worked by hand, inputs shown, no tax statement', () => {
    const [comparison] = computeCbam(shipment(), loadTable(LOADED, BENCHMARKS)).comparisons;
    // 100 × 2 − 100 × 0.975 × 1 × 0.038 = 196.295
    expect(comparison?.actual).toMatchObject({ certificates: '196.295', cost: '14777.09', missing: [] });
    // 100 × 6.375 × 1.1 − 100 × 0.975 × 1.364 = 701.25 − 132.99
    expect(comparison?.byDefault).toMatchObject({ certificates: '568.26', cost: '42778.61' });
    expect(comparison?.byDefault.inputs).toEqual({
      specificEmissions: '6.375',
      markUp: '0.1',
      benchmark: { value: '1.364', column: 'B', route: 'C' },
      freeAllocationShare: '0.975',
      correctionFactor: '1',
      carbonPricePaid: '0',
      euroPerCertificate: '75.28',
    });
    expect(comparison?.saving).toEqual({ certificates: '371.965', cost: '28001.53' });
    expect(comparison?.statement.en).toContain('no tax statement');
  });
  test('what is not loaded or not known is named, and no number is made up', () => {
    const [bare] = computeCbam(shipment(), SHIPPED_TABLES).comparisons;
    expect(bare?.actual?.certificates).toBe(null);
    expect(bare?.actual?.missing).toEqual([
      'cbam/table-not-loaded: the table of benchmarks is not loaded; load it',
    ]);
    expect(bare?.byDefault.missing.length).toBe(2);
    const [later] = computeCbam(
      shipment({ year: '2031', pricePeriod: '2026-Q3' }),
      loadTable(LOADED, BENCHMARKS),
    ).comparisons;
    expect(later?.actual?.missing.join('\n')).toMatch(/2026-Q3[\s\S]*correction factor of 2031/);
    const [asked] = computeCbam(
      shipment({ benchmarkRouteDefault: null }),
      loadTable(LOADED, BENCHMARKS),
    ).comparisons;
    expect(asked?.byDefault.missing[0]).toContain('cbam/several-routes');
  });
  test('a carbon price paid takes off, never below zero; 50 t a year and importer are free', () => {
    const tables = loadTable(LOADED, BENCHMARKS);
    const [paid] = computeCbam(
      shipment({ carbonPricePaid: '1000', importerYear: t('50') }),
      tables,
    ).comparisons;
    expect(paid?.actual?.certificates).toBe('0');
    expect(paid?.actual?.notes[0]).toContain('at or below 50 t');
  });
});

describe('refusals', () => {
  const of = (key: string, more: Json) => input({ [key]: [more] });
  test.each<[string, JsonValue]>([
    ['cbam/malformed-input /format', input({ format: 'x' })],
    ['cbam/malformed-input ', 'text'],
    ['cbam/malformed-period /period', input({ period: { start: '2027-01-01', end: '2026-01-01' } })],
    [
      'cbam/out-of-scope /processes/0/goods/0/cn',
      of('processes', screws({ goods: [{ cn: '76151080', name: 'pan', mass: t('1') }] })),
    ],
    [
      'cbam/needs-more-digits /processes/0/goods/0/cn',
      of('processes', screws({ goods: [{ cn: '731815', name: 's', mass: t('1') }] })),
    ],
    [
      'cbam/electricity-has-own-rules /processes/0/goods/0/cn',
      of('processes', screws({ goods: [{ cn: '27160000', name: 's', mass: t('1') }] })),
    ],
    [
      'cbam/malformed-cn /processes/0/goods/0/cn',
      of('processes', screws({ goods: [{ cn: '73', name: 's', mass: t('1') }] })),
    ],
    [
      'cbam/category-mismatch /processes/0/goods/0/cn',
      of('processes', screws({ goods: [{ cn: '76011090', name: 'a', mass: t('1') }] })),
    ],
    ['cbam/zero-activity /processes/0/goods', of('processes', screws({ goods: [] }))],
    [
      'cbam/zero-without-reason /processes/0/goods/0/mass/value',
      of('processes', screws({ goods: [{ cn: '73181542', name: 's', mass: t('0') }] })),
    ],
    [
      'cbam/unit-mismatch /processes/0/goods/0/mass/unit',
      of('processes', screws({ goods: [{ cn: '73181542', name: 's', mass: { value: '1', unit: 'kWh' } }] })),
    ],
    ['cbam/negative-quantity /sourceStreams/0/amount/value', of('sourceStreams', stream('P1', '-1'))],
    ['cbam/missing-data /sourceStreams/0/amount', of('sourceStreams', stream('P1', '1', { amount: null }))],
    ['cbam/malformed-quantity /sourceStreams/0/amount/value', of('sourceStreams', stream('P1', '1,5'))],
    [
      'cbam/malformed-quantity /sourceStreams/0/amount/value',
      of('sourceStreams', stream('P1', `1${'0'.repeat(30)}`)),
    ],
    [
      'cbam/unit-mismatch /sourceStreams/0/factor/unit',
      of('sourceStreams', stream('P1', '1', { factor: { value: '1', unit: 'kgCO2/t' } })),
    ],
    [
      'cbam/unit-mismatch /sourceStreams/0/factor/unit',
      of('sourceStreams', stream('P1', '1', { factor: { value: '1', unit: 'tCO2/kNm3' } })),
    ],
    [
      'cbam/missing-data /sourceStreams/0/ncv',
      of(
        'sourceStreams',
        stream('P1', '1', { kind: 'combustion', factor: { value: '73', unit: 'tCO2/TJ' } }),
      ),
    ],
    [
      'cbam/percent-out-of-range /sourceStreams/0/biogenicShare',
      of('sourceStreams', stream('P1', '1', { biogenicShare: '101' })),
    ],
    [
      'cbam/attribution-incomplete /sourceStreams/0/attribution',
      of('sourceStreams', stream('P1', '1', { attribution: [{ process: 'P1', share: '99' }] })),
    ],
    ['cbam/unknown-id /sourceStreams/0/attribution/0/process', of('sourceStreams', stream('P9', '1'))],
    [
      'cbam/duplicate-id /sourceStreams/1/id',
      input({ sourceStreams: [stream('P1', '1'), stream('P1', '2')] }),
    ],
    [
      'cbam/guarantee-not-accepted /processes/0/electricity/0/source',
      of('processes', screws({ electricity: [power('1', '0', 'green-certificate')] })),
    ],
    [
      'cbam/unknown-id /processes/0/purchased/0/precursor',
      of('processes', screws({ purchased: [{ precursor: 'x', amount: t('1') }] })),
    ],
    [
      'cbam/precursor-overdrawn /precursors/0',
      input({
        processes: [screws({ purchased: [{ precursor: 'wire', amount: t('1101') }] })],
        precursors: [wire()],
      }),
    ],
    [
      'cbam/content-missing /processes/0/goods/0/clinkerShare',
      of('processes', screws({ category: 'cement', goods: [{ cn: '25232900', name: 'c', mass: t('1') }] })),
    ],
    [
      'cbam/malformed-input /precursors/0/indirectCounted',
      of('precursors', wire({ indirectCounted: { value: '1', unit: 'tCO2e/t' } })),
    ],
    ['cbam/too-many /sourceStreams', input({ sourceStreams: Array.from({ length: 100_000 }, () => null) })],
    ['cbam/malformed-input /installation/unLocode', input({ installation: { unLocode: 'Yiwu' } })],
    ['cbam/malformed-input /installation/country', input({ installation: { country: 'China' } })],
  ])('%s', (want, value) => {
    expect(refusal(value)).toBe(want);
  });
  test('a circle of precursors is refused where it closes, with its members', () => {
    const other = (id: string, needs: string) =>
      screws({ id, internal: [{ process: needs, amount: t('1') }] });
    const value = input({ processes: [other('P1', 'P2'), other('P2', 'P3'), other('P3', 'P2')] });
    expect(refusal(value)).toBe('cbam/precursor-cycle /processes/2/internal/0/process');
    expect(() => computeCbam(value, SHIPPED_TABLES)).toThrow('P2 → P3 → P2');
    expect(refusal(input({ processes: [other('P1', 'P1')] }))).toBe(
      'cbam/precursor-cycle /processes/0/internal/0/process',
    );
  });
});

describe('what the importer gets', () => {
  test('missing fields are listed, the wording never says submitted or verified', () => {
    const result = computeCbam(
      input({ installation: { nameEnglish: 'Works', country: 'CN', unLocode: 'CNYIW' } }),
      SHIPPED_TABLES,
    );
    const report = operatorReport(result);
    expect(report.missing.map((each) => each.pointer)).toEqual(
      expect.arrayContaining([
        '/installation/latitude',
        '/installation/longitude',
        '/installation/verifier/reportNumber',
      ]),
    );
    expect(report.missing.map((each) => each.pointer)).not.toContain('/installation/unLocode');
    expect(report.reportingPeriod).toEqual({ start: '2026-01-01', end: '2026-12-31' });
    expect(report.products[0]).toMatchObject({ cnCode: '73181542', seeDirect: '0.1', unit: 'tCO2e/t' });
    const texts = JSON.stringify(report) + renderSummary(result, 'en') + renderSummary(result, 'zh');
    expect(texts).toContain('Prepared for your importer; the verification report is needed too.');
    expect(texts).not.toMatch(/submitted|CBAM verified|carbon neutral/i);
  });
});

// The published set that was replaced: to see that real rows are found, and that its known defects do no harm.
const OLD = new URL(
  '../../../../shared/data/carbon/cbam/cbam-default-values-v20260204-SUPERSEDED.csv',
  import.meta.url,
);
if (!existsSync(OLD)) console.warn('skipped: the replaced set of default values is not here');
(existsSync(OLD) ? test : test.skip)('rows of the replaced set v20260204', () => {
  const CODES: Json = {
    China: 'CN',
    Chile: 'CL',
    Angola: 'AO',
    Tunisia: 'TN',
    '_Other Countries and Territorie': 'OTHER',
  };
  const rows = (parse(readFileSync(OLD), { columns: true, bom: true }) as Json[])
    .filter((row) => CODES[row.country] !== undefined)
    .map((row) => ({
      country: CODES[row.country],
      cn: row.cn,
      route: /\(([A-L])\)/.exec(row.route)?.[1] ?? null,
      name: row.description.slice(0, 400) || null,
      direct: /^[\d.]+$/.test(row.direct) ? row.direct : null,
      indirect: /^[\d.]+$/.test(row.indirect) ? row.indirect : null,
      total: /^[\d.]+$/.test(row.total) ? row.total : null,
    }));
  const old = table('default-values', rows, {
    supersededBy: { title: 'IR (EU) 2026/1740', date: '2026-08-10' },
  });
  expect(() => loadTable(SHIPPED_TABLES, old)).toThrow(CbamError);
  const tables = loadTable(SHIPPED_TABLES, old, true);
  const total = (cn: string, route: string | null = null) => {
    const found = findDefault(tables, { cn, country: 'CN', route }, '');
    return Number(found.total.n) / Number(found.total.d);
  };
  expect(total('73181542')).toBe(6.375);
  expect(total('73181100')).toBe(2.738);
  expect(total('28141000')).toBe(4.36);
  expect(total('25231000', 'A')).toBe(1.39);
  expect(() => total('25231000')).toThrow('several default values');
});
