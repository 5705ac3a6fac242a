// From the bytes of a file to a draft: reader, then the import rules. Pure but for the reader's own work.
import {
  type ImportDraft,
  importMeterCsv,
  importWorkbook,
  type MeterContext,
  type WorkbookContext,
} from '#lib/evidence';
import { readMeterCsv } from './meter-csv-reader.ts';
import { readWorkbook } from './workbook-reader.ts';

export type ParseTask =
  | {
      readonly kind: 'workbook';
      readonly bytes: Uint8Array;
      readonly name: string;
      readonly context: WorkbookContext;
    }
  | {
      readonly kind: 'meter-csv';
      readonly bytes: Uint8Array;
      readonly name: string;
      readonly context: MeterContext;
    };

/** @throws EvidenceError of the readers: `evidence/not-xlsx`, `evidence/file-too-large`, … */
export async function parse(task: ParseTask): Promise<ImportDraft> {
  return task.kind === 'workbook'
    ? importWorkbook(await readWorkbook(task.bytes), task.context)
    : importMeterCsv(readMeterCsv(task.bytes, task.name), task.context);
}
