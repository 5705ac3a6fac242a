/**
 * A factory's or supplier's own figure. It always says that a maker stated it, always names its voucher, and cannot
 * take the id or the grade of a published factor.
 */
import { FactorsError } from './errors.ts';
import { type KnownWrong, knownWrong } from './known-wrong.ts';
import { readFactor } from './read-factor.ts';
import { type Factor, type FactorFields, makeFactor } from './record.ts';
import type { Registry } from './registry.ts';

/** What a person states; grade `maker-stated` for an own figure, `second-hand` for one copied from elsewhere. */
export type UserFactorFields = Omit<FactorFields, 'document' | 'makerStated' | 'grade' | 'supersededBy'> & {
  /** Hash of the voucher: certificate, laboratory report, supplier's letter. */
  readonly voucher: string;
  readonly grade: 'maker-stated' | 'second-hand';
};

export interface UserFactor {
  readonly factor: Factor;
  /** Figures that are known to be wrong, with the right one. */
  readonly warnings: readonly KnownWrong[];
}

/**
 * @throws {FactorsError} factors/label for another grade or a missing voucher; factors/claims-published where the
 *   registry lists the id; factors/known-wrong for a mistake copied from a table; and whatever `readFactor` refuses
 */
export function userFactor(fields: UserFactorFields, registry: Registry, place = ''): UserFactor {
  const { voucher, grade, ...rest } = fields;
  if (grade !== 'maker-stated' && grade !== 'second-hand')
    throw new FactorsError(
      'factors/label',
      `${place}/grade`,
      `a figure of your own is not ${JSON.stringify(grade)}`,
      'call it maker-stated, or second-hand where it is copied; published factors come from the table',
    );
  if (!/^sha256:[0-9a-f]{64}$/.test(voucher ?? ''))
    throw new FactorsError(
      'factors/label',
      `${place}/voucher`,
      'a figure of your own needs its voucher',
      'attach the certificate, report or letter it comes from',
    );
  const made = makeFactor({ ...rest, document: voucher, makerStated: true, grade, supersededBy: null });
  const factor = readFactor(JSON.parse(JSON.stringify(made)), place);
  if (registry.isPublished(factor.id))
    throw new FactorsError(
      'factors/claims-published',
      `${place}/id`,
      `${factor.id} is a published factor`,
      'name the published factor instead of writing it again',
    );
  const warnings = knownWrong(factor);
  const copied =
    grade === 'second-hand' ? warnings.find(({ code }) => code.startsWith('wrong/ipcc-')) : undefined;
  if (copied !== undefined)
    throw new FactorsError(
      'factors/known-wrong',
      `${place}/gases`,
      `${copied.seen} is a known mistake of a transcription: ${copied.why.en}`,
      `the guidelines have ${copied.right}`,
    );
  return { factor, warnings };
}
