export { computeFootprint, METHOD } from './compute.ts';
export { FootprintError, type FootprintErrorCode } from './errors.ts';
export { MAX_ACTIVITIES } from './input.ts';
export * from './model.ts';
