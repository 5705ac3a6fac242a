// Contract ABI (Solidity documentation, "Contract ABI Specification"), the part our view functions need:
// uintN, address, bool, bytesN, tuples of these, and dynamic arrays of either. Solidity's own encoding is
// canonical; we read nothing else, so a node cannot say one thing in two ways.
import { concat, toHex, utf8 } from '#lib/canonical';
import { checksumAddress, keccak256 } from './address.ts';
import { formatData, parseData } from './data.ts';
import { EvmError, shown } from './errors.ts';

/** uintN: bigint or decimal text · address, bytesN: `0x…` · bool: boolean · arrays and tuples: arrays. */
export type AbiValue = bigint | string | boolean | readonly AbiValue[];

/** What decoding gives: uintN bigint, bool boolean, address checksummed, bytesN lower-case `0x…`. */
export type Decoded<T extends string> = T extends `${infer E}[]`
  ? readonly Decoded<E>[]
  : T extends `(${string})`
    ? readonly AbiValue[]
    : T extends `uint${string}`
      ? bigint
      : T extends 'bool'
        ? boolean
        : string;

type WordKind = { readonly kind: 'uint' | 'bytes' | 'address' | 'bool'; readonly bits: number };

/** A static type of one word, or undefined. uintN: N a multiple of 8 up to 256; bytesN: N from 1 to 32. */
function wordKind(type: string): WordKind | undefined {
  if (type === 'bool') return { kind: 'bool', bits: 8 };
  if (type === 'address') return { kind: 'address', bits: 160 };
  const [, kind, digits] = /^(uint|bytes)([1-9]\d{0,2})$/.exec(type) ?? [];
  const bits = Number(digits) * (kind === 'bytes' ? 8 : 1);
  return (kind === 'uint' || kind === 'bytes') && bits % 8 === 0 && bits <= 256 ? { kind, bits } : undefined;
}

const unknownType = (type: string) =>
  new EvmError('evm/unknown-type', `type ${shown(type)} is not one of uintN, bytesN, address, bool`);

const wrongValue = (type: string, value: unknown) =>
  new EvmError('evm/value-out-of-range', `${shown(value)} is not a value of type ${type}`);

/** 32 bytes, big-endian. */
function uintWord(value: bigint): Uint8Array {
  return parseData(`0x${value.toString(16).padStart(64, '0')}`, 32);
}

function wordToUint(word: Uint8Array): bigint {
  return BigInt(formatData(word));
}

/**
 * One value of a static elementary type as one 32-byte word.
 * @throws EvmError `evm/unknown-type`, `evm/value-out-of-range`, `evm/malformed-data`, `evm/malformed-address`
 */
export function encodeWord(type: string, value: AbiValue | undefined): Uint8Array {
  const word = wordKind(type);
  if (!word) throw unknownType(type);
  const { kind, bits } = word;
  if (kind === 'bool') {
    if (typeof value !== 'boolean') throw wrongValue(type, value);
    return uintWord(value ? 1n : 0n);
  }
  if (kind === 'uint') {
    const decimal = typeof value === 'string' && /^(0|[1-9]\d{0,77})$/.test(value);
    const uint = decimal ? BigInt(value) : value;
    if (typeof uint !== 'bigint' || uint < 0n || uint >> BigInt(bits)) throw wrongValue(type, value);
    return uintWord(uint);
  }
  if (typeof value !== 'string') throw wrongValue(type, value);
  if (kind === 'address') return concat(new Uint8Array(12), parseData(checksumAddress(value)));
  return concat(parseData(value, bits / 8), new Uint8Array(32 - bits / 8));
}

function decodeWord(type: string, word: Uint8Array): bigint | string | boolean {
  const { kind, bits } = wordKind(type) ?? { kind: undefined, bits: 0 };
  if (!kind) throw unknownType(type);
  const value = kind === 'bytes' ? 0n : wordToUint(word);
  const padding = kind === 'bytes' ? word.subarray(bits / 8) : word.subarray(0, 32 - bits / 8);
  if (padding.some((byte) => byte) || (kind === 'bool' && value > 1n))
    throw new EvmError('evm/malformed-result', `word ${formatData(word)} is not a clean ${type}`);
  if (kind === 'uint') return value;
  if (kind === 'bool') return value === 1n;
  if (kind === 'address') return checksumAddress(formatData(word.subarray(12)));
  return formatData(word.subarray(0, bits / 8));
}

/** `(a,b)` → its members; any other type → itself. */
function membersOf(type: string): readonly string[] {
  return type.startsWith('(') && type.endsWith(')') ? type.slice(1, -1).split(',') : [type];
}

function encodeStatic(type: string, value: AbiValue | undefined): Uint8Array[] {
  if (!type.startsWith('(')) return [encodeWord(type, value)];
  const members = membersOf(type);
  if (!Array.isArray(value) || value.length !== members.length) throw wrongValue(type, value);
  return members.map((member, at) => encodeWord(member, value[at]));
}

/** `abi.encode(...)`: static types in place, each dynamic array as an offset to (length, elements) behind. */
export function encodeWords(types: readonly string[], values: readonly AbiValue[]): Uint8Array {
  if (types.length !== values.length)
    throw new EvmError('evm/value-out-of-range', `${types.length} types but ${values.length} values`);
  const headWords = types.reduce((sum, type) => sum + (type.endsWith('[]') ? 1 : membersOf(type).length), 0);
  const head: Uint8Array[] = [];
  const tail: Uint8Array[] = [];
  types.forEach((type, at) => {
    const value = values[at];
    if (!type.endsWith('[]')) {
      head.push(...encodeStatic(type, value));
      return;
    }
    if (!Array.isArray(value)) throw wrongValue(type, value);
    head.push(uintWord(BigInt(32 * (headWords + tail.length))));
    tail.push(uintWord(BigInt(value.length)));
    for (const element of value) tail.push(...encodeStatic(type.slice(0, -2), element));
  });
  return concat(...head, ...tail);
}

/** The first four bytes of the Keccak hash of a signature such as `head(bytes32,uint64)`, as `0x…`. */
export function selector(signature: string): string {
  return formatData(keccak256(utf8(signature)).subarray(0, 4));
}

/** Splits `bytes32,(uint8,bool)[],bool` at its outer commas. */
function splitTypes(list: string): string[] {
  return list === '' ? [] : list.split(/,(?![^(]*\))/);
}

/**
 * Calldata of a function written as `head(bytes32,uint64)`, for `eth_call`.
 * @throws EvmError see `encodeWord`
 */
export function encodeCall(signature: string, values: readonly AbiValue[]): string {
  const types = splitTypes(signature.slice(signature.indexOf('(') + 1, -1));
  return selector(signature) + toHex(encodeWords(types, values));
}

/**
 * The values of an `eth_call` result. A static struct is written as its members in order, so
 * `returns (View, Flag[])` reads as `[...view members, '(uint8,uint8)[]']`.
 * `data` is attacker-controlled: other length, dirty padding or another layout than Solidity's is refused.
 * @throws EvmError `evm/malformed-data`, `evm/malformed-result`, `evm/unknown-type`
 */
export function decodeWords<const T extends readonly string[]>(
  data: string,
  types: T,
): { -readonly [K in keyof T]: Decoded<T[K]> } {
  const bytes = parseData(data);
  let next = 0; // the word to read
  const read = (): Uint8Array => {
    const word = bytes.subarray(32 * next, 32 * ++next);
    if (word.length !== 32)
      throw new EvmError(
        'evm/malformed-result',
        `result of ${bytes.length} bytes is too short; is there a contract?`,
      );
    return word;
  };
  const readStatic = (type: string): AbiValue =>
    type.startsWith('(')
      ? membersOf(type).map((member) => decodeWord(member, read()))
      : decodeWord(type, read());
  const offsets = new Map<number, bigint>();
  const values = types.map((type, at) => {
    if (!type.endsWith('[]')) return readStatic(type);
    offsets.set(at, wordToUint(read()));
    return [];
  });
  for (const [at, offset] of offsets) {
    if (offset !== BigInt(32 * next))
      throw new EvmError('evm/malformed-result', `array at offset ${offset}, expected at ${32 * next}`);
    const length = wordToUint(read());
    if (length > BigInt(bytes.length / 32))
      throw new EvmError('evm/malformed-result', `array of ${length} elements in ${bytes.length} bytes`);
    values[at] = Array.from({ length: Number(length) }, () => readStatic((types[at] as string).slice(0, -2)));
  }
  if (bytes.length !== 32 * next)
    throw new EvmError('evm/malformed-result', `result has ${bytes.length} bytes, expected ${32 * next}`);
  return values as { -readonly [K in keyof T]: Decoded<T[K]> };
}
