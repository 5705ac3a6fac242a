/** CSV (RFC 4180) in pieces of any size: rows come out as soon as they are whole, a byte order mark is dropped. */
import { FactorsError } from './errors.ts';

export interface CsvRow {
  /** Line the row begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Longer than any cell of a factor table; a bound on what one unclosed quote can swallow. */
const MAX_CELL = 10_000;
const MAX_CELLS = 1_000;

export class CsvLines {
  #cell = '';
  #cells: string[] = [];
  #quoted = false;
  /** A quote inside a quoted cell was the last character: either its end or half of a doubled quote. */
  #mayEnd = false;
  #line = 1;
  #begun = 1;
  #first = true;

  /** @throws {FactorsError} factors/malformed-table for a cell without end */
  *push(chunk: string): Generator<CsvRow> {
    for (const char of chunk) {
      if (this.#first) {
        this.#first = false;
        if (char === '\ufeff') continue;
      }
      if (char === '\n') this.#line += 1;
      if (this.#mayEnd) {
        this.#mayEnd = false;
        if (char === '"') {
          this.#cell += '"';
          continue;
        }
        this.#quoted = false;
      }
      if (this.#quoted) {
        if (char === '"') this.#mayEnd = true;
        else this.#take(char);
      } else if (char === '"' && this.#cell === '') this.#quoted = true;
      else if (char === ',') this.#endCell();
      else if (char === '\n') yield* this.#endRow();
      else if (char !== '\r') this.#take(char);
    }
  }

  /** The last row, where the text did not end with a line break. */
  *end(): Generator<CsvRow> {
    if (this.#quoted && !this.#mayEnd)
      throw new FactorsError(
        'factors/malformed-table',
        `line ${this.#begun}`,
        'a quoted cell has no closing quote',
        'take the file as the publisher saved it',
      );
    yield* this.#endRow();
  }

  #take(char: string): void {
    this.#cell += char;
    if (this.#cell.length > MAX_CELL)
      throw new FactorsError(
        'factors/malformed-table',
        `line ${this.#begun}`,
        `a cell has more than ${MAX_CELL} characters`,
        'take the CSV file, not a workbook or a page',
      );
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    if (this.#cells.length > MAX_CELLS)
      throw new FactorsError(
        'factors/malformed-table',
        `line ${this.#begun}`,
        `a row has more than ${MAX_CELLS} cells`,
        'take the file as the publisher saved it',
      );
    this.#cell = '';
    this.#quoted = false;
    this.#mayEnd = false;
  }

  *#endRow(): Generator<CsvRow> {
    const line = this.#begun;
    this.#begun = this.#line;
    if (this.#cell === '' && this.#cells.length === 0 && !this.#mayEnd) return;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    yield { line, cells };
  }
}
