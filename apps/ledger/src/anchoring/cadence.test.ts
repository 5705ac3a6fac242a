import { anchorsPerMonth, cadenceOf, dueAt } from './cadence.ts';

const oldestAt = new Date('2026-11-25T10:00:00Z');

test('an anchor is due by time, or at once when enough entries wait', () => {
  expect(dueAt({ seconds: 600, entries: 3 }, null)).toBeNull();
  expect(dueAt({ seconds: 600, entries: 3 }, { count: 2n, oldestAt })).toEqual(
    new Date('2026-11-25T10:10:00Z'),
  );
  expect(dueAt({ seconds: 600, entries: 3 }, { count: 3n, oldestAt })).toEqual(oldestAt);
  expect(dueAt({ seconds: 600, entries: null }, { count: 1_000_000n, oldestAt })).toEqual(
    new Date('2026-11-25T10:10:00Z'),
  );
});

test('the usual interval keeps clear of the promised delay', () => {
  const none = { anchorSeconds: null, anchorEntries: null };
  expect(cadenceOf(none, true, 3_600)).toEqual({ seconds: 1, entries: null });
  expect(cadenceOf(none, false, 86_400)).toEqual({ seconds: 600, entries: null });
  expect(cadenceOf(none, false, 300).seconds).toBe(150);
  expect(cadenceOf({ anchorSeconds: 30, anchorEntries: 9 }, false, 300)).toEqual({ seconds: 30, entries: 9 });
});

test('a month has 4,320 intervals of ten minutes', () => {
  expect(anchorsPerMonth({ seconds: 600, entries: null })).toBe(4_320n);
  expect(anchorsPerMonth({ seconds: 86_400, entries: null })).toBe(30n);
});
