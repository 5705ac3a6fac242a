/**
 * Looking up a default value (Annexes I and IV of Implementing Regulation (EU) 2025/2621): the longest code that the
 * table has for the good, in the order of countries, and never a route that nobody chose. Only the total is read;
 * columns with the mark-up already in are not part of the format, because published copies compound it.
 */
import { compare, type Rational, rational, subtract, sum, ZERO } from '#lib/quantity';
import { CbamError } from './errors.ts';
import { spaced } from './scope.ts';
import type { DefaultRow, Tables } from './tables.ts';

export interface FoundDefault {
  readonly row: DefaultRow;
  readonly total: Rational;
  readonly direct: Rational | null;
  readonly indirect: Rational | null;
  /** `country` as asked; `OTHER` where the country is not listed or has no value; `UNKNOWN` for Annex IV. */
  readonly countryUsed: string;
  readonly notes: readonly string[];
}

export interface DefaultQuestion {
  /** ISO 3166-1, or null where the country of production is unknown. */
  readonly country: string | null;
  readonly cn: string;
  /** Route letter as the table has it, e.g. `A`. */
  readonly route: string | null;
}

/** @throws {CbamError} cbam/table-not-loaded, /several-routes, /default-not-found, /default-defective */
export function findDefault(tables: Tables, question: DefaultQuestion, pointer: string): FoundDefault {
  const table = tables['default-values'];
  if (table === null) {
    throw new CbamError(
      'cbam/table-not-loaded',
      pointer,
      'the table of default values is not loaded, and no value is built in',
      'load the corrected table of 10 August 2026 or a later one',
    );
  }
  const order = question.country === null ? ['UNKNOWN'] : [question.country, 'OTHER'];
  for (const country of order) {
    const rows = longest(table.rows, country, question.cn);
    const usable = ofRoute(rows, question, pointer);
    // Listed without a value: the other countries' table serves.
    if (usable === null || usable.total === null) continue;
    return found(usable, usable.total, country, question);
  }
  throw new CbamError(
    'cbam/default-not-found',
    pointer,
    `the table has no default value for ${spaced(question.cn)} from ${order.join(' or ')}`,
    'check code, country and table; a code of 8 digits may need its 10-digit TARIC code',
  );
}

function longest(rows: readonly DefaultRow[], country: string, cn: string): readonly DefaultRow[] {
  const matches = rows.filter((row) => row.country === country && cn.startsWith(row.cn));
  const most = Math.max(0, ...matches.map((row) => row.cn.length));
  return matches.filter((row) => row.cn.length === most);
}

function ofRoute(rows: readonly DefaultRow[], question: DefaultQuestion, pointer: string): DefaultRow | null {
  const wanted = question.route;
  const routes = new Set(rows.map((row) => row.route));
  const chosen =
    wanted === null || (routes.size === 1 && routes.has(null))
      ? rows
      : rows.filter((row) => row.route === wanted);
  if (chosen.length <= 1) {
    if (chosen.length === 1 || rows.length === 0) return chosen[0] ?? null;
    throw severalRoutes(rows, question, pointer, `none of them is route ${wanted}`);
  }
  throw severalRoutes(rows, question, pointer, 'none is picked in silence');
}

const severalRoutes = (rows: readonly DefaultRow[], { cn }: DefaultQuestion, pointer: string, why: string) =>
  new CbamError(
    'cbam/several-routes',
    pointer,
    `${spaced(cn)} has several default values and ${why}`,
    `choose the route: ${rows.map((row) => `${row.route ?? 'no letter'} (${row.name ?? row.cn})`).join(', ')}`,
  );

/** Parts are printed with two or three decimals, so a sum may be off by this much. */
const ROUNDING = rational(15n, 1_000n);

function found(row: DefaultRow, total: Rational, country: string, question: DefaultQuestion): FoundDefault {
  if (row.defect !== null) {
    throw new CbamError(
      'cbam/default-defective',
      '',
      `the row ${row.country} ${spaced(row.cn)} is marked as defective: ${row.defect}`,
      'load a corrected table',
    );
  }
  const notes: string[] = [];
  if (question.country !== null && country !== question.country)
    notes.push(`${question.country} has no value of its own: other countries and territories`);
  if (question.country === null) notes.push('country unknown: Annex IV');
  if (row.cn.length < Math.min(8, question.cn.length)) notes.push(`found under ${spaced(row.cn)}`);
  const parts = [row.direct, row.indirect].filter((each) => each !== null);
  const gap = subtract(total, sum(parts));
  if (parts.length === 2 && (compare(gap, ROUNDING) > 0 || compare(subtract(ZERO, gap), ROUNDING) > 0))
    notes.push('direct and indirect do not sum to the total: the total is used');
  return { row, total, direct: row.direct, indirect: row.indirect, countryUsed: country, notes };
}
