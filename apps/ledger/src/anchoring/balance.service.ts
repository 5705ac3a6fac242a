import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { formatEther } from 'ethers';
import { ChainService } from '../chain/chain.service.ts';
import { currencyOf } from '../chain/currency.ts';
import { Clock } from '../clock.ts';
import { Config } from '../config.ts';
import { AnchorLoop } from './anchor-loop.ts';
import { AnchorsService } from './anchors.service.ts';
import { type Costs, costPerDay, describeCosts, GAS_BEFORE_MEASURED, reckon } from './costs.ts';
import { currentPrice } from './fees.ts';
import { SenderService } from './sender.service.ts';

/** `empty`: not enough for one anchor. `low`: for fewer days of anchors than the operator wants to be warned of. */
export type BalanceState = 'good' | 'low' | 'empty';

export type Balance = {
  readonly state: BalanceState;
  readonly address: string;
  /** Wei. */
  readonly wei: bigint;
  /** Below it the alarm is raised: wei. */
  readonly threshold: bigint;
  /** Whole days of anchors that it pays for at present fees; null when anchors cost nothing. */
  readonly days: number | null;
};

const LOOK_MS = 300_000;
/** Answers of one look serve health, metrics and reports for so long. */
const FRESH_MS = 15_000;
const REMIND_MS = 6 * 3_600_000;

/** What anchoring costs, and whether the sender can pay for it. On the embedded chain it costs nothing. */
@Injectable()
export class BalanceService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('anchor');
  private timer: NodeJS.Timeout | null = null;
  private last: { readonly at: number; readonly balance: Promise<Balance> } | null = null;
  private warned: { readonly state: BalanceState; readonly at: number } | null = null;

  constructor(
    private readonly chain: ChainService,
    private readonly anchors: AnchorsService,
    private readonly loop: AnchorLoop,
    private readonly sender: SenderService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.chain.isEmbedded) return;
    void this.costs().then(
      (costs) => this.logger.log(`anchors: ${describeCosts(costs, this.loop.cadence)}`),
      (error) => this.logger.warn({ err: error }, 'what anchors cost could not be read'),
    );
    this.timer = setInterval(() => void this.watch(), LOOK_MS);
    this.timer.unref();
    void this.watch();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** At present fees. @throws RpcUnreachable */
  async costs(): Promise<Costs> {
    const price = await currentPrice(this.chain);
    const measured = await this.anchors.gasPerAnchor();
    return reckon(this.loop.cadence, price, measured, this.chain.facts.chainId);
  }

  /** Null on the embedded chain. @throws RpcUnreachable */
  async balance(): Promise<Balance | null> {
    if (this.chain.isEmbedded) return null;
    const at = this.clock.now().getTime();
    if (!this.last || at - this.last.at > FRESH_MS) this.last = { at, balance: this.read() };
    try {
      return await this.last.balance;
    } catch (error) {
      this.last = null;
      throw error;
    }
  }

  private async read(): Promise<Balance> {
    const { address } = this.sender;
    const wei = BigInt(String(await this.chain.rpc.call('eth_getBalance', [address, 'latest'])));
    const price = await currentPrice(this.chain);
    const gas = (await this.anchors.gasPerAnchor())?.gas ?? GAS_BEFORE_MEASURED;
    const perDay = costPerDay(this.loop.cadence, price, gas);
    const threshold = perDay * BigInt(this.config.lowBalanceDays);
    const once = gas * (price.base + price.tip);
    // a chain that asks for nothing needs no money
    const state = wei < once ? 'empty' : wei < threshold ? 'low' : 'good';
    const days = perDay === 0n ? null : Number(wei / perDay);
    return { state, address, wei, threshold, days };
  }

  private async watch(): Promise<void> {
    try {
      const balance = await this.balance();
      const now = this.clock.now().getTime();
      if (!balance || balance.state === 'good') {
        this.warned = null;
      } else if (this.warned?.state !== balance.state || now - this.warned.at > REMIND_MS) {
        this.warned = { state: balance.state, at: now };
        const line = describeBalance(balance, this.chain.facts.chainId);
        if (balance.state === 'empty') this.logger.error(line);
        else this.logger.warn(line);
      }
    } catch (error) {
      this.logger.warn({ err: error }, "the sender's balance could not be read");
    }
  }
}

export function describeBalance({ state, address, wei, threshold, days }: Balance, chainId: bigint): string {
  const currency = currencyOf(chainId);
  const lasts = days === null ? 'anchors cost nothing now' : `enough for ${days} days of anchors`;
  return `the balance of ${address} is ${state}: ${formatEther(wei)} ${currency}, ${lasts}; the alarm is set at ${formatEther(threshold)}`;
}
