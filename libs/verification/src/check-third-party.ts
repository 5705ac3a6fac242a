// third party: did a registered body give an opinion covering this, within scope and dates, and which?
// The document is the typed data, the typed data is what the body signed, the signed digest is what the registry accepted
// and stored with the token, and the body's registration held when the record was anchored.
import { EvmError, formatData, sameAddress } from '#lib/evm';
import {
  checkOpinionAgainst,
  contentWord,
  type OpinionDocument,
  OpinionError,
  type OpinionProblem,
  opinionDigest,
  readOpinion,
  textWord,
  ZERO_WORD,
} from '#lib/opinion';
import type { PassportDocument, PassportOpinion } from '#lib/record';
import type { Bundle } from './bundle.ts';
import { type ChainReading, type ChainState, timeText } from './chain-state.ts';
import type { LogFinding } from './check-log.ts';
import type { Parts } from './opened.ts';
import type { Root } from './root.ts';
import {
  type Detail,
  type Evidence,
  invalid,
  notApplicable,
  unknown,
  type Verdict,
  valid,
} from './verdict.ts';

/** The opinion is honest and still does not cover this. All other problems mean that it speaks of something else. */
const OUT_OF_SCOPE: ReadonlySet<string> = new Set([
  'opinion/coverage',
  'opinion/dates',
  'opinion/batch',
  'opinion/body-not-independent',
]);
const WRONG_SIGNER = 'opinion/wrong-signer';
const ADVERSE: Readonly<Record<string, string>> = {
  'opinion/adverse': 'adverse',
  'opinion/disclaimed': 'disclaimed',
};

export function checkThirdParty(
  passport: PassportDocument,
  parts: Parts,
  hint: Bundle['registrations'][number] | undefined,
  root: Root | null,
  chain: ChainReading,
  log: LogFinding,
  /** Content and log both hold: the passport is signed, anchored text. */
  isAnchored: boolean,
): Verdict {
  const token = chain.kind === 'read' ? chain.token : null;
  const { opinion } = passport;
  if (!opinion) {
    if (token && token.opinionId !== ZERO_WORD)
      return invalid('third-party/stripped', {}, [{ what: 'opinion on chain', value: token.opinionId }]);
    // what is missing from a bundle proves nothing: only the anchored passport may say that there is none
    if (isAnchored) return notApplicable('third-party/self-declared');
    return unknown('check/not-reached', { because: 'check/log' });
  }
  if (!parts.opinion || !parts.registration)
    return unknown('check/not-reached', { because: 'check/content' });
  let document: OpinionDocument;
  try {
    document = readOpinion(parts.opinion.doc as never);
  } catch (error) {
    if (error instanceof OpinionError || error instanceof EvmError)
      return invalid('third-party/forged', named(passport, root));
    throw error;
  }
  const detail = named(passport, root);
  // a record of another installation is judged by its own lights, and then not believed
  const isElsewhere = chain.kind === 'silent' && chain.code === 'root/mismatch';
  const here = isElsewhere ? null : root;
  const contract = {
    chainId: here?.chain.id ?? document.domain.chainId,
    verifyingContract: (here?.contracts.registry.address ?? document.domain.verifyingContract).toLowerCase(),
    // offline the document's own salt: it is under the body's signature as well
    salt: chain.kind === 'read' ? chain.domainSalt : document.domain.salt,
  };
  const accepted = chain.kind === 'read' ? chain.opinion?.accepted : undefined;
  const isAccepted = accepted === formatData(opinionDigest(document.message, contract));
  const problems = problemsOf(passport, parts, document, contract, isAccepted);
  const isSigned = !problems.some(({ code }) => code === WRONG_SIGNER);
  const other = problems.find(
    ({ code }) => code !== WRONG_SIGNER && !OUT_OF_SCOPE.has(code) && !Object.hasOwn(ADVERSE, code),
  );
  if (other) return invalid('third-party/other-footprint', { ...detail, field: other.member });
  // the body may be a contract (ERC-1271): only the registry can tell whether that one signed
  if (!isSigned && chain.kind !== 'read') return unknown('third-party/contract-signature', detail);
  if (!isSigned) return invalid('third-party/forged', detail);
  const isListed = root?.registrars.some(({ address }) => sameAddress(address, opinion.registrar)) ?? false;

  if (chain.kind === 'read') {
    const forged = checkStored(opinion, parts, chain, isAccepted, hint, detail);
    if (forged) return forged;
  }
  const [problem] = problems;
  if (problem && Object.hasOwn(ADVERSE, problem.code))
    return invalid('third-party/adverse', { ...detail, opinion: `opinion/${ADVERSE[problem.code]}` });
  if (problem) return invalid('third-party/out-of-scope', { ...detail, field: problem.member });
  if (!root) return unknown('root/missing', detail);
  if (isElsewhere) return unknown(chain.code, chain.detail);
  if (!isListed) return unknown('third-party/registrar-not-listed', detail);
  if (chain.kind !== 'read')
    return log.pinned ? unknown('third-party/as-of', detail) : unknown(chain.code, { ...chain.detail });
  return checkStanding(opinion, chain, log, detail);
}

function problemsOf(
  passport: PassportDocument,
  parts: Parts,
  document: OpinionDocument,
  contract: { readonly chainId: string; readonly verifyingContract: string; readonly salt: string },
  isAccepted: boolean,
): readonly OpinionProblem[] {
  const { footprint, batch } = passport;
  const facts = {
    contract,
    issuer: passport.issuer.address,
    product: passport.product.id,
    facility: passport.facility.id,
    lot: batch.lot,
    method: footprint.method,
    footprint: footprint.content,
    inputsRoot: parts.footprint.doc.inputsRoot,
    number: footprint.number,
    unit: footprint.unit,
    boundary: footprint.boundary,
    producedFrom: batch.producedFrom,
    producedUntil: batch.producedUntil,
  };
  const { reviewer } = document;
  const options = typeof reviewer === 'string' ? {} : { reviewerDigest: reviewer.digest };
  const problems = checkOpinionAgainst(document, facts, options);
  // a body that is a contract signs by ERC-1271: the registry asked it, and accepted this very digest
  return isAccepted ? problems.filter(({ code }) => code !== WRONG_SIGNER) : problems;
}

/** What the token and the registry hold is this opinion, this body, this registration. */
function checkStored(
  opinion: PassportOpinion,
  parts: Parts,
  { token, opinion: stored }: ChainState,
  isAccepted: boolean,
  hint: Bundle['registrations'][number] | undefined,
  detail: Detail,
): Verdict | null {
  if (!token) return null;
  const same =
    token.opinionId === opinion.opinionId &&
    sameAddress(token.body, opinion.body) &&
    sameAddress(token.registrar, opinion.registrar);
  if (!same)
    return invalid('third-party/token-differs', detail, [
      { what: 'opinion on chain', value: token.opinionId },
    ]);
  if (!stored) return invalid('third-party/registration-differs', detail);
  if (!isAccepted) return invalid('third-party/forged', detail);
  const { registration } = stored;
  const document = parts.registration!;
  const isShown =
    registration !== null &&
    // the interval that was read is the one that the token stands on
    hint?.index === token.registrationIndex &&
    sameAddress(hint.registrar, token.registrar) &&
    sameAddress(hint.body, token.body) &&
    registration.snapshot === contentWord(document.id) &&
    registration.scope === textWord(document.doc.scope);
  return isShown ? null : invalid('third-party/registration-differs', detail);
}

/** Registered, not withdrawn and not revoked, at the time that the record is judged at. */
function checkStanding(
  opinion: PassportOpinion,
  chain: ChainState,
  log: LogFinding,
  detail: Detail,
): Verdict {
  const { token, opinion: stored, block } = chain;
  if (!token) return unknown('status/not-minted', { block: String(block.number) });
  const registration = stored?.registration;
  if (!stored || !registration) return invalid('third-party/unregistered', detail);
  if (stored.revokedAt !== 0n)
    return invalid('third-party/opinion-revoked', { ...detail, date: timeText(stored.revokedAt) });
  const at = log.notAfter ?? block.time;
  const { validFrom, validUntil, withdrawnFrom, registeredAt } = registration;
  if (registeredAt > at || validFrom > at || validUntil <= at)
    return invalid('third-party/unregistered', detail);
  if (withdrawnFrom !== 0n && withdrawnFrom <= at)
    return invalid('third-party/body-withdrawn', { ...detail, date: timeText(withdrawnFrom) });
  const evidence: Evidence[] = [
    { what: 'opinion', value: opinion.opinionId },
    { what: 'body', value: opinion.body },
    { what: 'registrar', value: opinion.registrar },
    { what: 'registration', value: `${timeText(validFrom)} to ${timeText(validUntil)}` },
    { what: 'judged at', value: timeText(at) },
  ];
  if (withdrawnFrom !== 0n)
    evidence.push({ what: 'registration withdrawn from', value: timeText(withdrawnFrom) });
  const isQualified = opinion.opinion === 'qualified';
  return valid(isQualified ? 'third-party/qualified' : 'third-party/opinion', detail, evidence);
}

function named({ opinion }: PassportDocument, root: Root | null): Detail {
  if (!opinion) return {};
  const { bodyNames, body, registrar, level, engagement, limitationsText } = opinion;
  const listed = root?.registrars.find(({ address }) => sameAddress(address, registrar));
  return {
    body: bodyNames.en ?? bodyNames.zh ?? body,
    bodyZh: bodyNames.zh ?? bodyNames.en ?? body,
    registrar: listed?.name ?? registrar,
    level: `level/${level}`,
    engagement: `engagement/${engagement}`,
    limitations: limitationsText,
  };
}
