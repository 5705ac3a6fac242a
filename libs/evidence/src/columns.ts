/** The workbook template: its sheets, their columns, and the names each may carry (docs/formats/workbook.md). */
import { foldText } from './cell.ts';

export type SheetKind = 'output' | 'electricity' | 'fuel' | 'materials' | 'transport' | 'waste';

/** The first two names are the template's own, Chinese and English. */
export const SHEET_NAMES: Readonly<Record<SheetKind, readonly string[]>> = {
  output: ['产量', 'Output', '产量表', 'production'],
  electricity: ['电力', 'Electricity', '用电', '电费', '电表', 'power'],
  fuel: ['燃料热力', 'Fuel and heat', '燃料', '热力', '燃料与热力', '能源', 'fuel', 'heat', 'fuels'],
  materials: ['物料', 'Materials', '原料', '原材料', '材料', '物料包装', '采购', 'material', 'packaging'],
  transport: ['运输', 'Transport', '物流', 'freight', 'logistics'],
  waste: ['废弃物', 'Waste', '废物', '固废', '废料'],
};

/** Sheets that explain and hold no data. */
export const README_SHEETS = ['说明', 'README', '填写说明', 'instructions', 'notes'];

const PERIOD = {
  start: ['开始日期', 'First day', '起始日期', '开始', 'start date', 'start', 'from'],
  end: ['结束日期', 'Last day', '截止日期', '结束', 'end date', 'end', 'to', 'last day (inclusive)'],
  month: ['月份', 'Month', '账期', '年月', 'billing month'],
} as const;

const COMMON = {
  ...PERIOD,
  line: ['产线', 'Line', '生产线', 'production line'],
  quantity: ['数量', 'Quantity', '用量', '重量', 'amount', 'qty'],
  unit: ['单位', 'Unit', 'units'],
  voucher: ['凭证号', 'Voucher', '凭证', '发票号', '单据号', 'voucher number', 'invoice', 'bill number'],
  grade: ['来源', 'Source', '数据来源', 'source grade'],
  state: ['状态', 'State', '数据状态', 'data state'],
  note: ['备注', 'Note', '说明', 'remark', 'remarks', 'notes'],
} as const;

export const OUTPUT_COLUMNS = {
  ...COMMON,
  quantity: ['产量', 'Output', '数量', '合格品数量', 'quantity', 'pieces'],
} as const;

export const ELECTRICITY_COLUMNS = {
  ...COMMON,
  use: ['用途', 'Use', '类别', '项目', 'purpose'],
  meter: ['电表号', 'Meter', '电表', '表号', 'meter number', 'meter id'],
  startReading: ['起码', 'Start reading', '期初读数', '上期读数', '上次读数', 'previous reading'],
  endReading: ['止码', 'End reading', '期末读数', '本期读数', '本次读数', 'current reading'],
  multiplier: ['倍率', 'Multiplier', '互感倍率', 'ct ratio', 'factor'],
  oldMeterEnd: ['旧表止码', 'Old meter end', '换表旧表止码'],
  newMeterStart: ['新表起码', 'New meter start', '换表新表起码'],
  quantity: ['电量', 'Energy', '数量', '用电量', 'quantity', 'consumption', 'kwh'],
} as const;

export const FUEL_COLUMNS = {
  ...COMMON,
  item: ['名称', 'Item', '品名', '燃料', '种类', 'fuel', 'name'],
} as const;

export const MATERIAL_COLUMNS = {
  ...COMMON,
  item: ['名称', 'Item', '品名', '物料', '材料', 'material', 'name'],
  supplier: ['供应商', 'Supplier', '供应商名称', 'supplier name'],
  supplierFactor: ['供应商因子', 'Supplier figure', '供应商碳足迹', 'supplier factor'],
  supplierFactorUnit: ['因子单位', 'Figure unit', 'factor unit'],
  supplierFactorYear: ['因子年份', 'Figure year', 'factor year'],
  primaryShare: ['初级数据占比', 'Primary data percent', 'primary data share'],
  statement: ['声明文件哈希', 'Statement SHA-256', '声明哈希', 'statement hash'],
} as const;

export const TRANSPORT_COLUMNS = {
  ...PERIOD,
  line: COMMON.line,
  direction: ['方向', 'Direction'],
  mode: ['方式', 'Mode', '运输方式'],
  cargo: ['货物', 'Cargo', '名称', '品名', 'goods', 'item'],
  mass: ['重量', 'Mass', '质量', 'weight'],
  massUnit: ['重量单位', 'Mass unit', '质量单位', 'weight unit'],
  distance: ['距离', 'Distance', '运距', '里程'],
  distanceUnit: ['距离单位', 'Distance unit', '里程单位'],
  voucher: COMMON.voucher,
  grade: COMMON.grade,
  state: COMMON.state,
  note: COMMON.note,
} as const;

export const WASTE_COLUMNS = {
  ...COMMON,
  treatment: ['处理方式', 'Treatment', '处置方式', 'disposal'],
} as const;

export const METER_COLUMNS = {
  start: ['时间', 'Time', '开始时间', '日期时间', '采集时间', 'start time', 'start', 'timestamp', 'datetime'],
  end: ['结束时间', 'End time', 'end'],
  energy: ['电量', 'Energy', '用电量', '有功电量', 'kwh', 'value', 'consumption'],
  unit: COMMON.unit,
  meter: ELECTRICITY_COLUMNS.meter,
} as const;

const nameKey = (text: string): string =>
  foldText(text)
    .toLowerCase()
    .replace(/[\s_]+/g, '');

function matches(name: string, known: readonly string[]): boolean {
  const chinese = name.replace(/[^\p{Script=Han}]+/gu, '');
  const english = name.replace(/\p{Script=Han}+/gu, '');
  const wanted = new Set(known.map(nameKey));
  return [name, chinese, english].map(nameKey).some((each) => each !== '' && wanted.has(each));
}

/** Which sheet of the template a sheet's name stands for; `readme` holds no data; null is not known. */
export function readSheetName(name: string): SheetKind | 'readme' | null {
  for (const kind of Object.keys(SHEET_NAMES) as SheetKind[]) {
    if (matches(name, SHEET_NAMES[kind])) return kind;
  }
  return matches(name, README_SHEETS) ? 'readme' : null;
}
