// The passport/v1 document out of the documents it rests on. Pure: everything comes in as values.
import type { ContentId, JsonObject } from '#lib/canonical';
import { formatTime } from '#lib/evm';
import type { FootprintResult } from '#lib/footprint';
import { ENGAGEMENTS, LEVELS, OPINIONS, type OpinionDocument } from '#lib/opinion';
import type {
  BatchDocument,
  FacilityDocument,
  FootprintDocument,
  PassportDocument,
  PassportOpinion,
  ProductDocument,
  RegistrationDocument,
} from '#lib/record';
import type { Issuer } from '../organisations/organisations.service.ts';

export type PassportParts = {
  readonly issuer: Issuer;
  readonly product: ProductDocument;
  readonly facility: FacilityDocument;
  readonly batch: BatchDocument;
  readonly footprint: { readonly content: ContentId; readonly doc: FootprintDocument };
  readonly opinion: null | {
    readonly content: ContentId;
    readonly doc: OpinionDocument;
    readonly registration: { readonly content: ContentId; readonly doc: RegistrationDocument };
  };
  readonly release: number;
  readonly supersedes: string | null;
  readonly code: string;
  readonly items: PassportDocument['items'];
  readonly materials: PassportDocument['materials'];
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly chain: PassportDocument['chain'];
};

/** Members of the document without `type` and `nonce`. */
export function passportMembers(parts: PassportParts): JsonObject {
  const { release, supersedes, code, items, materials, issuedAt, validUntil, chain } = parts;
  const members: Omit<PassportDocument, 'type' | 'nonce'> = {
    issuer: issuerPart(parts.issuer),
    product: productPart(parts.product),
    facility: facilityPart(parts.facility),
    batch: batchPart(parts.batch),
    release,
    supersedes,
    code,
    footprint: footprintPart(parts.footprint),
    opinion: opinionPart(parts.opinion),
    items,
    materials,
    issuedAt,
    validUntil,
    chain,
  };
  return members as unknown as JsonObject;
}

function issuerPart({ did, kid, issuerAddress, names, uscc, keyHolder }: Issuer): PassportDocument['issuer'] {
  return { did, kid, address: issuerAddress, names: { ...names }, ...(uscc !== null && { uscc }), keyHolder };
}

function productPart(product: ProductDocument): PassportDocument['product'] {
  const { id, idScheme, gtin, names, cnCode, declaredUnit, massPerUnit } = product;
  return { id, idScheme, ...(gtin !== undefined && { gtin }), names, cnCode, declaredUnit, massPerUnit };
}

function facilityPart({ id, names, country, subdivision }: FacilityDocument): PassportDocument['facility'] {
  return { id, names, country, subdivision };
}

function batchPart({ lot, producedFrom, producedUntil, quantity }: BatchDocument): PassportDocument['batch'] {
  return { lot, producedFrom, producedUntil, quantity };
}

/** The number is the footprint's own string; nothing is rounded on the way. */
function footprintPart({ content, doc }: PassportParts['footprint']): PassportDocument['footprint'] {
  const result = doc.result as unknown as FootprintResult;
  return {
    content,
    number: result.perUnit.value,
    unit: result.perUnit.unit,
    per: result.perUnit.per,
    boundary: result.boundary,
    period: doc.period,
    method: doc.method,
    coverage: doc.coverage,
    stages: result.stages.map(({ stage, perUnit }) => ({ stage, value: perUnit })),
    shares: { ...result.shares },
  };
}

function opinionPart(opinion: PassportParts['opinion']): PassportOpinion | null {
  if (opinion === null) return null;
  const { message, limitationsText } = opinion.doc;
  const { registration } = opinion;
  return {
    content: opinion.content,
    opinionId: message.opinionId,
    body: message.body,
    registrar: message.registrar,
    registration: registration.content,
    level: LEVELS[message.level as unknown as keyof typeof LEVELS],
    engagement: ENGAGEMENTS[message.engagement as unknown as keyof typeof ENGAGEMENTS],
    opinion: OPINIONS[message.opinion as unknown as 1 | 2],
    criteria: message.criteria,
    standard: message.standard,
    // never the opinion's own: no signature covers what its document calls the body
    bodyNames: registration.doc.names,
    accreditation: registration.doc.accreditation,
    limitationsText,
    validFrom: formatTime(BigInt(message.validFrom)),
    validUntil: formatTime(BigInt(message.validUntil)),
    reportNumber: message.reportNumber,
  };
}
