/** Codes are public: never renamed, never reused. */
export type FootprintErrorCode =
  | 'footprint/malformed-input'
  | 'footprint/too-many-activities'
  | 'footprint/duplicate-activity'
  | 'footprint/duplicate-factor'
  | 'footprint/malformed-period'
  | 'footprint/outside-period'
  | 'footprint/malformed-quantity'
  | 'footprint/negative-quantity'
  | 'footprint/state-mismatch'
  | 'footprint/dimension-mismatch'
  | 'footprint/zero-output'
  | 'footprint/unknown-line'
  | 'footprint/unknown-factor'
  | 'footprint/malformed-factor'
  | 'footprint/inventory-factor'
  | 'footprint/factor-combination'
  | 'footprint/factor-identity'
  | 'footprint/no-factor'
  | 'footprint/no-metered-use'
  | 'footprint/use-exceeds-supply';

/** A refused input. `pointer` is the JSON pointer of the value refused, within the input. */
export class FootprintError extends Error {
  override readonly name = 'FootprintError';
  readonly code: FootprintErrorCode;
  readonly pointer: string;
  constructor(code: FootprintErrorCode, pointer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.pointer = pointer;
  }
}
