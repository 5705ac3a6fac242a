// Findings for a person at a terminal, and the same as JSON.
import { type Finding, weightOf } from '#lib/audit';
import { type Language, sayAudit } from '#lib/wording';
import type { AuditResult } from '../audit-run.ts';

const SIGNS = { contradiction: '✗', gap: '?', note: '–' } as const;
const LONGEST = 400;

/** 0 nothing found · 1 a contradiction · 3 not everything could be looked at. As `npm run verify`, docs/checks.md. */
export function exitCodeOf({ findings }: Pick<AuditResult, 'findings'>): 0 | 1 | 3 {
  const weights = new Set(findings.map(weightOf));
  return weights.has('contradiction') ? 1 : weights.has('gap') ? 3 : 0;
}

export function formatFinding(found: Finding, language: Language): string {
  const { code, place, expected, found: value, detail } = found;
  const line = (name: string, text: string) => (text === '' ? '' : `    ${name.padEnd(9)}${plain(text)}\n`);
  return [
    `${SIGNS[weightOf(found)]} ${sayAudit(language, code)}  [${code}]\n`,
    `    ${plain(place)}\n`,
    line(sayAudit(language, 'expected'), expected),
    line(sayAudit(language, 'found'), value),
    line('', detail),
  ].join('');
}

/** Contradictions and gaps one by one, notes summed. */
export function formatResult(result: AuditResult, language: Language): string {
  const { findings, counts, size, heads, block, from, uncovered, ledger, maxDelay } = result;
  const code = exitCodeOf(result);
  const parts = findings
    .filter((found) => weightOf(found) !== 'note')
    .map((found) => formatFinding(found, language));
  for (const [name, count] of counts)
    if (weightOf({ code: name as Finding['code'] }) === 'note')
      parts.push(
        `– ${sayAudit(language, 'notes', { count: String(count), code: name, text: sayAudit(language, name) })}\n`,
      );
  if (from > 0) parts.push(`– ${sayAudit(language, 'from', { from: String(from) })}\n`);
  if (uncovered > 0 && !counts.has('entry/not-covered'))
    parts.push(`– ${sayAudit(language, 'uncovered', { count: String(uncovered) })}\n`);
  const contradictions = findings.filter((found) => weightOf(found) === 'contradiction').length;
  const values = {
    size: String(size ?? 0),
    heads: String(heads),
    block: String(block ?? '–'),
    count: String(contradictions),
  };
  const last = code === 0 ? 'clean' : code === 1 ? 'contradiction' : 'unfinished';
  const limits = code === 0 ? [sayAudit(language, 'limits')] : [];
  // whatever is promised is kept if the promise is long enough: a reader has to see it
  if (maxDelay !== null) limits.unshift(sayAudit(language, 'delay', { delay: spanOf(maxDelay) }));
  if (ledger !== 'public') limits.push(sayAudit(language, `${ledger}-ledger`));
  return [`${parts.join('')}${sayAudit(language, last, values)}`, ...limits, ''].join('\n');
}

export function toJson(result: AuditResult, target: string, time: string): string {
  const { state: _, kinds, counts, split, findings, ...rest } = result;
  const value = {
    format: 'anchorleaf-audit/v1',
    target,
    time,
    ...rest,
    kinds: Object.fromEntries(kinds),
    counts: Object.fromEntries(counts),
    findings: findings.map((found) => ({ weight: weightOf(found), ...found })),
    split,
    exit: exitCodeOf(result),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `90 s`, `15 min`, `36 h`, `4,970 d`. */
function spanOf(seconds: number): string {
  const [size, unit] =
    seconds < 120
      ? [1, 's']
      : seconds < 7_200
        ? [60, 'min']
        : seconds < 172_800
          ? [3_600, 'h']
          : [86_400, 'd'];
  return `${Math.round(seconds / (size as number)).toLocaleString('en')} ${unit}`;
}

/** Strangers' text cannot draw in the terminal, nor fill it. */
function plain(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}
