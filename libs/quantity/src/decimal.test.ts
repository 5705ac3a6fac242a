import fc from 'fast-check';
import { formatDecimal, formatExact, parseDecimal, placesFor } from './decimal.ts';
import { QuantityError } from './errors.ts';
import { compare, type Rational } from './rational.ts';

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof QuantityError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('parseDecimal', () => {
  test.each(['0', '-0.5', '12', '12.50', '0.0004', `${'9'.repeat(24)}.${'9'.repeat(24)}`])(
    'takes %s',
    (text) => {
      expect(code(() => parseDecimal(text))).toBe('accepted');
    },
  );
  test.each([
    '',
    '1e3',
    '1,5',
    '+1',
    '.5',
    '5.',
    '01',
    ' 1',
    '１２',
    'NaN',
    '0x10',
    '--1',
    '1.2.3',
    'Infinity',
  ])('refuses %j', (text) => {
    expect(code(() => parseDecimal(text))).toBe('quantity/malformed-decimal');
  });
  test('refuses 10^30, and long fractions, whatever their length', () => {
    expect(code(() => parseDecimal(`1${'0'.repeat(30)}`))).toBe('quantity/too-many-digits');
    expect(code(() => parseDecimal(`0.${'1'.repeat(25)}`))).toBe('quantity/too-many-digits');
    expect(code(() => parseDecimal('9'.repeat(100_000)))).toBe('quantity/too-many-digits');
  });
});

describe('formatDecimal rounds half away from zero', () => {
  test.each([
    ['2.675', 2, '2.68'],
    ['-2.675', 2, '-2.68'],
    ['2.665', 2, '2.67'],
    ['0.5', 0, '1'],
    ['-0.5', 0, '-1'],
    ['0.49', 0, '0'],
    ['-0.49', 0, '0'],
    ['1.005', 2, '1.01'],
    ['0.000049', 4, '0.0000'],
    ['9.995', 2, '10.00'],
    ['7', 3, '7.000'],
  ])('%s to %i places is %s', (text, places, want) => {
    expect(formatDecimal(parseDecimal(text), places)).toBe(want);
  });
  test('thirds and sevenths', () => {
    expect(formatDecimal({ n: 1n, d: 3n }, 5)).toBe('0.33333');
    expect(formatDecimal({ n: 2n, d: 3n }, 5)).toBe('0.66667');
    expect(formatDecimal({ n: -1n, d: 7n }, 6)).toBe('-0.142857');
  });
});

describe('placesFor', () => {
  test.each([
    ['0.0512345678', 6, 7],
    ['8.42769', 6, 5],
    ['0.99999996', 6, 5],
    ['123456.7', 6, 0],
    ['12', 6, 4],
    ['0', 6, 0],
    ['0.00000000000000000001', 6, 12],
  ])('%s with %i significant digits takes %i places', (text, significant, want) => {
    expect(placesFor(parseDecimal(text), significant, 12)).toBe(want);
  });
});

test('formatExact gives every digit back, and refuses a third', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 20 }), (n, places) => {
      const value: Rational = { n, d: 10n ** BigInt(places) };
      expect(compare(parseDecimal(formatExact(value)), value)).toBe(0);
    }),
  );
  expect(formatExact({ n: 5n, d: 8n })).toBe('0.625');
  expect(formatExact({ n: 300n, d: 1n })).toBe('300');
  expect(code(() => formatExact({ n: 1n, d: 3n }))).toBe('quantity/not-finite');
});

test('a rounded value is never further than half a unit of the last place', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 0, max: 9 }), (n, d, places) => {
      const rounded = BigInt(formatDecimal({ n, d }, places).replace('.', ''));
      const error = rounded * d - n * 10n ** BigInt(places);
      expect((error < 0n ? -error : error) * 2n <= d).toBe(true);
    }),
  );
});
