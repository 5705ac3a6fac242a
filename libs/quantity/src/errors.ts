/** Codes are public: never renamed, never reused. */
export type QuantityErrorCode =
  | 'quantity/malformed-decimal'
  | 'quantity/too-many-digits'
  | 'quantity/division-by-zero'
  | 'quantity/not-finite'
  | 'quantity/unknown-unit'
  | 'quantity/dimension-mismatch'
  | 'quantity/pack-content';

/** A refused number or unit; the message names the values seen. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
  readonly code: QuantityErrorCode;
  constructor(code: QuantityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
