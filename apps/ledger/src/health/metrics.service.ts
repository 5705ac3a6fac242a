import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AnchorsService } from '../anchoring/anchors.service.ts';
import { SenderService } from '../anchoring/sender.service.ts';
import { ProofsService } from '../log/proofs.service.ts';
import { Sequencer } from '../log/sequencer.ts';

/** `/metrics` in Prometheus text form, on a port of its own that only this machine reaches. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private server: Server | null = null;

  constructor(sequencer: Sequencer, proofs: ProofsService, anchors: AnchorsService, sender: SenderService) {
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
    gauge('transactions_open', 'Transactions that are not mined yet', () => sender.backlog());
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
