import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { JsonRpcClient, RpcRefused, RpcUnreachable } from './json-rpc.ts';
import { RpcPool } from './rpc-pool.ts';

type Answer = { result?: unknown; error?: { code: number; message: string } } | 'dead' | 'busy';
const servers: Server[] = [];

/** A real endpoint on a port of its own that answers what it is told to. */
async function endpoint(
  answer: () => Answer,
  user = '',
): Promise<{ client: JsonRpcClient; asked: string[]; authorizations: (string | undefined)[] }> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    asked.push(method);
    authorizations.push(request.headers.authorization);
    const said = answer();
    if (said === 'dead') return void response.destroy();
    if (said === 'busy') return void response.writeHead(429).end('slow down');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { client: new JsonRpcClient(`http://${user}127.0.0.1:${port}`, 2_000), asked, authorizations };
}
afterAll(() => {
  for (const server of servers) server.close();
});

test('the first endpoint is asked; the second stands in, and the first is tried again after its rest', async () => {
  let time = 0;
  let state: Answer = { result: 'first' };
  const first = await endpoint(() => state);
  const second = await endpoint(() => ({ result: 'second' }));
  const pool = new RpcPool([first.client, second.client], () => time);
  expect(await pool.call('eth_chainId')).toBe('first');
  for (const trouble of [
    'dead',
    'busy',
    { error: { code: -32005, message: 'limit exceeded' } },
    {},
  ] as const) {
    state = trouble;
    time += 60_000;
    expect(await pool.call('eth_chainId')).toBe('second');
    state = { result: 'first' };
    // still resting: not asked while another answers
    expect(await pool.call('eth_chainId')).toBe('second');
  }
  time += 60_000;
  expect(await pool.call('eth_chainId')).toBe('first');
});

test('user info of an address goes as a header, and into no message', async () => {
  let state: Answer = { result: '0x1' };
  const { client, authorizations } = await endpoint(() => state, 'me:s%C3%A4cret@');
  expect(await client.call('eth_chainId')).toBe('0x1');
  expect(authorizations).toEqual([`Basic ${Buffer.from('me:säcret').toString('base64')}`]);
  state = 'dead';
  const error: Error = await client.call('eth_chainId').then(
    () => new Error('answered'),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(RpcUnreachable);
  expect(inspect(error, { depth: 9 })).not.toMatch(/s%C3%A4cret|säcret/);
});

test('a refusal is an answer: nobody else is asked', async () => {
  const first = await endpoint(() => ({ error: { code: 3, message: 'execution reverted' } }));
  const second = await endpoint(() => ({ result: '0x' }));
  await expect(new RpcPool([first.client, second.client]).call('eth_call')).rejects.toBeInstanceOf(
    RpcRefused,
  );
  expect(second.asked).toEqual([]);
});

test('all silent is silence', async () => {
  const pool = new RpcPool([(await endpoint(() => 'dead')).client, (await endpoint(() => 'busy')).client]);
  await expect(pool.call('eth_chainId')).rejects.toBeInstanceOf(RpcUnreachable);
  expect(await pool.askAll((rpc) => rpc.call('eth_chainId'))).toMatchObject([
    { answer: null },
    { answer: null },
  ]);
});

test.each<[string, Answer[], 'taken' | 'refused' | 'silent']>([
  ['one takes it', [{ result: '0x01' }, 'dead'], 'taken'],
  [
    'one has it already',
    [
      { error: { code: -32000, message: 'already known' } },
      { error: { code: -32000, message: 'insufficient funds' } },
    ],
    'taken',
  ],
  ['the nonce is used', [{ error: { code: -32000, message: 'nonce too low: next nonce 3' } }], 'taken'],
  [
    'a better one is there',
    [{ error: { code: -32000, message: 'replacement transaction underpriced' } }],
    'taken',
  ],
  ['nobody takes it', ['dead', { error: { code: -32000, message: 'insufficient funds' } }], 'refused'],
  ['nobody answers', ['dead', 'busy'], 'silent'],
])('broadcast goes to all: %s', async (_, answers, outcome) => {
  const all = await Promise.all(answers.map((answer) => endpoint(() => answer)));
  const sent = new RpcPool(all.map(({ client }) => client)).broadcast('0x02');
  if (outcome === 'taken') await sent;
  else await expect(sent).rejects.toBeInstanceOf(outcome === 'refused' ? RpcRefused : RpcUnreachable);
  for (const { asked } of all) expect(asked).toEqual(['eth_sendRawTransaction']);
});
