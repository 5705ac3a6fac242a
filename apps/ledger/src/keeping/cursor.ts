import type { Row } from './copy-rows.ts';
import type { RowSource } from './snapshot.ts';

export type Named = Readonly<Record<string, string | null>>;

/** Rows of a table with their columns' names, one after the other; `peek` looks without taking. */
export class Cursor {
  private next: Named | null = null;
  private readonly rows: AsyncIterator<Row>;
  private readonly columns: readonly string[];

  constructor(source: RowSource, table: string) {
    this.rows = source.rows(table)[Symbol.asyncIterator]();
    this.columns = source.tables.find(({ name }) => name === table)?.columns ?? [];
  }

  async peek(): Promise<Named | null> {
    if (this.next) return this.next;
    const { value, done } = await this.rows.next();
    this.next = done
      ? null
      : Object.fromEntries(this.columns.map((name, at) => [name, (value as Row)[at] ?? null]));
    return this.next;
  }

  async take(): Promise<Named | null> {
    const row = await this.peek();
    this.next = null;
    return row;
  }

  async close(): Promise<void> {
    await this.rows.return?.();
  }
}
