/**
 * Large public tables, read from the publisher's file as an operator supplies it. Rows come in pieces of any size; a
 * row that cannot be a factor is refused by its line, and the others go on.
 */
import { parseDecimal, QuantityError } from '#lib/quantity';
import { CsvLines, type CsvRow } from './csv-lines.ts';
import { FactorsError, type FactorsErrorCode } from './errors.ts';
import { type Factor, type FactorFields, makeFactor } from './record.ts';

export interface RowRefusal {
  readonly line: number;
  readonly code: FactorsErrorCode;
  readonly message: string;
  readonly remedy: string;
}

export interface Imported {
  readonly factors: readonly Factor[];
  /** Ids of factors that are whole together. */
  readonly pairs: readonly { readonly direct: string; readonly upstream: string }[];
  /** Direct factors whose upstream half the table does not hold. */
  readonly unpaired: readonly string[];
  readonly refusals: readonly RowRefusal[];
  /** Rows that are no factors of a product footprint, by the reason, e.g. `table 4`. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface TableImporter {
  /** @throws {FactorsError} factors/malformed-table when this is not the table at all */
  push(chunk: string): void;
  finish(): Imported;
}

/** Decimal text of a figure with its publisher's zeros, or a refusal: an empty cell is missing, never 0. */
export function figure(text: string, line: number): string {
  if (text === '')
    throw new FactorsError(
      'factors/empty-value',
      `line ${line}`,
      'the row has no figure',
      'an empty figure is missing, not 0; take another factor',
    );
  try {
    parseDecimal(text);
    return text;
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new FactorsError(
      'factors/malformed-decimal',
      `line ${line}`,
      cause.message,
      'take the file as the publisher saved it',
      { cause },
    );
  }
}

const MAX_REFUSALS = 10_000;
const MAX_REASONS = 200;

/** Collects factors, refusals and counts while the rows go by. */
export class Collected {
  readonly factors: Factor[] = [];
  readonly refusals: RowRefusal[] = [];
  readonly skipped: Record<string, number> = {};

  /** Runs `make` for one row; what it refuses is kept with the line. */
  row(line: number, make: () => FactorFields | null): Factor | null {
    try {
      const fields = make();
      if (fields === null) return null;
      const factor = makeFactor(fields);
      this.factors.push(factor);
      return factor;
    } catch (cause) {
      if (!(cause instanceof FactorsError)) throw cause;
      if (this.refusals.length === MAX_REFUSALS)
        throw new FactorsError(
          'factors/malformed-table',
          `line ${line}`,
          `more than ${MAX_REFUSALS} rows are refused`,
          'choose the importer of this table',
        );
      this.refusals.push({ line, code: cause.code, message: cause.message, remedy: cause.remedy });
      return null;
    }
  }

  skip(why: string): void {
    const known = Object.hasOwn(this.skipped, why) || Object.keys(this.skipped).length < MAX_REASONS;
    const reason = known ? why : 'other';
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }
}

/**
 * An importer of a CSV table with a known head.
 * @param head the cells that make it this table; others may follow
 * @param take one row by the names of its cells; its refusals are kept
 */
export function csvImporter(
  head: readonly string[],
  take: (row: { readonly line: number; readonly cell: (name: string) => string }, into: Collected) => void,
  finish: (into: Collected) => Pick<Imported, 'pairs' | 'unpaired'> = () => ({ pairs: [], unpaired: [] }),
): TableImporter {
  const lines = new CsvLines();
  const into = new Collected();
  let columns: ReadonlyMap<string, number> | null = null;
  const one = ({ line, cells }: CsvRow): void => {
    if (columns === null) {
      columns = new Map(cells.map((name, at) => [name.trim(), at]));
      const lacking = head.filter((name) => !columns?.has(name));
      if (lacking.length > 0)
        throw new FactorsError(
          'factors/malformed-table',
          `line ${line}`,
          `the head lacks ${lacking.join(', ')}`,
          'choose the importer of this table, and the file as the publisher saved it',
        );
      return;
    }
    const found = columns;
    if (cells.length !== found.size) {
      into.row(line, () => {
        throw new FactorsError(
          'factors/malformed-table',
          `line ${line}`,
          `${cells.length} cells where the head has ${found.size}`,
          'take the file as the publisher saved it',
        );
      });
      return;
    }
    take({ line, cell: (name) => (cells[found.get(name) ?? -1] ?? '').trim() }, into);
  };
  return {
    push: (chunk) => {
      for (const row of lines.push(chunk)) one(row);
    },
    finish: () => {
      for (const row of lines.end()) one(row);
      if (columns === null)
        throw new FactorsError('factors/malformed-table', 'line 1', 'the table is empty', 'supply the file');
      return { ...finish(into), factors: into.factors, refusals: into.refusals, skipped: into.skipped };
    },
  };
}
