// Migrations that move data: back and forth on a real log, nothing lost.
import { DataSource } from 'typeorm';
import { NodeRuns1764093000000 } from '../../apps/ledger/src/database/migrations/1764093000000-node-runs.ts';
import { readLevel } from '../../apps/ledger/src/log/log-store.ts';
import { EXPORTER, startTestService, type TestService } from '../support/service.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService();
});
afterAll(() => running.stop());

test('hashes in rows become hashes in runs', async () => {
  for (const slug of ['one', 'two', 'three', 'four']) await running.enrol({ ...EXPORTER, slug });
  const database = running.service.app.get(DataSource);
  const { size } = (await database.query('select size from log_head'))[0] as { size: string };
  const levels = () =>
    Promise.all(
      [0, 1, 2, 3].map(async (level) => {
        const count = Number(size) >> level;
        return (await readLevel(database, { level, first: 0n, count }))?.toString('hex');
      }),
    );
  const before = await levels();
  expect(before.every((hashes) => hashes !== undefined && hashes.length > 0)).toBe(true);
  const migration = new NodeRuns1764093000000();
  const runner = database.createQueryRunner();
  await migration.down(runner);
  const [{ count }] = await runner.query('select count(*)::int as count from log_node where level = 0');
  expect(count).toBe(Number(size));
  await migration.up(runner);
  await runner.release();
  expect(await levels()).toEqual(before);
  const runs = await database.query('select level from log_node_run');
  expect(runs.length).toBeLessThan(Number(size));
  await running.enrol({ ...EXPORTER, slug: 'five' });
});
