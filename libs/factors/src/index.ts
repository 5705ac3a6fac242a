export { FactorsError, type FactorsErrorCode } from './errors.ts';
export { type FactorUnit, readFactorUnit } from './factor-unit.ts';
export { type FactorV1, fromV1, isV1 } from './from-v1.ts';
export { GAS_NAMES, type Gas, GWP_REPORTS, type GwpReport, gwpOf, valueUnder } from './gwp.ts';
export { printFactor, readFactor } from './read-factor.ts';
export * from './record.ts';
export { CN_GRID_REGIONS, isRegion, regionsAround } from './region.ts';
