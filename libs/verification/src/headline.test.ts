import { HEADLINES, type Headline, headlineOf } from './headline.ts';
import { CHECK_NAMES, type CheckName, type Checks, type Status, type Verdict } from './verdict.ts';

// Every state of every check that matters to the headline, with what it alone would make of a record that is
// otherwise in order. This is the table of docs/checks.md, written as a reader of design would: one state, one word.
type State = readonly [Status, string, Exclude<Headline, 'not-known' | 'reserved'>];
const COMMON: readonly State[] = [
  ['unknown', 'chain/unreachable', 'could-not-check'],
  ['unknown', 'root/missing', 'signer-unknown'],
  ['unknown', 'root/mismatch', 'signer-unknown'],
  ['unknown', 'check/not-reached', 'could-not-check'],
  ['unknown', 'code/of-a-later-version', 'could-not-check'],
];
const STATES: Readonly<Record<CheckName, readonly State[]>> = {
  content: [
    ['valid', 'content/recorded', 'matches'],
    ['invalid', 'content/document-altered', 'altered'],
    ['invalid', 'content/other-code', 'altered'],
    ['unknown', 'content/erased', 'removed'],
    ['unknown', 'root/mismatch', 'signer-unknown'],
    ['unknown', 'code/of-a-later-version', 'could-not-check'],
    ['not-applicable', 'content/recorded', 'could-not-check'],
  ],
  signature: [
    ['valid', 'signature/issuer-key', 'matches'],
    ['invalid', 'signature/bad-credential', 'altered'],
    ['unknown', 'signature/key-not-continuous', 'signer-unknown'],
    ['unknown', 'signature/key-retired', 'signer-unknown'],
    ['unknown', 'root/missing', 'signer-unknown'],
    ['unknown', 'check/not-reached', 'could-not-check'],
    ['not-applicable', 'signature/issuer-key', 'could-not-check'],
  ],
  log: [
    ['valid', 'log/anchored', 'matches'],
    ['valid', 'log/pinned-head', 'matches'],
    ['invalid', 'log/not-included', 'altered'],
    ['unknown', 'log/pending', 'pending'],
    ['unknown', 'log/anchor-overdue', 'could-not-check'],
    ['unknown', 'chain/endpoints-disagree', 'could-not-check'],
    ['not-applicable', 'log/pending', 'could-not-check'],
  ],
  status: [
    ['valid', 'status/active', 'matches'],
    ['invalid', 'status/withdrawn', 'withdrawn'],
    ['invalid', 'status/suspended', 'suspended'],
    ['invalid', 'status/replaced', 'replaced'],
    ['invalid', 'status/expired', 'expired'],
    ['invalid', 'code/of-a-later-version', 'could-not-check'],
    ['unknown', 'status/withdrawn', 'could-not-check'],
    ['unknown', 'status/as-of', 'matches'],
    ['not-applicable', 'status/active', 'could-not-check'],
    ...COMMON,
  ],
  number: [
    ['valid', 'number/recomputed', 'matches'],
    ['invalid', 'number/differs', 'altered'],
    ['unknown', 'number/withheld', 'matches'],
    ['unknown', 'number/unknown-method', 'could-not-check'],
    ['not-applicable', 'number/withheld', 'could-not-check'],
  ],
  thirdParty: [
    ['valid', 'third-party/opinion', 'matches'],
    ['valid', 'third-party/qualified', 'matches'],
    ['not-applicable', 'third-party/self-declared', 'matches'],
    ['invalid', 'third-party/forged', 'altered'],
    ['invalid', 'third-party/stripped', 'altered'],
    ['invalid', 'code/of-a-later-version', 'altered'],
    ['invalid', 'third-party/unregistered', 'opinion-does-not-count'],
    ['invalid', 'third-party/opinion-revoked', 'opinion-does-not-count'],
    ['unknown', 'third-party/registrar-not-listed', 'opinion-does-not-count'],
    ['unknown', 'third-party/as-of', 'matches'],
    ['unknown', 'third-party/contract-signature', 'could-not-check'],
    ...COMMON,
  ],
};

/** Highest first, as the headlines are ranked; the worst single state decides. */
const RANK = HEADLINES;

/** Slow and plain: the worst of the six words; pending only when nothing but the log is open. */
function oracle(states: readonly State[]): Headline {
  const words = states.map(([, , word]) => word);
  const worst = RANK.find((word) => words.includes(word))!;
  return worst;
}

const verdictOf = ([status, code]: State): Verdict => ({ status, code, detail: {}, evidence: [] });

test('the product of all states', () => {
  const counts: Partial<Record<Headline, number>> = {};
  let wrong = 0;
  const walk = (at: number, states: readonly State[]): void => {
    if (at < CHECK_NAMES.length) {
      for (const state of STATES[CHECK_NAMES[at]!]) walk(at + 1, [...states, state]);
      return;
    }
    const checks = Object.fromEntries(CHECK_NAMES.map((name, i) => [name, verdictOf(states[i]!)]));
    const headline = headlineOf(checks as Checks);
    counts[headline] = (counts[headline] ?? 0) + 1;
    if (headline !== oracle(states)) wrong++;
  };
  walk(0, []);
  expect(wrong).toBe(0);
  // written down, so that a change of any rule is seen
  expect(counts).toMatchInlineSnapshot(`
{
  "altered": 253120,
  "could-not-check": 13776,
  "expired": 1728,
  "matches": 32,
  "opinion-does-not-count": 25920,
  "pending": 16,
  "removed": 5760,
  "replaced": 1728,
  "signer-unknown": 63360,
  "suspended": 9360,
  "withdrawn": 9360,
}
`);
});

test('matches needs every check to hold; one open state is enough to lose it', () => {
  for (const name of CHECK_NAMES)
    for (const state of STATES[name]) {
      const base = Object.fromEntries(CHECK_NAMES.map((each) => [each, verdictOf(STATES[each][0]!)]));
      const checks = { ...base, [name]: verdictOf(state) } as unknown as Checks;
      expect([name, state[1], headlineOf(checks)]).toEqual([name, state[1], state[2]]);
    }
});

test('one shared verdict object is judged by its place', () => {
  const shared: Verdict = { status: 'not-applicable', code: 'x', detail: {}, evidence: [] };
  const checks = Object.fromEntries(CHECK_NAMES.map((name) => [name, shared])) as unknown as Checks;
  expect(headlineOf(checks)).toBe('could-not-check');
});
