// What others set on chain by their own transactions comes into the log by itself.
import { createServer } from 'node:http';
import { hexlify, randomBytes } from 'ethers';
import { DataSource } from 'typeorm';
import { type ContentId, contentId } from '#lib/canonical';
import { checkDocumentForm, type Entry, mismatchOf, parseEntry, type StatusDocument } from '#lib/record';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { ChainService, OpenedChain } from '../../apps/ledger/src/chain/chain.service.ts';
import { JsonRpcClient } from '../../apps/ledger/src/chain/json-rpc.ts';
import { RpcPool } from '../../apps/ledger/src/chain/rpc-pool.ts';
import { ChainEventsService } from '../../apps/ledger/src/chain-events/chain-events.service.ts';
import { EventReader } from '../../apps/ledger/src/chain-events/event-reader.ts';
import { Clock } from '../../apps/ledger/src/clock.ts';
import { Installation } from '../../apps/ledger/src/installation/installation.ts';
import { Sequencer } from '../../apps/ledger/src/log/sequencer.ts';
import { OrganisationsService } from '../../apps/ledger/src/organisations/organisations.service.ts';
import { RecorderService } from '../../apps/ledger/src/recording/recorder.service.ts';
import {
  type Key,
  makeBatch,
  makeCatalogue,
  makeExporter,
  makeFootprint,
  makeKeyHolder,
  register,
  sendOwn,
} from '../support/factory.ts';
import { post } from '../support/rpc.ts';
import { eventually, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let body: Key;
let registrar: Key;
beforeAll(async () => {
  service = await startTestService();
  body = await makeKeyHolder(service, 'body', 'body');
  registrar = await makeKeyHolder(service, 'registrar', 'registrar');
  await register(service, registrar, body);
});
afterAll(() => service?.stop());

const of = <T>(part: new (...args: never[]) => T): T => service.service.app.get(part);
const NO_DETAIL = `0x${'00'.repeat(32)}`;

type Recorded = { readonly index: bigint; readonly entry: Entry; readonly doc: StatusDocument };

/** Every status entry, with its document as an outsider gets it. */
async function statuses(): Promise<Recorded[]> {
  const rows = (await of(DataSource).query(
    "select index, bytes from log_entry where kind = 'status/v1' order by index",
  )) as { index: string; bytes: Buffer }[];
  return Promise.all(
    rows.map(async ({ index, bytes }) => {
      const entry = parseEntry(new Uint8Array(bytes));
      const { text, headers } = await service.get(`/log/contents/${entry.content}`).expect(200);
      expect(headers['cache-control']).toContain('immutable');
      expect(contentId(new TextEncoder().encode(text))).toBe(entry.content);
      const doc = checkDocumentForm(JSON.parse(text)) as StatusDocument;
      expect(mismatchOf(entry, doc, {})).toBeNull();
      expect(entry.issuer).toBe('did:web:passports.example%3A8787');
      return { index: BigInt(index), entry, doc };
    }),
  );
}

const whenRecorded = (count: number) =>
  eventually(async () => {
    const found = await statuses();
    return found.length >= count && found;
  });

async function settled(): Promise<void> {
  const { number } = await of(ChainService).head('finalized');
  await eventually(async () => (of(ChainEventsService).state.block ?? -1n) >= number);
}

const opinionId = () => `${body.wallet.address.toLowerCase()}${hexlify(randomBytes(12)).slice(2)}`;
const revoke = (id: string) => sendOwn(service, body, 'BodyRegistry', 'revokeOpinion', [id, 3, NO_DETAIL]);

test('a body revokes an opinion by its own transaction: the log says so, and the entry is anchored', async () => {
  const id = opinionId();
  await revoke(id);
  const [found] = await whenRecorded(1);
  const chain = of(ChainService);
  expect(found!.doc).toMatchObject({
    event: 'OpinionRevoked',
    chain: '31337',
    contract: chain.address('BodyRegistry'),
    subject: id,
    setter: body.wallet.address,
    reason: '3',
    detail: NO_DETAIL,
  });
  const receipt = (await chain.rpc.call('eth_getTransactionReceipt', [found!.doc.transaction])) as any;
  expect(receipt.blockHash).toBe(found!.doc.blockHash);
  expect(BigInt(receipt.blockNumber)).toBe(BigInt(found!.doc.block));
  expect(receipt.logs.map((log: any) => BigInt(log.logIndex))).toContain(BigInt(found!.doc.logIndex));
  await eventually(() => of(AnchorsService).firstCovering(found!.index));
});

test('a registrar withdraws a registration', async () => {
  await sendOwn(service, registrar, 'BodyRegistry', 'withdrawRegistration', [
    body.wallet.address,
    0,
    2,
    NO_DETAIL,
    1_700_000_000,
  ]);
  const found = (await whenRecorded(2)).at(-1)!;
  expect(found.doc).toMatchObject({
    event: 'RegistrationWithdrawn',
    subject: `0x${'00'.repeat(12)}${body.wallet.address.slice(2).toLowerCase()}`,
    setter: registrar.wallet.address,
    index: '0',
    effectiveFrom: '1700000000',
    reason: '2',
  });
});

test('an authority flags a passport', async () => {
  const exporter = await makeExporter(service);
  const catalogue = await makeCatalogue(service, exporter.apiKey);
  const footprint = await makeFootprint(service, exporter.apiKey, catalogue);
  const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-1');
  const order = { batch: batch.uuid, footprint: footprint.uuid };
  const { body: made } = await service.post('/api/v1/passports', order, exporter.apiKey).expect(201);
  await eventually(async () => {
    const { body: passport } = await service.get(`/api/v1/passports/${made.release}`, exporter.apiKey);
    return passport.state === 'anchored';
  });
  const [row] = await of(DataSource).query('select token_id from passport');
  const AUTHORITY = 4;
  const SUSPENDED = 1;
  await sendOwn(service, registrar, 'PassportRegistry', 'setFlag', [
    row.token_id,
    AUTHORITY,
    SUSPENDED,
    5,
    NO_DETAIL,
  ]);
  const found = (await whenRecorded(3)).at(-1)!;
  expect(found.doc).toMatchObject({
    event: 'FlagSet',
    setter: registrar.wallet.address,
    role: '4',
    status: '1',
    reason: '5',
  });
  expect(BigInt(found.doc.subject)).toBe(BigInt(row.token_id));
});

test('what is read again is not recorded again: after a restart, and after a crash before the cursor moved', async () => {
  await settled();
  const before = await statuses();
  service = await service.restart();
  await settled();
  expect((await statuses()).map(({ index }) => index)).toEqual(before.map(({ index }) => index));
  const [genesis] = await new EventReader(of(ChainService)).hashesAt(0n);
  await of(DataSource).query('update chain_cursor set block = 0, block_hash = $1', [genesis]);
  // one event has its entry and no row, as after catching up with the log from elsewhere
  await of(DataSource).query('delete from chain_event where log_index = 0 and block = $1', [
    before[0]!.doc.block,
  ]);
  await revoke(opinionId());
  const after = await whenRecorded(before.length + 1);
  await settled();
  expect(await statuses()).toHaveLength(after.length);
  expect(after.slice(0, before.length).map(({ doc }) => doc)).toEqual(before.map(({ doc }) => doc));
});

test('events of while the service was down are recorded when it is up, in their order', async () => {
  const before = await statuses();
  const ids = Array.from({ length: 5 }, opinionId);
  const events = of(ChainEventsService);
  // stops looking, as a process that has just died
  await events.beforeApplicationShutdown();
  for (const id of ids) await revoke(id);
  expect(await statuses()).toHaveLength(before.length);
  service = await service.restart();
  const after = await whenRecorded(before.length + ids.length);
  expect(after.slice(before.length).map(({ doc }) => doc.subject)).toEqual(ids);
});

test('of several endpoints, one that leaves events out or lags holds back nothing false', async () => {
  const { facts, pool, publicRpc } = of(ChainService);
  const url = (pool.endpoints[0] as JsonRpcClient).url;
  let change = (answers: any[]): unknown => answers;
  const proxy = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (part) => {
      body += part;
    });
    incoming.on('end', async () => {
      const answer: any = await (await post(url, body)).json();
      outgoing.end(JSON.stringify(Array.isArray(answer) ? change(answer) : answer));
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const second = new JsonRpcClient(`http://127.0.0.1:${(proxy.address() as { port: number }).port}`);
  const both = new RpcPool([pool.endpoints[0] as JsonRpcClient, second]);
  const reader = new EventReader(
    new ChainService(new OpenedChain(both, facts, publicRpc, async () => undefined)),
  );
  const { number } = await of(ChainService).head('finalized');
  const honest = await reader.read(0n, number);
  expect(honest?.events).toHaveLength((await statuses()).length);
  // answers to a batch: the last block, then the events
  change = ([block, logs]) => [block, { ...logs, result: logs.result.slice(1) }];
  await expect(reader.read(0n, number)).rejects.toThrow('disagree about the events');
  change = ([block, logs]) => [
    { ...block, result: null },
    { ...logs, result: [] },
  ];
  expect((await reader.read(0n, number))?.events).toHaveLength(honest!.events.length);
  change = () => 'nonsense';
  expect((await reader.read(0n, number))?.events).toHaveLength(honest!.events.length);
  expect(await reader.read(0n, number + 5n)).toBeNull();
  proxy.closeAllConnections();
  proxy.close();
});

test('a node that gives no answer to a long range is asked for shorter ones', async () => {
  const { facts, pool, publicRpc } = of(ChainService);
  const url = (pool.endpoints[0] as JsonRpcClient).url;
  const isLong = ({ method, params }: any) =>
    method === 'eth_getLogs' && BigInt(params[0].toBlock) - BigInt(params[0].fromBlock) > 3n;
  const proxy = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const part of incoming) body += part;
    // as one that works on it for longer than anybody waits
    if ([JSON.parse(body)].flat().some(isLong)) return void outgoing.destroy();
    outgoing.end(await (await post(url, body)).text());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const slow = new JsonRpcClient(`http://127.0.0.1:${(proxy.address() as { port: number }).port}`);
  const opened = new OpenedChain(new RpcPool([slow]), facts, publicRpc, async () => undefined);
  for (let n = 0; n < 6; n++) await revoke(opinionId());
  await settled();
  const { number } = await of(ChainService).head('finalized');
  expect(number).toBeGreaterThan(8n);
  await of(ChainEventsService).beforeApplicationShutdown();
  await of(DataSource).query('delete from chain_cursor');
  const follower = new ChainEventsService(
    of(DataSource),
    new ChainService(opened),
    of(Sequencer),
    of(RecorderService),
    of(OrganisationsService),
    of(Installation),
    of(Clock as new () => Clock),
  );
  const before = (await statuses()).length;
  follower.onApplicationBootstrap();
  await eventually(async () => (follower.state.block ?? -1n) >= number);
  await follower.beforeApplicationShutdown();
  expect((await statuses()).length).toBe(before);
  proxy.closeAllConnections();
  proxy.close();
  service = await service.restart();
});

test('a node that lags is waited for, with the reason; another block in a final one’s place stops the log', async () => {
  await settled();
  const database = of(DataSource);
  const { number } = await of(ChainService).head('finalized');
  const [cursor] = await database.query('select block, block_hash from chain_cursor');
  await database.query('update chain_cursor set block = $1', [number + 1_000n]);
  await eventually(async () => of(ChainEventsService).state.trouble?.reason.includes('it lags'));
  expect(of(Sequencer).state.kind).toBe('writing');
  const { body: health } = await service.get('/health/ready').expect(200);
  expect(health.details.events.trouble).toContain('it lags');
  await database.query('update chain_cursor set block = $1', [cursor.block]);
  await eventually(async () => of(ChainEventsService).state.trouble === null);

  await database.query('update chain_cursor set block_hash = $1', [`0x${'11'.repeat(32)}`]);
  await eventually(async () => of(Sequencer).state.kind === 'stopped');
  expect(of(Sequencer).state).toMatchObject({ code: 'log/chain-set-back' });
  await service.get('/log/checkpoint').expect(200);
});

describe('public documents', () => {
  test('of keys, organisations, manifests and registrations; withheld values stand as digests', async () => {
    const rows = (await of(DataSource).query('select id, type from document')) as {
      id: string;
      type: string;
    }[];
    const seen = new Set<string>();
    for (const { id, type } of rows) {
      const answer = await service.get(`/log/contents/${id}`);
      if (answer.status === 200) {
        expect(contentId(new TextEncoder().encode(answer.text))).toBe(id);
        expect(answer.headers['content-type']).toContain('application/json');
        seen.add(type);
      } else {
        expect([type, answer.status, answer.body.code]).toEqual([type, 404, 'http/not-found']);
        expect(seen.has(type)).toBe(false);
      }
    }
    expect([...seen].sort()).toEqual(
      ['import/v1', 'key/v1', 'organisation/v1', 'registration/v1', 'status/v1'].sort(),
    );
  });

  test('nothing for ids that are not here or are none; 410 with the day for a removed one', async () => {
    await service.get(`/log/contents/sha256:${'0'.repeat(64)}`).expect(404);
    await service.get('/log/contents/nonsense').expect(404);
    const database = of(DataSource);
    const [{ id }] = await database.query("select id from document where type = 'import/v1' limit 1");
    const changed = [Buffer.from('{"type":"import/v1"}'), id as ContentId];
    const [{ bytes }] = await database.query('select bytes from document where id = $1', [id]);
    await database.query('update document set bytes = $1 where id = $2', changed);
    const altered = await service.get(`/log/contents/${id}`).expect(409);
    expect(altered.body.code).toBe('content/altered');
    expect(altered.headers['cache-control'] ?? '').not.toContain('immutable');
    await database.query('update document set bytes = $1 where id = $2', [bytes, id]);
    await service.get(`/log/contents/${id}`).expect(200);
    await database.query(
      "update document set bytes = null, salts = null, erased_at = '2026-11-25T10:00:00Z' where id = $1",
      [id],
    );
    const gone = await service.get(`/log/contents/${id}`).expect(410);
    expect(gone.body).toMatchObject({ code: 'content/erased' });
    expect(gone.body.detail).toContain('2026-11-25');
  });
});
