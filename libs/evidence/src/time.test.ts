import fc from 'fast-check';
import type { Cell } from './cell.ts';
import { civilDate, DAY, dayNumber, monthStart, readLocalTime, readMonth, showLocal, toUtc } from './time.ts';

const text = (value: string): Cell => ({ kind: 'text', text: value });

test('day numbers agree with the calendar of the language, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 80_000 }), (days) => {
      const date = new Date(days * DAY * 1000);
      const want = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      expect(civilDate(days)).toEqual(want);
      expect(dayNumber(want.year, want.month, want.day)).toBe(days);
    }),
  );
});

test('a local midnight is 16:00 UTC of the day before', () => {
  expect(toUtc(monthStart(2025, 1))).toBe('2024-12-31T16:00:00Z');
  expect(toUtc(monthStart(2025, 13))).toBe('2025-12-31T16:00:00Z');
  expect(showLocal(monthStart(2024, 3) - DAY + 3600)).toBe('2024-02-29 01:00');
});

test.each([
  ['2025-01-31', '2025-01-31'],
  ['2025/1/31', '2025-01-31'],
  ['2025.1.31', '2025-01-31'],
  ['2025年1月31日', '2025-01-31'],
  ['２０２５－０１－３１', '2025-01-31'],
  ['20250131', '2025-01-31'],
  ['45688', '2025-01-31'],
  ['2025-01-31 13:00', '2025-01-31 13:00'],
  ['2025-1-31 9:00:00', '2025-01-31 09:00'],
  ['2025-01-31T13:00:00+08:00', '2025-01-31 13:00'],
  ['2025-01-31T05:00:00Z', '2025-01-31 13:00'],
  ['2025-01-31 24:00', '2025-02-01'],
  ['45688.5', '2025-01-31 12:00'],
])('%s is read as %s', (written, want) => {
  const read = readLocalTime(text(written));
  expect(read === null ? null : showLocal(read)).toBe(want);
});

test.each([
  '2025-02-30',
  '2025-13-01',
  '31/01/2025',
  '01-31-2025',
  'yesterday',
  '99999',
  '2025-01-31 25:00',
  '',
  '2025-01',
])('%j is no time', (written) => {
  expect(readLocalTime(text(written))).toBeNull();
});

test.each([
  ['2025-01', { year: 2025, month: 1 }],
  ['2025年12月', { year: 2025, month: 12 }],
  ['202507', { year: 2025, month: 7 }],
  ['2025/7/15', { year: 2025, month: 7 }],
  ['2025-13', null],
  ['July', null],
])('%s is month %j', (written, want) => {
  expect(readMonth(text(written))).toEqual(want);
});
