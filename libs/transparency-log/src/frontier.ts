// The frontier: all a log must keep to grow. One hash for each set bit of the size, the largest subtree first;
// adding a leaf carries like adding 1 in binary.
import { concat } from '#lib/canonical';
import { LogError } from './errors.ts';
import { EMPTY_ROOT, nodeHash, requireHash } from './hash.ts';
import { foldHashes, type NodeRef } from './nodes.ts';

/** `hashes` are those of `rootPlan(size)`, left to right; none for size 0. */
export type Frontier = { readonly size: bigint; readonly hashes: readonly Uint8Array[] };

/** A complete subtree that did not exist before, to be stored for good. */
export type CompletedNode = NodeRef & { readonly hash: Uint8Array };

export function emptyFrontier(): Frontier {
  return { size: 0n, hashes: [] };
}

/**
 * The frontier with one leaf more, and the nodes that this leaf completes, lowest (the leaf itself) first.
 * @throws LogError `log/malformed-hash`, `log/size-out-of-range` when the log is full
 */
export function appendLeaf(
  frontier: Frontier,
  leafHash: Uint8Array,
): { readonly frontier: Frontier; readonly completed: readonly CompletedNode[] } {
  const { size } = frontier;
  if (size + 1n >= 1n << 64n) throw new LogError('log/size-out-of-range', `a log of ${size} entries is full`);
  const hashes = [...frontier.hashes];
  let hash = requireHash(leafHash);
  const completed = [{ level: 0, index: size, hash }];
  for (let level = 0; (size >> BigInt(level)) & 1n; level++) {
    hash = nodeHash(hashes.pop() as Uint8Array, hash);
    completed.push({ level: level + 1, index: size >> BigInt(level + 1), hash });
  }
  hashes.push(hash);
  return { frontier: { size: size + 1n, hashes }, completed };
}

/** The root of the log; EMPTY_ROOT for size 0. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  return frontier.size === 0n ? EMPTY_ROOT : foldHashes(frontier.hashes);
}

/** 8 bytes of size, big-endian, then the hashes: 8 + 32·(set bits of the size) bytes. */
export function encodeFrontier(frontier: Frontier): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, frontier.size);
  return concat(size, ...frontier.hashes);
}

/** @throws LogError `log/malformed-frontier` */
export function decodeFrontier(bytes: Uint8Array): Frontier {
  const size = bytes.length < 8 ? 0n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  const count = size.toString(2).replaceAll('0', '').length;
  if (bytes.length !== 8 + 32 * count)
    throw new LogError(
      'log/malformed-frontier',
      `${bytes.length} bytes are no frontier of a log of size ${size}`,
    );
  return { size, hashes: Array.from({ length: count }, (_, at) => bytes.slice(8 + 32 * at, 40 + 32 * at)) };
}
