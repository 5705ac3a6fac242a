import { DataSource } from 'typeorm';
import { type ContentId, canonicalBytes, contentId, fromHex, toHex, utf8 } from '#lib/canonical';
import { blindSubject, type EntryRef, entryBytes, makeEntry } from '#lib/record';
import { leafHash, treeHash } from '#lib/transparency-log';
import { LogService } from '../../apps/ledger/src/log/log.service.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import { Sequencer } from '../../apps/ledger/src/log/sequencer.ts';
import { EXPORTER, eventually, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let log: LogService;
let database: DataSource;
beforeAll(async () => {
  service = await startTestService({ ANCHORLEAF_ANCHOR_SECONDS: '0' });
  log = service.service.app.get(LogService);
  database = service.service.app.get(DataSource);
});
afterAll(() => service?.stop());

const NOW = () => `${new Date().toISOString().slice(0, 19)}Z`;
const contentOf = (text: string): ContentId => contentId(utf8(text));

/** A page/v1 entry: a plain kind that needs no manifest. */
function pageEntry(name: string, change: { time?: string; refs?: readonly EntryRef[] } = {}): Uint8Array {
  const subject = blindSubject('nonce', name);
  const content = contentOf(name);
  const facts = {
    kind: 'page/v1',
    subject,
    issuer: 'did:web:passports.example',
    content,
    time: NOW(),
    refs: [],
  } as const;
  return entryBytes(makeEntry({ ...facts, ...change }));
}

async function everyEntry(): Promise<Uint8Array[]> {
  const rows = (await database.query('select index, bytes from log_entry order by index')) as {
    index: string;
    bytes: Buffer;
  }[];
  expect(rows.map(({ index }) => index)).toEqual(rows.map((_, at) => String(at)));
  return rows.map(({ bytes }) => new Uint8Array(bytes));
}

async function requireWholeTree(): Promise<void> {
  const head = await service.service.app.get(ProofsService).head();
  expect(treeHash((await everyEntry()).map(leafHash))).toEqual(head?.root);
}

test('appends that come together share commits and keep their order', async () => {
  const before = (await database.query('select count(*) from log_checkpoint'))[0].count;
  const names = Array.from({ length: 300 }, (_, n) => `together ${n}`);
  const placed = await Promise.all(names.map((name) => log.record({ entries: [pageEntry(name)] })));
  const indexes = placed.map(([at]) => at!.index);
  expect(indexes).toEqual(indexes.map((_, n) => (indexes[0] as bigint) + BigInt(n)));
  const after = (await database.query('select count(*) from log_checkpoint'))[0].count;
  expect(Number(after) - Number(before)).toBeLessThan(30);
  await requireWholeTree();
});

test('a save that fails takes its own entries back and nobody else’s', async () => {
  const attempt = (n: number) =>
    log.record({
      entries: [pageEntry(`fate ${n}`), pageEntry(`fate ${n} again`)],
      save: async (tx, at) => {
        expect(at).toHaveLength(2);
        await tx.query('create table if not exists fate (n int primary key)');
        await tx.query('insert into fate values ($1)', [n]);
        if (n % 3 === 0) throw new Error(`no ${n}`);
        if (n % 3 === 1) await tx.query('select * from no_such_table');
      },
    });
  const settled = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => attempt(n)));
  expect(settled.map(({ status }) => status)).toEqual(
    settled.map((_, n) => (n % 3 === 2 ? 'fulfilled' : 'rejected')),
  );
  expect((settled[0] as PromiseRejectedResult).reason.message).toBe('no 0');
  const rows = (await database.query('select n from fate order by n')) as { n: number }[];
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, (_, n) => 3 * n + 2));
  await requireWholeTree();
});

test.each([
  ['bytes that are not canonical', () => utf8('{"kind": 1}'), 'record/not-canonical'],
  [
    'an unknown kind',
    () => canonicalBytes({ ...JSON.parse(Buffer.from(pageEntry('kind')).toString()), kind: 'gossip/v1' }),
    'record/unknown-kind',
  ],
  ['a time in the future', () => pageEntry('future', { time: '2999-01-01T00:00:00Z' }), 'log/time-in-future'],
  [
    'a reference to an entry that is nowhere',
    () => pageEntry('dangling', { refs: [{ rel: 'about', entry: '11'.repeat(32) }] }),
    'log/dangling-reference',
  ],
  [
    'a reference to content that is nowhere',
    () => pageEntry('dangling too', { refs: [{ rel: 'about', content: contentOf('nowhere') }] }),
    'log/dangling-reference',
  ],
  ['more than 65,535 bytes', () => new Uint8Array(65_536), 'log/entry-too-long'],
])('%s is refused and nothing is recorded', async (_, make, code) => {
  const size = (await everyEntry()).length;
  await expect(log.record({ entries: [pageEntry(`beside ${code}`), make()] })).rejects.toMatchObject({
    code,
  });
  expect(await everyEntry()).toHaveLength(size);
});

test('an entry stands once, also when it comes twice in one moment', async () => {
  const entry = pageEntry('once');
  const [first, second] = await Promise.allSettled([
    log.record({ entries: [entry] }),
    log.record({ entries: [entry] }),
  ]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  await expect(log.record({ entries: [entry] })).rejects.toMatchObject({
    code: 'log/duplicate-entry',
    status: 409,
  });
  const twice = pageEntry('twice');
  await expect(log.record({ entries: [twice, twice] })).rejects.toMatchObject({
    code: 'log/duplicate-entry',
  });
});

test('references lead to what stands before, in the same append, or in a document saved with it', async () => {
  const target = pageEntry('target');
  const pointing = (name: string) =>
    pageEntry(name, { refs: [{ rel: 'about', entry: toHex(leafHash(target)) }] });
  await log.record({ entries: [target, pointing('same append')] });
  await log.record({ entries: [pointing('later append')] });
  await log.record({
    entries: [pageEntry('by content', { refs: [{ rel: 'about', content: contentOf('target') }] })],
  });
  const { uuid } = await service.enrol(EXPORTER);
  await log.record({
    entries: [pageEntry('by document', { refs: [{ rel: 'about', content: contentOf('a document') }] })],
    save: async (tx) => {
      await tx.query(
        `insert into document (id, type, organisation, bytes, salts, saved_at) values ($1, 'page/v1', $2, '', '', now())`,
        [contentOf('a document'), uuid],
      );
    },
  });
});

test('a flood is told to come again, and what was accepted is recorded', async () => {
  const appends = Array.from({ length: 205 }, (_, n) =>
    log.record({ entries: Array.from({ length: 100 }, (_, m) => pageEntry(`flood ${n} ${m}`)) }),
  );
  const settled = await Promise.allSettled(appends);
  const refused = settled.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused)
    expect(reason).toMatchObject({ status: 429, code: 'log/queue-full', retryAfterSeconds: 1 });
  await requireWholeTree();
});

test('a connection that dies leads through start-up, and the log goes on', async () => {
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'anchorleaf writer'",
  );
  await eventually(async () => service.service.app.get(Sequencer).state.kind !== 'writing');
  const [at] = await log.record({ entries: [pageEntry('after the connection')] });
  expect(at!.index).toBeGreaterThan(0n);
  await requireWholeTree();
});

test('another writer stops this one for good; reading goes on and health says why', async () => {
  await database.query('update log_head set root = $1', [Buffer.from(fromHex('00'.repeat(32)))]);
  await expect(log.record({ entries: [pageEntry('too late')] })).rejects.toMatchObject({ status: 503 });
  await expect(log.record({ entries: [pageEntry('later still')] })).rejects.toMatchObject({
    status: 503,
    code: 'log/stopped',
  });
  const { body } = await service.get('/health/ready').expect(503);
  expect(body.details.log.reason).toContain('another process wrote to the log');
  await service.get('/log/checkpoint').expect(200);
  await service.get('/log/entries/0').expect(200);
  const again = await service
    .post('/api/v1/organisations', { ...EXPORTER, slug: 'stopped' }, service.operatorKey)
    .expect(503);
  expect(again.body.code).toBe('log/stopped');
});
