/** Units of factors: kilograms of CO2e (or, for inventories, of CO2) per unit of activity. */
import { type Dimension, dimensionOf, isUnit, type Unit } from '#lib/quantity';
import { FactorsError } from './errors.ts';

const CURRENCIES = ['CNY', 'EUR', 'GBP', 'USD'] as const;
type Currency = (typeof CURRENCIES)[number];

export type FactorUnit =
  | { readonly emission: 'kgCO2e' | 'kgCO2'; readonly per: Unit; readonly dimension: Dimension }
  | { readonly emission: 'kgCO2e'; readonly per: Currency; readonly dimension: 'money' };

/** @throws {FactorsError} factors/malformed-unit */
export function readFactorUnit(text: string, place: string): FactorUnit {
  const match = /^(kgCO2e|kgCO2)\/(.{1,8})$/u.exec(text);
  const [, emission, per] = match ?? [];
  if (emission !== undefined && per !== undefined) {
    if (isUnit(per)) return { emission: emission as 'kgCO2e' | 'kgCO2', per, dimension: dimensionOf(per) };
    const currency = CURRENCIES.find((each) => each === per);
    if (currency !== undefined && emission === 'kgCO2e')
      return { emission, per: currency, dimension: 'money' };
  }
  throw new FactorsError(
    'factors/malformed-unit',
    place,
    `${JSON.stringify(text.slice(0, 40))} is not a factor's unit`,
    'write kgCO2e/kWh, kgCO2e/t, kgCO2e/tkm …, kgCO2/… for an inventory factor, kgCO2e/USD for a spend-based one',
  );
}
