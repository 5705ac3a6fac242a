export * from './activity.ts';
export { type Cell, type CellKind, columnName, type Row, type Sheet } from './cell.ts';
export {
  ELECTRICITY_COLUMNS,
  FUEL_COLUMNS,
  MATERIAL_COLUMNS,
  METER_COLUMNS,
  OUTPUT_COLUMNS,
  SHEET_NAMES,
  TRANSPORT_COLUMNS,
  WASTE_COLUMNS,
} from './columns.ts';
export { type DocumentOwner, makeActivityDocument, voucherHash } from './document.ts';
export {
  type AnswerCode,
  answerQuestions,
  confirmedActivities,
  type ImportDraft,
  isBlocked,
  type Note,
  type Place,
  type Question,
  type Refusal,
} from './draft.ts';
export { EvidenceError, type EvidenceErrorCode } from './errors.ts';
export { ITEMS, type Item } from './items.ts';
export { importMeterCsv, type MeterContext } from './meter-csv.ts';
export { type NumberCell, readNumber } from './number-cell.ts';
export type { RefusalCode } from './refusals.ts';
export { findHeader } from './table.ts';
export { civilDate, dayNumber, type LocalSeconds, readLocalTime } from './time.ts';
export { importWorkbook, type WorkbookContext } from './workbook.ts';
