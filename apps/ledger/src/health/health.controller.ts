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
import { AnchorLoop } from '../anchoring/anchor-loop.ts';
import { AnchorsService } from '../anchoring/anchors.service.ts';
import { BalanceService, describeBalance } from '../anchoring/balance.service.ts';
import { ChainWatch } from '../anchoring/chain-watch.ts';
import { SenderService } from '../anchoring/sender.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { ChainEventsService } from '../chain-events/chain-events.service.ts';
import { Clock } from '../clock.ts';
import { Public } from '../http/caller.ts';
import { Installation } from '../installation/installation.ts';
import { Sequencer } from '../log/sequencer.ts';
import { WitnessLoop } from '../witness/witness-loop.ts';

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
    private readonly loop: AnchorLoop,
    private readonly sender: SenderService,
    private readonly watch: ChainWatch,
    private readonly money: BalanceService,
    private readonly events: ChainEventsService,
    private readonly witnesses: WitnessLoop,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * 503 with the reasons when something that is needed for writing is missing; reading may go on all the same. `degraded`
   * with 200 when all of it works and a part says that it will not for long: an endpoint that is silent, a low balance.
   */
  @Get('ready')
  @ApiOperation({ summary: 'Database, log, chain and anchors are as they should be' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    void reply.header('Cache-Control', 'no-store');
    try {
      const result = await this.check();
      const parts = Object.values(result.details) as { degraded?: string[] }[];
      return parts.some(({ degraded }) => degraded) ? { ...result, status: 'degraded' } : result;
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
      () => this.indicate('witnesses', async () => this.witnessStates()),
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
    const { halt, endpoints } = this.watch;
    if (halt) throw new Error(`${halt.code}: ${halt.reason}`);
    const { number, time } = await this.chain.head();
    const balance = await this.money.balance();
    const said = balance && describeBalance(balance, this.chain.facts.chainId);
    if (balance?.state === 'empty') throw new Error(said ?? '');
    const silent = endpoints.filter(({ isReachable }) => !isReachable);
    const degraded = [
      ...(balance?.state === 'low' && said ? [said] : []),
      ...silent.map(({ host }) => `the endpoint ${host} does not answer`),
    ];
    return {
      block: String(number),
      time: String(time),
      ...(balance && { balance: balance.state, days: balance.days }),
      ...(degraded.length > 0 && { degraded }),
    };
  }

  /** Never a reason to be down: a witness that is away holds nothing back. */
  private witnessStates(): Record<string, unknown> {
    const states = this.witnesses.states.map(({ name, cosigned, trouble }) => [
      name,
      { cosigned: String(cosigned), ...(trouble && { trouble: trouble.reason, since: trouble.since }) },
    ]);
    return Object.fromEntries(states);
  }

  /** Statuses that others set on chain must come into the log, or auditors miss them there. */
  private checkEvents(): Record<string, unknown> {
    const { block, trouble } = this.events.state;
    const seconds = trouble ? Math.round((this.clock.now().getTime() - trouble.since.getTime()) / 1000) : 0;
    if (seconds > EVENTS_PATIENCE_SECONDS) throw new Error(`not read for ${seconds} s: ${trouble?.reason}`);
    return { block: block === null ? null : String(block), ...(trouble && { trouble: trouble.reason }) };
  }

  /** Overdue: an entry has waited longer than the delay that the log's contract promises. */
  private async checkAnchors(): Promise<Record<string, unknown>> {
    const latest = await this.anchors.latest();
    const pending = await this.loop.waiting();
    const waiting = pending
      ? Math.round((this.clock.now().getTime() - pending.oldestAt.getTime()) / 1000)
      : 0;
    if (waiting > this.installation.maxAnchorDelay)
      throw new Error(
        `an entry has waited ${waiting} s for its anchor, promised are ${this.installation.maxAnchorDelay}`,
      );
    const { trouble } = this.sender;
    return {
      size: String(latest?.size ?? 0n),
      waitingSeconds: waiting,
      transactions: await this.sender.backlog(),
      ...(trouble && { degraded: [`${trouble.code}: ${trouble.reason}`] }),
    };
  }
}
