// What is signed around a passport: the opinion, by a verification body, and the mint authorisation, by the issuer.
// Both are EIP-712 typed data of the PassportRegistry contract; docs/formats/opinion.md shows them member by member.
// Strings and members stand in the order that the contract hashes them: changing any of it voids every signature.
import { concat } from '#lib/canonical';
import {
  checksumAddress,
  encodeField,
  encodeWords,
  formatData,
  keccak256,
  parseData,
  recoverAddress,
  type TypedDataDomain,
  typedDataDigest,
} from '#lib/evm';

/** The contract that a signature is for. `salt` is the registry's `domainSalt()`. */
export type ContractDomain = {
  readonly chainId: bigint | string;
  readonly verifyingContract: string;
  readonly salt: string;
};

export const OPINION_TYPES = {
  Opinion: [
    { name: 'opinionId', type: 'bytes32' },
    { name: 'body', type: 'address' },
    { name: 'registrar', type: 'address' },
    { name: 'issuer', type: 'address' },
    { name: 'product', type: 'bytes32' },
    { name: 'facility', type: 'bytes32' },
    { name: 'method', type: 'bytes32' },
    { name: 'coverage', type: 'uint8' },
    { name: 'batch', type: 'bytes32' },
    { name: 'periodStart', type: 'uint64' },
    { name: 'periodEnd', type: 'uint64' },
    { name: 'footprint', type: 'bytes32' },
    { name: 'inputsRoot', type: 'bytes32' },
    { name: 'productName', type: 'string' },
    { name: 'number', type: 'string' },
    { name: 'unit', type: 'string' },
    { name: 'boundary', type: 'string' },
    { name: 'criteria', type: 'string' },
    { name: 'standard', type: 'string' },
    { name: 'engagement', type: 'uint8' },
    { name: 'certificateNumber', type: 'string' },
    { name: 'level', type: 'uint8' },
    { name: 'materiality', type: 'string' },
    { name: 'opinion', type: 'uint8' },
    { name: 'limitations', type: 'bytes32' },
    { name: 'visit', type: 'string' },
    { name: 'report', type: 'bytes32' },
    { name: 'reportNumber', type: 'string' },
    { name: 'reviewer', type: 'bytes32' },
    { name: 'validFrom', type: 'uint64' },
    { name: 'validUntil', type: 'uint64' },
  ],
} as const;

export const MINT_TYPES = {
  MintAuthorisation: [
    { name: 'logId', type: 'bytes32' },
    { name: 'issuer', type: 'address' },
    { name: 'product', type: 'bytes32' },
    { name: 'lot', type: 'bytes32' },
    { name: 'release', type: 'uint32' },
    { name: 'content', type: 'bytes32' },
    { name: 'facility', type: 'bytes32' },
    { name: 'method', type: 'bytes32' },
    { name: 'footprint', type: 'bytes32' },
    { name: 'producedFrom', type: 'uint64' },
    { name: 'producedUntil', type: 'uint64' },
    { name: 'opinionId', type: 'bytes32' },
    { name: 'supersedes', type: 'uint256' },
    { name: 'deadline', type: 'uint64' },
  ],
} as const;

type OpinionMember = (typeof OPINION_TYPES.Opinion)[number]['name'];
type MintMember = (typeof MINT_TYPES.MintAuthorisation)[number]['name'];

/** All as text: integers decimal, times in seconds, hashes `0x` and 64 lower-case digits, addresses checksummed. */
export type OpinionMessage = Readonly<Record<OpinionMember, string>>;
export type MintMessage = Readonly<Record<MintMember, string>>;

/** The members in order, each one word: a string stands as its Keccak hash, all else as it is. */
export type OpinionWords = OpinionMessage;

/** What the small integers of an opinion mean. */
export const COVERAGES = { 1: 'product-period', 2: 'calculation-model', 3: 'batch' } as const;
export const ENGAGEMENTS = { 1: 'verification', 2: 'certification', 3: 'critical-review' } as const;
export const LEVELS = { 1: 'limited', 2: 'reasonable' } as const;
export const OPINIONS = { 1: 'unmodified', 2: 'qualified', 3: 'adverse', 4: 'disclaimed' } as const;

export const OPINION_NAME = 'Anchorleaf Opinion';
export const MINT_NAME = 'Anchorleaf Passport';
export const DOMAIN_VERSION = '1';

const domain = (name: string, { chainId, verifyingContract, salt }: ContractDomain): TypedDataDomain => ({
  name,
  version: DOMAIN_VERSION,
  chainId,
  verifyingContract,
  salt,
});

export function opinionDomain(contract: ContractDomain): TypedDataDomain {
  return domain(OPINION_NAME, contract);
}

export function mintDomain(contract: ContractDomain): TypedDataDomain {
  return domain(MINT_NAME, contract);
}

/**
 * The id of a body's opinion: its address, then 12 bytes of its choice, as the contracts demand. So nobody can use up or
 * revoke another's id. Of one body and its own choice of bytes there is one opinion.
 */
export function opinionIdOf(body: string, choice: Uint8Array): string {
  if (choice.length !== 12) throw new Error(`an opinion id ends in 12 bytes, got ${choice.length}`);
  return formatData(concat(parseData(checksumAddress(body)), choice));
}

/** The 32 bytes a body signs. @throws EvmError for a member that is missing, extra or of another type */
export function opinionDigest(message: OpinionMessage, contract: ContractDomain): Uint8Array {
  return typedDataDigest(opinionDomain(contract), OPINION_TYPES, 'Opinion', message);
}

/** The address whose key signed this opinion, or null. It says nothing until it is compared with `message.body`. */
export function recoverBody(
  message: OpinionMessage,
  contract: ContractDomain,
  signature: string,
): string | null {
  return recoverAddress(opinionDigest(message, contract), signature);
}

/** The 32 bytes an issuer signs so that anybody may send the mint. @throws EvmError as `opinionDigest` */
export function mintAuthorisationDigest(message: MintMessage, contract: ContractDomain): Uint8Array {
  return typedDataDigest(mintDomain(contract), MINT_TYPES, 'MintAuthorisation', message);
}

/** The opinion as the contract takes it (its struct OpinionWords), members by name and in order. */
export function opinionWords(message: OpinionMessage): OpinionWords {
  const words = OPINION_TYPES.Opinion.map(({ name, type }) => [
    name,
    type === 'string' ? formatData(encodeField(type, message[name])) : message[name],
  ]);
  return Object.fromEntries(words) as OpinionWords;
}

/** keccak256(abi.encode(issuer, product, lot, release)) as an integer; product and lot as in the mint authorisation. */
export function tokenIdOf(release: Pick<MintMessage, 'issuer' | 'product' | 'lot' | 'release'>): bigint {
  const { issuer, product, lot } = release;
  const words = encodeWords(
    ['address', 'bytes32', 'bytes32', 'uint32'],
    [issuer, product, lot, release.release],
  );
  return BigInt(formatData(keccak256(words)));
}
