/** The product's own factor table: published single figures with their source, licence and grade. */

import { CN_ELECTRICITY } from './cn-electricity.ts';
import { makeFactor } from './factor-record.ts';
import type { Factor } from './model.ts';
import { UK_DESNZ } from './uk-desnz.ts';

/** Factors by the short names that templates use. */
export type FactorTable = ReadonlyMap<string, Factor>;

/** Builds the table; each call gives equal records with equal ids. */
export function factorTable(): FactorTable {
  const entries = [...Object.entries(CN_ELECTRICITY), ...Object.entries(UK_DESNZ)];
  return new Map(entries.map(([key, fields]) => [key, makeFactor(fields)]));
}
