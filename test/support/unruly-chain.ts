// A real EVM (EDR, in this process) whose blocks the test mines, takes back and mines otherwise, behind endpoints that
// misbehave on demand. Finality is made here: the EVM has none of its own, so `finalized` is read as so many blocks behind.
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { keccak256, Transaction, Wallet } from 'ethers';
import { makeTestFolder, type TestFolder } from './folder.ts';

/** Blocks on top of a final one. Reorganisations of the tests are shallower, but for the one that has to be noticed. */
export const FINALITY = 8;
const GWEI = 1_000_000_000n;
const BALANCE = 1_000n * 10n ** 18n;

/**
 * `lost`: the node never hears of it. `answer lost`: the node does it, the answer is cut off. `doubled`: the node does it
 * twice. `busy`: 429. `refused`: an error of the node that means nothing. `delayed`: late. `hidden`: null for an answer.
 * `phantom`: a receipt of success in a block that does not hold the transaction. `wrong block`: the right receipt under
 * another block hash. `flipped`: success said of a failure, and failure of a success.
 */
export const FAULTS = [
  'lost',
  'answer lost',
  'doubled',
  'busy',
  'refused',
  'delayed',
  'hidden',
  'phantom',
  'wrong block',
  'flipped',
] as const;
export type Fault = (typeof FAULTS)[number];

type Call = { readonly id: number; readonly method: string; readonly params: unknown[] };
type Provider = { request(call: { method: string; params: unknown[] }): Promise<any> };
type Connection = { readonly provider: Provider; close(): Promise<void> };

export type Endpoint = {
  readonly url: string;
  /** Asked for every call. */
  fault: (method: string) => Fault | null;
  /** Blocks that this endpoint is behind. */
  lag: number;
  /** Signed bytes that it says it takes, and throws away. */
  swallows: (transaction: Transaction) => boolean;
  /** Changes what it answers. */
  twist: (method: string, result: any) => any;
  /** Methods that were called, newest last. */
  readonly asked: string[];
};

type Served = Omit<Endpoint, 'url'>;

export class UnrulyChain {
  readonly operator: { readonly address: string; readonly secretKey: string };
  /** Everything that was ever handed in, by hash. */
  readonly raws = new Map<string, string>();
  private readonly servers: Server[] = [];
  private readonly snapshots = new Map<number, string>();
  private price = GWEI;

  private constructor(
    private readonly connection: Connection,
    wallet: { address: string; privateKey: string },
    private readonly folder: TestFolder,
  ) {
    this.operator = { address: wallet.address, secretKey: wallet.privateKey };
  }

  static async start(): Promise<UnrulyChain> {
    process.env.HARDHAT_DISABLE_TELEMETRY = 'true';
    const { createHardhatRuntimeEnvironment } = await import('hardhat/hre');
    const wallet = Wallet.createRandom();
    // an empty place for artifacts: the EVM need not read the builds of our contracts
    const folder = await makeTestFolder('unruly');
    await mkdir(join(folder.path, 'build-info'));
    const nothing = folder.path;
    const environment = await createHardhatRuntimeEnvironment(
      {
        paths: { artifacts: nothing, cache: nothing },
        networks: {
          unruly: {
            type: 'edr-simulated',
            chainType: 'l1',
            chainId: 777_001,
            hardfork: 'osaka',
            // the contracts are deployed for nothing, as on the embedded chain; prices begin when the test takes over
            initialBaseFeePerGas: 0n,
            accounts: [{ privateKey: wallet.privateKey, balance: BALANCE }],
            mining: { auto: true, interval: 0 },
            throwOnTransactionFailures: false,
          },
        },
      },
      {},
      import.meta.dirname,
    );
    const connection = await environment.network.create({ network: 'unruly' });
    return new UnrulyChain(connection as unknown as Connection, wallet, folder);
  }

  request(method: string, ...params: unknown[]): Promise<any> {
    // the simulator adds to the stacks of reverts, and in a test's realm there is nothing to add to
    Error.prepareStackTrace ??= (error, calls) => [String(error), ...calls.map(String)].join('\n    at ');
    return this.connection.provider.request({ method, params });
  }

  async height(): Promise<number> {
    return Number(await this.request('eth_blockNumber'));
  }

  /** From here on blocks come when the test mines them. */
  async takeOver(): Promise<void> {
    await this.request('evm_setAutomine', false);
    await this.keepSnapshot();
    await this.mine();
  }

  /** Blocks with whatever waits and pays enough. */
  async mine(count = 1): Promise<void> {
    for (let block = 0; block < count; block++) {
      await this.setNextPrice();
      await this.request('evm_mine');
      await this.keepSnapshot();
    }
  }

  /** The base fee of every block from the next one on: wei; one gwei unless told otherwise. */
  async setPrice(wei: bigint = GWEI): Promise<void> {
    this.price = wei;
    await this.setNextPrice();
  }

  /** All nodes forget what they have not mined. */
  async forgetPool(): Promise<number> {
    const waiting = await this.waiting();
    for (const hash of waiting) await this.request('hardhat_dropTransaction', hash);
    return waiting.length;
  }

  /**
   * Takes so many blocks back and puts one more in their place. `again`: with the same transactions, in other blocks;
   * `dropped`: without them, and the nodes have forgotten them.
   */
  async reorganise(depth: number, what: 'again' | 'dropped'): Promise<void> {
    const height = await this.height();
    const taken: string[] = [];
    for (let number = height - depth + 1; number <= height; number++) {
      const block = await this.request('eth_getBlockByNumber', `0x${number.toString(16)}`, false);
      taken.push(...block.transactions);
    }
    taken.push(...(await this.waiting()));
    const base = height - depth;
    const snapshot = this.snapshots.get(base);
    if (!snapshot) throw new Error(`there is no way back to block ${base}`);
    await this.request('evm_revert', snapshot);
    for (const number of this.snapshots.keys()) if (number >= base) this.snapshots.delete(number);
    await this.keepSnapshot();
    await this.forgetPool();
    // other times make other blocks
    await this.request('evm_increaseTime', 3);
    if (what === 'again')
      for (const hash of taken) {
        const raw = this.raws.get(hash);
        if (raw) await this.request('eth_sendRawTransaction', raw).catch(() => undefined);
      }
    await this.mine(depth + 1);
  }

  /** One more way to reach the chain. */
  async openEndpoint(): Promise<Endpoint> {
    const state: Omit<Endpoint, 'url'> = {
      fault: () => null,
      lag: 0,
      swallows: () => false,
      twist: (_, result) => result,
      asked: [],
    };
    const server = createServer(async (incoming, response) => {
      let body = '';
      for await (const part of incoming) body += part;
      const asked = JSON.parse(body) as Call | Call[];
      const answers: unknown[] = [];
      for (const call of [asked].flat()) {
        const answer = await this.serve(state, call);
        if (answer === 'cut') return void response.destroy();
        if (answer === 'busy') return void response.writeHead(429).end('too many requests');
        answers.push({ jsonrpc: '2.0', id: call.id, ...answer });
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.connection.close();
    await this.folder.remove();
  }

  /** One call with its fault, if any. */
  private async serve(endpoint: Served, call: Call): Promise<object | 'cut' | 'busy'> {
    endpoint.asked.push(call.method);
    const fault = endpoint.fault(call.method);
    if (fault === 'lost') return 'cut';
    if (fault === 'busy') return 'busy';
    if (fault === 'refused') return { error: { code: -32603, message: 'internal error' } };
    if (fault === 'hidden') return { result: null };
    if (fault === 'delayed') await new Promise((resolve) => setTimeout(resolve, 60));
    if (fault === 'doubled') await this.answer(endpoint, call);
    const answered = await this.answer(endpoint, call);
    if (fault === 'answer lost') return 'cut';
    if (!('result' in answered)) return answered;
    const result = endpoint.twist(call.method, answered.result);
    return { result: call.method === 'eth_getTransactionReceipt' ? await this.lie(fault, result) : result };
  }

  private async answer(endpoint: Served, call: Call): Promise<{ result: any } | { error: object }> {
    try {
      if (call.method === 'eth_sendRawTransaction') {
        const raw = String(call.params[0]);
        if (endpoint.swallows(Transaction.from(raw))) return { result: keccak256(raw) };
        this.raws.set(keccak256(raw), raw);
      }
      const newest = (await this.height()) - endpoint.lag;
      const params = call.params.map((param) => this.place(param, newest));
      const result = await this.request(call.method, ...params);
      return { result: isAfter(call.method, result, newest) ? null : (result ?? null) };
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: any };
      const returned = typeof data === 'string' ? data : data?.data;
      if (typeof returned === 'string') return { error: { code: 3, message, data: returned } };
      return { error: { code: code ?? -32603, message } };
    }
  }

  /** What a tag means at an endpoint whose newest block is this. */
  private place(param: unknown, newest: number): unknown {
    const number = (value: number) => `0x${Math.max(value, 0).toString(16)}`;
    if (param === 'finalized') return number(newest - FINALITY);
    return param === 'latest' ? number(newest) : param;
  }

  private async lie(fault: Fault | null, receipt: any): Promise<any> {
    if (fault === 'wrong block' && receipt)
      return {
        ...receipt,
        blockHash: `${receipt.blockHash.slice(0, -1)}${receipt.blockHash.endsWith('0') ? 1 : 0}`,
      };
    if (fault === 'flipped' && receipt)
      return receipt.status === '0x1'
        ? { ...receipt, status: '0x0', logs: [] }
        : { ...receipt, status: '0x1' };
    if (fault !== 'phantom' || receipt) return receipt;
    const block = await this.request('eth_getBlockByNumber', 'latest', false);
    return { status: '0x1', blockNumber: block.number, blockHash: block.hash, gasUsed: '0x5208', logs: [] };
  }

  private async waiting(): Promise<string[]> {
    const block = await this.request('eth_pendingTransactions');
    return block.map(({ hash }: { hash: string }) => hash);
  }

  private setNextPrice(): Promise<unknown> {
    return this.request('hardhat_setNextBlockBaseFeePerGas', `0x${this.price.toString(16)}`);
  }

  private async keepSnapshot(): Promise<void> {
    this.snapshots.set(await this.height(), await this.request('evm_snapshot'));
  }
}

/** An endpoint that is behind has not seen what came later. */
function isAfter(method: string, result: any, newest: number): boolean {
  if (!result || typeof result !== 'object') return false;
  const number = method.startsWith('eth_getBlockBy') ? result.number : result.blockNumber;
  return typeof number === 'string' && Number(number) > newest;
}
