/**
 * Is a good in Annex I to Regulation (EU) 2023/956? Decided from the code alone, never from a table of default values:
 * those have listed codes that Annex I does not.
 */
import { ANNEX_I, type Category, CN_EDITION, WHOLE_HEADINGS } from './annex1.ts';
import { type Bilingual, CATEGORIES, isCategory } from './category.ts';
import { CbamError, shown } from './errors.ts';

export type Scope = {
  /** Digits only: 4, 6, 8 or 10. */
  readonly cn: string;
  readonly edition: typeof CN_EDITION;
  readonly reason: Bilingual;
} & (
  | {
      readonly state: 'in';
      readonly category: Category | null;
      /** Codes that Annex I lists below this one; one or none for eight digits and more. */
      readonly codes: number;
      /** A default value can only be found with the ten-digit TARIC code. */
      readonly needsTaric: boolean;
      readonly duty: Duty;
    }
  | { readonly state: 'out' }
  | { readonly state: 'needs-more-digits'; readonly codes: number }
);

/** Who must act if a good is in scope. */
export interface Duty {
  /** Tonnes a year and importer that are free of duty; null where no such threshold exists. */
  readonly freeTonnesPerImporterAndYear: '50' | null;
  readonly who: Bilingual;
}

/** CN 2026 splits this code; the edition of the list still has it whole. */
const SPLIT_2026: Readonly<Record<string, readonly string[]>> = {
  '31021010': ['31021012', '31021015', '31021019'],
};

/** Split at TARIC level by Implementing Regulation (EU) 2026/1740. */
export const TARIC_SPLITS: Readonly<Record<string, Bilingual>> = {
  '2507008080': { zh: '煅烧高岭土', en: 'calcined kaolinic clay' },
  '2523100010': { zh: '白水泥熟料', en: 'white clinker' },
  '2523100090': { zh: '其他熟料', en: 'other clinker' },
  '2523900010': { zh: '白色水硬性水泥', en: 'white hydraulic cement' },
  '2523900090': { zh: '其他水硬性水泥', en: 'other hydraulic cement' },
};

/** Goods that people ask about and that Annex I does not hold. */
const NEIGHBOURS: readonly (readonly [string, Bilingual])[] = [
  ['7323', { zh: '钢铁制餐具、厨房用品', en: 'table and kitchen articles of iron or steel' }],
  ['7615', { zh: '铝制餐具、厨房用品', en: 'table and kitchen articles of aluminium' }],
  ['7602', { zh: '铝废碎料', en: 'aluminium waste and scrap' }],
  ['7204', { zh: '钢铁废碎料', en: 'ferrous waste and scrap' }],
  ['9405', { zh: '灯具', en: 'lamps and lighting fittings' }],
  ['8539', { zh: '灯泡、LED 光源', en: 'lamps and LED light sources' }],
  ['9503', { zh: '玩具', en: 'toys' }],
  ['39', { zh: '塑料制品', en: 'plastics' }],
  ['48', { zh: '纸和纸制品', en: 'paper and paperboard' }],
  ['44', { zh: '木、竹制品', en: 'wood and bamboo' }],
  ...['50', '51', '52', '53', '54', '55', '56', '57', '58', '59', '60', '61', '62', '63'].map(
    (chapter): readonly [string, Bilingual] => [chapter, { zh: '纺织品', en: 'textiles' }],
  ),
];

const CODES: ReadonlyMap<string, Category> = new Map(
  Object.entries(ANNEX_I).flatMap(([category, codes]) =>
    isCategory(category) ? codes.split(' ').map((code): [string, Category] => [code, category]) : [],
  ),
);

/** Digits of a code as people write it: `7615 10 80`, `7615.10.80`, `761510`. @throws {CbamError} cbam/malformed-cn */
export function parseCn(text: unknown, pointer = ''): string {
  const digits = typeof text === 'string' && text.length <= 20 ? text.replace(/[\s.\u00a0]/g, '') : '';
  if (/^(\d{4}|\d{6}|\d{8}|\d{10})$/.test(digits)) return digits;
  throw new CbamError(
    'cbam/malformed-cn',
    pointer,
    `${shown(text)} is no commodity code`,
    'give 4, 6, 8 or 10 digits as on the customs declaration',
  );
}

/** The category of an eight-digit code, or null if Annex I does not list it. */
export function categoryOf(cn: string): Category | null {
  const code = cn.slice(0, 8);
  const listed = CODES.get(code);
  if (listed !== undefined) return listed;
  const parent = Object.entries(SPLIT_2026).find(([, children]) => children.includes(code));
  return parent === undefined ? null : (CODES.get(parent[0]) ?? null);
}

/** @throws {CbamError} cbam/malformed-cn */
export function isInScope(text: string): Scope {
  const cn = parseCn(text);
  const edition = CN_EDITION;
  const below = [...CODES].filter(([code]) => code.startsWith(cn.slice(0, 8)));
  const isWhole = WHOLE_HEADINGS.some((heading) => cn.startsWith(heading));
  const category = cn.length >= 8 ? categoryOf(cn) : sameCategory(below.map(([, each]) => each));
  if (cn.length >= 8 ? category !== null || isWhole : isWhole) {
    return inScope(cn, category, below.length);
  }
  if (cn.length < 8 && below.length > 0) {
    const reason = {
      zh: `${spaced(cn)} 下只有一部分编码（${below.length} 个）列入附件一，请给出 8 位编码。`,
      en: `Only some codes below ${spaced(cn)} (${below.length}) are in Annex I; give all 8 digits.`,
    };
    return { state: 'needs-more-digits', cn, edition, codes: below.length, reason };
  }
  const neighbour = NEIGHBOURS.find(([heading]) => cn.startsWith(heading))?.[1];
  const named =
    neighbour === undefined ? { zh: '', en: '' } : { zh: `（${neighbour.zh}）`, en: ` (${neighbour.en})` };
  const reason = {
    zh: `${spaced(cn)}${named.zh} 不在附件一：该商品没有碳关税（CBAM）义务。`,
    en: `${spaced(cn)}${named.en} is not in Annex I: no CBAM duty for this good.`,
  };
  return { state: 'out', cn, edition, reason };
}

function inScope(cn: string, category: Category | null, codes: number): Scope {
  const name = category === null ? null : CATEGORIES[category].name;
  const unlisted = cn.length >= 8 && categoryOf(cn) === null;
  const split = SPLIT_2026[cn.slice(0, 8)];
  const needsTaric = cn.length < 10 && Object.keys(TARIC_SPLITS).some((code) => code.startsWith(cn));
  const zh = [
    `${spaced(cn)} 在附件一${name === null ? '' : `（${name.zh}）`}。`,
    unlisted ? '其品目整体列入，但 2024 版目录没有此编码，请核对编码。' : '',
    split === undefined ? '' : `2026 版目录把它分为 ${split.map(spaced).join('、')}。`,
    needsTaric ? '查默认值需要 10 位 TARIC 编码。' : '',
  ];
  const en = [
    `${spaced(cn)} is in Annex I${name === null ? '' : ` (${name.en})`}.`,
    unlisted ? 'Its heading is in whole, yet CN 2024 has no such code: check the code.' : '',
    split === undefined ? '' : `CN 2026 splits it into ${split.map(spaced).join(', ')}.`,
    needsTaric ? 'Default values ask for the ten-digit TARIC code.' : '',
  ];
  return {
    state: 'in',
    cn,
    edition: CN_EDITION,
    category,
    codes,
    needsTaric,
    duty: dutyOf(cn),
    reason: { zh: zh.join(''), en: en.filter((each) => each !== '').join(' ') },
  };
}

function dutyOf(cn: string): Duty {
  if (cn.startsWith('2716') || cn.startsWith('2804')) {
    return {
      freeTonnesPerImporterAndYear: null,
      who: {
        zh: '由欧盟进口商申报并购买证书；电力和氢没有 50 吨豁免。工厂提供隐含排放数据和核查报告。',
        en: 'The EU importer declares and buys certificates; there is no 50 t threshold for electricity and hydrogen. The producer supplies embedded emissions and the verification report.',
      },
    };
  }
  return {
    freeTonnesPerImporterAndYear: '50',
    who: {
      zh: '由欧盟进口商申报并购买证书，条件是该进口商一年内进口的附件一商品（不含电力和氢）合计超过 50 吨；不超过则免除。工厂不申报，只提供隐含排放数据和核查报告。请问进口商是否超过 50 吨。',
      en: 'The EU importer declares and buys certificates if its Annex I goods of one calendar year, all together without electricity and hydrogen, exceed 50 t; at or below 50 t it is exempt. The producer declares nothing but supplies embedded emissions and the verification report. Ask the importer whether it is above 50 t.',
    },
  };
}

const sameCategory = (all: readonly Category[]): Category | null =>
  all[0] !== undefined && all.every((each) => each === all[0]) ? all[0] : null;

/** `73181542` → `7318 15 42`. */
export const spaced = (cn: string): string =>
  [cn.slice(0, 4), ...(cn.slice(4).match(/\d{2}/g) ?? [])].join(' ');
