/** One row of the UK Government conversion factors as a record. The first figure of a row's id is its table. */
import type { Names } from '#lib/evidence';
import { divide, formatDecimal, formatExact, parseDecimal } from '#lib/quantity';
import { gwpOf } from './gwp.ts';
import { type FactorFields, type FactorGases, type FactorKind, UNKNOWN } from './record.ts';

export const DESNZ_LICENCE =
  'Open Government Licence v3.0; contains public sector information licensed under the OGL v3.0';

/** What each table holds. A table not named here has no place in a product footprint. */
export const DESNZ_TABLES: Readonly<Record<string, FactorKind>> = {
  '1': 'direct', // fuels
  '2': 'direct', // bioenergy, without biogenic CO2
  '7': 'direct', // UK electricity
  '10': 'direct', // heat and steam
  '11': 'upstream', // WTT fuels
  '12': 'upstream', // WTT bioenergy
  '13': 'direct', // transmission and distribution
  '15': 'upstream', // WTT UK electricity
  '16': 'upstream', // WTT heat and steam
  '17': 'life-cycle', // water supply
  '18': 'life-cycle', // water treatment
  '19': 'life-cycle', // material use
  '20': 'life-cycle', // waste disposal
  '27': 'direct', // freighting goods
  '28': 'upstream', // WTT delivery vehicles and freight
};

export interface DesnzRow {
  readonly row: string;
  readonly name: Names;
  readonly unit: string;
  readonly value: string;
  /** kg CO2e of each gas, with the potentials of AR5, as published. */
  readonly perGas: { readonly co2: string; readonly ch4: string; readonly n2o: string } | null;
  readonly document: string | null;
  readonly standIn: string | null;
}

export const desnzFields = ({
  row,
  name,
  unit,
  value,
  perGas,
  document,
  standIn,
}: DesnzRow): FactorFields => ({
  ...UNKNOWN,
  name,
  value,
  unit: `kgCO2e/${unit}`,
  kind: DESNZ_TABLES[row.slice(0, row.indexOf('_'))] as FactorKind,
  gwp: 'AR5',
  region: 'GB',
  year: '2025',
  gases: perGas === null ? null : gasesOf(perGas),
  source: `UK DESNZ, Greenhouse gas reporting: conversion factors 2025, row ${row}`,
  document,
  licence: DESNZ_LICENCE,
  grade: 'official',
  standIn,
});

/**
 * The publisher gives kg CO2e of each gas; kilograms of gas are that divided by 28 and 265, which has no finite
 * expansion: 18 decimals, far below the five that were published.
 */
function gasesOf({ co2, ch4, n2o }: NonNullable<DesnzRow['perGas']>): FactorGases {
  const mass = (text: string, gas: 'CH4' | 'N2O'): string =>
    formatExact(parseDecimal(formatDecimal(divide(parseDecimal(text), gwpOf(gas, 'AR5')), 18)));
  return { CO2: co2, CH4: mass(ch4, 'CH4'), N2O: mass(n2o, 'N2O') };
}
