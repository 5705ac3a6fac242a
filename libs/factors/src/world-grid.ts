/**
 * Electricity of the countries where exporters' suppliers sit, g per kWh.
 * Our World in Data / Ember, CC BY 4.0: aims at life-cycle emissions of all gases per kWh generated in the country,
 * so without imports and without grid losses. EEA via Our World in Data, re-use with attribution: CO2 per kWh
 * generated, so an inventory figure, and old. Neither is the official factor of its country.
 */
import { divide, formatExact, parseDecimal } from '#lib/quantity';
import { type FactorFields, UNKNOWN } from './record.ts';

// ISO 3166-1 | 中文 | English | year g/kWh
const EMBER = `
VN|越南|Vietnam|2023 475.449
IN|印度|India|2023 713.441
ID|印度尼西亚|Indonesia|2022 675.931
TH|泰国|Thailand|2023 549.583
MY|马来西亚|Malaysia|2022 605.831
BD|孟加拉国|Bangladesh|2023 691.411
KH|柬埔寨|Cambodia|2022 417.707
PK|巴基斯坦|Pakistan|2023 440.608
TR|土耳其|Turkey|2023 464.586
KR|韩国|South Korea|2023 430.567
JP|日本|Japan|2023 485.392
TW|中国台湾|Taiwan|2023 642.378
HK|中国香港|Hong Kong|2022 699.499
SG|新加坡|Singapore|2023 470.783
PH|菲律宾|Philippines|2023 610.688
LK|斯里兰卡|Sri Lanka|2022 509.781
MM|缅甸|Myanmar|2023 398.898
LA|老挝|Laos|2022 265.506
US|美国|United States|2023 369.473
CA|加拿大|Canada|2023 170.043
MX|墨西哥|Mexico|2023 507.245
BR|巴西|Brazil|2023 98.348
DE|德国|Germany|2023 380.95
FR|法国|France|2023 56.039
IT|意大利|Italy|2023 330.718
ES|西班牙|Spain|2023 174.05
PL|波兰|Poland|2023 661.926
NL|荷兰|Netherlands|2023 267.622
BE|比利时|Belgium|2023 138.107
GB|英国|United Kingdom|2023 237.589
PT|葡萄牙|Portugal|2023 165.553
CZ|捷克|Czechia|2023 449.724
HU|匈牙利|Hungary|2023 204.19
RO|罗马尼亚|Romania|2023 240.583
AU|澳大利亚|Australia|2023 548.692
RU|俄罗斯|Russia|2023 441.039
ZA|南非|South Africa|2023 707.686
EG|埃及|Egypt|2023 570.306
MA|摩洛哥|Morocco|2023 630.014
SA|沙特阿拉伯|Saudi Arabia|2022 706.791
AE|阿联酋|United Arab Emirates|2022 561.135
CN|中国|China|2023 582.317`;

const EEA = `
BE|比利时|Belgium|2020 192
EU27|欧盟 27 国|EU-27|2020 226
FR|法国|France|2020 55
DE|德国|Germany|2020 301
IT|意大利|Italy|2020 212
NL|荷兰|Netherlands|2020 318
PL|波兰|Poland|2020 724
ES|西班牙|Spain|2020 190`;

/** Grams to kilograms, all digits kept. */
export const kilograms = (grams: string): string =>
  formatExact(divide(parseDecimal(grams), { n: 1000n, d: 1n }));

export const emberFields = (
  region: string,
  names: { readonly zh: string; readonly en: string },
  year: string,
  grams: string,
  document: string | null,
): FactorFields => ({
  ...UNKNOWN,
  name: {
    zh: `${year} 年${names.zh}电力生命周期碳强度`,
    en: `life-cycle carbon intensity of electricity, ${names.en}, ${year}`,
  },
  value: kilograms(grams),
  unit: 'kgCO2e/kWh',
  kind: 'life-cycle',
  gwp: 'not-stated',
  region,
  year,
  source:
    'Our World in Data, energy mix by country, data of Ember; per kWh generated, without imports and grid losses',
  document,
  licence: 'CC BY 4.0, Our World in Data / Ember',
  grade: 'second-hand',
  standIn: region === 'CN' ? 'the official factors of MEE go before it' : null,
});

export const eeaFields = (
  region: string,
  names: { readonly zh: string; readonly en: string },
  year: string,
  grams: string,
  document: string | null,
): FactorFields => ({
  ...UNKNOWN,
  name: {
    zh: `${year} 年${names.zh}发电二氧化碳强度`,
    en: `CO2 intensity of electricity generation, ${names.en}, ${year}`,
  },
  value: kilograms(grams),
  unit: 'kgCO2/kWh',
  kind: 'inventory-co2',
  gwp: 'not-stated',
  region,
  year,
  source: 'European Environment Agency, CO2 intensity of electricity generation, by way of Our World in Data',
  document,
  licence: 'EEA, re-use with attribution',
  grade: 'second-hand',
});

/** [short name, record] of every figure. */
export function worldGrid(): readonly (readonly [string, FactorFields])[] {
  const read = (table: string, tag: string, make: typeof emberFields): (readonly [string, FactorFields])[] =>
    table
      .trim()
      .split('\n')
      .map((line) => {
        const [region = '', zh = '', en = '', figures = ''] = line.split('|');
        const [year = '', grams = ''] = figures.split(' ');
        return [`${tag}-${region.toLowerCase()}-${year}`, make(region, { zh, en }, year, grams, null)];
      });
  return [...read(EMBER, 'ember', emberFields), ...read(EEA, 'eea', eeaFields)];
}
