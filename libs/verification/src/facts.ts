// The facts of a checked passport, as a page prints them again. They are read from the documents whose hashes held, and
// are null while the texts are not the recorded ones: then nothing is to be printed as fact.
import type { JsonValue } from '#lib/canonical';
import type { FootprintResult } from '#lib/footprint';
import type { FootprintDocument, PassportDocument } from '#lib/record';
import type { FieldFacts } from '#lib/wording';
import { countInputs, type InputCount } from './check-number.ts';

export type Facts = FieldFacts & {
  readonly did: string;
  readonly keyHolder: 'own' | 'operator';
  readonly productId: string;
  readonly facility: { readonly id: string; readonly zh?: string; readonly en?: string };
  readonly release: number;
  readonly passport: string;
  readonly token: string;
  readonly stages: readonly { readonly stage: string; readonly value: string }[];
  readonly shares: Readonly<Record<string, string | null>>;
  readonly gaps: readonly { readonly code: string; readonly value: string | null }[];
  readonly inputs: InputCount;
};

/**
 * @param code path that was scanned, with its serial if it has one
 * @param id content id of the passport document
 */
export function factsOf(
  passport: PassportDocument,
  footprint: FootprintDocument,
  code: string,
  id: string,
): Facts {
  const { issuer, product, facility, batch, opinion, chain } = passport;
  const { input, result } = footprint;
  return {
    ...fieldFactsOf(passport, methodName(result), code),
    did: issuer.did,
    keyHolder: issuer.keyHolder,
    productId: product.id,
    facility: { id: facility.id, ...facility.names },
    release: passport.release,
    passport: id,
    token: chain.tokenId,
    stages: passport.footprint.stages,
    shares: passport.footprint.shares,
    gaps: gapsOf(result.gaps),
    inputs: countInputs(input),
    lot: batch.lot,
    opinion: opinion && opinionFacts(opinion),
  };
}

/** What the key fields of a page are made of (`pageFields`); for server and checker alike. */
export function fieldFactsOf(passport: PassportDocument, method: string, code: string): FieldFacts {
  const { issuer, product, facility, batch, footprint, opinion } = passport;
  return {
    maker: issuer.names,
    place: facility.subdivision,
    product: product.names,
    lot: batch.lot,
    code,
    number: footprint.number,
    per: footprint.per,
    boundary: footprint.boundary,
    coverage: footprint.coverage,
    method,
    period: footprint.period,
    producedFrom: batch.producedFrom,
    producedUntil: batch.producedUntil,
    issuedAt: passport.issuedAt,
    validUntil: passport.validUntil,
    opinion: opinion && opinionFacts(opinion),
  };
}

function opinionFacts(opinion: NonNullable<PassportDocument['opinion']>): NonNullable<FieldFacts['opinion']> {
  const { bodyNames, level, engagement, standard, reportNumber, limitationsText, accreditation } = opinion;
  return {
    body: bodyNames,
    level,
    engagement,
    opinion: opinion.opinion,
    standard,
    reportNumber,
    limitations: limitationsText,
    accreditation,
  };
}

/** `anchorleaf-product-footprint 1.0.0` */
export function methodName(result: FootprintDocument['result']): string {
  const { method } = result as { readonly method?: FootprintResult['method'] };
  return method ? `${method.name} ${method.version}` : '–';
}

function gapsOf(gaps: JsonValue | undefined): Facts['gaps'] {
  return (
    (Array.isArray(gaps) ? gaps : []) as readonly { readonly code?: unknown; readonly value?: unknown }[]
  ).map((gap) => ({ code: String(gap?.code), value: typeof gap?.value === 'string' ? gap.value : null }));
}
