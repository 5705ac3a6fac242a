// A report as elements: one headline with its overlays, six lines with reasons, times and the addresses asked. State is
// words and a sign; colour comes on top (`data-tone`).
import { CHECK_NAMES, type Report, type Verdict } from '#lib/verification';
import { displayTime, isMessageKey, type Language, say, sayCode } from '#lib/wording';
import type { Call } from './rpc.ts';

const SIGNS: Readonly<Record<Verdict['status'], string>> = {
  valid: '✓',
  invalid: '✗',
  unknown: '?',
  'not-applicable': '–',
};

export function showReport(
  section: HTMLElement,
  report: Report,
  calls: readonly Call[],
  language: Language,
): void {
  section.dataset.headline = report.headline;
  section.dataset.tone = toneOf(report.headline);
  const details = element(
    'details',
    element('summary', say(language, 'page/how')),
    sixLines(report, language),
  );
  for (const line of timeLines(report, language)) details.append(element('p', line));
  if (calls.length > 0) {
    const asked = [...new Set(calls.map(({ endpoint }) => endpoint))].join(', ');
    details.append(element('p', `${say(language, 'page/network')}: ${asked}`));
  }
  const verdict = element('p', headlineText(report, language));
  verdict.className = 'verdict';
  section.replaceChildren(verdict, details);
}

/** Amber is for what could not be settled, red for what was settled against the record; never the other way round. */
function toneOf(headline: Report['headline']): 'calm' | 'amber' | 'red' {
  if (headline === 'altered' || headline === 'withdrawn' || headline === 'suspended') return 'red';
  return headline === 'matches' || headline === 'pending' ? 'calm' : 'amber';
}

/** The headline's sentence and its overlays, in one line: none is to be read without the others. */
export function headlineText(report: Report, language: Language): string {
  const { headline, detail, overlays } = report;
  const key = headlineKey(report);
  const text = isMessageKey(key) ? say(language, key, detail) : headline;
  return [text, ...overlays.map(({ id, detail: values }) => say(language, `overlay/${id}`, values))].join(
    ' · ',
  );
}

/** Two headlines have a sentence of their own for a case that is common. */
function headlineKey({ headline, detail, checks }: Report): string {
  const { content, signature, log } = checks;
  if (headline === 'matches' && detail.since === undefined) return 'headline/matches/undated';
  const isChainOnly =
    content.status === 'valid' && signature.status === 'valid' && log.code.startsWith('chain/');
  return headline === 'could-not-check' && isChainOnly
    ? 'headline/could-not-check/chain'
    : `headline/${headline}`;
}

function sixLines({ checks }: Report, language: Language): HTMLElement {
  const list = document.createElement('ul');
  for (const name of CHECK_NAMES) {
    const { status, code, detail } = checks[name];
    const title = `${SIGNS[status]} ${say(language, `check/${name}`)} (${say(language, `status/${status}`)}): `;
    const line = element('li', element('b', title), sayCode(language, code, detail));
    line.dataset.check = name;
    line.dataset.status = status;
    line.dataset.code = code;
    list.append(line);
  }
  return list;
}

/** Three times, never mixed. */
function timeLines({ times, asOf }: Report, language: Language): string[] {
  const named = [
    ['page/stated', times.stated],
    ['page/not-before', times.notBefore],
    ['page/not-after', times.notAfter],
  ] as const;
  const lines = named.flatMap(([key, time]) =>
    time === null ? [] : [`${say(language, key)}: ${displayTime(time)}`],
  );
  if (asOf) lines.push(say(language, 'page/as-of', { block: asOf.block, time: asOf.time }));
  return lines;
}

/** Struck out, and still there to be compared. */
export function strike(target: HTMLElement): void {
  const del = document.createElement('del');
  del.textContent = target.textContent;
  target.replaceChildren(del);
}

function element(tag: string, ...children: (string | Node)[]): HTMLElement {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}
