// What a check ends with: one headline, its overlays, six verdicts, the checked facts. Plain JSON throughout.

import type { Times } from './check-log.ts';
import type { Facts } from './facts.ts';
import type { Headline } from './headline.ts';
import type { Checks, Detail, Verdict } from './verdict.ts';

/** Words in the headline's own line; they change no code. */
export type Overlay = {
  readonly id:
    | 'test-ledger'
    | 'private-ledger'
    | 'operator-page'
    | 'self-declared'
    | 'as-of'
    | 'inputs-shown'
    | 'qualified';
  readonly detail: Detail;
};

export type Report = {
  readonly format: 'anchorleaf-report/v1';
  readonly headline: Headline;
  /** Values for the headline's own sentence. */
  readonly detail: Detail;
  readonly overlays: readonly Overlay[];
  readonly checks: Checks;
  /** Checked bytes only; null while they are not the recorded ones. */
  readonly facts: Facts | null;
  readonly times: Times;
  /** Block that the chain was read at; null if it was not. */
  readonly asOf: { readonly block: string; readonly hash: string; readonly time: string } | null;
  /** Network addresses that were asked. */
  readonly calls: readonly string[];
};

const NONE: Times = { stated: null, notBefore: null, notAfter: null };

/** A report about what could not be taken apart: the first verdict is `content`, nothing else was reached. */
export function reportUnreached(headline: Headline, content: Verdict, detail: Detail = {}): Report {
  const rest: Verdict = {
    status: 'unknown',
    code: 'check/not-reached',
    detail: { because: 'check/content' },
    evidence: [],
  };
  const checks = { content, signature: rest, log: rest, status: rest, number: rest, thirdParty: rest };
  return {
    format: 'anchorleaf-report/v1',
    headline,
    detail,
    overlays: [],
    checks,
    facts: null,
    times: NONE,
    asOf: null,
    calls: [],
  };
}
