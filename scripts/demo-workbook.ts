// The demo's files: a year of a sugarcane-plate factory with two lines. Quantities are synthetic and say so in the
// workbook; factors are not in it. Deterministic but for the lot, which stands in the notes so that each run's file is
// its own.
import ExcelJS from 'exceljs';

export type DemoFiles = {
  readonly workbook: Uint8Array;
  readonly meterCsv: { readonly L1: Uint8Array; readonly L2: Uint8Array };
};

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** Pieces made in a month, before the season's part: line 2 is the smaller and needs 30 % more electricity a piece. */
const LINES = { L1: { pieces: 550_000, milliKwh: 50 }, L2: { pieces: 450_000, milliKwh: 65 } } as const;
/** Per mille of an average month; February has the holiday. */
const SEASON = [980, 610, 1_020, 1_030, 1_040, 1_030, 1_010, 1_000, 1_060, 1_050, 1_090, 1_080] as const;
/** Whole kWh of roof PV used on site in each month. */
const PV = [5_200, 5_400, 7_600, 8_900, 9_700, 9_100, 10_800, 10_400, 8_600, 7_700, 6_000, 5_300] as const;
const MULTIPLIER = 80;

type Line = keyof typeof LINES;
type Row = readonly (string | number | null)[];

const two = (value: number) => String(value).padStart(2, '0');
const pieces = (line: Line, month: number) => (LINES[line].pieces * SEASON[month]!) / 1_000;
/** Two decimals without binary noise. */
const fixed = (hundredths: number) => `${Math.floor(hundredths / 100)}.${two(hundredths % 100)}`;

/** Hourly meter file of a line: hundredths of a kWh in each hour, two shifts, nothing at night but standby. */
function hoursOf(line: Line, month: number): number[] {
  const total = (pieces(line, month) * LINES[line].milliKwh) / 10;
  const hours = DAYS[month]! * 24;
  const weights = Array.from({ length: hours }, (_, hour) => {
    const at = hour % 24;
    const base = at >= 7 && at < 23 ? 1_000 : 60;
    return base + ((hour * 37 + month * 11) % 97);
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => Math.round((total * weight) / sum));
}

const monthly = <T>(make: (month: number) => T): T[] => DAYS.map((_, month) => make(month));
const sumOf = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

export async function makeDemoFiles({ lot, year }: { lot: string; year: number }): Promise<DemoFiles> {
  const hours = {
    L1: monthly((month) => hoursOf('L1', month)),
    L2: monthly((month) => hoursOf('L2', month)),
  };
  const workbook = new ExcelJS.Workbook();
  workbook.created = new Date(Date.UTC(year + 1, 0, 5));
  workbook.modified = workbook.created;
  const add = (name: string, head: readonly string[], rows: readonly Row[]) => {
    const sheet = workbook.addWorksheet(name);
    sheet.addRow(head).font = { bold: true };
    for (const row of rows) sheet.addRow([...row]);
    sheet.columns.forEach((column) => {
      column.width = 18;
    });
  };
  const days = (month: number) =>
    [`${year}-${two(month + 1)}-01`, `${year}-${two(month + 1)}-${DAYS[month]}`] as const;
  const both = (make: (line: Line, month: number) => Row) =>
    monthly((month) => month).flatMap((month) => (['L1', 'L2'] as const).map((line) => make(line, month)));
  const output = (month: number) => pieces('L1', month) + pieces('L2', month);
  const kg = (month: number, gramsPerThousand: number) =>
    Math.round((output(month) * gramsPerThousand) / 1_000_000);

  add(
    '说明 README',
    ['说明 Note'],
    [
      ['数量均为演示用合成数据 (quantities are synthetic)'],
      ['9 英寸甘蔗浆圆盘，两条产线 (9 inch sugarcane plate, two lines)'],
      [`批号 lot ${lot}`],
    ],
  );
  add(
    '产量 Output',
    ['月份 Month', '产线 Line', '产量 Output', '单位 Unit', '凭证号 Voucher'],
    both((line, month) => [
      `${year}-${two(month + 1)}`,
      line,
      pieces(line, month),
      '件',
      `OUT-${line}-${two(month + 1)}`,
    ]),
  );
  add(
    '电力 Electricity',
    [
      '开始日期 First day',
      '结束日期 Last day',
      '用途 Use',
      '电表号 Meter',
      '起码 Start reading',
      '止码 End reading',
      '倍率 Multiplier',
      '旧表止码 Old meter end',
      '新表起码 New meter start',
      '电量 Energy',
      '单位 Unit',
      '凭证号 Voucher',
      '来源 Source',
    ],
    electricityRows(hours, days),
  );
  add(
    '燃料热力 Fuel and heat',
    ['开始日期 First day', '结束日期 Last day', '名称 Item', '数量 Quantity', '单位 Unit', '凭证号 Voucher'],
    // hot presses and dryers: 10.4 m³ a thousand plates
    monthly((month) => [
      ...days(month),
      '天然气',
      Math.round((output(month) * 104) / 10_000),
      '立方米',
      `GAS-${two(month + 1)}`,
    ]),
  );
  const pulp = (month: number) => kg(month, 15_630);
  add(
    '物料 Materials',
    [
      '月份 Month',
      '名称 Item',
      '数量 Quantity',
      '单位 Unit',
      '供应商 Supplier',
      '供应商因子 Supplier figure',
      '因子单位 Figure unit',
      '因子年份 Figure year',
      '初级数据占比 Primary data percent',
      '声明文件哈希 Statement SHA-256',
      '凭证号 Voucher',
    ],
    monthly((month) => month).flatMap((month): Row[] => {
      const name = `${year}-${two(month + 1)}`;
      return [
        [
          name,
          '甘蔗浆',
          pulp(month),
          '公斤',
          '示例浆厂（合成） Sample pulp mill (synthetic)',
          '0.62',
          'kgCO2e/kg',
          String(year),
          '60',
          '5f'.repeat(32),
          `PULP-${two(month + 1)}`,
        ],
        [
          name,
          '瓦楞纸箱',
          kg(month, 1_200),
          '公斤',
          null,
          null,
          null,
          null,
          null,
          null,
          `BOX-${two(month + 1)}`,
        ],
        [
          name,
          'PE 薄膜',
          kg(month, 200),
          '公斤',
          null,
          null,
          null,
          null,
          null,
          null,
          `FILM-${two(month + 1)}`,
        ],
      ];
    }),
  );
  add(
    '运输 Transport',
    [
      '月份 Month',
      '方向 Direction',
      '方式 Mode',
      '货物 Cargo',
      '重量 Mass',
      '重量单位 Mass unit',
      '距离 Distance',
      '距离单位 Distance unit',
      '凭证号 Voucher',
    ],
    monthly((month) => month).flatMap((month): Row[] => {
      const name = `${year}-${two(month + 1)}`;
      return [
        [name, '进厂', '公路', '甘蔗浆', pulp(month), '公斤', 1_320, '公里', `TRK-P-${two(month + 1)}`],
        [name, '进厂', '公路', '包装', kg(month, 1_400), '公斤', 65, '公里', `TRK-B-${two(month + 1)}`],
        [name, '出厂', '公路', '成品', kg(month, 16_400), '公斤', 230, '公里', `TRK-O-${two(month + 1)}`],
      ];
    }),
  );
  add(
    '废弃物 Waste',
    ['月份 Month', '处理方式 Treatment', '数量 Quantity', '单位 Unit', '凭证号 Voucher'],
    monthly((month) => month).flatMap((month): Row[] => [
      [`${year}-${two(month + 1)}`, '回收', kg(month, 560), '公斤', `SCR-${two(month + 1)}`],
      [`${year}-${two(month + 1)}`, '焚烧', kg(month, 90), '公斤', `WST-${two(month + 1)}`],
    ]),
  );

  const bytes = new Uint8Array(await workbook.xlsx.writeBuffer());
  return {
    workbook: bytes,
    meterCsv: { L1: meterCsv('L1', hours.L1, year), L2: meterCsv('L2', hours.L2, year) },
  };
}

/** Bills by register readings × 倍率; the main meter was changed in July. What no meter explains stays visible. */
function electricityRows(
  hours: Record<Line, number[][]>,
  days: (month: number) => readonly [string, string],
): Row[] {
  let register = 1_204_550; // hundredths of the register's unit
  return DAYS.flatMap((_, month): Row[] => {
    const lines = Math.round((sumOf(hours.L1[month]!) + sumOf(hours.L2[month]!)) / 100);
    const shared = Math.round(lines * 0.13);
    const steps = Math.ceil(((lines + shared - PV[month]!) * 1.006 * 100) / MULTIPLIER);
    const start = register;
    const two = String(month + 1).padStart(2, '0');
    const isChanged = month === 6;
    const half = Math.floor(steps / 2);
    register = isChanged ? steps - half : start + steps;
    const change = isChanged ? [fixed(start + half), '0.00'] : [null, null];
    return [
      [
        ...days(month),
        '外购电',
        'MAIN',
        fixed(start),
        fixed(register),
        MULTIPLIER,
        ...change,
        null,
        '度',
        `EL-${two}`,
        '账单',
      ],
      [
        ...days(month),
        '光伏自用电',
        'PV-1',
        null,
        null,
        null,
        null,
        null,
        PV[month]!,
        '度',
        `PV-${two}`,
        '导出文件',
      ],
      [
        ...days(month),
        '公用设备用电',
        'AUX-1',
        null,
        null,
        null,
        null,
        null,
        shared,
        '度',
        `AUX-${two}`,
        '导出文件',
      ],
    ];
  });
}

/** As a meter gateway writes it in China: GB18030-safe ASCII numbers under Chinese headers, local time. */
function meterCsv(line: Line, months: readonly number[][], year: number): Uint8Array {
  const rows = months.flatMap((hours, month) =>
    hours.map((energy, hour) => {
      const day = Math.floor(hour / 24) + 1;
      return `${year}-${two(month + 1)}-${two(day)} ${two(hour % 24)}:00,${fixed(energy)},METER-${line}`;
    }),
  );
  return new TextEncoder().encode(`时间,电量(kWh),电表号\r\n${rows.join('\r\n')}\r\n`);
}
