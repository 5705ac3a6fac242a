// The Merkle tree hash. RFC 9162 §2.1.1 (the same as RFC 6962 §2.1), SHA-256.
import { sha256 } from '#lib/canonical';
import { LogError } from './errors.ts';

/** MTH({}) = SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = /* @__PURE__ */ sha256(new Uint8Array(0));

/** Is this a 32-byte hash? Everything that reaches a check is attacker-controlled, so its form is asked first. */
export function isHash(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array).length === 32 && value.byteLength === 32;
}

/** @throws LogError `log/malformed-hash` */
export function requireHash(value: unknown): Uint8Array {
  if (isHash(value)) return value;
  const got = ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : typeof value;
  throw new LogError('log/malformed-hash', `a hash has 32 bytes, got ${got}`);
}

/** MTH({d}) = SHA-256(0x00 ‖ d). */
export function leafHash(entry: Uint8Array): Uint8Array {
  const data = new Uint8Array(1 + entry.length);
  data.set(entry, 1);
  return sha256(data);
}

/** MTH(left ‖ right) = SHA-256(0x01 ‖ MTH(left) ‖ MTH(right)). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const data = new Uint8Array(65);
  data[0] = 1;
  data.set(left, 1);
  data.set(right, 33);
  return sha256(data);
}

/** The root over leaf hashes in order. Level by level; an odd last hash moves up as it is, never doubled. */
export function treeHash(leafHashes: readonly Uint8Array[]): Uint8Array {
  let level = leafHashes.map((hash) => requireHash(hash));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array;
      const right = level[at + 1];
      above.push(right ? nodeHash(left, right) : left);
    }
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}
