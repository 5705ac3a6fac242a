import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { toHex } from '#lib/canonical';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { readHead } from '../../apps/ledger/src/log/log-store.ts';
import { checkStore } from '../../apps/ledger/src/log/start-up.ts';
import { EXPORTER, eventually, PUBLIC_URL, startTestService, type TestService } from '../support/service.ts';

let service: TestService | null = null;
afterEach(async () => {
  await service?.stop();
  service = null;
});

/** A service with one exporter whose head is anchored. */
async function startAnchored(): Promise<{ running: TestService; apiKey: string }> {
  const running = await startTestService();
  service = running;
  const { apiKey } = await running.enrol(EXPORTER);
  await eventually(() => running.service.app.get(AnchorsService).latest());
  return { running, apiKey };
}

/** Writes to the database as somebody who holds its password, past the triggers. */
async function meddle(running: TestService, sql: string): Promise<void> {
  await running.service.app.get(DataSource).transaction(async (tx) => {
    await tx.query("set local session_replication_role = 'replica'");
    await tx.query(sql);
  });
}

test('everything is there after a restart: keys, checkpoint, chain, anchors, root', async () => {
  const { running, apiKey } = await startAnchored();
  const checkpoint = (await running.get('/log/checkpoint')).text;
  const { body: root } = await running.get('/verify/root.json');
  const facts = running.service.app.get(ChainService).facts;
  service = await running.restart();
  expect(service.service.installation.isFirstStart).toBe(false);
  expect((await service.get('/log/checkpoint')).text).toBe(checkpoint);
  expect((await service.get('/verify/root.json')).body).toEqual(root);
  expect(service.service.app.get(ChainService).facts).toEqual(facts);
  await service.get('/api/v1/organisations/me', apiKey).expect(200);
  await service.enrol({ ...EXPORTER, slug: 'after' });
  const anchored = await eventually(async () => {
    const latest = await service!.service.app.get(AnchorsService).latest();
    return latest?.size === 6n && latest;
  });
  expect(anchored.sequence).toBe(2n);
});

test('another PUBLIC_URL is refused, and nothing is left running', async () => {
  const { running } = await startAnchored();
  await expect(running.restart({ PUBLIC_URL: 'https://elsewhere.example' })).rejects.toMatchObject({
    code: 'installation/public-url-changed',
    message: expect.stringContaining(PUBLIC_URL),
  });
  service = await running.restart();
  await service.get('/health/ready').expect(200);
});

test('a second service on the same folder is told who is there', async () => {
  const { running } = await startAnchored();
  await expect(startTestService({}, { dataDir: running.dataDir })).rejects.toMatchObject({
    code: 'installation/in-use',
    message: expect.stringContaining(String(process.pid)),
  });
  await running.get('/health/ready').expect(200);
});

test('a data folder whose chain was lost refuses the new chain', async () => {
  const { running } = await startAnchored();
  await running.service.close();
  const folder = join(running.dataDir, 'chain');
  await rename(folder, `${folder}.kept`);
  await expect(startTestService({}, { dataDir: running.dataDir })).rejects.toMatchObject({
    code: 'installation/other-chain',
  });
  await rm(folder, { recursive: true });
  await rename(`${folder}.kept`, folder);
  service = await running.restart();
  await service.get('/health/ready').expect(200);
});

test('an older database than the chain has seen is not written to', async () => {
  const { running } = await startAnchored();
  const head = await running.service.app.get(AnchorsService).latest();
  await running.enrol({ ...EXPORTER, slug: 'forgotten' });
  await eventually(async () => (await running.service.app.get(AnchorsService).latest())?.size === 6n);
  await meddle(
    running,
    `delete from log_checkpoint where size > 3;
     delete from log_entry where index >= 3;
     delete from log_node where level = 0 and index >= 3 or level = 1 and index >= 1 or level = 2;
     update log_head set size = 3, root = decode('${toHex(head!.root)}', 'hex')`,
  );
  service = await running.restart();
  const { body } = await service.get('/health/ready').expect(503);
  expect(body.details.log.reason).toContain('the chain holds a head of size 6');
  const refused = await service
    .post('/api/v1/organisations', { ...EXPORTER, slug: 'late' }, service.operatorKey)
    .expect(503);
  expect(refused.body.code).toBe('log/stopped');
  await service.get('/log/entries/0').expect(200);
});

test('whatever was changed in the store is found before anything is appended', async () => {
  const { running } = await startAnchored();
  const { app, installation } = running.service;
  const { logId, genesis } = app.get(ChainService).facts;
  const identity = { origin: installation.origin, logId, genesis, verifierKey: installation.logVerifierKey };
  const changes = {
    'a stored hash': "update log_node set hash = sha256('x') where level = 1 and index = 0",
    'a leaf hash': "update log_node set hash = sha256('x') where level = 0 and index = 2",
    'a stored entry': "update log_entry set bytes = bytes || ' ' where index = 1",
    'the head': "update log_head set root = sha256('x')",
    'a missing entry': 'delete from log_entry where index = 2',
    'an entry too many':
      "insert into log_entry select 3, 'x', kind, content, bytes, recorded_at from log_entry where index = 0",
    'the newest checkpoint': "update log_checkpoint set note = replace(note, '3', '4')",
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
  const { running } = await startAnchored();
  const database = running.service.app.get(DataSource);
  for (const sql of ["update log_entry set kind = 'x'", 'delete from log_node', 'truncate log_entry'])
    await expect(database.query(sql)).rejects.toThrow('never changed');
});
