export { type Codec, LIMITS, type Limits } from './archive.ts';
export { WorkbookError, type WorkbookErrorCode } from './errors.ts';
export { editsFromMap, MAP_FORMAT, type MappedEdits } from './map.ts';
export { type Edit, type PatchedWorkbook, type PatchReport, patchWorkbook } from './patch.ts';
export type { CellValue } from './value.ts';
