// A content id names bytes by their SHA-256 (FIPS 180-4).
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { fromHex, toHex } from './bytes.ts';
import { CanonicalError, shown } from './errors.ts';

/** `sha256:` and 64 lower-case hex digits. */
export type ContentId = `sha256:${string}`;

const CONTENT_ID = /^sha256:[0-9a-f]{64}$/;

/** 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

export function contentId(bytes: Uint8Array): ContentId {
  return `sha256:${toHex(nobleSha256(bytes))}`;
}

export function isContentId(value: unknown): value is ContentId {
  return typeof value === 'string' && CONTENT_ID.test(value);
}

/** The 32 bytes in a content id, for instance as a `bytes32`. Throws `canonical/bad-encoding`. */
export function contentIdBytes(id: string): Uint8Array {
  if (!isContentId(id))
    throw new CanonicalError('canonical/bad-encoding', `${shown(id)} is not a content id`);
  return fromHex(id.slice(7));
}
