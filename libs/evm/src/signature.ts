// ECDSA over secp256k1 as the EVM's contracts take it: 65 bytes r ‖ s ‖ v, v 27 or 28, s in the lower half (EIP-2).
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { concat } from '#lib/canonical';
import { addressOfPublicKey } from './address.ts';
import { CURVE_ORDER, Point } from './curve.ts';
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
    const r = BigInt(formatData(bytes.subarray(0, 32)));
    const s = BigInt(formatData(bytes.subarray(32, 64)));
    const v = bytes[64];
    if ((v !== 27 && v !== 28) || r === 0n || r >= CURVE_ORDER || s === 0n) return null;
    // OpenZeppelin's ECDSA refuses a high s; a checker that took one would accept what the contract refuses
    if (s > CURVE_ORDER >> 1n) return null;
    // SEC 1 §4.1.6: Q = r^-1·(s·R - e·G), R the point with x = r and the parity that v names. That x may also have been
    // r + n is left out, as in the EVM's precompile.
    const R = Point.fromBytes(concat(new Uint8Array([v - 25]), bytes.subarray(0, 32)));
    const { Fn, BASE } = Point;
    const inverse = Fn.inv(r);
    const e = Fn.create(BigInt(formatData(digest)));
    const Q = mulAddUnsafe(Point, [R, BASE], [Fn.mul(s, inverse), Fn.mul(Fn.neg(e), inverse)]);
    return addressOfPublicKey(Q.toBytes(false)); // the point at infinity has no bytes, so it throws
  } catch {
    return null;
  }
}
