/** China's electricity factors as CSV, world grids of OWID (JSON) and EEA (CSV), and US spend-based factors (CSV). */
import { CanonicalError, isJsonObject, type JsonObject, parseStrict } from '#lib/canonical';
import { CN_AREAS, footprintFields, inventoryFields } from './cn-electricity.ts';
import { alpha2 } from './country-codes.ts';
import { FactorsError } from './errors.ts';
import { UNKNOWN } from './record.ts';
import { Collected, csvImporter, figure, type TableImporter } from './table-import.ts';
import { eeaFields, emberFields } from './world-grid.ts';

const wrong = (line: number, message: string): FactorsError =>
  new FactorsError('factors/malformed-table', `line ${line}`, message, 'take the file as it was published');

/**
 * `year,kind,level,area_zh,iso_3166_2,value,unit,source,grade`. The five kinds stay apart; rows whose figure and area
 * stand in the product's own table give the very same records.
 */
export const cnElectricityImporter = (): TableImporter =>
  csvImporter(
    ['year', 'kind', 'level', 'area_zh', 'iso_3166_2', 'value', 'unit', 'grade'],
    ({ line, cell }, into) => {
      into.row(line, () => {
        const [year, kind, level, value] = [
          cell('year'),
          cell('kind'),
          cell('level'),
          figure(cell('value'), line),
        ];
        if (!/^20\d\d$/.test(year)) throw wrong(line, `${JSON.stringify(year)} is not a year`);
        const life = kind === 'carbon_footprint_factor';
        if (cell('unit') !== (life ? 'kgCO2e/kWh' : 'kgCO2/kWh'))
          throw new FactorsError(
            'factors/kind-unit',
            `line ${line}`,
            `${kind} is given in ${cell('unit')}`,
            'footprint factors are in kgCO2e/kWh, the others in kgCO2/kWh',
          );
        const area = CN_AREAS.find(
          (each) => each.kind === kind && each.level === level && each.zh === cell('area_zh'),
        );
        if (area === undefined) throw wrong(line, `${kind} of ${level} ${cell('area_zh')} is not known`);
        if (area.level === 'province' && cell('iso_3166_2') !== area.region)
          throw wrong(line, `${cell('area_zh')} is ${area.region}, not ${cell('iso_3166_2')}`);
        return life
          ? footprintFields(year, value, area.name)
          : inventoryFields(year, area.region, value, area.name);
      });
    },
  );

/** `Entity,Code,Year,Carbon intensity of electricity (gCO2/kWh)`. */
export const eeaImporter = (document: string): TableImporter =>
  csvImporter(
    ['Entity', 'Code', 'Year', 'Carbon intensity of electricity (gCO2/kWh)'],
    ({ line, cell }, into) => {
      into.row(line, () => {
        const region = cell('Entity') === 'EU-27' ? 'EU27' : alpha2(cell('Code'));
        if (region === null) throw wrong(line, `${cell('Entity')} is no country of ISO 3166-1`);
        const grams = figure(cell('Carbon intensity of electricity (gCO2/kWh)'), line);
        return eeaFields(
          region,
          { zh: cell('Entity'), en: cell('Entity') },
          cell('Year'),
          notZero(grams, line),
          document,
        );
      });
    },
  );

/** `{ "CHN": { "country_name", "iso_code", "year", "carbon_intensity" g/kWh, … }, … }`; lines count the countries. */
export function owidImporter(document: string): TableImporter {
  const chunks: string[] = [];
  return {
    push: (chunk) => {
      chunks.push(chunk);
    },
    finish: () => {
      const into = new Collected();
      for (const [at, [code, country]] of Object.entries(countries(chunks.join(''))).entries()) {
        const line = at + 1;
        into.row(line, () => {
          const region = alpha2(code);
          if (region === null || !isJsonObject(country))
            throw wrong(line, `${code} is no country of ISO 3166-1`);
          const { country_name: en, year, carbon_intensity: grams } = country;
          if (typeof en !== 'string' || typeof year !== 'number')
            throw wrong(line, `${code} lacks name or year`);
          const text = figure(typeof grams === 'number' ? String(grams) : '', line);
          return emberFields(region, { zh: en, en }, String(year), notZero(text, line), document);
        });
      }
      return {
        factors: into.factors,
        pairs: [],
        unpaired: [],
        refusals: into.refusals,
        skipped: into.skipped,
      };
    },
  };
}

function countries(text: string): JsonObject {
  try {
    const value = parseStrict(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause;
    throw new FactorsError(
      'factors/malformed-table',
      '',
      cause.message,
      'take the file as it was published',
      { cause },
    );
  }
  throw wrong(1, 'the text is not an object of countries');
}

/** No grid gives electricity without any emission all year: a nought in grid data is a hole. */
function notZero(grams: string, line: number): string {
  if (/[1-9]/.test(grams)) return grams;
  throw new FactorsError(
    'factors/empty-value',
    `line ${line}`,
    'an intensity of 0 for a whole grid is a hole in the data',
    'take another factor; missing is not 0',
  );
}

const NAICS = '2017 NAICS Code';
const WITH_MARGINS = 'Supply Chain Emission Factors with Margins';

/** US EPA supply chain factors per 2022 US dollar, purchaser price: only for spend-based fallback. */
export const useeioImporter = (document: string): TableImporter =>
  csvImporter([NAICS, '2017 NAICS Title', 'GHG', 'Unit', WITH_MARGINS], ({ line, cell }, into) => {
    into.row(line, () => {
      if (cell('GHG') !== 'All GHGs' || cell('Unit') !== 'kg CO2e/2022 USD, purchaser price')
        throw new FactorsError(
          'factors/unknown-unit',
          `line ${line}`,
          `${cell('GHG')} in ${cell('Unit')} is not the total in kg CO2e per 2022 USD`,
          'supply the CO2e table with 2022 dollars; gases are never added to it',
        );
      const title = cell('2017 NAICS Title');
      return {
        ...UNKNOWN,
        name: { zh: `美国按支出因子：${title}`, en: `${title}, per US dollar spent` },
        value: figure(cell(WITH_MARGINS), line),
        unit: 'kgCO2e/USD',
        kind: 'spend-based',
        gwp: 'not-stated',
        region: 'US',
        year: '2022',
        source: `US EPA, Supply Chain GHG Emission Factors v1.3, NAICS ${cell(NAICS)}, with margins, 2022 USD at purchaser price`,
        document,
        licence: 'US government work',
        grade: 'official',
        standIn: 'average of US spending standing in for a material',
      };
    });
  });
