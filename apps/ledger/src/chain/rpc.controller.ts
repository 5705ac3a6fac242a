import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { JsonValue } from '#lib/canonical';
import { Public } from '../http/caller.ts';
import { RefusalError } from '../http/refusal.ts';
import { ChainService } from './chain.service.ts';
import { RpcRefused } from './json-rpc.ts';

/** What a checker needs, and nothing that changes state or costs much. */
const READ_METHODS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'net_version',
]);
const MAX_BATCH = 100;

type WireRequest = { readonly id?: JsonValue; readonly method?: JsonValue; readonly params?: JsonValue };

/** The embedded test ledger, readable by anyone: `POST /rpc`, JSON-RPC 2.0, single or batch. */
@ApiExcludeController()
@Controller('rpc')
export class RpcController {
  constructor(private readonly chain: ChainService) {}

  @Public()
  @Post()
  @HttpCode(200)
  async relay(@Body() body: unknown): Promise<unknown> {
    if (!this.chain.isEmbedded)
      throw new RefusalError({
        status: 404,
        code: 'chain/not-ours',
        detail: 'this service does not run its chain',
        remedy: "use the endpoints of your own trust root, or those the operator's root names",
      });
    if (!Array.isArray(body)) return this.answer(body as WireRequest);
    if (body.length <= MAX_BATCH) return Promise.all(body.map((request: WireRequest) => this.answer(request)));
    throw new RefusalError({
      status: 413,
      code: 'chain/batch-too-large',
      detail: `${body.length} requests in one batch, at most ${MAX_BATCH} are taken`,
      remedy: 'split the batch',
    });
  }

  private async answer(request: WireRequest): Promise<unknown> {
    const { id = null, method, params = [] } = request ?? {};
    const failed = (code: number, message: string, data?: string | null) => ({
      jsonrpc: '2.0',
      id,
      error: { code, message, ...(data && { data }) },
    });
    if (typeof method !== 'string' || !Array.isArray(params)) return failed(-32600, 'not a JSON-RPC request');
    if (!READ_METHODS.has(method)) return failed(-32601, `${method} is not offered here: this path is read-only`);
    try {
      return { jsonrpc: '2.0', id, result: await this.chain.rpc.call(method, params as JsonValue[]) };
    } catch (error) {
      if (error instanceof RpcRefused) return failed(error.rpcCode, error.message, error.data);
      return failed(-32603, 'the chain does not answer');
    }
  }
}
