export { type Category, CN_EDITION } from './annex1.ts';
export { type Bilingual, CATEGORIES, type FunctionalUnit, isCategory, type Sector } from './category.ts';
export { type Comparison, type Estimate, NO_TAX_STATEMENT } from './certificates.ts';
export {
  communicationEdits,
  FIRST_PRODUCT_ROW,
  type OperatorReport,
  operatorReport,
  renderSummary,
} from './communication.ts';
export {
  type CbamPrecursor,
  type CbamProduct,
  type CbamResult,
  computeCbam,
  ENGINE,
  RESULT_FORMAT,
  STATEMENT,
} from './compute.ts';
export { type DefaultQuestion, type FoundDefault, findDefault } from './default-values.ts';
export { CbamError, type CbamErrorCode } from './errors.ts';
export { askEu, type EuAnswer, renderEuAnswer } from './eu-answer.ts';
export { EU_DUTIES, type EuDuty } from './eu-duties.ts';
export { INPUT_FORMAT } from './input.ts';
export type { MissingField } from './installation.ts';
export { DEADLINES, KNOWN_ON, SHIPPED_TABLES } from './parameters.ts';
export { type RequestSheet, renderRequestSheet, requestSheets } from './request-sheet.ts';
export { isInScope, parseCn, type Scope, TARIC_SPLITS } from './scope.ts';
export {
  loadTable,
  NO_TABLES,
  TABLE_FORMAT,
  type TableKind,
  type TableSource,
  type Tables,
} from './tables.ts';
