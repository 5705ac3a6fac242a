export {
  compareBatch,
  compareLines,
  type Deviation,
  type ImprovementRecord,
  type LineComparison,
  type LineData,
  type PerKWh,
  recordImprovement,
  type Saving,
} from './compare.ts';
export { computeProductSystem, METHOD } from './compute.ts';
export {
  type Calculation,
  type Change,
  type Check,
  checkResult,
  diffResults,
  type ResultDiff,
} from './diff.ts';
export { ProductSystemError, type ProductSystemErrorCode } from './errors.ts';
export { fromV1, type InputV1 } from './from-v1.ts';
export { MAX_LINES } from './input.ts';
export * from './model.ts';
