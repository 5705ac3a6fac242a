// Bytes as `0x…` text: the "DATA" encoding of the Ethereum JSON-RPC specification. A byte is two digits,
// nothing is `0x`. We write lower case and read both cases.
import { fromHex, toHex } from '#lib/canonical';
import { EvmError, shown } from './errors.ts';

/** `0x` and two lower-case digits a byte. */
export function formatData(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}

/**
 * The bytes of `0x…` text, exactly `length` of them when given.
 * @throws EvmError `evm/malformed-data`
 */
export function parseData(text: string, length?: number): Uint8Array {
  if (typeof text !== 'string' || !/^0x([0-9a-f]{2})*$/i.test(text))
    throw new EvmError('evm/malformed-data', `expected 0x and pairs of hex digits, got ${shown(text)}`);
  const size = text.length / 2 - 1;
  if (length !== undefined && size !== length)
    throw new EvmError('evm/malformed-data', `expected ${length} bytes, got ${size}: ${shown(text)}`);
  return fromHex(text.slice(2).toLowerCase());
}
