/** Codes are public: never renamed, never reused. */
export type CbamErrorCode =
  | 'cbam/malformed-input'
  | 'cbam/too-many'
  | 'cbam/malformed-cn'
  | 'cbam/out-of-scope'
  | 'cbam/needs-more-digits'
  | 'cbam/electricity-has-own-rules'
  | 'cbam/category-mismatch'
  | 'cbam/malformed-period'
  | 'cbam/malformed-quantity'
  | 'cbam/unit-mismatch'
  | 'cbam/negative-quantity'
  | 'cbam/percent-out-of-range'
  | 'cbam/zero-without-reason'
  | 'cbam/missing-data'
  | 'cbam/zero-activity'
  | 'cbam/duplicate-id'
  | 'cbam/unknown-id'
  | 'cbam/attribution-incomplete'
  | 'cbam/content-missing'
  | 'cbam/guarantee-not-accepted'
  | 'cbam/precursor-cycle'
  | 'cbam/precursor-overdrawn'
  | 'cbam/precursor-report-missing'
  | 'cbam/malformed-table'
  | 'cbam/table-not-loaded'
  | 'cbam/table-superseded'
  | 'cbam/table-outside-period'
  | 'cbam/default-not-found'
  | 'cbam/default-defective'
  | 'cbam/several-routes';

/** A refused input. `pointer` is the JSON pointer of what was refused, `remedy` says what to do about it. */
export class CbamError extends Error {
  override readonly name = 'CbamError';
  readonly code: CbamErrorCode;
  readonly pointer: string;
  readonly remedy: string;
  constructor(code: CbamErrorCode, pointer: string, message: string, remedy: string, options?: ErrorOptions) {
    super(`${message}; ${remedy}`, options);
    this.code = code;
    this.pointer = pointer;
    this.remedy = remedy;
  }
}

export const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);
