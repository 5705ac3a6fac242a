import { Injectable } from '@nestjs/common';
import type { JsonObject } from '#lib/canonical';
import type { Rpc } from '#lib/evm';
import { check, type Report, readRoot, VerificationError } from '#lib/verification';
import { ChainService } from '../chain/chain.service.ts';
import { JsonRpcClient, RpcUnreachable } from '../chain/json-rpc.ts';
import { Clock } from '../clock.ts';
import { MethodService } from '../footprints/method.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { Turnstile } from '../imports/turnstile.ts';
import { Installation } from '../installation/installation.ts';
import { InstallationRoot } from '../installation/root.service.ts';

const MAX_AT_ONCE = 4;
const MAX_WAITING = 50;

/** The server's own answer about a bundle: the same code as in the page, but run by whom a reader need not believe. */
@Injectable()
export class VerifyService {
  private readonly turnstile = new Turnstile({ atOnce: MAX_AT_ONCE, waiting: MAX_WAITING }, busy);

  constructor(
    private readonly root: InstallationRoot,
    private readonly chain: ChainService,
    private readonly methods: MethodService,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  /** @throws RefusalError 400 `bundle/…` for what is no bundle */
  check(bundle: JsonObject): Promise<Report> {
    return this.turnstile.pass(() => this.run(bundle));
  }

  private async run(bundle: JsonObject): Promise<Report> {
    const { host } = new URL(this.installation.publicUrl);
    try {
      return await check({
        bundle,
        root: readRoot((await this.root.make()) as JsonObject),
        code: null,
        now: this.clock.stamp(),
        engines: Object.fromEntries(
          (await this.methods.all()).map(({ id, computeFootprint }) => [id, computeFootprint]),
        ),
        rpc: this.rpc,
        endpoints: [],
        recordHosts: [host],
        pinned: [],
        operatorPage: host,
      });
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const remedy = 'send the JSON of a bundle as /passports/{release}/bundle gives it';
      throw new RefusalError(
        { status: 400, code: error.code, detail: error.message, remedy, pointer: '/bundle' },
        { cause: error },
      );
    }
  }

  /** Our own endpoint is asked directly, not through our own front door. */
  private readonly rpc: Rpc = async (endpoint, batch) => {
    const isOwn = endpoint === `${this.installation.publicUrl}/rpc`;
    const client = isOwn ? this.chain.rpc : new JsonRpcClient(endpoint, 5_000);
    try {
      return await client.batch(batch);
    } catch (error) {
      if (error instanceof RpcUnreachable) throw new Error(error.message, { cause: error });
      throw error;
    }
  };
}

function busy(): RefusalError {
  return new RefusalError({
    status: 429,
    code: 'verify/busy',
    detail: 'many bundles are being checked',
    remedy: 'send it again in a few seconds, or check it yourself: npm run verify -- FILE',
    retryAfterSeconds: 5,
  });
}
