import { checkUscc, covers, isTime, RecordError, usccCheckCharacter } from './index.ts';

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof RecordError) return error.code;
    throw error;
  }
  return 'taken';
}

describe('times', () => {
  test.each([
    '2026-11-25',
    '2026-11-25T11:00Z',
    '2026-11-25T11:00:00',
    '2026-11-25T11:00:00z',
    '2026-11-25t11:00:00Z',
    '2026-11-25 11:00:00Z',
    '2026-11-25T11:00:00+00:00',
    '2026-11-25T11:00:00.000Z',
    '2026-11-25T24:00:00Z',
    '2026-11-25T11:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '02026-01-01T00:00:00Z',
    '2026-11-25T11:00:00Z\n',
    '２０２６-11-25T11:00:00Z',
  ])('%s is not a time', (text) => {
    expect(isTime(text)).toBe(false);
  });

  test('neither are other values; leap days are', () => {
    for (const value of [null, 0, undefined, {}, ['2026-11-25T11:00:00Z']]) expect(isTime(value)).toBe(false);
    expect(isTime('2024-02-29T00:00:00Z')).toBe(true);
    expect(isTime('2000-02-29T00:00:00Z')).toBe(true);
  });

  test('periods are half-open', () => {
    const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
    const period = (start: number, end: number) => ({ start: at(start), end: at(end) });
    expect(covers(period(2, 4), period(2, 4))).toBe(true);
    expect(covers(period(2, 4), period(3, 4))).toBe(true);
    expect(covers(period(2, 4), period(1, 3))).toBe(false);
    expect(covers(period(2, 4), period(3, 5))).toBe(false);
  });
});

describe('unified social credit identifiers', () => {
  test.each(['91350100M000100Y43', '91330782MA00000A0E'])('%s is taken', (uscc) => {
    expect(refusal(() => checkUscc(uscc))).toBe('taken');
  });

  test('by hand: weights are powers of 3 modulo 31', () => {
    const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    const values = [9, 1, 3, 5, 0, 1, 0, 0, 21, 0, 0, 0, 1, 0, 0, 30, 4];
    const sum = weights.reduce((total, weight, i) => total + weight * values[i], 0);
    expect(31 - (sum % 31)).toBe(3);
    expect(usccCheckCharacter('91350100M000100Y4')).toBe('3');
    expect(usccCheckCharacter('0'.repeat(17))).toBe('0');
  });

  test('every single wrong character is noticed', () => {
    const right = '91350100M000100Y43';
    for (let i = 0; i < right.length; i++) {
      for (const character of '0123456789ABCDEFGHJKLMNPQRTUWXY') {
        if (character === right[i]) continue;
        const wrong = right.slice(0, i) + character + right.slice(i + 1);
        const code = refusal(() => checkUscc(wrong));
        // the division is digits only
        const isDivision = i >= 2 && i < 8 && !/[0-9]/.test(character);
        expect([wrong, code]).toEqual([
          wrong,
          isDivision ? 'record/malformed-uscc' : 'record/uscc-check-digit',
        ]);
      }
    }
  });

  test.each([
    '',
    '9135010',
    '91350100M000100Y4',
    '91350100M000100Y433',
    '91350100m000100y43',
    '9135O100M000100Y43',
    '91350100I000100Y43',
    '91350100M000100Y4３',
  ])('%j is not one', (uscc) => expect(refusal(() => checkUscc(uscc))).toBe('record/malformed-uscc'));

  test('the message names the wanted character and the remedy', () => {
    expect(() => checkUscc('91350100M000100Y44', '/uscc')).toThrow(
      '"91350100M000100Y44" has the check character 4, its other 17 give 3; compare it with the business licence (at /uscc)',
    );
  });
});
