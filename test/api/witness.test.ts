// C2SP tlog-witness, both sides, over HTTP and on a real database.
import { createServer, type Server } from 'node:http';
import { ed25519 } from '@noble/curves/ed25519.js';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { sha256, toHex, utf8 } from '#lib/canonical';
import {
  cosign,
  cosignerKey,
  EMPTY_ROOT,
  formatAddCheckpoint,
  formatCheckpoint,
  formatVerifierKey,
  leafHash,
  openCheckpoint,
  parseLogProof,
  parseVerifierKey,
  proveConsistency,
  readCosignatures,
  readerOf,
  signNote,
  treeHash,
} from '#lib/transparency-log';
import { Sequencer } from '../../apps/ledger/src/log/sequencer.ts';
import { WitnessService } from '../../apps/ledger/src/witness/witness.service.ts';
import { EXPORTER, eventually, startTestService, type TestService } from '../support/service.ts';
import { freePort } from '../support/service-process.ts';

const secret = (fill: number) => new Uint8Array(32).fill(fill);
const ORIGIN = 'other.example/log';
const otherKey = formatVerifierKey(ORIGIN, ed25519.getPublicKey(secret(1)));
const leaves = Array.from({ length: 200 }, (_, n) => leafHash(utf8(`entry ${n}`)));
const rootAt = (size: bigint) => (size === 0n ? EMPTY_ROOT : treeHash(leaves.slice(0, Number(size))));
const noteAt = (size: bigint, root = rootAt(size), fill = 1, origin = ORIGIN) =>
  signNote(formatCheckpoint({ origin, size, root }), { name: origin, secretKey: secret(fill) });
const proofOf = (from: bigint, to: bigint) =>
  from === 0n ? [] : proveConsistency(readerOf(leaves), from, to);
const bodyOf = (old: bigint, size: bigint, note = noteAt(size)) =>
  formatAddCheckpoint({ old, proof: proofOf(old, size), checkpoint: note });
const textOf = (note: string) => note.slice(0, note.indexOf('\n\n') + 1);
const hashOf = (origin: string) => toHex(sha256(utf8(origin)));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('as a witness of another log', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ ANCHORLEAF_WITNESSED_LOGS: otherKey });
  });
  afterAll(() => service?.stop());
  const raw = () => request(service.service.app.getHttpServer());
  // the witness looks at 20 a second
  beforeEach(() => pause(150));
  const add = (body: string) => raw().post('/witness/add-checkpoint').type('text/plain').send(body);
  const keyOf = async () => parseVerifierKey((await raw().get('/witness/key').expect(200)).text.trim());

  test('200 for the first head, with a cosignature that holds; it is shown with the log’s own', async () => {
    await raw()
      .get(`/witness/${hashOf(ORIGIN)}/checkpoint`)
      .expect(404);
    const noisy = `${noteAt(3n)}— stranger.example AAAAAAAAAAAA\n`;
    const { text, headers } = await add(bodyOf(0n, 3n, noisy)).expect(200);
    expect(headers['content-type']).toContain('text/plain');
    const key = await keyOf();
    expect(key).toMatchObject({ name: 'passports.example:8787/witness', type: 4 });
    const [cosignature] = readCosignatures(textOf(noteAt(3n)), text, [key]);
    expect(Math.abs(Number(cosignature!.time) - Date.now() / 1000)).toBeLessThan(60);
    const { text: shown } = await raw()
      .get(`/witness/${hashOf(ORIGIN)}/checkpoint`)
      .expect(200);
    expect(shown).toBe(noteAt(3n) + text);
    expect(openCheckpoint(shown, parseVerifierKey(otherKey), [key]).witnessedBy).toHaveLength(1);
  });

  test('200 for a head that extends it, and for the same head again', async () => {
    await add(bodyOf(3n, 7n)).expect(200);
    await add(bodyOf(7n, 7n)).expect(200);
  });

  test('409 with the size that is held, in its own media type', async () => {
    for (const old of [0n, 3n, 8n]) {
      const { text, headers } = await add(bodyOf(old, 9n)).expect(409);
      expect([headers['content-type'], text]).toEqual(['text/x.tlog.size', '7\n']);
    }
  });

  test.each([
    [
      'an old size beyond the checkpoint',
      bodyOf(3n, 7n).replace('old 3', 'old 8'),
      400,
      'witness/old-size-beyond',
    ],
    ['no request', 'hello', 400, 'log/malformed-request'],
    ['nothing', '', 400, 'log/malformed-request'],
    ['a leading zero', bodyOf(7n, 9n).replace('old 7', 'old 07'), 400, 'log/malformed-request'],
    ['no signature lines', `old 7\n\n${textOf(noteAt(9n))}`, 400, 'log/malformed-note'],
    [
      'another log',
      bodyOf(7n, 9n, noteAt(9n, rootAt(9n), 1, 'unknown.example/log')),
      404,
      'witness/unknown-log',
    ],
    ['another key', bodyOf(7n, 9n, noteAt(9n, rootAt(9n), 2)), 403, 'witness/not-signed'],
    [
      'a proof of other sizes',
      formatAddCheckpoint({ old: 7n, proof: proofOf(6n, 9n), checkpoint: noteAt(9n) }),
      422,
      'witness/inconsistent',
    ],
    ['a fork', bodyOf(7n, 9n, noteAt(9n, treeHash(leaves.slice(1, 10)))), 422, 'witness/inconsistent'],
    [
      'another root of the same size',
      bodyOf(7n, 7n, noteAt(7n, treeHash(leaves.slice(1, 8)))),
      422,
      'witness/inconsistent',
    ],
  ])('%s: nothing is cosigned', async (_, body, status, code) => {
    const answer = await add(body).expect(status);
    expect(answer.body.code).toBe(code);
    expect((await add(bodyOf(3n, 9n)).expect(409)).text).toBe('7\n');
  });

  test('any media type is taken, also none; a body that is too long is not', async () => {
    const { port } = (await listening(service)).address() as { port: number };
    const url = `http://127.0.0.1:${port}/witness/add-checkpoint`;
    const bytes = Buffer.from(bodyOf(7n, 7n));
    for (const type of ['application/octet-stream', 'application/json', null]) {
      const headers = type === null ? [] : [['content-type', type] as [string, string]];
      expect((await fetch(url, { method: 'POST', body: bytes, headers })).status).toBe(200);
    }
    const long = await fetch(url, { method: 'POST', body: 'x'.repeat(200_000) });
    expect(long.status).toBe(413);
  });

  test('what was cosigned is held over a restart', async () => {
    service = await service.restart();
    expect((await add(bodyOf(0n, 9n)).expect(409)).text).toBe('7\n');
    await add(bodyOf(7n, 9n)).expect(200);
  });

  test('concurrent requests never take a size back: each answer 200 is larger than all before it', async () => {
    const witness = service.service.app.get(WitnessService);
    const database = service.service.app.get(DataSource);
    // the order in which the database took them
    await database.query('create table taken (place serial, size numeric)');
    await database.query(`create function note_taken() returns trigger language plpgsql as $$
      begin insert into taken (size) values (new.size); return new; end $$`);
    await database.query(
      'create trigger taken after update on witnessed_log for each row execute function note_taken()',
    );
    let held = 9n;
    const cosigned: bigint[] = [];
    const conflicts: bigint[] = [];
    const client = async (seed: number) => {
      for (let round = 0; round < 12; round++) {
        const old = held;
        const size = old + BigInt(1 + ((seed * 7 + round * 5) % 6));
        const answer = await witness.addCheckpoint(bodyOf(old, size));
        if (answer.status === 200) {
          cosigned.push(size);
          if (size > held) held = size;
        } else if (answer.status === 409) {
          conflicts.push(answer.size);
          if (answer.size > held) held = answer.size;
        } else throw new Error(JSON.stringify(answer));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, seed) => client(seed)));
    const rows = (await database.query('select size from taken order by place')) as { size: string }[];
    const sizes = rows.map(({ size }) => BigInt(size));
    expect(sizes).toEqual([...sizes].sort((a, b) => Number(a - b)));
    expect(new Set(sizes).size).toBe(sizes.length);
    expect([...cosigned].sort((a, b) => Number(a - b))).toEqual(sizes);
    expect(conflicts.length).toBeGreaterThan(0);
    const [row] = await database.query('select size, root from witnessed_log');
    expect(BigInt(row.size)).toBe(sizes.at(-1));
    expect(new Uint8Array(row.root)).toEqual(rootAt(BigInt(row.size)));
  });

  test('the database itself refuses to take a size back, or to forget', async () => {
    const database = service.service.app.get(DataSource);
    await expect(database.query('update witnessed_log set size = size - 1')).rejects.toThrow('never shrinks');
    await expect(database.query(`update witnessed_log set root = '\\x00'`)).rejects.toThrow('never shrinks');
    await expect(database.query('delete from witnessed_log')).rejects.toThrow('never changed');
  });

  test('a flood is told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => add('hello')));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([400, 429]));
    expect(answers.find(({ status }) => status === 429)!.headers['retry-after']).toBe('1');
  });
});

async function listening(service: TestService, port = 0): Promise<Server> {
  const server = service.service.app.getHttpServer() as Server;
  if (!server.listening) await service.service.app.listen(port, '127.0.0.1');
  return server;
}

const checkpointOf = async (service: TestService) => (await service.get('/log/checkpoint').expect(200)).text;
const logKeyOf = (service: TestService) => parseVerifierKey(service.service.installation.logVerifierKey);
const witnessKeyOf = (service: TestService) =>
  parseVerifierKey(cosignerKey(service.service.installation.cosigner));

describe('two services witness each other', () => {
  let one: TestService;
  let two: TestService;
  const ports = { one: 0, two: 0 };
  const env = (port: number, peer: TestService) => ({
    ANCHORLEAF_WITNESSES: `${cosignerKey(peer.service.installation.cosigner)} http://127.0.0.1:${port}/witness`,
    ANCHORLEAF_WITNESSED_LOGS: peer.service.installation.logVerifierKey,
  });
  beforeAll(async () => {
    one = await startTestService({ PUBLIC_URL: 'http://one.example' });
    two = await startTestService({ PUBLIC_URL: 'http://two.example' });
    [ports.one, ports.two] = [await freePort(), await freePort()];
    const [forOne, forTwo] = [env(ports.two, two), env(ports.one, one)];
    one = await one.restart(forOne);
    two = await two.restart(forTwo);
    await listening(one, ports.one);
    await listening(two, ports.two);
  });
  afterAll(async () => {
    await one?.stop();
    await two?.stop();
  });

  const cosignedBy = (service: TestService, peer: TestService) =>
    eventually(async () => {
      const opened = openCheckpoint(await checkpointOf(service), logKeyOf(service), [witnessKeyOf(peer)]);
      return opened.witnessedBy.length === 1 && opened;
    });

  test('the checkpoint that is served gets the other’s cosignature, head after head', async () => {
    await one.enrol(EXPORTER);
    await two.enrol(EXPORTER);
    expect((await cosignedBy(one, two)).size).toBe(3n);
    expect((await cosignedBy(two, one)).size).toBe(3n);
    await one.enrol({ ...EXPORTER, slug: 'second' });
    expect((await cosignedBy(one, two)).size).toBe(6n);
    const { text } = await two.get(`/witness/${hashOf('one.example/log')}/checkpoint`).expect(200);
    expect(openCheckpoint(text, logKeyOf(one)).size).toBe(6n);
    const { body } = await one.get('/health/ready').expect(200);
    expect(body.details.witnesses).toEqual({ status: 'up', 'two.example/witness': { cosigned: '6' } });
  });

  test('a proof comes with the cosigned checkpoint', async () => {
    const proof = parseLogProof((await one.get('/log/entries/4/proof').expect(200)).text);
    const opened = openCheckpoint(proof.checkpoint, logKeyOf(one), [witnessKeyOf(two)]);
    expect(opened.witnessedBy).toHaveLength(1);
  });

  test('a witness that is away delays nothing, and is caught up with when it is back', async () => {
    two = await two.restart();
    const begun = performance.now();
    for (const slug of ['third', 'fourth']) await one.enrol({ ...EXPORTER, slug });
    expect(performance.now() - begun).toBeLessThan(5_000);
    const bare = openCheckpoint(await checkpointOf(one), logKeyOf(one), [witnessKeyOf(two)]);
    expect(bare).toMatchObject({ size: 12n, witnessedBy: [] });
    await eventually(async () => {
      const { body } = await one.get('/health/ready').expect(200);
      return body.details.witnesses['two.example/witness'].trouble?.includes('gave no answer');
    });
    // the newest head that was cosigned proves what it covers
    const proof = parseLogProof((await one.get('/log/entries/4/proof').expect(200)).text);
    expect(openCheckpoint(proof.checkpoint, logKeyOf(one), [witnessKeyOf(two)]).witnessedBy).toHaveLength(1);
    await listening(two, ports.two);
    expect((await cosignedBy(one, two)).size).toBe(12n);
    expect(one.service.app.get(Sequencer).state.kind).toBe('writing');
  });
});

describe('a witness that lies', () => {
  type Answer = { status: number; type?: string; body?: string | (() => string); silent?: boolean };
  const witness = { name: 'liar.example/w', secretKey: secret(5) };
  let answer: Answer = { status: 500 };
  let shown: () => string | null = () => null;
  let asked: string[] = [];
  let server: Server;
  let service: TestService;

  beforeAll(async () => {
    server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (part) => {
        body += part;
      });
      incoming.on('end', () => {
        if (incoming.method === 'GET') {
          const note = shown();
          outgoing
            .writeHead(note === null ? 404 : 200, { 'content-type': 'text/plain' })
            .end(note ?? 'nothing');
          return;
        }
        asked.push(body);
        if (answer.silent) return;
        const text = typeof answer.body === 'function' ? answer.body() : (answer.body ?? '');
        outgoing.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    service = await startTestService({
      ANCHORLEAF_WITNESSES: `${cosignerKey(witness)} http://127.0.0.1:${port}/`,
    });
  });
  afterAll(async () => {
    await service?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  const troubleNow = async () => {
    const { body } = await service.get('/health/ready').expect(200);
    return String(body.details.witnesses[witness.name].trouble ?? '');
  };
  const state = () => service.service.app.get(Sequencer).state;
  const now = () => BigInt(Math.floor(Date.now() / 1000));
  const newest = () => textOf(asked.at(-1)!.slice(asked.at(-1)!.indexOf('\n\n') + 2));
  const own = (size: bigint, root: Uint8Array) => {
    const { origin, logSecretKey } = service.service.installation;
    return signNote(formatCheckpoint({ origin, size, root }), { name: origin, secretKey: logSecretKey });
  };
  let count = 0;

  /** A new entry, until the service says this of the witness that it asked about it. */
  async function tells(reason: string, next: Answer, show: () => string | null = () => null): Promise<void> {
    service = await service.restart();
    [answer, shown] = [next, show];
    await service.enrol({ ...EXPORTER, slug: `lie-${count++}` });
    await eventually(async () => (await troubleNow()).includes(reason));
  }

  test.each<[string, Answer, string]>([
    [
      'a size beyond ours',
      { status: 409, type: 'text/x.tlog.size', body: '1000000\n' },
      'it holds size 1000000, but it shows no checkpoint that we signed',
    ],
    ['a contradiction', { status: 422 }, 'contradicts the one it holds, but it shows no checkpoint'],
  ])('%s: nothing is stored, and appending goes on', async (_, next, reason) => {
    await tells(reason, next);
    expect(state().kind).toBe('writing');
    expect(await checkpointOf(service)).not.toContain(witness.name);
  });

  test('a checkpoint that others signed, or that agrees with ours, stops nothing', async () => {
    const claim = { status: 409, type: 'text/x.tlog.size', body: '1000000\n' };
    const foreign = () => noteAt(150n, rootAt(150n), 1, service.service.installation.origin);
    await tells('shows no checkpoint that we signed', claim, foreign);
    const ours = await checkpointOf(service);
    await tells('agrees with ours', { status: 422 }, () => ours);
    expect(state().kind).toBe('writing');
  });

  test('one that never answers delays no entry', async () => {
    answer = { status: 200, silent: true };
    service = await service.restart();
    const begun = performance.now();
    for (let n = 0; n < 3; n++) await service.enrol({ ...EXPORTER, slug: `silent-${n}` });
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(state().kind).toBe('writing');
  });

  test('once it tells the truth it is believed, from the size it says it holds', async () => {
    service = await service.restart();
    asked = [];
    answer = { status: 409, type: 'text/x.tlog.size', body: '5\n' };
    await service.enrol({ ...EXPORTER, slug: 'truth' });
    await eventually(async () => asked.some((body) => body.startsWith('old 5\n')));
    answer = { status: 200, body: () => cosign(newest(), witness, now()) };
    const key = parseVerifierKey(cosignerKey(witness));
    await eventually(
      async () =>
        openCheckpoint(await checkpointOf(service), logKeyOf(service), [key]).witnessedBy.length === 1,
    );
    expect(await troubleNow()).toBe('');
  });

  test('a larger checkpoint with our own signature stops appending: an old backup was restored', async () => {
    answer = { status: 409, type: 'text/x.tlog.size', body: '1000\n' };
    shown = () => own(1_000n, secret(7));
    await service.enrol({ ...EXPORTER, slug: 'evidence' });
    await eventually(async () => state().kind === 'stopped');
    expect(state()).toMatchObject({ code: 'log/behind-witness' });
    await service.get('/log/checkpoint').expect(200);
    const refused = await service.post(
      '/api/v1/organisations',
      { ...EXPORTER, slug: 'late' },
      service.operatorKey,
    );
    expect([refused.status, refused.body.code]).toEqual([503, 'log/stopped']);
  });

  test('so it does at the start, before anything is written', async () => {
    service = await service.restart();
    await eventually(async () => state().kind === 'stopped');
    expect(state()).toMatchObject({ code: 'log/behind-witness' });
    shown = () => own(3n, secret(7));
    service = await service.restart();
    await eventually(async () => state().kind === 'stopped');
    expect(state()).toMatchObject({ code: 'log/forked' });
    shown = () => null;
    service = await service.restart();
    await eventually(async () => state().kind === 'writing');
  });
});
