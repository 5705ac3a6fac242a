/** Codes are public: never renamed, never reused. */
export type CanonicalErrorCode =
  | 'canonical/too-large'
  | 'canonical/too-deep'
  | 'canonical/bad-utf8'
  | 'canonical/syntax'
  | 'canonical/trailing-text'
  | 'canonical/duplicate-key'
  | 'canonical/forbidden-key'
  | 'canonical/lone-surrogate'
  | 'canonical/number-out-of-range'
  | 'canonical/not-json'
  | 'canonical/not-canonical'
  | 'canonical/bad-encoding';

export interface CanonicalErrorPlace {
  /** RFC 6901 pointer to the value (for a key: to the member) that was refused; '' is the whole text. */
  readonly pointer?: string;
  /** Where in the input: UTF-16 units of a text, bytes of a UTF-8 sequence that is not well formed. */
  readonly offset?: number;
}

/** A refused text, value or encoding. `offset` is -1 where the input was a value and has no offsets. */
export class CanonicalError extends Error {
  override readonly name = 'CanonicalError';
  readonly code: CanonicalErrorCode;
  readonly pointer: string;
  readonly offset: number;
  constructor(code: CanonicalErrorCode, message: string, place: CanonicalErrorPlace = {}) {
    super(message);
    this.code = code;
    this.pointer = place.pointer ?? '';
    this.offset = place.offset ?? -1;
  }
}

/** A piece of attacker-controlled input cut to a length that fits a message. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > 60 ? `${quoted.slice(0, 56)}..."` : quoted;
}
