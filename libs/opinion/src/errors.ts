/** Codes are public: never renamed, never reused. */
export type OpinionErrorCode = 'opinion/malformed';

/** A refused opinion document; `pointer` (RFC 6901) is the member that is not as the format says. */
export class OpinionError extends Error {
  override readonly name = 'OpinionError';
  readonly code: OpinionErrorCode;
  readonly pointer: string;
  constructor(code: OpinionErrorCode, pointer: string, message: string) {
    super(`${pointer}: ${message}`);
    this.code = code;
    this.pointer = pointer;
  }
}
