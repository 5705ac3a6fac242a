import { ITEMS } from '#lib/evidence';
import { convert, formatDecimal, multiply, parseDecimal, sum } from '#lib/quantity';
import {
  checkLines,
  type Factor,
  factorTable,
  materialProvenance,
  ncvOf,
  ownRegistry,
  SECTOR_TEMPLATES,
  splitRecycled,
  unusualElectricity,
} from './index.ts';

const table = factorTable();
const registry = ownRegistry(table);
const kg = (value: string) => ({ n: BigInt(value), d: 1n });

describe.each([...SECTOR_TEMPLATES.values()].map((each) => [each.id, each] as const))(
  '%s',
  (_id, template) => {
    test('asks in both languages, each thing once, and knows a factor for every key', () => {
      expect(new Set(template.items.map(({ code }) => code)).size).toBe(template.items.length);
      for (const item of template.items) {
        expect(item.question.zh).toMatch(/？/);
        expect(item.question.en).toMatch(/\?/);
        expect(item.dimensions.length).toBeGreaterThan(0);
        for (const [dimension, keys] of Object.entries(item.factors)) {
          expect(item.dimensions).toContain(dimension);
          for (const key of keys) expect([key, table.has(key)]).toEqual([key, true]);
        }
        if (item.recycled !== null) expect(table.has(item.recycled)).toBe(true);
      }
    });

    test('items that a workbook knows keep its code and name', () => {
      for (const item of template.items) {
        const known = ITEMS.find(({ code }) => code === item.code);
        if (known !== undefined) expect(item.name).toEqual(known.name);
      }
    });

    test('every set of factors is life-cycle complete and fits its dimension', () => {
      const base = { energy: 'kWh', mass: 'kg', volume: 'L', freight: 'tkm' } as const;
      for (const item of template.items)
        for (const [dimension, keys] of Object.entries(item.factors)) {
          const { findings } = checkLines(
            [
              {
                factors: keys.map((key) => table.get(key) as Factor),
                unit: base[dimension as keyof typeof base],
                region: null,
                period: null,
              },
            ],
            { table, registry },
          );
          expect(findings.map(({ code }) => code)).not.toEqual(
            expect.arrayContaining([expect.stringMatching(/no-upstream|no-direct|spend/)]),
          );
        }
    });

    test('the demonstration is labelled synthetic, names items of the template, and its electricity is not unusual', () => {
      const { demonstration } = template;
      expect(demonstration.label).toBe('synthetic');
      const mass = convert(parseDecimal(demonstration.mass.value), demonstration.mass.unit, 'kg');
      for (const each of demonstration.use)
        expect(template.items.map(({ code }) => code)).toContain(each.item);
      const electricity = sum(
        demonstration.use
          .filter(({ item }) => /electricity|pv/.test(item))
          .map(({ quantity }) => convert(parseDecimal(quantity.value), quantity.unit, 'kWh')),
      );
      expect(unusualElectricity(template, electricity, mass)).toBeNull();
      expect(unusualElectricity(template, multiply(electricity, kg('1000')), mass)).not.toBeNull();
    });

    test('fractions of the materials add up to one', () => {
      const shares = materialProvenance(template, template.demonstration.use);
      expect(shares.length).toBeGreaterThan(0);
      const total = sum(shares.map(({ massFraction }) => parseDecimal(massFraction)));
      expect(formatDecimal(total, 2)).toBe('1.00');
    });
  },
);

test('20 % recycled PP of 230 t: 184 t virgin and 46 t recycled', () => {
  const { virgin, recycled } = splitRecycled({ value: '230', unit: 't' }, '20');
  expect([formatDecimal(virgin, 0), formatDecimal(recycled, 0)]).toEqual(['184000', '46000']);
  const plastic = SECTOR_TEMPLATES.get('plastic-goods');
  expect(plastic && materialProvenance(plastic, plastic.demonstration.use)).toEqual([
    { code: 'pp', massFraction: '0.9787', recycledFraction: '0.2000' },
    { code: 'masterbatch', massFraction: '0.0213', recycledFraction: '0.0000' },
  ]);
});

test.each(['101', '-1'])('%s percent recycled is refused', (share) => {
  expect(() => splitRecycled({ value: '1', unit: 'kg' }, share)).toThrow(
    expect.objectContaining({ code: 'factors/malformed-record' }),
  );
});

test('a calorific value that was not seen is missing, not guessed', () => {
  expect(formatDecimal(ncvOf('anthracite'), 1)).toBe('26.7');
  expect(() => ncvOf('lignite')).toThrow(expect.objectContaining({ code: 'factors/empty-value' }));
  expect(() => ncvOf('moonshine')).toThrow(expect.objectContaining({ code: 'factors/unknown-factor' }));
});
