// JSON-RPC 2.0 over HTTP, the part of it that the Ethereum specification uses.
import type { JsonValue } from '#lib/canonical';
import type { RpcAnswer, RpcRequest } from '#lib/evm';

/** The endpoint gave no usable answer. Nothing is known about the chain then; never read it as a no. */
export class RpcUnreachable extends Error {
  override readonly name = 'RpcUnreachable';
  readonly code = 'chain/unreachable';
}

/** The node answered with an error. `data` holds revert data when there is some. */
export class RpcRefused extends Error {
  override readonly name = 'RpcRefused';
  readonly rpcCode: number;
  readonly data: string | null;
  constructor(method: string, error: { code: number; message: string; data?: unknown }) {
    super(`${method}: ${error.message} (${error.code})`);
    this.rpcCode = error.code;
    this.data = revertData(error.data);
  }
}

/** Nodes put revert data at `data` or `data.data`. */
function revertData(data: unknown): string | null {
  const inner = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === 'string' && /^0x([0-9a-f]{2})*$/i.test(inner) ? inner : null;
}

type WireAnswer = {
  id?: unknown;
  result?: JsonValue;
  error?: { code: number; message: string; data?: unknown };
};

/** What answers JSON-RPC: one endpoint, or several that stand for one chain. */
export interface Rpc {
  /** @throws RpcUnreachable, RpcRefused */
  call(method: string, params?: readonly JsonValue[]): Promise<JsonValue>;
  /** Answers in the order of the requests, refusals as values. @throws RpcUnreachable */
  batch(requests: readonly RpcRequest[]): Promise<readonly RpcAnswer[]>;
}

/** "Too many requests" of EIP-1474 and of providers: the node has not looked at the question. */
const TOO_MANY: ReadonlySet<number> = new Set([-32005, 429]);

export class JsonRpcClient implements Rpc {
  private readonly target: FetchTarget;

  constructor(
    readonly url: string,
    private readonly timeoutMs = 20_000,
  ) {
    this.target = fetchTarget(url);
  }

  /** @throws RpcUnreachable, RpcRefused */
  async call(method: string, params: readonly JsonValue[] = []): Promise<JsonValue> {
    const answer = (await this.post({ jsonrpc: '2.0', id: 1, method, params })) as WireAnswer;
    if (answer?.error && TOO_MANY.has(answer.error.code))
      throw new RpcUnreachable(`${hideSecrets(this.url)} has too many requests`);
    if (answer?.error) throw new RpcRefused(method, answer.error);
    if (answer?.result === undefined)
      throw new RpcUnreachable(`${hideSecrets(this.url)} answered ${method} without a result`);
    return answer.result;
  }

  /** @throws RpcUnreachable */
  async batch(requests: readonly RpcRequest[]): Promise<readonly RpcAnswer[]> {
    if (requests.length === 0) return [];
    const body = requests.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }));
    const answers = await this.post(body);
    if (!Array.isArray(answers)) throw new RpcUnreachable(`${hideSecrets(this.url)} does not answer batches`);
    const byId = new Map((answers as WireAnswer[]).map((answer) => [answer.id, answer]));
    return requests.map(({ method }, id) => {
      const answer = byId.get(id);
      if (answer?.error) return { error: { code: answer.error.code, message: answer.error.message } };
      if (answer?.result === undefined)
        throw new RpcUnreachable(`${hideSecrets(this.url)} left out the answer to ${method}`);
      return { result: answer.result };
    });
  }

  /** One request or a batch as it stands; the answer unread. @throws RpcUnreachable */
  async post(body: unknown): Promise<unknown> {
    try {
      const { address, headers } = this.target;
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      // error answers of nodes often come with a 4xx or 5xx and still have a JSON-RPC body
      return await response.json();
    } catch (cause) {
      throw new RpcUnreachable(`no answer from the chain at ${hideSecrets(this.url)}`, { cause });
    }
  }
}

/** Endpoint URLs carry access keys in path, query or user info: only the host is shown. */
export function hideSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the configured endpoint';
}

export type FetchTarget = { readonly address: string; readonly headers: Readonly<Record<string, string>> };

/**
 * User info of a URL as a header: `fetch` takes none in an address, and its refusal would carry the whole of it into the
 * log.
 */
export function fetchTarget(url: string): FetchTarget {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (!address || (address.username === '' && address.password === '')) return { address: url, headers: {} };
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    address: address.href,
    headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  };
}

/** Quantities of the Ethereum specification: `0x` and no leading zeros. */
export function toQuantity(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** @throws Error when the node did not send a quantity */
export function fromQuantity(value: JsonValue | undefined): bigint {
  if (typeof value !== 'string' || !/^0x[0-9a-f]+$/i.test(value))
    throw new Error(`expected a quantity, got ${value}`);
  return BigInt(value);
}
