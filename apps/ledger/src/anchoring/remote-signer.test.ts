// Against a small HTTP server that implements the two routes of Web3Signer's ETH1 API with a real key: hashing with
// Keccak-256, r‖s‖v in hex. The real Web3Signer is a Java program and is not run here.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keccak256, SigningKey, Transaction, Wallet } from 'ethers';
import { RemoteSigner } from './remote-signer.ts';
import { signTransaction } from './signer.ts';

const wallet = Wallet.createRandom();
const other = Wallet.createRandom();
const withoutPrefix = (key: string) => `0x${SigningKey.computePublicKey(key, false).slice(4)}`;
const own = withoutPrefix(wallet.privateKey);

let server: Server;
let url: string;
let asked: string[] = [];
let keys: unknown = [withoutPrefix(other.privateKey), own];
let reply: (data: string) => { status?: number; text?: string; dead?: boolean };
const honest = (data: string) => ({
  text: new SigningKey(wallet.privateKey).sign(keccak256(data)).serialized,
});

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/signer/api/v1/eth1/publicKeys') return void response.end(JSON.stringify(keys));
    if (request.url !== `/signer/api/v1/eth1/sign/${own}`) return void response.writeHead(404).end();
    const { status = 200, text, dead } = reply((JSON.parse(body) as { data: string }).data);
    if (dead) return;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/signer/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  keys = [withoutPrefix(other.privateKey), own];
  reply = honest;
});

const fields = {
  chainId: 31337n,
  nonce: 7,
  to: other.address,
  data: '0x1234',
  gasLimit: 21_000n,
  maxFeePerGas: 30n,
  maxPriorityFeePerGas: 2n,
};
const signer = () => new RemoteSigner(url, wallet.address.toLowerCase(), 300);

test('gives the same bytes as the key itself, and asks for its key once', async () => {
  const remote = signer();
  const { raw, hash } = await signTransaction(remote, fields);
  expect(raw).toBe(await wallet.signTransaction({ ...fields, type: 2 }));
  expect(Transaction.from(raw)).toMatchObject({ from: wallet.address, hash });
  await signTransaction(remote, { ...fields, nonce: 8 });
  expect(asked).toEqual([
    'GET /signer/api/v1/eth1/publicKeys',
    `POST /signer/api/v1/eth1/sign/${own}`,
    `POST /signer/api/v1/eth1/sign/${own}`,
  ]);
});

test('a signature in quotes is read too', async () => {
  reply = (data) => ({ text: `"${honest(data).text}"` });
  expect((await signTransaction(signer(), fields)).raw).toMatch(/^0x02/);
});

test.each<[string, typeof reply, string]>([
  [
    'another key',
    (data) => ({ text: new SigningKey(other.privateKey).sign(keccak256(data)).serialized }),
    'signer/wrong-signature',
  ],
  [
    'a signature over other bytes',
    () => ({ text: new SigningKey(wallet.privateKey).sign(keccak256('0x00')).serialized }),
    'signer/wrong-signature',
  ],
  ['no signature', () => ({ text: 'hello' }), 'signer/wrong-signature'],
  ['zeros', () => ({ text: `0x${'00'.repeat(65)}` }), 'signer/wrong-signature'],
  ['an error', () => ({ status: 500, text: 'no' }), 'signer/refused'],
  ['silence', () => ({ dead: true }), 'signer/unreachable'],
])('%s is no signature of ours', async (_, answer, code) => {
  reply = answer;
  await expect(signTransaction(signer(), fields)).rejects.toMatchObject({ code });
});

test.each([[[withoutPrefix(other.privateKey)]], [['0x12', 7]], [{}]])(
  'a signer without the key is told so: %j',
  async (held) => {
    keys = held;
    await expect(signTransaction(signer(), fields)).rejects.toMatchObject({ code: 'signer/no-such-key' });
  },
);

test('a key that was loaded anew is found again after a refusal', async () => {
  const remote = signer();
  await signTransaction(remote, fields);
  reply = () => ({ status: 404, text: '' });
  await expect(signTransaction(remote, fields)).rejects.toMatchObject({ code: 'signer/refused' });
  reply = honest;
  asked = [];
  await signTransaction(remote, fields);
  expect(asked[0]).toBe('GET /signer/api/v1/eth1/publicKeys');
});
