// ECDSA over secp256k1 as the EVM's contracts take it: 65 bytes r ‖ s ‖ v, v 27 or 28, s in the lower half (EIP-2).
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { addressOfPublicKey } from './address.ts';
import { formatData, parseData } from './data.ts';

/**
 * The checksummed address whose key signed this 32-byte digest, or null when the text is no such signature:
 * other length, v other than 27 and 28, r or s out of range, high s, no such point. Any well-formed
 * signature recovers *some* address, so the caller compares it with the one expected.
 */
export function recoverAddress(digest: Uint8Array, signature: string): string | null {
  if (digest.length !== 32) throw new Error(`a digest has 32 bytes, got ${digest.length}`);
  try {
    const bytes = parseData(signature, 65); // attacker-controlled
    const v = bytes[64];
    if (v !== 27 && v !== 28) return null;
    const parsed = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact');
    // OpenZeppelin's ECDSA refuses a high s; a checker that took one would accept what the contract refuses
    if (parsed.hasHighS()) return null;
    return addressOfPublicKey(
      parsed
        .addRecoveryBit(v - 27)
        .recoverPublicKey(digest)
        .toBytes(false),
    );
  } catch {
    return null;
  }
}

/** Sign a 32-byte digest: deterministic (RFC 6979), low s. Gives `0x` and 65 bytes r ‖ s ‖ v. */
export function signDigest(digest: Uint8Array, secretKey: Uint8Array): string {
  if (digest.length !== 32) throw new Error(`a digest has 32 bytes, got ${digest.length}`);
  const signed = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' }); // recovery ‖ r ‖ s
  const bytes = new Uint8Array(65);
  bytes.set(signed.subarray(1));
  bytes[64] = 27 + (signed[0] ?? 0);
  return formatData(bytes);
}
