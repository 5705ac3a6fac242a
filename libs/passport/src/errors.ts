/** Codes are permanent: never renamed, never reused. */
export type PassportErrorCode =
  | 'passport/number-not-exact'
  | 'passport/malformed-credential'
  | 'passport/wrong-typ'
  | 'passport/wrong-alg'
  | 'passport/forbidden-claim'
  | 'passport/wrong-kid';

export class PassportError extends Error {
  override readonly name = 'PassportError';
  readonly code: PassportErrorCode;
  constructor(code: PassportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
