import type { FindOptionsWhere, Repository } from 'typeorm';
import type { RefusalError } from '../http/refusal.ts';
import { type RequestIdentityFacts, requireSameRequest } from '../http/request-identity.ts';
import { uniqueViolation } from './unique.ts';

type Owned = { id: string; organisation: string; requestHash: string | null };

/**
 * Makes the row of this request, or finds the one that an earlier attempt of the same request made: before a crash, or
 * at this very moment beside us.
 * @param make.write records the row under `identity.id`
 * @param make.conflicts refusals by the name of the unique constraint that stood in the way
 * @throws RefusalError 422 `http/idempotency-mismatch`, one of `conflicts`, or what `write` threw
 */
export async function createOnce<T extends Owned>(
  rows: Repository<T>,
  organisation: string,
  identity: RequestIdentityFacts,
  make: {
    readonly write: () => Promise<void>;
    readonly conflicts: Readonly<Record<string, () => RefusalError>>;
  },
): Promise<T> {
  const where = { id: identity.id, organisation } as FindOptionsWhere<T>;
  const earlier = identity.keyed ? await rows.findOneBy(where) : null;
  if (earlier) return sameRequest(earlier, identity);
  try {
    await make.write();
  } catch (error) {
    const constraint = uniqueViolation(error);
    if (constraint === null) throw error;
    const beside = await rows.findOneBy(where);
    if (beside) return sameRequest(beside, identity);
    throw make.conflicts[constraint]?.() ?? error;
  }
  return rows.findOneByOrFail(where);
}

function sameRequest<T extends Owned>(row: T, identity: RequestIdentityFacts): T {
  requireSameRequest(row.requestHash, identity.bodyHash);
  return row;
}
