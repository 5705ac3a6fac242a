import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Directives of a Content-Security-Policy; what a page needs beyond the default is named by the page. */
export type PolicyDirectives = Readonly<Record<string, string>>;

const DEFAULT_POLICY: PolicyDirectives = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** The default policy with some directives replaced, as a header value. */
export function contentSecurityPolicy(directives: PolicyDirectives = {}): string {
  return Object.entries({ ...DEFAULT_POLICY, ...directives })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** Readable from any other site: what a checker hosted elsewhere must be able to fetch. */
const OPEN_PATHS =
  /^\/(log|witness|rpc|o|passports|verify|01|id|problems|\.well-known)(\/|$)|^\/api\/v1\/verify$/;
/** The API description runs its own page. */
const DOCS_PATH = /^\/api\/docs/;

const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? '';

export function installHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!OPEN_PATHS.test(pathOf(request))) {
      done();
      return;
    }
    void reply.header('Access-Control-Allow-Origin', '*');
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    void reply
      .status(204)
      .header('Access-Control-Allow-Methods', 'GET, HEAD, POST')
      .header('Access-Control-Allow-Headers', 'content-type, accept')
      .header('Access-Control-Max-Age', '86400')
      .send();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    setDefaults(request, reply);
    done(null, payload);
  });
}

function setDefaults(request: FastifyRequest, reply: FastifyReply): void {
  const defaults: Record<string, string> = {
    'Content-Security-Policy': DOCS_PATH.test(pathOf(request))
      ? contentSecurityPolicy({ 'style-src': "'self' 'unsafe-inline'" })
      : contentSecurityPolicy(),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Permissions-Policy': 'camera=(self), geolocation=(), microphone=()',
  };
  for (const [name, value] of Object.entries(defaults))
    if (!reply.hasHeader(name)) void reply.header(name, value);
}
