import type { FastifyInstance } from 'fastify';
import { parseStrict } from '#lib/canonical';
import { RefusalError } from './refusal.ts';

export const MAX_JSON_BYTES = 1_048_576;
export const MAX_FILE_BYTES = 20 * 1_048_576;
// what a multipart envelope with a handful of fields may add to its file
const MULTIPART_ROOM = 65_536;

/**
 * JSON bodies go through parseStrict: duplicate keys, lone surrogates, prototype keys and unsafe integers are refused
 * with their pointer. A body that says it is too large is refused before it is read.
 */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(
    /^application\/([a-z0-9.-]+\+)?json/,
    { parseAs: 'buffer', bodyLimit: MAX_JSON_BYTES },
    (_request, body, done) => {
      try {
        const bytes = new Uint8Array(body as Buffer);
        done(null, bytes.length === 0 ? undefined : parseStrict(bytes, { maxBytes: MAX_JSON_BYTES }));
      } catch (error) {
        done(error as Error, undefined);
      }
    },
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    const length = Number(request.headers['content-length'] ?? 0);
    const isFile = request.headers['content-type']?.startsWith('multipart/') ?? false;
    const { maxBodyBytes } = request.routeOptions.config as { readonly maxBodyBytes?: number };
    const limit = maxBodyBytes ?? (isFile ? MAX_FILE_BYTES + MULTIPART_ROOM : MAX_JSON_BYTES);
    if (length <= limit) {
      done();
      return;
    }
    // the body stays unread: the connection cannot be used again
    void reply.header('Connection', 'close');
    done(
      new RefusalError({
        status: 413,
        code: 'http/too-large',
        detail: `the body has ${length} bytes, at most ${limit} are taken`,
        remedy: isFile ? 'split the file; at most 20 MB each' : 'send less; at most 1 MB of JSON',
      }),
    );
  });
}
