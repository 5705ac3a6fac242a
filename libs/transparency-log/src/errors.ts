/** Codes are public: never renamed, never reused. */
export type LogErrorCode =
  | 'log/index-out-of-range'
  | 'log/size-out-of-range'
  | 'log/empty-tree'
  | 'log/malformed-hash'
  | 'log/malformed-frontier'
  | 'log/malformed-key'
  | 'log/malformed-note'
  | 'log/bad-signature'
  | 'log/no-known-signature'
  | 'log/malformed-checkpoint'
  | 'log/other-origin'
  | 'log/malformed-tile'
  | 'log/entry-too-long'
  | 'log/malformed-proof'
  | 'log/malformed-request';

/** A refused input: a note, checkpoint, tile, proof file, key, or a size and index that no tree has. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;
  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Text for a message, cut to a length that fits; the whole one may be attacker-controlled and long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
