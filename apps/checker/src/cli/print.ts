// The report for a person at a terminal. State is text and sign, never colour alone.
import { CHECK_NAMES, type Report, type Verdict } from '#lib/verification';
import { isMessageKey, type Language, pageFields, say, sayCode } from '#lib/wording';

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

function headlineText({ headline, detail, overlays }: Report, language: Language): string {
  const undated =
    headline === 'matches' && detail.since === undefined
      ? 'headline/matches/undated'
      : `headline/${headline}`;
  const text = isMessageKey(undated) ? say(language, undated, detail) : headline;
  const notes = overlays.map((overlay) => say(language, `overlay/${overlay.id}`, overlay.detail));
  return [text, ...notes].join(' · ');
}
