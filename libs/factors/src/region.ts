/** Where a factor holds: the world, a country, a subdivision, or one of China's seven grid regions. */

/**
 * Grid regions of the Chinese announcements with their provinces. Inner Mongolia is fed by two grids; its west, the
 * larger part, decides here. Tibet has no figure and no region here.
 */
export const CN_GRID_REGIONS: Readonly<
  Record<string, { readonly zh: string; readonly en: string; readonly provinces: readonly string[] }>
> = {
  'CN-NORTH': { zh: '华北', en: 'North China', provinces: ['BJ', 'TJ', 'HE', 'SX', 'SD', 'NM'] },
  'CN-NORTHEAST': { zh: '东北', en: 'Northeast China', provinces: ['LN', 'JL', 'HL'] },
  'CN-EAST': { zh: '华东', en: 'East China', provinces: ['SH', 'JS', 'ZJ', 'AH', 'FJ'] },
  'CN-CENTRAL': { zh: '华中', en: 'Central China', provinces: ['JX', 'HA', 'HB', 'HN'] },
  'CN-NORTHWEST': { zh: '西北', en: 'Northwest China', provinces: ['SN', 'GS', 'QH', 'NX', 'XJ'] },
  'CN-SOUTH': { zh: '南方', en: 'South China', provinces: ['GD', 'GX', 'YN', 'GZ', 'HI'] },
  'CN-SOUTHWEST': { zh: '西南', en: 'Southwest China', provinces: ['CQ', 'SC'] },
};

const SHAPE = /^(GLO|[A-Z]{2}|[A-Z]{2}-[A-Z0-9]{1,3}|EU27)$/;

export const isRegion = (text: string): boolean => SHAPE.test(text) || Object.hasOwn(CN_GRID_REGIONS, text);

/** A place and all that contain it, nearest first: CN-ZJ → CN-ZJ, CN-EAST, CN, GLO. */
export function regionsAround(place: string): readonly string[] {
  if (place === 'GLO') return ['GLO'];
  const country = place.slice(0, 2);
  const around = [place];
  if (country === 'CN' && place.length === 5) {
    const grid = Object.entries(CN_GRID_REGIONS).find(([, { provinces }]) =>
      provinces.includes(place.slice(3)),
    );
    if (grid !== undefined) around.push(grid[0]);
  }
  if (place !== country && place !== 'EU27') around.push(country);
  return [...around, 'GLO'];
}
