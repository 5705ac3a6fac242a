// Items of a batch: a salted serial tree. The root stands in the passport document; a leaf tells nothing without its
// salt, so serials cannot be enumerated. Leaf data go through the RFC 9162 leaf and node hashes of #lib/transparency-log.
import { canonicalBytes, fromBase64url } from '#lib/canonical';

/** Bytes under the leaf hash of one item: JCS([serial, salt]), salt = base64url of 16 random bytes. */
export function itemLeafData(serial: string, salt: string): Uint8Array {
  const bytes = fromBase64url(salt);
  if (bytes.length !== 16) throw new Error(`an item salt has 16 bytes, not ${bytes.length}`);
  return canonicalBytes([serial, salt]);
}
