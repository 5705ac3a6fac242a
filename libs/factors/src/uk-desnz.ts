/**
 * A selection of the UK Government conversion factors 2025 (DESNZ, 10 June 2025), as stand-ins where no published
 * Chinese figure is at hand. Contains public sector information licensed under the Open Government Licence v3.0.
 *
 * Fuel, heat, electricity and freight rows are direct emissions; their well-to-tank rows stand in tables of their own
 * and are the upstream half here. Rows per gas are parts of the row above them, never an addition.
 */
import { desnzFields } from './desnz-row.ts';
import type { FactorFields } from './record.ts';

// short name | row | 中文 | English | unit | kg CO2e | of which CO2 CH4 N2O in kg CO2e; - where not given
const TABLE = `
uk-natural-gas-m3-direct|1_100_1004_1_1|天然气燃烧|natural gas burnt|m3|2.06672|2.06270 0.00307 0.00095
uk-natural-gas-m3-upstream|11_100_1004_1_1|天然气燃烧上游|natural gas burnt, well to tank|m3|0.33660|-
uk-natural-gas-kWh-direct|1_100_1004_7_1|天然气燃烧（低位热值）|natural gas burnt, net calorific value|kWh|0.20270|0.20229 0.00031 0.00010
uk-natural-gas-kWh-upstream|11_100_1004_7_1|天然气燃烧（低位热值）上游|natural gas burnt, net calorific value, well to tank|kWh|0.03347|-
uk-natural-gas-t-direct|1_100_1004_15_1|天然气燃烧|natural gas burnt|t|2575.46441|2570.42000 3.85280 1.19161
uk-natural-gas-t-upstream|11_100_1004_15_1|天然气燃烧上游|natural gas burnt, well to tank|t|423.16368|-
uk-lpg-t-direct|1_100_1003_15_1|液化石油气燃烧|LPG burnt|t|2939.36095|2935.18000 2.55360 1.62735
uk-lpg-t-upstream|11_100_1003_15_1|液化石油气燃烧上游|LPG burnt, well to tank|t|349.29282|-
uk-lpg-kWh-direct|1_100_1003_7_1|液化石油气燃烧（低位热值）|LPG burnt, net calorific value|kWh|0.23032|0.22999 0.00020 0.00012
uk-lpg-kWh-upstream|11_100_1003_7_1|液化石油气燃烧（低位热值）上游|LPG burnt, net calorific value, well to tank|kWh|0.02736|-
uk-lpg-L-direct|1_100_1003_8_1|液化石油气燃烧|LPG burnt|L|1.55713|1.55491 0.00136 0.00086
uk-lpg-L-upstream|11_100_1003_8_1|液化石油气燃烧上游|LPG burnt, well to tank|L|0.18551|-
uk-diesel-L-direct|1_101_1012_8_1|柴油燃烧|mineral diesel burnt|L|2.66155|2.62818 0.00029 0.03308
uk-diesel-L-upstream|11_101_1012_8_1|柴油燃烧上游|mineral diesel burnt, well to tank|L|0.62409|-
uk-diesel-kWh-direct|1_101_1012_7_1|柴油燃烧（低位热值）|mineral diesel burnt, net calorific value|kWh|0.26808|0.26475 0.00003 0.00330
uk-diesel-kWh-upstream|11_101_1012_7_1|柴油燃烧（低位热值）上游|mineral diesel burnt, net calorific value, well to tank|kWh|0.06291|-
uk-diesel-t-direct|1_101_1012_15_1|柴油燃烧|mineral diesel burnt|t|3203.91143|3164.33000 0.34720 39.23423
uk-diesel-t-upstream|11_101_1012_15_1|柴油燃烧上游|mineral diesel burnt, well to tank|t|752.02760|-
uk-petrol-L-direct|1_101_1018_8_1|汽油燃烧|mineral petrol burnt|L|2.33984|2.32567 0.00820 0.00597
uk-petrol-L-upstream|11_101_1018_8_1|汽油燃烧上游|mineral petrol burnt, well to tank|L|0.60664|-
uk-petrol-t-direct|1_101_1018_15_1|汽油燃烧|mineral petrol burnt|t|3154.08213|3135.00000 11.04320 8.03893
uk-petrol-t-upstream|11_101_1018_15_1|汽油燃烧上游|mineral petrol burnt, well to tank|t|815.93523|-
uk-fuel-oil-t-direct|1_101_1013_15_1|燃料油燃烧|fuel oil burnt|t|3228.89019|3216.38000 5.38720 7.12299
uk-fuel-oil-t-upstream|11_101_1013_15_1|燃料油燃烧上游|fuel oil burnt, well to tank|t|714.86545|-
uk-fuel-oil-L-direct|1_101_1013_8_1|燃料油燃烧|fuel oil burnt|L|3.17492|3.16262 0.00530 0.00701
uk-fuel-oil-L-upstream|11_101_1013_8_1|燃料油燃烧上游|fuel oil burnt, well to tank|L|0.69539|-
uk-coal-t-direct|1_102_1025_15_1|工业用煤燃烧|industrial coal burnt|t|2395.28994|2370.72000 7.63840 16.93154
uk-coal-t-upstream|11_102_1025_15_1|工业用煤燃烧上游|industrial coal burnt, well to tank|t|418.14964|-
uk-coal-kWh-direct|1_102_1025_7_1|工业用煤燃烧（低位热值）|industrial coal burnt, net calorific value|kWh|0.33944|0.33595 0.00109 0.00240
uk-coal-kWh-upstream|11_102_1025_7_1|工业用煤燃烧（低位热值）上游|industrial coal burnt, net calorific value, well to tank|kWh|0.05925|-
uk-steam-direct|10_401_4003_5_1|区域供热和蒸汽|district heat and steam|kWh|0.17529|0.17355 0.00122 0.00052
uk-steam-losses|13_403_4004_5_1|蒸汽管网损失 5 %|district heat and steam, 5 % distribution loss|kWh|0.00945|0.00936 0.00007 0.00003
uk-steam-upstream|16_919_4003_5_1|蒸汽上游|district heat and steam, well to tank|kWh|0.03341|-
uk-steam-losses-upstream|16_920_4004_5_1|蒸汽管网损失上游|district heat and steam losses, well to tank|kWh|0.00176|-
uk-electricity-direct|7_400_4000_5_1|英国电力，发电|UK electricity, generation|kWh|0.17700|0.17489 0.00090 0.00122
uk-electricity-losses|13_402_4000_5_1|英国电力，输配损失|UK electricity, transmission and distribution losses|kWh|0.01853|0.01834 0.00008 0.00011
uk-electricity-upstream|15_917_4000_5_1|英国电力，发电上游|UK electricity, generation, well to tank|kWh|0.04590|-
uk-electricity-losses-upstream|15_918_4000_5_1|英国电力，输配损失上游|UK electricity, transmission and distribution, well to tank|kWh|0.00397|-
uk-water-supply|17_404_4005_1_1|自来水供应|water supply|m3|0.19130|-
uk-water-treatment|18_405_4006_1_1|污水处理|water treatment|m3|0.17088|-
uk-hgv-direct|27_304_3132_14_1|铰接货车 > 33 t，平均载重|articulated lorry over 33 t, average laden|tkm|0.07703|0.07576 0.00001 0.00125
uk-hgv-upstream|28_907_3132_14_1|铰接货车 > 33 t，平均载重，上游|articulated lorry over 33 t, average laden, well to tank|tkm|0.01799|-
uk-hgv-all-direct|27_304_3140_14_1|货车，全部，平均载重|all lorries, average laden|tkm|0.10163|0.10012 0.00002 0.00149
uk-hgv-all-upstream|28_907_3140_14_1|货车，全部，平均载重，上游|all lorries, average laden, well to tank|tkm|0.02359|-
uk-artic-small-direct|27_304_3128_14_1|铰接货车 3.5–33 t，平均载重|articulated lorry up to 33 t, average laden|tkm|0.12633|0.12432 0.00002 0.00198
uk-artic-small-upstream|28_907_3128_14_1|铰接货车 3.5–33 t，平均载重，上游|articulated lorry up to 33 t, average laden, well to tank|tkm|0.02731|-
uk-rigid-small-direct|27_304_3112_14_1|单体货车 3.5–7.5 t，平均载重|rigid lorry 3.5 to 7.5 t, average laden|tkm|0.52761|0.52212 0.00011 0.00538
uk-rigid-small-upstream|28_907_3112_14_1|单体货车 3.5–7.5 t，平均载重，上游|rigid lorry 3.5 to 7.5 t, average laden, well to tank|tkm|0.12296|-
uk-rigid-medium-direct|27_304_3116_14_1|单体货车 7.5–17 t，平均载重|rigid lorry 7.5 to 17 t, average laden|tkm|0.36362|0.35979 0.00008 0.00375
uk-rigid-medium-upstream|28_907_3116_14_1|单体货车 7.5–17 t，平均载重，上游|rigid lorry 7.5 to 17 t, average laden, well to tank|tkm|0.09246|-
uk-rigid-large-direct|27_304_3120_14_1|单体货车 > 17 t，平均载重|rigid lorry over 17 t, average laden|tkm|0.17146|0.16941 0.00004 0.00201
uk-rigid-large-upstream|28_907_3120_14_1|单体货车 > 17 t，平均载重，上游|rigid lorry over 17 t, average laden, well to tank|tkm|0.03736|-
uk-rail-direct|27_315_3151_14_1|铁路货运|rail freight|tkm|0.02779|0.02749 0.00002 0.00028
uk-rail-upstream|28_911_3151_14_1|铁路货运上游|rail freight, well to tank|tkm|0.00691|-
uk-air-long-haul-direct|27_317_3157_14_1|长途航空货运，不含辐射强迫|air freight, long haul, without radiative forcing|tkm|0.53130|0.52583 0.00006 0.00542
uk-air-long-haul-upstream|28_913_3157_14_1|长途航空货运，不含辐射强迫，上游|air freight, long haul, without radiative forcing, well to tank|tkm|0.13516|-
uk-container-ship-direct|27_320_3235_14_1|集装箱船，平均|container ship, average|tkm|0.01612|0.01592 0.00001 0.00019
uk-container-ship-upstream|28_916_3235_14_1|集装箱船，平均，上游|container ship, average, well to tank|tkm|0.00365|-
uk-general-cargo-ship-direct|27_320_3228_14_1|杂货船，平均|general cargo ship, average|tkm|0.01321|0.01305 0.000004 0.00016
uk-general-cargo-ship-upstream|28_916_3228_14_1|杂货船，平均，上游|general cargo ship, average, well to tank|tkm|0.00300|-
uk-bulk-carrier-direct|27_320_3221_14_1|散货船，平均|bulk carrier, average|tkm|0.00353|0.00349 0.000001 0.00004
uk-bulk-carrier-upstream|28_916_3221_14_1|散货船，平均，上游|bulk carrier, average, well to tank|tkm|0.00080|-
uk-roro-ferry-direct|27_320_3241_14_1|滚装船，平均|RoRo ferry, average|tkm|0.05158|0.05095 0.00002 0.00062
uk-roro-ferry-upstream|28_916_3241_14_1|滚装船，平均，上游|RoRo ferry, average, well to tank|tkm|0.01170|-
uk-board|19_506_5156_15_1|纸板，原生生产|board, primary production|t|1199.72542|-
uk-board-recycled-content|19_506_5159_15_1|纸板，闭环再生料|board, closed-loop recycled source|t|1098.11442|-
uk-paper|19_506_5164_15_1|纸，原生生产|paper, primary production|t|1345.07790|-
uk-paper-recycled-content|19_506_5167_15_1|纸，闭环再生料|paper, closed-loop recycled source|t|1050.07790|-
uk-paper-mixed|19_506_5160_15_1|混合纸和纸板，原生生产|mixed paper and board, primary production|t|1288.50358|-
uk-paper-mixed-recycled-content|19_506_5163_15_1|混合纸和纸板，闭环再生料|mixed paper and board, closed-loop recycled source|t|1068.77475|-
uk-pp|19_505_5144_15_1|PP，含成型，原生生产|PP including forming, primary production|t|2577.57172|-
uk-pp-recycled-content|19_505_5147_15_1|PP，含成型，闭环再生料|PP including forming, closed-loop recycled source|t|1312.57172|-
uk-pet|19_505_5140_15_1|PET，含成型，原生生产|PET including forming, primary production|t|3863.90131|-
uk-pet-recycled-content|19_505_5143_15_1|PET，含成型，闭环再生料|PET including forming, closed-loop recycled source|t|2213.90131|-
uk-hdpe|19_505_5132_15_1|HDPE，含成型，原生生产|HDPE including forming, primary production|t|3095.15524|-
uk-hdpe-recycled-content|19_505_5135_15_1|HDPE，含成型，闭环再生料|HDPE including forming, closed-loop recycled source|t|1770.79099|-
uk-pe-film|19_505_5136_15_1|LDPE/LLDPE，含成型，原生生产|LDPE and LLDPE including forming, primary production|t|2965.07790|-
uk-pe-film-recycled-content|19_505_5139_15_1|LDPE/LLDPE，含成型，闭环再生料|LDPE and LLDPE including forming, closed-loop recycled source|t|1097.90131|-
uk-ps|19_505_5148_15_1|PS，含成型，原生生产|PS including forming, primary production|t|4376.80391|-
uk-ps-recycled-content|19_505_5151_15_1|PS，含成型，闭环再生料|PS including forming, closed-loop recycled source|t|2669.76255|-
uk-pvc|19_505_5152_15_1|PVC，含成型，原生生产|PVC including forming, primary production|t|2944.75615|-
uk-pvc-recycled-content|19_505_5155_15_1|PVC，含成型，闭环再生料|PVC including forming, closed-loop recycled source|t|1847.82267|-
uk-plastic-average|19_505_5120_15_1|塑料平均，原生生产|average plastics, primary production|t|3172.49932|-
uk-plastic-average-recycled-content|19_505_5123_15_1|塑料平均，闭环再生料|average plastics, closed-loop recycled source|t|1575.39106|-
uk-plastic-film|19_505_5124_15_1|塑料薄膜平均，原生生产|average plastic film, primary production|t|2916.50513|-
uk-plastic-film-recycled-content|19_505_5127_15_1|塑料薄膜平均，闭环再生料|average plastic film, closed-loop recycled source|t|1103.56537|-
uk-plastic-rigid|19_505_5128_15_1|硬质塑料平均，原生生产|average rigid plastic, primary production|t|3354.28062|-
uk-plastic-rigid-recycled-content|19_505_5131_15_1|硬质塑料平均，闭环再生料|average rigid plastic, closed-loop recycled source|t|1915.72549|-
uk-glass|19_501_5056_15_1|玻璃，原生生产|glass, primary production|t|1402.76667|-
uk-glass-recycled-content|19_501_5059_15_1|玻璃，闭环再生料|glass, closed-loop recycled source|t|823.18954|-
uk-aluminium|19_504_5104_15_1|铝罐和铝箔，不含成型，原生生产|aluminium cans and foil excluding forming, primary production|t|9115.90131|-
uk-aluminium-recycled-content|19_504_5107_15_1|铝罐和铝箔，不含成型，闭环再生料|aluminium cans and foil excluding forming, closed-loop recycled source|t|995.07790|-
uk-steel-cans|19_504_5116_15_1|钢罐，原生生产|steel cans, primary production|t|2863.90131|-
uk-steel-cans-recycled-content|19_504_5119_15_1|钢罐，闭环再生料|steel cans, closed-loop recycled source|t|1823.90131|-
uk-metal-mixed|19_504_5112_15_1|混合废金属料，原生生产|mixed metal, primary production|t|3473.11953|-
uk-metal-mixed-recycled-content|19_504_5115_15_1|混合废金属料，闭环再生料|mixed metal, closed-loop recycled source|t|1706.42359|-
uk-metals-construction|19_500_5028_15_1|建筑用金属，原生生产|metals for construction, primary production|t|3824.09335|-
uk-metals-construction-recycled-content|19_500_5031_15_1|建筑用金属，闭环再生料|metals for construction, closed-loop recycled source|t|1638.74406|-
uk-mineral-oil|19_500_5036_15_1|矿物油，原生生产|mineral oil, primary production|t|1401.00000|-
uk-mineral-oil-recycled-content|19_500_5039_15_1|矿物油，闭环再生料|mineral oil, closed-loop recycled source|t|676.00000|-
uk-wood|19_500_5048_15_1|木材，原生生产|wood, primary production|t|269.50416|-
uk-clothing|19_501_5060_15_1|服装，原生生产|clothing, primary production|t|22310.00000|-
uk-electrical-small|19_503_5088_15_1|小型电器，原生生产|small electrical items, primary production|t|5647.94563|-
uk-electrical-it|19_503_5084_15_1|信息技术设备，原生生产|IT equipment, primary production|t|24865.47556|-
uk-battery-li-ion|19_503_5096_15_1|锂离子电池，原生生产|lithium-ion batteries, primary production|t|6308.00000|-
uk-battery-alkaline|19_503_5092_15_1|碱性电池，原生生产|alkaline batteries, primary production|t|4633.47826|-
uk-paper-recycled|20_506_5450_15_1|纸和纸板废料，闭环回收|mixed paper and board waste, closed-loop recycling|t|4.68568|-
uk-paper-incinerated|20_506_5451_15_1|纸和纸板废料，焚烧发电|mixed paper and board waste, incineration with energy recovery|t|4.68568|-
uk-paper-landfilled|20_506_5453_15_1|纸和纸板废料，填埋|mixed paper and board waste, landfill|t|1164.48940|-
uk-plastic-recycled|20_505_5380_15_1|塑料废料，闭环回收|plastic waste, closed-loop recycling|t|4.68568|-
uk-plastic-incinerated|20_505_5381_15_1|塑料废料，焚烧发电|plastic waste, incineration with energy recovery|t|4.68568|-
uk-plastic-landfilled|20_505_5383_15_1|塑料废料，填埋|plastic waste, landfill|t|8.98311|-
uk-metal-recycled|20_504_5366_15_1|废金属，闭环回收|scrap metal, closed-loop recycling|t|4.68568|-
uk-metal-landfilled|20_504_5369_15_1|废金属，填埋|scrap metal, landfill|t|8.98311|-
uk-textile-recycled|20_501_5275_15_1|纺织废料，闭环回收|clothing waste, closed-loop recycling|t|4.68568|-
uk-textile-incinerated|20_501_5276_15_1|纺织废料，焚烧发电|clothing waste, incineration with energy recovery|t|4.68568|-
uk-textile-landfilled|20_501_5278_15_1|纺织废料，填埋|clothing waste, landfill|t|496.78228|-
uk-weee-recycled|20_503_5337_15_1|小型电子废物，开环回收|small WEEE, open-loop recycling|t|4.68568|-
uk-weee-landfilled|20_503_5341_15_1|小型电子废物，填埋|small WEEE, landfill|t|8.98311|-
uk-waste-incinerated|20_507_5311_15_1|工商业垃圾，焚烧发电|commercial waste, incineration with energy recovery|t|4.68568|-
uk-waste-landfilled|20_507_5313_15_1|工商业垃圾，填埋|commercial waste, landfill|t|520.53270|-`;

/** [short name, record] of every figure. */
export const ukDesnz = (): readonly (readonly [string, FactorFields])[] =>
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [key = '', row = '', zh = '', en = '', unit = '', value = '', gases = ''] = line.split('|');
      const [co2 = '', ch4 = '', n2o = ''] = gases === '-' ? [] : gases.split(' ');
      const perGas = gases === '-' ? null : { co2, ch4, n2o };
      const british = key.startsWith('uk-electricity');
      return [
        key,
        desnzFields({
          row,
          name: { zh: `${zh}（英国）`, en: `${en} (UK)` },
          unit,
          value,
          perGas,
          document: null,
          standIn: british ? null : 'UK figure standing in for China',
        }),
      ];
    });
