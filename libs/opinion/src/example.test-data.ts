// One opinion and the passport it speaks of, for the tests of this room.
import { addressOf, parseData, signDigest } from '#lib/evm';
import type { PassportFacts } from './check.ts';
import type { OpinionDocument } from './document.ts';
import { type MintMessage, type OpinionMessage, opinionDigest, opinionIdOf } from './typed-data.ts';
import { contentWord, limitationsWord, textWord, ZERO_WORD } from './words.ts';

export const BODY_KEY = parseData(`0x${'11'.repeat(32)}`);
export const contract = {
  chainId: '31337',
  verifyingContract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  salt: `0x${'5a'.repeat(32)}`,
};
const id = (digit: string) => `sha256:${digit.repeat(64)}`;

export const facts: PassportFacts = {
  contract,
  issuer: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  product: 'https://id.gs1.org/01/09520000000011',
  facility: 'did:web:ledger.example:o:plates#facility-1',
  lot: 'L2026-11',
  method: id('a'),
  footprint: id('b'),
  inputsRoot: 'c'.repeat(64),
  number: '0.0512',
  unit: 'kgCO2e per 1 piece',
  boundary: 'cradle to gate',
  producedFrom: '2026-11-01T00:00:00Z',
  producedUntil: '2026-11-15T00:00:00Z',
};

const limitationsText = 'Upstream data of the pulp supplier were not visited. 未对纸浆供应商进行现场核查。';

export const message: OpinionMessage = {
  opinionId: opinionIdOf(addressOf(BODY_KEY), new Uint8Array(12).fill(1)),
  body: addressOf(BODY_KEY),
  registrar: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  issuer: facts.issuer,
  product: textWord(facts.product),
  facility: textWord(facts.facility),
  method: contentWord(facts.method),
  coverage: '1',
  batch: ZERO_WORD,
  periodStart: '1759276800',
  periodEnd: '1790812800', // October 2025 to September 2026
  footprint: contentWord(facts.footprint),
  inputsRoot: `0x${facts.inputsRoot}`,
  productName: '甘蔗浆餐盘 9 寸 / Sugarcane plate 9"',
  number: facts.number,
  unit: facts.unit,
  boundary: facts.boundary,
  criteria: 'ISO 14067:2018; GB/T 24067-2024',
  standard: 'ISO 14064-3:2019',
  engagement: '1',
  certificateNumber: '',
  level: '1',
  materiality: '5 %',
  opinion: '2',
  limitations: limitationsWord(limitationsText),
  visit: '2026-10-12 on site',
  report: `0x${'0d'.repeat(32)}`,
  reportNumber: 'V-2026-118',
  reviewer: `0x${'0e'.repeat(32)}`,
  validFrom: '1790812800',
  validUntil: '1822348800',
};

export function sign(changed: Partial<OpinionMessage> = {}, key = BODY_KEY): OpinionDocument {
  const signed = { ...message, ...changed };
  return {
    type: 'opinion/v1',
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    message: signed,
    domain: { name: 'Anchorleaf Opinion', version: '1', ...contract },
    limitationsText,
    reviewer: 'Li Na',
    names: { body: { zh: '示例核查有限公司', en: 'Example Verification' } },
    signature: signDigest(opinionDigest(signed, contract), key),
  };
}

export const mint: MintMessage = {
  logId: `0x${'02'.repeat(32)}`,
  issuer: facts.issuer,
  product: message.product,
  lot: textWord(facts.lot),
  release: '1',
  content: contentWord(id('d')),
  facility: message.facility,
  method: message.method,
  footprint: message.footprint,
  producedFrom: '1793491200',
  producedUntil: '1794700800',
  opinionId: message.opinionId,
  supersedes: '0',
  deadline: '1800000000',
};
