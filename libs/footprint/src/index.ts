export { buildFootprintInput, type InputParts, type RecordedActivity } from './build-input.ts';
export { computeFootprint, METHOD } from './compute.ts';
export { FootprintError, type FootprintErrorCode } from './errors.ts';
export { checkFactorIds, type FactorFields, makeFactor } from './factor-record.ts';
export { type FactorTable, factorTable } from './factor-table.ts';
export { MAX_ACTIVITIES } from './input.ts';
export * from './model.ts';
export { MOULDED_PULP_TABLEWARE, TEMPLATES, type Template, type TemplateRule } from './template.ts';
