import { randomBytes } from 'node:crypto';

/** Randomness, as an argument: tests pass their own. Inject by this class. */
export abstract class Random {
  abstract bytes(count: number): Uint8Array;

  /** A random row id, RFC 9562 version 4. */
  uuid(): string {
    return formatUuid(this.bytes(16), 4);
  }
}

export class SystemRandom extends Random {
  override bytes(count: number): Uint8Array {
    return new Uint8Array(randomBytes(count));
  }
}

/** 16 bytes as a UUID of this version (RFC 9562 §4; 6 bits are overwritten by version and variant). */
export function formatUuid(bytes: Uint8Array, version: 4 | 8): string {
  const uuid = Buffer.from(bytes.subarray(0, 16));
  uuid[6] = (uuid[6]! & 0x0f) | (version << 4);
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  const hex = uuid.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
