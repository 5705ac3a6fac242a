export { FactorsError, type FactorsErrorCode } from './errors.ts';
export {
  type ClaimCode,
  type ClaimExplanation,
  type ClaimMatch,
  explainClaim,
} from './explain-claim.ts';
export { explainSaving, type SavingReading } from './explain-saving.ts';
export { type FactorTable, factorTable } from './factor-table.ts';
export { type FactorUnit, readFactorUnit } from './factor-unit.ts';
export { type FactorV1, fromV1, isV1 } from './from-v1.ts';
export { GAS_NAMES, type Gas, GWP_REPORTS, type GwpReport, gwpOf, valueUnder } from './gwp.ts';
export { desnzImporter } from './import-desnz.ts';
export { cnElectricityImporter, eeaImporter, owidImporter, useeioImporter } from './import-others.ts';
export { FUELS, type Fuel, ncvOf } from './ipcc-fuels.ts';
export { type ClaimedFactor, type JudgedFactor, judgeFactors } from './judge-factors.ts';
export { type KnownWrong, knownWrong, knownWrongFuel } from './known-wrong.ts';
export {
  type CheckedLines,
  checkLine,
  checkLines,
  type Finding,
  type FindingCode,
  type RuleLine,
  type RuleOptions,
} from './line-rules.ts';
export { printFactor, readFactor } from './read-factor.ts';
export * from './record.ts';
export { CN_GRID_REGIONS, isRegion, regionsAround } from './region.ts';
export {
  ownRegistry,
  type Registry,
  type RegistryDocument,
  readRegistry,
  registryDocument,
} from './registry.ts';
export { type FactorQuery, type Found, pin, searchFactors } from './search.ts';
export type { Imported, RowRefusal, TableImporter } from './table-import.ts';
export {
  type MaterialShare,
  materialProvenance,
  type SectorTemplate,
  splitRecycled,
  type TemplateItem,
  type TemplateStage,
  unusualElectricity,
} from './template.ts';
export { SECTOR_TEMPLATES } from './templates.ts';
export { type UserFactor, type UserFactorFields, userFactor } from './user-factor.ts';
export { FACTOR_WORDS } from './words.ts';
