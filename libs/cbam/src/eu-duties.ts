/**
 * What Union law asks of a product and from when, as dated data by commodity code. Only acts that were read or are
 * restated by several sources; a plan is called a plan. Replace a row when its act changes, never the date it was known.
 */
import type { Bilingual } from './category.ts';
import { KNOWN_ON } from './parameters.ts';

export type DutyState = 'in-force' | 'adopted' | 'planned';

export interface EuDuty {
  readonly id: string;
  /** Code prefixes; the goods, not the code, decide in the end. */
  readonly codes: readonly string[];
  readonly except?: readonly string[];
  readonly state: DutyState;
  /** First day it applies, or the year a plan names. */
  readonly from: string;
  readonly what: Bilingual;
  readonly who: Bilingual;
  /** Facts that this duty asks for, by name. */
  readonly needs: readonly NeededField[];
  readonly source: string;
  readonly grade: 'official' | 'second-hand';
  readonly knownOn: string;
}

export interface NeededField {
  readonly key: string;
  readonly label: Bilingual;
}

const need = (key: string, zh: string, en: string): NeededField => ({ key, label: { zh, en } });

const PRODUCT_ID = need('productId', '唯一产品标识（如 GTIN）', 'unique product identifier (e.g. GTIN)');
const OPERATOR_ID = need(
  'operatorId',
  '制造商名称、地址和经营者标识',
  'manufacturer: name, address, operator identifier',
);
const COMMODITY = need('commodityCode', '商品编码', 'commodity code');
const FACILITY = need('facilityId', '工厂标识', 'facility identifier');

const MAKER: Bilingual = {
  zh: '把商品投放欧盟市场的制造商或进口商。',
  en: 'Whoever places it on the Union market: the manufacturer, or the importer.',
};

const plan = (id: string, codes: readonly string[], from: string, zh: string, en: string): EuDuty => ({
  id,
  codes,
  state: 'planned',
  from,
  what: {
    zh: `${zh}：ESPR 工作计划列入，授权法案预计 ${from} 年通过；产品护照要求届时由该法案规定，之后还有过渡期。`,
    en: `${en}: named in the ESPR working plan, delegated act expected in ${from}; whether and when a passport is due will stand in that act, after a transition.`,
  },
  who: MAKER,
  needs: [],
  // The plan names groups of products; it is we who put codes to them.
  source: 'COM(2025) 187 of 16 April 2025 under Regulation (EU) 2024/1781; the plan names no codes',
  grade: 'second-hand',
  knownOn: KNOWN_ON,
});

export const EU_DUTIES: readonly EuDuty[] = [
  {
    id: 'battery-passport',
    // The battery itself, and what people ship it in: electric bicycles and scooters, electric cars.
    codes: ['8507', '871160', '870380'],
    state: 'adopted',
    from: '2027-02-18',
    what: {
      zh: '电池护照：轻型交通工具电池、容量大于 2 kWh 的工业电池、电动汽车电池。装在车里的也算。小型便携电池不需要护照。',
      en: 'Battery passport: batteries of light means of transport, industrial batteries above 2 kWh, electric vehicle batteries, also built in. Small portable batteries need none.',
    },
    who: MAKER,
    needs: [
      PRODUCT_ID,
      OPERATOR_ID,
      FACILITY,
      need('batteryCategory', '电池类别', 'battery category'),
      need('carbonFootprint', '电池碳足迹声明', 'carbon footprint declaration of the battery'),
      need('recycledContent', '再生料含量', 'recycled content'),
    ],
    source: 'Regulation (EU) 2023/1542, Article 77 and Annex XIII',
    grade: 'official',
    knownOn: KNOWN_ON,
  },
  {
    id: 'toy-passport',
    codes: ['9503'],
    state: 'adopted',
    from: '2030-08-01',
    what: {
      zh: '玩具产品护照（取代欧盟符合性声明），附数据载体。',
      en: 'Digital product passport for toys in place of the EU declaration of conformity, with a data carrier.',
    },
    who: { zh: '玩具制造商。', en: 'The manufacturer of the toy.' },
    needs: [
      PRODUCT_ID,
      OPERATOR_ID,
      COMMODITY,
      need('conformity', '适用的欧盟法规和标准', 'Union acts and standards it conforms to'),
    ],
    source: 'Regulation (EU) 2025/2509, Article 19 and Annex VI',
    grade: 'second-hand',
    knownOn: KNOWN_ON,
  },
  plan(
    'espr-iron-and-steel',
    ['72', '7301', '7302', '7303', '7304', '7305', '7306', '7307', '7308'],
    '2026',
    '钢铁（中间产品）',
    'Iron and steel (intermediate products)',
  ),
  plan(
    'espr-aluminium',
    ['7601', '7603', '7604', '7605', '7606', '7607', '7608'],
    '2027',
    '铝（中间产品）',
    'Aluminium (intermediate products)',
  ),
  plan('espr-textiles', ['61', '62'], '2027', '纺织品（以服装为主）', 'Textiles (mainly apparel)'),
  plan('espr-tyres', ['4011'], '2027', '轮胎', 'Tyres'),
  plan('espr-furniture', ['9401', '9403'], '2028', '家具', 'Furniture'),
  plan('espr-mattresses', ['940421', '940429'], '2029', '床垫', 'Mattresses'),
];
