/**
 * Figures of the UK Government conversion factors 2025 (DESNZ, 10 June 2025), as stand-ins where no published
 * Chinese figure is at hand. Contains public sector information licensed under the Open Government Licence v3.0.
 *
 * The publisher lists CH4 with 28 and N2O with 265, the AR5 values. Freight and fuel rows are direct emissions
 * only; their well-to-tank rows stand in another table and are the upstream half here.
 */

import type { FactorFields } from './factor-record.ts';
import type { FactorKind } from './model.ts';

const LICENCE =
  'Open Government Licence v3.0; contains public sector information licensed under the OGL v3.0';

function desnz(
  row: string,
  zh: string,
  en: string,
  kind: FactorKind,
  value: string,
  unit: string,
): FactorFields {
  return {
    name: { zh, en },
    value,
    unit,
    kind,
    gwp: 'AR5',
    region: 'GB',
    year: '2025',
    source: `UK DESNZ, Greenhouse gas reporting: conversion factors 2025, row ${row}`,
    licence: LICENCE,
    grade: 'official',
    standIn: 'UK figure standing in for China',
    makerStated: false,
    primaryDataShare: null,
  };
}

export const UK_DESNZ: Readonly<Record<string, FactorFields>> = {
  'uk-natural-gas-m3-direct': desnz(
    '1_100_1004_1_1',
    '天然气燃烧（英国）',
    'natural gas burnt (UK)',
    'direct',
    '2.06672',
    'kgCO2e/m3',
  ),
  'uk-natural-gas-m3-upstream': desnz(
    '11_100_1004_1_1',
    '天然气上游（英国）',
    'natural gas, well to tank (UK)',
    'upstream',
    '0.33660',
    'kgCO2e/m3',
  ),
  'uk-natural-gas-kWh-direct': desnz(
    '1_100_1004_7_1',
    '天然气燃烧，低位热值（英国）',
    'natural gas burnt, net calorific value (UK)',
    'direct',
    '0.20270',
    'kgCO2e/kWh',
  ),
  'uk-natural-gas-kWh-upstream': desnz(
    '11_100_1004_7_1',
    '天然气上游，低位热值（英国）',
    'natural gas, well to tank, net calorific value (UK)',
    'upstream',
    '0.03347',
    'kgCO2e/kWh',
  ),
  'uk-diesel-L-direct': desnz(
    '1_101_1012_8_1',
    '柴油燃烧（英国）',
    'mineral diesel burnt (UK)',
    'direct',
    '2.66155',
    'kgCO2e/L',
  ),
  'uk-diesel-L-upstream': desnz(
    '11_101_1012_8_1',
    '柴油上游（英国）',
    'mineral diesel, well to tank (UK)',
    'upstream',
    '0.62409',
    'kgCO2e/L',
  ),
  'uk-lpg-t-direct': desnz(
    '1_100_1003_15_1',
    '液化石油气燃烧（英国）',
    'LPG burnt (UK)',
    'direct',
    '2939.36095',
    'kgCO2e/t',
  ),
  'uk-lpg-t-upstream': desnz(
    '11_100_1003_15_1',
    '液化石油气上游（英国）',
    'LPG, well to tank (UK)',
    'upstream',
    '349.29282',
    'kgCO2e/t',
  ),
  'uk-steam-direct': desnz(
    '10_401_4003_5_1',
    '区域供热和蒸汽（英国）',
    'district heat and steam (UK)',
    'direct',
    '0.17529',
    'kgCO2e/kWh',
  ),
  'uk-steam-losses': desnz(
    '13_403_4004_5_1',
    '蒸汽管网损失 5 %（英国）',
    'district heat and steam, 5 % distribution loss (UK)',
    'direct',
    '0.00945',
    'kgCO2e/kWh',
  ),
  'uk-steam-upstream': desnz(
    '16_919_4003_5_1',
    '蒸汽上游（英国）',
    'district heat and steam, well to tank (UK)',
    'upstream',
    '0.03341',
    'kgCO2e/kWh',
  ),
  'uk-steam-losses-upstream': desnz(
    '16_920_4004_5_1',
    '蒸汽管网损失上游（英国）',
    'district heat and steam losses, well to tank (UK)',
    'upstream',
    '0.00176',
    'kgCO2e/kWh',
  ),
  'uk-board': desnz(
    '19_506_5156_15_1',
    '纸板，原生生产（英国）',
    'board, primary production (UK)',
    'life-cycle',
    '1199.72542',
    'kgCO2e/t',
  ),
  'uk-pe-film': desnz(
    '19_505_5136_15_1',
    'LDPE/LLDPE，含成型（英国）',
    'LDPE and LLDPE including forming, primary production (UK)',
    'life-cycle',
    '2965.07790',
    'kgCO2e/t',
  ),
  'uk-hgv-direct': desnz(
    '27_304_3132_14_1',
    '铰接货车 > 33 t，平均载重（英国）',
    'articulated lorry over 33 t, average laden (UK)',
    'direct',
    '0.07703',
    'kgCO2e/tkm',
  ),
  'uk-hgv-upstream': desnz(
    '28_907_3132_14_1',
    '铰接货车 > 33 t 上游（英国）',
    'articulated lorry over 33 t, well to tank (UK)',
    'upstream',
    '0.01799',
    'kgCO2e/tkm',
  ),
  'uk-container-ship-direct': desnz(
    '27_320_3235_14_1',
    '集装箱船，平均（英国）',
    'container ship, average (UK)',
    'direct',
    '0.01612',
    'kgCO2e/tkm',
  ),
  'uk-container-ship-upstream': desnz(
    '28_916_3235_14_1',
    '集装箱船上游（英国）',
    'container ship, well to tank (UK)',
    'upstream',
    '0.00365',
    'kgCO2e/tkm',
  ),
  'uk-paper-recycled': desnz(
    '20_506_5450_15_1',
    '纸和纸板废料，闭环回收（英国）',
    'mixed paper and board waste, closed-loop recycling (UK)',
    'life-cycle',
    '4.68568',
    'kgCO2e/t',
  ),
  'uk-waste-incinerated': desnz(
    '20_507_5311_15_1',
    '工商业垃圾，焚烧发电（英国）',
    'commercial waste, incineration with energy recovery (UK)',
    'life-cycle',
    '4.68568',
    'kgCO2e/t',
  ),
  'uk-waste-landfilled': desnz(
    '20_507_5313_15_1',
    '工商业垃圾，填埋（英国）',
    'commercial waste, landfill (UK)',
    'life-cycle',
    '520.53270',
    'kgCO2e/t',
  ),
};
