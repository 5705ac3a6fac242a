import fc from 'fast-check';
import { checkDigit, checkGtin } from './gtin.ts';

const refused = (gtin: unknown, code: string) =>
  expect(() => checkGtin(gtin as string)).toThrow(
    expect.objectContaining({ name: 'DigitalLinkError', code }),
  );

test.each([
  ['09520000000011', '09520000000011'], // 952: GS1's prefix for examples
  ['9520000000011', '09520000000011'],
  ['6901234567892', '06901234567892'], // 690: China
  ['614141999996', '00614141999996'],
  ['96385074', '00000096385074'],
  ['19520000000018', '19520000000018'], // a carton of them: indicator 1, another check digit
])('%s is %s', (gtin, gtin14) => {
  expect(checkGtin(gtin)).toBe(gtin14);
});

test('of the ten last digits exactly one is right', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^9\d{11}$/), (digits) => {
      const right = [...'0123456789'].filter((digit) => {
        try {
          return checkGtin(digits + digit) === `0${digits}${digit}`;
        } catch (error) {
          expect(error).toMatchObject({ code: 'digital-link/wrong-check-digit' });
          return false;
        }
      });
      expect(right).toEqual([checkDigit(digits)]);
    }),
  );
});

test('a mistyped digit is always found, two neighbours exchanged unless they differ by five', () => {
  const gtin = '06901234567892';
  for (let at = 0; at < 13; at++) {
    for (const digit of '0123456789')
      if (digit !== gtin[at])
        refused(gtin.slice(0, at) + digit + gtin.slice(at + 1), 'digital-link/wrong-check-digit');
    const [a = '', b = ''] = [gtin[at], gtin[at + 1]];
    if (a !== b && Math.abs(Number(a) - Number(b)) !== 5)
      refused(gtin.slice(0, at) + b + a + gtin.slice(at + 2), 'digital-link/wrong-check-digit');
  }
});

test.each([
  '',
  '1',
  '123456789',
  '0952000000001',
  '095200000000111',
  ' 9520000000011',
  '9520000000011\n',
  '９520000000011',
  '952000000001x',
  '00000000000000',
  '00000000',
  9520000000011,
  null,
])('%p is no GTIN', (gtin) => {
  // thirteen digits may be a GTIN-13, whose check digit then decides
  refused(gtin, gtin === '0952000000001' ? 'digital-link/wrong-check-digit' : 'digital-link/malformed-gtin');
});

test.each(['0200000000004', '0400000000008', '2000000000008', '2912345678906', '12000000000005'])(
  '%s is for use inside one company',
  (gtin) => {
    expect(gtin.slice(-1)).toBe(checkDigit(gtin.slice(0, -1)));
    refused(gtin, 'digital-link/restricted-gtin');
  },
);
