/** Codes are public: never renamed, never reused. */
export type TransportErrorCode =
  | 'transport/malformed-input'
  | 'transport/malformed-decimal'
  | 'transport/unit'
  | 'transport/not-positive'
  | 'transport/negative-intensity'
  | 'transport/percent-out-of-range'
  | 'transport/unknown-mode'
  | 'transport/unknown-distance-kind'
  | 'transport/incomplete-life-cycle'
  | 'transport/does-not-add-up'
  | 'transport/activity-disagrees'
  | 'transport/broken-chain'
  | 'transport/duplicate'
  | 'transport/too-many-elements'
  | 'transport/factor-kind'
  | 'transport/unlike-factors'
  | 'transport/unlike-loads'
  | 'transport/unlike-routes';

/** A refused input: `place` is a JSON pointer; `remedy` says what to do. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;
  readonly place: string;
  readonly remedy: string;
  constructor(
    code: TransportErrorCode,
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
