// A dishonest ledger, seven ways, and an auditor that is handed nothing but an address, a root and the chain. Real service,
// real database, real chain: whatever is changed is changed where an operator could change it.
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { DataSource } from 'typeorm';
import { toBase64url } from '#lib/canonical';
import { type Entry, entryBytes, jwkOf, makeEntry } from '#lib/record';
import { audit } from '../../apps/auditor/src/cli/main.ts';
import { watch } from '../../apps/auditor/src/cli/watch.ts';
import { AnchorLoop } from '../../apps/ledger/src/anchoring/anchor-loop.ts';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { ChainEventsService } from '../../apps/ledger/src/chain-events/chain-events.service.ts';
import { DocumentsService } from '../../apps/ledger/src/documents/documents.service.ts';
import { LogService } from '../../apps/ledger/src/log/log.service.ts';
import { FileRecords } from '../../apps/ledger/src/pages/file-records.service.ts';
import { RecorderService } from '../../apps/ledger/src/recording/recorder.service.ts';
import * as factory from '../support/factory.ts';
import { makeTestFolder, type TestFolder } from '../support/folder.ts';
import {
  EXPORTER,
  eventually,
  type Organisation,
  startTestService,
  type TestService,
} from '../support/service.ts';

/** Past the maximum anchor delay of an embedded chain, and the skew of clocks. */
const LATER = 2 * 3_600;
/** More than a tile, so that the tree has a second level of tiles. */
const FILLING = 280;

let folder: TestFolder;
let running: TestService;
let exporter: Organisation;
let registrar: factory.Key;
let body: factory.Key;
let token: string;
const found: string[] = [];

beforeAll(async () => {
  folder = await makeTestFolder('auditor');
  running = await startTestService();
  exporter = await factory.makeExporter(running);
  const catalogue = await factory.makeCatalogue(running, exporter.apiKey);
  const batch = await factory.makeBatch(running, exporter.apiKey, catalogue, 'L1');
  const footprint = await factory.makeFootprint(running, exporter.apiKey, catalogue);
  registrar = await factory.makeKeyHolder(running, 'registrar', 'sample-registrar');
  body = await factory.makeKeyHolder(running, 'body', 'sample-body');
  await factory.register(running, registrar, body);
  const signed = await factory.signOpinion(running, footprint.uuid, registrar, body);
  const { body: opinion } = await running.post('/api/v1/opinions', signed, body.apiKey).expect(201);
  const order = { batch: batch.uuid, footprint: footprint.uuid, opinion: opinion.uuid };
  const { body: passport } = await running.post('/api/v1/passports', order, exporter.apiKey).expect(201);
  token = `0x${BigInt(passport.tokenId).toString(16).padStart(64, '0')}`;
  await running.service.app.get(FileRecords).record();
  await running.service.app.get(LogService).record({ entries: fillers(FILLING) });
  await eventually(isMinted);
  await flag(1, 1);
  await entriesOf('status/v1', 1);
  await allAnchored(running);
}, 240_000);
afterAll(async () => {
  await running?.stop();
  await folder?.remove();
  console.log(`counted: ${found.length} of 7 dishonest ledgers found: ${found.join('; ')}`);
});

/** Entries of files that nobody serves: a plain kind without documents. */
function fillers(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) =>
    entryBytes(
      makeEntry({
        kind: 'page/v1',
        subject: toBase64url(new Uint8Array(32).fill(n & 255)),
        issuer: running.service.installation.operatorDid,
        time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        content: `sha256:${n.toString(16).padStart(64, '0')}`,
        refs: [],
      }),
    ),
  );
}

async function isMinted(): Promise<boolean> {
  const rows = await running.service.app
    .get(DataSource)
    .query("select 1 from chain_transaction where purpose = 'mint' and state in ('mined', 'final')");
  return rows.length > 0;
}

/** The body sets its own flag on the passport, by its own transaction. */
const flag = (status: number, reason: number) =>
  factory.sendOwn(running, body, 'PassportRegistry', 'setFlag', [
    token,
    2,
    status,
    reason,
    `0x${'00'.repeat(32)}`,
  ]);

function entriesOf(kind: string, count: number): Promise<unknown> {
  return eventually(async () => {
    const [row] = await running.service.app
      .get(DataSource)
      .query('select count(*) as count from log_entry where kind = $1', [kind]);
    return Number(row.count) === count;
  });
}

async function allAnchored(service: TestService): Promise<void> {
  await eventually(async () => {
    const latest = await service.service.app.get(AnchorsService).latest();
    const { text } = await service.get('/log/checkpoint');
    return latest?.size === BigInt(text.split('\n')[1] ?? '-1');
  });
}

/** Writes to the database as somebody who holds its password, past the triggers; gives the way back. */
async function meddle(table: string, where: string, change: string): Promise<() => Promise<void>> {
  const database = running.service.app.get(DataSource);
  const run = (sql: string, parameters: unknown[] = []) =>
    database.transaction(async (tx) => {
      await tx.query("set local session_replication_role = 'replica'");
      await tx.query(sql, parameters);
    });
  const column = change.split(' ')[0]!;
  const [before] = await database.query(`select ${column} as value from ${table} where ${where}`);
  await run(`update ${table} set ${change} where ${where}`);
  // tiles are served from memory; after a start the changed ones are
  running = await running.restart();
  return async () => {
    await running.service.app.get(DataSource).transaction(async (tx) => {
      await tx.query("set local session_replication_role = 'replica'");
      await tx.query(`update ${table} set ${column} = $1 where ${where}`, [before.value]);
    });
    running = await running.restart();
  };
}

type Audited = {
  readonly code: number;
  readonly findings: any[];
  readonly codes: string[];
  readonly report: any;
};

async function addressOf(service: TestService): Promise<string> {
  const server = service.service.app.getHttpServer();
  if (!server.listening) await service.service.app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const terminal = (args: readonly string[], later = 0) => {
  const lines = { out: '', err: '' };
  return {
    lines,
    args,
    defaultRoot: join(folder.path, 'none.json'),
    language: 'en' as const,
    now: () => Math.floor(Date.now() / 1000) + later,
    out: (text: string) => {
      lines.out += text;
    },
    err: (text: string) => {
      lines.err += text;
    },
    wait: async () => undefined,
  };
};

async function options(service: TestService): Promise<string[]> {
  const url = await addressOf(service);
  return [url, '--root', join(service.dataDir, 'root.json'), '--rpc', `${url}/rpc`];
}

async function auditOf(service: TestService, more: readonly string[] = [], later = 0): Promise<Audited> {
  const run = terminal([...(await options(service)), '--json', ...more], later);
  const code = await audit(run);
  if (run.lines.out === '') throw new Error(run.lines.err);
  const report = JSON.parse(run.lines.out);
  const findings = report.findings.filter(({ weight }: any) => weight !== 'note');
  return { code, findings, codes: findings.map((each: any) => each.code), report };
}

test('says nothing about an honest ledger, now and past every delay', async () => {
  for (const later of [0, LATER]) {
    const { code, findings, report } = await auditOf(running, [], later);
    expect([code, findings]).toEqual([0, []]);
    expect(report.size).toBeGreaterThan(256);
    expect(report.kinds).toMatchObject({ 'status/v1': 1, 'credential/v1': 1, 'opinion/v1': 1, 'key/v1': 1 });
    expect(report.heads).toBeGreaterThan(0);
  }
});

test('goes on where it stood, and sees the same; a state of another log is refused', async () => {
  const state = ['--state', join(folder.path, 'state.json')];
  expect((await auditOf(running, state)).code).toBe(0);
  await running.enrol({ ...EXPORTER, slug: 'another' });
  await allAnchored(running);
  const again = await auditOf(running, state);
  expect([again.code, again.findings]).toEqual([0, []]);
  expect(again.report.keyHistory).toBe((await auditOf(running)).report.keyHistory);
  const text = await readFile(join(folder.path, 'state.json'), 'utf8');
  await writeFile(
    join(folder.path, 'other.json'),
    text.replace(/"origin":"[^"]*"/, '"origin":"other.example/log"'),
  );
  const run = terminal([...(await options(running)), '--state', join(folder.path, 'other.json')]);
  expect([await audit(run), run.lines.err]).toEqual([
    65,
    expect.stringContaining('other.json cannot be used'),
  ]);
});

test('from a size on, and with the options of a stranger', async () => {
  const { code, report } = await auditOf(running, ['--from', '100']);
  expect([code, report.from]).toEqual([0, 100]);
  expect(await audit(terminal([]))).toBe(64);
  expect(await audit(terminal(['http://127.0.0.1:9', '--root', join(running.dataDir, 'root.json')]))).toBe(3);
  const silent = (await options(running)).with(-1, 'http://127.0.0.1:9/');
  const bare = join(folder.path, 'bare.json');
  const root = JSON.parse(await readFile(join(running.dataDir, 'root.json'), 'utf8'));
  await writeFile(bare, JSON.stringify({ ...root, endpoints: [] }));
  const run = terminal([...silent.with(2, bare), '--json']);
  expect(await audit(run)).toBe(3);
  expect(JSON.parse(run.lines.out).counts).toEqual({ 'chain/unreachable': 1 });
});

test('finds a changed entry', async () => {
  const back = await meddle(
    'log_entry',
    'index = 4',
    `bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"time":"20', '"time":"19'), 'UTF8')`,
  );
  const { code, findings } = await auditOf(running);
  expect([code, findings[0]]).toEqual([
    1,
    expect.objectContaining({ code: 'entry/altered', place: 'entry 4' }),
  ]);
  expect(findings[0].expected).not.toBe(findings[0].found);
  await back();
  expect((await auditOf(running)).code).toBe(0);
  found.push('a changed entry');
});

test('finds a changed tile, on every level', async () => {
  for (const [level, index, code] of [
    [0, 9, 'entry/altered'],
    [8, 0, 'tile/differs'],
  ] as const) {
    const back = await meddle(
      'log_node_run',
      `level = ${level} and first <= ${index} and ${index} < first + length(hashes) / 32`,
      `hashes = overlay(hashes placing sha256('x') from (32 * (${index} - first) + 1)::int)`,
    );
    const audited = await auditOf(running, ['--all']);
    expect([audited.code, audited.codes]).toEqual([1, [code]]);
    await back();
  }
  expect((await auditOf(running)).code).toBe(0);
  found.push('a changed tile');
});

test('finds a second log with the same origin: by another address, and by what was seen before', async () => {
  await allAnchored(running);
  const state = join(folder.path, 'fork-state.json');
  await running.service.close();
  const copy = join(folder.path, 'copy');
  await cp(running.dataDir, copy, { recursive: true });
  running = await running.restart();
  const fork = await startTestService({}, { dataDir: copy });
  try {
    await running.enrol({ ...EXPORTER, slug: 'only-here' });
    await fork.enrol({ ...EXPORTER, slug: 'only-there' });
    await Promise.all([allAnchored(running), allAnchored(fork)]);
    const besides = await auditOf(running, ['--also', await addressOf(fork), '--state', state]);
    expect([besides.code, besides.codes]).toEqual([1, ['log/split-view']]);
    const [evidence] = (await readdir(folder.path)).filter((name) => name.startsWith('split-view-'));
    const notes = JSON.parse(await readFile(join(folder.path, evidence!), 'utf8'));
    expect(notes.first.note.split('\n')[0]).toBe(notes.second.note.split('\n')[0]);
    expect(notes.first.note).not.toBe(notes.second.note);
    expect((await auditOf(running, ['--state', state])).code).toBe(0);
    const later = await auditOf(fork, ['--state', state, '--all']);
    expect([later.code, new Set(later.codes)]).toEqual([1, expect.any(Set)]);
    expect(later.codes).toEqual(expect.arrayContaining(['log/split-view', 'chain/final-block-changed']));
  } finally {
    await fork.service.close();
  }
  found.push('a second log with the same origin');
});

test('finds a withheld withdrawal', async () => {
  await running.service.app.get(ChainEventsService).beforeApplicationShutdown();
  await flag(2, 1);
  expect((await auditOf(running)).code).toBe(0);
  const { code, findings } = await auditOf(running, [], LATER);
  expect([code, findings[0]]).toEqual([
    1,
    expect.objectContaining({
      code: 'status/withheld',
      place: `FlagSet of ${token}`,
      found: 'no such entry',
    }),
  ]);
  running = await running.restart();
  await entriesOf('status/v1', 2);
  await allAnchored(running);
  expect((await auditOf(running, [], LATER)).code).toBe(0);
  found.push('a withheld withdrawal');
});

test('finds an overdue anchor', async () => {
  await running.service.app.get(AnchorLoop).beforeApplicationShutdown();
  await running.enrol({ ...EXPORTER, slug: 'waiting' });
  const state = ['--state', join(folder.path, 'overdue.json')];
  expect((await auditOf(running, state)).code).toBe(0);
  const { code, codes } = await auditOf(running, ['--all'], LATER);
  expect([code, new Set(codes)]).toEqual([1, new Set(['anchor/overdue'])]);
  const seen = await auditOf(running, [...state, '--all'], LATER);
  expect(seen.findings.map(({ place }) => place.split(' ')[0]).sort()).toEqual(['entry', 'size']);
  running = await running.restart();
  await allAnchored(running);
  expect((await auditOf(running, [], LATER)).code).toBe(0);
  found.push('an overdue anchor');
});

/** A document and an entry about it that the operator makes by hand, past its own rooms. */
async function recordByHand(
  type: Entry['kind'],
  members: any,
  entry: Partial<Entry>,
  signer?: any,
): Promise<void> {
  const { app } = running.service;
  const { document, content, subject } = app
    .get(RecorderService)
    .prepareDocument(exporter.uuid, type, members);
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const made = makeEntry(
    { kind: type, subject, issuer: exporter.did, time, content, refs: [], ...entry },
    signer,
  );
  await app.get(LogService).record({
    entries: [entryBytes(made)],
    save: (tx) => app.get(DocumentsService).save(tx, document),
  });
  await allAnchored(running);
}

test('finds a key that was set by the host', async () => {
  const secret = ed25519.utils.randomSecretKey();
  const kid = `${exporter.did}#key-2`;
  const [row] = await running.service.app
    .get(DataSource)
    .query('select key_content, issuer_address from issuer_key where organisation = $1', [exporter.uuid]);
  const members = {
    did: exporter.did,
    kid,
    publicKeyJwk: jwkOf(ed25519.getPublicKey(secret)),
    issuerAddress: row.issuer_address,
    mintKey: row.issuer_address,
    holder: 'operator',
    sequence: 2,
    previous: row.key_content,
    signedBy: 'previous',
    recovery: '00'.repeat(32),
  };
  await recordByHand(
    'key/v1',
    members,
    {},
    { kid, sign: (message: Uint8Array) => ed25519.sign(message, secret) },
  );
  const { code, findings } = await auditOf(running);
  expect([code, findings[0]]).toEqual([1, expect.objectContaining({ code: 'key/host-only', found: kid })]);
  found.push('a key set by the host');
});

test('finds an entry dated outside its anchors', async () => {
  const members = {
    registrar: registrar.wallet.address,
    body: body.wallet.address,
    names: { en: 'Sample body' },
    country: 'CN',
    accreditation: null,
    scope: 'registered long ago',
    standards: [],
    validFrom: '2020-01-01T00:00:00Z',
    validUntil: '2030-01-01T00:00:00Z',
  };
  await recordByHand('registration/v1', members, { time: '2020-01-01T00:00:00Z' });
  const { code, codes, findings } = await auditOf(running, ['--all']);
  expect([code, codes]).toEqual([1, ['key/host-only', 'time/outside-anchors']]);
  expect(findings[1]).toMatchObject({
    found: '2020-01-01T00:00:00Z',
    expected: expect.stringMatching(/^at least /),
  });
  found.push('an entry dated outside its anchors');
});

/** The service behind a host that changes what it serves. */
async function behind(target: string, change: (path: string, bytes: Buffer) => Buffer): Promise<Server> {
  const server = createServer((request, response) => {
    void fetch(`${target}${request.url}`).then(async (answer) => {
      const bytes = change(request.url ?? '', Buffer.from(await answer.arrayBuffer()));
      response.writeHead(answer.status).end(bytes);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return server;
}

test('watch compares the code of the pages, fetched anonymously, with what is recorded', async () => {
  const script = Buffer.from('document.title = "another checker"');
  const integrity = `integrity="sha384-${createHash('sha384').update(script).digest('base64')}"`;
  const isPage = (path: string) => path.startsWith('/verify?');
  const hosts: Record<string, (path: string, bytes: Buffer) => Buffer> = {
    ok: (_, bytes) => bytes,
    'page/not-recorded': (path, bytes) => {
      if (path.startsWith('/assets/')) return script;
      return isPage(path) ? Buffer.from(bytes.toString().replace(/integrity="[^"]*"/, integrity)) : bytes;
    },
    'page/integrity-differs': (path, bytes) => (path.startsWith('/assets/') ? script : bytes),
    'page/unpinned-script': (path, bytes) =>
      isPage(path)
        ? Buffer.from(bytes.toString().replace('</body>', '<script>steal()</script></body>'))
        : bytes,
  };
  const honest = await startTestService();
  try {
    await honest.service.app.get(FileRecords).record();
    // once for good: a second start records nothing anew
    expect(await honest.service.app.get(FileRecords).record()).toEqual([]);
    await allAnchored(honest);
    const [url = '', ...rest] = await options(honest);
    for (const [expected, change] of Object.entries(hosts)) {
      const host = await behind(url, change);
      try {
        const log = join(folder.path, `${expected.replace('/', '-')}.jsonl`);
        const address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
        const run = terminal([address, ...rest, '--rounds', '2', '--every', '1s', '--log', log]);
        const code = await watch(run);
        expect([expected, code, run.lines.out, run.lines.err]).toEqual([
          expected,
          expected === 'ok' ? 0 : 1,
          expect.stringContaining(expected),
          '',
        ]);
        const rounds = (await readFile(log, 'utf8'))
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(rounds).toHaveLength(expected === 'ok' ? 2 : 1);
        expect(rounds[0].size).toBeGreaterThan(0);
      } finally {
        host.closeAllConnections();
        host.close();
      }
    }
  } finally {
    await honest.stop();
  }
});
