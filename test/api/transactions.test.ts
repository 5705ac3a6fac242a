import { Interface, Wallet } from 'ethers';
import { ChainService } from '../../apps/ledger/src/chain/chain.service.ts';
import { CONTRACTS } from '../../apps/ledger/src/chain/contracts.ts';
import { deriveLogId } from '../../apps/ledger/src/chain/deployment.ts';
import { startTestService, type TestService } from '../support/service.ts';

const registrar = Wallet.createRandom();
const body = Wallet.createRandom();
let service: TestService;
let chain: ChainService;
let apiKey: string;
beforeAll(async () => {
  service = await startTestService();
  chain = service.service.app.get(ChainService);
  const made = await service.enrol({
    slug: 'registrar',
    role: 'registrar',
    names: { en: 'Registrar' },
    country: 'CN',
    ethAddress: registrar.address,
  });
  apiKey = made.apiKey;
});
afterAll(() => service?.stop());

type Change = { to?: string; chainId?: bigint; nonce?: number; data?: string };

async function sign(change: Change = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const args = [body.address, now, now + 86_400, `0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`];
  return registrar.signTransaction({
    type: 2,
    to: chain.address('BodyRegistry'),
    data: CONTRACTS.BodyRegistry.encodeFunctionData('registerBody', args),
    chainId: chain.facts.chainId,
    nonce: 0,
    gasLimit: 500_000n,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    ...change,
  });
}
const relay = (raw: string) => service.post('/api/v1/transactions', { raw }, apiKey);

test('a registrar registers a body with its own key, through the relay', async () => {
  const raw = await sign();
  const { body: sent } = await relay(raw).expect(200);
  expect(sent).toMatchObject({ status: 'mined', from: registrar.address, reason: null });
  const [count] = await chain.read('BodyRegistry', 'registrationCount', [registrar.address, body.address]);
  expect(count).toBe(1n);
  // the same bytes again: what became of them, and nothing new
  expect((await relay(raw).expect(200)).body).toEqual(sent);
  expect(await chain.read('BodyRegistry', 'registrationCount', [registrar.address, body.address])).toEqual([
    1n,
  ]);
});

test('what the contract refuses is told in its words', async () => {
  const data = CONTRACTS.BodyRegistry.encodeFunctionData('registerBody', [
    registrar.address,
    1,
    2,
    `0x${'00'.repeat(32)}`,
    `0x${'00'.repeat(32)}`,
  ]);
  const { body: sent } = await relay(await sign({ nonce: 1, data })).expect(200);
  expect(sent).toMatchObject({ status: 'failed', reason: expect.stringContaining('BodyIsRegistrar') });
});

test.each<[string, () => Promise<string>, number, string]>([
  ['no transaction', async () => '0x1234', 400, 'chain/malformed-transaction'],
  ['another chain', () => sign({ chainId: 1n }), 400, 'chain/other-chain-id'],
  ['another contract', () => sign({ to: body.address }), 400, 'chain/other-contract'],
  ['a wrong nonce', () => sign({ nonce: 99 }), 409, 'chain/not-taken'],
  ['no hex', async () => 'hello', 400, 'http/invalid-body'],
])('%s is refused', async (_, make, status, code) => {
  expect((await relay(await make()).expect(status)).body.code).toBe(code);
});

test('only organisations with a chain role may relay', async () => {
  await service.post('/api/v1/transactions', { raw: await sign() }, service.operatorKey).expect(403);
});

test('the log is open under the id that the contract derives, with its promised delay', async () => {
  const { chainId, logId } = chain.facts;
  const { origin, chainOperator, maxAnchorDelay } = service.service.installation;
  expect(deriveLogId(chainId, chain.address('CheckpointAnchor'), chainOperator.address, origin)).toBe(logId);
  const [owner, , maxDelay] = await chain.read('CheckpointAnchor', 'log', [logId]);
  expect([owner, maxDelay]).toEqual([chainOperator.address, BigInt(maxAnchorDelay)]);
});

describe('/rpc', () => {
  const ask = (payload: object) => service.post('/rpc', payload);

  test('reads, single and in batches', async () => {
    const { body: one } = await ask({ jsonrpc: '2.0', id: 7, method: 'eth_chainId', params: [] }).expect(200);
    expect(one).toEqual({ jsonrpc: '2.0', id: 7, result: '0x7a69' });
    const calls = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'eth_blockNumber', params: [] }));
    expect((await ask(calls).expect(200)).body).toHaveLength(2);
  });

  test.each([
    'eth_sendRawTransaction',
    'evm_mine',
    'hardhat_setBalance',
    'eth_sendTransaction',
    'debug_traceCall',
  ])('%s is not offered', async (method) => {
    const { body: answer } = await ask({ jsonrpc: '2.0', id: 1, method, params: ['0x00'] }).expect(200);
    expect(answer.error).toBeDefined();
    expect(answer.result).toBeUndefined();
  });

  test('a revert comes with its data', async () => {
    const data = new Interface(['function acceptLog(bytes32)']).encodeFunctionData('acceptLog', [
      chain.facts.logId,
    ]);
    const call = { to: chain.address('CheckpointAnchor'), data };
    const { body: answer } = await ask({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [call, 'latest'],
    });
    expect(CONTRACTS.CheckpointAnchor.parseError(answer.error.data)?.name).toBe('AnchorCallerNotOffered');
  });
});
