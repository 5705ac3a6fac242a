import { DataSource } from 'typeorm';
import { databaseOptions } from '../../apps/ledger/src/database/data-source.ts';
import { DatabaseUrl } from '../../apps/ledger/src/database/database-url.ts';
import { JobsService } from '../../apps/ledger/src/jobs/jobs.service.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { eventually } from '../support/service.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let database: DataSource;
let jobs: JobsService;
const done: number[] = [];
const attempts: number[] = [];
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await new DataSource({ ...databaseOptions(postgres.url), migrations: [] }).initialize();
  jobs = new JobsService(new DatabaseUrl(postgres.url, true));
  jobs.register<{ n: number }>('count', async ({ n }) => void done.push(n));
  jobs.register<{ n: number }>('stumble', async ({ n }) => {
    attempts.push(n);
    if (attempts.length === 1) throw new Error('once');
  });
  jobs.onApplicationBootstrap();
});
afterAll(async () => {
  await jobs?.beforeApplicationShutdown();
  await database?.destroy();
  await postgres?.stop();
});

test('a job is done after the transaction that sent it', async () => {
  await database.transaction(async (tx) => {
    await jobs.send('count', { n: 1 }, tx);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(done).toEqual([]);
  });
  await eventually(async () => done.length === 1);
  await jobs.send('count', { n: 2 });
  await eventually(async () => done.length === 2);
});

test('a job of a transaction that failed is never done', async () => {
  const failed = database.transaction(async (tx) => {
    await jobs.send('count', { n: 3 }, tx);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  await jobs.send('count', { n: 4 });
  await eventually(async () => done.includes(4));
  expect(done).not.toContain(3);
});

test('a job that failed is tried again', async () => {
  await jobs.send('stumble', { n: 1 });
  await eventually(async () => attempts.length >= 2);
});

test('a name has one handler', () => {
  expect(() => jobs.register('count', async () => undefined)).toThrow('two handlers');
});
