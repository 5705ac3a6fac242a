// From anything that was thrown to a problem document (RFC 9457).
import { HttpException } from '@nestjs/common';
import { RefusalError, type RefusalFacts, type RefusalItem } from './refusal.ts';

export type ProblemDocument = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly pointer?: string;
  readonly place?: RefusalFacts['place'];
  readonly errors?: readonly RefusalItem[];
};

/** Codes of the rooms whose status is not 400. A room's refusal is otherwise about what the caller sent. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'canonical/too-large': 413,
  'canonical/too-long': 413,
  'log/entry-too-long': 413,
  'evidence/file-too-large': 413,
  'evidence/unzipped-too-large': 413,
  'evidence/too-many-cells': 413,
  'evidence/blocked': 409,
  'chain/unreachable': 503,
  'batch/duplicate': 409,
  'import/blocked': 409,
  'passport/opinion-required': 409,
};

/** What the framework refuses by itself. */
const FRAMEWORK: Readonly<Record<number, { readonly code: string; readonly remedy: string }>> = {
  400: { code: 'http/bad-request', remedy: 'correct the request as described' },
  401: { code: 'http/unauthenticated', remedy: 'send Authorization: Bearer with an API key' },
  403: { code: 'http/forbidden', remedy: 'use an API key of a role that may do this' },
  404: { code: 'http/not-found', remedy: 'check the address; the API is described at /api/docs' },
  405: { code: 'http/method-not-allowed', remedy: 'use a method that the API description lists' },
  406: { code: 'http/not-acceptable', remedy: 'accept one of the offered media types' },
  413: { code: 'http/too-large', remedy: 'send less: 20 MB a file, 1 MB of JSON' },
  414: { code: 'http/uri-too-long', remedy: 'shorten the address' },
  415: {
    code: 'http/unsupported-media-type',
    remedy: 'send application/json, or multipart/form-data for a file',
  },
  429: { code: 'http/too-many-requests', remedy: 'wait as long as Retry-After says' },
  503: { code: 'http/unavailable', remedy: 'try again later' },
};

const ROOM_CODE = /^[a-z][a-z0-9-]*\/[a-z0-9-]+$/;

type Coded = Error & {
  readonly code: string;
  readonly pointer?: unknown;
  readonly place?: unknown;
  readonly remedy?: unknown;
};

/** A refusal of one of the rooms: an Error with a `room/what` code. */
function isRoomError(error: unknown): error is Coded {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && ROOM_CODE.test(error.code)
  );
}

/** Null: not a refusal but a bug of ours. */
export function refusalOf(error: unknown): RefusalFacts | null {
  if (error instanceof RefusalError) return error;
  if (isRoomError(error)) return roomRefusal(error);
  if (isDatabaseGone(error)) return DATABASE_GONE;
  const status = error instanceof HttpException ? error.getStatus() : frameworkStatus(error);
  const known = status === null ? undefined : FRAMEWORK[status];
  if (!known || status === null) return null;
  return { status, code: known.code, detail: (error as Error).message, remedy: known.remedy };
}

function roomRefusal(error: Coded): RefusalFacts {
  return {
    status: STATUS_OF[error.code] ?? 400,
    code: error.code,
    detail: error.message,
    remedy: typeof error.remedy === 'string' ? error.remedy : remedyIn(error.message),
    ...(typeof error.pointer === 'string' && error.pointer !== '' && { pointer: error.pointer }),
    ...(typeof error.place === 'object' && error.place !== null && { place: error.place }),
  };
}

/** Node's and PostgreSQL's codes (class 08, 53, 57) for a server that is not there, full or going down. */
const GONE =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08\d{3}|53\d{3}|57P0[123])$|^Connection terminated|^timeout exceeded when trying to connect/;

const DATABASE_GONE: RefusalFacts = {
  status: 503,
  code: 'http/unavailable',
  detail: 'the database does not answer at present',
  remedy: 'send the same request again shortly; with an Idempotency-Key it is done once',
  retryAfterSeconds: 2,
};

function isDatabaseGone(error: unknown): boolean {
  const { code, message, driverError } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    driverError?: unknown;
  };
  if (driverError !== undefined) return isDatabaseGone(driverError);
  return [code, message].some((text) => typeof text === 'string' && GONE.test(text));
}

/** Rooms end their sentences with what can be done: `…; write its 18 digits`. */
function remedyIn(message: string): string {
  const at = message.lastIndexOf('; ');
  return at < 0 ? 'correct the value that the detail names and send again' : message.slice(at + 2);
}

/** Fastify's own errors carry `statusCode`; 5xx of those are bugs. */
function frameworkStatus(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

export function problemDocument(facts: RefusalFacts, publicUrl: string): ProblemDocument {
  return {
    type: `${publicUrl}/problems/${facts.code}`,
    title: titleOf(facts.code),
    status: facts.status,
    code: facts.code,
    detail: facts.detail,
    remedy: facts.remedy,
    ...(facts.pointer !== undefined && { pointer: facts.pointer }),
    ...(facts.place && { place: facts.place }),
    ...(facts.errors && { errors: facts.errors }),
  };
}

/** `http/idempotency-mismatch` → `Http: idempotency mismatch`: the same for every occurrence, as RFC 9457 §3.1.3 asks. */
function titleOf(code: string): string {
  const [room = '', what = ''] = code.split('/');
  return `${room.charAt(0).toUpperCase()}${room.slice(1)}: ${what.replaceAll('-', ' ')}`;
}

/** What the outside hears of a bug; the log has the rest under the request id. */
export function bugRefusal(requestId: string): RefusalFacts {
  return {
    status: 500,
    code: 'http/bug',
    detail: `something went wrong on our side, request ${requestId}`,
    remedy: 'try again; if it stays, tell the operator the request number',
  };
}
