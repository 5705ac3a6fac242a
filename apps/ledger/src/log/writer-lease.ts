import { Injectable, Logger } from '@nestjs/common';
import { Client } from 'pg';
import { DatabaseUrl } from '../database/database-url.ts';

// one number of our own: whoever holds it in this database may write log and transactions
const WRITER_LOCK = 4_173_002;
const WAKE_CHANNEL = 'anchorleaf_wake';

/**
 * The right to write, one process at a time: a session lock on a connection of its own. PostgreSQL gives it up when the
 * connection ends, so a process that died holds nothing back. The lock alone cannot stop a process that was paused and
 * wakes up late: each write also names the epoch it was begun in, and a new holder begins a new epoch.
 */
@Injectable()
export class WriterLease {
  private readonly logger = new Logger('lease');
  private client: Client | null = null;
  private readonly wakers = new Set<() => void>();
  private onLost: () => void = () => undefined;

  constructor(private readonly database: DatabaseUrl) {}

  get isHeld(): boolean {
    return this.client !== null;
  }

  /** Tries once. `onLost` is called when the connection ends later. */
  async take(onLost: () => void): Promise<boolean> {
    const client = new Client({ connectionString: this.database.url, application_name: 'anchorleaf writer' });
    client.on('error', (error) => this.lose(client, error.message));
    client.on('end', () => this.lose(client, 'the connection ended'));
    client.on('notification', () => this.wake());
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
      WRITER_LOCK,
    ]);
    if (!rows[0]?.held) {
      await client.end();
      return false;
    }
    await client.query(`listen ${WAKE_CHANNEL}`);
    this.client = client;
    this.onLost = onLost;
    return true;
  }

  /** SQL that wakes the writer's loops when the transaction it stands in commits. */
  static readonly WAKE_CALL = `pg_notify('${WAKE_CHANNEL}', '')`;
  static readonly WAKE = `select ${WriterLease.WAKE_CALL}`;

  /** `waker` is called whenever some transaction with WAKE in it has committed. */
  onWake(waker: () => void): void {
    this.wakers.add(waker);
  }

  async release(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  /** Also when a process begins to write: what the last writer left open is this one's to finish. */
  wake(): void {
    for (const waker of this.wakers) waker();
  }

  private lose(client: Client, reason: string): void {
    if (this.client !== client) return;
    this.client = null;
    this.logger.warn(`the right to write is lost: ${reason}`);
    this.onLost();
  }
}
