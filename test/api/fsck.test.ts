// One flipped bit in each kind of thing that is kept: fsck names the very place, and nothing else. Then the bit is put
// back, and all of it fits again. On a real service's database, with rows that its own people made.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { fsckData, type KeptReport } from '../../apps/ledger/src/keeping/check-kept.ts';
import { connect, Snapshot } from '../../apps/ledger/src/keeping/snapshot.ts';
import { makeBatch, makeCatalogue, makeExporter, makeFootprint } from '../support/factory.ts';
import { eventually, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let database: DataSource;

const check = (): Promise<KeptReport> => fsckData(service.dataDir, null, () => undefined);
const placesOf = ({ findings }: KeptReport) => findings.map(({ kind, where }) => `${kind} ${where}`);

beforeAll(async () => {
  // fsck meets a running service as a command does: by the lock that names its address
  service = await startTestService({ ANCHORLEAF_ANCHOR_SECONDS: '1' });
  database = service.service.app.get(DataSource);
  const { apiKey } = await makeExporter(service);
  const catalogue = await makeCatalogue(service, apiKey);
  const footprint = await makeFootprint(service, apiKey, catalogue);
  const batch = await makeBatch(service, apiKey, catalogue, 'L-1');
  const order = { batch: batch.uuid, footprint: footprint.uuid };
  const { body } = await service.post('/api/v1/passports', order, apiKey).expect(201);
  await eventually(async () => {
    const { body: passport } = await service.get(`/api/v1/passports/${body.release}`, apiKey);
    return passport.state === 'anchored';
  });
});
afterAll(() => service?.stop());

test('a store that nobody touched fits', async () => {
  const { result, findings, missing } = await check();
  expect(findings).toEqual([]);
  expect(result.findings).toBe(0);
  expect(Number(result.size)).toBeGreaterThan(10);
  expect(result.documents).toBeGreaterThan(10);
  expect([...missing]).toEqual([]);
});

test('no migration changes a table while it is read', async () => {
  const url = database.options as unknown as { url: string };
  const snapshot = await Snapshot.open(url.url);
  const other = await connect(url.url);
  const change = 'alter table document add column later text';
  try {
    await other.query("set lock_timeout to '200ms'");
    await expect(other.query(change)).rejects.toThrow('lock timeout');
    // and what is recorded meanwhile waits for nothing
    await other.query('begin; lock table document in row exclusive mode; rollback');
  } finally {
    await other.end();
    await snapshot.close();
  }
});

type Kind = {
  readonly name: string;
  readonly table: string;
  readonly column: string;
  /** What fsck calls the place of this bit. */
  readonly place: (row: any, bit: number) => string;
  readonly where?: string;
};

const KINDS: readonly Kind[] = [
  { name: 'entry bytes', table: 'log_entry', column: 'bytes', place: ({ index }) => `entry ${index}` },
  { name: 'leaf hash', table: 'log_entry', column: 'leaf_hash', place: ({ index }) => `leaf ${index}` },
  {
    name: 'lowest node',
    table: 'log_node_run',
    column: 'hashes',
    where: 'level = 0',
    place: ({ level, first }, bit) => `node ${level}/${Number(first) + (bit >> 8)}`,
  },
  {
    name: 'node above',
    table: 'log_node_run',
    column: 'hashes',
    where: 'level > 0',
    place: ({ level, first }, bit) => `node ${level}/${Number(first) + (bit >> 8)}`,
  },
  { name: 'head', table: 'log_head', column: 'root', place: ({ size }) => `head size ${size}` },
  {
    name: 'checkpoint root',
    table: 'log_checkpoint',
    column: 'root',
    place: ({ size }) => `checkpoint size ${size}`,
  },
  { name: 'anchored head', table: 'anchor', column: 'root', place: ({ size }) => `anchor size ${size}` },
  { name: 'document', table: 'document', column: 'bytes', place: ({ id }) => `document ${id}` },
  {
    name: 'salts',
    table: 'document',
    column: 'salts',
    where: "convert_from(salts, 'UTF8') <> '{}'",
    place: ({ id }) => `document ${id}`,
  },
  {
    name: 'credential',
    table: 'passport',
    column: 'credential',
    place: ({ release }) => `credential ${release}`,
  },
];

/** Up to three rows of a kind, first, middle and last, so that small and large subtrees are among them. */
async function someRows({ table, where = 'true' }: Kind): Promise<any[]> {
  const rows = await database.query(`select * from ${table} where ${where} order by ctid`);
  return [...new Set([rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)])];
}

/** Changes a row as nobody may: the tables' own refusal is switched off for this one statement. */
async function overwrite(sql: string, values: unknown[]): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica');
    const [, changed] = await tx.query(sql, values);
    expect(changed).toBe(1);
  });
}

let flips = 0;
let found = 0;

test.each(KINDS)('one flipped bit in $name is found', async (kind) => {
  const rows = await someRows(kind);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const before: Buffer = row[kind.column];
    const bit = (7 * flips + 3) % (8 * before.length);
    const after = Buffer.from(before);
    after[bit >> 3]! ^= 1 << (bit & 7);
    const sql = `update ${kind.table} set ${kind.column} = $1 where ${kind.column} = $2`;
    await overwrite(sql, [after, before]);
    flips += 1;
    expect(placesOf(await check())).toEqual([kind.place(row, bit)]);
    found += 1;
    await overwrite(sql, [before, after]);
  }
  expect((await check()).findings).toEqual([]);
});

test('one flipped bit in the signature of a checkpoint is found', async () => {
  const [{ size, note }] = await database.query(
    'select size, note from log_checkpoint order by size limit 1',
  );
  const end = note.lastIndexOf(' ') + 1;
  const signature = Buffer.from(note.slice(end), 'base64');
  for (const bit of [40, 300, 8 * signature.length - 1]) {
    const changed = Buffer.from(signature);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const text = `${note.slice(0, end)}${changed.toString('base64')}\n`;
    await overwrite('update log_checkpoint set note = $1 where size = $2', [text, size]);
    expect(placesOf(await check())).toEqual([`checkpoint size ${size}`]);
  }
  await overwrite('update log_checkpoint set note = $1 where size = $2', [note, size]);
  expect((await check()).findings).toEqual([]);
});

test('one flipped bit in a file that was sent is found, and its loss', async () => {
  const [{ sha256 }] = await database.query('select sha256 from stored_file limit 1');
  const path = `${service.dataDir}/files/${sha256.slice(0, 2)}/${sha256}`;
  const before = await readFile(path);
  const after = Buffer.from(before);
  after[before.length >> 1]! ^= 4;
  await writeFile(path, after);
  flips += 1;
  expect(placesOf(await check())).toEqual([`file ${sha256}`]);
  found += 1;
  await rename(path, `${path}.away`);
  expect((await check()).findings).toEqual([{ kind: 'file', where: sha256, problem: 'it is missing' }]);
  await rename(`${path}.away`, path);
  await writeFile(path, before);
  expect((await check()).findings).toEqual([]);
});

test('a row that is gone and a row too many are found', async () => {
  const client = await connect(await connectionUrl());
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(
      'create table kept as select * from log_node_run where level = 1 order by first limit 1',
    );
    await client.query('delete from log_node_run where level = 1 and first = (select first from kept)');
    await client.query("insert into log_node_run values (9, 5, decode(repeat('00', 32), 'hex'))");
    await client.query('commit');
    const [{ first, count }] = (await client.query('select first, length(hashes) / 32 as count from kept'))
      .rows;
    const lost = Array.from({ length: count }, (_, at) => `node 1/${Number(first) + at}`);
    expect(placesOf(await check()).sort()).toEqual([...lost, 'node 9/5'].sort());
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query('delete from log_node_run where level = 9');
    await client.query('insert into log_node_run select * from kept');
    await client.query('drop table kept');
    await client.query('commit');
  } finally {
    await client.end();
  }
  expect((await check()).findings).toEqual([]);
});

test('a document that is not here is a state with a name, and no difference', async () => {
  const [{ id }] = await database.query("select id from document where type = 'import/v1' limit 1");
  await service.get(`/log/contents/${id}`).expect(200);
  await overwrite('update document set id = $2 where id = $1', [id, `${id}x`]);
  const { findings, missing } = await check();
  expect([...missing]).toEqual([['import/v1', 1]]);
  const { body } = await service.get(`/log/contents/${id}`).expect(404);
  expect(body.code).toBe('content/missing');
  // the row under another name is found of course
  expect(findings.map(({ kind }) => kind)).toEqual(['document']);
  await overwrite('update document set id = $1 where id = $2', [id, `${id}x`]);
  expect((await check()).missing.size).toBe(0);
  const unknown = await service.get(`/log/contents/sha256:${'0'.repeat(64)}`).expect(404);
  expect(unknown.body.code).toBe('http/not-found');
});

async function connectionUrl(): Promise<string> {
  return JSON.parse(await readFile(`${service.dataDir}/postgres/connection.json`, 'utf8')).url;
}

afterAll(() => {
  process.stdout.write(`counted: ${flips} flipped bits, ${found} found at their place\n`);
});
