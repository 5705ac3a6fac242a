import { existsSync, readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { canonicalBytes, parseCanonical, toBase64url } from '#lib/canonical';
import { add, formatExact, multiply, parseDecimal, rational, ZERO } from '#lib/quantity';
import { Claims } from './claims.ts';
import { EnergyGrid } from './energy.ts';
import type { HourlyError } from './errors.ts';
import { readFactorCsv } from './factor-csv.ts';
import { layFactors } from './factor-grid.ts';
import { checkFactorSet, type FactorSet, factorSetBytes, readFactorSet } from './factor-set.ts';
import { computeFigures, type ElectricityInput, threeDigits } from './figures.ts';
import { MeterBook } from './meter-book.ts';
import { type ElectricityFactor, type Instrument, selfUseOf } from './origin.ts';
import { type IntervalSeconds, readSpan, showInstant } from './span.ts';
import { localClock } from './zone.ts';

/** 2024 national life-cycle factor: MEE annex, official. */
const annual: ElectricityFactor = {
  id: 'annual',
  value: '0.5777',
  unit: 'kgCO2e/kWh',
  kind: 'life-cycle',
  gwp: 'not-stated',
  region: 'CN',
  year: '2024',
  source: 'MEE annex, 2024 national electricity carbon footprint factors',
  grade: 'official',
};
const pv: ElectricityFactor = { ...annual, id: 'pv', value: '0.0520' };
const DAY = { start: '2024-12-31T16:00:00Z', end: '2025-01-01T16:00:00Z' };
const T0 = 1_735_660_800;

const makeSet = (change: Partial<FactorSet> = {}): FactorSet => ({
  format: 'anchorleaf-hourly-factors/v1',
  zone: 'CN',
  kind: 'life-cycle',
  unit: 'kgCO2e/kWh',
  gwp: 'AR6',
  seconds: '3600',
  period: DAY,
  intervals: Array.from(
    { length: 24 },
    (_, hour) => [showInstant(T0 + hour * 3600), hour < 12 ? '0.5' : '0.25'] as const,
  ),
  zeroReason: null,
  source: 'made up for this test',
  licence: 'none',
  grade: 'maker-stated',
  provider: { name: 'provider.example', key: null },
  signature: null,
  ...change,
});
/** One meter with the same mWh in each interval of the day. */
function meters(seconds: IntervalSeconds, milliWh: number) {
  const book = new MeterBook({ span: readSpan(DAY, ''), seconds, clock: localClock('Asia/Shanghai', '') });
  for (let start = T0; start < T0 + 86_400; start += seconds) book.add('M', start, seconds, milliWh);
  return { grid: book.energy, meters: book.finish() };
}
const input = (
  change: Partial<ElectricityInput> = {},
  set: FactorSet | null = makeSet(),
): ElectricityInput => ({
  zone: 'CN',
  ...meters(900, 1_000_000),
  annual,
  hourly:
    set === null ? null : { factors: layFactors(readFactorSet(set), readSpan(DAY, '')), verdict: 'valid' },
  selfUse: null,
  instruments: [],
  claims: new Claims(),
  ...change,
});
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    const { code, place, remedy } = error as HourlyError;
    expect(remedy).toBeTruthy();
    return `${code} ${place}`;
  }
  return 'taken';
};
const flat = (kWhPerQuarter: number): EnergyGrid => {
  const grid = new EnergyGrid(readSpan(DAY, ''));
  for (let start = T0; start < T0 + 86_400; start += 900) grid.add(start, 900, kWhPerQuarter * 1e6);
  return grid;
};

test('headline first by the year, hourly second under its label', () => {
  // by hand: 96 kWh × 0.5777 = 55.4592; 48 × 0.5 + 48 × 0.25 = 36
  expect(computeFigures(input())).toMatchObject({
    gridKWh: '96',
    headline: { place: 'first', kgCO2e: '55.4592', shown: '55.5', range: 'not-known' },
    hourly: {
      place: 'second',
      kg: '36',
      label: { en: 'hourly factors (a second figure, not in place of the annual one)' },
      fallback: { kWh: '0', sharePercent: '0.0', byReason: {} },
      splitKWh: '0',
      criteria: { lifeCycle: true, gwpStated: true, signed: true, noFallback: true },
      notes: [],
    },
    contractual: null,
    metersComplete: true,
  });
});

test('hours without a usable factor take the annual one, by reason', () => {
  const intervals = makeSet()
    .intervals.map(([start], hour) => [start, hour === 0 ? null : hour === 1 ? '0' : '0.5'] as const)
    .filter((_, hour) => hour !== 2);
  const set = makeSet({ intervals, period: { start: DAY.start, end: '2025-01-01T15:00:00Z' } });
  const short = { ...set, intervals: intervals.slice(0, -1) };
  // 4 of 24 hours, 16 kWh × 0.5777 = 9.2432; 80 × 0.5 = 40
  expect(computeFigures(input({}, short)).hourly).toMatchObject({
    kg: '49.2432',
    fallback: {
      kWh: '16',
      kg: '9.2432',
      sharePercent: '16.7',
      byReason: { empty: '4', missing: '4', 'outside-the-set': '4', 'suspicious-zero': '4' },
    },
    coverage: { expected: '24', present: '21', missing: '2', empty: '1', suspiciousZero: '1' },
    criteria: { noFallback: false },
  });
  // a provider who says why nought is possible is taken at his word
  expect(computeFigures(input({}, { ...short, zeroReason: 'hydro only at night' })).hourly).toMatchObject({
    fallback: { kWh: '12' },
  });
});

test('a longer meter interval is spread over itself only, exactly, and said so', () => {
  const quarters = makeSet({
    seconds: '900',
    intervals: Array.from(
      { length: 96 },
      (_, at) => [showInstant(T0 + at * 900), `0.${1 + (at % 4)}`] as const,
    ),
  });
  // an hour of 1 mWh over 0.1, 0.2, 0.3, 0.4: a quarter of a mWh each
  expect(computeFigures(input(meters(3600, 1), quarters)).hourly).toMatchObject({
    kg: formatExact(rational(24n * 10n, 40_000_000n)),
    splitKWh: '0.000024',
  });
  expect(computeFigures(input(meters(900, 1), quarters)).hourly).toMatchObject({ splitKWh: '0' });
  const halves = makeSet({
    seconds: '1800',
    intervals: Array.from({ length: 48 }, (_, at) => [showInstant(T0 + at * 1800), '0.5'] as const),
  });
  expect(computeFigures(input(meters(3600, 2), halves)).hourly).toMatchObject({
    splitKWh: '0.000048',
    kg: '0.000024',
  });
});

test('any mix of lengths agrees with exact sums over the intervals', () => {
  const length = fc.constantFrom(900, 1800, 3600) as fc.Arbitrary<IntervalSeconds>;
  fc.assert(
    fc.property(
      length,
      length,
      fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 24, maxLength: 24 }),
      (own, factor, energies) => {
        const book = new MeterBook({ span: readSpan(DAY, ''), seconds: own, clock: null });
        const factors = Array.from(
          { length: 86_400 / factor },
          (_, at) => [showInstant(T0 + at * factor), `0.${1 + ((at * 7) % 89)}`] as const,
        );
        let want = ZERO;
        for (let at = 0; at < 86_400 / own; at += 1) {
          const milliWh = energies[at % 24]!;
          book.add('M', T0 + at * own, own, milliWh);
          for (let part = 0; part < own; part += 900) {
            const value = parseDecimal(factors[Math.floor((at * own + part) / factor)]![1]);
            want = add(want, multiply(value, rational(BigInt(milliWh) * 900n, BigInt(own) * 1_000_000n)));
          }
        }
        const set = makeSet({ seconds: String(factor) as FactorSet['seconds'], intervals: factors });
        const { hourly } = computeFigures(input({ grid: book.energy, meters: book.finish() }, set));
        expect(hourly?.kg).toBe(formatExact(want));
      },
    ),
    { numRuns: 60 },
  );
});

test('what a product figure must not take is refused with its place', () => {
  expect(refusal(() => computeFigures(input({ annual: { ...annual, kind: 'inventory-co2' } })))).toBe(
    'hourly/inventory-factor /annual',
  );
  expect(refusal(() => computeFigures(input({ annual: { ...annual, kind: 'direct' } })))).toBe(
    'hourly/headline-factor /annual',
  );
  expect(
    refusal(() => computeFigures(input({}, makeSet({ kind: 'inventory-co2', unit: 'kgCO2/kWh' })))),
  ).toBe('hourly/inventory-factor /hourly/set/kind');
  expect(refusal(() => computeFigures(input({}, makeSet({ zone: 'GB' }))))).toBe(
    'hourly/zone-mismatch /hourly/set/zone',
  );
  expect(refusal(() => computeFigures(input({ annual: { ...annual, value: '0,5777' } })))).toBe(
    'hourly/malformed-input /annual/value',
  );
  expect(refusal(() => computeFigures(input({ instruments: [certificate({ kWh: '-1' })] })))).toBe(
    'hourly/malformed-input /instruments/0/kWh',
  );
  const bad = { factors: layFactors(makeSet(), readSpan(DAY, '')), verdict: 'invalid' as const };
  expect(refusal(() => computeFigures(input({ hourly: bad })))).toBe(
    'hourly/bad-signature /hourly/set/signature',
  );
  const twice = makeSet({ intervals: [...makeSet().intervals, [DAY.start, '0.6']] });
  expect(refusal(() => layFactors(twice, readSpan(DAY, '')))).toBe('hourly/conflicting-factors /intervals');
  const same = makeSet({ intervals: [...makeSet().intervals, [DAY.start, '0.50']] });
  expect(layFactors(same, readSpan(DAY, '')).coverage).toMatchObject({
    duplicated: { same: '1', different: '0' },
  });
});

test('a set of direct factors is said to lack its upstream part', () => {
  const set = makeSet({
    kind: 'direct',
    unit: 'gCO2/kWh',
    intervals: makeSet()
      .intervals.slice(1)
      .map(([start]) => [start, '100'] as const),
  });
  const hourly = { factors: layFactors(readFactorSet(set), readSpan(DAY, '')), verdict: 'unsigned' as const };
  expect(computeFigures(input({ hourly })).hourly).toMatchObject({
    kg: '11.5108',
    gases: 'CO2 only',
    notes: [
      'hourly/upstream-not-in-the-hourly-part',
      'hourly/kinds-mixed-by-fallback',
      'hourly/set-unsigned',
    ],
  });
});

test.each([
  ['/unit', { unit: 'kgCO2/kWh' }],
  ['/unit', { kind: 'inventory-co2' }],
  ['/zone', { zone: 'china' }],
  ['/intervals/0/0', { intervals: [['2025-01-01 00:00', '1']] }],
  [
    '/intervals/1/0',
    {
      intervals: [
        ['2025-01-01T00:00:00Z', '1'],
        ['2025-01-01T00:30:00Z', '1'],
      ],
    },
  ],
  ['/intervals/0/1', { intervals: [['2025-01-01T00:00:00Z', '-1']] }],
  ['/intervals/0/1', { intervals: [['2025-01-01T00:00:00Z', 1]] }],
  ['/provider/key', { provider: { name: 'p', key: 'abc' } }],
  ['/extra', { extra: '1' }],
])('a malformed set is refused at %s', (place, change) => {
  expect(refusal(() => readFactorSet({ ...makeSet(), ...change }))).toBe(`hourly/malformed-set ${place}`);
});

test('a signed set: any change of a signed byte is invalid, a strange key is said to be strange', async () => {
  const secret = new Uint8Array(32).fill(7);
  const key = toBase64url(ed25519.getPublicKey(secret));
  const unsigned = makeSet({ provider: { name: 'provider.example', key } });
  const value = toBase64url(ed25519.sign(factorSetBytes(unsigned), secret));
  const set = readFactorSet({ ...unsigned, signature: { algorithm: 'Ed25519', value } });
  const verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    ed25519.verify(signature, message, publicKey);
  const believed = new Map([['provider.example', [key]]]);
  expect(await checkFactorSet(set, verify, believed)).toBe('valid');
  expect(await checkFactorSet(set, verify, new Map())).toBe('unknown-key');
  expect(await checkFactorSet(unsigned, verify, believed)).toBe('unsigned');
  for (const change of [
    { zone: 'GB' },
    { intervals: set.intervals.slice(1) },
    { zeroReason: 'so' },
    { licence: 'other' },
  ]) {
    expect(await checkFactorSet({ ...set, ...change } as FactorSet, verify, believed)).toBe('invalid');
  }
});

test('the roof: generation less what was fed out, at its own factor, sold certificates at the grid’s', () => {
  const cells = selfUseOf(flat(2), flat(1));
  // 96 kWh grid × 0.5777 = 55.4592; 96 kWh roof × 0.0520 = 4.992
  expect(computeFigures(input({ selfUse: { cells, factor: pv, soldCertificates: [] } }))).toMatchObject({
    selfUseKWh: '96',
    headline: { kWh: '192', kgCO2e: '60.4512' },
  });
  const sold = { cells, factor: pv, soldCertificates: [{ id: 'GEC-1', kWh: '50' }] };
  // 46 × 0.052 + 50 × 0.5777 = 31.277
  expect(computeFigures(input({ selfUse: sold }))).toMatchObject({
    selfUse: { kgCO2e: '31.277', soldKWh: '50' },
    notes: ['hourly/self-use-sold-as-green', 'hourly/annual-factor-of-another-year'],
  });
  expect(computeFigures(input({ selfUse: { ...sold, factor: null, soldCertificates: [] } }))).toMatchObject({
    headline: { kgCO2e: '110.9184' },
    notes: ['hourly/self-use-without-factor', 'hourly/annual-factor-of-another-year'],
  });
  expect(refusal(() => selfUseOf(flat(1), flat(2)))).toBe(`hourly/export-exceeds-generation ${DAY.start}`);
});

const certificate = (change: Partial<Instrument> = {}): Instrument => ({
  id: 'GEC-1',
  kind: 'green-certificate',
  kWh: '40',
  generated: { start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z' },
  matching: 'annual',
  profile: null,
  bundled: [],
  factor: pv,
  ...change,
});

test('certificates and contracts: apart from the headline, each kWh once, the way of matching named', () => {
  const power = certificate({
    id: 'V-1',
    kind: 'green-power',
    matching: 'hourly',
    kWh: '192',
    profile: flat(2),
    bundled: ['GEC-7'],
  });
  const figures = computeFigures(
    input({ grid: flat(3), meters: [], instruments: [certificate({ kWh: '100' }), power] }),
  );
  // 288 kWh: 192 by the hour, then 96 of the 100 by the year: all matched, 4 left over
  expect(figures).toMatchObject({
    headline: { kgCO2e: '166.3776' },
    contractual: {
      place: 'third',
      kgCO2e: '14.976',
      rest: { kWh: '0' },
      instruments: [
        { id: 'GEC-1', matching: 'annual', matchedKWh: '96', unmatchedKWh: '4' },
        { id: 'V-1', matching: 'hourly', matchedKWh: '192', unmatchedKWh: '0' },
      ],
      notes: ['hourly/rest-at-the-annual-average', 'hourly/matched-by-the-year-not-the-hour'],
    },
  });
});

test('a certificate used twice is refused with both places, however it is written', () => {
  const run = (instruments: Instrument[], claims = new Claims()) => {
    try {
      computeFigures(input({ instruments, claims }));
    } catch (error) {
      return (error as HourlyError).message;
    }
    return 'taken';
  };
  expect(run([certificate(), certificate({ id: ' gec－1' })])).toBe(
    'certificate  gec－1 is used at /instruments/0/id and again at /instruments/1/id',
  );
  expect(run([certificate(), certificate({ id: 'V-1', kind: 'green-power', bundled: ['GEC-1'] })])).toContain(
    '/instruments/1/bundled/0',
  );
  expect(
    run([certificate()], new Claims([{ kind: 'certificate', id: 'GEC-1', place: 'facility year 2025' }])),
  ).toContain('is used at facility year 2025');
  expect(
    refusal(() =>
      computeFigures(
        input({
          instruments: [
            certificate({ generated: { start: '2023-01-01T00:00:00Z', end: '2023-02-01T00:00:00Z' } }),
          ],
        }),
      ),
    ),
  ).toBe('hourly/certificate-period /instruments/0/generated');
  expect(
    refusal(() =>
      computeFigures(input({ instruments: [certificate({ matching: 'hourly', profile: flat(1) })] })),
    ),
  ).toBe('hourly/profile-mismatch /instruments/0/profile');
});

test('where the annual factor does not fit, or a meter lacks something, the figures say so', () => {
  expect(computeFigures(input()).notes).toEqual(['hourly/annual-factor-of-another-year']);
  expect(computeFigures(input({ annual: { ...annual, year: '2025' } })).notes).toEqual([]);
  expect(
    computeFigures(input({ annual: { ...annual, region: 'CN-ZJ', grade: 'second-hand' }, meters: [] })),
  ).toMatchObject({
    metersComplete: false,
    notes: [
      'hourly/annual-factor-of-a-wider-region',
      'hourly/annual-factor-of-another-year',
      'hourly/annual-factor-not-official',
      'hourly/meters-incomplete',
    ],
  });
});

test('a result is a document: its canonical bytes say all of it', () => {
  const figures = computeFigures(input({ instruments: [certificate()] }));
  expect(parseCanonical(canonicalBytes(figures as never))).toEqual(figures);
});

test('three significant digits', () => {
  const shown = (text: string) => threeDigits(parseDecimal(text));
  expect(['0', '12', '999.6', '1234.5', '99950', '0.0012345'].map(shown)).toEqual([
    '0',
    '12.0',
    '1000',
    '1230',
    '100000',
    '0.00123',
  ]);
});

const GB = new URL(
  '../../../../shared/data/carbon/hourly/gb-neso-national-intensity-2023-halfhourly.csv',
  import.meta.url,
);
const real = existsSync(GB) ? test : test.skip;
if (!existsSync(GB))
  console.warn(
    'skipped: the half-hourly file of Great Britain (NESO, CC BY 4.0) is not beside this checkout',
  );

real('Great Britain 2023 by half hours, as published: gaps, empty values, zeros that cannot be true', () => {
  const intervals = readFactorCsv(readFileSync(GB, 'utf8'), { start: 'from', value: 'actual' });
  const year = { start: '2023-01-01T00:00:00Z', end: '2024-01-01T00:00:00Z' };
  const set = readFactorSet(
    makeSet({
      zone: 'GB',
      kind: 'direct',
      unit: 'gCO2/kWh',
      seconds: '1800',
      gwp: 'not-stated',
      period: year,
      intervals,
      source: 'NESO Carbon Intensity API',
      licence: 'CC BY 4.0',
    }),
  );
  const span = readSpan(year, '');
  const factors = layFactors(set, span);
  // counted in the file with other tools: 17,430 rows, one before 1 January, one gap of 45.5 hours, 5 empty, 5 zeros
  expect(factors.coverage).toMatchObject({
    expected: '17520',
    present: '17424',
    missing: '91',
    empty: '5',
    suspiciousZero: '5',
    outside: '1',
    notTaken: { outside: ['2022-12-31T23:30:00Z'] },
    runs: { missing: [{ start: '2023-10-20T22:00:00Z', end: '2023-10-22T19:30:00Z', intervals: '91' }] },
    complete: false,
  });
  const book = new MeterBook({ span, seconds: 1800, clock: localClock('Europe/London', '') });
  for (let start = span.start; start < span.end; start += 1800) book.add('M', start, 1800, 1_000_000);
  const { hourly } = computeFigures({
    ...input(),
    zone: 'GB',
    grid: book.energy,
    meters: book.finish(),
    hourly: { factors, verdict: 'unsigned' },
  });
  expect(hourly).toMatchObject({
    byHour: { kWh: '17419' },
    fallback: { kWh: '101', byReason: { empty: '5', missing: '91', 'suspicious-zero': '5' } },
  });
  const used = intervals.filter(
    ([start, value]) => start >= year.start && value !== null && Number(value) !== 0,
  );
  const grams = used.reduce((sum, [, value]) => sum + BigInt(Math.round(Number(value) * 10)), 0n);
  expect(hourly?.byHour.kg).toBe(formatExact(rational(grams, 10_000n)));
});
