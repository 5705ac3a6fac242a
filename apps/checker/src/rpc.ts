// JSON-RPC over fetch, for page and terminal alike. An endpoint is attacker-controlled: bounded time, bounded size, no
// redirects, no credentials. Whatever goes wrong is "unreachable"; what an answer means is decided elsewhere.
import { isJsonObject, type JsonValue, parseStrict } from '#lib/canonical';
import type { Rpc, RpcAnswer, RpcRequest } from '#lib/evm';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export type Call = {
  readonly endpoint: string;
  readonly methods: readonly string[];
  readonly milliseconds: number;
};

/**
 * @param note hears of every call made, so that a page can list what it asked of whom
 */
export function makeRpc(options: { readonly timeoutMs: number; readonly note?: (call: Call) => void }): Rpc {
  return async (endpoint, batch) => {
    const began = performance.now();
    try {
      return await ask(endpoint, batch, options.timeoutMs);
    } finally {
      const methods = batch.map(({ method }) => method);
      options.note?.({ endpoint, methods, milliseconds: Math.round(performance.now() - began) });
    }
  };
}

async function ask(endpoint: string, batch: readonly RpcRequest[], timeoutMs: number): Promise<RpcAnswer[]> {
  const body = batch.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }));
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
  const answers = parseStrict(await readBounded(response, MAX_ANSWER_BYTES), { maxBytes: MAX_ANSWER_BYTES });
  if (!Array.isArray(answers)) throw new Error(`${endpoint} answered no batch`);
  const byId = new Map(answers.map((answer: JsonValue) => [isJsonObject(answer) ? answer.id : null, answer]));
  return batch.map((_, id) => {
    const answer = byId.get(id);
    if (!isJsonObject(answer)) throw new Error(`${endpoint} left a request without an answer`);
    if (answer.error === undefined) return { result: answer.result ?? null };
    const { code, message } = isJsonObject(answer.error) ? answer.error : { code: 0, message: 'unknown' };
    return { error: { code: Number(code), message: String(message) } };
  });
}

/** Reads at most `max` bytes, whatever the sender says of its length. Throws when there are more. */
export async function readBounded(response: Response, max: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > max) {
      await reader.cancel();
      throw new Error(`the answer has more than ${max} bytes`);
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
