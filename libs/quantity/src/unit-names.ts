/** How people write units in workbooks and CSV files. Kept apart from the table so that the calculation carries no names. */
import { isUnit, type Unit } from './unit.ts';

const NAMES: readonly (readonly [Unit, ...string[]])[] = [
  ['kWh', '千瓦时', '千瓦·时', '千瓦小时', 'kw.h', 'kw·h', 'kilowatt hour', 'kilowatt hours'],
  ['MWh', '兆瓦时', '兆瓦·时', 'mw.h', 'mw·h', 'megawatt hour', 'megawatt hours'],
  ['GWh', '吉瓦时'],
  ['度', '度电'],
  ['万度', '万千瓦时', '万kwh', '10^4kwh'],
  ['MJ', '兆焦', '兆焦耳'],
  ['GJ', '吉焦', '吉焦耳', '百万千焦'],
  ['TJ', '太焦'],
  ['g', '克', 'gram', 'grams'],
  ['kg', '千克', '公斤', 'kgs', 'kilogram', 'kilograms'],
  ['斤', '市斤'],
  ['t', '吨', 'ton', 'tons', 'tonne', 'tonnes', '公吨'],
  ['L', '升', 'litre', 'litres', 'liter', 'liters'],
  ['m3', 'm³', '立方米', '立方', '方', 'cubic metre', 'cubic metres'],
  ['Nm3', 'nm³', '标方', '标准立方米', '标立方', '标立方米'],
  ['km', '公里', '千米', 'kilometre', 'kilometres', 'kilometer'],
  ['kgkm', 'kg·km', 'kg.km'],
  ['tkm', '吨公里', '吨·公里', '吨千米', 't·km', 't.km', 't km', 'tonne-km', 'tonne.km'],
  ['piece', '件', '个', '只', '片', '张', 'pcs', 'pc', 'pieces', 'piece(s)', 'each'],
  ['万件', '万个', '万只', '万片', '万张'],
  ['h', '小时', '时', 'hour', 'hours'],
];

const byName = (): ReadonlyMap<string, Unit> =>
  new Map(
    NAMES.flatMap(([unit, ...names]) =>
      [unit, ...names].map((name) => [name.normalize('NFKC').toLowerCase(), unit] as const),
    ),
  );

const BY_NAME = /* @__PURE__ */ byName();

/** The unit a cell names, in Chinese or English, any letter case and width; null if it names none we know. */
export function readUnit(text: string): Unit | null {
  const trimmed = text.normalize('NFKC').trim();
  if (isUnit(trimmed)) return trimmed;
  return BY_NAME.get(trimmed.toLowerCase()) ?? null;
}
