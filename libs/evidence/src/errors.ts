/** Codes are public: never renamed, never reused. These refuse a call; what a file does wrong is a {@link Refusal}. */
export type EvidenceErrorCode =
  | 'evidence/unknown-question'
  | 'evidence/unknown-answer'
  | 'evidence/blocked'
  | 'evidence/file-too-large'
  | 'evidence/unzipped-too-large'
  | 'evidence/too-many-cells'
  | 'evidence/not-xlsx'
  | 'evidence/not-csv'
  | 'evidence/unreadable-file';

export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;
  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
