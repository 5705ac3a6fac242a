/** The sectors. Materials without a published figure have no factor: the supplier's own is asked for. */
import { COMMON_ITEMS, item, material, type SectorTemplate, type TemplateItem, use } from './template.ts';

const CRITERIA = ['ISO 14067:2018', 'GB/T 24067-2024'];
const PIECE = { value: '1', unit: 'piece' } as const;

const waste = (code: string, name: readonly [string, string], factor: string): TemplateItem =>
  item(
    'waste',
    code,
    name,
    [`有多少${name[0]}？按重量，看废品收购的过磅单。`, `How much ${name[1]}, by weight?`],
    {
      mass: [factor],
    },
  );

const PULP_TABLEWARE: SectorTemplate = {
  id: 'paper-pulp-tableware',
  name: { zh: '纸杯和纸浆模塑餐具', en: 'paper cups and moulded pulp tableware' },
  declaredUnit: PIECE,
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    material('bagasse-pulp', ['甘蔗浆', 'bagasse pulp'], null),
    material('bamboo-pulp', ['竹浆', 'bamboo pulp'], null),
    material('cup-board', ['纸杯原纸', 'cup board'], 'uk-board', 'uk-board-recycled-content'),
    material('pe-coating', ['PE 淋膜', 'PE coating'], 'uk-pe-film'),
    material('pla-coating', ['PLA 淋膜', 'PLA coating'], null),
    material('process-additive', ['助剂', 'process additive'], null),
    item('materials', 'water', ['自来水', 'tap water'], ['用了多少方自来水？', 'How much tap water?'], {
      volume: ['uk-water-supply'],
    }),
    item('waste', 'waste-water', ['污水', 'waste water'], ['排了多少方污水？', 'How much waste water?'], {
      volume: ['uk-water-treatment'],
    }),
    waste('pulp-scrap-recycled', ['纸浆边角料（回收）', 'pulp scrap, recycled'], 'uk-paper-recycled'),
  ],
  expected: { low: '0.2', high: '20', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '2000', unit: '万件' },
    mass: { value: '200', unit: 't' },
    use: [
      use('grid-electricity', '36', '万度'),
      use('pv-self-use', '8', '万度'),
      use('cup-board', '210', 't', '0'),
      use('pe-coating', '9', 't'),
      use('corrugated-board', '14', 't', '60'),
      use('pulp-scrap-recycled', '17', 't'),
      use('road-inbound', '21900', 'tkm'),
      use('road-outbound', '32000', 'tkm'),
    ],
  },
};

const PLASTIC_GOODS: SectorTemplate = {
  id: 'plastic-goods',
  name: { zh: '塑料日用品', en: 'plastic goods' },
  declaredUnit: PIECE,
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    material('pp', ['聚丙烯 PP', 'PP'], 'uk-pp', 'uk-pp-recycled-content'),
    material('hdpe', ['高密度聚乙烯 HDPE', 'HDPE'], 'uk-hdpe', 'uk-hdpe-recycled-content'),
    material('ldpe', ['低密度聚乙烯 LDPE', 'LDPE'], 'uk-pe-film', 'uk-pe-film-recycled-content'),
    material('pet', ['PET 料', 'PET'], 'uk-pet', 'uk-pet-recycled-content'),
    material('ps', ['聚苯乙烯 PS', 'PS'], 'uk-ps', 'uk-ps-recycled-content'),
    material('pvc', ['聚氯乙烯 PVC', 'PVC'], 'uk-pvc', 'uk-pvc-recycled-content'),
    material('abs', ['ABS 料', 'ABS'], null),
    material('masterbatch', ['色母粒', 'masterbatch'], null),
    waste(
      'plastic-scrap-recycled',
      ['塑料边角料（卖出回收）', 'plastic scrap sold for recycling'],
      'uk-plastic-recycled',
    ),
    waste(
      'plastic-scrap-incinerated',
      ['塑料废料（焚烧）', 'plastic waste, incinerated'],
      'uk-plastic-incinerated',
    ),
  ],
  expected: { low: '0.3', high: '15', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '300', unit: '万件' },
    mass: { value: '240', unit: 't' },
    use: [
      use('grid-electricity', '52', '万度'),
      use('pp', '230', 't', '20'),
      use('masterbatch', '5', 't'),
      use('corrugated-board', '18', 't', '60'),
      use('plastic-scrap-recycled', '4', 't'),
      use('road-inbound', '70500', 'tkm'),
    ],
  },
};

const FASTENERS: SectorTemplate = {
  id: 'fasteners',
  name: { zh: '紧固件（螺丝、螺母）', en: 'fasteners (screws, nuts)' },
  declaredUnit: { value: '1', unit: 'kg' },
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    // No published Chinese or British figure of wire rod: the mill's own, or none.
    material('wire-rod', ['线材盘条', 'wire rod'], null),
    material('stainless-wire', ['不锈钢线', 'stainless wire'], null),
    material('zinc', ['锌锭', 'zinc'], null),
    material(
      'lubricant',
      ['冷镦油和拉丝粉', 'forming oil'],
      'uk-mineral-oil',
      'uk-mineral-oil-recycled-content',
      false,
    ),
    item('materials', 'water', ['自来水', 'tap water'], ['用了多少方自来水？', 'How much tap water?'], {
      volume: ['uk-water-supply'],
    }),
    item(
      'waste',
      'waste-water',
      ['电镀和酸洗污水', 'plating and pickling waste water'],
      ['排了多少方污水？', 'How much waste water?'],
      { volume: ['uk-water-treatment'] },
    ),
    waste(
      'steel-scrap-recycled',
      ['废钢边角料（卖出回收）', 'steel scrap sold for recycling'],
      'uk-metal-recycled',
    ),
  ],
  expected: { low: '0.1', high: '8', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '1200', unit: 't' },
    mass: { value: '1200', unit: 't' },
    use: [
      use('grid-electricity', '84', '万度'),
      use('natural-gas', '90000', 'm3'),
      use('wire-rod', '1290', 't', '15'),
      use('lubricant', '6', 't'),
      use('steel-scrap-recycled', '88', 't'),
      use('road-inbound', '387000', 'tkm'),
    ],
  },
};

const TEXTILES: SectorTemplate = {
  id: 'textiles',
  name: { zh: '纺织品和服装', en: 'textiles and clothing' },
  declaredUnit: PIECE,
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    material('cotton-yarn', ['棉纱', 'cotton yarn'], null),
    material('polyester-yarn', ['涤纶纱', 'polyester yarn'], null),
    material('nylon-yarn', ['锦纶纱', 'nylon yarn'], null),
    material('bought-cloth', ['外购面料', 'bought cloth'], null),
    material('dyes', ['染料和助剂', 'dyes and auxiliaries'], null),
    item(
      'heat',
      'coal',
      ['煤', 'coal'],
      ['锅炉烧了多少吨煤？', 'How many tonnes of coal did the boiler burn?'],
      { mass: ['uk-coal-t-direct', 'uk-coal-t-upstream'] },
    ),
    item(
      'materials',
      'water',
      ['自来水', 'tap water'],
      ['染整用了多少方水？', 'How much water for dyeing?'],
      { volume: ['uk-water-supply'] },
    ),
    item(
      'waste',
      'waste-water',
      ['印染污水', 'dyeing waste water'],
      ['排了多少方污水？', 'How much waste water?'],
      { volume: ['uk-water-treatment'] },
    ),
    waste('textile-scrap-recycled', ['布头边角料（回收）', 'textile scrap, recycled'], 'uk-textile-recycled'),
    waste(
      'textile-scrap-landfilled',
      ['布头边角料（填埋）', 'textile scrap, landfilled'],
      'uk-textile-landfilled',
    ),
  ],
  expected: { low: '0.3', high: '40', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '90', unit: '万件' },
    mass: { value: '180', unit: 't' },
    use: [
      use('grid-electricity', '75', '万度'),
      use('steam', '5400', 'GJ'),
      use('cotton-yarn', '130', 't', '10'),
      use('polyester-yarn', '66', 't', '50'),
      use('water', '16000', 'm3'),
      use('waste-water', '14000', 'm3'),
      use('textile-scrap-recycled', '12', 't'),
    ],
  },
};

const LED_LAMPS: SectorTemplate = {
  id: 'led-lamps',
  name: { zh: 'LED 灯具', en: 'LED lamps' },
  declaredUnit: PIECE,
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    material('led-chips', ['LED 灯珠', 'LED packages'], null),
    material('circuit-board', ['线路板和驱动', 'circuit boards and drivers'], null),
    material(
      'aluminium',
      ['铝（散热器、外壳）', 'aluminium'],
      'uk-aluminium',
      'uk-aluminium-recycled-content',
    ),
    material('polycarbonate', ['PC 灯罩料', 'polycarbonate'], null),
    material('pp', ['聚丙烯 PP', 'PP'], 'uk-pp', 'uk-pp-recycled-content'),
    material('glass', ['玻璃', 'glass'], 'uk-glass', 'uk-glass-recycled-content'),
    material('copper-wire', ['铜线', 'copper wire'], null),
    waste(
      'metal-scrap-recycled',
      ['废金属（卖出回收）', 'metal scrap sold for recycling'],
      'uk-metal-recycled',
    ),
    waste(
      'weee-recycled',
      ['报废灯具和线路板（回收）', 'scrapped lamps and boards, recycled'],
      'uk-weee-recycled',
    ),
  ],
  expected: { low: '0.1', high: '20', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '150', unit: '万件' },
    mass: { value: '105', unit: 't' },
    use: [
      use('grid-electricity', '21', '万度'),
      use('aluminium', '38', 't', '30'),
      use('polycarbonate', '31', 't'),
      use('circuit-board', '22', 't'),
      use('led-chips', '3', 't'),
      use('corrugated-board', '19', 't', '60'),
      use('metal-scrap-recycled', '2', 't'),
    ],
  },
};

const TOYS: SectorTemplate = {
  id: 'toys',
  name: { zh: '玩具', en: 'toys' },
  declaredUnit: PIECE,
  criteria: CRITERIA,
  items: [
    ...COMMON_ITEMS,
    material('abs', ['ABS 料', 'ABS'], null),
    material('pp', ['聚丙烯 PP', 'PP'], 'uk-pp', 'uk-pp-recycled-content'),
    material('pvc', ['聚氯乙烯 PVC', 'PVC'], 'uk-pvc', 'uk-pvc-recycled-content'),
    material('plush-cloth', ['毛绒面料', 'plush cloth'], null),
    material('polyester-filling', ['涤纶填充棉', 'polyester filling'], null),
    material('wood', ['木料', 'wood'], 'uk-wood'),
    material('paint', ['油漆和油墨', 'paint and ink'], null),
    material('electronics', ['电子元件', 'electronic parts'], 'uk-electrical-small'),
    material('batteries', ['随附电池', 'batteries included'], 'uk-battery-alkaline'),
    waste(
      'plastic-scrap-recycled',
      ['塑料边角料（卖出回收）', 'plastic scrap sold for recycling'],
      'uk-plastic-recycled',
    ),
    waste('textile-scrap-recycled', ['布头边角料（回收）', 'textile scrap, recycled'], 'uk-textile-recycled'),
  ],
  expected: { low: '0.2', high: '20', unit: 'kWh', per: 'kg' },
  demonstration: {
    label: 'synthetic',
    product: { value: '60', unit: '万件' },
    mass: { value: '150', unit: 't' },
    use: [
      use('grid-electricity', '28', '万度'),
      use('pp', '70', 't', '0'),
      use('abs', '62', 't'),
      use('electronics', '9', 't'),
      use('batteries', '6', 't'),
      use('corrugated-board', '33', 't', '60'),
      use('plastic-scrap-recycled', '3', 't'),
    ],
  },
};

export const SECTOR_TEMPLATES: ReadonlyMap<string, SectorTemplate> = new Map(
  [PULP_TABLEWARE, PLASTIC_GOODS, FASTENERS, TEXTILES, LED_LAMPS, TOYS].map((each) => [each.id, each]),
);
