export {
  type ChainEvent,
  decodeEvent,
  type EventName,
  type EventOf,
  type EventPlace,
  eventTopics,
  rootText,
} from './chain-events.ts';
export { type CrossCheck, crossCheck } from './cross-check.ts';
export {
  type AuditedEntry,
  documentOf,
  EntryAudit,
  type Fetched,
  openEntry,
} from './entry-audit.ts';
export type { Facts } from './facts.ts';
export {
  FINDINGS,
  type Finding,
  type FindingCode,
  finding,
  type Report,
  type Weight,
  weightOf,
} from './finding.ts';
export { anchorClaim, checkClaim, type HeadClaim } from './heads.ts';
export { checkPage, type PageScript, scriptsOf } from './page-check.ts';
export {
  type AuditIdentity,
  type AuditState,
  decodeState,
  encodeState,
  newState,
  STATE_FORMAT,
} from './state.ts';
export {
  type AnchoredHead,
  type Anchors,
  anchorsOf,
  CLOCK_SKEW,
  lastWithout,
  type Seen,
  settleSeen,
  settleWaiting,
  timeOf,
  type Waiting,
} from './times.ts';
export { checkTile, type ExpectedTile, TreeReplay } from './tree-replay.ts';
