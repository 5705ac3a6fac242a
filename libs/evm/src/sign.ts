// Signing, for servers and tests: a checker never reaches this file.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { formatData } from './data.ts';

/** Sign a 32-byte digest: deterministic (RFC 6979), low s. Gives `0x` and 65 bytes r ‖ s ‖ v. */
export function signDigest(digest: Uint8Array, secretKey: Uint8Array): string {
  if (digest.length !== 32) throw new Error(`a digest has 32 bytes, got ${digest.length}`);
  const signed = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' }); // recovery ‖ r ‖ s
  const recovery = signed[0] as number;
  return formatData(new Uint8Array([...signed.subarray(1), 27 + recovery]));
}
