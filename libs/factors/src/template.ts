/**
 * Templates of a sector: what to ask a factory, in plain words, and which factors an answer counts with. Where no
 * published figure is at hand the list is empty and only a supplier's own figure will do; nothing is guessed.
 */
import type { Names } from '#lib/evidence';
import {
  add,
  compare,
  convert,
  type Dimension,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  type Quantity,
  type Rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import { FactorsError } from './errors.ts';

export type TemplateStage =
  | 'materials'
  | 'inbound-transport'
  | 'electricity'
  | 'heat'
  | 'packaging'
  | 'waste'
  | 'outbound-transport';

export interface TemplateItem {
  readonly code: string;
  readonly name: Names;
  readonly question: Names;
  /** Null for what was made. */
  readonly stage: TemplateStage | null;
  /** What may measure it. */
  readonly dimensions: readonly Dimension[];
  /** Short names of factors by dimension: one life-cycle factor, or direct and upstream ones together. */
  readonly factors: Readonly<Partial<Record<Dimension, readonly string[]>>>;
  /** Short name of the factor of the recycled share, where one is published; then the share is asked too. */
  readonly recycled: string | null;
  /** The product is made of it; lubricants and water are used up on the way. */
  readonly inProduct: boolean;
}

export interface SectorTemplate {
  readonly id: string;
  readonly name: Names;
  readonly declaredUnit: Quantity;
  readonly criteria: readonly string[];
  readonly items: readonly TemplateItem[];
  /** Electricity per kilogram of product: a wide band of our own, only to notice a unit a thousand times off. */
  readonly expected: {
    readonly low: string;
    readonly high: string;
    readonly unit: 'kWh';
    readonly per: 'kg';
  };
  /** A made-up factory-year to try the template with. Never a figure of any real factory. */
  readonly demonstration: {
    readonly label: 'synthetic';
    readonly product: Quantity;
    readonly mass: Quantity;
    readonly use: readonly DemonstrationUse[];
  };
}

export interface DemonstrationUse {
  readonly item: string;
  readonly quantity: Quantity;
  /** Percent of recycled material in it, or null. */
  readonly recycledShare: string | null;
}

export const use = (
  item: string,
  value: string,
  unit: Quantity['unit'],
  recycledShare: string | null = null,
): DemonstrationUse => ({ item, quantity: { value, unit }, recycledShare });

export const item = (
  stage: TemplateStage | null,
  code: string,
  name: readonly [zh: string, en: string],
  question: readonly [zh: string, en: string],
  factors: TemplateItem['factors'],
  more: {
    readonly recycled?: string;
    readonly dimensions?: readonly Dimension[];
    readonly inProduct?: boolean;
  } = {},
): TemplateItem => ({
  code,
  name: { zh: name[0], en: name[1] },
  question: { zh: question[0], en: question[1] },
  stage,
  dimensions: more.dimensions ?? (Object.keys(factors) as Dimension[]),
  factors,
  recycled: more.recycled ?? null,
  inProduct: more.inProduct ?? false,
});

/** A material by weight and its recycled share; the factor of that share where one is published. */
export const material = (
  code: string,
  name: readonly [zh: string, en: string],
  factor: string | null,
  recycled?: string,
  inProduct = true,
): TemplateItem =>
  item(
    'materials',
    code,
    name,
    [
      `这一年用了多少${name[0]}？看领料单或进货单的重量。再生料占百分之几？要有供应商的证明，没有就填 0。`,
      `How much ${name[1]} was used this year, by weight, and what percent of it is recycled? The supplier must show it.`,
    ],
    factor === null ? {} : { mass: [factor] },
    { dimensions: ['mass'], inProduct, ...(recycled === undefined ? {} : { recycled }) },
  );

/** What every factory is asked: electricity, fuels, packaging, transport, waste, output. */
export const COMMON_ITEMS: readonly TemplateItem[] = [
  item(
    null,
    'product',
    ['产量', 'output'],
    ['这一年做了多少个成品？合格入库的才算。', 'How many good products were made this year?'],
    {},
    { dimensions: ['count', 'mass'] },
  ),
  item(
    'electricity',
    'grid-electricity',
    ['外购电', 'purchased electricity'],
    [
      '这一年从电网买了多少度电？看供电局的电费单。',
      'How much electricity was bought from the grid? See the bills.',
    ],
    { energy: ['cn-grid-2024'] },
  ),
  item(
    'electricity',
    'pv-self-use',
    ['光伏自用电', 'roof PV, self-used'],
    [
      '屋顶光伏自己用掉了多少度？卖给电网的不算。',
      'How much roof PV electricity was used on site? What was sold does not count.',
    ],
    { energy: ['cn-pv-2024'] },
  ),
  item(
    'heat',
    'natural-gas',
    ['天然气', 'natural gas'],
    ['用了多少方天然气？看燃气账单。', 'How much natural gas was burnt? See the bills.'],
    {
      volume: ['uk-natural-gas-m3-direct', 'uk-natural-gas-m3-upstream'],
      energy: ['uk-natural-gas-kWh-direct', 'uk-natural-gas-kWh-upstream'],
    },
  ),
  item(
    'heat',
    'diesel',
    ['柴油', 'diesel'],
    ['叉车和锅炉用了多少升柴油？', 'How many litres of diesel did forklifts and boilers burn?'],
    {
      volume: ['uk-diesel-L-direct', 'uk-diesel-L-upstream'],
      mass: ['uk-diesel-t-direct', 'uk-diesel-t-upstream'],
    },
  ),
  item(
    'heat',
    'lpg',
    ['液化石油气', 'LPG'],
    [
      '用了多少液化气？按瓶的话，每瓶多少公斤？',
      'How much LPG was burnt? If by bottle: how many kilograms in one?',
    ],
    { mass: ['uk-lpg-t-direct', 'uk-lpg-t-upstream'] },
  ),
  item(
    'heat',
    'steam',
    ['外购蒸汽', 'purchased steam'],
    ['买了多少蒸汽？最好用热量（GJ）。', 'How much steam was bought, best as heat (GJ)?'],
    { energy: ['uk-steam-direct', 'uk-steam-losses', 'uk-steam-upstream', 'uk-steam-losses-upstream'] },
  ),
  item(
    'packaging',
    'corrugated-board',
    ['瓦楞纸箱', 'corrugated board'],
    [
      '装货用了多少纸箱？每个箱子多重？再生纸占百分之几？',
      'How many cartons were used, how heavy is one, what percent is recycled?',
    ],
    { mass: ['uk-board'] },
    { recycled: 'uk-board-recycled-content' },
  ),
  item(
    'packaging',
    'pe-film',
    ['PE 薄膜', 'PE film'],
    ['用了多少塑料袋和缠绕膜？按重量。', 'How much plastic film and bags, by weight?'],
    { mass: ['uk-pe-film'] },
    { recycled: 'uk-pe-film-recycled-content' },
  ),
  item(
    'inbound-transport',
    'road-inbound',
    ['公路运输（进厂）', 'road transport, inbound'],
    [
      '原料从哪里运来？每趟几吨、几公里？',
      'From where do materials come: tonnes and kilometres of each trip?',
    ],
    { freight: ['uk-hgv-all-direct', 'uk-hgv-all-upstream'] },
  ),
  item(
    'outbound-transport',
    'road-outbound',
    ['公路运输（出厂）', 'road transport, outbound'],
    ['成品运到港口几吨、几公里？', 'How many tonnes over how many kilometres to the port?'],
    { freight: ['uk-hgv-direct', 'uk-hgv-upstream'] },
  ),
  item(
    'outbound-transport',
    'sea-outbound',
    ['海运（出厂）', 'sea transport, outbound'],
    ['从哪个港口到哪个港口？多少吨？', 'From which port to which, and how many tonnes?'],
    { freight: ['uk-container-ship-direct', 'uk-container-ship-upstream'] },
  ),
  item(
    'waste',
    'mixed-waste-incinerated',
    ['一般工业垃圾（焚烧）', 'mixed waste, incinerated'],
    ['有多少垃圾拉去烧了？', 'How much waste went to incineration?'],
    { mass: ['uk-waste-incinerated'] },
  ),
  item(
    'waste',
    'mixed-waste-landfilled',
    ['一般工业垃圾（填埋）', 'mixed waste, landfilled'],
    ['有多少垃圾拉去埋了？', 'How much waste went to landfill?'],
    { mass: ['uk-waste-landfilled'] },
  ),
];

/** kWh per kg of product where it lies outside the template's band, 3 decimals; null inside: a unit to ask about. */
export function unusualElectricity(template: SectorTemplate, kWh: Rational, kg: Rational): string | null {
  const perKg = divide(kWh, kg);
  const { low, high } = template.expected;
  const inside = compare(perKg, parseDecimal(low)) >= 0 && compare(perKg, parseDecimal(high)) <= 0;
  return inside ? null : formatDecimal(perKg, 3);
}

export interface MaterialShare {
  readonly code: string;
  /** Part of all materials by mass, 0 to 1, and the recycled part of the material itself; 4 decimals. */
  readonly massFraction: string;
  readonly recycledFraction: string;
}

/**
 * Splits a material into its virgin and its recycled part, kilograms.
 * @throws {FactorsError} factors/malformed-record for a percent outside 0 to 100
 */
export function splitRecycled(
  mass: Quantity,
  sharePercent: string,
): { readonly virgin: Rational; readonly recycled: Rational } {
  const share = divide(parseDecimal(sharePercent), { n: 100n, d: 1n });
  if (share.n < 0n || compare(share, { n: 1n, d: 1n }) > 0)
    throw new FactorsError(
      'factors/malformed-record',
      '/recycledShare',
      `${sharePercent} is no percent from 0 to 100`,
      'state the recycled share of the material, e.g. 30',
    );
  const kg = convert(parseDecimal(mass.value), mass.unit, 'kg');
  const recycled = multiply(kg, share);
  return { virgin: subtract(kg, recycled), recycled };
}

/** What a passport says of its materials: fractions by mass with the recycled part of each; packaging is none. */
export function materialProvenance(
  template: SectorTemplate,
  used: readonly DemonstrationUse[],
): readonly MaterialShare[] {
  const materials = used.flatMap((each) => {
    const found = template.items.find(({ code }) => code === each.item);
    if (found?.inProduct !== true) return [];
    const parts = splitRecycled(each.quantity, each.recycledShare ?? '0');
    return [{ code: each.item, kg: add(parts.virgin, parts.recycled), recycled: parts.recycled }];
  });
  const total = materials.reduce((so, { kg }) => add(so, kg), ZERO);
  if (total.n === 0n) return [];
  return materials.map(({ code, kg, recycled }) => ({
    code,
    massFraction: formatDecimal(divide(kg, total), 4),
    recycledFraction: kg.n === 0n ? '0.0000' : formatDecimal(divide(recycled, kg), 4),
  }));
}
