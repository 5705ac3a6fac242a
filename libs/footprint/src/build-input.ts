/** From activity documents to the input of the calculation, by the rules of a template. */
import type { ActivityDocument, Period } from '#lib/evidence';
import { dimensionOf, type Quantity } from '#lib/quantity';
import { FootprintError } from './errors.ts';
import { makeFactor } from './factor-record.ts';
import type { FactorTable } from './factor-table.ts';
import type { Factor, FootprintInput, InputActivity } from './model.ts';
import type { Template, TemplateRule } from './template.ts';

export interface RecordedActivity {
  /** Content id of the activity document. */
  readonly id: string;
  readonly document: ActivityDocument;
}

export interface InputParts {
  readonly activities: readonly RecordedActivity[];
  readonly product: { readonly id: string; readonly declaredUnit: Quantity; readonly massPerUnit: Quantity };
  readonly period: Period;
  readonly template: Template;
  readonly factors: FactorTable;
}

/**
 * The input in the order of `activities`; its factor list holds each record that is used, once.
 *
 * Electricity that is bought or self-generated carries the emissions and is shared out by the meters; where
 * there is neither, the meters themselves carry them at the grid factor.
 * @throws {FootprintError} footprint/no-factor for an item that the template cannot value
 */
export function buildFootprintInput({
  activities,
  product,
  period,
  template,
  factors,
}: InputParts): FootprintInput {
  const site: Site = {
    hasMeters: activities.some(({ document }) => template.rules.get(document.item)?.role === 'metered-use'),
    hasSupply: activities.some(({ document }) => SUPPLY.has(document.item)),
  };
  const used = new Map<string, Factor>();
  const inputs = activities.map((activity, index) => {
    const rule = ruleOf(activity.document, index, template, site);
    const found = factorsOf(activity.document, rule, index, factors);
    for (const factor of found) used.set(factor.id, factor);
    return inputActivity(activity, rule, found, site);
  });
  return {
    format: 'anchorleaf-footprint-input/v1',
    product: product.id,
    template: template.id,
    declaredUnit: product.declaredUnit,
    massPerUnit: product.massPerUnit,
    boundary: 'cradle-to-gate',
    criteria: template.criteria,
    period,
    factors: [...used.values()],
    activities: inputs,
  };
}

interface Site {
  readonly hasMeters: boolean;
  readonly hasSupply: boolean;
}

const SUPPLY = new Set(['grid-electricity', 'pv-self-use']);

function ruleOf(
  { item, name }: ActivityDocument,
  index: number,
  template: Template,
  site: Site,
): TemplateRule {
  const rule = template.rules.get(item);
  if (rule === undefined) {
    throw new FootprintError(
      'footprint/no-factor',
      `/activities/${index}/item`,
      `template ${template.id} has no rule for ${item} (${name.en}); take it out of the import or choose another template`,
    );
  }
  const grid = template.rules.get('grid-electricity');
  return rule.role === 'metered-use' && !site.hasSupply && grid !== undefined ? grid : rule;
}

function factorsOf(
  document: ActivityDocument,
  rule: TemplateRule,
  index: number,
  table: FactorTable,
): readonly Factor[] {
  if (rule.role === 'output' || rule.role === 'metered-use') return [];
  if (document.supplier?.factor) return [supplierFactor(document)];
  // A missing quantity keeps its factors, so that the gap shows what would have been counted.
  const dimension = document.quantity === null ? null : dimensionOf(document.quantity.unit);
  const keys = dimension === null ? Object.values(rule.factors)[0] : rule.factors[dimension];
  const found = (keys ?? []).map((key) => table.get(key)).filter((factor) => factor !== undefined);
  if (keys === undefined || found.length < keys.length || found.length === 0) {
    throw new FootprintError(
      'footprint/no-factor',
      `/activities/${index}`,
      `no factor for ${document.item} (${document.name.en}) in ${document.quantity?.unit ?? 'any unit'}; ask the supplier for its figure and enter it with the statement's hash`,
    );
  }
  return found;
}

/** The supplier's name stays out of the factor, which is public where the name may be withheld. */
function supplierFactor({ supplier, name }: ActivityDocument): Factor {
  const factor = supplier?.factor;
  if (!factor) throw new Error('supplier factor of an activity without one');
  return makeFactor({
    name: { zh: `供应商声明：${name.zh}`, en: `supplier statement: ${name.en}` },
    value: factor.value,
    unit: factor.unit,
    kind: 'life-cycle',
    gwp: 'not-stated',
    region: 'CN',
    year: factor.year,
    source: `supplier statement ${factor.statement}`,
    licence: 'held as voucher',
    grade: 'maker-stated',
    standIn: null,
    makerStated: true,
    primaryDataShare: factor.primaryDataShare,
  });
}

function inputActivity(
  { id, document }: RecordedActivity,
  rule: TemplateRule,
  factors: readonly Factor[],
  site: Site,
): InputActivity {
  const carries = rule.role === 'burden' || rule.role === 'credit';
  const byMeter = SUPPLY.has(document.item) && site.hasMeters;
  return {
    activity: id,
    name: document.name,
    kind: document.kind,
    item: document.item,
    role: rule.role,
    stage: rule.stage,
    line: document.line,
    allocation: !carries || document.line !== 'shared' ? null : byMeter ? 'electricity-use' : 'pieces',
    period: document.period,
    state: document.state,
    quantity: document.quantity,
    grade: document.source.grade,
    supplier: document.supplier === null ? null : { name: document.supplier.name },
    factors: factors.map((factor) => factor.id),
  };
}
