/** What a workbook may name: codes with their names in Chinese and English, and the dimension that measures them. */
import type { Dimension } from '#lib/quantity';
import type { ActivityKind, Names } from './activity.ts';
import { foldText } from './cell.ts';

export interface Item {
  readonly code: string;
  readonly kind: ActivityKind;
  readonly name: Names;
  readonly dimensions: readonly Dimension[];
  /** Further names, folded to lower case. */
  readonly also: readonly string[];
}

const item = (
  kind: ActivityKind,
  code: string,
  zh: string,
  en: string,
  dimensions: readonly Dimension[],
  also: readonly string[] = [],
): Item => ({ code, kind, name: { zh, en }, dimensions, also });

export const ITEMS: readonly Item[] = [
  item(
    'electricity',
    'grid-electricity',
    '外购电',
    'purchased electricity',
    ['energy'],
    ['外购', '外购电力', '市电', '电网', '购电', 'grid', 'grid electricity', 'purchased'],
  ),
  item(
    'electricity',
    'pv-self-use',
    '光伏自用电',
    'roof PV, self-used',
    ['energy'],
    ['光伏', '光伏自用', '自发自用', '屋顶光伏', 'pv', 'solar', 'pv self-use'],
  ),
  item(
    'electricity',
    'line-electricity',
    '产线用电',
    'electricity of the line',
    ['energy'],
    ['产线', '生产线', '生产', 'line', 'production line'],
  ),
  item(
    'electricity',
    'shared-electricity',
    '公用设备用电',
    'shared loads',
    ['energy'],
    [
      '公用',
      '公用设备',
      '空压机',
      '照明',
      '空压机和照明',
      '空压机、照明',
      'shared',
      'compressors',
      'lighting',
      'compressors and lighting',
    ],
  ),
  item('fuel', 'natural-gas', '天然气', 'natural gas', ['volume', 'energy'], ['管道天然气', 'gas', 'ng']),
  item('fuel', 'diesel', '柴油', 'diesel', ['volume', 'energy'], ['diesel fuel']),
  item('fuel', 'lpg', '液化石油气', 'LPG', ['mass', 'energy'], ['液化气', 'liquefied petroleum gas']),
  item('heat', 'steam', '外购蒸汽', 'purchased steam', ['energy'], ['蒸汽', 'steam', 'heat', '热力']),
  item(
    'material',
    'bagasse-pulp',
    '甘蔗浆',
    'bagasse pulp',
    ['mass'],
    ['蔗渣浆', '甘蔗渣浆', '甘蔗浆板', 'sugarcane pulp'],
  ),
  item('material', 'bamboo-pulp', '竹浆', 'bamboo pulp', ['mass'], ['竹浆板']),
  item(
    'material',
    'process-additive',
    '助剂',
    'process additive',
    ['mass'],
    ['防水防油剂', '防油剂', 'additive'],
  ),
  item(
    'packaging',
    'corrugated-board',
    '瓦楞纸箱',
    'corrugated board',
    ['mass'],
    ['纸箱', '瓦楞纸板', '纸板', 'board', 'carton', 'cartons'],
  ),
  item(
    'packaging',
    'pe-film',
    'PE 薄膜',
    'PE film',
    ['mass'],
    ['pe膜', '塑料膜', '薄膜', '热收缩膜', 'film', 'plastic film'],
  ),
  item('transport', 'road-inbound', '公路运输（进厂）', 'road transport, inbound', ['freight']),
  item('transport', 'road-outbound', '公路运输（出厂）', 'road transport, outbound', ['freight']),
  item('transport', 'sea-inbound', '海运（进厂）', 'sea transport, inbound', ['freight']),
  item('transport', 'sea-outbound', '海运（出厂）', 'sea transport, outbound', ['freight']),
  item('waste', 'pulp-scrap-recycled', '纸浆边角料（回收）', 'pulp scrap, recycled', ['mass']),
  item('waste', 'mixed-waste-incinerated', '一般工业垃圾（焚烧）', 'mixed waste, incinerated', ['mass']),
  item('waste', 'mixed-waste-landfilled', '一般工业垃圾（填埋）', 'mixed waste, landfilled', ['mass']),
  item('output', 'product', '产量', 'output', ['count', 'mass']),
];

const key = (text: string): string => foldText(text).toLowerCase().replace(/\s+/g, ' ');

const BY_NAME: ReadonlyMap<string, Item> = new Map(
  ITEMS.flatMap((each) =>
    [each.code, each.name.zh, each.name.en, ...each.also].map((name) => [key(name), each] as const),
  ),
);

/** The item a cell names among those of the given kinds, or null. */
export function readItem(text: string, kinds: readonly ActivityKind[]): Item | null {
  const found = BY_NAME.get(key(text));
  return found !== undefined && kinds.includes(found.kind) ? found : null;
}

export function itemByCode(code: string): Item {
  const found = ITEMS.find((each) => each.code === code);
  if (found === undefined) throw new Error(`no item ${code}`);
  return found;
}

export const namesOf = (kinds: readonly ActivityKind[]): string =>
  ITEMS.filter((each) => kinds.includes(each.kind))
    .map((each) => `${each.name.zh} ${each.name.en}`)
    .join(', ');
