/**
 * Units of the trade in Chinese factories that are no units of measurement: dozens, pairs, reams, cartons, and paper or
 * cloth by weight per area. Some have a fixed size; a carton has none until somebody states what is in it.
 * 度, 万度, 斤, 方 (m3) and 万件 stand in the table of units itself.
 */
import { parseDecimal } from './decimal.ts';
import { QuantityError } from './errors.ts';
import { multiply, type Rational, rational } from './rational.ts';
import { convert, isUnit, type Quantity, type Unit } from './unit.ts';
import { readUnit } from './unit-names.ts';

interface Fixed {
  readonly size: Rational;
  readonly of: Unit;
}
const fixed = (of: Unit, n: bigint, d = 1n): Fixed => ({ size: rational(n, d), of });

const fixedUnits = {
  dozen: /* @__PURE__ */ fixed('piece', 12n),
  gross: /* @__PURE__ */ fixed('piece', 144n),
  pair: /* @__PURE__ */ fixed('piece', 2n),
  /** 500 sheets. */
  ream: /* @__PURE__ */ fixed('piece', 500n),
  两: /* @__PURE__ */ fixed('kg', 1n, 20n),
  担: /* @__PURE__ */ fixed('kg', 50n),
} as const;

const PACKS = ['carton', 'bag', 'pallet', 'roll', 'container'] as const;

export type FixedTradeUnit = keyof typeof fixedUnits;
export type Pack = (typeof PACKS)[number];
export type TradeUnit = FixedTradeUnit | Pack;

const NAMES: readonly (readonly [TradeUnit, ...string[]])[] = [
  ['dozen', '打', 'dozens', 'doz'],
  ['gross', '罗'],
  ['pair', '双', '对', '副', 'pairs', 'prs'],
  ['ream', '令', 'reams'],
  ['两', '市两'],
  ['担', '市担'],
  ['carton', '箱', '纸箱', '件箱', 'ctn', 'ctns', 'cartons', 'case', 'cases'],
  ['bag', '袋', '包', 'bags'],
  ['pallet', '托', '托盘', '栈板', 'pallets'],
  ['roll', '卷', '匹', 'rolls'],
  ['container', '柜', '集装箱', 'containers'],
];

const names = (): ReadonlyMap<string, TradeUnit> =>
  new Map(NAMES.flatMap(([unit, ...also]) => [unit, ...also].map((name) => [name, unit] as const)));
const BY_NAME = /* @__PURE__ */ names();

/** The unit a cell names: one of measurement, one of trade, or null. */
export function readTradeUnit(text: string): Unit | TradeUnit | null {
  const name = text.normalize('NFKC').trim().toLowerCase();
  return BY_NAME.get(name) ?? readUnit(text);
}

/** What one pack holds, as its packer states it: `{ value: '1000', unit: 'piece' }`. */
export type PackContent = Quantity;

/**
 * A number of trade units in a unit of measurement; exact.
 * @param content what one pack holds; packs have no size without it
 * @throws {QuantityError} quantity/pack-content for a pack without content or with none in it;
 *   quantity/dimension-mismatch, naming both sides
 */
export function fromTrade(
  value: string,
  unit: Unit | TradeUnit,
  to: Unit,
  content: PackContent | null = null,
): Rational {
  const number = parseDecimal(value);
  if (isUnit(unit)) return convert(number, unit, to);
  if (isFixed(unit)) {
    const { size, of } = fixedUnits[unit];
    return convert(multiply(number, size), of, to);
  }
  if (content === null) {
    throw new QuantityError(
      'quantity/pack-content',
      `a ${unit} holds no fixed amount; state what is in one, such as 1000 piece`,
    );
  }
  const held = parseDecimal(content.value);
  if (held.n <= 0n) {
    throw new QuantityError(
      'quantity/pack-content',
      `a ${unit} of ${content.value} ${content.unit} is empty`,
    );
  }
  return convert(multiply(number, held), content.unit, to);
}

const isFixed = (unit: string): unit is FixedTradeUnit => Object.hasOwn(fixedUnits, unit);

/** Area of sheets and cloth; 1 m2 is 10,000 cm2. */
export interface Area {
  readonly value: string;
  readonly unit: 'm2' | 'cm2';
}

/** Weight per area, g/m2: 克重, gsm. */
export interface Grammage {
  readonly value: string;
  readonly unit: 'gsm';
}

const AREA_NAMES: readonly (readonly [Area['unit'], readonly string[]])[] = [
  ['m2', ['m2', '平方米', '平方', '平米', 'sqm', 'square metre', 'square metres']],
  ['cm2', ['cm2', '平方厘米']],
];
const GRAMMAGE_NAMES = ['gsm', 'g/m2', '克/平方米', '克重', '克/平米'];

/** The area or grammage unit a cell names, or null. NFKC turns m² into m2. */
export function readSheetUnit(text: string): Area['unit'] | Grammage['unit'] | null {
  const name = text.normalize('NFKC').trim().toLowerCase();
  if (GRAMMAGE_NAMES.includes(name)) return 'gsm';
  return AREA_NAMES.find(([, also]) => also.includes(name))?.[0] ?? null;
}

/**
 * Mass of sheets or cloth: grammage × area, kilograms; exact. For a number of sheets, multiply by it: 1 ream is 500.
 * @throws {QuantityError} quantity/dimension-mismatch where either side is something else
 */
export function massOfArea(grammage: Grammage, area: Area): Rational {
  const seen: readonly [string, string] = [grammage.unit, area.unit];
  if (seen[0] !== 'gsm' || (seen[1] !== 'm2' && seen[1] !== 'cm2')) {
    throw new QuantityError(
      'quantity/dimension-mismatch',
      `${seen[0]} × ${seen[1]} is no mass; a weight per area (gsm) goes with an area (m2, cm2)`,
    );
  }
  const product = multiply(parseDecimal(grammage.value), parseDecimal(area.value));
  return multiply(product, rational(1n, seen[1] === 'm2' ? 1_000n : 10_000_000n));
}
