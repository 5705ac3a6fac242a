/** Codes, messages and remedies of everything an import refuses. Codes are public: never renamed, never reused. */
import type { Names } from './activity.ts';
import type { Place, Refusal } from './draft.ts';

interface Text {
  readonly message: Names;
  readonly remedy: Names;
}

const text = (zh: string, en: string, remedyZh: string, remedyEn: string): Text => ({
  message: { zh, en },
  remedy: { zh: remedyZh, en: remedyEn },
});

// {seen} and {wanted} are filled with the values of the case.
const TEXTS = {
  'evidence/no-known-sheet': text(
    '没有找到可识别的工作表：{seen}',
    'no sheet of this workbook is known: {seen}',
    '使用模板的工作表名：{wanted}',
    'name the sheets as the template does: {wanted}',
  ),
  'evidence/missing-header': text(
    '前 20 行内没有找到表头',
    'no header row in the first 20 rows',
    '表头至少包含：{wanted}',
    'the header row holds at least: {wanted}',
  ),
  'evidence/missing-column': text(
    '缺少列：{wanted}',
    'column missing: {wanted}',
    '按模板补上该列',
    'add the column as in the template',
  ),
  'evidence/duplicate-column': text(
    '同一列出现两次：{seen}',
    'column stands twice: {seen}',
    '删除或改名其中一列',
    'remove or rename one of the two',
  ),
  'evidence/no-rows': text(
    '表中没有数据行',
    'the table has no data rows',
    '填写至少一行',
    'fill in at least one row',
  ),
  'evidence/too-many-activities': text(
    '数据行过多：{seen} 行，最多 {wanted} 行',
    'too many rows: {seen}, at most {wanted}',
    '按月汇总后再导入',
    'sum the rows by month and import again',
  ),
  'evidence/formula-error': text(
    '单元格是公式错误：{seen}',
    'the cell holds a formula error: {seen}',
    '修正公式，或粘贴为数值后重新保存',
    'correct the formula, or paste the value and save again',
  ),
  'evidence/malformed-number': text(
    '无法读作数字：{seen}',
    'not a number: {seen}',
    '只填数字，例如 1234.5',
    'write digits only, for example 1234.5',
  ),
  'evidence/ambiguous-number': text(
    '数字写法有歧义：{seen}',
    'the number can be read in two ways: {seen}',
    '小数点用“.”，千位分隔用“,”，例如 1,234.5',
    'use "." as the decimal point and "," between thousands, for example 1,234.5',
  ),
  'evidence/too-many-digits': text(
    '数字位数过多：{seen}',
    'the number has too many digits: {seen}',
    '检查数值和单位',
    'check the value and its unit',
  ),
  'evidence/too-long-text': text(
    '文字过长（超过 120 字）：{seen}',
    'the text has more than 120 characters: {seen}',
    '缩短文字',
    'shorten the text',
  ),
  'evidence/negative-quantity': text(
    '数量不能为负：{seen}',
    'a quantity cannot be negative: {seen}',
    '冲红或退料请改写到原账单的行',
    'put reversals and returns into the row of the original bill',
  ),
  'evidence/missing-quantity': text(
    '缺少数量',
    'the quantity is missing',
    '填写数量；确实没有数据时在“状态”列写“缺失”',
    'fill in the quantity; if there is none, write "missing" in the state column',
  ),
  'evidence/missing-unit': text(
    '缺少单位',
    'the unit is missing',
    '填写单位，例如 kWh、t、m3',
    'fill in the unit, for example kWh, t, m3',
  ),
  'evidence/unknown-unit': text(
    '不认识的单位：{seen}',
    'unknown unit: {seen}',
    '改用：{wanted}',
    'use one of: {wanted}',
  ),
  'evidence/wrong-dimension': text(
    '单位 {seen} 不适用于此项',
    'unit {seen} does not measure this item',
    '改用：{wanted}',
    'use a unit of: {wanted}',
  ),
  'evidence/conflicting-unit': text(
    '数量里的单位与单位列不一致：{seen}',
    'the unit behind the number differs from the unit column: {seen}',
    '两处写成同一单位',
    'write the same unit in both places',
  ),
  'evidence/missing-item': text(
    '缺少名称或用途',
    'the item or use is missing',
    '填写：{wanted}',
    'fill in one of: {wanted}',
  ),
  'evidence/unknown-item': text(
    '不认识的名称或用途：{seen}',
    'unknown item or use: {seen}',
    '改用：{wanted}',
    'use one of: {wanted}',
  ),
  'evidence/unknown-line': text(
    '不认识的产线：{seen}',
    'unknown production line: {seen}',
    '写 L1、L2 …，公用写“公用”',
    'write L1, L2 …, or "shared"',
  ),
  'evidence/unknown-word': text(
    '不认识的写法：{seen}',
    'unknown word: {seen}',
    '改用：{wanted}',
    'use one of: {wanted}',
  ),
  'evidence/missing-period': text(
    '缺少期间',
    'the period is missing',
    '填写开始日期和结束日期（含当日），或月份',
    'fill in first day and last day (inclusive), or the month',
  ),
  'evidence/malformed-date': text(
    '无法读作日期：{seen}',
    'not a date: {seen}',
    '写成 2025-01-31',
    'write it as 2025-01-31',
  ),
  'evidence/reversed-period': text(
    '结束日期早于开始日期：{seen}',
    'the last day is before the first: {seen}',
    '检查两个日期',
    'check both dates',
  ),
  'evidence/overlapping-period': text(
    '与第 {seen} 行的期间重叠，会重复计算',
    'the period overlaps row {seen} and would count twice',
    '结束日期写账单的最后一天（含当日），两行之间不重叠',
    'write the last day of the bill (inclusive) so that two rows do not overlap',
  ),
  'evidence/register-backwards': text(
    '止码小于起码：{seen}',
    'the register runs backwards: {seen}',
    '若换过表，填写“旧表止码”和“新表起码”；否则检查读数',
    'if the meter was changed, fill in old meter end and new meter start; else check the readings',
  ),
  'evidence/incomplete-register': text(
    '读数不完整：{seen}',
    'the register reading is incomplete: {seen}',
    '起码、止码、倍率都要填；换表时旧表止码和新表起码成对填写',
    'start, end and multiplier are all needed; for a meter change fill in both old end and new start',
  ),
  'evidence/register-disagrees': text(
    '电量与读数×倍率不一致：{seen}',
    'the quantity differs from readings times multiplier: {seen}',
    '核对读数、倍率和电量，或删去电量列中的值',
    'check readings, multiplier and quantity, or leave the quantity empty',
  ),
  'evidence/grade-not-allowed': text(
    '表格不能自称 {seen}',
    'a table cannot claim to be {seen}',
    '改用：{wanted}',
    'use one of: {wanted}',
  ),
  'evidence/incomplete-supplier-factor': text(
    '供应商因子不完整：{seen}',
    'the supplier figure is incomplete: {seen}',
    '因子、单位、年份、供应商名称和声明文件的 SHA-256 要一起填写',
    'give figure, unit, year, supplier name and the SHA-256 of its statement together',
  ),
  'evidence/not-hourly': text(
    '不是整点：{seen}',
    'not on the hour: {seen}',
    '每小时一行，时间写整点',
    'one row per hour, on the full hour',
  ),
  'evidence/duplicate-hour': text(
    '同一小时出现两次：{seen}',
    'the hour stands twice: {seen}',
    '删除重复的行',
    'remove the repeated row',
  ),
  'evidence/missing-hour': text(
    '缺少小时数据：{seen}',
    'hours are missing: {seen}',
    '从电表系统重新导出完整的月或年',
    'export the whole month or year again from the meter system',
  ),
  'evidence/outside-year': text(
    '时间不在 {wanted} 年内：{seen}',
    'the time is not in the year {wanted}: {seen}',
    '只保留该年的行，或改选年份',
    'keep the rows of that year only, or choose another year',
  ),
  'evidence/partial-month': text(
    '数据不是从月初到月末：{seen}',
    'the hours do not run from the start of a month to the end of a month: {seen}',
    '导出完整的月；若时间是小时结束，列名写“结束时间”',
    'export whole months; if times mark the end of the hour, name the column "end time"',
  ),
} as const satisfies Record<string, Text>;

export type RefusalCode = keyof typeof TEXTS;

/** Makes a refusal; the values seen are cut to a length that fits a message. */
export function refuse(
  code: RefusalCode,
  place: Place,
  values: { seen?: string; wanted?: string } = {},
): Refusal {
  const { message, remedy } = TEXTS[code];
  return { code, ...place, message: fill(message, values), remedy: fill(remedy, values) };
}

function fill({ zh, en }: Names, { seen = '', wanted = '' }: { seen?: string; wanted?: string }): Names {
  const put = (pattern: string) =>
    pattern.replace(/\{(seen|wanted)\}/g, (_, key) => shorten(key === 'seen' ? seen : wanted));
  return { zh: put(zh), en: put(en) };
}

const shorten = (value: string): string => (value.length > 160 ? `${value.slice(0, 157)}...` : value);
