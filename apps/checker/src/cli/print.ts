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
  return `${lines.join('\n')}\n`;
}
