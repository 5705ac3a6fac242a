/** Factors as content-addressed records: the id is the hash of everything else the record says. */
import { canonicalBytes, contentId } from '#lib/canonical';
import { FootprintError } from './errors.ts';
import type { Factor } from './model.ts';

export type FactorFields = Omit<Factor, 'id'>;

/** The record with its id, `sha256:` of the RFC 8785 bytes of its fields. */
export function makeFactor(fields: FactorFields): Factor {
  return { id: factorId(fields), ...fields };
}

function factorId(fields: FactorFields): string {
  return contentId(canonicalBytes(fields));
}

/**
 * Checks that every factor carries the id that its fields give.
 * @throws {FootprintError} footprint/factor-identity with the place in `factors`
 */
export function checkFactorIds(factors: readonly Factor[]): void {
  for (const [index, { id, ...fields }] of factors.entries()) {
    const wanted = factorId(fields);
    if (id !== wanted) {
      throw new FootprintError(
        'footprint/factor-identity',
        `/factors/${index}/id`,
        `${id} is not the id of its fields, ${wanted}`,
      );
    }
  }
}
