/** Codes are public: never renamed, never reused. */
export type HourlyErrorCode =
  | 'hourly/malformed-input'
  | 'hourly/malformed-period'
  | 'hourly/malformed-file'
  | 'hourly/missing-column'
  | 'hourly/malformed-time'
  | 'hourly/ambiguous-time'
  | 'hourly/unknown-zone'
  | 'hourly/interval-length'
  | 'hourly/misaligned'
  | 'hourly/malformed-energy'
  | 'hourly/negative-energy'
  | 'hourly/energy-unit'
  | 'hourly/too-fine'
  | 'hourly/too-much-energy'
  | 'hourly/meter-sealed'
  | 'hourly/conflicting-readings'
  | 'hourly/conflicting-factors'
  | 'hourly/malformed-set'
  | 'hourly/bad-signature'
  | 'hourly/zone-mismatch'
  | 'hourly/inventory-factor'
  | 'hourly/headline-factor'
  | 'hourly/used-twice'
  | 'hourly/certificate-period'
  | 'hourly/profile-mismatch'
  | 'hourly/export-exceeds-generation';

/** A refused input: `place` is a JSON pointer, or `/rows/N` of a file; `remedy` says what to do. */
export class HourlyError extends Error {
  override readonly name = 'HourlyError';
  readonly code: HourlyErrorCode;
  readonly place: string;
  readonly remedy: string;
  constructor(code: HourlyErrorCode, place: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.place = place;
    this.remedy = remedy;
  }
}
