// Published examples, retyped. Sources: E01 the Commission's worked example "Steel 1, blast furnace" (workbook CBAM SEE
// V2.1); E02 and E08 the example rows of sheet B_EmInst in the Commission's communication template v2.1.1 (2024-12-13).
import { formatExact, parseDecimal, type Rational, ZERO } from '#lib/quantity';
import { combustion, GWP, massBalance, measuredMass, pfcSlope, processEmissions } from './emissions.ts';
import { computeCbam, SHIPPED_TABLES } from './index.ts';

const d = parseDecimal;
const show = (value: Rational | null) => (value === null ? null : formatExact(value));
const ALL = d('1');

test('E01: integrated blast-furnace works, bubble approach, waste gas leaves', () => {
  const result = computeCbam(
    {
      format: 'anchorleaf-cbam-input/v1',
      installation: {},
      period: { start: '2026-01-01', end: '2027-01-01' },
      sourceStreams: [
        {
          id: 'all',
          kind: 'process',
          name: 'all source streams of the works',
          amount: { value: '7866044.469877754', unit: 't' },
          factor: { value: '1', unit: 'tCO2/t' },
          attribution: [{ process: 'P1', share: '100' }],
        },
      ],
      processes: [
        {
          id: 'P1',
          name: 'hot rolled coil',
          category: 'iron-or-steel-products',
          joint: ['crude-steel', 'pig-iron', 'sintered-ore'],
          goods: [{ cn: '7208 10 00', name: 'coil', mass: { value: '4800000', unit: 't' } }],
          wasteGas: { exported: { value: '12800', unit: 'TJ' } },
          electricity: [
            {
              amount: { value: '1658844', unit: 'MWh' },
              factor: { value: '0.589', unit: 'tCO2/MWh' },
              source: 'default',
              factorSource: 'example',
            },
          ],
        },
      ],
    },
    SHIPPED_TABLES,
  );
  const [product] = result.products;
  expect(product?.unrounded.direct.slice(0, 18)).toBe('1.5389760645578654');
  expect(product?.unrounded.indirect).toBe('0.2035539825');
  expect([product?.direct, product?.indirect, product?.total]).toEqual(['1.53898', '0.20355', '1.74253']);
  // Annex II: the own electricity of steel is reported and does not count.
  expect(product?.counted).toBe('1.53898');
  expect(result.totals).toEqual({
    calculation: '7866044',
    pfc: '0',
    measurement: '0',
    direct: '7866044',
    biogenic: '0',
    indirect: '977059',
    total: '8843104',
  });
});

test('E02: combustion, process and mass-balance rows', () => {
  const oil = combustion({
    amount: d('252000'),
    ncv: d('45'),
    factor: d('73'),
    perEnergy: true,
    oxidation: ALL,
    biogenicShare: ZERO,
  });
  expect([show(oil.fossil), show(oil.energy)]).toEqual(['827820', '11340']);
  expect(show(processEmissions(d('121000'), d('0.08794'), ALL, ZERO).fossil)).toBe('10640.74');
  expect(show(massBalance(d('-1808226'), d('0.003878'), ZERO).fossil)).toBe('-25693.068768192');
});

test('E08: perfluorocarbons by the slope method, and measured emissions', () => {
  const pfc = pfcSlope({
    aluminium: d('500000'),
    anodeEffectsPerCellDay: d('2.17'),
    minutesPerAnodeEffect: d('1.23'),
    slope: d('0.146'),
    c2f6PerCf4: d('0.122'),
    collectionEfficiency: d('0.98'),
  });
  expect([pfc.cf4, pfc.c2f6, pfc.cf4CO2e, pfc.c2f6CO2e, pfc.total].map(show)).toEqual([
    '194.8443',
    '23.7710046',
    '1291817.709',
    '263858.15106',
    '1587424.347',
  ]);
  const n2o = measuredMass(d('64.2925'), d('265'), d('4'));
  expect(show(n2o)).toBe('68.15005');
  expect(show({ n: n2o.n * GWP.N2O.n, d: n2o.d })).toBe('18059.76325');
  const result = computeCbam(
    {
      format: 'anchorleaf-cbam-input/v1',
      installation: {},
      period: { start: '2026-01-01', end: '2027-01-01' },
      measured: [
        {
          id: 'stack',
          name: 'stack',
          gas: 'CO2',
          concentration: { value: '1820', unit: 'g/Nm3' },
          flow: { value: '50000', unit: 'Nm3/h' },
          hours: '5000',
          biogenicShare: '15',
          attribution: [{ process: 'P1', share: '100' }],
        },
        {
          id: 'n2o',
          name: 'nitrous oxide',
          gas: 'N2O',
          concentration: { value: '64.2925', unit: 'g/Nm3' },
          flow: { value: '265', unit: 'kNm3/h' },
          hours: '4',
          attribution: [{ process: 'P1', share: '100' }],
        },
      ],
      processes: [
        {
          id: 'P1',
          name: 'nitric acid',
          category: 'nitric-acid',
          goods: [{ cn: '28080000', name: 'acid', mass: { value: '1000', unit: 't' } }],
        },
      ],
    },
    SHIPPED_TABLES,
  );
  expect(result.emissions.map((each) => [each.fossil, each.biogenic])).toEqual([
    ['386750', '68250'],
    ['18059.76325', '0'],
  ]);
});
