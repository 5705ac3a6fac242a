/** The product's own factors: published single figures with source, licence and grade, by the short names templates use. */
import { cnElectricity } from './cn-electricity.ts';
import { ipccFuels } from './ipcc-fuels.ts';
import { type Factor, makeFactor } from './record.ts';
import { ukDesnz } from './uk-desnz.ts';
import { worldGrid } from './world-grid.ts';

export type FactorTable = ReadonlyMap<string, Factor>;

/** Builds the table; each call gives equal records with equal ids. */
export const factorTable = (): FactorTable =>
  new Map(
    [...cnElectricity(), ...ukDesnz(), ...ipccFuels(), ...worldGrid()].map(([key, fields]) => [
      key,
      makeFactor(fields),
    ]),
  );
