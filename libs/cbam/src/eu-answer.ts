/** "What does the EU ask of my product, and from when?": CBAM and the dated duties for one commodity code. */
import type { Bilingual } from './category.ts';
import { EU_DUTIES, type EuDuty, type NeededField } from './eu-duties.ts';
import { DEADLINES, KNOWN_ON } from './parameters.ts';
import { isInScope, type Scope, spaced } from './scope.ts';

export interface EuAnswer {
  readonly cn: string;
  readonly cbam: Scope;
  /** From when, for goods in scope; for some others, what is proposed. */
  readonly cbamWhen: Bilingual | null;
  /** What the importer needs of the producer, for goods in scope. */
  readonly cbamMissing: readonly NeededField[];
  readonly duties: readonly (EuDuty & {
    /** Whether it applies on the day asked for; null for a plan. */
    readonly applies: boolean | null;
    readonly missing: readonly NeededField[];
  })[];
  /** What to say of other passport duties: none known, as of a date. */
  readonly others: Bilingual;
  readonly knownOn: string;
}

const CBAM_NEEDS: readonly NeededField[] = [
  {
    key: 'installation',
    label: { zh: '生产装置、UN/LOCODE、经纬度', en: 'installation, UN/LOCODE, coordinates' },
  },
  { key: 'embeddedEmissions', label: { zh: '单位隐含排放', en: 'specific embedded emissions' } },
  { key: 'verificationReport', label: { zh: '核查报告', en: 'verification report' } },
];

const LIABLE: Bilingual = {
  zh: `自 ${DEADLINES.liableFrom} 起的进口计入；2026 年进口的首次申报截至 ${DEADLINES.firstDeclaration}；核查报告自 ${DEADLINES.firstReports} 起进入登记系统。`,
  en: `Imports count since ${DEADLINES.liableFrom}; the first declaration, for 2026, is due by ${DEADLINES.firstDeclaration}; verification reports enter the registry from ${DEADLINES.firstReports}.`,
};

/** Chapters of goods downstream of steel and aluminium; which codes a law would name is not known. */
const DOWNSTREAM = ['72', '73', '76', '82', '83', '84', '85', '86', '87', '90', '94'];
const PROPOSED: Bilingual = {
  zh: '欧盟有提案（COM(2025) 989）拟把部分钢铝下游商品纳入，最早 2028-01-01；尚未成为法律。',
  en: 'A proposal (COM(2025) 989) would add some goods downstream of steel and aluminium, from 2028-01-01 at the earliest; it is not law.',
};

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
  const isIn = cbam.state !== 'out';
  const isDownstream = DOWNSTREAM.some((chapter) => cn.startsWith(chapter));
  return {
    cn,
    cbam,
    cbamWhen: isIn ? LIABLE : isDownstream ? PROPOSED : null,
    cbamMissing: isIn ? CBAM_NEEDS.filter(({ key }) => !known.includes(key)) : [],
    duties,
    others,
    knownOn: KNOWN_ON,
  };
}

export function renderEuAnswer(
  { cn, cbam, cbamWhen, cbamMissing, duties, others }: EuAnswer,
  language: 'zh' | 'en',
): string {
  const zh = language === 'zh';
  const lines = [`${spaced(cn)}`, `CBAM: ${cbam.reason[language]}`];
  if (cbam.state === 'in') lines.push(`  ${cbam.duty.who[language]}`);
  if (cbamWhen !== null) lines.push(`  ${cbamWhen[language]}`);
  const lacking = (fields: readonly NeededField[]) =>
    fields.length === 0
      ? []
      : [
          `  ${zh ? '尚缺' : 'missing'}: ${fields.map((each) => each.label[language]).join(zh ? '、' : ', ')}`,
        ];
  lines.push(...lacking(cbamMissing));
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
    lines.push(...lacking(duty.missing));
  }
  lines.push(others[language]);
  return `${lines.join('\n')}\n`;
}
