/** An input of method 1.0.0 as an input of this one: one process, whose output the output activities count. */
import type { Activity, Amount, Factor, Period, ProductSystemInput } from './model.ts';

/** What `anchorleaf-footprint-input/v1` holds (docs/formats/footprint.md). */
export type InputV1 = {
  readonly product: string;
  readonly template: string;
  readonly declaredUnit: Amount;
  readonly massPerUnit: Amount;
  readonly criteria: readonly string[];
  readonly period: Period;
  readonly factors: readonly Factor[];
  readonly activities: readonly Activity[];
};

export function fromV1(input: InputV1): ProductSystemInput {
  const { product, template, declaredUnit, massPerUnit, criteria, period, factors, activities } = input;
  return {
    format: 'anchorleaf-footprint-input/v2',
    product,
    template,
    declaredUnit,
    massPerUnit,
    boundary: 'cradle-to-gate',
    criteria,
    batch: null,
    period,
    reference: { process: 'product', output: 'product', amount: null },
    factors,
    suppliers: [],
    processes: [
      {
        id: 'product',
        name: null,
        outputs: [{ id: 'product', role: 'product', quantity: null, basis: null }],
        allocation: null,
      },
    ],
    activities: activities.map((each) => ({ ...each, process: 'product' })),
    exchanges: [],
    cutOff: null,
    carbonContent: null,
  };
}
