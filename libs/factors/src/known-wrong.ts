/** Figures that go round and are wrong, each with the right one. They warn; they are never corrected in silence. */
import { compare, multiply, parseDecimal, type Rational } from '#lib/quantity';
import { readFactorUnit } from './factor-unit.ts';
import type { Factor } from './record.ts';

export interface KnownWrong {
  readonly code:
    | 'wrong/cn-grid-0.5703'
    | 'wrong/ipcc-gas-n2o'
    | 'wrong/ipcc-coal-ch4'
    | 'wrong/ipcc-anthracite-ncv'
    | 'wrong/ipcc-kerosene-ncv';
  readonly seen: string;
  readonly right: string;
  readonly why: { readonly zh: string; readonly en: string };
}

const GRID_0_5703: Omit<KnownWrong, 'seen'> = {
  code: 'wrong/cn-grid-0.5703',
  right: '0.5777 kgCO2e/kWh (footprint 2024); CO2 averages 0.5568 (2021), 0.5366 (2022), 0.5306 (2023)',
  why: {
    zh: '0.5703 不在生态环境部 2021–2023 年任何一张因子表中；产品碳足迹用电力碳足迹因子（2024 年全国 0.5777 kgCO2e/kWh）。',
    en: '0.5703 is in none of the tables of MEE for 2021 to 2023; a product footprint takes the footprint factor, 0.5777 kgCO2e/kWh for 2024.',
  },
};

const same = (a: Rational, b: string): boolean => compare(a, parseDecimal(b)) === 0;
const perKWh: Readonly<Record<string, string>> = {
  kWh: '1',
  度: '1',
  MWh: '0.001',
  万度: '0.0001',
  GWh: '0.000001',
};

/** What is known to be wrong about a factor's figure. */
export function knownWrong(
  factor: Pick<Factor, 'value' | 'unit' | 'region' | 'gases' | 'name'>,
): readonly KnownWrong[] {
  const unit = readFactorUnit(factor.unit, '/unit');
  const found: KnownWrong[] = [];
  const scale = perKWh[unit.per];
  if (scale !== undefined && factor.region.startsWith('CN')) {
    const value = multiply(parseDecimal(factor.value), parseDecimal(scale));
    if (same(value, '0.5703')) found.push({ ...GRID_0_5703, seen: `${factor.value} ${factor.unit}` });
  }
  if (factor.gases !== null && factor.unit === 'kgCO2e/TJ') {
    const about = `${factor.name.zh} ${factor.name.en}`.toLowerCase();
    found.push(...knownWrongFuel({ about, ch4: factor.gases.CH4, n2o: factor.gases.N2O, ncv: null }));
  }
  return found;
}

/** Fuel figures of a transcription of IPCC 2006, kg/TJ and GJ/t: by the name of the fuel. */
export function knownWrongFuel(fuel: {
  readonly about: string;
  readonly ch4: string | null;
  readonly n2o: string | null;
  readonly ncv: string | null;
}): readonly KnownWrong[] {
  const is = (...words: readonly string[]): boolean => words.some((word) => fuel.about.includes(word));
  const says = (seen: string | null, figure: string): seen is string =>
    seen !== null && same(parseDecimal(seen), figure);
  const found: KnownWrong[] = [];
  if (is('天然气', 'natural gas') && !is('凝液', 'liquids') && says(fuel.n2o, '1.5'))
    found.push({
      code: 'wrong/ipcc-gas-n2o',
      seen: `${fuel.n2o} kg N2O/TJ`,
      right: '0.1 kg N2O/TJ',
      why: {
        zh: '天然气的 N2O 是 0.1 kg/TJ，1.5 是固体燃料的。',
        en: 'natural gas has 0.1 kg N2O/TJ; 1.5 belongs to solid fuels.',
      },
    });
  if (is('煤', 'coal', '焦炭', 'coke', 'anthracite', 'lignite', 'bituminous') && says(fuel.ch4, '300'))
    found.push({
      code: 'wrong/ipcc-coal-ch4',
      seen: `${fuel.ch4} kg CH4/TJ`,
      right: '10 kg CH4/TJ',
      why: {
        zh: '制造业固体燃料的 CH4 是 10 kg/TJ，300 是居民炉灶的。',
        en: 'solid fuels in manufacturing have 10 kg CH4/TJ; 300 belongs to household stoves.',
      },
    });
  if (is('无烟煤', 'anthracite') && says(fuel.ncv, '25.8'))
    found.push({
      code: 'wrong/ipcc-anthracite-ncv',
      seen: `${fuel.ncv} GJ/t`,
      right: '26.7 GJ/t',
      why: {
        zh: '无烟煤低位热值是 26.7 GJ/t，25.8 是其他烟煤的。',
        en: 'anthracite has 26.7 GJ/t; 25.8 belongs to other bituminous coal.',
      },
    });
  if (is('煤油', 'kerosene') && says(fuel.ncv, '40.68'))
    found.push({
      code: 'wrong/ipcc-kerosene-ncv',
      seen: `${fuel.ncv} GJ/t`,
      right: 'not seen in a copy of the table; take the supplier’s analysis',
      why: {
        zh: '40.68 不是 IPCC 2006 的煤油热值。',
        en: '40.68 is not the calorific value of kerosene in IPCC 2006.',
      },
    });
  return found;
}
