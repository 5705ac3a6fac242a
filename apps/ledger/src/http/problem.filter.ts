import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Installation } from '../installation/installation.ts';
import { bugRefusal, problemDocument, refusalOf } from './problem.ts';

/** The one place where an error becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  constructor(private readonly installation: Installation) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also Fastify's own error handler: what is thrown in its hooks and parsers never reaches Nest. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = refusalOf(error);
    if (!refusal) this.logger.error({ err: error, requestId: request.id }, 'a request failed');
    const facts = refusal ?? bugRefusal(String(request.id));
    if (reply.sent) return;
    if (facts.retryAfterSeconds !== undefined)
      void reply.header('Retry-After', String(facts.retryAfterSeconds));
    if (facts.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    void reply
      .status(facts.status)
      .header('Content-Type', 'application/problem+json')
      .header('Cache-Control', 'no-store')
      .send(JSON.stringify(problemDocument(facts, this.installation.publicUrl)));
  }
}
