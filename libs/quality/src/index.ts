export { type Spread, spreadOf } from './distribution.ts';
export { QualityError, type QualityErrorCode } from './errors.ts';
export { type HotSpot, type MonteCarloEstimate, type MonteCarloModel, monteCarlo } from './monte-carlo.ts';
export {
  interval95,
  type LognormalUncertainty,
  lognormalUncertainty,
  PEDIGREE_VARIANCES,
  pedigreeVariance,
} from './pedigree.ts';
export { type PrimaryShare, primaryShare, type ShareContribution } from './primary-share.ts';
export { GENERATOR } from './random.ts';
export {
  type PactRatings,
  PEF_CLASSES,
  type PefClasses,
  type PefDqr,
  type PefRatings,
  pactRatings,
  pefDqr,
  type RatedContribution,
} from './ratings.ts';
