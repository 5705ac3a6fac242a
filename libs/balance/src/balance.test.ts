import type { Amount } from './amount.ts';
import { computeBalance } from './balance.ts';
import type { BalanceError } from './errors.ts';
import type { FacilityYear } from './facility-year.ts';

const of = (value: string, unit: string): Amount => ({ state: 'value', value, unit });
const zero: Amount = { state: 'zero', reason: 'counted, none there' };
const missing: Amount = { state: 'missing' };

/** A small factory whose year closes: figures made up for the tests. */
const YEAR: FacilityYear = {
  format: 'anchorleaf-facility-year/v1',
  facility: 'F1',
  period: { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' },
  electricity: {
    bills: [
      { name: 'B-01', amount: of('60', '万度') },
      { name: 'B-02', amount: of('300', 'MWh') },
    ],
    selfUse: of('100000', 'kWh'),
    lineMeters: [
      { name: 'L1', amount: of('500000', 'kWh') },
      { name: 'L2', amount: of('380000', 'kWh') },
    ],
    sharedLoads: [{ name: 'air compressor', amount: of('80000', 'kWh') }],
  },
  stocks: [
    {
      item: 'bagasse pulp',
      unit: 't',
      opening: of('12', 't'),
      purchases: [{ name: 'V-1', amount: of('300', 't') }],
      closing: of('10000', 'kg'),
      use: of('302', 't'),
    },
  ],
  masses: [
    {
      name: 'all lines',
      inputs: [{ name: 'pulp', amount: of('302', 't') }],
      products: [{ name: 'plates', amount: of('280', 't') }],
      scrap: of('20', 't'),
      waste: of('2', 't'),
    },
  ],
  outputs: [
    {
      product: 'plates',
      unit: 'piece',
      year: of('1400', '万件'),
      batches: [
        { name: 'A', amount: of('8000000', 'piece') },
        { name: 'B', amount: of('5900000', 'piece') },
      ],
    },
  ],
  certificates: [{ id: 'GEC-1', kWh: '1000' }],
};
const balance = (change: Partial<FacilityYear> = {}) => computeBalance({ ...YEAR, ...change });
const electricity = (change: Partial<FacilityYear['electricity']>) =>
  balance({ electricity: { ...YEAR.electricity, ...change } });
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

test('the four equations, each with its unexplained share', () => {
  const { checks, verdict, electricityKWh, certificatesKWh } = balance();
  expect(
    checks.map(({ check, supplied, accounted, unexplained, unexplainedPercent, verdict: own }) => [
      check,
      supplied,
      accounted,
      unexplained,
      unexplainedPercent,
      own,
    ]),
  ).toEqual([
    ['electricity', '1000000', '960000', '40000', '4.00', 'within'],
    ['stock', '302', '302', '0', '0.00', 'within'],
    ['mass', '302000', '302000', '0', '0.00', 'within'],
    ['batches', '14000000', '13900000', '100000', '0.71', 'within'],
  ]);
  expect({ verdict, electricityKWh, certificatesKWh }).toEqual({
    verdict: 'within',
    electricityKWh: { bills: '900000', selfUse: '100000' },
    certificatesKWh: '1000',
  });
});

test('a share above its threshold, either way, is above; the threshold is data', () => {
  expect(electricity({ sharedLoads: [{ name: 'x', amount: of('60000', 'kWh') }] })).toMatchObject({
    verdict: 'above',
    checks: [{ unexplained: '60000', unexplainedPercent: '6.00', verdict: 'above' }, {}, {}, {}],
  });
  expect(electricity({ sharedLoads: [{ name: 'x', amount: of('180000', 'kWh') }] }).checks[0]).toMatchObject({
    unexplained: '-60000',
    unexplainedPercent: '-6.00',
    verdict: 'above',
  });
  expect(electricity({ sharedLoads: [{ name: 'x', amount: of('70000', 'kWh') }] }).checks[0]).toMatchObject({
    unexplainedPercent: '5.00',
    verdict: 'within',
  });
  const strict = {
    id: 'own',
    validFrom: '2026-01-01',
    source: 'body',
    percent: { electricity: '3.99', stock: '0', mass: '0', batches: '0.7' },
  };
  expect(computeBalance(YEAR, [], strict)).toMatchObject({ thresholds: 'own', verdict: 'above' });
});

test('missing is a state and never nought: the check is unknown and names what is missing', () => {
  expect(
    electricity({
      lineMeters: [
        { name: 'L1', amount: missing },
        { name: 'L2', amount: missing },
      ],
    }),
  ).toMatchObject({
    verdict: 'unknown',
    checks: [
      {
        verdict: 'unknown',
        accounted: null,
        unexplained: null,
        unexplainedPercent: null,
        missing: ['/electricity/lineMeters/0/amount', '/electricity/lineMeters/1/amount'],
      },
      {},
      {},
      {},
    ],
  });
  // who lists nothing has said nothing
  expect(electricity({ sharedLoads: [] }).checks[0]).toMatchObject({
    verdict: 'unknown',
    missing: ['/electricity/sharedLoads'],
  });
  expect(electricity({ sharedLoads: [{ name: 'none', amount: zero }] }).checks[0]).toMatchObject({
    unexplained: '120000',
  });
  expect(
    electricity({ selfUse: { state: 'estimated', value: '100000', unit: 'kWh', basis: 'inverter display' } })
      .checks[0],
  ).toMatchObject({ estimated: ['/electricity/selfUse'], verdict: 'within' });
});

test('what came from nothing is above', () => {
  const stock = {
    ...YEAR.stocks[0]!,
    opening: zero,
    purchases: [{ name: 'none', amount: zero }],
    closing: zero,
    use: of('1', 't'),
  };
  expect(balance({ stocks: [stock] }).checks[1]).toMatchObject({
    supplied: '0',
    unexplained: '-1',
    unexplainedPercent: null,
    verdict: 'above',
  });
});

test('a bill, voucher or certificate used twice is refused with both places', () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as BalanceError).message;
    }
    return 'taken';
  };
  const bills = [YEAR.electricity.bills[0]!, { ...YEAR.electricity.bills[1]!, name: 'b-０1' }];
  expect(message(() => electricity({ bills }))).toBe(
    'bill b-０1 is used at /electricity/bills/0 and again at /electricity/bills/1',
  );
  expect(message(() => balance({ stocks: [YEAR.stocks[0]!, YEAR.stocks[0]!] }))).toBe(
    'voucher V-1 is used at /stocks/0/purchases/0 and again at /stocks/1/purchases/0',
  );
  expect(
    message(() =>
      balance({
        certificates: [
          { id: 'GEC-1', kWh: '1' },
          { id: 'GEC-1', kWh: '1' },
        ],
      }),
    ),
  ).toContain('/certificates/0 and again at /certificates/1');
  // used in another year, or by a product
  const { uses } = balance();
  expect(
    message(() =>
      computeBalance(
        YEAR,
        uses.map((use) => ({ ...use, place: `2024 ${use.place}` })),
      ),
    ),
  ).toContain('2024 /electricity/bills/0 and again');
  expect(refusal(() => electricity({ bills }))).toBe('balance/used-twice /electricity/bills/1');
});

test.each([
  [
    'balance/negative-amount /electricity/bills/0/amount/value',
    { bills: [{ name: 'B', amount: of('-1', 'kWh') }] },
  ],
  [
    'balance/malformed-amount /electricity/bills/0/amount/value',
    { bills: [{ name: 'B', amount: of('0', 'kWh') }] },
  ],
  [
    'balance/malformed-amount /electricity/bills/0/amount/value',
    { bills: [{ name: 'B', amount: of('1,5', 'kWh') }] },
  ],
  ['balance/malformed-amount /electricity/selfUse/reason', { selfUse: { state: 'zero', reason: ' ' } }],
  ['balance/malformed-amount /electricity/selfUse', { selfUse: { state: 'missing', value: '1' } }],
  ['balance/malformed-amount /electricity/selfUse', { selfUse: { state: 'constructor' } }],
  ['balance/unit /electricity/bills/0/amount/unit', { bills: [{ name: 'B', amount: of('1', 'kg') }] }],
  ['balance/unit /electricity/bills/0/amount/unit', { bills: [{ name: 'B', amount: of('1', 'toString') }] }],
  ['balance/malformed-input /electricity/extra', { extra: 1 }],
])('refuses %s', (want, change) => {
  expect(refusal(() => electricity(change as never))).toBe(want);
});

test('refuses what the form does not have', () => {
  expect(refusal(() => balance({ period: { start: '2025', end: '2026' } }))).toBe(
    'balance/malformed-input /period',
  );
  expect(refusal(() => computeBalance({ ...YEAR, stocks: {} } as never))).toBe(
    'balance/malformed-input /stocks',
  );
  const batch = { name: 'A', amount: of('1', 'piece') };
  expect(refusal(() => balance({ outputs: [{ ...YEAR.outputs[0]!, batches: [batch, batch] }] }))).toBe(
    'balance/duplicate /outputs/0/batches/1',
  );
  expect(refusal(() => balance({ stocks: [{ ...YEAR.stocks[0]!, unit: 'toString' }] }))).toBe(
    'balance/unit /stocks/0/unit',
  );
  expect(refusal(() => balance({ outputs: [{ ...YEAR.outputs[0]!, unit: 'kg' }] }))).toBe(
    'balance/unit /outputs/0/year/unit',
  );
  expect(refusal(() => electricity({ selfUse: null as never }))).toBe(
    'balance/malformed-amount /electricity/selfUse',
  );
  expect(refusal(() => computeBalance(null as never))).toBe('balance/malformed-input ');
});
