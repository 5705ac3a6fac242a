// kill -9 while others set statuses on chain: in the end the log has each of them, once.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { hexlify, Interface, randomBytes, Wallet } from 'ethers';
import { parseEntry, type StatusDocument } from '#lib/record';
import {
  decodeEntryTile,
  openCheckpoint,
  parseVerifierKey,
  type Tile,
  tilePath,
} from '#lib/transparency-log';
import generated from '../../apps/ledger/src/chain/contracts.generated.json' with { type: 'json' };
import { makeTestFolder, type TestFolder } from '../support/folder.ts';
import { call } from '../support/rpc.ts';
import { freePort, type ServiceProcess, startService } from '../support/service-process.ts';

jest.setTimeout(300_000);
const KILLS = 10;
const bodies = new Interface(generated.BodyRegistry.abi as never);

let folder: TestFolder;
let service: ServiceProcess;
let port: number;
beforeAll(async () => {
  folder = await makeTestFolder('kill-events');
  port = await freePort();
  service = await startService(folder.path, port);
});
afterAll(async () => {
  await service?.stop();
  await folder?.remove();
});

const wallet = new Wallet(Wallet.createRandom().privateKey);
let apiKey = '';
let registry = '';

async function post(path: string, body: object, key: string): Promise<any> {
  const answer = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return answer.json();
}

async function revoke(): Promise<void> {
  const nonce = await call<string>(`${service.url}/rpc`, 'eth_getTransactionCount', wallet.address, 'latest');
  const opinion = `${wallet.address.toLowerCase()}${hexlify(randomBytes(12)).slice(2)}`;
  const raw = await wallet.signTransaction({
    to: registry,
    data: bodies.encodeFunctionData('revokeOpinion', [opinion, 1, `0x${'00'.repeat(32)}`]),
    chainId: 31337,
    nonce: Number(nonce),
    gasLimit: 200_000,
    maxFeePerGas: 0,
    maxPriorityFeePerGas: 0,
    type: 2,
  });
  await post('/api/v1/transactions', { raw }, apiKey);
}

async function events(): Promise<{ transactionHash: string; logIndex: string }[]> {
  const filter = {
    address: registry,
    fromBlock: '0x0',
    toBlock: 'latest',
    topics: [bodies.getEvent('OpinionRevoked')!.topicHash],
  };
  return call(`${service.url}/rpc`, 'eth_getLogs', filter);
}

const bytesOf = async (path: string) =>
  new Uint8Array(await (await fetch(`${service.url}/log/${path}`)).arrayBuffer());

/** Every status document in the log, by what a reader can fetch. */
async function statuses(): Promise<StatusDocument[]> {
  const root = JSON.parse(await readFile(join(folder.path, 'root.json'), 'utf8'));
  const note = await (await fetch(`${service.url}/log/checkpoint`)).text();
  const { size } = openCheckpoint(note, parseVerifierKey(root.log.key));
  const found: StatusDocument[] = [];
  for (let first = 0n; first < size; first += 256n) {
    const width = Number(size - first < 256n ? size - first : 256n);
    const tile: Tile = { level: 'entries', index: first / 256n, width };
    for (const bytes of decodeEntryTile(await bytesOf(tilePath(tile)), width)) {
      const entry = parseEntry(bytes);
      if (entry.kind !== 'status/v1') continue;
      found.push(JSON.parse(Buffer.from(await bytesOf(`contents/${entry.content}`)).toString()));
    }
  }
  return found;
}

test('each event has one entry after any number of kills', async () => {
  const { apiKey: operator } = JSON.parse(
    await readFile(join(folder.path, 'keys/operator.key.json'), 'utf8'),
  );
  const order = {
    slug: 'body',
    role: 'body',
    names: { en: 'Body' },
    country: 'CN',
    ethAddress: wallet.address,
  };
  ({ apiKey } = await post('/api/v1/organisations', order, operator));
  registry = JSON.parse(await readFile(join(folder.path, 'root.json'), 'utf8')).contracts.bodies.address;

  for (let kill = 0; kill < KILLS; kill++) {
    let isOver = false;
    const work = (async () => {
      // whatever the kill cuts off has happened or not; the chain knows
      while (!isOver) await revoke().catch(() => undefined);
    })();
    // the follower looks once a second: before, in and after its work
    await new Promise((resolve) => setTimeout(resolve, 600 + 170 * kill));
    isOver = true;
    await service.kill();
    await work;
    service = await startService(folder.path, port);
  }

  const onChain = (await events()).map(
    ({ transactionHash, logIndex }) => `${transactionHash} ${BigInt(logIndex)}`,
  );
  expect(onChain.length).toBeGreaterThan(KILLS);
  let inLog: string[] = [];
  for (let waited = 0; waited < 30_000 && inLog.length < onChain.length; waited += 500) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    inLog = (await statuses()).map(({ transaction, logIndex }) => `${transaction} ${logIndex}`);
  }
  // one look more, for what would come twice
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  inLog = (await statuses()).map(({ transaction, logIndex }) => `${transaction} ${logIndex}`);
  const doubled = inLog.length - new Set(inLog).size;
  const missing = onChain.filter((event) => !inLog.includes(event)).length;
  console.log(
    `counted: ${KILLS} kills, ${onChain.length} chain events, ${missing} missing in the log, ${doubled} doubled`,
  );
  expect([missing, doubled]).toEqual([0, 0]);
  expect(inLog).toEqual(onChain);
});
