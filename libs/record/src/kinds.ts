/** Kinds that carry authority: their entry holds its issuer's signature. */
const SIGNED_KINDS = [
  'key/v1',
  'delegation/v1',
  'import/v1',
  'credential/v1',
  'opinion/v1',
  'correction/v1',
  'withdrawal/v1',
] as const;

/** Plain kinds that count only when a signed manifest of their issuer covers them (docs/formats/entry.md). */
export const COVERED_KINDS = [
  'organisation/v1',
  'facility/v1',
  'product/v1',
  'batch/v1',
  'activity/v1',
  'footprint/v1',
] as const;

/** Plain kinds whose authority lies elsewhere: on the chain, or in the hash that the reader's root names. */
const UNCOVERED_KINDS = ['registration/v1', 'status/v1', 'method/v1', 'page/v1'] as const;

/**
 * Kinds that say who may act, or what counts from when: they are recorded when they are stated. Data may be stated early and
 * sent later, by an issuer that was offline.
 */
const TIMELY_KINDS: ReadonlySet<string> = new Set([
  'key/v1',
  'delegation/v1',
  'credential/v1',
  'opinion/v1',
  'correction/v1',
  'withdrawal/v1',
  'registration/v1',
  'status/v1',
]);

export type SignedKind = (typeof SIGNED_KINDS)[number];
export type CoveredKind = (typeof COVERED_KINDS)[number];
export type EntryKind = SignedKind | CoveredKind | (typeof UNCOVERED_KINDS)[number];

export const ENTRY_KINDS: readonly EntryKind[] = [...SIGNED_KINDS, ...COVERED_KINDS, ...UNCOVERED_KINDS];

export function isSignedKind(kind: string): kind is SignedKind {
  return (SIGNED_KINDS as readonly string[]).includes(kind);
}

export function isCoveredKind(kind: string): kind is CoveredKind {
  return (COVERED_KINDS as readonly string[]).includes(kind);
}

export function isTimelyKind(kind: string): boolean {
  return TIMELY_KINDS.has(kind);
}
