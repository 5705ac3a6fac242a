export { type Claim, type ClaimKind, Claims } from './claims.ts';
export type { CoverageReport, Run } from './coverage.ts';
export { EnergyGrid, showKWh } from './energy.ts';
export { HourlyError, type HourlyErrorCode } from './errors.ts';
export { readFactorCsv } from './factor-csv.ts';
export { type FactorGrid, type FallbackReason, layFactors } from './factor-grid.ts';
export {
  checkFactorSet,
  FACTOR_SET_FORMAT,
  type FactorSet,
  factorSetBytes,
  factorSetId,
  readFactorSet,
  type SetVerdict,
  type VerifyEd25519,
} from './factor-set.ts';
export {
  computeFigures,
  type ElectricityFigures,
  type ElectricityInput,
  type SelfUse,
  threeDigits,
} from './figures.ts';
export { MeterBook, type MeterBookOptions, type MeterInterval, type MeterReport } from './meter-book.ts';
export { type MeterFileOptions, MeterFileReader, type MeterSink, readMeterFile } from './meter-file.ts';
export { type ElectricityFactor, type Instrument, selfUseOf } from './origin.ts';
export { type IntervalSeconds, type PeriodText, readSpan, type Span, showSpan } from './span.ts';
export { type LocalClock, localClock } from './zone.ts';
