// What an entry from outside must be beyond its form: its issuer's own, and signed with the issuer's key in force.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fromBase64url } from '#lib/canonical';
import { type Entry, isSignedKind, signingBytes } from '#lib/record';
import type { CallerIdentity } from '../http/caller.ts';
import { RefusalError } from '../http/refusal.ts';
import { onLine } from './append-body.ts';
import type { CheckedEntry } from './entry-checks.ts';

/** Their authority is not a caller's: keys come with their organisation, the rest is said by the chain or by this service. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  'key/v1',
  'opinion/v1',
  'registration/v1',
  'status/v1',
  'method/v1',
  'page/v1',
]);

type KeyInForce = { readonly kid: string; readonly key: KeyObject };

const REMEMBER_MS = 5_000;
const REMEMBER_MOST = 1_000;
// off the main thread: OpenSSL takes longer over one signature than all else about an entry together
const verifyAside = promisify(verify);

function refused(status: number, code: string, detail: string, remedy: string): RefusalError {
  return new RefusalError({ status, code, detail, remedy });
}

@Injectable()
export class AppendChecks {
  private readonly seen = new Map<string, { readonly key: KeyInForce | null; readonly until: number }>();

  constructor(private readonly database: DataSource) {}

  /**
   * @param isOneEntry the body is an entry, not lines of them
   * @throws RefusalError 403 `log/other-issuer`; 400 `log/kind-not-taken`, `log/unknown-signer`, `log/bad-signature`
   */
  async requireOwn(
    caller: CallerIdentity,
    entries: readonly CheckedEntry[],
    isOneEntry: boolean,
  ): Promise<void> {
    const lineOf = (at: number) => (isOneEntry ? null : at + 1);
    let hasSigned = false;
    for (const [at, { entry }] of entries.entries()) {
      if (entry.issuer !== caller.did || NOT_TAKEN.has(entry.kind))
        onLine(lineOf(at), () => requireIssuer(entry, caller));
      hasSigned ||= isSignedKind(entry.kind);
    }
    if (!hasSigned) return;
    const key = await this.keyOf(caller.organisation);
    const signed = [...entries.entries()].filter(([, { entry }]) => isSignedKind(entry.kind));
    const holds = await Promise.all(
      signed.map(async ([at, { entry }]) => {
        const inForce = onLine(lineOf(at), () => requireSigner(entry, key));
        return verifyAside(null, signingBytes(entry), inForce.key, fromBase64url(entry.sig?.value ?? ''));
      }),
    );
    const bad = signed[holds.indexOf(false)];
    if (!bad) return;
    const [at, { entry }] = bad;
    onLine(lineOf(at), () => {
      throw refused(
        400,
        'log/bad-signature',
        `the signature of ${entry.sig?.kid} does not hold`,
        'sign utf8("anchorleaf/entry/v1\\n") and the canonical bytes of the entry without sig',
      );
    });
  }

  /** The newest key of the organisation; null when it has none. A new key counts after some seconds at the latest. */
  private async keyOf(organisation: string): Promise<KeyInForce | null> {
    const remembered = this.seen.get(organisation);
    const now = Date.now();
    if (remembered && remembered.until > now) return remembered.key;
    const [row] = (await this.database.query(
      'select kid, public_key from issuer_key where organisation = $1 order by sequence desc limit 1',
      [organisation],
    )) as { kid: string; public_key: string }[];
    const key = row ? { kid: row.kid, key: publicKeyOf(row.public_key) } : null;
    if (this.seen.size >= REMEMBER_MOST) this.seen.clear();
    this.seen.set(organisation, { key, until: now + REMEMBER_MS });
    return key;
  }
}

function publicKeyOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function requireIssuer({ kind, issuer }: Entry, { did }: CallerIdentity): void {
  if (issuer !== did)
    throw refused(
      403,
      'log/other-issuer',
      `the entry's issuer is ${issuer}, the API key belongs to ${did}`,
      'send entries of your own organisation',
    );
  throw refused(
    400,
    'log/kind-not-taken',
    `an entry of kind ${kind} comes by its own way and is not taken here`,
    'keys come with their organisation, opinions and registrations by their routes, the rest by itself',
  );
}

function requireSigner({ sig, issuer }: Entry, key: KeyInForce | null): KeyInForce {
  if (key !== null && sig?.alg === 'EdDSA' && sig.kid === key.kid) return key;
  throw refused(
    400,
    'log/unknown-signer',
    `the entry names the key ${sig?.kid}, in force for ${issuer} is ${key?.kid ?? 'none'}`,
    'sign with the key in force',
  );
}
