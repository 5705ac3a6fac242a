/** Templates say what each item of a sector's workbook means: its stage, its factors, how it is shared. */
import type { Names } from '#lib/evidence';
import type { Dimension, Quantity } from '#lib/quantity';
import type { Role, Stage } from './model.ts';

export interface TemplateRule {
  readonly role: Role;
  readonly stage: Stage | null;
  /** Short names of factors, by what the quantity measures. Empty: only a supplier's own figure will do. */
  readonly factors: Readonly<Partial<Record<Dimension, readonly string[]>>>;
}

export interface Template {
  readonly id: string;
  readonly name: Names;
  readonly declaredUnit: Quantity;
  readonly criteria: readonly string[];
  /** Usual electricity per declared unit, to notice a unit that is a thousand times off. */
  readonly expectedElectricity: Quantity;
  readonly rules: ReadonlyMap<string, TemplateRule>;
}

const burden = (stage: Stage, factors: TemplateRule['factors']): TemplateRule => ({
  role: 'burden',
  stage,
  factors,
});

/**
 * Plates, bowls and trays of moulded plant fibre. Waste by the cut-off approach: what is recycled or burnt with
 * energy recovery leaves with the burden of its collection alone, and gives no credit.
 */
export const MOULDED_PULP_TABLEWARE: Template = {
  id: 'moulded-pulp-tableware',
  name: { zh: '纸浆模塑餐具', en: 'moulded pulp tableware' },
  declaredUnit: { value: '1', unit: 'piece' },
  criteria: ['ISO 14067:2018', 'GB/T 24067-2024'],
  expectedElectricity: { value: '0.07', unit: 'kWh' },
  rules: new Map<string, TemplateRule>([
    ['product', { role: 'output', stage: null, factors: {} }],
    ['grid-electricity', burden('electricity', { energy: ['cn-grid-2024'] })],
    ['pv-self-use', burden('electricity', { energy: ['cn-pv-2024'] })],
    ['line-electricity', { role: 'metered-use', stage: null, factors: {} }],
    ['shared-electricity', { role: 'metered-use', stage: null, factors: {} }],
    [
      'natural-gas',
      burden('heat', {
        volume: ['uk-natural-gas-m3-direct', 'uk-natural-gas-m3-upstream'],
        energy: ['uk-natural-gas-kWh-direct', 'uk-natural-gas-kWh-upstream'],
      }),
    ],
    ['diesel', burden('heat', { volume: ['uk-diesel-L-direct', 'uk-diesel-L-upstream'] })],
    ['lpg', burden('heat', { mass: ['uk-lpg-t-direct', 'uk-lpg-t-upstream'] })],
    [
      'steam',
      burden('heat', {
        energy: ['uk-steam-direct', 'uk-steam-losses', 'uk-steam-upstream', 'uk-steam-losses-upstream'],
      }),
    ],
    ['bagasse-pulp', burden('materials', {})],
    ['bamboo-pulp', burden('materials', {})],
    ['process-additive', burden('materials', {})],
    ['corrugated-board', burden('packaging', { mass: ['uk-board'] })],
    ['pe-film', burden('packaging', { mass: ['uk-pe-film'] })],
    ['road-inbound', burden('inbound-transport', { freight: ['uk-hgv-direct', 'uk-hgv-upstream'] })],
    [
      'sea-inbound',
      burden('inbound-transport', { freight: ['uk-container-ship-direct', 'uk-container-ship-upstream'] }),
    ],
    ['road-outbound', burden('outbound-transport', { freight: ['uk-hgv-direct', 'uk-hgv-upstream'] })],
    [
      'sea-outbound',
      burden('outbound-transport', { freight: ['uk-container-ship-direct', 'uk-container-ship-upstream'] }),
    ],
    ['pulp-scrap-recycled', burden('waste', { mass: ['uk-paper-recycled'] })],
    ['mixed-waste-incinerated', burden('waste', { mass: ['uk-waste-incinerated'] })],
    ['mixed-waste-landfilled', burden('waste', { mass: ['uk-waste-landfilled'] })],
  ]),
};

export const TEMPLATES: ReadonlyMap<string, Template> = new Map([
  [MOULDED_PULP_TABLEWARE.id, MOULDED_PULP_TABLEWARE],
]);
