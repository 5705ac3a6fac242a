/** Codes are public: never renamed, never reused. */
export type BalanceErrorCode =
  | 'balance/malformed-input'
  | 'balance/malformed-amount'
  | 'balance/unit'
  | 'balance/negative-amount'
  | 'balance/used-twice'
  | 'balance/duplicate'
  | 'balance/malformed-table'
  | 'balance/footprint-factor'
  | 'balance/factor-unit'
  | 'balance/superseded'
  | 'balance/value-added'
  | 'balance/threshold-order'
  | 'balance/unknown-row'
  | 'balance/zero-pieces'
  | 'balance/unlike-products'
  | 'balance/unlike-periods'
  | 'balance/overlapping-windows'
  | 'balance/same-line';

/** A refused input: `place` is a JSON pointer; `remedy` says what to do. */
export class BalanceError extends Error {
  override readonly name = 'BalanceError';
  readonly code: BalanceErrorCode;
  readonly place: string;
  readonly remedy: string;
  constructor(
    code: BalanceErrorCode,
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
