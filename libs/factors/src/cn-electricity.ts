/**
 * Electricity in China, 141 published figures of five kinds that must not be mixed: life-cycle footprint factors in
 * kgCO2e (of the national mix, by source, and of transmission), for products; and average CO2, CO2 without
 * market-traded non-fossil electricity, and CO2 of fossil electricity, for an organisation's inventory.
 *
 * The footprint annex does not say whether the national average already holds transmission; it is not added again.
 */
import type { Names } from '#lib/evidence';
import { type FactorFields, UNKNOWN } from './record.ts';

const DOCUMENTS = {
  footprint2024: 'sha256:68aa11aea4c3d14d2ee1c4859ae03552a986fad529bf7bf59136fa2e078e7718',
  co2of2023: 'sha256:d43b60a3eaad9f3fe59ca37c204d3d0e1b6ea52742a092f0d856971a3f018e5a',
};
const FOOTPRINT_2024 = '生态环境部 MEE, 2024 national electricity carbon footprint factors, annex';
const CO2_2023 =
  '生态环境部、国家统计局 MEE and NBS, announcement published 2025-12-31, annex of 2023 CO2 factors';
const RESTATED =
  'restatement of the announcement of MEE and NBS by the China Products Carbon Footprint Factors Database';
const LICENCE = 'Chinese official document, single figures with source';

// code | 中文 | English | 2021 2022 2023
const PROVINCES = `
BJ|北京|Beijing|0.5688 0.5580 0.5554
TJ|天津|Tianjin|0.7355 0.7041 0.6796
HE|河北|Hebei|0.7901 0.7252 0.6516
SX|山西|Shanxi|0.7222 0.7096 0.6634
NM|内蒙古|Inner Mongolia|0.7025 0.6849 0.6479
LN|辽宁|Liaoning|0.5876 0.5626 0.4878
JL|吉林|Jilin|0.5629 0.4932 0.4671
HL|黑龙江|Heilongjiang|0.6342 0.5368 0.5229
SH|上海|Shanghai|0.5834 0.5849 0.5737
JS|江苏|Jiangsu|0.6451 0.5978 0.5827
ZJ|浙江|Zhejiang|0.5422 0.5153 0.4974
AH|安徽|Anhui|0.7075 0.6782 0.6553
FJ|福建|Fujian|0.4711 0.4092 0.4211
JX|江西|Jiangxi|0.5835 0.5752 0.5836
SD|山东|Shandong|0.6838 0.6410 0.6191
HA|河南|Henan|0.6369 0.6058 0.5897
HB|湖北|Hubei|0.3672 0.4364 0.4044
HN|湖南|Hunan|0.5138 0.4900 0.4976
GD|广东|Guangdong|0.4715 0.4403 0.4419
GX|广西|Guangxi|0.5154 0.4044 0.4476
HI|海南|Hainan|0.4524 0.4184 0.3648
CQ|重庆|Chongqing|0.4743 0.5227 0.5581
SC|四川|Sichuan|0.1255 0.1404 0.1564
GZ|贵州|Guizhou|0.5182 0.4989 0.5683
YN|云南|Yunnan|0.1235 0.1073 0.1333
SN|陕西|Shaanxi|0.6336 0.6558 0.6335
GS|甘肃|Gansu|0.4955 0.4772 0.4471
QH|青海|Qinghai|0.1326 0.1567 0.1796
NX|宁夏|Ningxia|0.6546 0.6423 0.6187
XJ|新疆|Xinjiang|0.6577 0.6231 0.6021`;

const GRID_REGIONS = `
NORTH|华北|North China|0.7120 0.6776 0.6361
NORTHEAST|东北|Northeast China|0.6012 0.5564 0.5122
EAST|华东|East China|0.5992 0.5617 0.5500
CENTRAL|华中|Central China|0.5354 0.5395 0.5271
NORTHWEST|西北|Northwest China|0.5951 0.5857 0.5543
SOUTH|南方|South China|0.4326 0.3869 0.4042
SOUTHWEST|西南|Southwest China|0.2113 0.2268 0.2472`;

const NATIONAL_CO2 = `
grid-co2|全国电力平均二氧化碳排放因子|national average CO2 factor of electricity|0.5568 0.5366 0.5306
grid-co2-unsold|全国电力平均二氧化碳排放因子（不包括市场化交易的非化石能源电量）|national average CO2 factor excluding market-traded non-fossil electricity|0.5942 0.5856 0.6096
grid-co2-fossil|全国化石能源电力二氧化碳排放因子|national CO2 factor of fossil electricity|0.8426 0.8325 0.8273`;

// code | 中文 | English | 2023 2024; - is a figure that was not published
const FOOTPRINT = `
grid|全国电力平均|average national electricity|0.6205 0.5777
coal-power|燃煤发电|coal power|0.9440 0.9240
gas-power|燃气发电|gas power|0.4792 0.4503
hydro|水力发电|hydro power|0.0143 0.0141
nuclear|核能发电|nuclear power|0.0065 0.0065
wind|风力发电|wind power|0.0336 0.0324
pv|光伏发电|photovoltaic power|0.0545 0.0520
csp|光热发电|concentrated solar power|0.0313 0.0312
biomass-power|生物质发电|biomass power|0.0457 0.0404
transmission|输配电（不含线损）|transmission and distribution, without losses|0.0036 0.0046
transmission-losses|输配电（含线损）|transmission and distribution, with losses|- 0.0327`;

type Row = { readonly code: string; readonly name: Names; readonly values: readonly string[] };

const rows = (table: string): readonly Row[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [code = '', zh = '', en = '', values = ''] = line.split('|');
      return { code, name: { zh, en }, values: values.split(' ') };
    });

/** A calendar year in China, which begins at 16:00 UTC. */
export const chinaYear = (year: string) => ({
  start: `${Number(year) - 1}-12-31T16:00:00Z`,
  end: `${year}-12-31T16:00:00Z`,
});

const shared = { ...UNKNOWN, gwp: 'not-stated', licence: LICENCE } as const;

export const inventoryFields = (year: string, region: string, value: string, name: Names): FactorFields => ({
  ...shared,
  name: { zh: `${year} 年${name.zh}`, en: `${name.en}, ${year}` },
  value,
  unit: 'kgCO2/kWh',
  kind: 'inventory-co2',
  region,
  period: chinaYear(year),
  year,
  ...(year === '2023'
    ? { source: CO2_2023, document: DOCUMENTS.co2of2023, grade: 'official' }
    : { source: RESTATED, grade: 'second-hand' }),
});

export const footprintFields = (year: string, value: string, name: Names): FactorFields => ({
  ...shared,
  name: { zh: `${year} 年${name.zh}碳足迹因子`, en: `carbon footprint factor of ${name.en}, ${year}` },
  value,
  unit: 'kgCO2e/kWh',
  kind: 'life-cycle',
  region: 'CN',
  period: chinaYear(year),
  year,
  ...(year === '2024'
    ? { source: FOOTPRINT_2024, document: DOCUMENTS.footprint2024, grade: 'official' }
    : { source: RESTATED, grade: 'second-hand' }),
});

const AVERAGE = '电力平均二氧化碳排放因子';

interface Area {
  /** Kind and level as the tables call them, and the area's name there. */
  readonly kind: string;
  readonly level: string;
  readonly zh: string;
  readonly key: string;
  readonly region: string;
  readonly name: Names;
  readonly values: readonly string[];
}

const placed =
  (level: string) =>
  (row: Row): Area => ({
    kind: 'co2_factor_average',
    level,
    zh: row.name.zh,
    key: `cn-${row.name.en.toLowerCase().replace(' china', '').replaceAll(' ', '-')}-co2`,
    region: `CN-${row.code}`,
    name: { zh: `${row.name.zh}${AVERAGE}`, en: `${row.name.en} average CO2 factor of electricity` },
    values: row.values,
  });

const NATIONAL_KINDS: Readonly<Record<string, string>> = {
  'grid-co2': 'co2_factor_average',
  'grid-co2-unsold': 'co2_factor_excl_market_nonfossil',
  'grid-co2-fossil': 'co2_factor_fossil_only',
};

/** Every kind and area, with its figures by year. */
export const CN_AREAS: readonly Area[] = [
  ...rows(FOOTPRINT).map(({ code, name, values }) => ({
    kind: 'carbon_footprint_factor',
    level: code === 'grid' ? 'national' : 'source',
    zh: code === 'grid' ? '全国' : name.zh,
    key: `cn-${code}`,
    region: 'CN',
    name,
    values,
  })),
  ...rows(NATIONAL_CO2).map(({ code, name, values }) => ({
    kind: NATIONAL_KINDS[code] ?? '',
    level: 'national',
    zh: '全国',
    key: `cn-${code}`,
    region: 'CN',
    name,
    values,
  })),
  ...rows(GRID_REGIONS).map(placed('region')),
  ...rows(PROVINCES).map(placed('province')),
];

/** [short name, record] of every figure. */
export const cnElectricity = (): readonly (readonly [string, FactorFields])[] =>
  CN_AREAS.flatMap(({ kind, key, region, name, values }) => {
    const life = kind === 'carbon_footprint_factor';
    return values.flatMap((value, at) => {
      const year = String((life ? 2023 : 2021) + at);
      const fields = life ? footprintFields(year, value, name) : inventoryFields(year, region, value, name);
      return value === '-' ? [] : [[`${key}-${year}`, fields] as const];
    });
  });
