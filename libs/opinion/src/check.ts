// Does an opinion speak of this passport? Every member that a reader relies on is compared with the passport's own
// facts; what differs is listed, nothing is thrown. What only a chain can tell (is the body registered, was the opinion
// revoked) is judged elsewhere.
import { parseTime, sameAddress } from '#lib/evm';
import type { OpinionDocument } from './document.ts';
import { type ContractDomain, recoverBody } from './typed-data.ts';
import { contentWord, digestWord, limitationsWord, textWord, ZERO_WORD } from './words.ts';

/** Codes are public: never renamed, never reused. */
export type OpinionProblemCode =
  | 'opinion/wrong-signer'
  | 'opinion/other-domain'
  | 'opinion/body-not-independent'
  | 'opinion/foreign-id'
  | 'opinion/issuer'
  | 'opinion/product'
  | 'opinion/facility'
  | 'opinion/method'
  | 'opinion/coverage'
  | 'opinion/batch'
  | 'opinion/dates'
  | 'opinion/footprint-hash'
  | 'opinion/inputs-root'
  | 'opinion/number'
  | 'opinion/unit'
  | 'opinion/boundary'
  | 'opinion/adverse'
  | 'opinion/disclaimed'
  | 'opinion/limitations'
  | 'opinion/reviewer';

/** What the opinion states, and what it would have to state to speak of this passport. */
export type OpinionProblem = {
  readonly code: OpinionProblemCode;
  readonly member: string;
  readonly stated: string;
  readonly expected: string;
};

/** A passport's own facts, from its documents. Ids as the documents have them, times RFC 3339 UTC, production half-open. */
export type PassportFacts = {
  readonly contract: ContractDomain;
  readonly issuer: string;
  readonly product: string;
  readonly facility: string;
  readonly lot: string;
  readonly method: string;
  readonly footprint: string;
  /** RFC 9162 root over the activity documents, 64 hex digits. */
  readonly inputsRoot: string;
  readonly number: string;
  readonly unit: string;
  readonly boundary: string;
  readonly producedFrom: string;
  readonly producedUntil: string;
};

/**
 * All that keeps this opinion from counting for this passport; an empty list says that it speaks of it, favourably and
 * under its body's own key. `signature: 'elsewhere'` leaves the signature out, for a body that is an ERC-1271
 * wallet: then the chain's stored result counts.
 * @param reviewerDigest digest of `/reviewer` (base64url), when the document is at hand in digested form
 * @throws EvmError, CanonicalError when the facts themselves are malformed
 */
export function checkOpinionAgainst(
  opinion: OpinionDocument,
  facts: PassportFacts,
  options: { readonly signature?: 'elsewhere'; readonly reviewerDigest?: string } = {},
): readonly OpinionProblem[] {
  const { message, domain } = opinion;
  const problems: OpinionProblem[] = [];
  const add = (code: OpinionProblemCode, member: string, stated: string, expected: string) =>
    problems.push({ code, member, stated, expected });
  const equal = (code: OpinionProblemCode, member: keyof typeof message, expected: string) => {
    if (message[member] !== expected) add(code, member, message[member], expected);
  };

  const { chainId, verifyingContract, salt } = facts.contract;
  if (domain.chainId !== String(chainId))
    add('opinion/other-domain', 'chainId', domain.chainId, String(chainId));
  if (!sameAddress(domain.verifyingContract, verifyingContract))
    add('opinion/other-domain', 'verifyingContract', domain.verifyingContract, verifyingContract);
  if (domain.salt !== salt.toLowerCase()) add('opinion/other-domain', 'salt', domain.salt, salt);

  if (options.signature !== 'elsewhere') {
    const signer = recoverBody(message, domain, opinion.signature) ?? 'nobody';
    if (!sameAddress(signer, message.body)) add('opinion/wrong-signer', 'body', signer, message.body);
  }
  // the id begins with the body's address; another's id could be revoked by that other
  const idOwner = message.opinionId.slice(0, 42);
  if (!sameAddress(idOwner, message.body)) add('opinion/foreign-id', 'opinionId', idOwner, message.body);
  // a body vouches for others: it may neither be checked by itself nor registered by itself
  for (const role of ['issuer', 'registrar'] as const)
    if (sameAddress(message.body, message[role]))
      add('opinion/body-not-independent', role, message.body, `another than the ${role}`);
  if (!sameAddress(message.issuer, facts.issuer))
    add('opinion/issuer', 'issuer', message.issuer, facts.issuer);

  equal('opinion/product', 'product', textWord(facts.product));
  equal('opinion/facility', 'facility', textWord(facts.facility));
  equal('opinion/method', 'method', contentWord(facts.method));
  equal('opinion/footprint-hash', 'footprint', contentWord(facts.footprint));
  equal('opinion/inputs-root', 'inputsRoot', `0x${facts.inputsRoot}`);
  equal('opinion/number', 'number', facts.number);
  equal('opinion/unit', 'unit', facts.unit);
  equal('opinion/boundary', 'boundary', facts.boundary);
  equal('opinion/limitations', 'limitations', limitationsWord(opinion.limitationsText));
  if (options.reviewerDigest !== undefined)
    equal('opinion/reviewer', 'reviewer', digestWord(options.reviewerDigest));

  if (message.opinion === '3') add('opinion/adverse', 'opinion', message.opinion, '1 or 2');
  else if (message.opinion !== '1' && message.opinion !== '2')
    add('opinion/disclaimed', 'opinion', message.opinion, '1 or 2');

  coverageProblems(message, facts, add);
  return problems;
}

/**
 * Which production an opinion covers: inside its validity and not before the period it was checked over; with
 * coverage 3 (batch) this lot alone, inside that period, which is then the batch's own. The gate in the contract has
 * the same rule. The date that counts is that of production, never that of the scan.
 */
function coverageProblems(
  message: OpinionDocument['message'],
  facts: PassportFacts,
  add: (code: OpinionProblemCode, member: string, stated: string, expected: string) => void,
): void {
  const { coverage } = message;
  const from = parseTime(facts.producedFrom);
  const until = parseTime(facts.producedUntil);
  const notBefore = (member: 'validFrom' | 'periodStart') => {
    if (BigInt(message[member]) > from) add('opinion/dates', member, message[member], `at most ${from}`);
  };
  const notAfter = (member: 'validUntil' | 'periodEnd') => {
    if (BigInt(message[member]) < until) add('opinion/dates', member, message[member], `at least ${until}`);
  };
  notBefore('validFrom');
  notAfter('validUntil');
  if (coverage !== '1' && coverage !== '2' && coverage !== '3')
    add('opinion/coverage', 'coverage', coverage, '1, 2 or 3');
  notBefore('periodStart');
  if (coverage === '3') notAfter('periodEnd');
  const batch = coverage === '3' ? textWord(facts.lot) : ZERO_WORD;
  if (message.batch !== batch) add('opinion/batch', 'batch', message.batch, batch);
}
