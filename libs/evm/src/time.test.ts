import fc from 'fast-check';
import { formatTime, parseTime } from './time.ts';

test.each([
  [0n, '1970-01-01T00:00:00Z'],
  [951_782_400n, '2000-02-29T00:00:00Z'],
  [1_709_251_199n, '2024-02-29T23:59:59Z'],
  [1_795_604_400n, '2026-11-25T11:00:00Z'],
  [4_107_542_399n, '2100-02-28T23:59:59Z'],
  [4_107_542_400n, '2100-03-01T00:00:00Z'],
  [253_402_300_799n, '9999-12-31T23:59:59Z'],
])('%p s is %s', (seconds, text) => {
  expect(formatTime(seconds)).toBe(text);
  expect(parseTime(text)).toBe(seconds);
});

test('agrees with the platform clock for any second', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 253_402_300_799n }), (seconds) => {
      const text = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
      expect(formatTime(seconds)).toBe(text);
      expect(parseTime(text)).toBe(seconds);
    }),
    { numRuns: 2000 },
  );
});

test('the first and last second of each year from 1970 to 2400', () => {
  for (let year = 1970; year <= 2400; year++)
    for (const text of [`${year}-01-01T00:00:00Z`, `${year}-12-31T23:59:59Z`, `${year}-03-01T00:00:00Z`])
      expect(parseTime(text)).toBe(BigInt(Date.parse(text) / 1000));
});

test.each([
  '',
  '2026-11-25',
  '2026-11-25T11:00:00',
  '2026-11-25T11:00:00+08:00',
  '2026-11-25T11:00:00.000Z',
  '2026-11-25t11:00:00z',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-12-31T23:59:60Z',
  '1969-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '２026-11-25T11:00:00Z',
  '2026-11-25T11:00:00Z\n',
  '12026-11-25T11:00:00Z',
  null as never,
])('%p is refused', (text) => {
  expect(() => parseTime(text)).toThrow(
    expect.objectContaining({ name: 'EvmError', code: 'evm/malformed-time' }),
  );
});

test('seconds that no text holds are refused', () => {
  for (const seconds of [-1n, 253_402_300_800n, (1n << 64n) - 1n])
    expect(() => formatTime(seconds)).toThrow(expect.objectContaining({ code: 'evm/value-out-of-range' }));
});
