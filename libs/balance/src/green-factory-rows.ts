/**
 * GB/T 36132-2025, rows of the general table as data. Structure and scoring rule stand in three independent
 * restatements; the weights are the example of table C.1, not a norm; base and lead values and the formula texts of
 * annex B were not found, so thresholds are loaded by the user and the rows only name the formula.
 */

export type RowKind = 'higher' | 'lower' | 'qualitative';

export interface GreenFactoryRow {
  readonly no: string;
  readonly zh: string;
  readonly en: string;
  /** Ways of scoring that the table allows; the loaded threshold says which one is used. */
  readonly kinds: readonly RowKind[];
  readonly weightExample: string;
  readonly formula: string | null;
}

const row = (
  no: string,
  zh: string,
  en: string,
  kinds: readonly RowKind[],
  weightExample: string,
  formula: string | null = null,
): GreenFactoryRow => ({ no, zh, en, kinds, weightExample, formula });

export const GREEN_FACTORY_TABLE = {
  id: 'gbt-36132-2025-general-1',
  standard: 'GB/T 36132-2025',
  validFrom: '2025-12-31',
  source: 'public restatements of the standard and of its table C.1; text of the standard not read',
  grade: 'second-hand',
  rows: [
    row('1', '能源消耗强度', 'energy intensity', ['lower'], '8', 'B.1'),
    row('2', '碳排放强度', 'carbon intensity', ['lower'], '8', 'B.3'),
    row('3', '可再生能源利用率', 'renewable share', ['higher'], '8', 'B.5'),
    row('4', '能碳管理系统平台功能符合数量', 'functions of the energy-carbon platform', ['higher'], '6'),
    row('5', '节约原材料 / 原材料消耗强度', 'material use', ['qualitative', 'lower'], '8', 'B.6'),
    row('6', '取水强度', 'water intake', ['lower'], '8', 'B.8'),
    row('7', '工业用水重复利用率', 'water re-use', ['higher'], '8', 'B.10'),
    row('8', '一般工业固体废物综合利用率', 'solid-waste recovery', ['higher'], '6', 'B.11'),
    row('9', '生产工艺设备先进性', 'process equipment', ['higher', 'qualitative'], '6'),
    row('10', '绿色低碳改造升级', 'green retrofits of the last three years', ['higher'], '4'),
    row('11', '主要污染物排放', 'main pollutants', ['lower', 'higher'], '6', 'B.20-B.23'),
    row('12', '绿色设计', 'eco-design', ['qualitative'], '8'),
    row('13', '产品碳足迹', 'share of product classes with a footprint', ['higher'], '8'),
    row('14', '土地产出率', 'land output', ['higher'], '8', 'B.24-B.26'),
  ],
  /** Functions of row 4, as one public restatement of 工信厅节〔2025〕13号 lists them. */
  platformFunctions: [
    '能耗查询',
    '能源消费量和强度计算',
    '能源消费分析与用能策略推荐',
    '能效对标',
    '能流分析',
    '能效平衡与优化',
    '用能与碳排放预算管理',
    '碳排放核算',
    '碳足迹核算',
    '供应链碳管理',
    '碳核查支撑',
    '碳资产管理',
  ],
  vetoes: [
    {
      id: 'registered-manufacturer',
      zh: '在中国境内注册、制造业 (GB/T 4754)',
      en: 'registered manufacturer in China (GB/T 4754)',
    },
    { id: 'quality-management', zh: 'GB/T 19001 质量管理体系', en: 'quality management, GB/T 19001' },
    {
      id: 'safety-management',
      zh: 'GB/T 45001 职业健康安全管理体系',
      en: 'health and safety management, GB/T 45001',
    },
    {
      id: 'environmental-management',
      zh: 'GB/T 24001 环境管理体系',
      en: 'environmental management, GB/T 24001',
    },
    { id: 'energy-management', zh: 'GB/T 23331 能源管理体系', en: 'energy management, GB/T 23331' },
    {
      id: 'no-banned-equipment',
      zh: '无国家明令淘汰工艺设备',
      en: 'no process or equipment that the state has banned',
    },
    {
      id: 'discharge-permit',
      zh: '依法取得排污许可证，排放符合许可要求',
      en: 'discharge permit held and kept to',
    },
    {
      id: 'no-larger-incident',
      zh: '近三年无较大及以上安全、环境事故',
      en: 'three years without a larger safety or environmental incident',
    },
  ],
} as const satisfies {
  readonly rows: readonly GreenFactoryRow[];
  readonly vetoes: readonly { readonly id: string; readonly zh: string; readonly en: string }[];
  readonly [other: string]: unknown;
};
