import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { toHex } from '#lib/canonical';
import { type AnchoredHead, AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { readHead } from '../../apps/ledger/src/log/log-store.ts';
import { checkStore } from '../../apps/ledger/src/log/start-up.ts';
import { EXPORTER, eventually, PUBLIC_URL, startTestService, type TestService } from '../support/service.ts';

// one installation through all tests, in their order: every start costs seconds
let running: TestService;
let apiKey: string;
beforeAll(async () => {
  running = await startTestService();
  apiKey = (await running.enrol(EXPORTER)).apiKey;
  await anchored(3n);
});
afterAll(() => running?.stop());

/** The anchor of the head of this size, once it is on chain. */
function anchored(size: bigint): Promise<AnchoredHead> {
  return eventually(async () => {
    const latest = await running.service.app.get(AnchorsService).latest();
    return latest?.size === size && latest;
  });
}

/** Writes to the database as somebody who holds its password, past the triggers. */
async function meddle(sql: string): Promise<void> {
  await running.service.app.get(DataSource).transaction(async (tx) => {
    await tx.query("set local session_replication_role = 'replica'");
    await tx.query(sql);
  });
}

test('everything is there after a restart: keys, checkpoint, chain, anchors, root', async () => {
  const checkpoint = (await running.get('/log/checkpoint')).text;
  // a head comes into the root once it is final
  const root = await eventually(async () => {
    const { body } = await running.get('/verify/root.json');
    return body.head !== null && body;
  });
  const facts = running.service.app.get(ChainService).facts;
  running = await running.restart();
  expect(running.service.installation.isFirstStart).toBe(false);
  expect((await running.get('/log/checkpoint')).text).toBe(checkpoint);
  expect((await running.get('/verify/root.json')).body).toEqual(root);
  expect(running.service.app.get(ChainService).facts).toEqual(facts);
  await running.get('/api/v1/organisations/me', apiKey).expect(200);
  await running.enrol({ ...EXPORTER, slug: 'after' });
  expect((await anchored(6n)).sequence).toBe(2n);
});

test('another PUBLIC_URL is refused, and nothing is left running', async () => {
  await expect(running.restart({ PUBLIC_URL: 'https://elsewhere.example' })).rejects.toMatchObject({
    code: 'installation/public-url-changed',
    message: expect.stringContaining(PUBLIC_URL),
  });
  running = await running.restart();
  await running.get('/health/ready').expect(200);
});

test('a second service on the same folder is told who is there', async () => {
  await expect(startTestService({}, { dataDir: running.dataDir })).rejects.toMatchObject({
    code: 'installation/in-use',
    message: expect.stringContaining(String(process.pid)),
  });
  await running.get('/health/ready').expect(200);
});

test('a data folder whose chain was lost refuses the new chain', async () => {
  await running.service.close();
  const folder = join(running.dataDir, 'chain');
  await rename(folder, `${folder}.kept`);
  await expect(startTestService({}, { dataDir: running.dataDir })).rejects.toMatchObject({
    code: 'installation/other-chain',
  });
  await rm(folder, { recursive: true });
  await rename(`${folder}.kept`, folder);
  running = await running.restart();
  await running.get('/health/ready').expect(200);
});

test('whatever was changed in the store is found before anything is appended', async () => {
  const { app, installation } = running.service;
  const { logId, genesis } = app.get(ChainService).facts;
  const identity = { origin: installation.origin, logId, genesis, verifierKey: installation.logVerifierKey };
  const changes = {
    'a stored hash':
      "update log_node_run set hashes = overlay(hashes placing sha256('x') from 1) where level = 2 and first = 0",
    'a leaf hash': `update log_node_run set hashes = overlay(hashes placing sha256('x') from (32 * (4 - first) + 1)::int)
      where level = 0 and first <= 4 and 4 < first + length(hashes) / 32`,
    'a missing hash': 'delete from log_node_run where level = 0',
    'a stored entry': "update log_entry set bytes = bytes || ' ' where index = 1",
    'the head': "update log_head set root = sha256('x')",
    'a missing entry': 'delete from log_entry where index = 2',
    'an entry too many':
      "insert into log_entry select 6, 'x', kind, content, bytes, recorded_at from log_entry where index = 0",
    'the newest checkpoint': "update log_checkpoint set note = replace(note, '6', '7') where size = 6",
    'a missing checkpoint': 'delete from log_checkpoint',
    'the origin': "update log_head set origin = 'other.example/log'",
  };
  for (const [what, sql] of Object.entries(changes)) {
    const found = app.get(DataSource).transaction(async (tx) => {
      await tx.query("set local session_replication_role = 'replica'");
      await tx.query(sql);
      await checkStore(tx, identity, (await readHead(tx))!);
      throw new Error(`nothing was noticed of ${what}`);
    });
    await expect(found).rejects.toMatchObject({
      name: 'LogStopped',
      code: expect.stringMatching(/store-broken|other-log/),
    });
  }
  await running.enrol({ ...EXPORTER, slug: 'all-is-well' });
});

test('rows of the log cannot be changed by the service itself', async () => {
  const database = running.service.app.get(DataSource);
  for (const sql of ["update log_entry set kind = 'x'", 'delete from log_node_run', 'truncate log_entry'])
    await expect(database.query(sql)).rejects.toThrow('never changed');
});

test('an older database than the chain has seen is not written to', async () => {
  const { root } = await anchored(9n);
  await running.enrol({ ...EXPORTER, slug: 'forgotten' });
  await anchored(12n);
  await meddle(
    `delete from log_checkpoint where size > 9;
     delete from log_entry where index >= 9;
     delete from log_node_run where (first + 1) * (1::bigint << level) > 9;
     update log_head set size = 9, root = decode('${toHex(root)}', 'hex')`,
  );
  running = await running.restart();
  const { body } = await running.get('/health/ready').expect(503);
  expect(body.details.log.reason).toContain('the chain holds a head of size 12');
  const refused = await running
    .post('/api/v1/organisations', { ...EXPORTER, slug: 'late' }, running.operatorKey)
    .expect(503);
  expect(refused.body.code).toBe('log/stopped');
  await running.get('/log/entries/0').expect(200);
});
