import fc from 'fast-check';
import { formatExact, multiply, rational } from './index.ts';
import { fromTrade, massOfArea, readSheetUnit, readTradeUnit } from './trade-units.ts';

const exact = (...args: Parameters<typeof fromTrade>): string => formatExact(fromTrade(...args));

describe('units of the trade', () => {
  test.each([
    ['3', 'dozen', 'piece', '36'],
    ['2', 'gross', 'piece', '288'],
    ['1.5', 'pair', 'piece', '3'],
    ['2', 'ream', 'piece', '1000'],
    ['3', '两', 'g', '150'],
    ['2', '担', 't', '0.1'],
    ['1.2', '万度', 'kWh', '12000'],
    ['3', '斤', 'kg', '1.5'],
  ] as const)('%s %s = %s: %s', (value, unit, to, want) => {
    expect(exact(value, unit, to)).toBe(want);
  });

  test('a carton is what its packer states: 40 cartons of 1,000 cups; 12 cartons of 8.5 kg', () => {
    expect(exact('40', 'carton', '万件', { value: '1000', unit: 'piece' })).toBe('4');
    expect(exact('12', 'carton', 't', { value: '8.5', unit: 'kg' })).toBe('0.102');
  });

  test.each([
    [() => fromTrade('40', 'carton', 'piece'), 'quantity/pack-content'],
    [() => fromTrade('40', 'carton', 'piece', { value: '0', unit: 'piece' }), 'quantity/pack-content'],
    [() => fromTrade('40', 'carton', 'kg', { value: '1000', unit: 'piece' }), 'quantity/dimension-mismatch'],
    [() => fromTrade('3', 'dozen', 'kg'), 'quantity/dimension-mismatch'],
    [() => fromTrade('3,5', 'dozen', 'piece'), 'quantity/malformed-decimal'],
    [() => fromTrade(`1${'0'.repeat(30)}`, 'dozen', 'piece'), 'quantity/too-many-digits'],
    [
      () => massOfArea({ value: '80', unit: 'kg' } as never, { value: '1', unit: 'm2' }),
      'quantity/dimension-mismatch',
    ],
    [
      () => massOfArea({ value: '80', unit: 'gsm' }, { value: '1', unit: 'm3' } as never),
      'quantity/dimension-mismatch',
    ],
  ])('%s is refused: %s', (run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });

  test('a ream of A4 at 80 gsm weighs 2.4948 kg', () => {
    const sheet = massOfArea({ value: '80', unit: 'gsm' }, { value: '623.7', unit: 'cm2' });
    expect(formatExact(multiply(sheet, rational(500n)))).toBe('2.4948');
    expect(formatExact(massOfArea({ value: '80', unit: 'gsm' }, { value: '0.06237', unit: 'm2' }))).toBe(
      '0.0049896',
    );
  });

  test.each([
    ['打', 'dozen'],
    ['箱', 'carton'],
    [' CTN ', 'carton'],
    ['令', 'ream'],
    ['双', 'pair'],
    ['方', 'm3'],
    ['万度', '万度'],
    ['件', 'piece'],
    ['ｋＷｈ', 'kWh'],
    ['坪', null],
  ])('%s is read as %s', (text, unit) => {
    expect(readTradeUnit(text)).toBe(unit);
  });

  test('m², ㎡ and 克/平方米 are read, kilograms are not of a sheet', () => {
    expect(['m²', '㎡', '克/平方米', 'GSM', 'kg'].map(readSheetUnit)).toEqual([
      'm2',
      'm2',
      'gsm',
      'gsm',
      null,
    ]);
  });

  test('dozens add up: n dozen + m dozen = (n + m) dozen', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (n, m) => {
        expect(BigInt(exact(String(n), 'dozen', 'piece')) + BigInt(exact(String(m), 'dozen', 'piece'))).toBe(
          BigInt(exact(String(n + m), 'dozen', 'piece')),
        );
      }),
    );
  });
});
