// The report for a person at a terminal. State is text and sign, never colour alone.
import { CHECK_NAMES, type Report, type Verdict } from '#lib/verification';
import { type Language, pageFields, say, sayCode } from '#lib/wording';
import { headlineText } from '../show-report.ts';

const SIGNS: Readonly<Record<Verdict['status'], string>> = {
  valid: '✓',
  invalid: '✗',
  unknown: '?',
  'not-applicable': '–',
};

export function formatReport(report: Report, language: Language): string {
  const lines = [headlineText(report, language), ''];
  if (report.facts) {
    const { product, code, number, unit, boundary, maker, dates, opinion } = pageFields(
      report.facts,
      language,
    );
    lines.push(product, maker, code, `${number} ${unit}`, boundary, dates, opinion, '');
  }
  for (const name of CHECK_NAMES) {
    const { status, code, detail } = report.checks[name];
    lines.push(
      `${SIGNS[status]} ${say(language, `check/${name}`)}: ${sayCode(language, code, detail)}  [${code}]`,
    );
  }
  // one line each: a stranger's text with a line break could write a check of its own
  return `${lines.map((line) => line.replaceAll('\n', ' ')).join('\n')}\n`;
}

/**
 * Control characters and those that turn the direction of text, as `\u202e`: a terminal obeys them, and what a stranger
 * wrote could then wipe out the verdict or stand in its place. Inside JSON it is the same text for whoever reads that.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
