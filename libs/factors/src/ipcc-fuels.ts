/**
 * Fuels of the IPCC 2006 Guidelines, volume 2 chapter 2: CO2 in t/TJ, net calorific value in GJ/t where it was seen,
 * CH4 and N2O of manufacturing industries in kg/TJ. Figures as compared in two transcriptions, so second-hand; the
 * factor made of them, with the potentials of AR6, is our own sum, so computed. Stack emissions only: a product
 * footprint needs an upstream half beside it.
 */
import { formatExact, multiply, parseDecimal, type Rational } from '#lib/quantity';
import { FactorsError } from './errors.ts';
import { gasTotal } from './gwp.ts';
import { type FactorFields, UNKNOWN } from './record.ts';

export type FuelClass = 'gas' | 'liquid' | 'solid' | 'waste' | 'biomass';

export interface Fuel {
  readonly code: string;
  readonly zh: string;
  readonly class: FuelClass;
  readonly co2TPerTJ: string;
  /** Null where no copy of the figure was seen: missing, not zero, and not guessed. */
  readonly ncvGJPerT: string | null;
  readonly ch4KgPerTJ: string;
  readonly n2oKgPerTJ: string;
}

// code | 中文 | class | CO2 NCV CH4 N2O; - is not seen
const TABLE = `
natural-gas|天然气|gas|56.1 48.0 1 0.1
lpg|液化石油气|gas|63.1 47.3 1 0.1
ethane|乙烷|gas|61.6 46.4 1 0.1
refinery-gas|炼厂干气|gas|57.6 49.5 1 0.1
coke-oven-gas|焦炉煤气|gas|44.4 38.7 1 0.1
gas-works-gas|煤气厂煤气|gas|44.4 - 1 0.1
blast-furnace-gas|高炉煤气|gas|260 - 1 0.1
oxygen-steel-furnace-gas|转炉煤气|gas|182 - 1 0.1
crude-oil|原油|liquid|73.3 - 3 0.6
natural-gas-liquids|天然气凝液|liquid|64.2 44.2 3 0.6
motor-gasoline|汽油|liquid|69.3 44.3 3 0.6
aviation-gasoline|航空汽油|liquid|70.0 - 3 0.6
jet-kerosene|航空煤油|liquid|71.5 - 3 0.6
other-kerosene|其他煤油|liquid|71.9 - 3 0.6
gas-diesel-oil|柴油|liquid|74.1 43.0 3 0.6
residual-fuel-oil|燃料油|liquid|77.4 40.4 3 0.6
naphtha|石脑油|liquid|73.3 - 3 0.6
bitumen|沥青|liquid|80.7 - 3 0.6
lubricants|润滑油|liquid|73.3 - 3 0.6
petroleum-coke|石油焦|liquid|97.5 - 3 0.6
paraffin-waxes|石蜡|liquid|73.3 40.2 3 0.6
shale-oil|页岩油|liquid|73.3 38.1 3 0.6
waste-oils|废油|liquid|73.3 40.2 30 4
anthracite|无烟煤|solid|98.3 26.7 10 1.5
coking-coal|炼焦煤|solid|94.6 28.2 10 1.5
other-bituminous-coal|其他烟煤|solid|94.6 25.8 10 1.5
sub-bituminous-coal|次烟煤|solid|96.1 18.9 10 1.5
lignite|褐煤|solid|101 - 10 1.5
oil-shale-tar-sands|油页岩和油砂|solid|107 8.9 10 1.5
coke-oven-coke|焦炭|solid|107 - 10 1.5
patent-fuel|型煤|solid|97.5 - 10 1.5
peat|泥炭|solid|106 9.76 2 1.5
municipal-waste-fossil-fraction|城市垃圾（化石部分）|waste|91.7 10.0 30 4
industrial-waste|工业废物|waste|143 - 30 4
wood-wood-waste|木材和木废料（生物源）|biomass|112 15.6 30 4`;

export const FUELS: readonly Fuel[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [code = '', zh = '', group, figures = ''] = line.split('|');
    const [co2 = '', ncv = '', ch4 = '', n2o = ''] = figures.split(' ');
    return {
      code,
      zh,
      class: group as FuelClass,
      co2TPerTJ: co2,
      ncvGJPerT: ncv === '-' ? null : ncv,
      ch4KgPerTJ: ch4,
      n2oKgPerTJ: n2o,
    };
  });

/**
 * Net calorific value of a fuel, GJ/t.
 * @throws {FactorsError} factors/unknown-factor; factors/empty-value where none was seen
 */
export function ncvOf(code: string): Rational {
  const fuel = FUELS.find((each) => each.code === code);
  if (fuel === undefined)
    throw new FactorsError(
      'factors/unknown-factor',
      '',
      `no fuel is called ${code}`,
      'see FUELS for the names',
    );
  if (fuel.ncvGJPerT === null)
    throw new FactorsError(
      'factors/empty-value',
      '',
      `no net calorific value of ${fuel.zh} was seen`,
      "take the value from the supplier's analysis; it is not guessed here",
    );
  return parseDecimal(fuel.ncvGJPerT);
}

/** [short name, record] per fuel, kgCO2e/TJ. Biogenic CO2 is no part of the value of a biomass fuel. */
export const ipccFuels = (): readonly (readonly [string, FactorFields])[] =>
  FUELS.map((fuel) => {
    const co2 = fuel.class === 'biomass' ? '0' : formatExact(multiply(parseDecimal(fuel.co2TPerTJ), TONNE));
    const gases = { CO2: co2, CH4: fuel.ch4KgPerTJ, N2O: fuel.n2oKgPerTJ };
    const fields: FactorFields = {
      ...UNKNOWN,
      name: { zh: `${fuel.zh}燃烧（IPCC 2006）`, en: `${fuel.code.replaceAll('-', ' ')} burnt (IPCC 2006)` },
      value: formatExact(gasTotal(gases, 'AR6')),
      unit: 'kgCO2e/TJ',
      kind: 'direct',
      gwp: 'AR6',
      region: 'GLO',
      year: '2006',
      gases,
      source:
        'IPCC 2006 Guidelines, volume 2 chapter 2, tables 2.2 and 2.3, with the GWP100 of AR6; two transcriptions compared',
      licence: 'facts, single figures with source',
      grade: 'computed',
      standIn: 'world default standing in for the fuel analysis of the supplier',
    };
    return [`ipcc-${fuel.code}`, fields];
  });

const TONNE: Rational = { n: 1000n, d: 1n };
