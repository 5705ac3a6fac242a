import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { AnchorsService } from '../anchoring/anchors.service.ts';
import { SenderService } from '../anchoring/sender.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { ChainEventsService } from '../chain-events/chain-events.service.ts';
import { Clock } from '../clock.ts';
import { Public } from '../http/caller.ts';
import { Installation } from '../installation/installation.ts';
import { Sequencer } from '../log/sequencer.ts';

const PATIENCE_MS = 3_000;
const EVENTS_PATIENCE_SECONDS = 300;

/** For the machine that watches this one. Neither path says anything about content. */
@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly sequencer: Sequencer,
    private readonly anchors: AnchorsService,
    private readonly sender: SenderService,
    private readonly events: ChainEventsService,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 503 with the reasons when something that is needed for writing is missing; reading may go on all the same. */
  @Get('ready')
  @ApiOperation({ summary: 'Database, log, chain and anchors are as they should be' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    void reply.header('Cache-Control', 'no-store');
    try {
      return await this.check();
    } catch (error) {
      // not a problem document: whoever watches wants the whole list
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(503);
      return error.getResponse() as object;
    }
  }

  private check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.indicate('database', () => this.checkDatabase()),
      () => this.indicate('log', async () => this.checkLog()),
      () => this.indicate('chain', () => this.checkChain()),
      () => this.indicate('anchors', () => this.checkAnchors()),
      () => this.indicate('events', async () => this.checkEvents()),
    ]);
  }

  private async indicate(
    name: string,
    check: () => Promise<Record<string, unknown>>,
  ): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    try {
      return indicator.up(await Promise.race([check(), late]));
    } catch (error) {
      return indicator.down({ reason: (error as Error).message });
    } finally {
      clearTimeout(timer);
    }
  }

  private async checkDatabase(): Promise<Record<string, unknown>> {
    await this.database.query('select 1');
    return {};
  }

  private checkLog(): Record<string, unknown> {
    const { state, backlog } = this.sequencer;
    // a process that stands by for another writer is as it should be
    if (state.kind === 'stopped' || state.kind === 'starting')
      throw new Error(`${state.kind}: ${state.reason}`);
    return { state: state.kind, waiting: backlog };
  }

  private async checkChain(): Promise<Record<string, unknown>> {
    const { number, time } = await this.chain.head();
    const balance = this.chain.isEmbedded ? null : await this.balance();
    if (balance === 0n) throw new Error(`the sender ${this.sender.address} has no money for transactions`);
    return { block: String(number), time: String(time) };
  }

  /** Statuses that others set on chain must come into the log, or auditors miss them there. */
  private checkEvents(): Record<string, unknown> {
    const { block, trouble } = this.events.state;
    const seconds = trouble ? Math.round((this.clock.now().getTime() - trouble.since.getTime()) / 1000) : 0;
    if (seconds > EVENTS_PATIENCE_SECONDS) throw new Error(`not read for ${seconds} s: ${trouble?.reason}`);
    return { block: block === null ? null : String(block), ...(trouble && { trouble: trouble.reason }) };
  }

  private async balance(): Promise<bigint> {
    return BigInt(String(await this.chain.rpc.call('eth_getBalance', [this.sender.address, 'latest'])));
  }

  /** Overdue: an entry has waited longer than the delay that the log's contract promises. */
  private async checkAnchors(): Promise<Record<string, unknown>> {
    const latest = await this.anchors.latest();
    const [oldest] = (await this.database.query(
      'select recorded_at from log_entry where index >= $1 order by index limit 1',
      [latest?.size ?? 0n],
    )) as { recorded_at: Date }[];
    const waiting = oldest
      ? Math.round((this.clock.now().getTime() - oldest.recorded_at.getTime()) / 1000)
      : 0;
    if (waiting > this.installation.maxAnchorDelay)
      throw new Error(
        `an entry has waited ${waiting} s for its anchor, promised are ${this.installation.maxAnchorDelay}`,
      );
    return {
      size: String(latest?.size ?? 0n),
      waitingSeconds: waiting,
      transactions: await this.sender.backlog(),
    };
  }
}
