// A message to sign, filled in as far as the record says; what the body itself decides stands as the usual case.
import { type ContentId, type JsonValue, toBase64url, toHex } from '#lib/canonical';
import { digestOf } from '#lib/disclosure';
import { checksumAddress, parseTime } from '#lib/evm';
import {
  type ContractDomain,
  contentWord,
  digestWord,
  OPINION_TYPES,
  type OpinionMessage,
  opinionDomain,
  textWord,
  ZERO_WORD,
} from '#lib/opinion';
import type { Random } from '../random.ts';
import type { FootprintFacts } from './footprint-facts.ts';

/** EIP-712 types as wallets take them, the domain's among them. */
const TYPES = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
    { name: 'salt', type: 'bytes32' },
  ],
  ...OPINION_TYPES,
};

export type OpinionTemplate = {
  readonly primaryType: 'Opinion';
  readonly domain: JsonValue;
  readonly types: typeof TYPES;
  readonly message: OpinionMessage;
  /** In plain what `message.reviewer` holds blinded; both go back with the opinion. */
  readonly reviewer: string;
  readonly reviewerSalt: string;
};

export const REVIEWER_POINTER = '/reviewer';
const NOT_NAMED = 'not named';
const DAY = 86_400n;

export function makeTemplate(
  facts: FootprintFacts,
  contract: ContractDomain,
  asked: { readonly body: string; readonly registrar: string; readonly reviewer?: string },
  random: Random,
): OpinionTemplate {
  const body = checksumAddress(asked.body);
  const reviewer = asked.reviewer ?? NOT_NAMED;
  const reviewerSalt = toBase64url(random.bytes(32));
  const [start, end] = [parseTime(facts.period.start), parseTime(facts.period.end)];
  const { chainId, ...domain } = opinionDomain(contract);
  const message: OpinionMessage = {
    // the contract asks that an id begin with its body's address
    opinionId: `${body.toLowerCase()}${toHex(random.bytes(12))}`,
    body,
    registrar: checksumAddress(asked.registrar),
    issuer: facts.issuerAddress,
    product: textWord(facts.product),
    facility: textWord(facts.facility),
    method: contentWord(facts.method),
    coverage: facts.coverage === 'batch' ? '3' : '1',
    batch: facts.lot === null ? ZERO_WORD : textWord(facts.lot),
    periodStart: String(start),
    periodEnd: String(end),
    footprint: contentWord(facts.content as ContentId),
    inputsRoot: `0x${facts.inputsRoot}`,
    productName: facts.productName,
    number: facts.number,
    unit: facts.unit,
    boundary: facts.boundary,
    criteria: facts.criteria.join('; '),
    standard: 'ISO 14064-3:2019',
    engagement: '1',
    certificateNumber: '',
    level: '1',
    materiality: '5 %',
    opinion: '1',
    limitations: ZERO_WORD,
    visit: '',
    report: ZERO_WORD,
    reportNumber: '',
    reviewer: digestWord(digestOf(reviewerSalt, REVIEWER_POINTER, reviewer)),
    validFrom: String(start),
    validUntil: String(end + 365n * DAY),
  };
  const typedDomain = { ...domain, chainId: Number(chainId) } as unknown as JsonValue;
  return { primaryType: 'Opinion', domain: typedDomain, types: TYPES, message, reviewer, reviewerSalt };
}
