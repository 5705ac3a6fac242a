import type { Chain } from './chain.ts';
import { ChainRefusal } from './refusal.ts';

/** Reads that outside callers need. A list of what is allowed: the simulator has many methods that change state. */
const READS = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockTransactionCountByHash',
  'eth_getBlockTransactionCountByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByBlockHashAndIndex',
  'eth_getTransactionByBlockNumberAndIndex',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_syncing',
  'net_version',
]);

/** Answers that need no EVM. Gas costs nothing here, so a client that asks for the price owns enough. */
const FIXED: Readonly<Record<string, unknown>> = {
  eth_gasPrice: '0x0',
  eth_maxPriorityFeePerGas: '0x0',
  net_listening: true,
  web3_clientVersion: 'anchorleaf-local-chain/1',
};

const MOST_WAITING = 2_000;

export type Access = 'full' | 'public';

/** A JSON-RPC error (codes of EIP-1474). */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: string | undefined;
  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The result of one call. `public` access reads; `full` access may also send signed transactions. @throws RpcError */
export async function answer(
  chain: Chain,
  access: Access,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  if (Object.hasOwn(FIXED, method)) return FIXED[method];
  const sends = method === 'eth_sendRawTransaction';
  if (sends && access === 'public') {
    throw new RpcError(-32004, 'this path only reads: hand signed transactions to the service');
  }
  if (!sends && !READS.has(method)) throw new RpcError(-32004, `the method ${method} is not offered here`);
  if (chain.waiting >= MOST_WAITING)
    throw new RpcError(-32005, `${chain.waiting} calls are waiting: try again later`);
  if (method === 'eth_call' || method === 'eth_estimateGas') refuseOwnCode(access, params);
  try {
    return sends ? await chain.send(rawTransaction(params)) : await chain.read(method, params);
  } catch (error) {
    throw readError(error);
  }
}

function rawTransaction([raw, ...rest]: readonly unknown[]): string {
  if (typeof raw === 'string' && /^0x([0-9a-f]{2})+$/i.test(raw) && rest.length === 0)
    return raw.toLowerCase();
  throw new RpcError(-32602, 'eth_sendRawTransaction takes one 0x hex string');
}

/**
 * Overridden state would let a caller run code of its own, and so would making a contract: a loop up to osaka's cap of gas
 * holds the whole chain for half a minute. What is deployed here are the ledger's contracts, whose views are short.
 */
function refuseOwnCode(access: Access, [call, , ...more]: readonly unknown[]): void {
  if (more.length > 0) throw new RpcError(-32602, 'state overrides are not offered here');
  const { to } = Object(call) as { readonly to?: unknown };
  if (access === 'public' && typeof to !== 'string')
    throw new RpcError(-32602, 'only contracts that are there are called here: name one in "to"');
}

/** The EVM's error in the form that clients of any node know: a revert is code 3 with the returned bytes as data. */
function readError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof ChainRefusal) return new RpcError(-32603, error.message);
  const { code, data, message } = error as { code?: unknown; data?: unknown; message?: unknown };
  const text = String(message ?? error);
  const nested = (data as { data?: unknown } | null | undefined)?.data;
  const returned = typeof data === 'string' ? data : typeof nested === 'string' ? nested : undefined;
  if (returned?.startsWith('0x')) return new RpcError(3, `execution reverted: ${text}`, returned);
  return new RpcError(typeof code === 'number' ? code : -32603, text);
}
