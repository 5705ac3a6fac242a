import { Injectable } from '@nestjs/common';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_ENTRY_BYTES } from '#lib/record';
import { Clock } from '../clock.ts';
import { requireCaller } from '../http/auth.guard.ts';
import type { CalledRequest, CallerIdentity } from '../http/caller.ts';
import { ProblemFilter } from '../http/problem.filter.ts';
import { Installation } from '../installation/installation.ts';
import { ApiKeysService } from '../organisations/api-keys.service.ts';
import { type AppendAnswer, formatAnswer } from './append-answer.ts';
import { checkLines, MAX_LINES_BYTES, splitLines } from './append-body.ts';
import { AppendChecks } from './append-checks.ts';
import { AppendGate } from './append-gate.ts';
import { type Appended, LogService } from './log.service.ts';
import { ProofsService } from './proofs.service.ts';

const ONE_ENTRY = 'application/json';
const LINES = 'application/x-ndjson';
const LIMITS = { requests: 2_000, bytes: 96 * 1_048_576 };

/**
 * `POST /api/v1/entries`, as a route of Fastify's own: caller and room are looked at before the body is read, and the
 * body is taken as the bytes it is. Everything else about it is as on any other route: hooks, headers, problem documents.
 */
@Injectable()
export class AppendRoute {
  private readonly gate = new AppendGate(LIMITS);
  private readonly problems: ProblemFilter;

  constructor(
    private readonly log: LogService,
    private readonly proofs: ProofsService,
    private readonly checks: AppendChecks,
    private readonly keys: ApiKeysService,
    private readonly clock: Clock,
    installation: Installation,
  ) {
    this.problems = new ProblemFilter(installation);
  }

  /** After the hooks that all routes share. */
  async install(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      for (const [type, bodyLimit] of [
        [ONE_ENTRY, MAX_ENTRY_BYTES],
        [LINES, MAX_LINES_BYTES],
      ] as const)
        scope.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_, body, done) =>
          done(null, body),
        );
      scope.setErrorHandler((error: FastifyError, request, reply) =>
        this.problems.answer(error, request, reply),
      );
      scope.post(
        '/api/v1/entries',
        {
          config: { maxBodyBytes: MAX_LINES_BYTES },
          onRequest: (request, reply) => this.enter(request, reply),
        },
        (request, reply) => this.handle(request, reply),
      );
    });
  }

  private async enter(request: CalledRequest, reply: FastifyReply): Promise<void> {
    const most = isLines(request) ? MAX_LINES_BYTES : MAX_ENTRY_BYTES;
    try {
      // a body without a length may be as long as any
      const leave = this.gate.enter(Math.min(Number(request.headers['content-length'] ?? most), most));
      // also when the caller goes away before it has its answer
      reply.raw.once('close', leave);
      request.caller = await requireCaller(this.keys, request);
    } catch (error) {
      // the body stays unread: the connection cannot be used again
      void reply.header('Connection', 'close');
      throw error;
    }
  }

  private async handle(request: CalledRequest, reply: FastifyReply): Promise<FastifyReply> {
    const caller = request.caller as CallerIdentity;
    const body = request.body as Buffer;
    const isOneEntry = !isLines(request);
    const lines = isOneEntry ? [body] : splitLines(body);
    this.log.admit(lines.length, body.length);
    const entries = checkLines(lines, isOneEntry, this.clock.now());
    await this.checks.requireOwn(caller, entries, isOneEntry);
    const appended = await this.log.append(entries);
    const answer = await this.answerOf(appended);
    return reply
      .status(appended.batch ? 201 : 200)
      .header('Content-Type', 'application/json; charset=utf-8')
      .header('Cache-Control', 'no-store')
      .send(formatAnswer(answer));
  }

  /** Proofs of new entries are in memory; those of entries that were there before are read. */
  private async answerOf({ at, batch }: Appended): Promise<AppendAnswer> {
    const head = batch ?? (await this.proofs.head());
    if (!head) throw new Error('entries are in the log, but it has no head');
    const old = at.filter(({ isNew }) => !isNew);
    const read = await this.proofs.inclusions(
      old.map(({ index }) => index),
      head.size,
    );
    const proofs = new Map(old.map((place, n) => [place, read[n] as Uint8Array[]]));
    const entries = at.map((place) => ({
      ...place,
      proof: proofs.get(place) ?? batch?.inclusion(place.index) ?? [],
    }));
    return { size: head.size, root: head.root, checkpoint: head.checkpoint, entries };
  }
}

/** Read as the parser of the body is chosen, or a body of lines could come in by the room of one entry. */
function isLines({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === LINES;
}

const STRING = { type: 'string' };
const ANSWER = {
  type: 'object',
  required: ['size', 'root', 'checkpoint', 'entries'],
  properties: {
    size: STRING,
    root: { ...STRING, description: 'base64' },
    checkpoint: { ...STRING, description: 'signed note of this size and root (C2SP tlog-checkpoint)' },
    entries: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'leafHash', 'proof'],
        properties: {
          index: STRING,
          leafHash: { ...STRING, description: 'hex' },
          proof: {
            type: 'array',
            items: { ...STRING, description: 'base64, leaf to root (RFC 9162 §2.1.3)' },
          },
        },
      },
    },
  },
};
const answered = (description: string) => ({
  description,
  content: { 'application/json': { schema: ANSWER } },
});

/** The route in the API description, which knows only Nest's own. */
export const APPEND_PATH = {
  '/api/v1/entries': {
    post: {
      tags: ['log'],
      summary:
        'Append entries of the own organisation: one, or one a line; answers places and complete proofs',
      security: [{ bearer: [] }],
      requestBody: {
        required: true,
        content: {
          [ONE_ENTRY]: { schema: { type: 'object', description: 'canonical bytes (RFC 8785) of one entry' } },
          [LINES]: { schema: { ...STRING, description: 'canonical bytes of an entry a line, up to 10,000' } },
        },
      },
      responses: {
        '200': answered('All of it was in the log before; proofs lead to the newest head'),
        '201': answered('Recorded, together and durably'),
        '400': { description: 'An entry is refused; nothing was recorded' },
        '403': { description: 'An entry has another issuer than the API key' },
        '429': { description: 'Come again after Retry-After seconds' },
        '503': { description: 'The log cannot be written at present' },
      },
    },
  },
};
