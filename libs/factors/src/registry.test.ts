import { makeFactor as makeV1, factorTable as tableV1 } from '#lib/footprint';
import {
  type Factor,
  type FactorFields,
  factorTable,
  judgeFactors,
  knownWrongFuel,
  makeFactor,
  ownRegistry,
  pin,
  readRegistry,
  regionsAround,
  registryDocument,
  searchFactors,
  userFactor,
} from './index.ts';
import { V1_IDS } from './v1-ids.ts';

const table = factorTable();
const registry = ownRegistry(table);
const grid = table.get('cn-grid-2024') as Factor;
const { id: _id, ...gridFields } = grid;
const own = {
  name: { zh: '供应商自报竹浆', en: 'bamboo pulp, stated by its mill' },
  value: '0.9',
  unit: 'kgCO2e/kg',
  kind: 'life-cycle',
  gwp: 'AR6',
  region: 'CN-SC',
  period: null,
  year: '2025',
  parts: null,
  gases: null,
  source: 'letter of the mill, 2025-03-02',
  licence: 'for this product',
  standIn: null,
  primaryDataShare: '80',
  uncertainty: null,
  voucher: `sha256:${'a'.repeat(64)}`,
  grade: 'maker-stated',
} as const;

describe('the list of published factors', () => {
  test('this version is this hash: a record published once does not change or vanish', () => {
    expect(registry.document.ids).toHaveLength(393);
    expect(registry.hash).toBe('sha256:056631304c202d9ce156337039acf7ea2754b8078274a08a73eb039bb26e75ce');
  });

  test('the records that method 1.0.0 published are on it', () => {
    const ids = [...tableV1().values()].map(({ id }) => id).sort();
    expect(V1_IDS).toEqual(ids);
    expect(ids.every(registry.isPublished)).toBe(true);
  });

  test('a record that names its correction is listed as superseded', () => {
    const right = makeFactor({ ...gridFields, value: '0.5778' });
    const old = makeFactor({ ...gridFields, value: '0.5779', supersededBy: right.id });
    const listed = readRegistry(registryDocument('x', '2', [old, right]));
    expect([listed.supersededBy(old.id), listed.supersededBy(right.id)]).toEqual([right.id, null]);
  });

  test('a maker’s own figure does not get on it', () => {
    const { factor } = userFactor(own, registry);
    expect(() => registryDocument('x', '1', [factor])).toThrow(
      expect.objectContaining({ code: 'factors/label' }),
    );
  });

  test.each<[string, (document: Record<string, unknown>) => void, string]>([
    [
      'another type',
      (d) => {
        d.type = 'registry/v2';
      },
      '/type',
    ],
    [
      'ids out of order',
      (d) => {
        d.ids = [...(d.ids as string[])].reverse();
      },
      '/ids/1',
    ],
    [
      'an id twice',
      (d) => {
        d.ids = [(d.ids as string[])[0], ...(d.ids as string[])];
      },
      '/ids/1',
    ],
    [
      'an id that is none',
      (d) => {
        d.ids = ['x'];
      },
      '/ids/0',
    ],
    [
      'ids that are no list',
      (d) => {
        d.ids = 'x';
      },
      '/ids',
    ],
    [
      'a correction of a stranger',
      (d) => {
        d.superseded = [{ id: `sha256:${'0'.repeat(64)}`, by: grid.id }];
      },
      '/superseded/0',
    ],
    [
      'a correction by itself',
      (d) => {
        d.superseded = [{ id: grid.id, by: grid.id }];
      },
      '/superseded/0',
    ],
    [
      'a member too many',
      (d) => {
        d.note = 1;
      },
      '',
    ],
  ])('%s is refused', (_what, change, place) => {
    const document = structuredClone(registry.document) as unknown as Record<string, unknown>;
    change(document);
    expect(() => readRegistry(document)).toThrow(
      expect.objectContaining({ code: 'factors/malformed-registry', place }),
    );
  });
});

describe('judging the factors of somebody’s calculation', () => {
  const judge = (factor: unknown) => judgeFactors([factor as never], registry.isPublished)[0];

  test('a published record of either version keeps its grade', () => {
    expect(judge(grid)).toMatchObject({ standing: 'published', grade: 'official', finding: 'ok' });
    const old = tableV1().get('cn-grid-2024');
    expect(judge(old as object)).toMatchObject({ standing: 'published', grade: 'official', finding: 'ok' });
  });

  test('0.0001 under official labels and a true content id is maker-stated, and is caught out', () => {
    const forged = makeFactor({ ...gridFields, value: '0.0001' });
    expect(judge(forged)).toEqual({
      id: forged.id,
      standing: 'maker-stated',
      grade: 'maker-stated',
      finding: 'claims-published',
    });
    const { id: _old, ...fields } = tableV1().get('cn-grid-2024') as ReturnType<typeof makeV1>;
    expect(judge(makeV1({ ...fields, value: '0.0001', makerStated: false }))).toMatchObject({
      standing: 'maker-stated',
      finding: 'claims-published',
    });
  });

  test('0.0001 under the id of the published factor is caught by its hash', () => {
    expect(judge({ ...grid, value: '0.0001' })).toMatchObject({
      standing: 'maker-stated',
      finding: 'wrong-id',
    });
  });

  test.each([
    [{}],
    [null],
    [[]],
    [{ id: 7 }],
    [{ id: grid.id }],
    [{ ...grid, value: Number.NaN }],
    [{ ...grid, extra: 'x' }],
    [{ ...grid, value: '\ud800' }],
  ])('%j stands for nothing', (factor) => {
    expect(judge(factor)).toMatchObject({ standing: 'maker-stated', finding: 'wrong-id' });
  });

  test('every change of any member of any published record takes it off the list', () => {
    for (const factor of table.values())
      for (const key of Object.keys(factor)) {
        const forged = { ...factor, [key]: 'x' };
        expect(judge(forged)?.standing).toBe('maker-stated');
      }
  });

  test('a maker that says so is believed to be a maker; a set of ids does as well as a registry', () => {
    const { factor } = userFactor(own, registry);
    expect(judge(factor)).toMatchObject({ standing: 'maker-stated', grade: 'maker-stated', finding: 'ok' });
    const asComputed = makeFactor({ ...(({ id: _i, ...f }) => f)(factor), grade: 'computed' });
    expect(judge(asComputed)).toMatchObject({ grade: 'maker-stated', finding: 'claims-published' });
    const asCopied = makeFactor({ ...gridFields, value: '0.1', grade: 'second-hand' });
    expect(judge(asCopied)).toMatchObject({ grade: 'maker-stated', finding: 'claims-published' });
    expect(judgeFactors([grid], new Set([grid.id]))[0]?.standing).toBe('published');
    expect(judgeFactors([grid], new Set())[0]?.finding).toBe('claims-published');
  });
});

describe('a figure of one’s own', () => {
  test('carries its voucher and says who stated it', () => {
    const { factor, warnings } = userFactor(own, registry);
    expect(factor).toMatchObject({ document: own.voucher, makerStated: true, grade: 'maker-stated' });
    expect(warnings).toEqual([]);
  });

  test.each([
    ['official', '/grade'],
    ['computed', '/grade'],
  ])('grade %s is refused', (grade, place) => {
    expect(() => userFactor({ ...own, grade: grade as never }, registry)).toThrow(
      expect.objectContaining({ code: 'factors/label', place }),
    );
  });

  test('without a voucher it is refused', () => {
    expect(() => userFactor({ ...own, voucher: '' }, registry)).toThrow(
      expect.objectContaining({ code: 'factors/label', place: '/voucher' }),
    );
  });

  test('what somebody’s list publishes cannot be stated again as one’s own', () => {
    const { factor } = userFactor(own, registry);
    const listing = readRegistry({ ...registry.document, ids: [...registry.document.ids, factor.id].sort() });
    expect(() => userFactor(own, listing)).toThrow(
      expect.objectContaining({ code: 'factors/claims-published' }),
    );
  });

  test('labels slipped in beside the fields do not get through', () => {
    const { factor } = userFactor({ ...own, makerStated: false, document: null } as never, registry);
    expect(factor).toMatchObject({ makerStated: true, document: own.voucher });
    expect(() => userFactor({ ...own, id: grid.id } as never, registry)).toThrow();
  });

  test('0.5703 as China’s grid is taken with a warning that names the right figures', () => {
    for (const [value, unit] of [
      ['0.5703', 'kgCO2e/kWh'],
      ['570.3', 'kgCO2e/MWh'],
      ['5703', 'kgCO2e/万度'],
    ] as const) {
      const { warnings } = userFactor({ ...own, value, unit, region: 'CN' }, registry);
      expect(warnings).toMatchObject([
        { code: 'wrong/cn-grid-0.5703', right: expect.stringContaining('0.5777') },
      ]);
    }
    expect(
      userFactor({ ...own, value: '0.5703', unit: 'kgCO2e/kWh', region: 'VN' }, registry).warnings,
    ).toEqual([]);
  });

  test('natural gas with 1.5 kg N2O and coal with 300 kg CH4 per TJ: warned of when measured, refused when copied', () => {
    const fuel = (
      name: string,
      gases: FactorFields['gases'],
      value: string,
      grade: 'maker-stated' | 'second-hand' = 'maker-stated',
    ) =>
      userFactor(
        {
          ...own,
          name: { zh: name, en: 'fuel' },
          unit: 'kgCO2e/TJ',
          kind: 'direct',
          gwp: 'AR6',
          gases,
          value,
          grade,
        },
        registry,
      ).warnings;
    const gas = ['天然气', { CO2: '56100', CH4: '1', N2O: '1.5' }, '56537.4'] as const;
    const coal = ['烟煤', { CO2: '94600', CH4: '300', N2O: '1.5' }, '103379.5'] as const;
    expect(fuel(...gas)).toMatchObject([
      { code: 'wrong/ipcc-gas-n2o', right: expect.stringContaining('0.1 kg') },
    ]);
    expect(fuel(...coal)).toMatchObject([
      { code: 'wrong/ipcc-coal-ch4', right: expect.stringContaining('10 kg') },
    ]);
    for (const copied of [gas, coal])
      expect(() => fuel(copied[0], copied[1], copied[2], 'second-hand')).toThrow(
        expect.objectContaining({ code: 'factors/known-wrong', place: '/gases' }),
      );
    expect(fuel('天然气', { CO2: '56100', CH4: '1', N2O: '0.1' }, '56155.2', 'second-hand')).toEqual([]);
  });

  test('calorific values that go round and are wrong are known', () => {
    const ncv = (about: string, value: string) =>
      knownWrongFuel({ about, ch4: null, n2o: null, ncv: value }).map(({ code }) => code);
    expect(ncv('无烟煤', '25.8')).toEqual(['wrong/ipcc-anthracite-ncv']);
    expect(ncv('other kerosene', '40.68')).toEqual(['wrong/ipcc-kerosene-ncv']);
    expect(ncv('other bituminous coal', '25.8')).toEqual([]);
    expect(knownWrongFuel({ about: 'natural gas liquids', ch4: null, n2o: '1.5', ncv: null })).toEqual([]);
  });
});

describe('search', () => {
  const keys = (query: Parameters<typeof searchFactors>[1]): readonly string[] =>
    searchFactors(table, query).map(({ key }) => key);

  test('in Chinese, in English, by place, year and kind', () => {
    expect(keys({ text: '浙江 电力', year: '2023' })[0]).toBe('cn-zhejiang-co2-2023');
    expect(keys({ text: 'Zhejiang', year: '2021' })[0]).toBe('cn-zhejiang-co2-2021');
    expect(keys({ text: '全国 电力', kind: 'life-cycle', year: '2024' })[0]).toBe('cn-grid-2024');
    expect(keys({ text: '瓦楞' })).toEqual([]);
    expect(keys({ text: '纸板 原生' })[0]).toBe('uk-board');
    expect(keys({ text: 'articulated lorry', kind: 'upstream', per: 'tkm' })).toEqual([
      'uk-artic-small-upstream',
      'uk-hgv-upstream',
    ]);
    expect(keys({ region: 'CN-ZJ', year: '2023', kind: 'inventory-co2' }).slice(0, 3)).toEqual([
      'cn-zhejiang-co2-2023',
      'cn-zhejiang-co2-2022',
      'cn-zhejiang-co2-2021',
    ]);
    expect(keys({ region: 'VN' })[0]).toBe('ember-vn-2023');
    expect(keys({ keys: ['uk-board', 'uk-board-recycled-content'], text: '再生' })).toEqual([
      'uk-board-recycled-content',
    ]);
  });

  test('by the code of an item: what templates count it with, its recycled source too', () => {
    expect(keys({ item: 'grid-electricity' })).toEqual(['cn-grid-2024']);
    expect(keys({ item: 'pp' })).toEqual(['uk-pp', 'uk-pp-recycled-content']);
    expect(keys({ item: 'diesel', kind: 'upstream' })).toEqual([
      'uk-diesel-L-upstream',
      'uk-diesel-t-upstream',
    ]);
    expect(keys({ item: 'wire-rod' })).toEqual([]);
  });

  test('of two that fit alike: the newer year, then the better grade', () => {
    const make = (change: object) => makeFactor({ ...gridFields, name: { zh: '甲', en: 'one' }, ...change });
    const two = new Map([
      ['a', make({ year: '2022', grade: 'second-hand' })],
      ['b', make({ year: '2024', grade: 'second-hand' })],
      ['c', make({ year: '2024', grade: 'official' })],
    ]);
    expect(searchFactors(two, { text: '甲', year: '2023' }).map(({ key }) => key)).toEqual(['c', 'b', 'a']);
  });

  test('the order does not hang on the order of the table', () => {
    const reversed = new Map([...table].reverse());
    for (const query of [{ text: '电力' }, { region: 'CN-ZJ' }, { text: 'UK', kind: 'direct' as const }])
      expect(searchFactors(reversed, { ...query, limit: 400 })).toEqual(
        searchFactors(table, { ...query, limit: 400 }),
      );
  });

  test('pinned versions are sorted ids, each once', () => {
    const board = table.get('uk-board') as Factor;
    expect(pin([grid, board, grid])).toEqual([grid.id, board.id].sort());
  });
});

test('a place and what contains it, nearest first', () => {
  expect(
    ['CN-ZJ', 'CN-EAST', 'CN-XZ', 'CN', 'US-CA', 'EU27', 'GLO'].map((place) =>
      regionsAround(place).join(' '),
    ),
  ).toEqual([
    'CN-ZJ CN-EAST CN GLO',
    'CN-EAST CN GLO',
    'CN-XZ CN GLO',
    'CN GLO',
    'US-CA US GLO',
    'EU27 GLO',
    'GLO',
  ]);
});
