export type { Amount } from './amount.ts';
export {
  BALANCE_THRESHOLDS,
  type BalanceCheck,
  type BalanceThresholds,
  computeBalance,
  type FacilityBalance,
} from './balance.ts';
export {
  CARBON_CODE_TABLE,
  type CarbonCode,
  type CarbonCodeInput,
  type CarbonCodeTable,
  carbonCodeOf,
} from './carbon-code.ts';
export {
  checkImprovement,
  compareLines,
  type Improvement,
  type ImprovementRecord,
  type LineComparison,
  type Window,
  type Worth,
} from './comparison.ts';
export {
  COAL_EQUIVALENTS,
  type CoalEquivalent,
  type EnergyUse,
  energyOf,
  type FacilityEnergy,
  NOT_LOADED,
} from './energy.ts';
export { BalanceError, type BalanceErrorCode } from './errors.ts';
export type { FacilityYear } from './facility-year.ts';
export {
  type GreenFactoryResult,
  type RowFact,
  type RowThreshold,
  scoreGreenFactory,
  type VetoAnswer,
} from './green-factory.ts';
export { factsOf, renewableSizeClass } from './green-factory-facts.ts';
export { GREEN_FACTORY_TABLE, type GreenFactoryRow } from './green-factory-rows.ts';
export { type FacilityInventory, type InventoryFactor, type InventoryUse, inventoryOf } from './inventory.ts';
export { type LineClaim, type LineClaimResult, readLineClaim } from './line-claim.ts';
