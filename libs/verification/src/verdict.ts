// What a check says. Codes are public and permanent (docs/checks.md); sentences are looked up by code elsewhere.

/** `not-applicable` follows only from signed, anchored content, never from something that is missing. */
export type Status = 'valid' | 'invalid' | 'unknown' | 'not-applicable';

export const CHECK_NAMES = ['content', 'signature', 'log', 'status', 'number', 'thirdParty'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Values for the places of the code's sentence. Plain text, some of it written by strangers. */
export type Detail = Readonly<Record<string, string>>;

/** What a reader can look at again: a hash, a head, a transaction's block, an address. */
export type Evidence = { readonly what: string; readonly value: string };

export interface Verdict {
  readonly status: Status;
  readonly code: string;
  readonly detail: Detail;
  readonly evidence: readonly Evidence[];
}

export type Checks = Readonly<Record<CheckName, Verdict>>;

const verdict =
  (status: Status) =>
  (code: string, detail: Detail = {}, evidence: readonly Evidence[] = []): Verdict => ({
    status,
    code,
    detail,
    evidence,
  });

export const valid = verdict('valid');
export const invalid = verdict('invalid');
export const unknown = verdict('unknown');
export const notApplicable = verdict('not-applicable');
