import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { JsonRpcProvider, Wallet } from 'ethers';
import { type EmbeddedChain, startEmbeddedChain } from '../../apps/ledger/src/chain/embedded-chain.ts';
import { startTestChain, type TestChain } from '../support/chain.ts';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { isAlive, startParts, until } from '../support/process.ts';
import { ask, call, post } from '../support/rpc.ts';
import { SLOT_CONTRACT, word } from '../support/slot-contract.ts';

// Real processes on a machine that may be busy.
jest.setTimeout(120_000);

const operator = Wallet.createRandom();
const accounts = [{ address: operator.address }];

let folder: TestFolder;
let journal: string;
let log: string[];
beforeEach(async () => {
  folder = await makeTestFolder('embedded-chain');
  journal = join(folder.path, 'chain', 'journal.jsonl');
  log = [];
});
afterEach(() => folder.remove());

function start(): Promise<EmbeddedChain> {
  return startEmbeddedChain({ dataDir: folder.path, accounts, log: (line) => log.push(line) });
}

/** A key that owns nothing, with its own count of transactions. */
function makeSender() {
  const wallet = Wallet.createRandom();
  let nonce = 0;
  const sign = (to: string | null, data: string) =>
    wallet.signTransaction({
      chainId: 31_337,
      type: 2,
      nonce: nonce++,
      gasLimit: 300_000,
      maxFeePerGas: 0,
      maxPriorityFeePerGas: 0,
      to,
      data,
    });
  return { sign, address: wallet.address, setNonce: (value: number) => (nonce = value) };
}

type Receipt = { status: string; blockHash: string; blockNumber: string; contractAddress: string };

test('kill -9 in the middle of sending: what was answered is there, block by block', async () => {
  let chain = await start();
  const { genesisHash } = chain;
  const owner = makeSender();
  const created = await call<string>(
    chain.url,
    'eth_sendRawTransaction',
    await owner.sign(null, SLOT_CONTRACT),
  );
  const { contractAddress } = await call<Receipt>(chain.url, 'eth_getTransactionReceipt', created);
  const seen = new Map<string, { receipt: Receipt; slot: string }>();
  const answered: string[] = [created];
  const senders = [1, 2, 3, 4].map(makeSender);
  const work = senders.map(async ({ sign }, s) => {
    for (let n = 0; ; n += 1) {
      // each fourth one reverts
      const data = word(n % 4 === 3 ? 0 : 1 + s * 1_000_000 + n);
      const hash = await call<string>(chain.url, 'eth_sendRawTransaction', await sign(contractAddress, data));
      answered.push(hash);
      if (n % 5 !== 0) continue;
      const receipt = await call<Receipt>(chain.url, 'eth_getTransactionReceipt', hash);
      const slot = await call<string>(chain.url, 'eth_call', { to: contractAddress }, receipt.blockNumber);
      seen.set(hash, { receipt, slot });
    }
  });
  await until('120 answers', async () => answered.length > 120, 20_000);
  process.kill(chain.pid, 'SIGKILL');
  for (const { status } of await Promise.allSettled(work)) expect(status).toBe('rejected');
  expect(await chain.ended).toContain('the embedded chain ended (SIGKILL)');
  expect(existsSync(join(folder.path, 'chain', 'endpoint.json'))).toBe(false);

  chain = await start();
  expect(chain.genesisHash).toBe(genesisHash);
  const reverted: string[] = [];
  for (const hash of answered) {
    const receipt = await call<Receipt | null>(chain.url, 'eth_getTransactionReceipt', hash);
    if (receipt === null) throw new Error(`answered transaction ${hash} is lost`);
    if (receipt.status === '0x0') reverted.push(hash);
  }
  expect(reverted.length).toBeGreaterThan(20);
  expect(seen.size).toBeGreaterThan(15);
  for (const [hash, { receipt, slot }] of seen) {
    expect(await call(chain.url, 'eth_getTransactionReceipt', hash)).toEqual(receipt);
    expect(await call(chain.url, 'eth_call', { to: contractAddress }, receipt.blockNumber)).toBe(slot);
  }
  // Nothing is there twice, and everybody goes on where the chain says.
  for (const { address, sign, setNonce } of senders) {
    setNonce(Number(await call<string>(chain.url, 'eth_getTransactionCount', address, 'latest')));
    await call(chain.url, 'eth_sendRawTransaction', await sign(contractAddress, word(5)));
  }
  await chain.stop();
  expect(await chain.ended).toBeNull();
});

test('the chain ends with the process that started it, and the next start finds everything', async () => {
  const parts = await startParts({ dataDir: folder.path, accounts });
  const { pid, url } = parts.chain ?? { pid: 0, url: '' };
  const { sign } = makeSender();
  const hash = await call<string>(url, 'eth_sendRawTransaction', await sign(operator.address, '0x'));
  const receipt = await call<Receipt>(url, 'eth_getTransactionReceipt', hash);
  expect(JSON.parse(readFileSync(join(folder.path, 'chain', 'endpoint.json'), 'utf8'))).toMatchObject({
    pid,
    url,
  });
  await parts.kill('SIGKILL');
  const chain = await start();
  expect(await isAlive(pid)).toBe(false);
  expect(await call(chain.url, 'eth_getTransactionReceipt', hash)).toEqual(receipt);
  await chain.stop();
});

test('a predecessor that hangs is ended by the next start', async () => {
  const parts = await startParts({ dataDir: folder.path, accounts });
  const pid = parts.chain?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await parts.kill('SIGKILL');
  const chain = await start();
  expect(log.join()).toContain(`process ${pid} of an earlier start did not end`);
  expect(await isAlive(pid)).toBe(false);
  await chain.stop();
});

test('Ctrl-C in the terminal does not end the chain before its service', async () => {
  const chain = await start();
  process.kill(chain.pid, 'SIGINT');
  expect(await call(chain.url, 'eth_chainId')).toBe('0x7a69');
  await chain.stop();
});

test('a second start on the same folder is refused and leaves the first one alone', async () => {
  const chain = await start();
  await expect(start()).rejects.toMatchObject({
    name: 'StartError',
    code: 'installation/in-use',
    holder: { pid: process.pid },
  });
  expect(await call(chain.url, 'eth_blockNumber')).toBe('0x1');
  await chain.stop();
  await (await start()).stop();
});

describe('a damaged journal', () => {
  beforeEach(async () => {
    const chain = await start();
    const { sign } = makeSender();
    for (let n = 0; n < 3; n += 1) {
      await call(chain.url, 'eth_sendRawTransaction', await sign(operator.address, '0x'));
    }
    await chain.stop();
  });

  test('a torn last line is told, set aside and replaced', async () => {
    appendFileSync(journal, '{"time":1800000000,"raw":"0x02f8');
    const chain = await start();
    expect(log).toEqual([expect.stringContaining('was cut off while it was written')]);
    expect(await call(chain.url, 'eth_blockNumber')).toBe('0x4');
    await call(chain.url, 'eth_sendRawTransaction', await makeSender().sign(operator.address, '0x'));
    await chain.stop();
    const again = await start();
    expect(await call(again.url, 'eth_blockNumber')).toBe('0x5');
    await again.stop();
  });

  test.each([
    ['a middle line', 'chain/journal-damaged', (lines: string[]) => lines.splice(2, 1, `${lines[2]} `)],
    [
      'the header',
      'chain/journal-damaged',
      (lines: string[]) => lines.splice(0, 1, lines[0]!.replace('osaka', 'prague')),
    ],
    ['a line that is gone', 'chain/replay-differs', (lines: string[]) => lines.splice(2, 1)],
  ])('%s: refused with one sentence', async (_, code, change) => {
    const lines = readFileSync(journal, 'utf8').split('\n');
    change(lines);
    writeFileSync(journal, lines.join('\n'));
    const refused = await start().then(
      () => null,
      (error: Error) => error,
    );
    expect(refused).toMatchObject({ name: 'StartError', code });
    expect(refused?.message).not.toContain('\n');
    expect(readFileSync(journal, 'utf8')).toBe(lines.join('\n'));
  });

  test('other accounts than at the beginning are refused', async () => {
    const other = [{ address: Wallet.createRandom().address }];
    const started = startEmbeddedChain({ dataDir: folder.path, accounts: other, log: () => {} });
    await expect(started).rejects.toMatchObject({ code: 'chain/settings-differ' });
  });
});

// A limit on file size is the disk that runs full, without a disk of its own.
const canLimit = process.platform === 'linux';
(canLimit ? test : test.skip)(
  'a full disk: the sender hears it, the process ends, and a restart has what was answered',
  async () => {
    const wrapper = join(folder.path, 'limited-node');
    writeFileSync(wrapper, `#!/bin/sh\ntrap '' XFSZ\nulimit -f 8\nexec '${process.execPath}' "$@"\n`);
    chmodSync(wrapper, 0o755);
    const program = join(ROOT, 'apps', 'local-chain', 'src', 'main.ts');
    const child = fork(program, [], { execPath: wrapper, execArgv: ['--conditions=source'] });
    const reports: { kind: string; url?: string; code?: string; message?: string }[] = [];
    child.on('message', (report) => reports.push(report as (typeof reports)[number]));
    const balance = '1000000000000000000000000';
    const settings = { chainId: 31_337, hardfork: 'osaka', blockGasLimit: '60000000' };
    child.send({
      kind: 'start',
      journalFile: journal,
      ...settings,
      accounts: [{ address: operator.address, balance }],
    });
    await until('ready', async () => reports.some(({ kind }) => kind === 'ready'));
    const url = reports.find(({ kind }) => kind === 'ready')?.url ?? '';
    const { sign } = makeSender();
    const answered: string[] = [];
    let refusal = '';
    const gone = once(child, 'exit');
    while (refusal === '' && answered.length < 100) {
      const { result, error } = await ask(url, 'eth_sendRawTransaction', await sign(operator.address, '0x'));
      if (error) refusal = error.message;
      else answered.push(String(result));
    }
    expect(refusal).toMatch(/could not be written .*make room on the disk/);
    expect(answered.length).toBeGreaterThan(3);
    expect(await gone).toEqual([1, null]);
    expect(reports.at(-1)).toMatchObject({ kind: 'broken', code: 'chain/not-written' });
    const chain = await start();
    expect(await call(chain.url, 'eth_blockNumber')).toBe(`0x${(answered.length + 1).toString(16)}`);
    for (const hash of answered)
      expect(await call(chain.url, 'eth_getTransactionReceipt', hash)).not.toBeNull();
    await chain.stop();
  },
);

describe('what is offered', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(() => chain.stop());

  test.each([
    'evm_mine',
    'evm_revert',
    'evm_snapshot',
    'evm_increaseTime',
    'evm_setNextBlockTimestamp',
    'evm_setAutomine',
    'hardhat_mine',
    'hardhat_setBalance',
    'hardhat_reset',
    'hardhat_impersonateAccount',
    'debug_traceCall',
    'eth_sendTransaction',
    'eth_sign',
    'eth_signTypedData_v4',
    'eth_accounts',
    'eth_newFilter',
    'eth_subscribe',
    'txpool_content',
    'personal_sign',
    'constructor',
    'toString',
    '__proto__',
    '',
  ])('%s is refused on both paths', async (method) => {
    const before = await call(chain.url, 'eth_blockNumber');
    for (const url of [chain.url, chain.publicUrl]) {
      expect((await ask(url, method)).error?.code).toBe(-32004);
    }
    expect(await call(chain.url, 'eth_blockNumber')).toBe(before);
  });

  test('the public path reads and does not send', async () => {
    const raw = await makeSender().sign(operator.address, '0x');
    expect((await ask(chain.publicUrl, 'eth_sendRawTransaction', raw)).error?.message).toContain(
      'only reads',
    );
    expect(await call(chain.publicUrl, 'eth_getBalance', chain.operator.address, 'finalized')).toBe(
      '0xd3c21bcecceda1000000',
    );
    // 2^24 gas, the cap of EIP-7825
    const withGas = (gas: string) =>
      ask(chain.publicUrl, 'eth_call', { to: operator.address, gas }, 'latest');
    expect((await withGas('0x1000000')).result).toBe('0x');
    expect((await withGas('0x1000001')).error?.message).toMatch(/cap/);
    // a loop: whoever may run code of its own can hold the chain up for everybody
    for (const method of ['eth_call', 'eth_estimateGas'])
      for (const call of [{ data: '0x5b600056' }, { to: null, data: '0x5b600056' }])
        expect((await ask(chain.publicUrl, method, call, 'latest')).error?.code).toBe(-32602);
    expect((await ask(chain.publicUrl, 'eth_call', { to: operator.address }, 'latest', {})).error?.code).toBe(
      -32602,
    );
    expect(await call(chain.url, 'eth_sendRawTransaction', raw)).toMatch(/^0x[0-9a-f]{64}$/);
  });

  test('a wallet with the defaults of ethers sends without owning anything', async () => {
    const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true });
    const wallet = new Wallet(Wallet.createRandom().privateKey, provider);
    const receipt = await (await wallet.sendTransaction({ to: operator.address })).wait();
    expect(receipt?.status).toBe(1);
    provider.destroy();
  });

  test('a revert is error 3 with the returned bytes', async () => {
    const owner = makeSender();
    const hash = await call<string>(
      chain.url,
      'eth_sendRawTransaction',
      await owner.sign(null, SLOT_CONTRACT),
    );
    const { contractAddress } = await call<Receipt>(chain.url, 'eth_getTransactionReceipt', hash);
    for (const method of ['eth_call', 'eth_estimateGas']) {
      const { error } = await ask(chain.publicUrl, method, { to: contractAddress, data: word(0) }, 'latest');
      expect(error).toMatchObject({ code: 3, data: '0x' });
    }
  });

  test('batches keep their order and have at most 100 calls', async () => {
    const batch = (length: number) =>
      [...Array(length).keys()].map((id) => ({ jsonrpc: '2.0', id, method: 'eth_chainId', params: [] }));
    const answers = (await (await post(chain.url, batch(100))).json()) as { id: number; result: string }[];
    expect(answers.map(({ id }) => id)).toEqual([...Array(100).keys()]);
    expect(answers.every(({ result }) => result === '0x7a69')).toBe(true);
    for (const length of [0, 101]) {
      expect(await (await post(chain.url, batch(length))).json()).toMatchObject({ error: { code: -32600 } });
    }
    const { sign } = makeSender();
    const sends = await Promise.all([1, 2, 3].map(() => sign(operator.address, '0x')));
    const mixed = [
      ...sends.map((raw, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] })),
      { jsonrpc: '2.0', id: 3, method: 'evm_mine' },
      5,
      null,
    ];
    const replies = (await (await post(chain.url, mixed)).json()) as {
      result?: string;
      error?: { code: number };
    }[];
    expect(replies.map(({ result, error }) => (result ? 'sent' : error?.code))).toEqual([
      'sent',
      'sent',
      'sent',
      -32004,
      -32600,
      -32600,
    ]);
  });

  test('bodies are bounded and have to be JSON', async () => {
    const large = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_chainId',
      params: ['0'.repeat(1_048_576)],
    });
    await expect(post(chain.url, large).then(({ status }) => status)).resolves.toBe(413);
    const chunked = fetch(chain.url, {
      method: 'POST',
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from(large));
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    await expect(chunked.then(({ status }) => status)).resolves.toBe(413);
    expect(await (await post(chain.url, '{"jsonrpc"')).json()).toMatchObject({ error: { code: -32700 } });
    expect(await call(chain.url, 'eth_chainId')).toBe('0x7a69');
  });

  test('no browser, no other host name, no other path or verb', async () => {
    const body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId' };
    expect((await post(chain.url, body, { origin: 'https://example.org' })).status).toBe(403);
    expect((await post(`${chain.url}/other`, body)).status).toBe(404);
    expect((await post(`${chain.url}/__proto__`, body)).status).toBe(404);
    expect((await fetch(chain.url)).status).toBe(405);
    expect(new URL(chain.url).hostname).toBe('127.0.0.1');
  });
});
