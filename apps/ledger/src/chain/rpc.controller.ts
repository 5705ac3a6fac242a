import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/caller.ts';
import { RefusalError } from '../http/refusal.ts';
import { ChainService } from './chain.service.ts';

/**
 * The embedded test ledger, readable by anyone: `POST /rpc`, JSON-RPC 2.0, single or batch. What may be asked is decided
 * by the chain's own process: this goes to its reading side, which has no method that changes anything.
 */
@ApiExcludeController()
@Controller('rpc')
export class RpcController {
  constructor(private readonly chain: ChainService) {}

  @Public()
  @Post()
  @HttpCode(200)
  relay(@Body() body: unknown): Promise<unknown> {
    if (this.chain.publicRpc) return this.chain.publicRpc.post(body);
    throw new RefusalError({
      status: 404,
      code: 'chain/not-ours',
      detail: 'this service does not run its chain',
      remedy: "use the endpoints of your own trust root, or those that the operator's root names",
    });
  }
}
