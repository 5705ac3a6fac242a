export type RpcReply = { result?: unknown; error?: { code: number; message: string; data?: string } };

/** Posts a body as it is. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** One JSON-RPC call; the reply with its error, if any. */
export async function ask(url: string, method: string, ...params: unknown[]): Promise<RpcReply> {
  const response = await post(url, { jsonrpc: '2.0', id: 1, method, params });
  return (await response.json()) as RpcReply;
}

/** The result of one JSON-RPC call. @throws Error with the answer's message */
export async function call<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const { result, error } = await ask(url, method, ...params);
  if (error) throw new Error(`${method}: ${error.message} (${error.code})`);
  return result as T;
}
