import fc from 'fast-check';
import type { Cell, Sheet } from './cell.ts';
import { answerQuestions, confirmedActivities, type ImportDraft, isBlocked } from './draft.ts';
import { importWorkbook } from './workbook.ts';

type Written = string | number | null | { error: string } | { date: string };

const cell = (value: Written): Cell | null => {
  if (value === null || value === '') return null;
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (typeof value === 'string') return { kind: 'text', text: value };
  return 'error' in value ? { kind: 'error', text: value.error } : { kind: 'date', text: value.date };
};
const sheet = (name: string, rows: Written[][], hidden = false): Sheet => ({
  name,
  hidden,
  rows: rows.map((row) => row.map(cell)),
});
const CONTEXT = { expectedElectricity: { value: '0.07', unit: 'kWh' } } as const;
const draftOf = (...sheets: Sheet[]): ImportDraft => importWorkbook(sheets, CONTEXT);
const findings = (draft: ImportDraft): string[] =>
  draft.refusals.map(
    (refusal) => `${refusal.code} ${refusal.sheet} ${refusal.row ?? '-'} ${refusal.column ?? '-'}`,
  );
const amounts = (draft: ImportDraft): string[] =>
  draft.activities.map(
    (each) => `${each.item} ${each.line} ${each.quantity?.value ?? 'none'} ${each.quantity?.unit ?? ''}`,
  );

const OUTPUT = sheet('产量', [
  ['月份', '产线', '产量', '单位'],
  ['2025-01', 'L1', 600000, '件'],
  ['2025-01', 'L2', 400000, '件'],
]);
const ELECTRICITY_HEAD = [
  '开始日期',
  '结束日期',
  '用途',
  '产线',
  '电表号',
  '起码',
  '止码',
  '倍率',
  '旧表止码',
  '新表起码',
  '电量',
  '单位',
  '凭证号',
];
const electricity = (...rows: Written[][]): Sheet => sheet('电力', [ELECTRICITY_HEAD, ...rows]);
const reading = (...rest: Written[]): Written[] => ['2025-01-01', '2025-01-31', '产线', 'L1', 'E-1', ...rest];

describe('a plain workbook', () => {
  test('a cell full of brackets costs no more than its length', () => {
    const began = performance.now();
    const long = '('.repeat(32_767);
    const draft = draftOf(
      sheet(
        '产量',
        Array.from({ length: 20 }, () => Array<string>(40).fill(long)),
      ),
    );
    expect(findings(draft)).toEqual(['evidence/missing-header 产量 - -']);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('line breaks and what nobody sees in free words are no part of them; too many words are refused', () => {
    const transport = (cargo: string, mass = '1.5') =>
      sheet('运输', [
        ['月份', '方向', '方式', '重量', '重量单位', '距离', '距离单位', '货物'],
        ['2025-01', '进厂', '公路', mass, '吨', '100', '公里', cargo],
      ]);
    const { activities, refusals } = draftOf(transport('\u200b甘蔗浆\n（二期）\ufeff\u202e', '1.5\u200b'));
    expect(refusals).toEqual([]);
    expect(activities[0]?.name.zh).toBe('公路运输（进厂）：甘蔗浆 (二期)');
    expect(activities[0]?.quantity).toEqual({ value: '150', unit: 'tkm' });
    expect(findings(draftOf(transport('浆'.repeat(121))))).toEqual(['evidence/too-long-text 运输 2 H']);
  });

  test('Chinese and English headers give the same activities', () => {
    const zh = draftOf(
      sheet('物料', [
        ['开始日期', '结束日期', '名称', '数量', '单位', '凭证号'],
        ['2025-01-01', '2025-01-31', '甘蔗浆', '15.5', '吨', 'P-7'],
      ]),
    );
    const en = draftOf(
      sheet('Materials', [
        ['First day', 'Last day', 'Item', 'Quantity', 'Unit', 'Voucher'],
        ['2025-01-01', '2025-01-31', 'bagasse pulp', '15.5', 't', 'P-7'],
      ]),
    );
    const strip = (draft: ImportDraft) => draft.activities.map(({ place, ...rest }) => rest);
    expect(strip(zh)).toEqual(strip(en));
    expect(zh.refusals).toEqual([]);
    expect(zh.activities[0]).toEqual({
      kind: 'material',
      item: 'bagasse-pulp',
      line: 'shared',
      name: { zh: '甘蔗浆', en: 'bagasse pulp' },
      period: { start: '2024-12-31T16:00:00Z', end: '2025-01-31T16:00:00Z' },
      state: 'value',
      quantity: { value: '15.5', unit: 't' },
      basis: { kind: 'stated' },
      grade: 'bill',
      meter: null,
      voucher: 'P-7',
      supplier: null,
      place: { sheet: '物料', row: 2 },
    });
  });
  test('bilingual headers, titles above, blank rows, totals, unit in the header, month column', () => {
    const draft = draftOf(
      sheet('产量 Output', [
        ['2025 年产量表', null, null],
        [],
        ['月份 Month', '产线 Line', '产量 Output (件)', '单位 Unit', '操作员'],
        ['2025年1月', '1号线', '600,000', null, '王'],
        [null, null, null, null],
        ['202502', '二线', '４００，０００', null, null],
        ['合计', null, '1,000,000', null, null],
      ]),
    );
    expect(findings(draft)).toEqual([]);
    expect(amounts(draft)).toEqual(['product L1 600000 piece', 'product L2 400000 piece']);
    expect(draft.activities.map((each) => each.place.row)).toEqual([4, 6]);
    expect(draft.notes.map((note) => note.code)).toEqual([
      'evidence/column-ignored',
      'evidence/total-row-skipped',
    ]);
  });
  test('transport multiplies mass and distance exactly, units kept in the basis', () => {
    const draft = draftOf(
      sheet('运输', [
        ['月份', '方向', '方式', '货物', '重量', '重量单位', '距离', '距离单位', '凭证号'],
        ['2025-01', '进厂', '公路', '甘蔗浆', '15500', '公斤', '1320.5', '公里', 'T-1'],
        ['2025-01', 'outbound', 'ship', null, 12, 't', 9000, 'km', null],
      ]),
    );
    expect(amounts(draft)).toEqual(['road-inbound shared 20467.75 tkm', 'sea-outbound shared 108000 tkm']);
    expect(draft.activities[0]?.basis).toEqual({
      kind: 'mass-distance',
      mass: { value: '15500', unit: 'kg' },
      distance: { value: '1320.5', unit: 'km' },
    });
    expect(draft.activities.map((each) => each.grade)).toEqual(['bill', 'manual']);
  });
  test('a supplier figure comes with its statement, and the tonne figure is read as such', () => {
    const hash = 'AB'.repeat(32);
    const head = [
      '月份',
      '名称',
      '数量',
      '单位',
      '供应商',
      '供应商因子',
      '因子单位',
      '因子年份',
      '初级数据占比',
      '声明文件哈希',
    ];
    const draft = draftOf(
      sheet('物料', [
        head,
        ['2025-01', '甘蔗浆', 15, 't', '某浆厂', '0.62', 'kg CO₂e/kg', '2025', '60', hash],
      ]),
    );
    expect(findings(draft)).toEqual([]);
    expect(draft.activities[0]?.supplier).toEqual({
      name: '某浆厂',
      factor: {
        value: '0.62',
        unit: 'kgCO2e/kg',
        primaryDataShare: '60',
        year: '2025',
        statement: `sha256:${hash.toLowerCase()}`,
      },
    });
    const half = draftOf(
      sheet('物料', [
        head,
        ['2025-01', '甘蔗浆', 15, 't', '某浆厂', '0.62', 'kgCO2e/kg', '2025', '60', null],
      ]),
    );
    expect(findings(half)).toEqual(['evidence/incomplete-supplier-factor 物料 2 J']);
    const over = draftOf(
      sheet('物料', [
        head,
        ['2025-01', '甘蔗浆', 15, 't', '某浆厂', '0.62', 'kgCO2e/kg', '2025', '160', hash],
      ]),
    );
    expect(findings(over)).toEqual(['evidence/incomplete-supplier-factor 物料 2 F']);
  });
});

describe('registers', () => {
  test('(end - start) × 倍率, exact, readings kept', () => {
    const draft = draftOf(
      OUTPUT,
      electricity(reading('1203.07', '1904.13', '60', null, null, null, 'kWh', 'V-1')),
    );
    expect(findings(draft)).toEqual([]);
    expect(amounts(draft)[2]).toBe('line-electricity L1 42063.6 kWh');
    expect(draft.activities[2]?.basis).toEqual({
      kind: 'register',
      unit: 'kWh',
      multiplier: '60',
      spans: [{ from: '1203.07', to: '1904.13' }],
    });
  });
  test('a meter change gives two spans', () => {
    const draft = draftOf(
      OUTPUT,
      electricity(reading('99800', '120', '40', '99980', '0', null, 'kWh', null)),
    );
    expect(amounts(draft)[2]).toBe('line-electricity L1 12000 kWh');
  });
  test.each<[string, Written[], string]>([
    [
      'backwards without a change',
      ['1904.13', '1203.07', '60', null, null, null, 'kWh', null],
      'evidence/register-backwards 电力 2 G',
    ],
    [
      'backwards before the change',
      ['99980', '120', '40', '99800', '0', null, 'kWh', null],
      'evidence/register-backwards 电力 2 G',
    ],
    [
      'without multiplier',
      ['1', '2', null, null, null, null, 'kWh', null],
      'evidence/incomplete-register 电力 2 H',
    ],
    [
      'multiplier of zero',
      ['1', '2', '0', null, null, null, 'kWh', null],
      'evidence/incomplete-register 电力 2 H',
    ],
    [
      'half a meter change',
      ['1', '2', '60', '5', null, null, 'kWh', null],
      'evidence/incomplete-register 电力 2 I',
    ],
    [
      'a quantity that disagrees',
      ['1', '2', '60', null, null, '61', 'kWh', null],
      'evidence/register-disagrees 电力 2 K',
    ],
    [
      'a negative reading',
      ['-1', '2', '60', null, null, null, 'kWh', null],
      'evidence/negative-quantity 电力 2 F',
    ],
    ['a unit of mass', ['1', '2', '60', null, null, null, 'kg', null], 'evidence/wrong-dimension 电力 2 L'],
  ])('%s is refused', (_, rest, want) => {
    expect(findings(draftOf(OUTPUT, electricity(reading(...rest))))).toEqual([want]);
  });
  test('a quantity that agrees, in another unit, is accepted', () => {
    const draft = draftOf(OUTPUT, electricity(reading('0', '1000', '60', null, null, '6 万度', 'kWh', null)));
    expect(findings(draft)).toEqual([]);
  });
});

describe('nasty cells', () => {
  const fuel = (...row: Written[]): Sheet =>
    sheet('燃料热力', [['月份', '名称', '数量', '单位', '状态', '来源'], row]);
  test.each<[Written, string, string]>([
    ['１２３４．５', 'm3', '1234.5 m3'],
    ['1,234.5', '立方米', '1234.5 m3'],
    ['1，234，567', '方', '1234567 m3'],
    [1234.5, 'M³', '1234.5 m3'],
    ['007.50', 'm3', '7.50 m3'],
    ['1234 m³', '', '1234 m3'],
    ['3.6 GJ', '', '3.6 GJ'],
    ['0.5', '万度', '0.5 万度'],
    ['5', 'ＭＷＨ', '5 MWh'],
  ])('%j %s is read as %s', (quantity, unit, want) => {
    const draft = draftOf(fuel('2025-01', '天然气', quantity, unit, null, null));
    expect(findings(draft)).toEqual([]);
    expect(amounts(draft)[0]).toBe(`natural-gas shared ${want}`);
  });
  test.each<[string, Written[], string]>([
    [
      '#REF!',
      ['2025-01', '天然气', { error: '#REF!' }, 'm3', null, null],
      'evidence/formula-error 燃料热力 2 C',
    ],
    [
      'a formula error in the item',
      ['2025-01', { error: '#N/A' }, 5, 'm3', null, null],
      'evidence/formula-error 燃料热力 2 B',
    ],
    [
      'a decimal comma',
      ['2025-01', '天然气', '1234,5', 'm3', null, null],
      'evidence/ambiguous-number 燃料热力 2 C',
    ],
    [
      'points between thousands',
      ['2025-01', '天然气', '1.234.567', 'm3', null, null],
      'evidence/ambiguous-number 燃料热力 2 C',
    ],
    ['words', ['2025-01', '天然气', '约三千', 'm3', null, null], 'evidence/malformed-number 燃料热力 2 C'],
    [
      'a date',
      ['2025-01', '天然气', { date: '2025-01-03' }, 'm3', null, null],
      'evidence/malformed-number 燃料热力 2 C',
    ],
    ['an exponent', ['2025-01', '天然气', '1e6', 'm3', null, null], 'evidence/malformed-number 燃料热力 2 C'],
    [
      '10^30',
      ['2025-01', '天然气', `1${'0'.repeat(30)}`, 'm3', null, null],
      'evidence/too-many-digits 燃料热力 2 C',
    ],
    ['a negative', ['2025-01', '天然气', -5, 'm3', null, null], 'evidence/negative-quantity 燃料热力 2 C'],
    ['nothing', ['2025-01', '天然气', null, 'm3', null, null], 'evidence/missing-quantity 燃料热力 2 C'],
    [
      'a stroke for nothing',
      ['2025-01', '天然气', '/', 'm3', null, null],
      'evidence/missing-quantity 燃料热力 2 C',
    ],
    ['no unit', ['2025-01', '天然气', 5, null, null, null], 'evidence/missing-unit 燃料热力 2 D'],
    ['an unknown unit', ['2025-01', '天然气', 5, '瓶', null, null], 'evidence/unknown-unit 燃料热力 2 D'],
    [
      'a unit of another dimension',
      ['2025-01', '天然气', 5, 'kg', null, null],
      'evidence/wrong-dimension 燃料热力 2 D',
    ],
    ['two units', ['2025-01', '天然气', '5 GJ', 'm3', null, null], 'evidence/conflicting-unit 燃料热力 2 C'],
    ['an unknown item', ['2025-01', '煤气罐', 5, 'm3', null, null], 'evidence/unknown-item 燃料热力 2 B'],
    [
      'an item of another sheet',
      ['2025-01', '甘蔗浆', 5, 'm3', null, null],
      'evidence/unknown-item 燃料热力 2 B',
    ],
    ['no item', ['2025-01', null, 5, 'm3', null, null], 'evidence/missing-item 燃料热力 2 B'],
    [
      'a month that is none',
      ['2025-13', '天然气', 5, 'm3', null, null],
      'evidence/malformed-date 燃料热力 2 A',
    ],
    ['no month', [null, '天然气', 5, 'm3', null, null], 'evidence/missing-period 燃料热力 2 -'],
    ['an unknown state', ['2025-01', '天然气', 5, 'm3', '大概', null], 'evidence/unknown-word 燃料热力 2 E'],
    [
      'a table that claims a signature',
      ['2025-01', '天然气', 5, 'm3', null, 'signed-meter'],
      'evidence/grade-not-allowed 燃料热力 2 F',
    ],
  ])('%s', (_, row, want) => {
    const draft = draftOf(fuel(...row));
    expect(findings(draft)[0]).toBe(want);
    expect(draft.activities).toEqual([]);
    expect(isBlocked(draft)).toBe(true);
  });
  test('a missing that says so is recorded as missing, and an estimate as an estimate', () => {
    const draft = draftOf(
      fuel('2025-01', '天然气', null, 'm3', '缺失', null),
      sheet('Waste', [
        ['month', 'treatment', 'quantity', 'unit', 'state'],
        ['2025-01', '焚烧', '2', 't', 'estimated'],
      ]),
    );
    expect(draft.activities.map((each) => [each.state, each.quantity])).toEqual([
      ['missing', null],
      ['estimated', { value: '2', unit: 't' }],
    ]);
  });
  test('every refusal has its message and remedy in Chinese and English, with the value seen', () => {
    const [refusal] = draftOf(fuel('2025-01', '天然气', 5, '瓶', null, null)).refusals;
    expect(refusal).toEqual({
      code: 'evidence/unknown-unit',
      sheet: '燃料热力',
      row: 2,
      column: 'D',
      message: { zh: '不认识的单位：瓶', en: 'unknown unit: 瓶' },
      remedy: { zh: '改用：m3, L, kWh, MWh, 度, 万度, GJ', en: 'use one of: m3, L, kWh, MWh, 度, 万度, GJ' },
    });
  });
});

describe('dates', () => {
  const row = (start: Written, end: Written) =>
    draftOf(
      sheet('废弃物', [
        ['开始日期', '结束日期', '处理方式', '数量', '单位'],
        [start, end, '焚烧', 1, 't'],
      ]),
    );
  test.each<[Written, Written]>([
    ['2025-01-01', '2025-01-31'],
    [45658, 45688],
    [{ date: '2025-01-01' }, { date: '2025-01-31' }],
    ['2025年1月1日', '2025/1/31'],
    ['２０２５.１.１', '20250131'],
  ])('%j to %j is January 2025', (start, end) => {
    expect(row(start, end).activities[0]?.period).toEqual({
      start: '2024-12-31T16:00:00Z',
      end: '2025-01-31T16:00:00Z',
    });
  });
  test('first day after last day, no such day, no day', () => {
    expect(findings(row('2025-02-01', '2025-01-31'))).toEqual(['evidence/reversed-period 废弃物 2 B']);
    expect(findings(row('2025-02-30', '2025-02-28'))).toEqual(['evidence/malformed-date 废弃物 2 A']);
    expect(findings(row('2025-02-01', null))).toEqual(['evidence/missing-period 废弃物 2 B']);
  });
  test('two bills of one meter that overlap by a day are refused; other meters do not matter', () => {
    const bill = (start: string, end: string, meter: string): Written[] => [
      start,
      end,
      '外购',
      null,
      meter,
      null,
      null,
      null,
      null,
      null,
      50000,
      'kWh',
      null,
    ];
    const draft = draftOf(
      OUTPUT,
      electricity(
        bill('2025-01-01', '2025-01-15', 'M'),
        bill('2025-01-15', '2025-01-31', 'M'),
        bill('2025-01-10', '2025-01-20', 'N'),
      ),
    );
    expect(findings(draft)).toEqual(['evidence/overlapping-period 电力 3 A']);
    expect(draft.refusals[0]?.message.en).toContain('row 2');
  });
});

describe('headers', () => {
  test('a sheet without a header, a column missing, a column twice, no rows', () => {
    expect(
      findings(
        draftOf(
          sheet('物料', [
            ['foo', 'bar'],
            ['1', '2'],
          ]),
        ),
      ),
    ).toEqual(['evidence/missing-header 物料 - -']);
    expect(
      findings(
        draftOf(
          sheet('物料', [
            ['月份', '名称', '数量'],
            ['2025-01', '甘蔗浆', 5],
          ]),
        ),
      ),
    ).toEqual(['evidence/missing-column 物料 1 -']);
    expect(
      findings(
        draftOf(
          sheet('物料', [
            ['月份', '名称', '数量', '单位', '数量'],
            ['2025-01', '甘蔗浆', 5, 't', 6],
          ]),
        ),
      ),
    ).toEqual(['evidence/duplicate-column 物料 1 E']);
    expect(findings(draftOf(sheet('物料', [['月份', '名称', '数量', '单位']])))).toEqual([
      'evidence/no-rows 物料 1 -',
    ]);
    expect(findings(draftOf(sheet('物料', [])))).toEqual(['evidence/missing-header 物料 - -']);
  });
  test('no sheet of the template', () => {
    const draft = draftOf(sheet('Sheet1', [['a']]), sheet('说明', [['b']]));
    expect(findings(draft)).toEqual(['evidence/no-known-sheet  - -']);
    expect(draft.notes.map((note) => `${note.code} ${note.sheet}`)).toEqual([
      'evidence/sheet-ignored Sheet1',
    ]);
  });
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'a header, sheet or item named %s is only a name',
    (name) => {
      const before = Object.getOwnPropertyNames(Object.prototype).length;
      const draft = draftOf(
        sheet(name, [[name]]),
        sheet('物料', [
          ['月份', '名称', '数量', '单位', name],
          ['2025-01', '甘蔗浆', 5, 't', 'x'],
          ['2025-01', name, 5, 't', 'x'],
        ]),
      );
      expect(findings(draft)).toEqual(['evidence/unknown-item 物料 3 B']);
      expect(amounts(draft)).toEqual(['bagasse-pulp shared 5 t']);
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
    },
  );
  test('thousands of faults are cut to 200, and the rest is counted', () => {
    const rows = Array.from({ length: 1000 }, (): Written[] => ['2025-01', '甘蔗浆', 'x', 't']);
    const draft = draftOf(sheet('物料', [['月份', '名称', '数量', '单位'], ...rows]));
    expect(draft.refusals).toHaveLength(200);
    expect(draft.notes.at(-1)?.message.en).toBe('800 more refusals are not listed');
  });
});

test('more rows than one calculation takes are refused', () => {
  const rows = Array.from({ length: 60_000 }, (_, at): Written[] => [
    '2025-01',
    '产线',
    'L1',
    `E-${at}`,
    5,
    'kWh',
  ]);
  const draft = draftOf(OUTPUT, sheet('电力', [['月份', '用途', '产线', '电表号', '电量', '单位'], ...rows]));
  expect(findings(draft)).toEqual(['evidence/too-many-activities  - -']);
});

describe('questions', () => {
  const line = (name: string, quantity: Written, unit: string): Written[] => [
    '2025-01-01',
    '2025-01-31',
    '产线',
    name,
    `E-${name}`,
    null,
    null,
    null,
    null,
    null,
    quantity,
    unit,
    null,
  ];
  const ask = (...rows: Written[][]) => draftOf(OUTPUT, electricity(...rows));

  test('plausible energy asks nothing: 30 % above the other line is a fact, not a mistake', () => {
    expect(ask(line('L1', 34800, 'kWh'), line('L2', 30160, '度')).questions).toEqual([]);
  });
  test('MWh typed as kWh: asked, answered by code, and read as MWh', () => {
    const draft = ask(line('L1', 34.8, 'kWh'), line('L2', 30160, 'kWh'));
    expect(
      draft.questions.map((each) => [each.id, each.code, each.row, each.column, each.activities]),
    ).toEqual([['q1', 'evidence/implausible-energy', 2, 'K', [2]]]);
    expect(draft.questions[0]?.answers.map((each) => each.code)).toEqual([
      'keep',
      'read-as-MWh',
      'read-as-万度',
    ]);
    expect(isBlocked(draft)).toBe(true);
    expect(() => confirmedActivities(draft)).toThrow(expect.objectContaining({ code: 'evidence/blocked' }));
    const answered = answerQuestions(draft, { q1: 'read-as-MWh' });
    expect(isBlocked(answered)).toBe(false);
    expect(confirmedActivities(answered)[2]?.quantity).toEqual({ value: '34.8', unit: 'MWh' });
    expect(confirmedActivities(answered)[3]?.quantity).toEqual({ value: '30160', unit: 'kWh' });
  });
  test('kWh typed as MWh on a bill is asked too, and so is 万度', () => {
    const bill = (quantity: number, unit: string): Written[] => [
      '2025-01-01',
      '2025-01-31',
      '外购',
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      quantity,
      unit,
      null,
    ];
    expect(ask(bill(70000, 'MWh')).questions[0]?.answers.map((each) => each.code)).toEqual([
      'keep',
      'read-as-kWh',
    ]);
    expect(ask(bill(7, 'kWh')).questions[0]?.answers.map((each) => each.code)).toEqual([
      'keep',
      'read-as-MWh',
      'read-as-万度',
    ]);
    expect(ask(bill(70000, 'kWh')).questions).toEqual([]);
  });
  test('both lines a hundred times off: the template still notices', () => {
    expect(ask(line('L1', 34.8, 'kWh'), line('L2', 30.16, 'kWh')).questions).toHaveLength(2);
  });
  test('a little roof PV is no question', () => {
    const pv: Written[] = [
      '2025-01-01',
      '2025-01-31',
      '光伏',
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      90,
      'kWh',
      null,
    ];
    expect(ask(pv).questions).toEqual([]);
  });
  test('a nought: truly zero, or missing', () => {
    const draft = draftOf(
      sheet('物料', [
        ['月份', '名称', '数量', '单位'],
        ['2025-01', '甘蔗浆', 0, 't'],
      ]),
    );
    expect(draft.questions[0]?.code).toBe('evidence/zero-quantity');
    const [zero] = confirmedActivities(answerQuestions(draft, { q1: 'zero-confirmed' }));
    expect([zero?.state, zero?.quantity?.value]).toEqual(['zero', '0']);
    const [missing] = confirmedActivities(answerQuestions(draft, { q1: 'missing' }));
    expect([missing?.state, missing?.quantity]).toEqual(['missing', null]);
  });
  test('a hidden sheet with data: use it, or leave it out', () => {
    const draft = draftOf(
      OUTPUT,
      sheet(
        '物料',
        [
          ['月份', '名称', '数量', '单位'],
          ['2025-01', '甘蔗浆', 5, 't'],
        ],
        true,
      ),
    );
    expect(draft.questions.map((each) => each.code)).toEqual(['evidence/hidden-sheet']);
    expect(confirmedActivities(answerQuestions(draft, { q1: 'use' }))).toHaveLength(3);
    expect(confirmedActivities(answerQuestions(draft, { q1: 'leave-out' }))).toHaveLength(2);
  });
  test('unknown questions and answers are refused, and polluting ids are only unknown', () => {
    const draft = ask(line('L1', 34.8, 'kWh'));
    expect(() => answerQuestions(draft, { q9: 'keep' })).toThrow(
      expect.objectContaining({ code: 'evidence/unknown-question' }),
    );
    expect(() => answerQuestions(draft, { q1: 'yes' })).toThrow(
      expect.objectContaining({ code: 'evidence/unknown-answer' }),
    );
    expect(() => answerQuestions(draft, JSON.parse('{"__proto__":"keep"}'))).toThrow(
      expect.objectContaining({ code: 'evidence/unknown-question' }),
    );
  });
});

test('no cells whatsoever make the importer throw', () => {
  const anyCell = fc.option(
    fc.record({
      kind: fc.constantFrom('text', 'number', 'date', 'boolean', 'error'),
      text: fc.oneof(
        fc.string(),
        fc.constantFrom(
          '月份',
          '名称',
          '数量',
          '单位',
          '用途',
          '起码',
          '2025-01',
          '甘蔗浆',
          '5',
          't',
          '天然气',
          '-1',
          '#REF!',
          '__proto__',
        ),
      ),
    }),
  ) as fc.Arbitrary<Cell | null>;
  const anySheet = fc.record({
    name: fc.oneof(fc.string(), fc.constantFrom('物料', '电力', '运输', '燃料热力', '废弃物', '产量')),
    hidden: fc.boolean(),
    rows: fc.array(fc.array(anyCell, { maxLength: 8 }), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(fc.array(anySheet, { maxLength: 3 }), (sheets) => {
      const draft = importWorkbook(sheets, CONTEXT);
      expect(JSON.parse(JSON.stringify(draft))).toEqual(draft);
    }),
  );
});
