/**
 * Who stands behind each factor of somebody's calculation. The record's own words do not decide: a maker can write
 * `official` and `makerStated: false` on any figure, under a true content id. The list of published ids decides.
 */
import { CanonicalError, canonicalBytes, contentId } from '#lib/canonical';
import { FACTOR_GRADES, type FactorGrade } from './record.ts';

/** A record of version 1 or 2, as it stood in a document: nothing about it is believed. */
export type ClaimedFactor = Readonly<Record<string, unknown>>;

export type JudgedFactor = {
  readonly id: string;
  readonly standing: 'published' | 'maker-stated';
  /** The record's grade where it is published; otherwise `maker-stated`, whatever it says. */
  readonly grade: FactorGrade;
  /**
   * `ok`; `claims-published`: not on the list, and its labels say it were a published figure;
   * `wrong-id`: the id is not the hash of the record, so it may carry a published id on another figure.
   */
  readonly finding: 'ok' | 'claims-published' | 'wrong-id';
};

/**
 * Judges every factor against the published ids a reader holds. Pure; for records of both versions, in their order.
 * @param isPublished the reader's list, e.g. `registry.isPublished`, or a set of ids
 */
export function judgeFactors(
  factors: readonly ClaimedFactor[],
  published: ReadonlySet<string> | ((id: string) => boolean),
): readonly JudgedFactor[] {
  const isPublished = typeof published === 'function' ? published : (id: string) => published.has(id);
  return factors.map((factor) => {
    // A list in somebody's document may hold anything, null as well.
    const { id: claimed, ...fields } = typeof factor === 'object' && factor !== null ? factor : {};
    const id = typeof claimed === 'string' ? claimed : '';
    if (id === '' || id !== idOf(fields))
      return { id, standing: 'maker-stated', grade: 'maker-stated', finding: 'wrong-id' };
    const grade = FACTOR_GRADES.find((each) => each === fields.grade) ?? 'maker-stated';
    if (isPublished(id)) return { id, standing: 'published', grade, finding: 'ok' };
    const honest = fields.makerStated === true && grade !== 'official' && grade !== 'computed';
    return {
      id,
      standing: 'maker-stated',
      grade: 'maker-stated',
      finding: honest ? 'ok' : 'claims-published',
    };
  });
}

function idOf(fields: ClaimedFactor): string | null {
  try {
    return contentId(canonicalBytes(fields));
  } catch (cause) {
    // A value that has no canonical form has no content id either.
    if (cause instanceof CanonicalError) return null;
    throw cause;
  }
}
