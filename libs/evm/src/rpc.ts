// JSON-RPC 2.0 as the rooms above ask for it; who carries it (fetch, node:http, a test) is passed in.
import type { JsonValue } from '#lib/canonical';

export type RpcRequest = { readonly method: string; readonly params: readonly JsonValue[] };
export type RpcAnswer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string } };

/** Sends one batch to one endpoint; answers in the order of the requests. Throws when the endpoint is unreachable. */
export type Rpc = (endpoint: string, batch: readonly RpcRequest[]) => Promise<readonly RpcAnswer[]>;
