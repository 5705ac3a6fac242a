export {
  BUNDLE_FORMAT,
  type Bundle,
  type BundleDocument,
  type BundleEntry,
  type BundleHead,
  type Coordinates,
  formatBundle,
  MAX_BUNDLE_BYTES,
  readBundle,
} from './bundle.ts';
export { type CheckInput, check } from './check.ts';
export type { Times } from './check-log.ts';
export type { Engines } from './check-number.ts';
export { eligibleEndpoints, endpointsNeeded, hostName } from './endpoints.ts';
export { VerificationError, type VerificationErrorCode } from './errors.ts';
export { type Facts, factsOf, fieldFactsOf, methodName } from './facts.ts';
export { HEADLINES, type Headline, headlineOf } from './headline.ts';
export { type Overlay, type Report, reportUnreached } from './report.ts';
export { type PinnedHead, ROOT_FORMAT, type Root, readPinnedHead, readRoot } from './root.ts';
export {
  CHECK_NAMES,
  type CheckName,
  type Checks,
  type Detail,
  type Evidence,
  type Status,
  type Verdict,
} from './verdict.ts';
