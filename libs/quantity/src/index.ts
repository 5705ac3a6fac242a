export { formatDecimal, formatExact, MAX_DIGITS, parseDecimal, placesFor } from './decimal.ts';
export { QuantityError, type QuantityErrorCode } from './errors.ts';
export {
  add,
  compare,
  divide,
  multiply,
  ONE,
  type Rational,
  rational,
  reduce,
  subtract,
  sum,
  ZERO,
} from './rational.ts';
export {
  type Area,
  type FixedTradeUnit,
  fromTrade,
  type Grammage,
  massOfArea,
  type Pack,
  type PackContent,
  readSheetUnit,
  readTradeUnit,
  type TradeUnit,
} from './trade-units.ts';
export {
  convert,
  type Dimension,
  dimensionOf,
  isUnit,
  type Quantity,
  requireUnit,
  type Unit,
} from './unit.ts';
export { readUnit } from './unit-names.ts';
