/**
 * The operator's report as JSON with the fields of the Commission's communication template, and the cells of that
 * template (v2.1.1 of 13 December 2024; v2.1 differs: from column P on one column to the left, totals in AH). Cell
 * positions are facts of that workbook. Its summary sheet holds formulas over sheets that we do not fill, so the summary's
 * result cells are replaced; details of the installation go to the input cells and its formulas carry them over.
 */
import type { Edit } from '#lib/workbook-patch';
import type { Bilingual } from './category.ts';
import { CATEGORIES, isCategory } from './category.ts';
import type { Comparison, Estimate } from './certificates.ts';
import type { CbamProduct, CbamResult } from './compute.ts';
import { CbamError } from './errors.ts';
import { dayBefore } from './format.ts';
import { spaced } from './scope.ts';

export interface OperatorReport {
  readonly format: 'anchorleaf-cbam-operator-report/v1';
  readonly statement: Bilingual;
  readonly installation: Readonly<Record<string, string | null>>;
  readonly verifier: Readonly<Record<string, string | null>>;
  /** Both days inclusive, as the template has them. */
  readonly reportingPeriod: { readonly start: string; readonly end: string };
  readonly installationTotals: CbamResult['totals'];
  readonly products: readonly Readonly<Record<string, string | null>>[];
  readonly purchasedPrecursors: CbamResult['precursors'];
  readonly missing: CbamResult['missing'];
  readonly marks: CbamResult['marks'];
}

export function operatorReport(result: CbamResult): OperatorReport {
  return {
    format: 'anchorleaf-cbam-operator-report/v1',
    statement: result.statement,
    installation: result.installation,
    verifier: result.verifier,
    reportingPeriod: { start: result.period.start, end: dayBefore(result.period.end) },
    installationTotals: result.totals,
    products: result.products.map((product) => ({
      productionProcess: product.process,
      aggregatedGood: englishCategory(product),
      cnCode: product.cn,
      productName: product.invoiceName ?? product.name,
      seeDirect: product.direct,
      seeIndirect: product.indirect,
      seeTotal: product.total,
      seeCounted: product.counted,
      unit: 'tCO2e/t',
      shareByDefault: product.defaultShare,
      electricityFactorSource: product.electricity.sources.join('; ') || null,
      embeddedElectricity: product.electricity.megawattHoursPerTonne,
      electricityFactor: product.electricity.factor,
      ...product.parameters,
    })),
    purchasedPrecursors: result.precursors,
    missing: result.missing,
    marks: result.marks,
  };
}

const englishCategory = ({ category }: CbamProduct): string =>
  isCategory(category) ? CATEGORIES[category].name.en : category;

const INSTALLATION_CELLS: readonly (readonly [string, string])[] = [
  ['name', 'I19'],
  ['nameEnglish', 'I20'],
  ['street', 'I21'],
  ['economicActivity', 'I22'],
  ['postCode', 'I23'],
  ['postBox', 'I24'],
  ['city', 'I25'],
  ['unLocode', 'I27'],
  ['latitude', 'I28'],
  ['longitude', 'I29'],
  ['representative', 'I30'],
  ['email', 'I31'],
  ['telephone', 'I32'],
];
const VERIFIER_CELLS: readonly (readonly [string, string])[] = [
  ['company', 'I37'],
  ['accreditationState', 'I51'],
  ['accreditationBody', 'I52'],
  ['registrationNumber', 'I53'],
];

const SUMMARY = 'Summary_Communication';
export const FIRST_PRODUCT_ROW = 26;
const MOST_PRODUCTS = 65;

/** Edits for the template v2.1.1. @throws {CbamError} cbam/too-many */
export function communicationEdits(result: CbamResult): readonly Edit[] {
  if (result.products.length > MOST_PRODUCTS) {
    throw new CbamError(
      'cbam/too-many',
      '/products',
      `the template has ${MOST_PRODUCTS} rows for ${result.products.length} products`,
      'split the input by process and use one workbook each',
    );
  }
  const { installation, verifier, period, totals } = result;
  return [
    date('I9', period.start),
    date('L9', dayBefore(period.end)),
    ...INSTALLATION_CELLS.flatMap(([key, cell]) => input(cell, installation[key])),
    ...VERIFIER_CELLS.flatMap(([key, cell]) => input(cell, verifier[key])),
    // The input cell wants the country's name from a list; the summary shows its code.
    ...text('G16', installation.country, 'A_InstData!S26'),
    ...number('AI15', totals.direct, "'C_Emissions&Energy'!L27"),
    ...number('AI16', totals.indirect, "'C_Emissions&Energy'!M27"),
    ...number('AI17', totals.total, "'C_Emissions&Energy'!N27"),
    ...result.products.flatMap((product, index) => productEdits(product, FIRST_PRODUCT_ROW + index)),
  ];
}

function productEdits(product: CbamProduct, row: number): readonly Edit[] {
  // Row 26 of the summary shows row 10 of Summary_Products; from Q on its columns lie one to the left.
  const from = (column: string): string => `Summary_Products!${column}${row - 16}`;
  return [
    ...text(`D${row}`, product.process, from('D')),
    ...text(`E${row}`, englishCategory(product), from('E')),
    ...text(`F${row}`, product.cn.slice(0, 8), from('F')),
    ...text(`H${row}`, product.invoiceName ?? product.name, from('H')),
    ...number(`I${row}`, product.direct, from('I')),
    ...number(`J${row}`, product.indirect, from('J')),
    ...number(`K${row}`, product.total, from('K')),
    ...text(`L${row}`, 'tCO2e/t', from('L')),
    ...number(`M${row}`, fraction(product.defaultShare), from('M')),
    ...text(`N${row}`, product.electricity.sources.join('; '), from('N')),
    ...number(`O${row}`, product.electricity.megawattHoursPerTonne, from('O')),
    ...text(`Q${row}`, product.parameters.reducingAgent, from('P')),
    ...text(`R${row}`, product.parameters.steelMill, from('Q')),
  ];
}

type Maybe = string | null | undefined;
const input = (cell: string, value: Maybe): readonly Edit[] =>
  value == null || value === '' ? [] : [{ sheet: 'A_InstData', cell, value: { kind: 'text', text: value } }];
const date = (cell: string, day: string): Edit => ({
  sheet: 'A_InstData',
  cell,
  value: { kind: 'date', day },
});
const text = (cell: string, value: Maybe, formulaHas: string): readonly Edit[] =>
  value == null || value === '' ? [] : [result(cell, { kind: 'text', text: value }, formulaHas)];
const number = (cell: string, decimal: Maybe, formulaHas: string): readonly Edit[] =>
  decimal == null ? [] : [result(cell, { kind: 'number', decimal }, formulaHas)];
const result = (cell: string, value: Edit['value'], formulaHas: string): Edit => ({
  sheet: SUMMARY,
  cell,
  value,
  replaceFormula: true,
  formulaHas,
});

/** "12.5" percent → "0.125", by moving the point. */
function fraction(percent: string | null): string | null {
  if (percent === null) return null;
  const [whole = '0', decimals = ''] = percent.split('.');
  const digits = `${whole.padStart(3, '0')}${decimals}`;
  const point = digits.length - decimals.length - 2;
  const moved = `${digits.slice(0, point).replace(/^0+(?=\d)/, '')}.${digits.slice(point)}`;
  return moved.replace(/\.?0+$/, '');
}

/** The result for a person, in one language. */
export function renderSummary(result: CbamResult, language: 'zh' | 'en'): string {
  const zh = language === 'zh';
  const lines: string[] = [
    result.statement[language],
    zh
      ? `报告期 ${result.period.start} 至 ${dayBefore(result.period.end)}`
      : `period ${result.period.start} to ${dayBefore(result.period.end)}`,
    zh
      ? `装置排放（吨 CO2e）：直接 ${result.totals.direct}，间接 ${result.totals.indirect}`
      : `installation (tCO2e): direct ${result.totals.direct}, indirect ${result.totals.indirect}`,
    '',
  ];
  for (const each of result.products) {
    lines.push(
      `${spaced(each.cn)} ${each.name}: ${each.direct} + ${each.indirect} = ${each.total} tCO2e/t`,
      zh
        ? `  计入证书 ${each.counted}（${each.countedRule === 'direct-only' ? '附件二：只计直接排放' : '直接和间接'}）；默认值占比 ${each.defaultShare ?? '无'} %`
        : `  counts for certificates ${each.counted} (${each.countedRule === 'direct-only' ? 'Annex II: direct emissions only' : 'direct and indirect'}); share of default values ${each.defaultShare ?? 'none'} %`,
    );
  }
  for (const comparison of result.comparisons) lines.push('', ...comparisonLines(comparison, language));
  lines.push('', ...result.marks.map((mark) => `! ${mark[language]}`));
  if (result.missing.length > 0)
    lines.push(
      zh ? '尚缺：' : 'missing:',
      ...result.missing.map((each) => `  ${each.label[language]} (${each.pointer})`),
    );
  lines.push('', result.rounding[language], result.notAFootprint[language]);
  return `${lines.join('\n')}\n`;
}

const INPUT_NAMES: Readonly<Record<keyof Estimate['inputs'], Bilingual>> = {
  specificEmissions: { zh: '单位排放', en: 'specific emissions' },
  markUp: { zh: '加成', en: 'mark-up' },
  benchmark: { zh: '基准值', en: 'benchmark' },
  freeAllocationShare: { zh: '免费配额比例', en: 'free-allocation share' },
  correctionFactor: { zh: '修正系数', en: 'correction factor' },
  carbonPricePaid: { zh: '已付碳价折 tCO2e', en: 'tCO2e of carbon price paid' },
  euroPerCertificate: { zh: '每张证书欧元', en: 'EUR per certificate' },
};

function comparisonLines({ actual, byDefault, saving, statement }: Comparison, language: 'zh' | 'en') {
  const zh = language === 'zh';
  const row = (name: string, { certificates, cost, inputs, notes, missing }: Estimate) => [
    `  ${name}: ${certificates ?? '?'} tCO2e, ${cost ?? '?'} EUR; ${Object.entries(INPUT_NAMES)
      .map(([key, label]) => {
        const value = inputs[key as keyof Estimate['inputs']];
        return `${label[language]} ${typeof value === 'object' && value !== null ? value.value : (value ?? '?')}`;
      })
      .join(zh ? '，' : ', ')}`,
    ...[...notes, ...missing].map((what) => `    ${what}`),
  ];
  return [
    `${spaced(byDefault.cn)} × ${byDefault.mass} t, ${byDefault.year}`,
    ...(actual === null ? [] : row(zh ? '实际值' : 'actual', actual)),
    ...row(zh ? '默认值' : 'default', byDefault),
    ...(saving === null
      ? []
      : [
          `  ${zh ? '默认值减实际值' : 'default less actual'}: ${saving.certificates} tCO2e, ${saving.cost ?? '?'} EUR`,
        ]),
    `  ${statement[language]}`,
  ];
}
