import type { Client } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/**
 * The one connection that batches are written on, kept from batch to batch so that its statements stay prepared. Rows
 * of other rooms go through `manager`, in the same transaction.
 */
export class WriterConnection {
  private constructor(
    private readonly runner: QueryRunner,
    private readonly client: Client,
  ) {}

  static async open(database: DataSource): Promise<WriterConnection> {
    const runner = database.createQueryRunner();
    return new WriterConnection(runner, (await runner.connect()) as Client);
  }

  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Runs a statement that is prepared once under this name. Gives its rows. */
  async run<T = unknown>(name: string, text: string, values: unknown[]): Promise<T[]> {
    return (await this.client.query({ name, text, values })).rows as T[];
  }

  begin(): Promise<void> {
    return this.runner.startTransaction();
  }

  commit(): Promise<void> {
    return this.runner.commitTransaction();
  }

  /** Also where nothing was begun, or the connection is dead: there is nothing to take back then. */
  async rollback(): Promise<void> {
    if (this.runner.isTransactionActive) await this.runner.rollbackTransaction().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.rollback();
    await this.runner.release().catch(() => undefined);
  }
}
