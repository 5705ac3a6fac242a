/** Codes are public: never renamed, never reused. */
export type WorkbookErrorCode =
  | 'workbook/file-too-large'
  | 'workbook/not-xlsx'
  | 'workbook/unpacked-too-large'
  | 'workbook/signed'
  | 'workbook/unknown-sheet'
  | 'workbook/malformed-cell'
  | 'workbook/malformed-value'
  | 'workbook/duplicate-cell'
  | 'workbook/merged-cell'
  | 'workbook/formula-cell'
  | 'workbook/other-formula'
  | 'workbook/shared-formula'
  | 'workbook/malformed-map';

/** A refused workbook, cell or map. `pointer` is the JSON pointer of the edit or mapping row, "" for the file itself. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  readonly code: WorkbookErrorCode;
  readonly pointer: string;
  readonly remedy: string;
  constructor(
    code: WorkbookErrorCode,
    pointer: string,
    message: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${message}; ${remedy}`, options);
    this.code = code;
    this.pointer = pointer;
    this.remedy = remedy;
  }
}

export const notXlsx = (message: string, cause?: unknown): WorkbookError =>
  new WorkbookError(
    'workbook/not-xlsx',
    '',
    message,
    'open it in Excel and save it as .xlsx without a password',
    cause === undefined ? {} : { cause },
  );
