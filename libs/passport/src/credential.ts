// A credential secured as VC-JOSE-COSE §3.1: compact JWS, `typ` vc+jwt, the credential itself as payload.
import {
  canonicalBytes,
  canonicalize,
  fromBase64url,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrict,
  toBase64url,
  utf8,
} from '#lib/canonical';
import { PassportError } from './errors.ts';

/** A read credential. `signingInput` and `signature` are for the signature check, which needs the issuer's key. */
export interface Credential {
  readonly kid: string;
  readonly payload: JsonObject;
  readonly signingInput: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

const MAX_BYTES = 262_144;

/**
 * @param kid full DID URL of the key
 * @param sign Ed25519 over the signing input, 64 bytes
 */
export async function issueCredential(
  payload: JsonObject,
  kid: string,
  sign: (signingInput: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<string> {
  const header = canonicalBytes({ alg: 'EdDSA', cty: 'vc', kid, typ: 'vc+jwt' });
  const input = `${toBase64url(header)}.${toBase64url(canonicalBytes(payload))}`;
  return `${input}.${toBase64url(await sign(utf8(input)))}`;
}

/**
 * Reads and refuses what VC-JOSE-COSE and RFC 8725 tell to refuse; does not check the signature.
 * @throws PassportError with the reason; attacker-controlled input
 */
export function readCredential(jwt: string): Credential {
  if (jwt.length > MAX_BYTES) throw malformed(`it has ${jwt.length} characters, more than ${MAX_BYTES}`);
  const parts = jwt.split('.');
  const [head, body, tail] = parts;
  if (parts.length !== 3 || !head || !body || !tail) throw malformed(`it has ${parts.length} parts, not 3`);
  const header = readObject(head, 'header');
  if (header.typ !== 'vc+jwt')
    throw new PassportError('passport/wrong-typ', `typ is ${shown(header.typ)}, not vc+jwt`);
  if (header.alg !== 'EdDSA')
    throw new PassportError('passport/wrong-alg', `alg is ${shown(header.alg)}, not EdDSA`);
  if ('crit' in header || 'jwk' in header || 'x5c' in header || 'jku' in header)
    throw new PassportError(
      'passport/forbidden-claim',
      'the header brings its own key or critical extensions',
    );
  const payload = readObject(body, 'payload');
  if ('vc' in payload || 'vp' in payload)
    throw new PassportError(
      'passport/forbidden-claim',
      'the payload holds a vc or vp claim (VC-JOSE-COSE §3.1.1)',
    );
  const issuer = isJsonObject(payload.issuer) ? payload.issuer.id : payload.issuer;
  const kid = header.kid;
  if (typeof kid !== 'string' || typeof issuer !== 'string' || !kid.startsWith(`${issuer}#`))
    throw new PassportError(
      'passport/wrong-kid',
      `kid ${shown(kid)} is no key of the issuer ${shown(issuer)}`,
    );
  const signature = decode(tail, 'signature');
  if (signature.length !== 64) throw malformed(`the signature has ${signature.length} bytes, not 64`);
  return { kid, payload, signingInput: utf8(`${head}.${body}`), signature };
}

function readObject(part: string, what: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseStrict(decode(part, what), { maxBytes: MAX_BYTES, maxDepth: 32 });
  } catch (cause) {
    throw malformed(`its ${what} is not JSON`, cause);
  }
  if (!isJsonObject(value)) throw malformed(`its ${what} is no object`);
  return value;
}

function decode(part: string, what: string): Uint8Array {
  try {
    return fromBase64url(part);
  } catch (cause) {
    throw malformed(`its ${what} is not base64url`, cause);
  }
}

const shown = (value: JsonValue | undefined): string =>
  value === undefined ? 'missing' : canonicalize(value).slice(0, 80);

const malformed = (why: string, cause?: unknown) =>
  new PassportError('passport/malformed-credential', `the credential is malformed: ${why}`, { cause });
