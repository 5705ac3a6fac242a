/** Codes are public: never renamed, never reused. */
export type RecordErrorCode =
  | 'record/malformed'
  | 'record/not-canonical'
  | 'record/entry-too-long'
  | 'record/unknown-kind'
  | 'record/unknown-type'
  | 'record/missing-signature'
  | 'record/unexpected-signature'
  | 'record/foreign-signature'
  | 'record/unsorted-references'
  | 'record/missing-reference'
  | 'record/manifest-too-long'
  | 'record/malformed-uscc'
  | 'record/uscc-check-digit';

/** A refused entry, document or field. `pointer` is its RFC 6901 pointer, '' for the whole. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly code: RecordErrorCode;
  readonly pointer: string;
  constructor(code: RecordErrorCode, pointer: string, message: string, options?: ErrorOptions) {
    super(pointer === '' ? message : `${message} (at ${pointer})`, options);
    this.code = code;
    this.pointer = pointer;
  }
}

/** A piece of attacker-controlled input cut to a length that fits a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 56)}...` : text;
}
