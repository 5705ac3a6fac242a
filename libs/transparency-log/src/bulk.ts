// Many hashes at once: leaf hashes, and nodes over pairs. Lists of hashes are one array, 32 bytes a hash, one after the
// other: a million arrays of 32 bytes would weigh more than the hashes, and cost more than hashing.
import { concat } from '#lib/canonical';
import { LogError } from './errors.ts';
import { leafHash, nodeHash } from './hash.ts';
import { type BulkHasher, laneHasher, RUN_LEVELS, type WasmEngine } from './hash-lanes.ts';

/** One by one, with the same bytes as the fast way. */
export const plainHasher: BulkHasher = {
  leaves: (inputs, to) => {
    for (let at = 0; at < inputs.length; at += 32) to.set(leafHash(inputs.subarray(at, at + 32)), at);
  },
  pairs: (inputs, to) => {
    for (let at = 0; at < inputs.length; at += 64)
      to.set(nodeHash(inputs.subarray(at, at + 32), inputs.subarray(at + 32, at + 64)), at / 2);
  },
  entries: (entries, to) => {
    for (const [at, entry] of entries.entries()) to.set(leafHash(entry), 32 * at);
  },
  run: (inputs, areLeaves) => {
    let level = inputs.slice();
    if (areLeaves) plainHasher.leaves(inputs, level);
    const levels = [level];
    while (levels.length <= RUN_LEVELS) {
      const paired = level.length - (level.length % 64);
      const above = new Uint8Array(32 * Math.ceil(level.length / 64));
      plainHasher.pairs(level.subarray(0, paired), above);
      above.set(level.subarray(paired), paired / 2);
      levels.push(above);
      level = above;
    }
    return concat(...levels);
  },
};

let chosen: BulkHasher | undefined;
/** Chosen at the first use: compiling takes a few milliseconds, which a program that hashes nothing must not pay. */
export function bulkHasher(): BulkHasher {
  chosen ??= laneHasher((globalThis as { WebAssembly?: WasmEngine }).WebAssembly) ?? plainHasher;
  return chosen;
}

/** MTH({d}) of each entry, of whatever length: 32 bytes each. */
export function leafHashes(entries: readonly Uint8Array[]): Uint8Array {
  const hashes = new Uint8Array(32 * entries.length);
  bulkHasher().entries(entries, hashes);
  return hashes;
}

/** As `leafHashes`, the fastest way, for entries of 32 bytes that lie one after the other. @throws LogError `log/malformed-hash` */
export function leafHashesOf32(entries: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(requireMultiple(entries, 32).length);
  bulkHasher().leaves(entries, hashes);
  return hashes;
}

/** The node over each two hashes in turn: 64 bytes in, 32 out. @throws LogError `log/malformed-hash` for an odd number */
export function hashPairs(hashes: Uint8Array): Uint8Array {
  const above = new Uint8Array(requireMultiple(hashes, 64).length / 2);
  bulkHasher().pairs(hashes, above);
  return above;
}

/** Hash number `at` of a list: a view, not a copy. */
export function hashAt(hashes: Uint8Array, at: number): Uint8Array {
  return hashes.subarray(32 * at, 32 * at + 32);
}

export function requireMultiple(bytes: Uint8Array, width: number): Uint8Array {
  if (bytes.length % width === 0) return bytes;
  throw new LogError('log/malformed-hash', `${bytes.length} bytes are no whole number of ${width}`);
}
