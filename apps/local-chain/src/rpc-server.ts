import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Chain } from './chain.ts';
import { type Access, answer, RpcError } from './rpc-methods.ts';

/** Bytes of a request body. */
const MOST_BYTES = 1_048_576;
/** Calls in one batch. */
const MOST_CALLS = 100;
const PATHS: Readonly<Record<string, Access>> = { '/': 'full', '/public': 'public' };

export type RpcServer = {
  /** Reads and signed transactions; for this machine's own service. */
  readonly url: string;
  /** Reads only; what may be passed on to the outside. */
  readonly publicUrl: string;
  close(): Promise<void>;
};

/** JSON-RPC 2.0 over HTTP on 127.0.0.1 and a free port. */
export async function startRpcServer(chain: Chain): Promise<RpcServer> {
  const server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 30_000 }, (request, response) => {
    void handle(chain, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    publicUrl: `${url}/public`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

async function handle(chain: Chain, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const access = refuseRequest(request);
    const text = await readBody(request);
    send(response, 200, await answerBody(chain, access, text));
  } catch (error) {
    if (error instanceof HttpRefusal)
      send(response, error.status, rpcFailure(null, new RpcError(-32600, error.message)));
    else response.destroy(error as Error);
  }
}

class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function refuseRequest(request: IncomingMessage): Access {
  // A page of any site can make its reader's browser post to 127.0.0.1: no browser has business here.
  if (request.headers.origin !== undefined) throw new HttpRefusal(403, 'not for browsers: use the service');
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    throw new HttpRefusal(403, 'ask for 127.0.0.1');
  }
  const access = Object.hasOwn(PATHS, request.url ?? '') ? PATHS[request.url as string] : undefined;
  if (!access) throw new HttpRefusal(404, 'the paths are / and /public');
  if (request.method !== 'POST') throw new HttpRefusal(405, 'post JSON-RPC 2.0');
  return access;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = () => new HttpRefusal(413, `a body has at most ${MOST_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function answerBody(chain: Chain, access: Access, text: string): Promise<unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return rpcFailure(null, new RpcError(-32700, 'the body is not JSON'));
  }
  if (!Array.isArray(body)) return answerCall(chain, access, body);
  if (body.length === 0 || body.length > MOST_CALLS) {
    return rpcFailure(
      null,
      new RpcError(-32600, `a batch has 1 to ${MOST_CALLS} calls, this one ${body.length}`),
    );
  }
  // Handed in one after the other, so a batch of transactions is mined in its order and shares one write.
  return Promise.all(body.map((call) => answerCall(chain, access, call)));
}

async function answerCall(chain: Chain, access: Access, call: unknown): Promise<unknown> {
  const {
    id = null,
    method,
    params = [],
  } = (call ?? {}) as { id?: unknown; method?: unknown; params?: unknown };
  try {
    if (typeof method !== 'string' || !Array.isArray(params)) {
      throw new RpcError(-32600, 'a call has a method and, if any, an array of params');
    }
    return { jsonrpc: '2.0', id, result: (await answer(chain, access, method, params)) ?? null };
  } catch (error) {
    return rpcFailure(id, error instanceof RpcError ? error : new RpcError(-32603, String(error)));
  }
}

function rpcFailure(id: unknown, { code, message, data }: RpcError): unknown {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value));
  // After a refused body the rest of it may still be on its way: this connection ends here.
  if (status !== 200) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}
