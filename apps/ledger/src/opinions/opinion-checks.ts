// What can be refused of an opinion when it comes in, before any batch asks for it.
import { parseTime } from '#lib/evm';
import {
  type ContractDomain,
  checkOpinionAgainst,
  type OpinionDocument,
  type OpinionProblem,
  textWord,
  ZERO_WORD,
} from '#lib/opinion';
import { RefusalError } from '../http/refusal.ts';
import type { FootprintFacts } from './footprint-facts.ts';

/** One of the opinion room's problems, or of ours. */
export type Problem = Omit<OpinionProblem, 'code'> & {
  readonly code: OpinionProblem['code'] | 'opinion/text-missing';
};

/** How each problem is said to the body; the codes are the opinion room's. */
const REMEDIES: Readonly<Record<string, string>> = {
  'opinion/wrong-signer':
    'sign with the key whose address stands in message.body, over the domain of the template',
  'opinion/other-domain': 'take the domain from the template: it names this chain and contract',
  'opinion/body-not-independent': 'a body is neither the maker nor its own registrar',
  'opinion/adverse': 'an adverse opinion covers no passport; give it to the maker as a report',
  'opinion/disclaimed': 'a disclaimed opinion covers no passport; give it to the maker as a report',
  'opinion/coverage':
    'coverage is 1 for a product over a period, 2 for the model, 3 for one batch, and fits what was calculated',
  'opinion/dates':
    'periodStart and periodEnd are the footprint’s, and production must lie inside validFrom to validUntil',
  'opinion/limitations': 'message.limitations is the SHA-256 of limitationsText, or zero',
  'opinion/text-missing': 'a passport shows this text: fill it in and sign again',
  'opinion/reviewer': 'send reviewer and reviewerSalt as the template gave them',
};

/**
 * A footprint has no production date of its own, so it is asked whether the opinion can cover any production at all: the
 * time from the start of its validity, or the batch's own period.
 */
export function problemsWithFootprint(
  opinion: OpinionDocument,
  facts: FootprintFacts,
  contract: ContractDomain,
  options: { readonly isWallet: boolean; readonly reviewerDigest: string },
): readonly Problem[] {
  const { message } = opinion;
  const first =
    BigInt(message.validFrom) > BigInt(message.periodStart) ? message.validFrom : message.periodStart;
  const aboutBatch = message.coverage === '3';
  const produced = aboutBatch
    ? { producedFrom: facts.period.start, producedUntil: facts.period.end }
    : { producedFrom: instant(first), producedUntil: instant(first) };
  const problems = checkOpinionAgainst(
    opinion,
    {
      ...facts,
      contract,
      issuer: facts.issuerAddress,
      lot: facts.lot ?? '',
      footprint: facts.content,
      ...produced,
    },
    { reviewerDigest: options.reviewerDigest, ...(options.isWallet && { signature: 'elsewhere' as const }) },
  );
  return inOrder([...problems, ...coverageProblems(opinion, facts), ...emptyTexts(opinion)]);
}

/** The most telling first: whose it is, then what it is for, then every single member. None twice. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ code }: Problem) =>
    code === 'opinion/wrong-signer' ? 0 : code === 'opinion/coverage' ? 1 : 2;
  const seen = new Set<string>();
  return problems
    .filter(({ code, member }) => !seen.has(`${code} ${member}`) && seen.add(`${code} ${member}`))
    .sort((a, b) => rank(a) - rank(b));
}

/** Texts that a passport repeats and that therefore cannot be empty. */
function emptyTexts({ message }: OpinionDocument): Problem[] {
  return (['criteria', 'standard', 'reportNumber'] as const)
    .filter((member) => message[member].trim() === '')
    .map((member) => ({ code: 'opinion/text-missing', member, stated: '', expected: 'a text' }));
}

/** The footprint says what was calculated: one batch, or a product over a period. */
function coverageProblems({ message }: OpinionDocument, facts: FootprintFacts): Problem[] {
  const problems: Problem[] = [];
  const isBatch = facts.coverage === 'batch';
  if ((message.coverage === '3') !== isBatch)
    problems.push({
      code: 'opinion/coverage',
      member: 'coverage',
      stated: message.coverage,
      expected: isBatch ? '3' : '1 or 2',
    });
  const batch = isBatch && facts.lot !== null ? textWord(facts.lot) : ZERO_WORD;
  if (message.batch !== batch && !isBatch)
    problems.push({ code: 'opinion/batch', member: 'batch', stated: message.batch, expected: batch });
  for (const [member, time] of [
    ['periodStart', facts.period.start],
    ['periodEnd', facts.period.end],
  ] as const) {
    const expected = String(parseTime(time));
    if (message[member] !== expected)
      problems.push({ code: 'opinion/dates', member, stated: message[member], expected });
  }
  return problems;
}

const instant = (seconds: string) => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');

/** The first problem names the refusal, all of them are listed. @throws RefusalError 422 `opinion/…` */
export function refuseProblems(problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const describe = ({ member, stated, expected }: Problem) =>
    `${member} is ${stated || 'empty'}, expected ${expected || 'empty'}`;
  throw new RefusalError({
    status: 422,
    code: first.code,
    detail: describe(first),
    remedy: remedyOf(first),
    pointer: `/message/${first.member}`,
    errors: problems.map((problem) => ({
      code: problem.code,
      detail: describe(problem),
      remedy: remedyOf(problem),
      pointer: `/message/${problem.member}`,
    })),
  });
}

const remedyOf = ({ code }: Problem) =>
  REMEDIES[code] ?? 'fetch the opinion template of this footprint again and sign what it says';
