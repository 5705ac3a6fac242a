export {
  checkOpinionAgainst,
  type OpinionProblem,
  type OpinionProblemCode,
  type PassportFacts,
} from './check.ts';
export { type OpinionDocument, type OpinionDomain, readOpinion, readOpinionMessage } from './document.ts';
export { OpinionError, type OpinionErrorCode } from './errors.ts';
export {
  COVERAGES,
  type ContractDomain,
  ENGAGEMENTS,
  LEVELS,
  MINT_TYPES,
  type MintMessage,
  mintAuthorisationDigest,
  mintDomain,
  OPINION_TYPES,
  OPINIONS,
  type OpinionMessage,
  type OpinionWords,
  opinionDigest,
  opinionDomain,
  opinionIdOf,
  opinionWords,
  recoverBody,
  tokenIdOf,
} from './typed-data.ts';
export { contentWord, digestWord, limitationsWord, textWord, ZERO_WORD } from './words.ts';
