import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AnchorLoop } from '../anchoring/anchor-loop.ts';
import { AnchorsService } from '../anchoring/anchors.service.ts';
import { BalanceService } from '../anchoring/balance.service.ts';
import { ChainWatch } from '../anchoring/chain-watch.ts';
import { SenderService } from '../anchoring/sender.service.ts';
import { Clock } from '../clock.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { Sequencer } from '../log/sequencer.ts';
import { WitnessLoop } from '../witness/witness-loop.ts';

/** `/metrics` in Prometheus text form, on a port of its own that only this machine reaches. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private server: Server | null = null;

  constructor(
    sequencer: Sequencer,
    proofs: ProofsService,
    anchors: AnchorsService,
    loop: AnchorLoop,
    sender: SenderService,
    watch: ChainWatch,
    money: BalanceService,
    witnesses: WitnessLoop,
    clock: Clock,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'anchorleaf_http_seconds',
      help: 'Time to answer, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
      new Gauge({
        name: `anchorleaf_${name}`,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    gauge('log_writing', '1 when this process writes the log', () =>
      sequencer.state.kind === 'writing' ? 1 : 0,
    );
    gauge('log_stopped', '1 when appending was stopped for a reason', () =>
      sequencer.state.kind === 'stopped' ? 1 : 0,
    );
    gauge('log_waiting', 'Entries that wait to be recorded', () => sequencer.backlog);
    gauge('log_size', 'Entries in the log', async () => Number((await proofs.head())?.size ?? 0));
    gauge('anchored_size', 'Entries under the newest head on chain', async () =>
      Number((await anchors.latest())?.size ?? 0),
    );
    gauge('anchor_waiting_seconds', 'Age of the oldest entry that no head on chain covers', async () => {
      const waiting = await loop.waiting();
      return waiting ? (clock.now().getTime() - waiting.oldestAt.getTime()) / 1000 : 0;
    });
    gauge(
      'witnesses_in_trouble',
      'Witnesses that did not cosign when they were asked last',
      () => witnesses.states.filter(({ trouble }) => trouble !== null).length,
    );
    gauge('transactions_open', 'Transactions that are not mined yet', () => sender.backlog());
    gauge('sender_troubled', '1 when transactions wait for another reason than blocks', () =>
      sender.trouble ? 1 : 0,
    );
    gauge('chain_halted', '1 when endpoints disagree or a final block changed: nothing is anchored', () =>
      watch.halt ? 1 : 0,
    );
    gauge('chain_endpoints_silent', 'Endpoints that gave no answer at the last look', () =>
      watch.endpoints.reduce((count, { isReachable }) => count + (isReachable ? 0 : 1), 0),
    );
    // one scrape must not fail because the chain does not answer: NaN is "not known" there
    const balance = () => money.balance().catch(() => null);
    gauge('sender_balance_days', 'Days of anchors that the balance pays for at present fees', async () => {
      return (await balance())?.days ?? Number.NaN;
    });
    gauge('sender_balance_low', '1 when the balance is below its alarm', async () => {
      const now = await balance();
      return now ? Number(now.state !== 'good') : 0;
    });
  }

  /** Times every request by its route pattern, never by its address: addresses name lots and serials. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      this.requests.observe(
        { method: request.method, route, status: reply.statusCode },
        reply.elapsedTime / 1000,
      );
      done();
    });
  }

  /** Gives the port. @throws Error EADDRINUSE */
  async listen(port: number): Promise<number> {
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
