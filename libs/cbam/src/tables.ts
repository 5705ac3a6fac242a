/**
 * Loaded, dated tables: `anchorleaf-cbam-table/v1`. What was not loaded is a state that a result names; a table that
 * has been replaced is refused unless it is asked for, and then named in the result. docs/formats/cbam.md has the rows.
 */
import type { Rational } from '#lib/quantity';
import { CbamError } from './errors.ts';
import { parseCn } from './scope.ts';
import {
  decimal,
  type Fields,
  list,
  malformed,
  notNegative,
  object,
  oneOf,
  optionalText,
  text,
} from './shape.ts';

export const TABLE_FORMAT = 'anchorleaf-cbam-table/v1';
export const TABLE_KINDS = [
  'default-values',
  'benchmarks',
  'certificate-prices',
  'free-allocation',
  'mark-ups',
] as const;
export type TableKind = (typeof TABLE_KINDS)[number];

/** What a result records of each table it used. */
export interface TableSource {
  readonly table: TableKind;
  readonly title: string;
  readonly act: string;
  readonly version: string;
  /** First day it applies to. */
  readonly validFrom: string;
  readonly source: string;
  readonly licence: string;
  /** False for a selection: what it lacks may exist. */
  readonly complete: boolean;
  readonly supersededBy: { readonly title: string; readonly date: string } | null;
}

export interface DefaultRow {
  /** ISO 3166-1; `OTHER` = other countries and territories; `UNKNOWN` = Annex IV, precursors of unknown origin. */
  readonly country: string;
  /** 4, 6, 8 or 10 digits. */
  readonly cn: string;
  readonly route: string | null;
  readonly name: string | null;
  readonly direct: Rational | null;
  readonly indirect: Rational | null;
  /** tCO2e per unit before mark-up; null where the table lists the row without a value. */
  readonly total: Rational | null;
  readonly unit: 't' | 't clinker' | 't N';
  /** Why the row is not to be used, as far as whoever loaded it knows. */
  readonly defect: string | null;
}
export interface BenchmarkRow {
  readonly cn: string;
  /** A for actual values, B for default values. */
  readonly column: 'A' | 'B';
  readonly route: string | null;
  readonly value: Rational;
}
export interface PriceRow {
  /** `2026-Q1`, or a week such as `2027-W05`. */
  readonly period: string;
  readonly euroPerTonne: Rational;
  readonly published: string;
}
export interface AllocationRow {
  readonly year: string;
  /** Free-allocation share left in that year, as a fraction. */
  readonly share: Rational;
  /** Cross-sectoral correction factor; null where not known. */
  readonly correction: Rational | null;
}
export interface MarkUpRow {
  readonly sector: string;
  readonly fromYear: string;
  /** Fraction of the default value. */
  readonly markUp: Rational;
}

interface Rows {
  readonly 'default-values': DefaultRow;
  readonly benchmarks: BenchmarkRow;
  readonly 'certificate-prices': PriceRow;
  readonly 'free-allocation': AllocationRow;
  readonly 'mark-ups': MarkUpRow;
}

export interface Table<Kind extends TableKind> {
  readonly source: TableSource;
  readonly rows: readonly Rows[Kind][];
}

export type Tables = { readonly [Kind in TableKind]: Table<Kind> | null };

export const NO_TABLES: Tables = {
  'default-values': null,
  benchmarks: null,
  'certificate-prices': null,
  'free-allocation': null,
  'mark-ups': null,
};

const MAX_ROWS = 100_000;

/**
 * Adds a table, in place of one of its kind.
 * @throws {CbamError} cbam/malformed-table; cbam/table-superseded unless `allowSuperseded`
 */
export function loadTable(tables: Tables, json: unknown, allowSuperseded = false): Tables {
  const { kind, table } = readTable(json);
  const { supersededBy, title, version } = table.source;
  if (supersededBy !== null && !allowSuperseded) {
    throw new CbamError(
      'cbam/table-superseded',
      '/supersededBy',
      `${title}, version ${version}, was replaced on ${supersededBy.date} by ${supersededBy.title}`,
      'load that one, or ask for the old one expressly to look at an old result',
    );
  }
  return { ...tables, [kind]: table };
}

function readTable(json: unknown): { kind: TableKind; table: Table<TableKind> } {
  try {
    const fields = object(json, '');
    if (fields.format !== TABLE_FORMAT) throw malformed('/format', TABLE_FORMAT, fields.format);
    const kind = oneOf(fields, 'table', '', TABLE_KINDS);
    const rows = list(fields, 'rows', '', MAX_ROWS).map((row, index) => {
      const place = `/rows/${index}`;
      return READERS[kind](object(row, place), place);
    });
    return { kind, table: { source: readSource(fields, kind), rows } };
  } catch (cause) {
    if (!(cause instanceof CbamError) || cause.code === 'cbam/too-many') throw cause;
    throw new CbamError('cbam/malformed-table', cause.pointer, cause.message, cause.remedy, { cause });
  }
}

function readSource(fields: Fields, table: TableKind): TableSource {
  const by = fields.supersededBy ?? null;
  const superseding = by === null ? null : object(by, '/supersededBy');
  if (typeof fields.complete !== 'boolean') throw malformed('/complete', 'true or false', fields.complete);
  return {
    table,
    title: text(fields, 'title', ''),
    act: text(fields, 'act', ''),
    version: text(fields, 'version', ''),
    validFrom: text(fields, 'validFrom', ''),
    source: text(fields, 'source', ''),
    licence: text(fields, 'licence', ''),
    complete: fields.complete,
    supersededBy:
      superseding === null
        ? null
        : {
            title: text(superseding, 'title', '/supersededBy'),
            date: text(superseding, 'date', '/supersededBy'),
          },
  };
}

const orNull = (fields: Fields, key: string, place: string): Rational | null =>
  (fields[key] ?? null) === null ? null : required(fields, key, place);

const required = (fields: Fields, key: string, place: string): Rational =>
  notNegative(decimal(fields[key], `${place}/${key}`), `${place}/${key}`);

const READERS: { readonly [Kind in TableKind]: (fields: Fields, place: string) => Rows[Kind] } = {
  'default-values': (fields, place) => ({
    country: text(fields, 'country', place),
    cn: parseCn(fields.cn, `${place}/cn`),
    route: optionalText(fields, 'route', place),
    name: optionalText(fields, 'name', place),
    direct: orNull(fields, 'direct', place),
    indirect: orNull(fields, 'indirect', place),
    total: orNull(fields, 'total', place),
    unit: fields.unit === undefined ? 't' : oneOf(fields, 'unit', place, ['t', 't clinker', 't N']),
    defect: optionalText(fields, 'defect', place),
  }),
  benchmarks: (fields, place) => ({
    cn: parseCn(fields.cn, `${place}/cn`),
    column: oneOf(fields, 'column', place, ['A', 'B']),
    route: optionalText(fields, 'route', place),
    value: required(fields, 'value', place),
  }),
  'certificate-prices': (fields, place) => ({
    period: text(fields, 'period', place),
    euroPerTonne: required(fields, 'euroPerTonne', place),
    published: text(fields, 'published', place),
  }),
  'free-allocation': (fields, place) => ({
    year: text(fields, 'year', place),
    share: required(fields, 'share', place),
    correction: orNull(fields, 'correction', place),
  }),
  'mark-ups': (fields, place) => ({
    sector: text(fields, 'sector', place),
    fromYear: text(fields, 'fromYear', place),
    markUp: required(fields, 'markUp', place),
  }),
};
