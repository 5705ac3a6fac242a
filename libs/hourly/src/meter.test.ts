import fc from 'fast-check';
import { utf8 } from '#lib/canonical';
import type { HourlyError } from './errors.ts';
import { MeterBook } from './meter-book.ts';
import { type MeterFileOptions, MeterFileReader, readMeterFile } from './meter-file.ts';
import { type IntervalSeconds, readSpan, showInstant } from './span.ts';
import { localClock } from './zone.ts';

const shanghai = localClock('Asia/Shanghai', '/zone');
const london = localClock('Europe/London', '/zone');
type Given = [meter: string, start: string, seconds: number, milliWh: number | null];

function rowsOf(file: string | Uint8Array[], options: Partial<MeterFileOptions> = {}) {
  const rows: Given[] = [];
  const notes: string[] = [];
  const read = readMeterFile(
    typeof file === 'string' ? [utf8(file)] : file,
    { seconds: 900, clock: shanghai, meter: 'M', ...options },
    {
      add: (meter, start, seconds, milliWh) => rows.push([meter, showInstant(start), seconds, milliWh]),
      note: (_, what) => notes.push(what),
    },
  );
  return { rows, notes, read };
}
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return `${(error as HourlyError).code} ${(error as HourlyError).place}`;
  }
  return 'taken';
};
const book = (start: string, end: string, seconds: IntervalSeconds, clock = shanghai) =>
  new MeterBook({ span: readSpan({ start, end }, ''), seconds, clock });

test('plain rows and rows only the slow readers know give the same intervals', () => {
  const plain = rowsOf(
    '时间,电量(kWh),电表号\n2025-01-01 00:00,46.3,M-1\n2025/01/01 00:15:00,0.000001,M-1\n',
  ).rows;
  expect(plain).toEqual([
    ['M-1', '2024-12-31T16:00:00Z', 900, 46_300_000],
    ['M-1', '2024-12-31T16:15:00Z', 900, 1],
  ]);
  const slow = rowsOf(
    '﻿Time;Energy;Unit;Meter\r\n2025年1月1日 0:00;"46.3";kWh;M-1\r\n2024-12-31T16:15:00Z;0.000000001;MWh;M-1\r\n合计;46.3;kWh;\r\n\r\n',
  ).rows;
  expect(slow).toEqual([plain[0], ['M-1', '2024-12-31T16:15:00Z', 900, 1]]);
});

test('the plain reader and the slow ones agree on whatever the plain one takes', () => {
  const pad = (length: number) => (n: number) => String(n).padStart(length, '0');
  const part = (max: number) => fc.integer({ min: 0, max }).map(pad(2));
  const time = fc
    .tuple(
      fc.integer({ min: 1992, max: 2199 }),
      part(13),
      part(33),
      part(25),
      fc.constantFrom('00', '15', '30', '45', '60'),
      fc.constantFrom('-', '/'),
      fc.constantFrom(' ', 'T'),
      fc.constantFrom('', ':00', ':01'),
    )
    .map(
      ([year, month, day, hour, minute, dash, blank, second]) =>
        `${year}${dash}${month}${dash}${day}${blank}${hour}:${minute}${second}`,
    );
  const energy = fc.oneof(
    fc.integer({ min: 0, max: 1e9 }).map(String),
    fc.tuple(fc.nat(99_999), fc.nat(9_999_999)).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.constantFrom('', '.', '1.', '.5', '007', '1.5.2', '-0', '1e3'),
  );
  const seen = (file: string) => {
    try {
      return JSON.stringify(rowsOf(file).rows);
    } catch (error) {
      return `${(error as HourlyError).code} ${(error as HourlyError).place}`;
    }
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(time, energy), { minLength: 1, maxLength: 4 }), (rows) => {
      // 20 blank lines bring the rows past the header's; a quote sends a row to the slow readers
      const head = `Time,kWh\n${'\n'.repeat(20)}`;
      const plain = `${head}${rows.map(([at, value]) => `${at},${value}`).join('\n')}\n`;
      const slow = `${head}${rows.map(([at, value]) => `"${at}",${value}`).join('\n')}\n`;
      expect(seen(plain)).toBe(seen(slow));
    }),
    { numRuns: 2_000 },
  );
});

test('every cut of the bytes gives the same rows', () => {
  const bytes = utf8(
    `Time,kWh\n${Array.from({ length: 40 }, (_, at) => `2025-01-${String(1 + (at % 28)).padStart(2, '0')} 05:15,${at}.5`).join('\n')}`,
  );
  const want = rowsOf([bytes]).rows;
  expect(want).toHaveLength(40);
  for (let cut = 1; cut < bytes.length; cut += 7) {
    expect(rowsOf([bytes.slice(0, cut), bytes.slice(cut)]).rows).toEqual(want);
  }
});

test('an end time marks the interval before it; both ends give its length', () => {
  expect(rowsOf('End time,kWh\n2025-01-01 24:00,1\n', { seconds: 3600 }).rows).toEqual([
    ['M', '2025-01-01T15:00:00Z', 3600, 1e6],
  ]);
  expect(rowsOf('Start time,End time,kWh\n2025-01-01 00:00,2025-01-01 00:30,1\n').rows).toEqual([
    ['M', '2024-12-31T16:00:00Z', 1800, 1e6],
  ]);
});

test('an empty value is empty, a zero is a zero', () => {
  expect(
    rowsOf('Time,kWh\n2025-01-01 00:00,\n2025-01-01 00:15,0\n2025-01-01 00:30,-\n').rows.map(
      ([, , , value]) => value,
    ),
  ).toEqual([null, 0, null]);
});

test.each([
  ['hourly/missing-column /rows/2', 'a,b\n1,2\n'],
  ['hourly/energy-unit /rows/1', 'Time,Energy\n2025-01-01 00:00,1\n'],
  ['hourly/energy-unit /rows/1', 'Time,Energy (GJ)\n2025-01-01 00:00,1\n'],
  ['hourly/malformed-time /rows/2', 'Time,kWh\n2025-02-29 00:00,1\n'],
  ['hourly/malformed-energy /rows/2', 'Time,kWh\n2025-01-01 00:00,"1,5"\n'],
  ['hourly/negative-energy /rows/2', 'Time,kWh\n2025-01-01 00:00,-1\n'],
  ['hourly/too-fine /rows/3', 'Time,kWh\n2025-01-01 00:00,1\n2025-01-01 00:15,0.0000001\n'],
  ['hourly/too-much-energy /rows/2', 'Time,Energy (GWh)\n2025-01-01 00:00,2300\n'],
  ['hourly/misaligned /rows/2', 'Time,kWh\n2025-01-01 00:05,1\n'],
  ['hourly/interval-length /rows/2', 'Start,End,kWh\n2025-01-01 00:00,2025-01-02 00:00,1\n'],
  ['hourly/malformed-file /rows/1', 'Time,kWh,电量\n2025-01-01 00:00,1,2\n'],
  ['hourly/malformed-time /rows/23', `Time,kWh\n${'\n'.repeat(20)}2025-02-01 00:00,1\n2025-01-33 00:00,1\n`],
  ['hourly/malformed-file /rows/1', 'x'.repeat(5000)],
])('refuses %s', (want, file) => {
  expect(refusal(() => rowsOf(file))).toBe(want);
});

test('a leap year has 8,784 hours and a 29 February', () => {
  const leap = book('2023-12-31T16:00:00Z', '2024-12-31T16:00:00Z', 3600).seal('M').coverage;
  expect(leap).toMatchObject({
    expected: '8784',
    missing: '8784',
    present: '0',
    complete: false,
    clock: { days: '366', leapDays: '1', transitions: [] },
  });
  expect(book('2024-12-31T16:00:00Z', '2025-12-31T16:00:00Z', 3600).seal('M').coverage).toMatchObject({
    expected: '8760',
    clock: { leapDays: '0' },
  });
});

/** A day of half hours on a London wall, as a meter that follows the clock writes them. */
const wall = (day: string, hours: string[]) =>
  `Time,kWh\n${hours.flatMap((hour) => [`${day} ${hour}:00,1`, `${day} ${hour}:30,1`]).join('\n')}\n`;
const two = (n: number) => String(n).padStart(2, '0');
const hours = (skip: number[], twice: number[]) =>
  Array.from({ length: 24 }, (_, hour) => hour)
    .filter((hour) => !skip.includes(hour))
    .flatMap((hour) => (twice.includes(hour) ? [two(hour), two(hour)] : [two(hour)]));

test('London: spring has 46 half hours, autumn 50, and the order tells the repeated ones apart', () => {
  const spring = book('2023-03-26T00:00:00Z', '2023-03-26T23:00:00Z', 1800, london);
  readMeterFile(
    [utf8(wall('2023-03-26', hours([1], [])))],
    { seconds: 1800, clock: london, meter: 'M' },
    spring,
  );
  expect(spring.seal('M')).toMatchObject({
    kWh: '46',
    coverage: {
      expected: '46',
      present: '46',
      complete: true,
      clock: { transitions: [{ at: '2023-03-26T01:00:00Z', dayHours: '23' }] },
    },
  });
  const autumn = book('2023-10-28T23:00:00Z', '2023-10-30T00:00:00Z', 1800, london);
  // hour by hour both half hours of 01:00, then both again
  readMeterFile(
    [utf8(wall('2023-10-29', hours([], [1])))],
    { seconds: 1800, clock: london, meter: 'M' },
    autumn,
  );
  expect(autumn.seal('M')).toMatchObject({
    kWh: '50',
    coverage: {
      expected: '50',
      present: '50',
      complete: true,
      clock: { byOrder: '4', transitions: [{ at: '2023-10-29T01:00:00Z', dayHours: '25' }] },
    },
  });
});

test('London: an hour that spring leaves out is not used; the repeated hour out of order is refused', () => {
  const spring = book('2023-03-26T00:00:00Z', '2023-03-26T23:00:00Z', 1800, london);
  readMeterFile(
    [utf8(wall('2023-03-26', hours([], [])))],
    { seconds: 1800, clock: london, meter: 'M' },
    spring,
  );
  expect(spring.seal('M')).toMatchObject({
    kWh: '46',
    coverage: { complete: false, clock: { impossible: '2' } },
  });
  expect(refusal(() => rowsOf('Time,kWh\n2023-10-29 01:00,1\n', { clock: london, seconds: 1800 }))).toBe(
    'hourly/ambiguous-time /rows/2',
  );
  expect(
    rowsOf('Time,kWh\n2023-10-29 01:00+01:00,1\n2023-10-29T01:00Z,1\n', {
      clock: london,
      seconds: 1800,
    }).rows.map(([, start]) => start),
  ).toEqual(['2023-10-29T00:00:00Z', '2023-10-29T01:00:00Z']);
});

test('Shanghai keeps 24 hours every day', () => {
  for (const day of ['2023-03-26', '2023-10-29']) {
    expect(rowsOf(wall(day, hours([], [])), { seconds: 1800 }).rows).toHaveLength(48);
    expect(
      shanghai.transitions(readSpan({ start: '2023-01-01T00:00:00Z', end: '2024-01-01T00:00:00Z' }, '')),
    ).toEqual([]);
  }
});

test('a clock before its rules, and a clock nobody knows, are refused', () => {
  expect(refusal(() => rowsOf('Time,kWh\n1988-07-01 00:00,1\n'))).toBe('hourly/unknown-zone /zone');
  expect(refusal(() => localClock('Mars/Base', '/zone'))).toBe('hourly/unknown-zone /zone');
});

test('repeated readings: the same counts once, another one is refused, and the report shows both', () => {
  const own = book('2025-01-01T00:00:00Z', '2025-01-01T02:00:00Z', 900);
  const at = (quarter: number) => 1_735_689_600 + quarter * 900;
  own.add('M', at(0), 900, 5);
  own.add('M', at(0), 900, 5);
  own.add('M', at(1), 900, null);
  own.add('M', at(2), 900, 0);
  own.add('M', at(-1), 900, 7);
  own.add('M', at(8), 900, 7);
  own.add('M', at(4), 3600, 8);
  expect(own.inspect('M')).toMatchObject({
    expected: '8',
    present: '6',
    missing: '1',
    empty: '1',
    suspiciousZero: '1',
    outside: '2',
    duplicated: { same: '1', different: '0' },
    runs: { missing: [{ start: '2025-01-01T00:45:00Z', end: '2025-01-01T01:00:00Z', intervals: '1' }] },
  });
  own.add('M', at(5), 900, 1);
  own.add('M', at(0), 900, 6);
  expect(own.inspect('M')).toMatchObject({ overlapping: '1', duplicated: { same: '1', different: '1' } });
  expect(refusal(() => own.finish())).toBe('hourly/conflicting-readings /meters/M');
});

test('zeros that somebody explained are not suspicious; a sealed meter takes no more rows', () => {
  const own = new MeterBook({
    span: readSpan({ start: '2025-01-01T00:00:00Z', end: '2025-01-01T01:00:00Z' }, ''),
    seconds: 3600,
    clock: shanghai,
    zeroReasons: new Map([['M', 'line stopped']]),
  });
  own.add('M', 1_735_689_600, 3600, 0);
  expect(own.seal('M').coverage).toMatchObject({ suspiciousZero: '0', confirmedZero: '1', complete: true });
  expect(refusal(() => own.add('M', 1_735_689_600, 3600, 1))).toBe('hourly/meter-sealed /meters/M');
});

test('the bound of exact integers is refused, not passed', () => {
  const own = book('2025-01-01T00:00:00Z', '2025-01-01T01:00:00Z', 900);
  const most = Math.floor(Number.MAX_SAFE_INTEGER / 4);
  own.add('A', 1_735_689_600, 900, most);
  expect(refusal(() => own.add('B', 1_735_689_600, 900, most))).toBe(
    'hourly/too-much-energy 2025-01-01T00:00:00Z',
  );
  expect(refusal(() => own.add('C', 1_735_689_600, 900, most + 1))).toBe('hourly/too-much-energy /meters/C');
  expect(own.energy.total()).toBe(BigInt(most) * 4n);
});

test('a reader takes bytes one at a time', () => {
  const got: (number | null)[] = [];
  const reader = new MeterFileReader(
    { seconds: 900, clock: shanghai, meter: 'M' },
    { add: (_m, _s, _l, value) => got.push(value), note: () => {} },
  );
  for (const byte of utf8('时间,kWh\n2025-01-01 00:00,1\n2025-01-01 00:15,2'))
    reader.push(Uint8Array.of(byte));
  expect([reader.end(), got]).toEqual([2, [1e6, 2e6]]);
});
