/**
 * Electricity in China. Two families that must not be mixed: life-cycle footprint factors in kgCO2e, for
 * products, and average CO2 factors, for an organisation's inventory, which a product footprint refuses.
 *
 * The footprint annex does not say whether the national average already holds transmission; it is not added again.
 */
import type { Names } from '#lib/evidence';
import type { FactorFields } from './factor-record.ts';
import type { FactorGrade } from './model.ts';

const FOOTPRINT_2024 =
  '生态环境部 MEE, 2024 national electricity carbon footprint factors, annex (PDF sha256 68aa11aea4c3d14d2ee1c4859ae03552a986fad529bf7bf59136fa2e078e7718)';
const CO2_2023 =
  '生态环境部、国家统计局 MEE and NBS, announcement published 2025-12-31, annex of 2023 CO2 factors (PDF sha256 d43b60a3eaad9f3fe59ca37c204d3d0e1b6ea52742a092f0d856971a3f018e5a)';
const RESTATED =
  'restatement of the announcement of MEE and NBS by the China Products Carbon Footprint Factors Database';
const LICENCE = 'Chinese official document, single figures with source';

const footprint = (
  year: string,
  value: string,
  name: Names,
  source: string,
  grade: FactorGrade,
): FactorFields => ({
  name,
  value,
  unit: 'kgCO2e/kWh',
  kind: 'life-cycle',
  gwp: 'not-stated',
  region: 'CN',
  year,
  source,
  licence: LICENCE,
  grade,
  standIn: null,
  makerStated: false,
  primaryDataShare: null,
});

const inventory = (year: string, region: string, value: string, name: Names): FactorFields => ({
  ...footprint(
    year,
    value,
    name,
    year === '2023' ? CO2_2023 : RESTATED,
    year === '2023' ? 'official' : 'second-hand',
  ),
  unit: 'kgCO2/kWh',
  kind: 'inventory-co2',
  region,
});

const of2024 = (value: string, zh: string, en: string): FactorFields =>
  footprint(
    '2024',
    value,
    { zh: `2024 年${zh}碳足迹因子`, en: `carbon footprint factor of ${en}, 2024` },
    FOOTPRINT_2024,
    'official',
  );

const national = (year: string, value: string): FactorFields =>
  inventory(year, 'CN', value, {
    zh: `${year} 年全国电力平均二氧化碳排放因子`,
    en: `national average CO2 factor of electricity, ${year}`,
  });
const unsold = (year: string, value: string): FactorFields =>
  inventory(year, 'CN', value, {
    zh: `${year} 年全国电力平均二氧化碳排放因子（不包括市场化交易的非化石能源电量）`,
    en: `national average CO2 factor excluding market-traded non-fossil electricity, ${year}`,
  });
const fossil = (year: string, value: string): FactorFields =>
  inventory(year, 'CN', value, {
    zh: `${year} 年全国化石能源电力二氧化碳排放因子`,
    en: `national CO2 factor of fossil electricity, ${year}`,
  });
const zhejiang = (year: string, value: string): FactorFields =>
  inventory(year, 'CN-ZJ', value, {
    zh: `${year} 年浙江电力平均二氧化碳排放因子`,
    en: `Zhejiang average CO2 factor of electricity, ${year}`,
  });
const eastChina = (year: string, value: string): FactorFields =>
  inventory(year, 'CN-华东', value, {
    zh: `${year} 年华东电力平均二氧化碳排放因子`,
    en: `East China average CO2 factor of electricity, ${year}`,
  });

/** Keys are the product's own short names; records are known by their id. */
export const CN_ELECTRICITY: Readonly<Record<string, FactorFields>> = {
  'cn-grid-2024': of2024('0.5777', '全国电力平均', 'average national electricity'),
  'cn-grid-2023': footprint(
    '2023',
    '0.6205',
    {
      zh: '2023 年全国电力平均碳足迹因子',
      en: 'carbon footprint factor of average national electricity, 2023',
    },
    RESTATED,
    'second-hand',
  ),
  'cn-coal-power-2024': of2024('0.9240', '燃煤发电', 'coal power'),
  'cn-gas-power-2024': of2024('0.4503', '燃气发电', 'gas power'),
  'cn-hydro-2024': of2024('0.0141', '水力发电', 'hydro power'),
  'cn-nuclear-2024': of2024('0.0065', '核能发电', 'nuclear power'),
  'cn-wind-2024': of2024('0.0324', '风力发电', 'wind power'),
  'cn-pv-2024': of2024('0.0520', '光伏发电', 'photovoltaic power'),
  'cn-csp-2024': of2024('0.0312', '光热发电', 'concentrated solar power'),
  'cn-biomass-power-2024': of2024('0.0404', '生物质发电', 'biomass power'),
  'cn-grid-co2-2021': national('2021', '0.5568'),
  'cn-grid-co2-2022': national('2022', '0.5366'),
  'cn-grid-co2-2023': national('2023', '0.5306'),
  'cn-grid-co2-unsold-2021': unsold('2021', '0.5942'),
  'cn-grid-co2-unsold-2022': unsold('2022', '0.5856'),
  'cn-grid-co2-unsold-2023': unsold('2023', '0.6096'),
  'cn-grid-co2-fossil-2021': fossil('2021', '0.8426'),
  'cn-grid-co2-fossil-2022': fossil('2022', '0.8325'),
  'cn-grid-co2-fossil-2023': fossil('2023', '0.8273'),
  'cn-zhejiang-co2-2021': zhejiang('2021', '0.5422'),
  'cn-zhejiang-co2-2022': zhejiang('2022', '0.5153'),
  'cn-zhejiang-co2-2023': zhejiang('2023', '0.4974'),
  'cn-east-co2-2021': eastChina('2021', '0.5992'),
  'cn-east-co2-2022': eastChina('2022', '0.5617'),
  'cn-east-co2-2023': eastChina('2023', '0.5500'),
};
