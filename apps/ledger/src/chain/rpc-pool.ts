// Several endpoints of one chain. The first one is asked; the next ones stand in when it gives no answer. What an endpoint
// refuses is an answer: another one is not asked in the hope of a better one.
import type { JsonValue } from '#lib/canonical';
import type { RpcAnswer, RpcRequest } from '#lib/evm';
import { hideSecrets, type JsonRpcClient, type Rpc, RpcRefused, RpcUnreachable } from './json-rpc.ts';

/** An endpoint that gave no answer is asked last for so long. */
const REST_MS = 30_000;

/** What nodes say of bytes that have arrived before, or whose nonce is taken: a reason to look, never to fail. */
const ALREADY_THERE = /already known|already imported|known transaction|nonce.*too low|underpriced/i;

/** One endpoint's answer to a question that all of them were asked. */
export type Asked<T> = { readonly host: string; readonly answer: T | null };

export class RpcPool implements Rpc {
  private readonly restingUntil = new Map<JsonRpcClient, number>();

  /** `endpoints` in order of preference, at least one; `now` in milliseconds. */
  constructor(
    readonly endpoints: readonly JsonRpcClient[],
    private readonly now: () => number = Date.now,
  ) {
    if (endpoints.length === 0) throw new Error('a chain needs an endpoint');
  }

  /** Hosts only: the rest of an address may be an access key. */
  get hosts(): readonly string[] {
    return this.endpoints.map(({ url }) => hideSecrets(url));
  }

  call(method: string, params: readonly JsonValue[] = []): Promise<JsonValue> {
    return this.first((endpoint) => endpoint.call(method, params));
  }

  batch(requests: readonly RpcRequest[]): Promise<readonly RpcAnswer[]> {
    return this.first((endpoint) => endpoint.batch(requests));
  }

  /** Asks every endpoint at once; null where there is no usable answer, in the order of preference. */
  askAll<T>(ask: (rpc: Rpc) => Promise<T>): Promise<readonly Asked<T>[]> {
    return Promise.all(
      this.endpoints.map(async (endpoint) => ({
        host: hideSecrets(endpoint.url),
        answer: await this.watched(endpoint, ask).catch(() => null),
      })),
    );
  }

  /**
   * Hands the same signed bytes to every endpoint. One that takes them, or says that they were there before, is enough.
   * @throws RpcRefused when no endpoint takes them; RpcUnreachable when none answers
   */
  async broadcast(raw: string): Promise<void> {
    const results = await Promise.allSettled(
      this.endpoints.map((endpoint) =>
        this.watched(endpoint, (rpc) => rpc.call('eth_sendRawTransaction', [raw])),
      ),
    );
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (errors.length < results.length) return;
    if (errors.some((error) => error instanceof RpcRefused && ALREADY_THERE.test(error.message))) return;
    throw errors.find((error) => error instanceof RpcRefused) ?? errors[0];
  }

  private async first<T>(ask: (endpoint: JsonRpcClient) => Promise<T>): Promise<T> {
    const resting = (endpoint: JsonRpcClient) => (this.restingUntil.get(endpoint) ?? 0) > this.now();
    const order = [...this.endpoints].sort((a, b) => Number(resting(a)) - Number(resting(b)));
    let last: unknown;
    for (const endpoint of order) {
      try {
        return await this.watched(endpoint, ask);
      } catch (error) {
        if (!(error instanceof RpcUnreachable)) throw error;
        last = error;
      }
    }
    throw last;
  }

  private async watched<T>(
    endpoint: JsonRpcClient,
    ask: (endpoint: JsonRpcClient) => Promise<T>,
  ): Promise<T> {
    try {
      const answer = await ask(endpoint);
      this.restingUntil.delete(endpoint);
      return answer;
    } catch (error) {
      if (error instanceof RpcUnreachable) this.restingUntil.set(endpoint, this.now() + REST_MS);
      else this.restingUntil.delete(endpoint);
      throw error;
    }
  }
}
