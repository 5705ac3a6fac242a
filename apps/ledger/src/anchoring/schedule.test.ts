import { nextMove, SCHEDULE } from './schedule.ts';

const at = (ms: number) => new Date(1_764_000_000_000 + ms);
const version = (ms: number, kind: 'call' | 'noop' = 'call') => ({ kind, signedAt: at(ms) });
const move = (
  now: number,
  versions: ReturnType<typeof version>[],
  sentAt: number | null = 0,
  hasFees = true,
) => nextMove({ now: at(now), versions, sentAt: sentAt === null ? null : at(sentAt), hasFees });

test('waits, sends the same bytes again, pays more', () => {
  expect(move(1_000, [version(0)])).toBe('wait');
  expect(move(SCHEDULE.resend + 1, [version(0)])).toBe('resend');
  expect(move(SCHEDULE.resend + 1, [version(0)], null)).toBe('resend');
  expect(move(SCHEDULE.bump, [version(0)], SCHEDULE.bump - 1)).toBe('wait');
  expect(move(SCHEDULE.bump + 1, [version(0)])).toBe('bump');
});

test('where no fee is asked none is raised', () => {
  expect(move(10 * SCHEDULE.bump, [version(0)], 0, false)).toBe('resend');
});

test('after its bumps the call gives its nonce up, and never comes back', () => {
  const calls = Array.from({ length: SCHEDULE.bumpsBeforeNoop + 1 }, (_, turn) =>
    version(turn * SCHEDULE.bump),
  ).reverse();
  const later = (SCHEDULE.bumpsBeforeNoop + 1) * SCHEDULE.bump + 1;
  expect(
    move(
      later,
      calls.slice(1).map((one) => ({ ...one })),
    ),
  ).toBe('bump');
  expect(move(later, calls)).toBe('noop');
  const withNoop = [version(later, 'noop'), ...calls];
  expect(move(later + 1, withNoop, later)).toBe('wait');
  expect(move(later + SCHEDULE.bump + 1, withNoop)).toBe('noop');
});
