export type StartErrorCode = `installation/${string}` | `postgres/${string}` | `chain/${string}`;

/** A start that cannot go on, said in one sentence with the remedy for the person at the terminal. Exit 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;
  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
