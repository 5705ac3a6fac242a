/** Codes are public: never renamed, never reused. */
export type DigitalLinkErrorCode =
  | 'digital-link/malformed-gtin'
  | 'digital-link/wrong-check-digit'
  | 'digital-link/restricted-gtin'
  | 'digital-link/malformed-path'
  | 'digital-link/unsupported-key'
  | 'digital-link/wrong-order'
  | 'digital-link/malformed-encoding'
  | 'digital-link/malformed-value'
  | 'digital-link/malformed-organisation';

/** A refused GTIN, lot, serial number, identifier or path. */
export class DigitalLinkError extends Error {
  override readonly name = 'DigitalLinkError';
  readonly code: DigitalLinkErrorCode;
  constructor(code: DigitalLinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Text for a message, cut to a length that fits; the whole one may be attacker-controlled and long. */
export function shown(text: unknown): string {
  const quoted = JSON.stringify(typeof text === 'string' ? text : String(text));
  return quoted.length > 60 ? `${quoted.slice(0, 56)}..."` : quoted;
}
