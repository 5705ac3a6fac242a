/**
 * The demo's factory: sugarcane plates of 15 g from two forming lines in one year. Every quantity is invented
 * and marked synthetic; the factors that value them later are real. The same arguments give the same bytes.
 *
 * Line 1 makes 7.02 million plates with 0.0580 kWh each on its own meter, line 2 4.98 million with 0.0754 kWh,
 * 30 % more. Two vacuum and air compressors and the lighting are shared, a roof PV plant is self-used, a gas
 * boiler heats the moulds.
 */
import { createHash } from 'node:crypto';
import ExcelJS from 'exceljs';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { hourlyLoad, type MonthlyFacts, planYear } from './demo-year.ts';

export interface DemoFiles {
  readonly workbook: Uint8Array;
  /** Hourly meters: line 1 in UTF-8 with BOM, line 2 in GB18030 as Chinese Excel saves it. */
  readonly meterCsv: { readonly L1: Uint8Array; readonly L2: Uint8Array };
  /** The pulp mill's statement, whose hash the workbook holds. */
  readonly supplierStatement: Uint8Array;
}

const SYNTHETIC = '合成数据 synthetic';
const MADE = new Date(Date.UTC(2026, 0, 5));

/** Files of one calendar year, labelled with the lot they are shown for. */
export async function makeDemoFiles({ lot, year }: { lot: string; year: number }): Promise<DemoFiles> {
  const plan = planYear(year);
  const supplierStatement = new TextEncoder().encode(
    `SYNTHETIC STATEMENT FOR DEMONSTRATION\nBagasse pulp, bleached, air dry, ${year}: 0.62 kgCO2e per kg, cradle to gate.\nShare of primary data: 64 percent. Maker: an invented pulp mill in Guangxi.\n`,
  );
  const statement = createHash('sha256').update(supplierStatement).digest('hex');
  const workbook = new ExcelJS.Workbook();
  Object.assign(workbook, {
    creator: 'Anchorleaf demo',
    lastModifiedBy: 'Anchorleaf demo',
    created: MADE,
    modified: MADE,
  });
  addReadme(workbook, lot, year);
  addOutput(workbook, plan);
  addElectricity(workbook, plan);
  addFuel(workbook, plan);
  addMaterials(workbook, year, statement);
  addTransport(workbook, year);
  addWaste(workbook, year);
  return {
    workbook: await toBytes(workbook),
    meterCsv: { L1: utf8Csv(hourlyLoad(year, 'L1')), L2: gb18030Csv(hourlyLoad(year, 'L2')) },
    supplierStatement,
  };
}

function addReadme(workbook: ExcelJS.Workbook, lot: string, year: number): void {
  const sheet = workbook.addWorksheet('说明 README');
  sheet.addRows([
    ['9 英寸甘蔗浆餐盘，15 克，两条成型线', '9-inch sugarcane plate, 15 g, two forming lines'],
    [
      `${year} 年全厂活动数据；示例批次 ${lot}`,
      `activity data of the factory in ${year}; shown for lot ${lot}`,
    ],
    ['所有数量均为合成数据，仅用于演示', 'every quantity is synthetic and for demonstration only'],
    [
      '日期含首日和末日；电量 = (止码 - 起码) × 倍率',
      'dates are inclusive; energy = (end - start) × multiplier',
    ],
  ]);
}

type Cells = (string | number | Date | null)[];

function addTable(workbook: ExcelJS.Workbook, name: string, header: string[], rows: Cells[]): void {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.addRow([...header, '备注 Note']).font = { bold: true };
  for (const row of rows) {
    const added = sheet.addRow([...row, SYNTHETIC]);
    added.eachCell((cell) => {
      if (cell.value instanceof Date) cell.numFmt = 'yyyy-mm-dd';
    });
  }
}

const PERIOD = ['开始日期 First day', '结束日期 Last day'];
const firstDay = (year: number, month: number): Date => new Date(Date.UTC(year, month - 1, 1));
const lastDay = (year: number, month: number): Date => new Date(Date.UTC(year, month, 0));
const monthDays = ({ year, month }: MonthlyFacts): Cells => [firstDay(year, month), lastDay(year, month)];
const tag = (year: number, month: number): string => `${year}-${String(month).padStart(2, '0')}`;

function addOutput(workbook: ExcelJS.Workbook, plan: readonly MonthlyFacts[]): void {
  const rows = plan.flatMap((each) =>
    (['L1', 'L2'] as const).map(
      (line): Cells => [
        ...monthDays(each),
        line,
        each.pieces[line],
        '件',
        `P-${line}-${tag(each.year, each.month)}`,
      ],
    ),
  );
  addTable(
    workbook,
    '产量 Output',
    [...PERIOD, '产线 Line', '产量 Output', '单位 Unit', '凭证号 Voucher'],
    rows,
  );
}

/** Main meter and shared loads as registers, roof PV as the inverter's monthly figure in 度. */
function addElectricity(workbook: ExcelJS.Workbook, plan: readonly MonthlyFacts[]): void {
  const rows = plan.flatMap((each): Cells[] => {
    const days = monthDays(each);
    const voucher = (kind: string) => `${kind}-${tag(each.year, each.month)}`;
    return [
      [
        ...days,
        '外购',
        '公用',
        'M-0',
        each.grid.start,
        each.grid.end,
        each.grid.multiplier,
        null,
        null,
        null,
        'kWh',
        voucher('BILL'),
      ],
      [
        ...days,
        '空压机和照明',
        '公用',
        'M-3',
        each.shared.start,
        each.shared.end,
        each.shared.multiplier,
        each.shared.oldEnd,
        each.shared.newStart,
        null,
        'kWh',
        voucher('READ'),
      ],
      [...days, '光伏自用', '公用', 'PV-1', null, null, null, null, null, each.pvKWh, '度', voucher('PV')],
    ];
  });
  const header = [
    ...PERIOD,
    '用途 Use',
    '产线 Line',
    '电表号 Meter',
    '起码 Start reading',
    '止码 End reading',
    '倍率 Multiplier',
    '旧表止码 Old meter end',
    '新表起码 New meter start',
    '电量 Energy',
    '单位 Unit',
    '凭证号 Voucher',
  ];
  addTable(workbook, '电力 Electricity', header, rows);
}

function addFuel(workbook: ExcelJS.Workbook, plan: readonly MonthlyFacts[]): void {
  const rows = plan.map(
    (each): Cells => [
      ...monthDays(each),
      '天然气',
      '公用',
      each.gasM3,
      'm³',
      `GAS-${tag(each.year, each.month)}`,
    ],
  );
  addTable(
    workbook,
    '燃料热力 Fuel and heat',
    [...PERIOD, '名称 Item', '产线 Line', '数量 Quantity', '单位 Unit', '凭证号 Voucher'],
    rows,
  );
}

const QUARTERS = [1, 4, 7, 10] as const;
const quarter = (year: number, month: number): Cells => [firstDay(year, month), lastDay(year, month + 2)];

// Tonnes by quarter: 180 t of plates, scrap and moisture make 187.6 t of pulp.
const PULP = ['44.18', '47.26', '48.31', '47.85'];
const BOARD_KG = ['4780', '5164', '5288', '5168'];
const FILM_KG = ['271.5', '290.25', '296.75', '291.5'];

function addMaterials(workbook: ExcelJS.Workbook, year: number, statement: string): void {
  const header = [
    ...PERIOD,
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
  ];
  const none: Cells = [null, null, null, null, null, null];
  const rows = QUARTERS.flatMap((month, at): Cells[] => [
    [
      ...quarter(year, month),
      '甘蔗浆',
      Number(PULP[at]),
      '吨',
      '示例浆厂（广西）',
      0.62,
      'kgCO2e/kg',
      String(year),
      64,
      statement,
      `INV-PULP-${tag(year, month)}`,
    ],
    [
      ...quarter(year, month),
      '瓦楞纸箱',
      Number(BOARD_KG[at]),
      '公斤',
      ...none,
      `INV-BOX-${tag(year, month)}`,
    ],
    [...quarter(year, month), 'PE膜', Number(FILM_KG[at]), 'kg', ...none, `INV-FILM-${tag(year, month)}`],
  ]);
  addTable(workbook, '物料 Materials', header, rows);
}

function addTransport(workbook: ExcelJS.Workbook, year: number): void {
  const header = [
    ...PERIOD,
    '方向 Direction',
    '方式 Mode',
    '货物 Cargo',
    '重量 Mass',
    '重量单位 Mass unit',
    '距离 Distance',
    '距离单位 Distance unit',
    '凭证号 Voucher',
  ];
  const rows = QUARTERS.flatMap((month, at): Cells[] => [
    [
      ...quarter(year, month),
      '进厂',
      '公路',
      '甘蔗浆',
      Number(PULP[at]),
      '吨',
      1360,
      '公里',
      `WB-PULP-${tag(year, month)}`,
    ],
    [
      ...quarter(year, month),
      '进厂',
      '公路',
      '纸箱和薄膜',
      Number(BOARD_KG[at]) + Number(FILM_KG[at]),
      'kg',
      48,
      'km',
      `WB-PACK-${tag(year, month)}`,
    ],
    [
      ...quarter(year, month),
      '出厂',
      '公路',
      '成品至宁波港',
      [47.5, 50.8, 51.9, 51.4][at] ?? 0,
      '吨',
      212,
      '公里',
      `WB-OUT-${tag(year, month)}`,
    ],
  ]);
  addTable(workbook, '运输 Transport', header, rows);
}

function addWaste(workbook: ExcelJS.Workbook, year: number): void {
  const year12: Cells = [firstDay(year, 1), lastDay(year, 12)];
  addTable(
    workbook,
    '废弃物 Waste',
    [...PERIOD, '处理方式 Treatment', '数量 Quantity', '单位 Unit', '凭证号 Voucher'],
    [
      [...year12, '回收', 5.62, '吨', `REC-${year}`],
      [...year12, '焚烧', 1840, '公斤', `INC-${year}`],
    ],
  );
}

/** exceljs stamps its archive with the present time: the same parts are packed again with a fixed one. */
async function toBytes(workbook: ExcelJS.Workbook): Promise<Uint8Array> {
  const parts = unzipSync(new Uint8Array(await workbook.xlsx.writeBuffer()));
  const names = Object.keys(parts)
    .filter((name) => !name.endsWith('/'))
    .sort();
  const packed: Zippable = {};
  for (const name of names) packed[name] = [parts[name] ?? new Uint8Array(), { mtime: MADE }];
  return zipSync(packed, { level: 6 });
}

const utf8Csv = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(
    `\ufeff时间,电量(kWh),电表号\r\n${lines.map((line) => `${line},M-1\r\n`).join('')}`,
  );

function gb18030Csv(lines: readonly string[]): Uint8Array {
  // 时间,电量(kWh),电表号 in GB18030; the rows are ASCII.
  const header = Buffer.from('cab1bce42cb5e7c1bf286b5768292cb5e7b1edbac50d0a', 'hex');
  return new Uint8Array(
    Buffer.concat([header, Buffer.from(lines.map((line) => `${line},M-2\r\n`).join(''), 'ascii')]),
  );
}
