/** Codes are public: never renamed, never reused. */
export type VerificationErrorCode =
  | 'bundle/too-large'
  | 'bundle/not-json'
  | 'bundle/unknown-format'
  | 'bundle/missing-member'
  | 'bundle/malformed'
  | 'root/not-json'
  | 'root/unknown-format'
  | 'root/missing-member'
  | 'root/malformed'
  | 'head/malformed';

/** A file that cannot be read as what it should be. `pointer` is the RFC 6901 pointer of the first member refused. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code: VerificationErrorCode;
  readonly pointer: string;
  constructor(code: VerificationErrorCode, pointer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.pointer = pointer;
  }
}

/** A piece of attacker-controlled input cut to a length that fits a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 56)}...` : text;
}
