/** What to do about each refusal. The codes are public: never renamed, never reused. */
const REMEDIES = {
  'product-system/malformed-input': 'compare the place with docs/formats/product-system.md',
  'product-system/too-many-lines': 'sum monthly rows of one meter or material before the calculation',
  'product-system/decimal-comma': 'write the decimal point: "12.5", no thousands separators',
  'product-system/malformed-decimal': 'write digits and one point, no exponent, no leading zeros',
  'product-system/quantity-too-large':
    'check the value and its unit; 24 digits fit on either side of the point',
  'product-system/negative-quantity': 'use role "credit" or flow "avoided" for what is taken off',
  'product-system/unknown-unit': 'use a unit of the table, or three capital letters for a currency',
  'product-system/dimension-mismatch': 'give the quantity in a unit of the dimension the other side has',
  'product-system/zero-declared-unit': 'declare an amount above zero, such as 1 piece',
  'product-system/zero-output': 'give the amount the process makes or treats in the period',
  'product-system/percent-out-of-range': 'give percent between 0 and 100',
  'product-system/state-mismatch':
    'state "missing" with null, "zero" with a confirmed nought, else the value',
  'product-system/malformed-period': 'write UTC times like 2025-12-31T16:00:00Z, start before end',
  'product-system/outside-period': 'split the bill, or widen the period of the calculation',
  'product-system/duplicate-id': 'give each record its own name',
  'product-system/unknown-reference': 'name a record that stands in this input',
  'product-system/unknown-line': 'name a line that has an output in the period',
  'product-system/malformed-factor': 'check the factor against the source it names',
  'product-system/factor-parts': 'state parts that sum to the value; land management is already in fossil',
  'product-system/inventory-factor': 'use the life-cycle footprint factor',
  'product-system/factor-combination': 'give one life-cycle factor, or direct and upstream ones, each once',
  'product-system/supplier-boundary': 'ask the supplier for a cradle-to-gate footprint',
  'product-system/stage-outside-gate':
    'count transport to the next process as inbound-transport of that process',
  'product-system/recycling-credit': 'leave the credit out: by the cut-off approach waste leaves without one',
  'product-system/allocation-missing': 'name an allocation, or leave one output only',
  'product-system/allocation-basis': 'give each output a basis above zero in the unit the allocation needs',
  'product-system/carbon-content': 'check carbon content and mass of the declared unit',
  'product-system/no-metered-use': 'allocate by pieces, or import the meters of the lines',
  'product-system/use-exceeds-supply': 'check multipliers and periods of the meters',
  'product-system/singular-loop': 'check the amounts that the processes of the loop take from each other',
  'product-system/unproductive-loop':
    'check the amounts: the loop must make more than it uses of its own products',
  'product-system/negative-scaling':
    'check the avoided products: the product itself cannot be made less than never',
  'product-system/loop-not-settled': 'join processes of the loop into one, or check its amounts',
  'product-system/rounding-not-certain': 'join processes of the loop into one',
  'product-system/not-comparable': 'compare results of one product, unit and boundary',
} as const;

export type ProductSystemErrorCode = keyof typeof REMEDIES;

/** A refused input. `pointer` is the JSON pointer of the value refused, `remedy` what to do about it. */
export class ProductSystemError extends Error {
  override readonly name = 'ProductSystemError';
  readonly code: ProductSystemErrorCode;
  readonly pointer: string;
  readonly remedy: string;
  constructor(code: ProductSystemErrorCode, pointer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.pointer = pointer;
    this.remedy = REMEDIES[code];
  }
}
