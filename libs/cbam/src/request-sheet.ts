/** What to ask a mill for, in Chinese and English, for each precursor that has no verified actual value yet. */
import type { Bilingual } from './category.ts';
import type { CbamPrecursor, CbamResult } from './compute.ts';
import { dayBefore } from './format.ts';
import { spaced } from './scope.ts';

export interface RequestField {
  readonly key: string;
  readonly label: Bilingual;
  /** What is known already, for the mill to confirm. */
  readonly known: string | null;
}

export interface RequestSheet {
  readonly precursor: string;
  readonly title: Bilingual;
  readonly why: Bilingual;
  readonly fields: readonly RequestField[];
}

const field = (key: string, zh: string, en: string, known: string | null = null): RequestField => ({
  key,
  label: { zh, en },
  known,
});

const days = (period: { readonly start: string; readonly end: string } | null): string | null =>
  period === null ? null : `${period.start} – ${dayBefore(period.end)}`;

/** One sheet for each precursor whose value is a default or not verified. */
export const requestSheets = (result: CbamResult): readonly RequestSheet[] =>
  result.precursors
    .filter(({ mode }) => mode === 'default' || mode === 'actual-unverified')
    .map((each) => sheet(each, result));

function sheet(precursor: CbamPrecursor, result: CbamResult): RequestSheet {
  return {
    precursor: precursor.id,
    title: {
      zh: `前体隐含排放数据请求：${precursor.name}（CN ${spaced(precursor.cn)}）`,
      en: `Request for embedded emissions of a precursor: ${precursor.name} (CN ${spaced(precursor.cn)})`,
    },
    why: {
      zh: '我们的产品出口欧盟，进口商须按 CBAM 申报。没有贵厂的实际值和核查报告，只能使用通常较高的默认值。',
      en: 'Our goods go to the EU and their importer declares under CBAM. Without your actual values and the verification report for them we must use default values, which are usually higher.',
    },
    fields: [
      field('mill', '钢厂（生产装置）名称', 'mill (installation) name', precursor.mill),
      field('installationId', '装置在 CBAM 登记系统的编号', 'installation id in the CBAM registry'),
      field(
        'unLocode',
        'UN/LOCODE 和主要排放源经纬度',
        'UN/LOCODE and coordinates of the main emission source',
      ),
      field('country', '生产国', 'country of production', precursor.country),
      field(
        'route',
        '生产路线（如 C 高炉转炉、E 废钢电炉）',
        'production route (e.g. C blast furnace, E scrap and electric arc)',
        precursor.route,
      ),
      field('producedIn', '生产期间', 'period of production', days(precursor.producedIn)),
      field('reportingPeriod', '报告期', 'reporting period', days(result.period)),
      field('delivered', '该期间供货量（吨）', 'mass delivered in the period (t)'),
      field('direct', '单位直接隐含排放（tCO2e/t）', 'specific direct embedded emissions (tCO2e/t)'),
      field('indirect', '单位间接隐含排放（tCO2e/t）', 'specific indirect embedded emissions (tCO2e/t)'),
      field(
        'electricity',
        '单位耗电（MWh/t）和电力因子来源',
        'specific electricity (MWh/t) and source of its factor',
      ),
      field('defaultShare', '其中默认值占比（%）', 'share of default values in it (%)'),
      field('carbonPrice', '已付碳价、工具、退还', 'carbon price paid, instrument, rebates'),
      field('report', '核查报告编号、覆盖期间', 'verification report: number and period covered'),
      field('verifier', '核查机构及其欧盟认可编号', 'verifier and its accreditation in the EU'),
    ],
  };
}

/** Plain text with both languages on each line, to be pasted into a message. */
export function renderRequestSheet({ title, why, fields }: RequestSheet): string {
  const rows = fields.map(
    ({ label, known }, index) => `${index + 1}. ${label.zh} / ${label.en}: ${known ?? '________'}`,
  );
  return [title.zh, title.en, '', why.zh, why.en, '', ...rows, ''].join('\n');
}
