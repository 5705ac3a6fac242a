// The secrets of the data folder. Each stands in a file of its own with mode 0600, made once and never overwritten.
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { fromBase64url, toBase64url } from '#lib/canonical';
import { addressOf } from '#lib/evm';
import type { Random } from '../random.ts';
import { readJson, SECRET, writeOnce } from './kept-file.ts';

export type Ed25519KeyFile = { readonly publicKey: string; readonly secretKey: string };
export type ChainKeyFile = { readonly address: string; readonly secretKey: string };

/** Keys of one issuer that the operator holds for it. Base64url of 32 bytes each; the chain key as 0x hex. */
export type IssuerKeyFile = {
  readonly about: string;
  readonly organisation: string;
  readonly signing: Ed25519KeyFile;
  readonly mint: ChainKeyFile;
  /** Pre-committed in the first key entry; belongs into a safe, away from this machine. */
  readonly recovery: Ed25519KeyFile;
};

// PKCS #8 of an Ed25519 seed is this prefix and the seed (RFC 8410 §7)
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A Node key from the 32-byte seed. */
export function ed25519PrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
}

/** The 32 raw bytes of the public key. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const { x } = createPublicKey(ed25519PrivateKey(seed)).export({ format: 'jwk' });
  return fromBase64url(String(x));
}

/** 64-byte signature, RFC 8032. */
export function signEd25519(key: KeyObject, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, key));
}

export function makeEd25519(random: Random): Ed25519KeyFile {
  const seed = random.bytes(32);
  return { publicKey: toBase64url(ed25519PublicKey(seed)), secretKey: toBase64url(seed) };
}

/** A random secp256k1 key; one that is 0 or not below the curve order (chance 2^-128) is drawn again. */
export function makeChainKey(random: Random): ChainKeyFile {
  for (;;) {
    const secret = random.bytes(32);
    try {
      return { address: addressOf(secret), secretKey: `0x${Buffer.from(secret).toString('hex')}` };
    } catch {
      // drawn again
    }
  }
}

/** The key files under `keys/`. */
export class KeyFolder {
  constructor(
    private readonly folder: string,
    private readonly random: Random,
  ) {}

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** The file's content; made by `make` and written when it is not there. */
  async keep<T extends object>(name: string, make: () => T): Promise<T> {
    const path = this.pathOf(name);
    const found = await readJson<T>(path);
    if (found) return found;
    const made = make();
    const isOurs = await writeOnce(path, `${JSON.stringify(made, null, 2)}\n`, SECRET);
    // two at once: the file that is there counts
    return isOurs ? made : ((await readJson<T>(path)) as T);
  }

  /** Signs checkpoints. Losing it ends the log: there is no second one. */
  log(): Promise<Ed25519KeyFile> {
    return this.keep('log.key.json', () => makeEd25519(this.random));
  }

  /** Cosigns checkpoints of other logs. Its name and nothing else of it is in what it signs: it signs nothing else. */
  witness(): Promise<Ed25519KeyFile> {
    return this.keep('witness.key.json', () => makeEd25519(this.random));
  }

  /** Owns the log on chain and pays for the service's transactions. */
  chainOperator(): Promise<ChainKeyFile> {
    return this.keep('chain-operator.json', () => makeChainKey(this.random));
  }

  /** The first API key; its holder makes organisations. */
  operator(): Promise<{ readonly apiKey: string }> {
    return this.keep('operator.key.json', () => ({ apiKey: formatApiKey(this.random.bytes(32)) }));
  }

  async installationSecret(): Promise<Uint8Array> {
    const make = () => ({ secret: toBase64url(this.random.bytes(32)) });
    const { secret } = await this.keep('installation.key.json', make);
    return fromBase64url(secret);
  }

  issuer(slug: string, organisation: string): Promise<IssuerKeyFile> {
    return this.keep(`${slug}.json`, () => ({
      about: 'Keys of one issuer, held by the operator. Keep recovery in a safe and delete it here.',
      organisation,
      signing: makeEd25519(this.random),
      mint: makeChainKey(this.random),
      recovery: makeEd25519(this.random),
    }));
  }

  readIssuer(slug: string): Promise<IssuerKeyFile | null> {
    return readJson<IssuerKeyFile>(this.pathOf(`${slug}.json`));
  }
}

export function formatApiKey(secret: Uint8Array): string {
  return `alk_${toBase64url(secret)}`;
}

/** 32 bytes for one purpose, from the installation's secret (RFC 5869, SHA-256). */
export function deriveSecret(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `anchorleaf ${purpose}`, 32));
}
