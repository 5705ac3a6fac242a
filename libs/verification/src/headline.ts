// From six verdicts to the one headline. Pure, total, and closed by default: a state that no line names is never `matches`.
import { CHECK_NAMES, type CheckName, type Checks, type Verdict } from './verdict.ts';

/** Ids are fixed; texts come from the catalogues (`headline/…`). */
export const HEADLINES = [
  'altered',
  'withdrawn',
  'suspended',
  'opinion-does-not-count',
  'signer-unknown',
  'removed',
  'replaced',
  'expired',
  'could-not-check',
  'pending',
  'matches',
] as const;
/** The last two are said by whoever looked a code up and found no bundle. */
export type Headline = (typeof HEADLINES)[number] | 'not-known' | 'reserved';

/** The opinion is what it claims to be, but not one that counts for this reader and product. */
export const OPINION_DOES_NOT_COUNT: ReadonlySet<string> = new Set([
  'third-party/adverse',
  'third-party/out-of-scope',
  'third-party/unregistered',
  'third-party/body-withdrawn',
  'third-party/opinion-revoked',
  'third-party/registrar-not-listed',
]);

/** Nobody can say in whose name this was signed. */
export const SIGNER_UNKNOWN: ReadonlySet<string> = new Set([
  'root/missing',
  'root/mismatch',
  'signature/key-not-continuous',
  'signature/key-retired',
  'signature/key-later',
]);

/**
 * Unknown, and yet no reason to lower the headline: withheld inputs are the ordinary public profile, and the last two
 * are said only offline, under a head that the reader pinned. Each has its overlay.
 */
export const TOLERATED: ReadonlySet<string> = new Set([
  'number/withheld',
  'status/as-of',
  'third-party/as-of',
]);

export function headlineOf(checks: Checks): Exclude<Headline, 'not-known' | 'reserved'> {
  const { content, signature, log, status, number, thirdParty } = checks;
  const isInvalid = (verdict: Verdict) => verdict.status === 'invalid';
  const opinionDoesNotCount = OPINION_DOES_NOT_COUNT.has(thirdParty.code);

  if ([content, signature, log, number].some(isInvalid)) return 'altered';
  if (isInvalid(thirdParty) && !opinionDoesNotCount) return 'altered';
  if (isInvalid(status) && status.code === 'status/withdrawn') return 'withdrawn';
  if (isInvalid(status) && status.code === 'status/suspended') return 'suspended';
  if (opinionDoesNotCount) return 'opinion-does-not-count';
  if (CHECK_NAMES.some((name) => SIGNER_UNKNOWN.has(checks[name].code))) return 'signer-unknown';
  if (content.code === 'content/erased') return 'removed';
  if (isInvalid(status) && status.code === 'status/replaced') return 'replaced';
  if (isInvalid(status) && status.code === 'status/expired') return 'expired';
  const open = CHECK_NAMES.filter((name) => !holds(name, checks[name]));
  if (open.length === 1 && log.status === 'unknown' && log.code === 'log/pending') return 'pending';
  return open.length > 0 ? 'could-not-check' : 'matches';
}

function holds(name: CheckName, { status, code }: Verdict): boolean {
  if (status === 'unknown') return TOLERATED.has(code);
  // only a third party can be absent; every other check either held or did not
  return status === 'valid' || (status === 'not-applicable' && name === 'thirdParty');
}
