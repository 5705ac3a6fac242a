/** Codes are public: never renamed, never reused. */
export type DisclosureErrorCode =
  | 'disclosure/reserved-key'
  | 'disclosure/malformed-digest'
  | 'disclosure/malformed-salt'
  | 'disclosure/missing-salt'
  | 'disclosure/unknown-salt';

/** A document and salts that do not fit together. `pointer` is the RFC 6901 pointer of the value. */
export class DisclosureError extends Error {
  override readonly name = 'DisclosureError';
  readonly code: DisclosureErrorCode;
  readonly pointer: string;
  constructor(code: DisclosureErrorCode, pointer: string, message: string) {
    super(`${message} (at ${pointer || 'the root'})`);
    this.code = code;
    this.pointer = pointer;
  }
}
