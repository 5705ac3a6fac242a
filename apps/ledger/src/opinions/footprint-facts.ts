import type { ContentId, JsonValue } from '#lib/canonical';
import type { FootprintResult } from '#lib/footprint';
import type { FootprintDocument, ProductDocument } from '#lib/record';

/** What an opinion about a footprint has to repeat, out of the recorded documents. */
export type FootprintFacts = {
  readonly content: ContentId;
  readonly issuerAddress: string;
  /** Product and facility ids. */
  readonly product: string;
  readonly facility: string;
  readonly productName: string;
  readonly method: ContentId;
  readonly coverage: FootprintDocument['coverage'];
  readonly lot: string | null;
  readonly period: { readonly start: string; readonly end: string };
  readonly inputsRoot: string;
  readonly number: string;
  readonly unit: string;
  readonly boundary: string;
  readonly criteria: readonly string[];
};

export function footprintFacts(
  content: ContentId,
  footprint: FootprintDocument,
  product: ProductDocument,
  issuerAddress: string,
): FootprintFacts {
  const result = footprint.result as unknown as FootprintResult;
  const criteria = (footprint.input.criteria ?? []) as readonly JsonValue[];
  return {
    content,
    issuerAddress,
    product: footprint.product,
    facility: footprint.facility,
    productName: product.names.en ?? product.names.zh ?? '',
    method: footprint.method,
    coverage: footprint.coverage,
    lot: footprint.lot ?? null,
    period: footprint.period,
    inputsRoot: footprint.inputsRoot,
    number: result.perUnit.value,
    unit: result.perUnit.unit,
    boundary: result.boundary,
    criteria: criteria.map(String),
  };
}
