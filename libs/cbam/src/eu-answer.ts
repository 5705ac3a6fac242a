/** "What does the EU ask of my product, and from when?": CBAM and the dated duties for one commodity code. */
import type { Bilingual } from './category.ts';
import { EU_DUTIES, type EuDuty, type NeededField } from './eu-duties.ts';
import { KNOWN_ON } from './parameters.ts';
import { isInScope, type Scope, spaced } from './scope.ts';

export interface EuAnswer {
  readonly cn: string;
  readonly cbam: Scope;
  readonly duties: readonly (EuDuty & {
    /** Whether it applies on the day asked for; null for a plan. */
    readonly applies: boolean | null;
    readonly missing: readonly NeededField[];
  })[];
  /** What to say of other passport duties: none known, as of a date. */
  readonly others: Bilingual;
  readonly knownOn: string;
}

/**
 * @param known names of facts that the product record holds, e.g. `productId`
 * @param day `YYYY-MM-DD`, today as the caller knows it
 * @throws {CbamError} cbam/malformed-cn
 */
export function askEu(code: string, day: string, known: readonly string[] = []): EuAnswer {
  const cbam = isInScope(code);
  const { cn } = cbam;
  const duties = EU_DUTIES.filter(
    ({ codes, except = [] }) =>
      codes.some((each) => cn.startsWith(each)) && !except.some((each) => cn.startsWith(each)),
  ).map((duty) => ({
    ...duty,
    applies: duty.state === 'planned' ? null : duty.from <= day,
    missing: duty.needs.filter(({ key }) => !known.includes(key)),
  }));
  const named = duties.length > 0;
  const others: Bilingual = {
    zh: `${named ? '其他' : ''}产品护照义务：截至 ${KNOWN_ON} 未知（没有发现）。`,
    en: `${named ? 'Other product' : 'Product'} passport duties: none known on ${KNOWN_ON}.`,
  };
  return { cn, cbam, duties, others, knownOn: KNOWN_ON };
}

export function renderEuAnswer({ cn, cbam, duties, others }: EuAnswer, language: 'zh' | 'en'): string {
  const zh = language === 'zh';
  const lines = [`${spaced(cn)}`, `CBAM: ${cbam.reason[language]}`];
  if (cbam.state === 'in') lines.push(`  ${cbam.duty.who[language]}`);
  for (const duty of duties) {
    const when =
      duty.applies === null
        ? zh
          ? '计划'
          : 'planned'
        : duty.applies
          ? zh
            ? `自 ${duty.from} 起适用`
            : `applies since ${duty.from}`
          : zh
            ? `${duty.from} 起适用`
            : `from ${duty.from}`;
    lines.push(`${when}: ${duty.what[language]}`, `  ${duty.who[language]}`, `  ${duty.source}`);
    if (duty.missing.length > 0)
      lines.push(
        `  ${zh ? '尚缺' : 'missing'}: ${duty.missing.map((each) => each.label[language]).join(zh ? '、' : ', ')}`,
      );
  }
  lines.push(others[language]);
  return `${lines.join('\n')}\n`;
}
