import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Wallet } from 'ethers';
import { makeTestFolder, type TestFolder } from '../../../test/support/folder.ts';
import { CLOCK_CONTRACT, SLOT_CONTRACT, word } from '../../../test/support/slot-contract.ts';
import { Chain, type OpenChain } from './chain.ts';
import { formatLine, type JournalBlock } from './journal.ts';

// Real processes on a machine that may be busy.
jest.setTimeout(120_000);

const operator = new Wallet(`0x${'a1'.repeat(32)}`);
const stranger = new Wallet(`0x${'b2'.repeat(32)}`);
const settings = {
  chainId: 31_337,
  hardfork: 'osaka',
  blockGasLimit: '60000000',
  accounts: [{ address: operator.address, balance: '1000000000000000000' }],
};

let folder: TestFolder;
let file: string;
let time: number;
let chain: Chain;
let nonce: number;

beforeAll(() => {
  // Jest gives tests an Error of their own, but file errors come from Node's: Hardhat asks `instanceof Error`.
  try {
    readFileSync('/no such file');
  } catch (error) {
    globalThis.Error = (error as Error).constructor as ErrorConstructor;
  }
});
beforeEach(async () => {
  folder = await makeTestFolder('local-chain');
  file = join(folder.path, 'journal.jsonl');
  time = Date.parse('2026-11-25T11:00:00Z');
  nonce = 0;
  chain = await open();
});
afterEach(async () => {
  await chain.close().catch(() => undefined);
  await folder.remove();
});

function open(other: Partial<OpenChain> = {}): Promise<Chain> {
  return Chain.open({ journalFile: file, settings, now: () => time, warn: () => {}, ...other });
}

async function reopen(other: Partial<OpenChain> = {}): Promise<void> {
  await chain.close();
  chain = await open(other);
}

type Call = { to?: string; data?: string; gasLimit?: number; nonce?: number; maxFeePerGas?: number };

function sign(call: Call): Promise<string> {
  const free = { chainId: 31_337, type: 2, gasLimit: 300_000, maxFeePerGas: 0, maxPriorityFeePerGas: 0 };
  return stranger.signTransaction({ ...free, ...call, nonce: call.nonce ?? nonce++ });
}

async function deploy(data: string): Promise<string> {
  const hash = await chain.send(await sign({ data }));
  const receipt = (await chain.read('eth_getTransactionReceipt', [hash])) as { contractAddress: string };
  return receipt.contractAddress;
}

/** Everything a reader can see: blocks with transactions, receipts with logs, and the slot at each height. */
async function everything(contract: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let number = 0; number <= chain.height; number += 1) {
    const tag = `0x${number.toString(16)}`;
    const block = (await chain.read('eth_getBlockByNumber', [tag, true])) as {
      transactions: { hash: string }[];
    };
    const receipts = block.transactions.map(({ hash }) => chain.read('eth_getTransactionReceipt', [hash]));
    seen.push(block, await Promise.all(receipts), await chain.read('eth_call', [{ to: contract }, tag]));
    seen.push(await chain.read('eth_getProof', [contract, [word(0)], tag]));
  }
  return [...seen, await chain.read('eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }])];
}

test('accounts are paid out in the first blocks, and a key that owns nothing may send', async () => {
  expect(await chain.read('eth_getBalance', [operator.address, 'latest'])).toBe('0xde0b6b3a7640000');
  expect(chain.height).toBe(1);
  await chain.send(await sign({ to: operator.address }));
  expect(chain.height).toBe(2);
});

test('a replay gives the same blocks, receipts, logs, states and historic calls, whatever came between', async () => {
  const contract = await deploy(SLOT_CONTRACT);
  for (let value = 1; value <= 5; value += 1) {
    time += 700;
    await chain.send(await sign({ to: contract, data: word(value) }));
    // reverted: a block like any other
    await chain.send(await sign({ to: contract, data: word(0) }));
    // refused: no block
    const before = chain.height;
    await expect(chain.send(await sign({ to: contract, nonce: 0 }))).rejects.toThrow(/nonce too low/i);
    await expect(chain.send(await sign({ to: contract, nonce: 99 }))).rejects.toThrow(/nonce too high/i);
    await expect(chain.send(await sign({ to: contract, nonce, maxFeePerGas: 9 }))).rejects.toThrow(
      /enough funds/,
    );
    await expect(chain.send('0x1234')).rejects.toThrow();
    expect(chain.height).toBe(before);
    await chain.read('eth_estimateGas', [{ to: contract, data: word(7) }]);
    await chain.read('eth_call', [{ to: contract }, 'pending']);
    await chain.read('eth_getBlockByNumber', ['pending', true]);
  }
  const { genesisHash, height } = chain;
  const before = await everything(contract);
  expect(height).toBe(12);
  time += 100_000;
  await reopen();
  expect(chain.genesisHash).toBe(genesisHash);
  expect(await everything(contract)).toEqual(before);
  // and it goes on from there, twice
  await chain.send(await sign({ to: contract, data: word(8) }));
  const longer = await everything(contract);
  await reopen();
  expect(await everything(contract)).toEqual(longer);
});

test('transactions that arrive together keep their order, share a write, and are all there afterwards', async () => {
  const contract = await deploy(SLOT_CONTRACT);
  const raws = await Promise.all(
    [...Array(150).keys()].map((n) => sign({ to: contract, data: word(n + 1) })),
  );
  const [hashes, seen] = await Promise.all([
    Promise.all(raws.map((raw) => chain.send(raw))),
    chain.read('eth_call', [{ to: contract }, 'latest']),
  ]);
  expect(seen).toBe(word(150));
  expect(new Set(hashes).size).toBe(150);
  await reopen();
  expect(await chain.read('eth_call', [{ to: contract }, 'latest'])).toBe(word(150));
  expect(await chain.read('eth_call', [{ to: contract }, '0x34'])).toBe(word(50));
});

test('block time is the clock: equal within a second, never ahead of it, never backwards', async () => {
  const times: number[] = [];
  const send = async () => {
    await chain.send(await sign({ to: operator.address }));
    const block = (await chain.read('eth_getBlockByNumber', ['latest', false])) as { timestamp: string };
    times.push(Number(block.timestamp) * 1000 - Date.parse('2026-11-25T11:00:00Z'));
  };
  await send();
  await send();
  time += 5_999;
  await send();
  time -= 60_000;
  await send();
  await reopen();
  await send();
  time += 120_000;
  await send();
  expect(times).toEqual([0, 0, 5_000, 5_000, 5_000, 65_000]);
});

test('a gas estimate and a pending call run at the time of the clock, also after a replay', async () => {
  const clock = await deploy(CLOCK_CONTRACT);
  time += 86_400_000;
  await reopen();
  const answer = (await chain.read('eth_call', [{ to: clock }, 'pending'])) as string;
  expect(Number(answer.slice(0, 66)) * 1000).toBe(time);
  const latest = (await chain.read('eth_call', [{ to: clock }, 'latest'])) as string;
  expect(Number(latest.slice(0, 66)) * 1000).toBe(time - 86_400_000);
});

test('finalized and safe are answered: there is one party and no other branch', async () => {
  await chain.send(await sign({ to: operator.address }));
  for (const tag of ['latest', 'safe', 'finalized']) {
    expect(await chain.read('eth_getBlockByNumber', [tag, false])).toMatchObject({ number: '0x2' });
  }
});

test('cut after any line, the journal replays to exactly there', async () => {
  for (let n = 0; n < 4; n += 1) await chain.send(await sign({ to: operator.address }));
  const lines = readFileSync(file, 'utf8').split('\n');
  const hashes = lines.slice(1, -1).map((line) => (JSON.parse(line) as JournalBlock).block);
  for (let kept = 0; kept <= 4; kept += 1) {
    await chain.close();
    writeFileSync(file, `${lines.slice(0, kept + 1).join('\n')}\n`);
    chain = await open();
    expect(chain.height).toBe(kept + 1);
    const tip = (await chain.read('eth_getBlockByNumber', ['latest', false])) as { hash: string };
    if (kept > 0) expect(tip.hash).toBe(hashes[kept - 1]);
  }
});

describe('a changed journal is refused even with right sums', () => {
  const rewrite = (change: (values: Record<string, unknown>[]) => void) => {
    const values = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const value of values) delete value.sum;
    change(values);
    writeFileSync(file, values.map((value) => formatLine(value)).join(''));
  };
  beforeEach(async () => {
    const contract = await deploy(SLOT_CONTRACT);
    await chain.send(await sign({ to: contract, data: word(1) }));
    await chain.send(await sign({ to: operator.address }));
    await chain.close();
  });

  test.each<[string, string, (values: Record<string, unknown>[]) => void]>([
    ['a line removed', 'chain/replay-differs', (values) => values.splice(2, 1)],
    [
      'two lines exchanged',
      'chain/replay-differs',
      (values) => values.splice(1, 2, ...values.slice(1, 3).reverse()),
    ],
    [
      'a time',
      'chain/replay-differs',
      (values) => Object.assign(values[1]!, { time: Number(values[1]!.time) + 1 }),
    ],
    [
      'the last block hash',
      'chain/replay-differs',
      (values) => Object.assign(values.at(-1)!, { block: word(1) }),
    ],
    [
      'the first date',
      'chain/replay-differs',
      (values) => Object.assign(values[0]!, { initialDate: '2026-11-25T10:59:59Z' }),
    ],
    ['the salt', 'chain/replay-differs', (values) => Object.assign(values[0]!, { salt: '11' })],
    [
      'the block of genesis',
      'chain/replay-differs',
      (values) => Object.assign(values[0]!, { genesis: word(1) }),
    ],
    ['the chain id', 'chain/settings-differ', (values) => Object.assign(values[0]!, { chainId: 1 })],
    ['an account', 'chain/settings-differ', (values) => Object.assign(values[0]!, { accounts: [] })],
    ['the hardfork', 'chain/settings-differ', (values) => Object.assign(values[0]!, { hardfork: 'cancun' })],
  ])('%s', async (_, code, change) => {
    rewrite(change);
    await expect(open()).rejects.toMatchObject({ code });
  });

  test('and the unchanged one opens', async () => {
    rewrite(() => {});
    chain = await open();
    expect(chain.height).toBe(4);
  });
});

test('other settings than at the beginning are named', async () => {
  await chain.close();
  const other = { ...settings, hardfork: 'prague' };
  await expect(open({ settings: other })).rejects.toThrow(/hardfork is "osaka" there and "prague" here/);
});

test('when the journal cannot be written, the sender hears it, and so does everybody after', async () => {
  await chain.send(await sign({ to: operator.address }));
  // Somebody else's bytes in the file: the chain must not write after them.
  writeFileSync(file, `${readFileSync(file, 'utf8')}x`);
  const [first, second] = [await sign({ to: operator.address }), await sign({ to: operator.address })];
  const refused = await Promise.allSettled([
    chain.send(first),
    chain.send(second),
    chain.read('eth_blockNumber', []),
  ]);
  for (const result of refused) expect(result).toMatchObject({ reason: { code: 'chain/journal-shared' } });
  expect(await chain.broken).toMatchObject({ code: 'chain/journal-shared' });
  await expect(chain.send(first)).rejects.toMatchObject({ code: 'chain/journal-shared' });
});
