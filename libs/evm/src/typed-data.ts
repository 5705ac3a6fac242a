// EIP-712 typed structured data, for structs whose members are elementary (no nested struct, no array).
//   digest = keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ structHash)
//   structHash = keccak256(keccak256(encodeType) ‖ one word a member)
import { concat, utf8 } from '#lib/canonical';
import { encodeWord } from './abi.ts';
import { keccak256 } from './address.ts';
import { parseData } from './data.ts';
import { EvmError, shown } from './errors.ts';

export type TypedField = { readonly name: string; readonly type: string };
export type TypedDataTypes = Readonly<Record<string, readonly TypedField[]>>;
/** string and bytes (`0x…`) beside the words of the ABI; a uint as bigint or decimal text. */
export type TypedDataValue = string | bigint | boolean;
export type TypedDataMessage = Readonly<Record<string, TypedDataValue>>;

export type TypedDataDomain = {
  readonly name?: string;
  readonly version?: string;
  readonly chainId?: bigint | string;
  readonly verifyingContract?: string;
  readonly salt?: string;
};

// EIP-712, "Definition of domainSeparator": in this order, those that are present
const DOMAIN_FIELDS: readonly TypedField[] = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
];

/** `Name(type1 name1,type2 name2)`. */
export function encodeType(primaryType: string, fields: readonly TypedField[]): string {
  return `${primaryType}(${fields.map(({ type, name }) => `${type} ${name}`).join(',')})`;
}

/**
 * One member as its word: string and bytes stand as their Keccak hash.
 * @throws EvmError see `encodeWord`
 */
export function encodeField(type: string, value: TypedDataValue | undefined): Uint8Array {
  if (type !== 'string' && type !== 'bytes') return encodeWord(type, value);
  if (typeof value !== 'string')
    throw new EvmError('evm/value-out-of-range', `${shown(value)} is not a value of type ${type}`);
  return keccak256(type === 'string' ? utf8(value) : parseData(value));
}

/**
 * The 32-byte hash of a struct. A member that the type does not name is refused: it would be shown as signed without being so.
 * @throws EvmError `evm/missing-field`, `evm/unsigned-field`, and those of `encodeWord`
 */
export function structHash(
  types: TypedDataTypes,
  primaryType: string,
  message: TypedDataMessage,
): Uint8Array {
  const fields = types[primaryType];
  if (!fields) throw new EvmError('evm/unknown-type', `typed data has no type ${shown(primaryType)}`);
  const named = new Set(fields.map(({ name }) => name));
  for (const name of Object.keys(message))
    if (!named.has(name))
      throw new EvmError('evm/unsigned-field', `${primaryType} has no member ${shown(name)}`);
  const words = fields.map(({ name, type }) => {
    if (!Object.hasOwn(message, name))
      throw new EvmError('evm/missing-field', `${primaryType} lacks its member ${name}`);
    return encodeField(type, message[name]);
  });
  return keccak256(concat(keccak256(utf8(encodeType(primaryType, fields))), ...words));
}

/** The 32-byte separator that ties a signature to one contract on one chain. */
export function domainSeparator(domain: TypedDataDomain): Uint8Array {
  const present = DOMAIN_FIELDS.filter(({ name }) => domain[name as keyof TypedDataDomain] !== undefined);
  return structHash({ EIP712Domain: present }, 'EIP712Domain', domain as TypedDataMessage);
}

/** The 32 bytes that are signed. */
export function typedDataDigest(
  domain: TypedDataDomain,
  types: TypedDataTypes,
  primaryType: string,
  message: TypedDataMessage,
): Uint8Array {
  return keccak256(
    concat(new Uint8Array([0x19, 0x01]), domainSeparator(domain), structHash(types, primaryType, message)),
  );
}
