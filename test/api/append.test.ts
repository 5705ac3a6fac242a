import { connect } from 'node:net';
import { jest } from '@jest/globals';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { canonicalBytes, fromBase64, toHex } from '#lib/canonical';
import { coverRefs, type EntrySigner } from '#lib/record';
import { checkInclusion, leafHash, openCheckpoint, parseVerifierKey } from '#lib/transparency-log';
import { Installation } from '../../apps/ledger/src/installation/installation.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import { contentOf, entryOf, signerOf, stamp } from '../support/entries.ts';
import { JumpingClock } from '../support/sending-service.ts';
import {
  EXPORTER,
  eventually,
  type Organisation,
  startTestService,
  type TestService,
} from '../support/service.ts';

jest.setTimeout(20_000);
const clock = new JumpingClock();
let service: TestService;
let exporter: Organisation;
let other: Organisation;
let signer: EntrySigner;
beforeAll(async () => {
  service = await startTestService({}, { clock });
  exporter = await service.enrol(EXPORTER);
  other = await service.enrol({ ...EXPORTER, slug: 'other' });
  signer = await signerOf(service.dataDir, exporter.slug, exporter.did);
}, 60_000);
afterAll(() => service?.stop(), 20_000);

const own = (name: string, change: Parameters<typeof entryOf>[2] = {}) => entryOf(exporter.did, name, change);
const post = (body: Uint8Array | string, type = 'application/json', key = exporter.apiKey) =>
  request(service.service.app.getHttpServer())
    .post('/api/v1/entries')
    .set('Authorization', `Bearer ${key}`)
    .set('Content-Type', type)
    // as text: a buffer would be made JSON once more
    .send(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
const lines = (entries: readonly Uint8Array[]) =>
  entries.map((entry) => Buffer.from(entry).toString('utf8')).join('\n');
const sizeNow = async () =>
  Number((await service.service.app.get(DataSource).query('select size from log_head'))[0].size);

type Answer = {
  size: string;
  root: string;
  checkpoint: string;
  entries: { index: string; leafHash: string; proof: string[] }[];
};

/** The answer proves by itself that these entries are in the log. */
function requireProved(answer: Answer, entries: readonly Uint8Array[]): void {
  const key = parseVerifierKey(service.service.app.get(Installation).logVerifierKey);
  const { size, root } = openCheckpoint(answer.checkpoint, key);
  expect([answer.size, answer.root]).toEqual([String(size), Buffer.from(root).toString('base64')]);
  expect(answer.entries).toHaveLength(entries.length);
  for (const [at, place] of answer.entries.entries()) {
    const hash = leafHash(entries[at] as Uint8Array);
    expect(place.leafHash).toBe(toHex(hash));
    const proof = place.proof.map(fromBase64);
    expect(checkInclusion({ leafHash: hash, index: BigInt(place.index), size, proof, root })).toBe(true);
  }
}

test('an entry is answered with its place, a complete proof and the signed head', async () => {
  const before = await sizeNow();
  const entry = own('one');
  const { body } = await post(entry).expect(201);
  requireProved(body, [entry]);
  expect(body.entries[0].index).toBe(String(before));
  const { text } = await service.get(`/log/entries/${before}`).expect(200);
  expect(text).toBe(Buffer.from(entry).toString('utf8'));
});

test('the same bytes again are answered with the place they have, and stand once', async () => {
  const entry = own('twice');
  const { body: first } = await post(entry).expect(201);
  await post(own('between')).expect(201);
  const size = await sizeNow();
  const { body: again } = await post(entry).expect(200);
  expect(again.entries[0].index).toBe(first.entries[0].index);
  expect(again.size).toBe(String(size));
  requireProved(again, [entry]);
  expect(await sizeNow()).toBe(size);
  const both = await Promise.all([post(own('at once')), post(own('at once'))]);
  expect(both.map(({ status }) => status).sort()).toContain(201);
  expect(new Set(both.map(({ body }) => body.entries[0].index)).size).toBe(1);
  expect(await sizeNow()).toBe(size + 1);
});

test('many entries go as lines, each with its proof; those that were there before keep their places', async () => {
  const old = own('old line');
  const { body: first } = await post(old).expect(201);
  const entries = [own('line 0'), old, ...Array.from({ length: 700 }, (_, n) => own(`line ${n + 1}`))];
  const before = await sizeNow();
  const { body } = await post(`${lines(entries)}\n`, 'application/x-ndjson').expect(201);
  requireProved(body, entries);
  expect(body.entries[1].index).toBe(first.entries[0].index);
  expect(await sizeNow()).toBe(before + 701);
  const { body: again } = await post(lines(entries), 'application/x-ndjson').expect(200);
  requireProved(again, entries);
  expect(again.entries.map(({ index }: { index: string }) => index)).toEqual(
    body.entries.map(({ index }: { index: string }) => index),
  );
  expect(await sizeNow()).toBe(before + 701);
});

test('plain facts are recorded alone, and their manifest comes later', async () => {
  const facts = [own('fact 1', { kind: 'facility/v1' }), own('fact 2', { kind: 'product/v1' })];
  for (const fact of facts) await post(fact).expect(201);
  const refs = coverRefs(facts.map(leafHash).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1)));
  const manifest = own('manifest', { kind: 'import/v1', refs, signer });
  const { body } = await post(manifest).expect(201);
  requireProved(body, [manifest]);
});

const changed = (entry: Uint8Array, change: object) =>
  canonicalBytes({ ...JSON.parse(Buffer.from(entry).toString('utf8')), ...change });
const refusals: [string, number, string, () => Uint8Array | string, string?][] = [
  ['bytes that are no JSON', 400, 'record/not-canonical', () => '{"kind":'],
  ['JSON in another form', 400, 'record/not-canonical', () => `${Buffer.from(own('form'))} `],
  ['an unknown kind', 400, 'record/unknown-kind', () => changed(own('kind'), { kind: 'gossip/v1' })],
  ['a member too many', 400, 'record/malformed', () => changed(own('member'), { note: 'x' })],
  ['a time in the future', 400, 'log/time-in-future', () => own('future', { time: '2999-01-01T00:00:00Z' })],
  [
    'a time that a block a little behind would make one of the future',
    400,
    'log/time-in-future',
    () => own('ahead', { time: stamp(new Date(Date.now() + 280_000)) }),
  ],
  [
    'a reference to an entry that is nowhere',
    400,
    'log/dangling-reference',
    () => own('dangling', { refs: [{ rel: 'about', entry: '11'.repeat(32) }] }),
  ],
  [
    'a reference to content that is nowhere',
    400,
    'log/dangling-reference',
    () => own('dangling too', { refs: [{ rel: 'about', content: contentOf('nowhere') }] }),
  ],
  ['an entry of somebody else', 403, 'log/other-issuer', () => entryOf(other.did, 'not mine')],
  ['a key', 400, 'log/kind-not-taken', () => own('key', { kind: 'key/v1', signer })],
  ...(['registration/v1', 'status/v1', 'method/v1', 'page/v1'] as const).map(
    (kind): [string, number, string, () => Uint8Array] => [
      `what only the chain or this service says (${kind})`,
      400,
      'log/kind-not-taken',
      () => own(kind, { kind }),
    ],
  ),
  [
    'an authority that was stated long ago',
    400,
    'log/time-in-past',
    () => own('long ago', { kind: 'withdrawal/v1', time: stamp(new Date(Date.now() - 400_000)), signer }),
  ],
  [
    'an authority without a signature',
    400,
    'record/missing-signature',
    () => changed(own('unsigned'), { kind: 'withdrawal/v1' }),
  ],
  [
    'a signature of a key that is not in force',
    400,
    'log/unknown-signer',
    () =>
      own('key 2', {
        kind: 'withdrawal/v1',
        signer: { ...signer, kid: `${exporter.did}#key-2` } as EntrySigner,
      }),
  ],
  [
    'a signature that does not hold',
    400,
    'log/bad-signature',
    () => {
      const sign = (signer as { sign: (message: Uint8Array) => Uint8Array }).sign;
      const forged = { ...signer, sign: (message: Uint8Array) => sign(message.subarray(1)) } as EntrySigner;
      return own('forged', { kind: 'withdrawal/v1', signer: forged });
    },
  ],
  ['more than 65,535 bytes', 413, 'http/too-large', () => new Uint8Array(65_536).fill(0x20)],
  ['an empty body', 400, 'record/not-canonical', () => new Uint8Array(0)],
  ['another media type', 415, 'http/unsupported-media-type', () => own('media'), 'text/plain'],
];

test.each(refusals.map(([what, status, code, make, type]) => ({ what, status, code, make, type })))(
  '$what is refused and nothing is recorded',
  async ({ status, code, make, type }) => {
    const size = await sizeNow();
    const { body } = await post(make(), type).expect(status);
    expect(body).toMatchObject({ status, code, remedy: expect.any(String) });
    expect(await sizeNow()).toBe(size);
  },
);

const badLines: [string, number, string, () => Uint8Array | string][] = [
  ['is no JSON', 400, 'record/not-canonical', () => '{"kind":'],
  ['is empty', 400, 'record/not-canonical', () => ''],
  ['is of somebody else', 403, 'log/other-issuer', () => entryOf(other.did, 'line of another')],
  ['is of the future', 400, 'log/time-in-future', () => own('later', { time: '2999-01-01T00:00:00Z' })],
  ['stands twice', 400, 'log/repeated-entry', () => own('bad line 1')],
  ['is too long', 413, 'log/entry-too-long', () => new Uint8Array(65_536).fill(0x20)],
];

test.each(badLines)(
  'a line that %s is named, and no other line is recorded',
  async (_, status, code, make) => {
    const size = await sizeNow();
    const entries = [0, 1, 2].map((n) => lines([own(`bad line ${n}`)]));
    const bad = make();
    const text = [...entries, typeof bad === 'string' ? bad : Buffer.from(bad).toString()];
    const { body } = await post([...text, lines([own('behind')])].join('\n'), 'application/x-ndjson').expect(
      status,
    );
    expect(body).toMatchObject({ status, code, place: { row: 4 } });
    expect(await sizeNow()).toBe(size);
  },
);

test('ten thousand lines are taken, one more is not', async () => {
  const size = await sizeNow();
  const entries = Array.from({ length: 10_000 }, (_, n) => own(`ten thousand ${n}`));
  const { body } = await post(`${lines(entries)}\n{}`, 'application/x-ndjson').expect(413);
  expect(body.code).toBe('log/too-many-entries');
  expect(await sizeNow()).toBe(size);
  const { body: answer } = await post(lines(entries), 'application/x-ndjson').expect(201);
  expect(await sizeNow()).toBe(size + 10_000);
  requireProved({ ...answer, entries: answer.entries.slice(9_990) }, entries.slice(9_990));
});

test('a reference to a document without an entry leads nowhere in the log, but for a passport', async () => {
  const database = service.service.app.get(DataSource);
  const content = contentOf('kept, not recorded');
  await database.query(
    `insert into document (id, type, organisation, bytes, salts, saved_at) values ($1, 'passport/v1', $2, '', '', now())`,
    [content, exporter.uuid],
  );
  const { body } = await post(own('about it', { refs: [{ rel: 'about', content }] })).expect(400);
  expect(body.code).toBe('log/dangling-reference');
  await post(own('names it', { refs: [{ rel: 'passport', content }] })).expect(201);
});

test('data may be stated long ago, and an old authority that is recorded is answered with its place', async () => {
  await post(own('old data', { time: '2020-01-01T00:00:00Z' })).expect(201);
  const entry = own('sent again', { kind: 'withdrawal/v1', signer });
  const { body: first } = await post(entry).expect(201);
  clock.jump(400);
  const { body: again } = await post(entry).expect(200);
  expect(again.entries[0].index).toBe(first.entries[0].index);
});

test('lines in another spelling of their media type take the room of lines', async () => {
  const app = service.service.app;
  if (!app.getHttpServer().listening) await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const type = 'Application/X-NDJSON; charset=utf-8';
  const { body } = await post(lines([own('spelled 1'), own('spelled 2')]), type).expect(201);
  expect(body.entries).toHaveLength(2);
  const hung = Array.from({ length: 7 }, () => connect(port, '127.0.0.1'));
  const refused = hung.map(
    (socket) =>
      new Promise<string>((resolve) => {
        socket.on('data', (data) => resolve(data.toString()));
        socket.write(
          `POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${exporter.apiKey}\r\nContent-Type: ${type}\r\nContent-Length: ${16 * 1_048_576}\r\n\r\n`,
        );
      }),
  );
  const patience = new Promise<string>((resolve) => setTimeout(resolve, 3_000, 'all are let in'));
  expect(await Promise.race([...refused, patience])).toContain('log/too-many-requests');
  for (const socket of hung) socket.destroy();
  // a body that never comes holds its room no longer than this; Node itself ends the request
  expect(app.getHttpServer().requestTimeout).toBe(120_000);
});

test('without a key, or with one that was revoked, nothing is read or recorded', async () => {
  await post(own('no key'), undefined, 'alk_nobody').expect(401);
  const { apiKey, did, uuid } = await service.enrol({ ...EXPORTER, slug: 'revoked' });
  await post(entryOf(did, 'before'), undefined, apiKey).expect(201);
  await service.service.app
    .get(DataSource)
    .query('update api_key set revoked_at = now() where organisation = $1', [uuid]);
  // remembered for seconds, not longer
  let n = 0;
  await eventually(async () => (await post(entryOf(did, `after ${n++}`), undefined, apiKey)).status === 401);
});

test('an entry of somebody else about the same content changes nothing about the first', async () => {
  const [row] = (await service.service.app
    .get(DataSource)
    .query("select content, index from log_entry where kind = 'organisation/v1' order by index limit 1")) as {
    content: string;
    index: string;
  }[];
  const copy = changed(entryOf(other.did, 'copy', { kind: 'organisation/v1' }), { content: row?.content });
  await post(copy, undefined, other.apiKey).expect(201);
  const found = await service.service.app.get(ProofsService).entriesByContent([row?.content ?? '']);
  expect(found.map(({ index }) => String(index))).toEqual([row?.index]);
});

test('the API description names the route and its two bodies', async () => {
  const { body: api } = await service.get('/api/docs-json').expect(200);
  const { requestBody, responses } = api.paths['/api/v1/entries'].post;
  expect(Object.keys(requestBody.content)).toEqual(['application/json', 'application/x-ndjson']);
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '201', '429']));
});

test('a flood is told to come again; what was accepted is recorded, and the process holds little', async () => {
  const app = service.service.app;
  if (!app.getHttpServer().listening) await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const size = await sizeNow();
  // requests that claim 16 MiB each and never send them: the room is counted, not the bytes that came
  const hung = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'));
  const heads = hung.map(
    (socket) =>
      new Promise<string>((resolve) => {
        socket.on('data', (data) => resolve(data.toString()));
        socket.on('error', () => resolve(''));
        socket.write(
          `POST /api/v1/entries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${exporter.apiKey}\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${16 * 1_048_576}\r\n\r\n`,
        );
      }),
  );
  const patience = new Promise<string>((resolve) => setTimeout(resolve, 3_000, 'open'));
  const answers = await Promise.all(heads.map((head) => Promise.race([head, patience])));
  const open = answers.filter((answer) => answer === 'open').length;
  expect(open).toBe(6);
  for (const answer of answers.filter((each) => each !== 'open')) {
    expect(answer).toContain('429 Too Many Requests');
    expect(answer.toLowerCase()).toContain('retry-after: 1');
    expect(answer).toContain('log/too-many-requests');
  }
  for (const socket of hung) socket.destroy();
  // the places are given back, and a flood of entries meets the queue's bound
  const bodies = Array.from({ length: 8 }, (_, flood) =>
    lines(Array.from({ length: 4_000 }, (_, n) => own(`flood ${flood} ${n}`))),
  );
  // the head is held, so that what comes must wait, and what has no room to wait is refused
  const holder = app.get(DataSource).createQueryRunner();
  await holder.startTransaction();
  await holder.query('select size from log_head for update');
  const answering = bodies.map((body) => post(body, 'application/x-ndjson').then((answer) => answer));
  await Promise.any(answering);
  await holder.rollbackTransaction();
  await holder.release();
  const statuses = (await Promise.all(answering)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  const accepted = statuses.filter((status) => status === 201).length;
  expect((await sizeNow()) - size).toBe(4_000 * accepted);
  await post(own('after the flood')).expect(201);
}, 90_000);
