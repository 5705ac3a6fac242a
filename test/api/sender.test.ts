// The sender against an endpoint that misbehaves: a proxy in front of a real chain loses requests and answers, says that
// it knows a transaction already, and lags. The service stands on it as on any other chain.

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AnchorsService } from '../../apps/ledger/src/anchoring/anchors.service.ts';
import { SenderService } from '../../apps/ledger/src/anchoring/sender.service.ts';
import { markBroadcast } from '../../apps/ledger/src/anchoring/transactions.ts';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { deployContracts, identifyChain } from '../../apps/ledger/src/chain/deployment.ts';
import { JsonRpcClient } from '../../apps/ledger/src/chain/json-rpc.ts';
import { SystemClock } from '../../apps/ledger/src/clock.ts';
import { loadConfig } from '../../apps/ledger/src/config.ts';
import { openInstallation } from '../../apps/ledger/src/installation/installation.ts';
import { SystemRandom } from '../../apps/ledger/src/random.ts';
import { startTestChain, type TestChain } from '../support/chain.ts';
import { makeTestFolder, type TestFolder } from '../support/folder.ts';
import { EXPORTER, eventually, PUBLIC_URL, startTestService, type TestService } from '../support/service.ts';

type Fault = 'lost' | 'answer lost' | 'already known' | 'no receipt' | 'busy';

let chain: TestChain;
let proxy: Server;
let folder: TestFolder;
let service: TestService;
let fault: (method: string) => Fault | null = () => null;
let sent: string[] = [];

/** Passes calls on, unless the fault says otherwise. */
async function startProxy(target: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const call = JSON.parse(body) as { id: number; method: string; params: string[] };
    const kind = fault(call.method);
    const answer = (member: object) =>
      response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...member }));
    if (kind === 'lost') return void response.destroy();
    if (kind === 'busy') return void response.writeHead(429).end('too many requests');
    if (kind === 'no receipt') return void answer({ result: null });
    if (call.method === 'eth_sendRawTransaction') sent.push(call.params[0] as string);
    const passed = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await passed.text();
    if (kind === 'answer lost') return void response.destroy();
    if (kind === 'already known') return void answer({ error: { code: -32000, message: 'already known' } });
    response.setHeader('content-type', 'application/json');
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  chain = await startTestChain();
  proxy = await startProxy(chain.url);
  folder = await makeTestFolder('sender');
  await mkdir(join(folder.path, 'keys'), { recursive: true });
  await writeFile(join(folder.path, 'keys/chain-operator.json'), JSON.stringify(chain.operator));
  // what the deploy command does on a chain of somebody else
  const config = loadConfig({ DATA_DIR: folder.path, PUBLIC_URL, CHAIN_RPC_URL: chain.url });
  const installation = await openInstallation(config, new SystemClock(), new SystemRandom());
  const rpc = new JsonRpcClient(chain.url);
  const { origin, maxAnchorDelay, domainSalt } = installation;
  const { secretKey } = chain.operator;
  const plan = { rpc, ...(await identifyChain(rpc)), secretKey, origin, maxAnchorDelay, domainSalt };
  await installation.keepChain(await deployContracts(plan));
  await installation.close();
  const { port } = proxy.address() as AddressInfo;
  service = await startTestService(
    { CHAIN_RPC_URL: `http://127.0.0.1:${port}`, ANCHORLEAF_ANCHOR_SECONDS: '0' },
    { dataDir: folder.path },
  );
});
afterAll(async () => {
  await service?.stop();
  proxy?.close();
  await chain?.stop();
  await folder?.remove();
});
beforeEach(() => {
  fault = () => null;
  sent = [];
});

/** The first `times` calls of this method fail so. */
function failFirst(method: string, kind: Fault, times: number): void {
  let left = times;
  fault = (called) => (called === method && left-- > 0 ? kind : null);
}

let number = 0;
const anchors = () => service.service.app.get(AnchorsService);

/** Records something and waits until the chain holds its head, as final. */
async function anchorOne(): Promise<void> {
  const before = (await anchors().latest())?.sequence ?? 0n;
  await service.enrol({ ...EXPORTER, slug: `sender-${number++}` });
  await eventually(async () => ((await anchors().latest())?.sequence ?? 0n) > before);
  await eventually(async () => (await service.service.app.get(SenderService).backlog()) === 0);
}

/** One row, one nonce, one head for each anchor, and no gap. */
async function requireOrder(): Promise<void> {
  const database = service.service.app.get(DataSource);
  const rows = (await database.query('select nonce, state from chain_transaction order by place')) as {
    nonce: string;
    state: string;
  }[];
  expect(rows.map(({ nonce }) => Number(nonce))).toEqual(rows.map((_, at) => Number(rows[0]?.nonce) + at));
  const heads = await anchors().list(1n, 1000);
  expect(heads.map(({ sequence }) => sequence)).toEqual(heads.map((_, at) => BigInt(at + 1)));
  expect(rows).toHaveLength(heads.length);
  const reads = service.service.app.get(ChainService);
  const { size } = heads.at(-1)!;
  const [sequence, onChain] = await reads.read('CheckpointAnchor', 'latest', [reads.facts.logId]);
  expect([sequence, onChain]).toEqual([BigInt(heads.length), size]);
}

test.each<[string, string, Fault, number]>([
  ['all is well', 'none', 'lost', 0],
  ['the request does not arrive', 'eth_sendRawTransaction', 'lost', 2],
  ['the answer does not arrive', 'eth_sendRawTransaction', 'answer lost', 2],
  ['the node knows it already', 'eth_sendRawTransaction', 'already known', 1],
  ['the node is busy', 'eth_sendRawTransaction', 'busy', 2],
  ['the estimate fails for a while', 'eth_estimateGas', 'lost', 2],
  ['the nonce cannot be read', 'eth_getTransactionCount', 'busy', 1],
  ['the receipt comes late', 'eth_getTransactionReceipt', 'no receipt', 3],
  ['the receipt cannot be read', 'eth_getTransactionReceipt', 'lost', 2],
  ['finality cannot be read', 'eth_getBlockByNumber', 'lost', 3],
])('%s: one head, one nonce', async (_, method, kind, times) => {
  failFirst(method, kind, times);
  await anchorOne();
  await requireOrder();
  // whatever was sent again was the same bytes
  expect(new Set(sent).size).toBe(1);
});

test('after a restart in the middle the same bytes are sent, with the same nonce', async () => {
  fault = (method) => (method === 'eth_sendRawTransaction' ? 'lost' : null);
  await service.enrol({ ...EXPORTER, slug: 'in-the-middle' });
  const database = service.service.app.get(DataSource);
  const raw = await eventually(async () => {
    const rows = await database.query(
      "select raw from signed_transaction join chain_transaction t on t.id = transaction where state = 'signed'",
    );
    return rows[0]?.raw as string | undefined;
  });
  service = await service.restart();
  const before = (await anchors().latest())?.sequence ?? 0n;
  fault = () => null;
  await eventually(async () => ((await anchors().latest())?.sequence ?? 0n) > before);
  expect(new Set(sent)).toEqual(new Set([raw]));
  await requireOrder();
});

test('a sender that was paused and wakes up late takes nothing back', async () => {
  await anchorOne();
  const database = service.service.app.get(DataSource);
  const read = async () =>
    (
      await database.query(
        'select * from chain_transaction where final_at is not null order by place desc limit 1',
      )
    )[0];
  const before = await eventually(async () => (await read()) ?? null);
  await markBroadcast(database, before.id, new Date());
  expect(await read()).toEqual(before);
});

test('what the contract refuses fails with its reason and takes no nonce', async () => {
  const sender = service.service.app.get(SenderService);
  const reads = service.service.app.get(ChainService);
  const data = reads.encode('CheckpointAnchor', 'anchor', [reads.facts.logId, 1, `0x${'11'.repeat(32)}`, []]);
  const intent = { purpose: 'test', subject: null, to: reads.address('CheckpointAnchor'), data };
  const heard: string[] = [];
  sender.on('test', async (_tx, { state }) => void heard.push(state));
  const database = service.service.app.get(DataSource);
  const id = await database.transaction((tx) => sender.enqueue(tx, intent));
  const failed = await eventually(async () => {
    const found = await sender.find(id);
    return found?.state === 'failed' && found;
  });
  expect(failed).toMatchObject({ nonce: null, error: expect.stringContaining('AnchorSizeNotGrown') });
  expect(heard).toEqual(['failed']);
  await anchorOne();
});

test('an external chain is not offered under /rpc, and readers are told their endpoints', async () => {
  const { body } = await service
    .post('/rpc', { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
    .expect(404);
  expect(body.code).toBe('chain/not-ours');
  expect((await service.get('/verify/root.json')).body.endpoints).toEqual([]);
});
