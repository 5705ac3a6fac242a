/** Codes are public: never renamed, never reused. */
export type QualityErrorCode =
  | 'quality/malformed-decimal'
  | 'quality/percent-out-of-range'
  | 'quality/rating-out-of-range'
  | 'quality/pedigree'
  | 'quality/negative-variance'
  | 'quality/spread'
  | 'quality/two-spreads'
  | 'quality/spread-out-of-range'
  | 'quality/seed'
  | 'quality/runs'
  | 'quality/empty-model'
  | 'quality/duplicate'
  | 'quality/unknown-input'
  | 'quality/too-large'
  | 'quality/not-finite';

/** A refused input: `place` is a JSON pointer; `remedy` says what to do. */
export class QualityError extends Error {
  override readonly name = 'QualityError';
  readonly code: QualityErrorCode;
  readonly place: string;
  readonly remedy: string;
  constructor(
    code: QualityErrorCode,
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
