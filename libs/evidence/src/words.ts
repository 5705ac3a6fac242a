/** Closed sets of words that cells may hold: states, grades, lines, directions, modes, treatments. */
import type { ActivityState, Line, SourceGrade } from './activity.ts';
import { foldText } from './cell.ts';

/** `code: names` in lower case; a cell matches a name exactly after folding. */
function reader<T extends string>(words: readonly (readonly [T, ...string[]])[]) {
  const byName = new Map(
    words.flatMap(([code, ...names]) => [code, ...names].map((name) => [name, code] as const)),
  );
  return {
    read: (text: string): T | null => byName.get(foldText(text).toLowerCase()) ?? null,
    wanted: words.map(([code, ...names]) => names[0] ?? code).join(', '),
  };
}

export const STATES = reader<ActivityState>([
  ['value', '实测', '正常', 'measured', 'actual'],
  ['zero', '零', '确认为零', 'confirmed zero'],
  ['missing', '缺失', '无数据', 'no data'],
  ['estimated', '估算', '估计', 'estimate'],
]);

export const GRADES = reader<SourceGrade>([
  ['bill', '账单', '发票', 'invoice'],
  ['file', '导出文件', '系统导出', 'export'],
  ['manual', '手工', '手工记录', '台账', 'ledger'],
  ['archive', '归档', '历史数据'],
  ['signed-meter', '签名电表', 'signed meter'],
  ['api', '接口'],
]);

export const DIRECTIONS = reader<'inbound' | 'outbound'>([
  ['inbound', '进厂', '进货', '入厂', 'in'],
  ['outbound', '出厂', '出货', '发货', 'out'],
]);

export const MODES = reader<'road' | 'sea'>([
  ['road', '公路', '汽运', '卡车', '货车', 'truck'],
  ['sea', '海运', '船运', 'ship', 'vessel'],
]);

/** Treatment of mixed waste, or recycling of the factory's own scrap. */
export const TREATMENTS = reader<
  'pulp-scrap-recycled' | 'mixed-waste-incinerated' | 'mixed-waste-landfilled'
>([
  ['pulp-scrap-recycled', '回收', '边角料回收', '再生利用', 'recycled', 'recycling'],
  ['mixed-waste-incinerated', '焚烧', '焚烧发电', 'incinerated', 'incineration'],
  ['mixed-waste-landfilled', '填埋', '卫生填埋', 'landfilled', 'landfill'],
]);

/** `L1`, `1号线`, `一线`, `Line 1`, `公用`; null if the cell names no line. */
export function readLine(text: string): Line | null {
  const folded = foldText(text).toLowerCase().replace(/\s+/g, '');
  if (['shared', '公用', '共用', '全厂', 'all', 'facility'].includes(folded)) return 'shared';
  const match = /^(?:l|line|产线|生产线)?([1-9]\d?)(?:号线|#|#线|线|号)?$/.exec(folded);
  if (match !== null) return `L${Number(match[1])}`;
  const chinese = /^(?:产线|生产线)?([一二三四五六七八九])(?:号线|线)?$/.exec(folded);
  return chinese === null ? null : `L${'一二三四五六七八九'.indexOf(chinese[1] ?? '') + 1}`;
}
