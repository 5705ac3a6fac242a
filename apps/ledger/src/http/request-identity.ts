import { createHmac } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { canonicalBytes, type JsonValue, sha256, toHex } from '#lib/canonical';
import { formatUuid } from '../random.ts';
import type { CalledRequest } from './caller.ts';
import { RefusalError } from './refusal.ts';

/**
 * What makes a repeated POST the same POST. With an `Idempotency-Key` the id of the row to be made is a function of
 * organisation, route and key, so a retry after a crash finds the row it made; without a key it is random.
 */
export type RequestIdentityFacts = {
  /** uuid: take it as the primary key of the row this request makes. */
  readonly id: string;
  /** Was there an `Idempotency-Key`? Without one no row can be found under `id`. */
  readonly keyed: boolean;
  /** SHA-256 hex of the canonical JSON body; null for a body that is not JSON (a file: hash it yourself). */
  readonly bodyHash: string | null;
};

export type IdentitySource = { readonly secret: Uint8Array; readonly randomUuid: () => string };

/** Where the decorator finds secret and randomness: set on each request by the platform. */
export type IdentifiedRequest = CalledRequest & { identitySource?: IdentitySource };

const MAX_KEY_LENGTH = 200;

/** @throws RefusalError `http/idempotency-key` when the key is not 1 to 200 printable ASCII characters */
export function identify(
  source: IdentitySource,
  request: { organisation: string; route: string; key: string | undefined; body: unknown },
): RequestIdentityFacts {
  const { organisation, route, key, body } = request;
  const bodyHash = body === undefined || Buffer.isBuffer(body) ? null : hashBody(body);
  if (key === undefined) return { id: source.randomUuid(), keyed: false, bodyHash };
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > MAX_KEY_LENGTH)
    throw new RefusalError({
      status: 400,
      code: 'http/idempotency-key',
      detail: `Idempotency-Key has ${key.length} characters or others than printable ASCII`,
      remedy: `send 1 to ${MAX_KEY_LENGTH} printable ASCII characters without spaces, for instance a UUID`,
    });
  const mac = createHmac('sha256', source.secret).update(`${organisation}|${route}|${key}`).digest();
  return { id: formatUuid(mac, 8), keyed: true, bodyHash };
}

function hashBody(body: unknown): string {
  return toHex(sha256(canonicalBytes(body as JsonValue)));
}

/**
 * The row of this id exists already. Same body: go on and answer from the row. Other body: refused.
 * @throws RefusalError 422 `http/idempotency-mismatch`
 */
export function requireSameRequest(storedBodyHash: string | null, bodyHash: string | null): void {
  if (storedBodyHash === bodyHash) return;
  throw new RefusalError({
    status: 422,
    code: 'http/idempotency-mismatch',
    detail: 'this Idempotency-Key was used before with another body',
    remedy: 'repeat the first body, or send a new key for a new request',
  });
}

/** `@RequestIdentity() identity: RequestIdentityFacts` */
export const RequestIdentity = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestIdentityFacts => {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    if (!request.identitySource)
      throw new Error('the request has no identity source: is the platform hook installed?');
    const key = request.headers['idempotency-key'];
    return identify(request.identitySource, {
      organisation: request.caller?.organisation ?? 'public',
      route: `${request.method} ${request.url.split('?', 1)[0]}`,
      key: Array.isArray(key) ? key.join(',') : key,
      body: request.headers['content-type']?.startsWith('multipart/') ? undefined : request.body,
    });
  },
);
