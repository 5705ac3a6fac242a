import type { Cell, Sheet } from './cell.ts';
import { answerQuestions, confirmedActivities, type ImportDraft } from './draft.ts';
import { importMeterCsv, type MeterContext } from './meter-csv.ts';

const CONTEXT: MeterContext = {
  line: 'L1',
  year: null,
  expectedElectricity: { value: '0.07', unit: 'kWh' },
  output: null,
};
const cell = (text: string): Cell | null => (text === '' ? null : { kind: 'text', text });
const csv = (head: string[], rows: string[][]): Sheet => ({
  name: 'L1.csv',
  hidden: false,
  rows: [head, ...rows].map((row) => row.map(cell)),
});
const two = (n: number) => String(n).padStart(2, '0');
/** 28 days of February 2025, 2.5 kWh in each hour, as [time, energy]. */
const february = (): string[][] =>
  Array.from({ length: 672 }, (_, hour) => [
    `2025-02-${two(Math.floor(hour / 24) + 1)} ${two(hour % 24)}:00`,
    '2.5',
  ]);
const findings = (draft: ImportDraft) =>
  draft.refusals.map((refusal) => `${refusal.code} ${refusal.row ?? '-'} ${refusal.column ?? '-'}`);
const read = (rows: string[][], change: Partial<MeterContext> = {}, head = ['时间', '电量(kWh)']) =>
  importMeterCsv(csv(head, rows), { ...CONTEXT, ...change });

test('a month of hours is one activity with the sum, the count and a digest of the hours', () => {
  const draft = read(february());
  expect(findings(draft)).toEqual([]);
  expect(draft.activities).toHaveLength(1);
  expect(draft.activities[0]).toMatchObject({
    kind: 'electricity',
    item: 'line-electricity',
    line: 'L1',
    period: { start: '2025-01-31T16:00:00Z', end: '2025-02-28T16:00:00Z' },
    quantity: { value: '1680', unit: 'kWh' },
    basis: {
      kind: 'hourly',
      hours: '672',
      zeroHours: '0',
      hoursHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    },
    grade: 'file',
  });
});

test('the digest speaks of the hours, not of how they were written', () => {
  const digest = (draft: ImportDraft) =>
    (draft.activities[0]?.basis as { hoursHash?: string } | undefined)?.hoursHash;
  const want = digest(read(february()));
  expect(digest(read([...february()].reverse()))).toBe(want);
  expect(
    digest(
      read(
        february().map(([time = '']) => [time, '0.0025']),
        {},
        ['Time', 'Energy (MWh)'],
      ),
    ),
  ).toBe(want);
  expect(digest(read(february().map(([time = ''], at) => [time, at === 5 ? '2.6' : '2.5'])))).not.toBe(want);
});

test('times that mark the end of the hour are moved to its start', () => {
  const ends = february().map(([time = '', energy = ''], at) => [
    at % 24 === 23
      ? time.replace('23:00', '24:00')
      : time.replace(/(\d\d):00$/, (_, h) => `${two(Number(h) + 1)}:00`),
    energy,
  ]);
  const draft = read(ends, {}, ['结束时间', '电量(kWh)']);
  expect(findings(draft)).toEqual([]);
  expect(draft.activities[0]?.period.start).toBe('2025-01-31T16:00:00Z');
});

describe('refused', () => {
  const changed = (at: number, row: string[] | null) =>
    february().flatMap((each, index) => (index !== at ? [each] : row === null ? [] : [row]));
  test.each<[string, string[][], string[]]>([
    ['an hour missing', changed(30, null), ['evidence/missing-hour - -']],
    ['an hour twice', [...february(), ['2025-02-01 05:00', '2.5']], ['evidence/duplicate-hour 674 -']],
    [
      'a quarter of an hour',
      changed(7, ['2025-02-01 07:15', '2.5']),
      ['evidence/not-hourly 9 A', 'evidence/missing-hour - -'],
    ],
    [
      'an empty value',
      changed(7, ['2025-02-01 07:00', '']),
      ['evidence/missing-quantity 9 B', 'evidence/missing-hour - -'],
    ],
    [
      'a negative value',
      changed(7, ['2025-02-01 07:00', '-1']),
      ['evidence/negative-quantity 9 B', 'evidence/missing-hour - -'],
    ],
    ['no time', changed(7, ['', '2.5']), ['evidence/malformed-date 9 A', 'evidence/missing-hour - -']],
    ['half a month', february().slice(0, 300), ['evidence/partial-month - -']],
    ['from the middle', february().slice(300), ['evidence/partial-month - -']],
  ])('%s', (_, rows, want) => {
    const draft = read(rows);
    expect(findings(draft)).toEqual(want);
    expect(draft.activities).toEqual([]);
  });
  test('a year wanted and a month given; hours of another year', () => {
    expect(findings(read(february(), { year: 2025 }))).toEqual(['evidence/missing-hour - -']);
    expect(findings(read(february(), { year: 2024 }))).toEqual(['evidence/outside-year - -']);
  });
  test('the message counts the missing hours and names the first', () => {
    const [refusal] = read(february().filter((_, at) => at < 30 || at > 40)).refusals;
    expect(refusal?.message.en).toBe(
      'hours are missing: 11: 2025-02-02 06:00, 2025-02-02 07:00, 2025-02-02 08:00 …',
    );
  });
  test('no energy column, no unit, a unit of mass', () => {
    expect(findings(read(february(), {}, ['时间', '功率因数']))).toEqual(['evidence/missing-header - -']);
    expect(findings(read(february().slice(0, 1), {}, ['时间', '电量']))).toEqual([
      'evidence/missing-unit 2 -',
    ]);
    expect(findings(read(february().slice(0, 1), {}, ['时间', '电量(kg)']))).toEqual([
      'evidence/wrong-dimension 2 B',
    ]);
  });
});

test('a whole leap year has 8,784 hours', () => {
  const start = Date.UTC(2024, 0, 1);
  const rows = Array.from({ length: 8784 }, (_, at) => [
    new Date(start + at * 3_600_000).toISOString().slice(0, 16).replace('T', ' '),
    '1',
  ]);
  const draft = read(rows, { year: 2024 });
  expect(findings(draft)).toEqual([]);
  expect(draft.activities[0]?.quantity?.value).toBe('8784');
});

describe('questions', () => {
  test('noughts: stopped, or the meter offline', () => {
    const draft = read(february().map(([time = '', energy = ''], at) => [time, at < 48 ? '0' : energy]));
    expect(draft.questions.map((each) => each.code)).toEqual(['evidence/zero-hours']);
    expect(draft.questions[0]?.message.en).toContain('48 hours');
    const [kept] = confirmedActivities(answerQuestions(draft, { q1: 'zero-confirmed' }));
    expect([kept?.state, kept?.quantity?.value]).toEqual(['value', '1560']);
    const [lost] = confirmedActivities(answerQuestions(draft, { q1: 'missing' }));
    expect([lost?.state, lost?.quantity]).toEqual(['missing', null]);
  });
  test('a month of noughts that is confirmed is a zero', () => {
    const draft = read(february().map(([time = '']) => [time, '0']));
    const [kept] = confirmedActivities(answerQuestions(draft, { q1: 'zero-confirmed' }));
    expect([kept?.state, kept?.quantity?.value]).toEqual(['zero', '0']);
  });
  test('MWh in a kWh column is noticed when the output is known', () => {
    const output = { value: '24000', unit: 'piece' } as const;
    expect(read(february(), { output }).questions).toEqual([]);
    const draft = read(
      february().map(([time = '']) => [time, '0.0025']),
      { output },
    );
    expect(draft.questions.map((each) => each.code)).toEqual(['evidence/implausible-energy']);
    const [fixed] = confirmedActivities(answerQuestions(draft, { q1: 'read-as-MWh' }));
    expect(fixed?.quantity).toEqual({ value: '1.68', unit: 'MWh' });
  });
});
