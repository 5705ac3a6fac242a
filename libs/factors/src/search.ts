/** Finding a factor by its name in Chinese or English, by item, place, year and kind. Same question, same order. */

import type { FactorTable } from './factor-table.ts';
import type { Factor, FactorGrade, FactorKind } from './record.ts';
import { regionsAround } from './region.ts';
import { SECTOR_TEMPLATES } from './templates.ts';

export interface FactorQuery {
  /** Words in any order, 中文 or English; all of them must stand in name, source or short name. */
  readonly text?: string;
  /** Code of an item, as templates and workbooks use it. */
  readonly item?: string;
  /** Short names to choose among. */
  readonly keys?: readonly string[];
  /** The place of the activity: factors of the places that contain it are found, nearest first. */
  readonly region?: string;
  readonly year?: string;
  readonly kind?: FactorKind;
  /** kWh, t, tkm …: what the factor is per. */
  readonly per?: string;
  readonly limit?: number;
}

export interface Found {
  readonly key: string;
  readonly factor: Factor;
}

const GRADE_ORDER: readonly FactorGrade[] = ['official', 'second-hand', 'computed', 'maker-stated'];
const LIMIT = 20;

/**
 * Order: whole name, start of a name, words elsewhere; nearer place; nearer year, the newer of two; better grade;
 * short name. Factors of other places come last where text or item found them, for they may stand in.
 */
export function searchFactors(table: FactorTable, query: FactorQuery): readonly Found[] {
  const words = fold(query.text ?? '')
    .split(' ')
    .filter((word) => word !== '');
  const around = query.region === undefined ? null : regionsAround(query.region);
  const ofItem = query.item === undefined ? null : keysOfItem(query.item);
  const ranked: { readonly rank: readonly (number | string)[]; readonly found: Found }[] = [];
  for (const [key, factor] of table) {
    if (query.keys !== undefined && !query.keys.includes(key)) continue;
    if (ofItem !== null && !ofItem.has(key)) continue;
    if (query.kind !== undefined && factor.kind !== query.kind) continue;
    if (query.per !== undefined && factor.unit.slice(factor.unit.indexOf('/') + 1) !== query.per) continue;
    const text = textRank(words, key, factor);
    if (text === null) continue;
    const place = around === null ? 0 : around.indexOf(factor.region);
    if (place < 0 && words.length === 0 && query.keys === undefined && ofItem === null) continue;
    const years = query.year === undefined ? 0 : Math.abs(Number(query.year) - Number(factor.year));
    ranked.push({
      rank: [
        text,
        place < 0 ? 99 : place,
        years,
        -Number(factor.year),
        GRADE_ORDER.indexOf(factor.grade),
        key,
      ],
      found: { key, factor },
    });
  }
  return ranked
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .slice(0, query.limit ?? LIMIT)
    .map(({ found }) => found);
}

/** Factors that some template counts an item with, its recycled source among them. */
function keysOfItem(code: string): ReadonlySet<string> {
  const items = [...SECTOR_TEMPLATES.values()].flatMap(({ items }) =>
    items.filter((each) => each.code === code),
  );
  return new Set(
    items.flatMap(({ factors, recycled }) => [
      ...Object.values(factors).flat(),
      ...(recycled === null ? [] : [recycled]),
    ]),
  );
}

function textRank(words: readonly string[], key: string, factor: Factor): number | null {
  if (words.length === 0) return 0;
  const names = [fold(factor.name.zh), fold(factor.name.en), key];
  const all = [...names, fold(factor.source), factor.region.toLowerCase(), factor.year].join(' ');
  if (!words.every((word) => all.includes(word))) return null;
  const asked = words.join(' ');
  if (names.includes(asked)) return 0;
  if (names.some((name) => name.startsWith(asked))) return 1;
  return words.every((word) => names.some((name) => name.includes(word))) ? 2 : 3;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] as number | string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The ids a calculation was made with, sorted, each once: its version of every factor. */
export const pin = (factors: Iterable<Factor>): readonly string[] =>
  [...new Set([...factors].map((factor) => factor.id))].sort();
