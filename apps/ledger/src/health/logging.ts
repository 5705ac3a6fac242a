import { Writable } from 'node:stream';
import { type LoggerService, RequestMethod } from '@nestjs/common';
import type { Logger, Params } from 'nestjs-pino';
import type { Level } from 'pino';

/** Whatever could be a secret or a person, wherever it stands in a line. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-forwarded-for"]',
  'req.headers["idempotency-key"]',
  'req.remoteAddress',
  'req.remotePort',
  'res.headers["set-cookie"]',
  '*.apiKey',
  '*.secretKey',
  '*.password',
  '*.authorization',
  // of a statement that failed: documents, salts, signatures
  'err.parameters',
];

/** Where the framework tells its own start, line by line. */
const FRAMEWORK: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** The framework's account of its start is for debugging; its warnings and errors stay what they are. */
export function quietFramework(logger: Logger): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) =>
      FRAMEWORK.has(rest.at(-1)) ? logger.debug(message, ...rest) : logger.log(message, ...rest),
    error: (message: unknown, ...rest: unknown[]) => logger.error(message, ...rest),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(message, ...rest),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(message, ...rest),
    verbose: (message: unknown, ...rest: unknown[]) => logger.verbose(message, ...rest),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(message, ...rest),
  };
}

/** JSON lines, or short ones for a person at a terminal. Health checks are not worth a line. */
export function loggerOptions(level: string): Params {
  return {
    // appends come by thousands a second; the metrics count them, and what goes wrong there is said by its own logger
    exclude: [{ method: RequestMethod.POST, path: '/api/v1/entries' }],
    pinoHttp: {
      level,
      redact: { paths: REDACTED, censor: '[redacted]' },
      stream: process.stdout.isTTY ? new ShortLines() : process.stdout,
      autoLogging: { ignore: ({ url }) => url?.startsWith('/health/') ?? false },
      customLogLevel: (_request, response, error): Level =>
        error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'info' : 'debug',
      serializers: {
        req: ({ id, method, url }: { id: unknown; method: string; url: string }) => ({ id, method, url }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
    },
  };
}

type Line = {
  readonly level: number;
  readonly time: number;
  readonly context?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
  readonly req?: { readonly method: string; readonly url: string };
  readonly res?: { readonly statusCode: number };
};

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
};

class ShortLines extends Writable {
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const { level, time, context, msg, err, req, res } = JSON.parse(chunk.toString()) as Line;
    const at = new Date(time).toISOString().slice(11, 19);
    const what = req ? `${req.method} ${req.url} ${res?.statusCode ?? ''}` : '';
    const parts = [at, LEVELS[level] ?? level, context, what, msg, err?.message];
    process.stdout.write(`${parts.filter(Boolean).join(' ')}\n`);
    done();
  }
}
