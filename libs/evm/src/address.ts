// Keccak-256 and addresses. Yellow Paper, appendix F (address = last 20 bytes of the key's hash); EIP-55 (checksum).
import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex, utf8 } from '#lib/canonical';
import { Point } from './curve.ts';
import { formatData } from './data.ts';
import { EvmError, shown } from './errors.ts';

/** Keccak-256 as Ethereum uses it (the padding of before FIPS 202), 32 bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes);
}

/**
 * The EIP-55 form of an address. Takes one letter case throughout, or a mixed case that is right.
 * @throws EvmError `evm/malformed-address`
 */
export function checksumAddress(address: string): string {
  if (typeof address !== 'string' || !/^0x[0-9a-f]{40}$/i.test(address))
    throw new EvmError('evm/malformed-address', `expected 0x and 40 hex digits, got ${shown(address)}`);
  const digits = address.slice(2);
  const lower = digits.toLowerCase();
  const hash = toHex(keccak256(utf8(lower)));
  // EIP-55: a letter is upper case when the hash digit at its place is 8 or more
  const mixed = lower.replace(/[a-f]/g, (letter, at: number) =>
    hash.charCodeAt(at) >= 56 /* '8' */ ? letter.toUpperCase() : letter,
  );
  if (digits !== lower && digits !== mixed && digits !== digits.toUpperCase())
    throw new EvmError(
      'evm/malformed-address',
      `wrong letter case in address ${address}: a digit is mistyped, or write it all in lower case`,
    );
  return `0x${mixed}`;
}

/** Do two texts name one address? Neither needs its checksum; a malformed one equals nothing. */
export function sameAddress(a: string, b: string): boolean {
  return /^0x[0-9a-f]{40}$/i.test(a) && a.toLowerCase() === b.toLowerCase();
}

/** The checksummed address of an uncompressed public key (65 bytes, 0x04 first). */
export function addressOfPublicKey(publicKey: Uint8Array): string {
  return checksumAddress(formatData(keccak256(publicKey.subarray(1)).subarray(12)));
}

/** The checksummed address of a 32-byte secret key; a key that is 0 or not below the curve order is a bug of the caller. */
export function addressOf(secretKey: Uint8Array): string {
  return addressOfPublicKey(Point.BASE.multiply(Point.Fn.fromBytes(secretKey)).toBytes(false));
}
