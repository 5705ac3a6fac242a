// The golden opinion: what the body signs about the footprint, and the document around it.
import { type JsonObject, toHex } from '#lib/canonical';
import { digestOf } from '#lib/disclosure';
import { checksumAddress, formatData, parseTime, signDigest } from '#lib/evm';
import type { FootprintResult } from '#lib/footprint';
import {
  type ContractDomain,
  contentWord,
  digestWord,
  limitationsWord,
  type OpinionMessage,
  opinionDigest,
  opinionDomain,
  textWord,
  ZERO_WORD,
} from '#lib/opinion';
import { BODY_NAMES } from './documents.ts';
import { ADDRESSES, FACILITY, KEYS, PERIOD, PRODUCT, seed } from './people.ts';

export const LIMITATIONS = '纸浆供应商数据未经现场核查。';
export const VALIDITY = { validFrom: '2026-10-31T16:00:00Z', validUntil: '2027-10-31T16:00:00Z' };
const REVIEWER = 'Li Na';

export function opinionMessage(
  about: {
    readonly footprint: string;
    readonly method: string;
    readonly inputsRoot: string;
    readonly result: FootprintResult;
  },
  reviewerSalt: string,
  idTail: Uint8Array,
): OpinionMessage {
  const { result } = about;
  return {
    opinionId: `${ADDRESSES.body.toLowerCase()}${toHex(idTail)}`,
    body: ADDRESSES.body,
    registrar: ADDRESSES.registrar,
    issuer: ADDRESSES.issuer,
    product: textWord(PRODUCT),
    facility: textWord(FACILITY),
    method: contentWord(about.method),
    coverage: '1',
    batch: ZERO_WORD,
    periodStart: String(parseTime(PERIOD.start)),
    periodEnd: String(parseTime(PERIOD.end)),
    footprint: contentWord(about.footprint),
    inputsRoot: `0x${about.inputsRoot}`,
    productName: 'Sugarcane plate 9"',
    number: result.perUnit.value,
    unit: result.perUnit.unit,
    boundary: result.boundary,
    criteria: 'ISO 14067:2018; GB/T 24067-2024',
    standard: 'ISO 14064-3:2019',
    engagement: '1',
    certificateNumber: '',
    level: '1',
    materiality: '5 %',
    opinion: '2',
    limitations: limitationsWord(LIMITATIONS),
    visit: '2026-10-12 on site',
    report: formatData(seed('report')),
    reportNumber: 'V-2026-118',
    reviewer: digestWord(digestOf(reviewerSalt, '/reviewer', REVIEWER)),
    validFrom: String(parseTime(VALIDITY.validFrom)),
    validUntil: String(parseTime(VALIDITY.validUntil)),
  };
}

/** @param secret of the body; another one gives a forgery */
export function opinionDocument(
  message: OpinionMessage,
  contract: ContractDomain,
  nonce: string,
  secret: Uint8Array = KEYS.body,
): JsonObject & { readonly signature: string } {
  const { chainId, verifyingContract, ...domain } = opinionDomain(contract) as Record<string, string>;
  return {
    type: 'opinion/v1',
    nonce,
    message: { ...message },
    domain: {
      ...domain,
      chainId: String(chainId),
      verifyingContract: checksumAddress(String(verifyingContract)),
    },
    limitationsText: LIMITATIONS,
    reviewer: REVIEWER,
    names: { body: BODY_NAMES },
    signature: signDigest(opinionDigest(message, contract), secret),
  };
}
