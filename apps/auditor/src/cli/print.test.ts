import { finding } from '#lib/audit';
import { LANGUAGES, sayAudit } from '#lib/wording';
import type { AuditResult } from '../audit-run.ts';
import { exitCodeOf, formatResult } from './print.ts';

const result = (more: Partial<AuditResult>): AuditResult => ({
  findings: [],
  counts: new Map(),
  size: 12,
  root: 'ab',
  from: 0,
  heads: 2,
  block: 7,
  endpoints: [],
  kinds: new Map(),
  uncovered: 0,
  waiting: 0,
  keyHistory: null,
  split: [],
  ledger: 'public',
  maxDelay: 3_600,
  state: null,
  ...more,
});

test.each(LANGUAGES)('a clean audit says what it does not prove, %s', (language) => {
  expect(formatResult(result({}), language)).toContain(sayAudit(language, 'limits'));
  const findings = [finding('status/withheld', 'FlagSet', 'an entry', 'none')];
  expect(exitCodeOf({ findings })).toBe(1);
  expect(formatResult(result({ findings }), language)).not.toContain(sayAudit(language, 'limits'));
});

test('who runs the chain is said, whatever was found', () => {
  const findings = [finding('source/unreachable', 'log', 'an answer', 'none')];
  for (const ledger of ['test', 'private'] as const) {
    expect(formatResult(result({ ledger }), 'en')).toContain(sayAudit('en', `${ledger}-ledger`));
    expect(formatResult(result({ ledger, findings }), 'en')).toContain(sayAudit('en', `${ledger}-ledger`));
  }
  expect(formatResult(result({}), 'en')).not.toContain('ledger:');
});

test.each([
  [90, '90 s'],
  [3_600, '60 min'],
  [86_400, '24 h'],
  [4_294_967_295, '49,710 d'],
])('a promise of %s seconds is shown', (maxDelay, text) => {
  expect(formatResult(result({ maxDelay }), 'en')).toContain(`anchored within ${text}.`);
});

test('what a stranger wrote does not draw in the terminal', () => {
  const findings = [finding('content/altered', 'entry 1', '\u001b[2J\u202eabc', 'x'.repeat(5_000))];
  const text = formatResult(result({ findings }), 'en');
  for (const sign of ['\u001b', '\u202e']) expect(text).not.toContain(sign);
  expect(text.length).toBeLessThan(1_500);
});
