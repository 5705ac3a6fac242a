import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { factorTable } from '#lib/factors';
import { add, compare, formatExact, parseDecimal, sum } from '#lib/quantity';
import { CHAIN_FORMAT, type Emission, type Hub, type Leg, readChain, type TransportChain } from './chain.ts';
import { compareRoutes } from './comparison.ts';
import { computeChain } from './emissions.ts';
import { TransportError } from './errors.ts';
import { emissionOf } from './factor-emission.ts';

const emission = (over: Partial<Emission> = {}): Emission => ({
  basis: 'intensity',
  unit: 'kgCO2e/tkm',
  ttw: '0.08',
  wtt: '0.02',
  wtw: null,
  distanceKind: 'shortest-feasible',
  source: 'by hand',
  primaryDataShare: '0',
  ...over,
});
const leg = (id: string, from: string, to: string, km: string, over: Partial<Leg> = {}): Leg => ({
  type: 'leg',
  id,
  mode: 'road',
  from,
  to,
  distance: { value: km, unit: 'km', kind: 'shortest-feasible' },
  primaryActivity: true,
  statedTkm: null,
  emission: emission(),
  ...over,
});
const hub = (id: string, at: string, kgPerT: string): Hub => ({
  type: 'hub',
  id,
  at,
  primaryActivity: false,
  emission: emission({ unit: 'kgCO2e/t', ttw: null, wtt: null, wtw: kgPerT, distanceKind: null }),
});
const chain = (
  elements: TransportChain['elements'],
  value = '2',
  unit: 't' | 'kg' = 't',
): TransportChain => ({
  format: CHAIN_FORMAT,
  name: 'way',
  load: { value, unit },
  elements,
});
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    expect(error.remedy).toBeTruthy();
    return `${error.code} ${error.place}`;
  }
  return 'taken';
};

/**
 * iLEAP extension, specs/index.bs, "End-to-End Example" (sine-fdn/ileap-extension @4e8eb383, MIT): 87 kg from
 * Rotterdam to Prague. Its intensities are implied by its emissions; its TTW is printed per leg.
 */
const ileap = (stated: boolean, primary: readonly [string, string] = ['100', '0']): TransportChain => {
  const figures = (wtw: string, wtt: null, ttw: string, perTkm: string, share: string) =>
    stated
      ? emission({
          basis: 'stated',
          unit: 'kgCO2e',
          ttw,
          wtt,
          wtw,
          primaryDataShare: share,
          distanceKind: null,
        })
      : emission({ ttw: null, wtt, wtw: perTkm, primaryDataShare: share });
  return chain(
    [
      leg('1', 'Rotterdam', 'hub', '423', { emission: figures('3.6801', null, '3.2801', '0.1', primary[0]) }),
      leg('2', 'hub', 'Prague', '321', {
        emission: figures('4.74759', null, '4.272831', '0.17', primary[1]),
      }),
    ],
    '87',
    'kg',
  );
};

describe('the two-leg shipment of the iLEAP extension', () => {
  test('from what the carriers state', () => {
    const result = computeChain(ileap(true));
    expect(result).toMatchObject({
      loadKg: '87',
      tkm: '64.728',
      total: { wtw: '8.42769', ttw: '7.552931', wtt: '0.874759' },
      elements: [
        { tkm: '36.801', wtw: '3.6801', ttw: '3.2801', wtwPerTkm: '0.100000000000' },
        { tkm: '27.927', wtw: '4.74759', ttw: '4.272831', wtwPerTkm: '0.170000000000' },
      ],
    });
  });

  test('from its intensities: the same WTW; TTW is not known and not 0', () => {
    const result = computeChain(ileap(false));
    expect(result.total).toEqual({ wtw: '8.42769', ttw: null, wtt: null });
    expect(result.elements.map(({ wtw }) => wtw)).toEqual(['3.6801', '4.74759']);
    expect(result.warnings).toContainEqual({
      code: 'transport/parts-unknown',
      place: '/elements/0/emission',
    });
  });

  test('the primary data share is of emissions, 43.67 %; the published 56.85 % is of tonne-kilometres', () => {
    const result = computeChain(ileap(true));
    expect(result.primaryDataShare).toBe('43.67');
    // What the example did.
    expect((Number(result.elements[0]?.tkm) / Number(result.tkm)) * 100).toBeCloseTo(56.855, 3);
    expect(computeChain(ileap(true, ['50', '50'])).primaryDataShare).toBe('50.00');
    // Activity that nobody measured makes a primary intensity no primary figure.
    const assumed = ileap(true);
    const elements = assumed.elements.map((each) => ({ ...each, primaryActivity: false }));
    expect(computeChain({ ...assumed, elements }).primaryDataShare).toBe('0.00');
  });

  test('its two misprints are caught: an activity ten times too small and a decimal comma', () => {
    const given = ileap(true);
    const first = given.elements[0] as Leg;
    const second = given.elements[1]!;
    const stated = (statedTkm: string) => ({ ...given, elements: [{ ...first, statedTkm }, second] });
    for (const tkm of ['36.801', '36.8010', '36.80', '37'])
      expect(computeChain(stated(tkm)).total.wtw).toBe('8.42769');
    for (const tkm of ['36.9', '36', '36.8011'])
      expect(refusal(() => computeChain(stated(tkm)))).toMatch('transport/activity-disagrees');
    expect(refusal(() => computeChain(stated('3.6801')))).toBe(
      'transport/activity-disagrees /elements/0/statedTkm',
    );
    const comma = { ...first, emission: { ...first.emission, wtw: '8,42769' } };
    expect(refusal(() => computeChain({ ...given, elements: [comma, second] }))).toBe(
      'transport/malformed-decimal /elements/0/emission/wtw',
    );
  });
});

test('legs and a hub by hand', () => {
  const result = computeChain(
    chain([
      leg('a', 'Yiwu', 'Ningbo', '250'),
      hub('port', 'Ningbo', '1.5'),
      leg('b', 'Ningbo', 'Hamburg', '20000', {
        mode: 'sea',
        emission: emission({ ttw: '0.012', wtt: '0.003' }),
      }),
    ]),
  );
  // 2 t: 500 tkm × 0.1 = 50; 2 × 1.5 = 3; 40,000 tkm × 0.015 = 600
  expect(result).toMatchObject({
    from: 'Yiwu',
    to: 'Hamburg',
    tkm: '40500',
    total: { wtw: '653', ttw: null },
  });
  expect(result.elements.map(({ wtw, tkm, share }) => [wtw, tkm, share])).toEqual([
    ['50', '500', '7.66'],
    ['3', null, '0.46'],
    ['600', '40000', '91.88'],
  ]);
  expect(result.wtwPerTkm).toBe('0.016123456790');
  expect(result.warnings).toEqual([{ code: 'transport/parts-unknown', place: '/elements/1/emission' }]);
});

test('road against sea and rail: difference in kg and of either base', () => {
  const road = { ...chain([leg('a', 'Yiwu', 'Duisburg', '11000')]), name: 'road' };
  const rail = { mode: 'rail' as const, emission: emission({ ttw: '0.02', wtt: '0.005' }) };
  const sea = { mode: 'sea' as const, emission: emission({ ttw: '0.012', wtt: '0.003' }) };
  const seaRail = {
    ...chain([
      leg('a', 'Yiwu', 'Ningbo', '300', rail),
      hub('1', 'Ningbo', '1.5'),
      leg('b', 'Ningbo', 'Rotterdam', '19500', sea),
      hub('2', 'Rotterdam', '1.5'),
      leg('c', 'Rotterdam', 'Duisburg', '200', rail),
    ]),
    name: 'sea-rail',
  };
  // road 2 × 11,000 × 0.1 = 2,200; sea-rail 2 × (300 × 0.025 + 1.5 + 19,500 × 0.015 + 1.5 + 200 × 0.025) = 616
  const result = compareRoutes(road, seaRail);
  expect(result).toMatchObject({
    lower: 'sea-rail',
    differenceKg: '1584',
    differencePercent: { ofTheHigher: '72.00', ofTheLower: '257.14' },
  });
  const swapped = compareRoutes(seaRail, road);
  expect(swapped).toMatchObject({ lower: 'sea-rail', differenceKg: '-1584' });
  expect(swapped.differencePercent).toEqual(result.differencePercent);
  expect(compareRoutes(road, road)).toMatchObject({ lower: null, differenceKg: '0' });

  expect(refusal(() => compareRoutes(road, chain(road.elements, '3')))).toBe(
    'transport/unlike-loads /1/load',
  );
  expect(refusal(() => compareRoutes(road, chain([leg('a', 'Yiwu', 'Ningbo', '300')])))).toBe(
    'transport/unlike-routes /1/elements',
  );
  expect(refusal(() => compareRoutes(road, chain([leg('a', 'Yiwu', 'Duisburg', '0')])))).toBe(
    'transport/not-positive /1/elements/0/distance/value',
  );
});

test('a comparison holds with more digits than a record may have', () => {
  const digits = `0.${'3'.repeat(24)}`;
  const long = chain([leg('a', 'A', 'B', digits, { emission: emission({ ttw: digits, wtt: '0' }) })], digits);
  const result = compareRoutes(long, { ...long, elements: [leg('a', 'A', 'B', '1')] });
  const huge = '9'.repeat(24);
  const stated = chain([leg('a', 'A', 'B', huge, { statedTkm: huge })], huge);
  expect(refusal(() => computeChain(stated))).toBe('transport/activity-disagrees /elements/0/statedTkm');
  expect(result.routes[0].total.wtw.length).toBeGreaterThan(60);
});

describe('properties', () => {
  const decimal = (most: number) =>
    fc
      .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: 999 }))
      .map(([whole, thousandths]) => `${whole}.${String(thousandths).padStart(3, '0')}`);
  const intensity = fc.tuple(decimal(3), decimal(3)).map(([ttw, wtt]) => emission({ ttw, wtt }));

  test('splitting a leg changes nothing', () => {
    fc.assert(
      fc.property(
        decimal(9_999),
        decimal(9_999),
        decimal(99),
        intensity,
        decimal(500),
        (d1, d2, t, each, d3) => {
          const whole = formatExact(add(parseDecimal(d1), parseDecimal(d2)));
          const shared = { emission: { ...each, primaryDataShare: '100' } };
          const rest = leg('r', 'B', 'C', d3);
          const one = computeChain(chain([leg('a', 'A', 'B', whole, shared), rest], t));
          const two = computeChain(
            chain([leg('a1', 'A', 'M', d1, shared), leg('a2', 'M', 'B', d2, shared), rest], t),
          );
          const { elements: _one, ...totalOfOne } = one;
          const { elements: _two, ...totalOfTwo } = two;
          expect(totalOfTwo).toEqual(totalOfOne);
        },
      ),
    );
  });

  test('the total is the sum of its elements, WTW is TTW + WTT, and twice the load is twice the kilograms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(decimal(9_999), intensity), { minLength: 1, maxLength: 6 }), (given) => {
        const legs = given.map(([km, each], i) => leg(`${i}`, `${i}`, `${i + 1}`, km, { emission: each }));
        const once = computeChain(chain(legs, '1.5'));
        const twice = computeChain(chain(legs, '3000', 'kg'));
        const exact = (text: string) => parseDecimal(text);
        expect(compare(sum(once.elements.map(({ wtw }) => exact(wtw))), exact(once.total.wtw))).toBe(0);
        expect(compare(add(exact(once.total.ttw!), exact(once.total.wtt!)), exact(once.total.wtw))).toBe(0);
        expect(compare(add(exact(once.total.wtw), exact(once.total.wtw)), exact(twice.total.wtw))).toBe(0);
        expect(twice.wtwPerTkm).toBe(once.wtwPerTkm);
        // Per kgkm is a thousandth of per tkm.
        const perKgkm = legs.map((each) => ({
          ...each,
          emission: {
            ...each.emission,
            unit: 'kgCO2e/kgkm',
            ttw: thousandth(each.emission.ttw!),
            wtt: thousandth(each.emission.wtt!),
          },
        }));
        expect(computeChain(chain(perKgkm, '1.5')).total).toEqual(once.total);
      }),
    );
  });
  const thousandth = (text: string) =>
    formatExact({ n: parseDecimal(text).n, d: parseDecimal(text).d * 1000n });
});

test('distances are of a kind, and an intensity is per a kind', () => {
  const codes = (elements: TransportChain['elements']) => computeChain(chain(elements)).warnings;
  const flown = { value: '800', unit: 'km', kind: 'great-circle' } as const;
  expect(codes([leg('a', 'A', 'B', '1')])).toEqual([]);
  expect(
    codes([
      leg('a', 'A', 'B', '1'),
      leg('b', 'B', 'C', '1', { mode: 'air', distance: flown }),
      leg('c', 'C', 'D', '1', {
        mode: 'air',
        emission: emission({ distanceKind: null, primaryDataShare: null }),
      }),
    ]),
  ).toEqual([
    { code: 'transport/distance-kind-differs', place: '/elements/1/distance/kind' },
    { code: 'transport/no-hub-between-modes', place: '/elements/1' },
    { code: 'transport/distance-kind-not-stated', place: '/elements/2/distance/kind' },
    { code: 'transport/primary-share-unknown', place: '/elements/2/emission/primaryDataShare' },
    { code: 'transport/mixed-distance-kinds', place: '/elements' },
  ]);
});

test('the third figure follows from any two; a hub may be per kilogram', () => {
  const total = (over: Partial<Emission>) =>
    computeChain(chain([leg('a', 'A', 'B', '10', { emission: emission(over) })], '1')).total;
  const all = { ttw: '0.8', wtt: '0.2', wtw: '1' };
  expect(total({})).toEqual(all);
  expect(total({ ttw: null, wtw: '0.1' })).toEqual(all);
  expect(total({ wtt: null, wtw: '0.1' })).toEqual(all);
  const perKg = hub('h', 'B', '0.0015');
  const handled = { ...perKg, emission: { ...perKg.emission, unit: 'kgCO2e/kg' } };
  expect(computeChain(chain([leg('a', 'A', 'B', '10'), handled])).elements[1]?.wtw).toBe('3');
});

test('nothing emitted: no shares', () => {
  const zero = leg('a', 'A', 'B', '5', { emission: emission({ ttw: '0', wtt: '0' }) });
  const result = computeChain(chain([zero]));
  expect(result).toMatchObject({ total: { wtw: '0' }, primaryDataShare: null, elements: [{ share: null }] });
  expect(compareRoutes(chain([zero]), chain([leg('a', 'A', 'B', '5')])).differencePercent).toEqual({
    ofTheHigher: '100.00',
    ofTheLower: null,
  });
});

test('figures that are no life cycle, or do not add up, are refused with their place', () => {
  const run = (over: Partial<Emission>) =>
    refusal(() => computeChain(chain([leg('a', 'A', 'B', '1', { emission: emission(over) })])));
  const at = '/elements/0/emission';
  expect(run({ wtt: null })).toBe(`transport/incomplete-life-cycle ${at}`);
  expect(run({ ttw: null })).toBe(`transport/incomplete-life-cycle ${at}`);
  expect(run({ wtw: '0.1' })).toBe('taken');
  expect(run({ wtw: '0.11' })).toBe(`transport/does-not-add-up ${at}/wtw`);
  expect(run({ wtt: null, wtw: '0.07' })).toBe(`transport/does-not-add-up ${at}/wtw`);
  expect(run({ ttw: '-0.1' })).toBe(`transport/negative-intensity ${at}/ttw`);
  expect(run({ unit: 'kgCO2e/t' })).toBe(`transport/unit ${at}/unit`);
  expect(run({ unit: 'kgCO2/tkm' })).toBe(`transport/unit ${at}/unit`);
  expect(run({ unit: 'kgCO2e/EUR' })).toBe(`transport/unit ${at}/unit`);
  expect(run({ unit: 'tkm' })).toBe(`transport/unit ${at}/unit`);
  expect(run({ basis: 'stated' })).toBe(`transport/unit ${at}/unit`);
  expect(run({ primaryDataShare: '100.1' })).toBe(`transport/percent-out-of-range ${at}/primaryDataShare`);
  expect(run({ primaryDataShare: '-1' })).toBe(`transport/percent-out-of-range ${at}/primaryDataShare`);
  expect(refusal(() => computeChain(chain([leg('a', 'A', 'B', '1')], '-1')))).toBe(
    'transport/not-positive /load/value',
  );
  const wrongLoad = { ...chain([leg('a', 'A', 'B', '1')]), load: { value: '1', unit: 'm3' as const } };
  expect(refusal(() => computeChain(wrongLoad))).toBe('transport/unit /load/unit');
});

test('a stranger’s JSON', () => {
  const good = ileap(true);
  expect(computeChain(readChain(JSON.parse(JSON.stringify(good)))).total.wtw).toBe('8.42769');
  const with1 = (over: object) => ({
    ...good,
    elements: [{ ...good.elements[0], ...over }, good.elements[1]],
  });
  const cases: [unknown, string][] = [
    [null, 'transport/malformed-input '],
    [{ ...good, more: 1 }, 'transport/malformed-input /more'],
    [{ ...good, format: 'v0' }, 'transport/malformed-input /format'],
    [{ ...good, elements: [] }, 'transport/malformed-input /elements'],
    [{ ...good, elements: [hub('h', 'A', '1')] }, 'transport/malformed-input /elements'],
    [{ ...good, elements: Array(1001).fill(good.elements[0]) }, 'transport/too-many-elements /elements'],
    [{ ...good, load: { value: '1', unit: 'lb' } }, 'transport/unit /load/unit'],
    [{ ...good, load: { value: 87, unit: 'kg' } }, 'transport/malformed-input /load/value'],
    [with1({ type: 'flight' }), 'transport/malformed-input /elements/0/type'],
    [with1({ mode: 'drone' }), 'transport/unknown-mode /elements/0/mode'],
    [
      with1({ distance: { value: '1', unit: 'km', kind: 'roughly' } }),
      'transport/unknown-distance-kind /elements/0/distance/kind',
    ],
    [with1({ statedTkm: undefined }), 'transport/malformed-input /elements/0/statedTkm'],
    [with1({ primaryActivity: 'yes' }), 'transport/malformed-input /elements/0/primaryActivity'],
    [with1({ id: '2' }), 'transport/duplicate /elements/1/id'],
    [with1({ to: 'Antwerp' }), 'transport/broken-chain /elements/1/from'],
    [
      with1({ emission: { ...emission(), basis: 'guess' } }),
      'transport/malformed-input /elements/0/emission/basis',
    ],
    [
      with1({ emission: { ...emission(), distanceKind: 'x' } }),
      'transport/unknown-distance-kind /elements/0/emission/distanceKind',
    ],
  ];
  for (const [json, code] of cases) expect(refusal(() => readChain(json))).toBe(code);
});

test('factor records: the freight rows of the UK set are tank to wheel only', () => {
  const table = factorTable();
  const of = (key: string) => table.get(key)!;
  const [direct, upstream] = [of('uk-hgv-direct'), of('uk-hgv-upstream')];
  const pair = emissionOf([upstream, direct], null, '/elements/0/emission');
  expect(pair).toMatchObject({ ttw: '0.07703', wtt: '0.01799', wtw: null, unit: 'kgCO2e/tkm' });
  expect(pair.source).toBe(`${direct.id} ${upstream.id}`);
  // 2 t × 100 km × 0.09502
  const result = computeChain(chain([leg('a', 'A', 'B', '100', { emission: pair })]));
  expect(result.total).toEqual({ ttw: '15.406', wtt: '3.598', wtw: '19.004' });

  expect(pair.primaryDataShare).toBeNull();
  const primary = [{ ...direct, primaryDataShare: '90' }, upstream];
  expect(emissionOf(primary, null, '/e').primaryDataShare).toBeNull();

  const run = (factors: Parameters<typeof emissionOf>[0]) => refusal(() => emissionOf(factors, null, '/e'));
  expect(run([direct])).toBe('transport/incomplete-life-cycle /e');
  expect(run([upstream])).toBe('transport/incomplete-life-cycle /e');
  expect(run([direct, direct])).toBe('transport/incomplete-life-cycle /e');
  expect(run([])).toBe('transport/incomplete-life-cycle /e');
  expect(run([direct, { ...upstream, year: '2024' }])).toBe('transport/unlike-factors /e');
  expect(run([{ ...direct, kind: 'spend-based' }])).toBe('transport/factor-kind /e');
  const whole = { ...direct, kind: 'life-cycle' as const, primaryDataShare: '40' };
  expect(emissionOf([whole], 'actual', '/e')).toMatchObject({
    wtw: '0.07703',
    ttw: null,
    distanceKind: 'actual',
    primaryDataShare: '40',
  });
  expect(run([whole, upstream])).toBe('transport/incomplete-life-cycle /e');
});

test('the chain in docs/formats/transport.md gives what the page says', () => {
  const page = readFileSync(new URL('../../../docs/formats/transport.md', import.meta.url), 'utf8');
  const [, block = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  const result = computeChain(readChain(JSON.parse(block)));
  expect(result).toMatchObject({
    tkm: '40500',
    total: { ttw: null, wtt: null, wtw: '653' },
    wtwPerTkm: '0.016123456790',
    primaryDataShare: '7.66',
  });
  expect(result.warnings.map(({ code }) => code)).toEqual(['transport/parts-unknown']);
  const source = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8');
  for (const [code] of source.matchAll(/transport\/[a-z-]+/g)) expect(page).toContain(code);
});
