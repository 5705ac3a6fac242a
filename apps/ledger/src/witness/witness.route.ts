import { Injectable } from '@nestjs/common';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatTreeSize, TREE_SIZE_TYPE } from '#lib/transparency-log';
import { ProblemFilter } from '../http/problem.filter.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { WitnessService } from './witness.service.ts';

/** A checkpoint with 16 post-quantum signatures and a whole proof has about 90 kB. */
const MAX_BODY_BYTES = 131_072;
/** Anyone may ask, and each request costs a signature check: so many a second, and a few at once. */
const PER_SECOND = 20;
const AT_ONCE = 8;
const TEXT = 'text/plain; charset=utf-8';

/**
 * C2SP tlog-witness: `POST /witness/add-checkpoint` takes whatever media type the log sends, so it is a route of
 * Fastify's own. 400, 403, 404 and 422 are problem documents; what a log reads of them is the status.
 */
@Injectable()
export class WitnessRoute {
  private readonly problems: ProblemFilter;
  private tokens = PER_SECOND;
  private filledAt = 0;
  private running = 0;

  constructor(
    private readonly witness: WitnessService,
    installation: Installation,
  ) {
    this.problems = new ProblemFilter(installation);
  }

  async install(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_, body, done) =>
        done(null, body),
      );
      scope.setErrorHandler((error: FastifyError, request, reply) =>
        this.problems.answer(error, request, reply),
      );
      scope.post('/witness/add-checkpoint', (request, reply) => this.add(request, reply));
      scope.get('/witness/key', (_, reply) =>
        reply
          .header('Content-Type', TEXT)
          .header('Cache-Control', 'no-cache')
          .send(`${this.witness.verifierKey}\n`),
      );
      scope.get('/witness/:hash/checkpoint', (request, reply) => this.cosigned(request, reply));
    });
  }

  private async add({ body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.takeToken();
    this.running += 1;
    try {
      const answer = await this.witness.addCheckpoint(typeof body === 'string' ? body : '');
      void reply.header('Cache-Control', 'no-store');
      if (answer.status === 200) return reply.header('Content-Type', TEXT).send(answer.lines);
      if (answer.status === 409)
        return reply.status(409).header('Content-Type', TREE_SIZE_TYPE).send(formatTreeSize(answer.size));
      const { status, reason } = answer;
      throw new RefusalError({ status, ...REFUSALS[status], detail: reason });
    } finally {
      this.running -= 1;
    }
  }

  private async cosigned({ params }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const note = await this.witness.cosigned((params as { hash: string }).hash);
    if (note === null) throw notFound('cosigned checkpoint of a log with this origin hash');
    return reply.header('Content-Type', TEXT).header('Cache-Control', 'no-cache').send(note);
  }

  /** @throws RefusalError 429 */
  private takeToken(): void {
    const now = performance.now();
    this.tokens = Math.min(PER_SECOND, this.tokens + ((now - this.filledAt) / 1000) * PER_SECOND);
    this.filledAt = now;
    if (this.tokens >= 1 && this.running < AT_ONCE) {
      this.tokens -= 1;
      return;
    }
    throw new RefusalError({
      status: 429,
      code: 'http/too-many-requests',
      detail: `at most ${PER_SECOND} checkpoints a second are looked at`,
      remedy: 'wait as long as Retry-After says',
      retryAfterSeconds: 1,
    });
  }
}

const REFUSALS = {
  400: {
    code: 'witness/old-size-beyond',
    remedy: 'send the checkpoint with a size that the witness holds or a smaller one',
  },
  403: { code: 'witness/not-signed', remedy: 'send the checkpoint with the signature of the log’s own key' },
  404: { code: 'witness/unknown-log', remedy: 'ask the operator to witness this log' },
  422: {
    code: 'witness/inconsistent',
    remedy: 'send a proof from the size the witness holds; if there is none, the log has forked',
  },
} as const;
