/**
 * Which factors are published: a content-addressed list of ids. A record calls itself what its writer likes; whether
 * a reader believes `official` hangs on this list alone, whose hash the reader holds beforehand.
 */
import { canonicalBytes, contentId } from '#lib/canonical';
import { FactorsError } from './errors.ts';
import type { FactorTable } from './factor-table.ts';
import type { Factor } from './record.ts';
import { V1_IDS } from './v1-ids.ts';

/** `registry/v1`: what is published, and what was corrected since. */
export type RegistryDocument = {
  readonly type: 'registry/v1';
  readonly name: string;
  /** Counts up; a list never loses an id, so that old results stay explained. */
  readonly version: string;
  /** Sorted by code unit, each once. */
  readonly ids: readonly string[];
  /** Sorted by `id`: `by` replaces it in new calculations. */
  readonly superseded: readonly { readonly id: string; readonly by: string }[];
};

export interface Registry {
  /** Content id of the document, to be named by a trust root. */
  readonly hash: string;
  readonly document: RegistryDocument;
  isPublished(id: string): boolean;
  /** Id of the correction, or null. */
  supersededBy(id: string): string | null;
}

const ID = /^sha256:[0-9a-f]{64}$/;
const MAX_IDS = 100_000;

/**
 * Lists factors as published. Records of version 1 that the product published are on every list of its own.
 * @throws {FactorsError} factors/label for a maker's own figure: it is never published
 */
export function registryDocument(
  name: string,
  version: string,
  factors: Iterable<Factor>,
  moreIds: readonly string[] = V1_IDS,
): RegistryDocument {
  const ids = new Set(moreIds);
  const superseded: { id: string; by: string }[] = [];
  for (const factor of factors) {
    if (factor.makerStated || factor.grade === 'maker-stated')
      throw new FactorsError(
        'factors/label',
        '',
        `${factor.id} is a maker's own figure`,
        'leave it out of the list; it stands beside the published ones with its voucher',
      );
    ids.add(factor.id);
    if (factor.supersededBy !== null) superseded.push({ id: factor.id, by: factor.supersededBy });
  }
  return {
    type: 'registry/v1',
    name,
    version,
    ids: [...ids].sort(),
    superseded: superseded.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  };
}

/** The product's own list: its table, and the records it published before. A changed table is a new version. */
export const ownRegistry = (table: FactorTable): Registry =>
  readRegistry(registryDocument('anchorleaf', '1', table.values()));

/**
 * Reads a list that somebody sent. Believe it only if its hash is the one you hold.
 * @throws {FactorsError} factors/malformed-registry with the pointer
 */
export function readRegistry(input: unknown): Registry {
  const document = input as RegistryDocument;
  const refuse = (place: string, message: string): never => {
    throw new FactorsError(
      'factors/malformed-registry',
      place,
      message,
      'see docs/formats/factor.md, Registry',
    );
  };
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse('', 'must be an object');
  const keys = Object.keys(input).sort().join(' ');
  if (keys !== 'ids name superseded type version') refuse('', `has the members ${keys.slice(0, 100)}`);
  if (document.type !== 'registry/v1') refuse('/type', 'must be registry/v1');
  for (const key of ['name', 'version'] as const)
    if (typeof document[key] !== 'string' || document[key] === '') refuse(`/${key}`, 'must be a text');
  sorted(document.ids, '/ids', (each) => each, refuse);
  sorted(document.superseded, '/superseded', (each) => each?.id, refuse);
  const published = new Set(document.ids);
  const corrected = new Map<string, string>();
  for (const [at, each] of document.superseded.entries()) {
    if (Object.keys(each).sort().join(' ') !== 'by id' || !ID.test(String(each.by)))
      refuse(`/superseded/${at}`, 'must be { id, by }');
    if (!published.has(each.id) || !published.has(each.by) || each.id === each.by)
      refuse(`/superseded/${at}`, 'both ids must be on the list, and differ');
    corrected.set(each.id, each.by);
  }
  return {
    hash: contentId(canonicalBytes(document)),
    document,
    isPublished: (id) => published.has(id),
    supersededBy: (id) => corrected.get(id) ?? null,
  };
}

function sorted<T>(
  list: readonly T[],
  place: string,
  idOf: (each: T) => unknown,
  refuse: (place: string, message: string) => never,
): void {
  if (!Array.isArray(list) || list.length > MAX_IDS) refuse(place, `must be a list of at most ${MAX_IDS}`);
  let last = '';
  for (const [at, each] of list.entries()) {
    const id = idOf(each);
    if (typeof id !== 'string' || !ID.test(id)) refuse(`${place}/${at}`, 'must be sha256: and 64 hex digits');
    if ((id as string) <= last) refuse(`${place}/${at}`, 'ids are sorted, each once');
    last = id as string;
  }
}
