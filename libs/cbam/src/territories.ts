/** ISO 3166-1 codes whose goods carry no CBAM duty: the Union itself, and the countries of Annex III, point 1. */
const UNION = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
const ANNEX_III = ['CH', 'IS', 'LI', 'NO'];

/** A precursor from there enters with zero embedded emissions (Regulation (EU) 2023/956, Article 2 and Annex III). */
export const isExemptTerritory = (country: string): boolean =>
  UNION.includes(country) || ANNEX_III.includes(country);
