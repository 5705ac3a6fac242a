/**
 * Certificates an importer would need, as an estimate: `max(0, M × SEE × (1 + mark-up if default) − M × share × CSCF ×
 * benchmark − carbon price paid)`. Benchmark column A with actual values, B with default values. Every input is shown;
 * what no table holds is named, never guessed.
 */
import { add, compare, formatDecimal, multiply, ONE, type Rational, subtract, ZERO } from '#lib/quantity';
import { type Bilingual, CATEGORIES } from './category.ts';
import { findDefault } from './default-values.ts';
import { markUpOf } from './embedded.ts';
import { CbamError } from './errors.ts';
import { trimmed } from './format.ts';
import { goodInScope } from './read-good.ts';
import { amount, country, decimal, type Fields, notNegative, object, optionalText, text } from './shape.ts';
import type { BenchmarkRow, Tables } from './tables.ts';

export interface Estimate {
  readonly cn: string;
  readonly mass: string;
  readonly year: string;
  readonly basis: 'actual' | 'default';
  readonly inputs: {
    readonly specificEmissions: string | null;
    readonly markUp: string | null;
    readonly benchmark: {
      readonly value: string;
      readonly column: 'A' | 'B';
      readonly route: string | null;
    } | null;
    readonly freeAllocationShare: string | null;
    readonly correctionFactor: string | null;
    readonly carbonPricePaid: string;
    readonly euroPerCertificate: string | null;
  };
  /** tCO2e; null while an input is missing. */
  readonly certificates: string | null;
  /** EUR; null while an input is missing. */
  readonly cost: string | null;
  /** What is not loaded or not known, as `code: what`. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

export const NO_TAX_STATEMENT: Bilingual = {
  zh: '这是估算，列出了全部输入；不是税务文件。应缴数量由欧盟进口商的申报决定。',
  en: 'An estimate with all its inputs shown; no tax statement. What is due follows from the declaration of the EU importer.',
};

export interface Shipment {
  readonly cn: string;
  readonly country: string;
  readonly route: string | null;
  readonly benchmarkRoute: { readonly A: string | null; readonly B: string | null };
  /** t */
  readonly mass: Rational;
  readonly year: string;
  readonly pricePeriod: string | null;
  /** tCO2e that a carbon price paid abroad takes off. */
  readonly carbonPricePaid: Rational;
  /** t of all Annex I goods of the importer in the year; null where not known. */
  readonly importerYear: Rational | null;
  readonly place: string;
}

export function readShipment(value: unknown, place: string): Shipment {
  const fields = object(value, place);
  const year = text(fields, 'year', place);
  if (!/^20\d\d$/.test(year))
    throw new CbamError('cbam/malformed-input', `${place}/year`, `${year} is no year`, 'give it like "2026"');
  const mass = (key: string): Rational =>
    notNegative(amount(fields[key], `${place}/${key}`, ['mass']).value, `${place}/${key}`);
  return {
    cn: goodInScope(fields.cn, `${place}/cn`).cn,
    country: country(fields.country, `${place}/country`),
    route: optionalText(fields, 'route', place),
    benchmarkRoute: {
      A: optionalText(fields, 'benchmarkRouteActual', place),
      B: optionalText(fields, 'benchmarkRouteDefault', place),
    },
    mass: mass('mass'),
    year,
    pricePeriod: optionalText(fields, 'pricePeriod', place),
    carbonPricePaid: paid(fields, place),
    importerYear: (fields.importerYear ?? null) === null ? null : mass('importerYear'),
    place,
  };
}

const paid = (fields: Fields, place: string): Rational =>
  fields.carbonPricePaid === undefined
    ? ZERO
    : notNegative(decimal(fields.carbonPricePaid, `${place}/carbonPricePaid`), `${place}/carbonPricePaid`);

/** What a tonne of the good would need with the producer's own value, and what with the default value. */
export interface Comparison {
  readonly actual: Estimate | null;
  readonly byDefault: Estimate;
  /** Certificates and EUR that the actual value saves; negative if it costs. */
  readonly saving: { readonly certificates: string; readonly cost: string | null } | null;
  readonly statement: Bilingual;
}

/** `actual`: counted tCO2e per tonne, from the producer; null without one. */
export function compareWithDefault(shipment: Shipment, actual: Rational | null, tables: Tables): Comparison {
  const own = actual === null ? null : estimate(shipment, { kind: 'actual', value: actual }, tables);
  const byDefault = estimate(shipment, { kind: 'default' }, tables);
  const saved =
    own === null || own.certificates === null || byDefault.certificates === null
      ? null
      : {
          certificates: trimmed(subtract(byDefault.exact as Rational, own.exact as Rational), 3),
          cost:
            own.price === null
              ? null
              : formatDecimal(
                  multiply(subtract(byDefault.exact as Rational, own.exact as Rational), own.price),
                  2,
                ),
        };
  const strip = ({ exact, price, ...rest }: Working): Estimate => rest;
  return {
    actual: own === null ? null : strip(own),
    byDefault: strip(byDefault),
    saving: saved,
    statement: NO_TAX_STATEMENT,
  };
}

interface Working extends Estimate {
  readonly exact: Rational | null;
  readonly price: Rational | null;
}

type Basis = { readonly kind: 'actual'; readonly value: Rational } | { readonly kind: 'default' };

function estimate(shipment: Shipment, basis: Basis, tables: Tables): Working {
  const missing: string[] = [];
  const notes: string[] = [];
  const attempt = <T>(run: () => T): T | null => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof CbamError)) throw error;
      missing.push(`${error.code}: ${error.message}`);
      return null;
    }
  };
  const column = basis.kind === 'actual' ? 'A' : 'B';
  const { category } = goodInScope(shipment.cn, `${shipment.place}/cn`);
  const markUp =
    basis.kind === 'actual'
      ? ZERO
      : attempt(() => markUpOf(tables, CATEGORIES[category].sector, shipment.year, shipment.place));
  const see = basis.kind === 'actual' ? basis.value : attempt(() => defaultPerTonne(shipment, tables, notes));
  const benchmark = attempt(() => findBenchmark(shipment, column, tables));
  const allocation = attempt(() => findAllocation(shipment, tables));
  const price = attempt(() => findPrice(shipment, tables));
  if (allocation !== null && allocation.correction === null)
    missing.push(`cbam/table-outside-period: the correction factor of ${shipment.year} is not known`);
  let exact: Rational | null = null;
  const correction = allocation?.correction ?? null;
  if (see !== null && markUp !== null && benchmark !== null && allocation !== null && correction !== null) {
    const emitted = multiply(shipment.mass, multiply(see, add(ONE, markUp)));
    const free = multiply(multiply(shipment.mass, allocation.share), multiply(correction, benchmark.value));
    const due = subtract(subtract(emitted, free), shipment.carbonPricePaid);
    exact = compare(due, ZERO) < 0 ? ZERO : due;
  }
  if (shipment.importerYear !== null && !/^(2716|2804)/.test(shipment.cn)) {
    const isBelow = compare(shipment.importerYear, { n: 50n, d: 1n }) <= 0;
    notes.push(
      isBelow
        ? 'the importer stays at or below 50 t in the year: no certificates are due'
        : 'the importer is above 50 t in the year',
    );
  }
  return {
    cn: shipment.cn,
    mass: trimmed(shipment.mass, 5),
    year: shipment.year,
    basis: basis.kind,
    inputs: {
      specificEmissions: see === null ? null : trimmed(see, 5),
      markUp: markUp === null ? null : trimmed(markUp, 5),
      benchmark:
        benchmark === null ? null : { value: trimmed(benchmark.value, 5), column, route: benchmark.route },
      freeAllocationShare: allocation === null ? null : trimmed(allocation.share, 5),
      correctionFactor: correction === null ? null : trimmed(correction, 8),
      carbonPricePaid: trimmed(shipment.carbonPricePaid, 5),
      euroPerCertificate: price === null ? null : trimmed(price, 2),
    },
    certificates: exact === null ? null : trimmed(exact, 3),
    cost: exact === null || price === null ? null : formatDecimal(multiply(exact, price), 2),
    missing,
    notes,
    exact,
    price,
  };
}

function defaultPerTonne(shipment: Shipment, tables: Tables, notes: string[]): Rational {
  const found = findDefault(tables, shipment, shipment.place);
  notes.push(...found.notes);
  if (found.row.unit === 't') return found.total;
  throw new CbamError(
    'cbam/unit-mismatch',
    `${shipment.place}/cn`,
    `the default value is per ${found.row.unit}, the shipment is in t`,
    'estimate it by hand with the content of the good',
  );
}

function findBenchmark(shipment: Shipment, column: 'A' | 'B', tables: Tables): BenchmarkRow {
  const table = tables.benchmarks;
  if (table === null) {
    throw new CbamError(
      'cbam/table-not-loaded',
      shipment.place,
      'the table of benchmarks is not loaded',
      'load it',
    );
  }
  const rows = table.rows.filter((row) => row.column === column && shipment.cn.startsWith(row.cn));
  const most = Math.max(0, ...rows.map((row) => row.cn.length));
  const longest = rows.filter((row) => row.cn.length === most);
  const wanted = shipment.benchmarkRoute[column];
  const chosen = wanted === null ? longest : longest.filter((row) => row.route === wanted);
  if (chosen.length === 1 && chosen[0] !== undefined) return chosen[0];
  if (longest.length === 0) {
    throw new CbamError(
      'cbam/default-not-found',
      shipment.place,
      `the table has no benchmark of column ${column} for ${shipment.cn}`,
      'load the complete table',
    );
  }
  throw new CbamError(
    'cbam/several-routes',
    shipment.place,
    `${shipment.cn} has several benchmarks in column ${column}`,
    `choose the route: ${longest.map((row) => row.route ?? 'no letter').join(', ')}`,
  );
}

function findAllocation({ year, place }: Shipment, tables: Tables) {
  const row = tables['free-allocation']?.rows.find((each) => each.year === year);
  if (row !== undefined) return row;
  throw new CbamError(
    'cbam/table-outside-period',
    place,
    `no free-allocation share for ${year}`,
    'load the table',
  );
}

function findPrice({ pricePeriod, place }: Shipment, tables: Tables): Rational {
  const row = tables['certificate-prices']?.rows.find((each) => each.period === pricePeriod);
  if (row !== undefined) return row.euroPerTonne;
  throw new CbamError(
    'cbam/table-outside-period',
    place,
    pricePeriod === null ? 'no price period is named' : `no certificate price for ${pricePeriod} is loaded`,
    'name a period of the loaded prices, or load newer ones',
  );
}
