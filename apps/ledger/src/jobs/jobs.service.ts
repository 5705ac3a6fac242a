import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { DatabaseUrl } from '../database/database-url.ts';

type Handler = (data: object) => Promise<void>;

/** Background work on the same Postgres. At least once: handlers must be able to run twice. */
@Injectable()
export class JobsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly handlers = new Map<string, Handler>();
  private readonly boss: PgBoss;
  private started: Promise<void> | null = null;

  constructor(database: DatabaseUrl) {
    this.boss = new PgBoss({ connectionString: database.url, application_name: 'anchorleaf jobs', max: 2 });
    this.boss.on('error', (error) => this.logger.warn({ err: error }, 'the job queue has trouble'));
  }

  /** One handler a name; in a constructor or `onModuleInit`. */
  register<T extends object>(name: string, handler: (data: T) => Promise<void>): void {
    if (this.handlers.has(name)) throw new Error(`two handlers for jobs named ${name}`);
    this.handlers.set(name, handler as Handler);
  }

  /** With `tx` the job is part of that transaction. */
  async send<T extends object>(name: string, data: T, tx?: EntityManager): Promise<void> {
    await this.started;
    const db = tx && {
      executeSql: async (text: string, values?: unknown[]) => ({
        rows: rowsOf(await tx.query(text, values)),
      }),
    };
    await this.boss.send(name, data, { retryLimit: 5, retryBackoff: true, ...(db && { db }) });
  }

  onApplicationBootstrap(): void {
    // most services have no job yet: then there is no queue either
    if (this.handlers.size > 0) this.started = this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.started) return;
    await this.started.catch(() => undefined);
    await this.boss.stop({ graceful: true, timeout: 10_000 });
  }

  private async start(): Promise<void> {
    await this.boss.start();
    for (const [name, handler] of this.handlers) {
      await this.boss.createQueue(name);
      await this.boss.work<object>(name, { pollingIntervalSeconds: 0.5 }, async (jobs) => {
        for (const { data } of jobs) await handler(data);
      });
    }
  }
}

/** TypeORM gives [rows, count] for what changes rows. */
function rowsOf(result: unknown): unknown[] {
  return Array.isArray(result) && Array.isArray(result[0]) ? (result[0] as unknown[]) : (result as unknown[]);
}
