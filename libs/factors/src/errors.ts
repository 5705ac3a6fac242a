/** Codes are public: never renamed, never reused. */
export type FactorsErrorCode =
  | 'factors/malformed-record'
  | 'factors/unknown-member'
  | 'factors/malformed-decimal'
  | 'factors/malformed-unit'
  | 'factors/malformed-region'
  | 'factors/malformed-period'
  | 'factors/wrong-id'
  | 'factors/kind-unit'
  | 'factors/label'
  | 'factors/parts-sum'
  | 'factors/gases-sum'
  | 'factors/uncertainty'
  | 'factors/known-wrong'
  | 'factors/unknown-factor'
  | 'factors/inventory-factor'
  | 'factors/spend-based'
  | 'factors/combination'
  | 'factors/dimension'
  | 'factors/superseded'
  | 'factors/no-gases'
  | 'factors/claims-published'
  | 'factors/malformed-registry'
  | 'factors/malformed-table'
  | 'factors/empty-value'
  | 'factors/gas-row'
  | 'factors/unknown-unit'
  | 'factors/malformed-claim';

/** A refusal: `place` is the JSON pointer, or `line N` of a table; `remedy` says what to do. */
export class FactorsError extends Error {
  override readonly name = 'FactorsError';
  readonly code: FactorsErrorCode;
  readonly place: string;
  readonly remedy: string;
  constructor(
    code: FactorsErrorCode,
    place: string,
    message: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.place = place;
    this.remedy = remedy;
  }
}
