// The root computed a second time, on other code: another way to fold, another SHA-256, entries hashed anew. A flipped
// bit or a bug in one of the two must not become a signed head. RFC 9162 §2.1.1.
import { hash } from 'node:crypto';

const NODE = Buffer.alloc(65, 1);

function sha256Leaf(entry: Uint8Array): Uint8Array {
  const data = Buffer.allocUnsafe(1 + entry.length);
  data[0] = 0;
  data.set(entry, 1);
  return hash('sha256', data, 'buffer');
}

function sha256Node(left: Uint8Array, right: Uint8Array): Uint8Array {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return hash('sha256', NODE, 'buffer');
}

/** A complete subtree of 2^height leaves. */
type Peak = { readonly height: number; readonly hash: Uint8Array };

/**
 * The root of a log that held `size` entries, whose complete subtrees had these hashes (largest first), after these
 * entries were added.
 */
export function rootAgain(
  size: bigint,
  subtrees: readonly Uint8Array[],
  added: readonly Uint8Array[],
): Uint8Array {
  const peaks: Peak[] = [...size.toString(2)]
    .map((bit, at, bits) => ({ bit, height: bits.length - 1 - at }))
    .filter(({ bit }) => bit === '1')
    .map(({ height }, at) => ({ height, hash: subtrees[at] as Uint8Array }));
  for (const entry of added) {
    let peak: Peak = { height: 0, hash: sha256Leaf(entry) };
    while (peaks.at(-1)?.height === peak.height) {
      const left = peaks.pop() as Peak;
      peak = { height: peak.height + 1, hash: sha256Node(left.hash, peak.hash) };
    }
    peaks.push(peak);
  }
  let root = peaks.pop()?.hash ?? hash('sha256', '', 'buffer');
  for (let left = peaks.pop(); left; left = peaks.pop()) root = sha256Node(left.hash, root);
  return root;
}
