/** Records of version 1, as footprints made before carry them, in the words of version 2. */
import { type Factor, type FactorFields, makeFactor, UNKNOWN } from './record.ts';
import { CN_GRID_REGIONS } from './region.ts';

/** A version 1 record, checked by whoever read the footprint. */
export type FactorV1 = Omit<
  FactorFields,
  'period' | 'parts' | 'gases' | 'document' | 'uncertainty' | 'supersededBy'
> & { readonly id: string };

const MEMBERS_V1 = 14;

/** Version 1 has fourteen members, and no `document`. */
export const isV1 = (record: object): boolean =>
  !('document' in record) && Object.keys(record).length === MEMBERS_V1;

/** The same figure as a new record: another id, nothing known that version 1 did not say. */
export function fromV1({ id: _old, ...fields }: FactorV1): Factor {
  const grid = Object.entries(CN_GRID_REGIONS).find(([, { zh }]) => fields.region === `CN-${zh}`);
  return makeFactor({ ...UNKNOWN, ...fields, region: grid?.[0] ?? fields.region });
}
