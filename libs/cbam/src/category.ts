/** Aggregated goods categories: sector, unit of the activity level, and whether Annex II counts direct emissions only. */
import { ANNEX_I, type Category } from './annex1.ts';

export type Sector = 'cement' | 'iron-and-steel' | 'aluminium' | 'fertilisers' | 'hydrogen' | 'electricity';

/** The tonne of what stands in the code, of the clinker in a cement, or of the nitrogen in a fertiliser. */
export type FunctionalUnit = 't' | 't clinker' | 't N';

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

interface CategoryFacts {
  readonly sector: Sector;
  /** Annex II to Regulation (EU) 2023/956: only direct emissions count for certificates. */
  readonly directOnly: boolean;
  readonly functionalUnit: FunctionalUnit;
  readonly name: Bilingual;
}

const facts = (
  sector: Sector,
  directOnly: boolean,
  zh: string,
  en: string,
  functionalUnit: FunctionalUnit = 't',
): CategoryFacts => ({ sector, directOnly, functionalUnit, name: { zh, en } });

export const CATEGORIES: Readonly<Record<Category, CategoryFacts>> = {
  'calcined-clays': facts('cement', false, '煅烧粘土', 'Calcined clays'),
  'cement-clinker': facts('cement', false, '水泥熟料', 'Cement clinker'),
  cement: facts('cement', false, '水泥', 'Cement', 't clinker'),
  'aluminous-cement': facts('cement', false, '铝酸盐水泥', 'Aluminous cement'),
  // The one good of the iron and steel sector that Annex II leaves out.
  'sintered-ore': facts('iron-and-steel', false, '烧结矿', 'Sintered ore'),
  'pig-iron': facts('iron-and-steel', true, '生铁', 'Pig iron'),
  'ferro-alloys': facts('iron-and-steel', true, '铁合金（锰、铬、镍）', 'Alloys (FeMn, FeCr, FeNi)'),
  'direct-reduced-iron': facts('iron-and-steel', true, '直接还原铁', 'Direct reduced iron'),
  'crude-steel': facts('iron-and-steel', true, '粗钢', 'Crude steel'),
  'iron-or-steel-products': facts('iron-and-steel', true, '钢铁制品', 'Iron or steel products'),
  'unwrought-aluminium': facts('aluminium', true, '未锻轧铝', 'Unwrought aluminium'),
  'aluminium-products': facts('aluminium', true, '铝制品', 'Aluminium products'),
  hydrogen: facts('hydrogen', true, '氢', 'Hydrogen'),
  ammonia: facts('fertilisers', false, '氨', 'Ammonia'),
  'nitric-acid': facts('fertilisers', false, '硝酸', 'Nitric acid'),
  urea: facts('fertilisers', false, '尿素', 'Urea', 't N'),
  'mixed-fertilisers': facts('fertilisers', false, '复混肥料', 'Mixed fertilisers', 't N'),
  electricity: facts('electricity', true, '电力', 'Electricity'),
};

export const isCategory = (text: string): text is Category => Object.hasOwn(ANNEX_I, text);
