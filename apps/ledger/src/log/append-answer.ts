// What a caller gets for its entries: where they stand, and proofs that need nothing more of us.
import { toBase64 } from '#lib/canonical';
import type { Sequenced } from './batch-commit.ts';

export type AppendAnswer = {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The signed note of this head. */
  readonly checkpoint: string;
  readonly entries: readonly (Sequenced & { readonly proof: readonly Uint8Array[] })[];
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

// proofs of one batch share most of their hashes, also those of other requests: each is encoded once
const texts = new WeakMap<Uint8Array, string>();

function textOf(hash: Uint8Array): string {
  const known = texts.get(hash);
  if (known !== undefined) return known;
  const text = `"${Buffer.from(hash.buffer, hash.byteOffset, 32).toString('base64')}"`;
  texts.set(hash, text);
  return text;
}

/**
 * JSON: whole numbers as decimal strings, hashes in base64 and the leaf hash in hex, as elsewhere. Written by
 * hand, for there may be ten thousand proofs.
 */
export function formatAnswer({ size, root, checkpoint, entries }: AppendAnswer): string {
  const places = entries.map(
    ({ index, leafHash, proof }) =>
      `{"index":"${index}","leafHash":"${hex(leafHash)}","proof":[${proof.map(textOf).join(',')}]}`,
  );
  return `{"size":"${size}","root":"${toBase64(root)}","checkpoint":${JSON.stringify(checkpoint)},"entries":[${places.join(',')}]}`;
}
