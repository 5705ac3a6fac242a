import fc from 'fast-check';
import { formatExact, parseDecimal } from './decimal.ts';
import { QuantityError } from './errors.ts';
import { add, compare, divide, multiply, type Rational, rational, subtract, sum, ZERO } from './rational.ts';
import { convert, isUnit, requireUnit, type Unit } from './unit.ts';
import { readUnit } from './unit-names.ts';

const fraction = fc
  .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.bigInt(1n, 10n ** 6n))
  .map(([n, d]): Rational => ({ n, d }));

describe('arithmetic is exact', () => {
  test('adding is associative and commutative, and subtracting undoes it', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(compare(add(add(a, b), c), add(a, add(c, b)))).toBe(0);
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
      }),
    );
  });
  test('multiplying distributes, and dividing undoes it', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(compare(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).toBe(0);
        if (b.n !== 0n) expect(compare(divide(multiply(a, b), b), a)).toBe(0);
      }),
    );
  });
  test('ten tenths are one', () => {
    expect(formatExact(sum(Array(10).fill(parseDecimal('0.1'))))).toBe('1');
    expect(compare(sum([]), ZERO)).toBe(0);
  });
  test('dividing by zero is refused', () => {
    expect(() => divide(rational(1n), ZERO)).toThrow(QuantityError);
    expect(rational(1n, -2n)).toEqual({ n: -1n, d: 2n });
  });
});

describe('units', () => {
  test.each([
    ['1', 'MWh', 'kWh', '1000'],
    ['3.2', '万度', 'MWh', '32'],
    ['1', '度', 'kWh', '1'],
    ['3.6', 'GJ', 'kWh', '1000'],
    ['3.6', 'MJ', 'kWh', '1'],
    ['1', 'TJ', 'GJ', '1000'],
    ['15', 'g', 'kg', '0.015'],
    ['5', '斤', 'kg', '2.5'],
    ['1', 't', 'g', '1000000'],
    ['87', 'kgkm', 'tkm', '0.087'],
    ['1.2', '万件', 'piece', '12000'],
  ] as const)('%s %s is %s as %s', (value, from, to, want) => {
    expect(formatExact(convert(parseDecimal(value), from, to))).toBe(want);
  });
  test.each([
    ['kWh', 'kg'],
    ['m3', 'Nm3'],
    ['tkm', 't'],
    ['piece', 'kg'],
  ] as const)('%s is not %s', (from, to) => {
    expect(() => convert(parseDecimal('1'), from, to)).toThrow(
      expect.objectContaining({
        code: 'quantity/dimension-mismatch',
        message: expect.stringContaining(`${from} is`),
      }),
    );
  });
  test('there and back is the same number', () => {
    const energy = fc.constantFrom<Unit>('kWh', 'MWh', '度', '万度', 'MJ', 'GJ', 'TJ');
    fc.assert(
      fc.property(fraction, energy, energy, (value, from, to) => {
        expect(compare(convert(convert(value, from, to), to, from), value)).toBe(0);
      }),
    );
  });
  test.each(['constructor', '__proto__', 'toString', 'KWH', ''])('%j is no unit', (text) => {
    expect(isUnit(text)).toBe(false);
    expect(() => requireUnit(text)).toThrow(expect.objectContaining({ code: 'quantity/unknown-unit' }));
  });
});

test.each([
  ['ＫＷｈ', 'kWh'],
  ['千瓦时', 'kWh'],
  [' 度 ', '度'],
  ['万度', '万度'],
  ['MWH', 'MWh'],
  ['m³', 'm3'],
  ['方', 'm3'],
  ['标方', 'Nm3'],
  ['吨', 't'],
  ['公斤', 'kg'],
  ['t·km', 'tkm'],
  ['PCS', 'piece'],
  ['只', 'piece'],
  ['斤', '斤'],
  ['箱', null],
  ['constructor', null],
])('a cell with %j names %s', (cell, want) => {
  expect(readUnit(cell)).toBe(want);
});
