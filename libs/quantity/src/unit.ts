/**
 * Units as they stand on Chinese and international bills. A unit has one dimension and an exact size in that
 * dimension's base unit; nothing converts across dimensions.
 *
 * 度 is the kilowatt hour of Chinese electricity bills, 万度 ten thousand of them; 斤 is half a kilogram.
 * m3 and Nm3 are two dimensions: the amount of gas in them differs with the reference temperature, so a
 * conversion needs a statement this table does not have.
 */
import { QuantityError } from './errors.ts';
import { divide, multiply, type Rational, rational } from './rational.ts';

export type Dimension =
  | 'energy'
  | 'mass'
  | 'volume'
  | 'normal-volume'
  | 'length'
  | 'freight'
  | 'count'
  | 'time';

interface Definition {
  readonly dimension: Dimension;
  readonly size: Rational;
}

const unit = (dimension: Dimension, n: bigint, d = 1n): Definition => ({ dimension, size: rational(n, d) });

// Base units: kWh, kg, m3, Nm3, km, tkm, piece, h. 1 GJ = 1000/3.6 kWh exactly.
const DEFINITIONS = {
  kWh: /* @__PURE__ */ unit('energy', 1n),
  MWh: /* @__PURE__ */ unit('energy', 1_000n),
  GWh: /* @__PURE__ */ unit('energy', 1_000_000n),
  度: /* @__PURE__ */ unit('energy', 1n),
  万度: /* @__PURE__ */ unit('energy', 10_000n),
  MJ: /* @__PURE__ */ unit('energy', 5n, 18n),
  GJ: /* @__PURE__ */ unit('energy', 5_000n, 18n),
  TJ: /* @__PURE__ */ unit('energy', 5_000_000n, 18n),
  g: /* @__PURE__ */ unit('mass', 1n, 1_000n),
  kg: /* @__PURE__ */ unit('mass', 1n),
  斤: /* @__PURE__ */ unit('mass', 1n, 2n),
  t: /* @__PURE__ */ unit('mass', 1_000n),
  L: /* @__PURE__ */ unit('volume', 1n, 1_000n),
  m3: /* @__PURE__ */ unit('volume', 1n),
  Nm3: /* @__PURE__ */ unit('normal-volume', 1n),
  km: /* @__PURE__ */ unit('length', 1n),
  kgkm: /* @__PURE__ */ unit('freight', 1n, 1_000n),
  tkm: /* @__PURE__ */ unit('freight', 1n),
  piece: /* @__PURE__ */ unit('count', 1n),
  万件: /* @__PURE__ */ unit('count', 10_000n),
  h: /* @__PURE__ */ unit('time', 1n),
} as const satisfies Record<string, Definition>;

export type Unit = keyof typeof DEFINITIONS;

/** A number and its unit as they stand in a record. */
export type Quantity = {
  readonly value: string;
  readonly unit: Unit;
};

export const isUnit = (text: string): text is Unit => Object.hasOwn(DEFINITIONS, text);

/** @throws {QuantityError} quantity/unknown-unit */
export function requireUnit(text: string): Unit {
  if (isUnit(text)) return text;
  throw new QuantityError(
    'quantity/unknown-unit',
    `unit ${JSON.stringify(text.slice(0, 40))} is not known; use one of ${Object.keys(DEFINITIONS).join(', ')}`,
  );
}

export const dimensionOf = (unit: Unit): Dimension => DEFINITIONS[unit].dimension;

/**
 * `value` given in `from`, expressed in `to`; exact.
 * @throws {QuantityError} quantity/dimension-mismatch, naming both sides
 */
export function convert(value: Rational, from: Unit, to: Unit): Rational {
  if (from === to) return value;
  const source: Definition = DEFINITIONS[from];
  const target: Definition = DEFINITIONS[to];
  if (source.dimension !== target.dimension) {
    throw new QuantityError(
      'quantity/dimension-mismatch',
      `${from} is ${source.dimension} and ${to} is ${target.dimension}; one cannot be expressed in the other`,
    );
  }
  return multiply(value, divide(source.size, target.size));
}
