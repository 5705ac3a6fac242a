// What an auditor can find. Codes are public: never renamed, never reused; docs/auditing.md explains each.

/**
 * `contradiction`: two things that cannot both be true, shown with both values. `gap`: something that could not be looked
 * at, whoever is to blame; unreachable is not forged. `note`: worth knowing, and no fault.
 */
export type Weight = 'contradiction' | 'gap' | 'note';

export const FINDINGS = {
  'checkpoint/refused': 'contradiction',
  'log/root-differs': 'contradiction',
  'log/split-view': 'contradiction',
  'log/behind-chain': 'contradiction',
  'entry/altered': 'contradiction',
  'entry/malformed': 'contradiction',
  'entry/duplicate': 'contradiction',
  'entry/dangling-reference': 'contradiction',
  'tile/differs': 'contradiction',
  'tile/malformed': 'contradiction',
  'head/differs': 'contradiction',
  'content/altered': 'contradiction',
  'content/malformed': 'contradiction',
  'key/host-only': 'contradiction',
  'signature/bad': 'contradiction',
  'signature/unknown-key': 'contradiction',
  'signature/host-only-key': 'contradiction',
  'signature/key-not-in-force': 'contradiction',
  'signature/not-delegated': 'contradiction',
  'time/outside-anchors': 'contradiction',
  'anchor/overdue': 'contradiction',
  'status/withheld': 'contradiction',
  'status/invented': 'contradiction',
  'status/differs': 'contradiction',
  'passport/no-entry': 'contradiction',
  'passport/differs': 'contradiction',
  'passport/two-credentials': 'contradiction',
  'passport/superseded-twice': 'contradiction',
  'opinion/no-entry': 'contradiction',
  'opinion/differs': 'contradiction',
  'opinion/contradicts': 'contradiction',
  'registration/no-entry': 'contradiction',
  'registration/differs': 'contradiction',
  'chain/other-code': 'contradiction',
  'chain/other-log': 'contradiction',
  'chain/final-block-changed': 'contradiction',
  'page/not-recorded': 'contradiction',
  'page/unpinned-script': 'contradiction',
  'page/integrity-differs': 'contradiction',
  'content/withheld': 'gap',
  'signature/unchecked': 'gap',
  'source/unreachable': 'gap',
  'source/behind': 'gap',
  'chain/unreachable': 'gap',
  'chain/endpoints-disagree': 'gap',
  'chain/stale': 'gap',
  'chain/events-missing': 'gap',
  'content/erased': 'note',
  'content/not-public': 'note',
  'entry/not-receipt': 'note',
  'entry/not-covered': 'note',
  'time/stated-early': 'note',
  'log/handed-over': 'note',
  'log/offered': 'note',
  'log/succeeded': 'note',
  'registration/not-on-chain': 'note',
  'registration/elsewhere': 'note',
  'passport/not-minted': 'note',
  'passport/elsewhere': 'note',
} as const satisfies Readonly<Record<string, Weight>>;

export type FindingCode = keyof typeof FINDINGS;

export type Finding = {
  readonly code: FindingCode;
  /** What it is about: `entry 17`, `tile/0/000`, `head 3`, `token 0x…`. */
  readonly place: string;
  /** What it would have to be; empty for a note. */
  readonly expected: string;
  /** What it is. Plain text, some of it written by strangers. */
  readonly found: string;
  /** Whatever helps to look again: a transaction, a block, a time. */
  readonly detail: string;
};

/** Hears of each finding as it is made. */
export type Report = (finding: Finding) => void;

export const weightOf = ({ code }: { readonly code: FindingCode }): Weight => FINDINGS[code];

export function finding(
  code: FindingCode,
  place: string,
  expected: string,
  found: string,
  detail = '',
): Finding {
  return { code, place, expected, found, detail };
}
