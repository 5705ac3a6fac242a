import type { ActivityDocument } from '#lib/evidence';
import { buildFootprintInput, type RecordedActivity } from './build-input.ts';
import { computeFootprint } from './compute.ts';
import { checkFactorIds, makeFactor } from './factor-record.ts';
import { factorTable } from './factor-table.ts';
import { MOULDED_PULP_TABLEWARE } from './template.ts';

const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' } as const;

function recorded(item: string, change: Partial<ActivityDocument>): RecordedActivity {
  const document: ActivityDocument = {
    type: 'activity/v1',
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    organisation: 'did:web:example.com:o:factory',
    facility: 'did:web:example.com:o:factory#facility-1',
    kind: 'electricity',
    item,
    line: 'shared',
    name: { zh: item, en: item },
    period: PERIOD,
    state: 'value',
    quantity: { value: '100', unit: 'kWh' },
    basis: { kind: 'stated' },
    supplier: null,
    source: { grade: 'bill', sheet: 's', row: 2, meter: null, voucher: null },
    ...change,
  };
  return { id: `sha256:${item}-${document.line}-${document.quantity?.value ?? 'none'}`, document };
}

const OUTPUT = recorded('product', {
  kind: 'output',
  line: 'L1',
  quantity: { value: '1000', unit: 'piece' },
});
const build = (...activities: RecordedActivity[]) =>
  buildFootprintInput({
    activities: [OUTPUT, ...activities],
    product: {
      id: 'https://id.gs1.org/01/09506000134352',
      declaredUnit: { value: '1', unit: 'piece' },
      massPerUnit: { value: '15', unit: 'g' },
    },
    period: PERIOD,
    template: MOULDED_PULP_TABLEWARE,
    factors: factorTable(),
  });

test('every factor of the table has the id of its fields, and no two have one id', () => {
  const factors = [...factorTable().values()];
  checkFactorIds(factors);
  expect(new Set(factors.map((factor) => factor.id)).size).toBe(factors.length);
  const [first] = factors;
  expect(() => checkFactorIds([{ ...first!, value: '0.1' }])).toThrow(
    expect.objectContaining({ code: 'footprint/factor-identity', pointer: '/factors/0/id' }),
  );
});

test('every factor of the table can be read by the calculation, inventory ones only to be refused', () => {
  for (const factor of factorTable().values()) {
    const unit = factor.unit.split('/')[1] as 'kWh';
    const input = build(recorded('grid-electricity', {}));
    const activities = input.activities.map((each) =>
      each.role === 'output' ? each : { ...each, quantity: { value: '1', unit }, factors: [factor.id] },
    );
    const run = () => computeFootprint({ ...input, factors: [factor], activities });
    if (factor.kind === 'inventory-co2') {
      expect(run).toThrow(expect.objectContaining({ code: 'footprint/inventory-factor' }));
    } else expect(run().working[0]?.amount?.kgCO2e).not.toBe('0.000000');
  }
});

test('every rule of the template names factors that the table has, whole in themselves', () => {
  const table = factorTable();
  for (const [item, rule] of MOULDED_PULP_TABLEWARE.rules) {
    for (const keys of Object.values(rule.factors)) {
      const kinds = keys.map((key) => table.get(key)?.kind);
      const whole = kinds.length === 1 && kinds[0] === 'life-cycle';
      const paired = kinds.includes('direct') && kinds.includes('upstream') && !kinds.includes('life-cycle');
      expect([item, whole || paired]).toEqual([item, true]);
    }
  }
});

describe('electricity', () => {
  const meter = (line: 'L1' | 'shared', value: string) =>
    recorded(line === 'L1' ? 'line-electricity' : 'shared-electricity', {
      line,
      quantity: { value, unit: 'kWh' },
    });
  test('bills carry the emissions, meters share them out', () => {
    const input = build(
      recorded('grid-electricity', {}),
      recorded('pv-self-use', {}),
      meter('L1', '150'),
      meter('shared', '40'),
    );
    expect(input.activities.map(({ role, allocation }) => [role, allocation])).toEqual([
      ['output', null],
      ['burden', 'electricity-use'],
      ['burden', 'electricity-use'],
      ['metered-use', null],
      ['metered-use', null],
    ]);
    expect(computeFootprint(input).perUnit.value).toBe('0.0629700'); // (57.77 + 5.20) / 1000
    expect(computeFootprint(input).unallocatedElectricity).toBe('5.0');
  });
  test('bills without meters are shared by pieces', () => {
    const input = build(recorded('grid-electricity', {}));
    expect(input.activities[1]?.allocation).toBe('pieces');
    expect(computeFootprint(input).lines[0]?.electricityPerUnit).toBeNull();
  });
  test('meters without bills carry the emissions themselves, and the line keeps its kWh per piece', () => {
    const input = build(meter('L1', '150'), meter('shared', '40'));
    expect(input.activities.slice(1).map(({ role, stage, allocation }) => [role, stage, allocation])).toEqual(
      [
        ['burden', 'electricity', null],
        ['burden', 'electricity', 'pieces'],
      ],
    );
    const result = computeFootprint(input);
    expect(result.perUnit.value).toBe('0.109763'); // 190 × 0.5777 / 1000
    expect(result.lines[0]?.electricityPerUnit?.value).toBe('0.150000');
    expect(result.unallocatedElectricity).toBeNull();
  });
});

describe('factors', () => {
  test('gas by volume and gas by energy take different pairs', () => {
    const gas = (value: string, unit: 'm3' | 'GJ') =>
      recorded('natural-gas', { kind: 'fuel', quantity: { value, unit } });
    expect(computeFootprint(build(gas('100', 'm3'))).perUnit.value).toBe('0.240332'); // 100 × 2.40332 / 1000
    // 3.6 GJ are 1000 kWh: 1000 × (0.20270 + 0.03347) / 1000
    expect(computeFootprint(build(gas('3.6', 'GJ'))).perUnit.value).toBe('0.236170');
  });
  test('purchased steam counts its losses and both upstream parts', () => {
    const steam = recorded('steam', { kind: 'heat', quantity: { value: '1', unit: 'MWh' } });
    expect(computeFootprint(build(steam)).perUnit.value).toBe('0.219910'); // 0.17529 + 0.00945 + 0.03341 + 0.00176
  });
  test('a supplier figure becomes a maker-stated factor without the supplier’s name', () => {
    const pulp = recorded('bagasse-pulp', {
      kind: 'material',
      quantity: { value: '16', unit: 'kg' },
      supplier: {
        name: 'Secret Mill',
        factor: {
          value: '0.62',
          unit: 'kgCO2e/kg',
          primaryDataShare: '64',
          year: '2025',
          statement: `sha256:${'ab'.repeat(32)}`,
        },
      },
    });
    const input = build(pulp);
    expect(input.factors).toEqual([makeFactor((({ id, ...fields }) => fields)(input.factors[0]!))]);
    expect(input.factors[0]).toMatchObject({
      grade: 'maker-stated',
      makerStated: true,
      primaryDataShare: '64',
    });
    expect(JSON.stringify(input.factors)).not.toContain('Secret Mill');
    expect(input.activities[1]?.supplier).toEqual({ name: 'Secret Mill' });
    expect(computeFootprint(input).shares).toMatchObject({
      primaryData: '64.0',
      makerStatedFactors: '100.0',
    });
  });
  test('a material without any figure is refused with the way out', () => {
    const pulp = recorded('bagasse-pulp', { kind: 'material', quantity: { value: '16', unit: 'kg' } });
    expect(() => build(pulp)).toThrow(
      expect.objectContaining({
        code: 'footprint/no-factor',
        pointer: '/activities/1',
        message: expect.stringContaining('ask the supplier'),
      }),
    );
  });
  test('a unit that the template has no factor for, and an item that it does not know', () => {
    expect(() => build(recorded('diesel', { kind: 'fuel', quantity: { value: '1', unit: 'GJ' } }))).toThrow(
      expect.objectContaining({ code: 'footprint/no-factor', message: expect.stringContaining('in GJ') }),
    );
    expect(() => build(recorded('uranium', {}))).toThrow(
      expect.objectContaining({ code: 'footprint/no-factor', pointer: '/activities/1/item' }),
    );
  });
  test('a missing quantity keeps its factors and is named', () => {
    const input = build(
      recorded('natural-gas', { kind: 'fuel', state: 'missing', quantity: null }),
      recorded('grid-electricity', {}),
    );
    expect(computeFootprint(input).gaps).toContainEqual({
      code: 'gap/missing-quantity',
      activity: 1,
      value: null,
    });
  });
  test('a factor used by many stands once', () => {
    const input = build(
      recorded('grid-electricity', {}),
      recorded('grid-electricity', { quantity: { value: '5', unit: 'MWh' } }),
    );
    expect(input.factors).toHaveLength(1);
  });
});
