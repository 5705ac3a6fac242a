// The passport repeats what other documents say, so that a reader sees it in one text. Every repetition is compared.
import { canonicalize, type JsonObject, type JsonValue } from '#lib/canonical';
import { parseTime, sameAddress } from '#lib/evm';
import { ENGAGEMENTS, LEVELS, OPINIONS } from '#lib/opinion';
import { isWithheld, type KeyDocument, type PassportDocument } from '#lib/record';
import type { Parts } from './opened.ts';
import { invalid, type Verdict } from './verdict.ts';

type Claims = Readonly<Record<string, readonly [stated: unknown, recorded: unknown]>>;

export function checkCopies(passport: PassportDocument, parts: Parts, key: KeyDocument | null): Verdict[] {
  const { issuer, product, facility, batch, footprint, opinion } = passport;
  const { doc: organisationDoc } = parts.organisation;
  const { doc: facilityDoc } = parts.facility;
  const { doc: productDoc } = parts.product;
  const { doc: batchDoc } = parts.batch;
  const { doc: footprintDoc } = parts.footprint;
  const problems = [
    ...compare('organisation/v1', '/issuer', {
      did: [issuer.did, organisationDoc.did],
      names: [issuer.names, organisationDoc.names],
      uscc: [issuer.uscc, organisationDoc.uscc],
    }),
    ...compare('facility/v1', '/facility', {
      names: [facility.names, facilityDoc.names],
      country: [facility.country, facilityDoc.country],
      subdivision: [facility.subdivision, facilityDoc.subdivision],
      organisation: [issuer.did, facilityDoc.organisation],
    }),
    ...compare('product/v1', '/product', {
      idScheme: [product.idScheme, productDoc.idScheme],
      gtin: [product.gtin, productDoc.gtin],
      names: [product.names, productDoc.names],
      cnCode: [product.cnCode, productDoc.cnCode],
      declaredUnit: [product.declaredUnit, productDoc.declaredUnit],
      massPerUnit: [product.massPerUnit, productDoc.massPerUnit],
    }),
    ...compare('batch/v1', '/batch', {
      facility: [facility.id, batchDoc.facility],
      producedFrom: [batch.producedFrom, batchDoc.producedFrom],
      producedUntil: [batch.producedUntil, batchDoc.producedUntil],
      // each copy has its own salt, so a withheld one cannot be compared with the other
      ...(isWithheld(batch.quantity) || isWithheld(batchDoc.quantity)
        ? {}
        : { quantity: [batch.quantity, batchDoc.quantity] as const }),
    }),
    ...compare('footprint/v1', '/footprint', {
      organisation: [issuer.did, footprintDoc.organisation],
      product: [product.id, footprintDoc.product],
      facility: [facility.id, footprintDoc.facility],
      method: [footprint.method, footprintDoc.method],
      coverage: [footprint.coverage, footprintDoc.coverage],
      period: [footprint.period, footprintDoc.period],
      lot: [footprint.coverage === 'batch' ? batch.lot : undefined, footprintDoc.lot],
    }),
  ];
  if (key)
    problems.push(
      ...compare('key/v1', '/issuer', {
        kid: [issuer.kid, key.kid],
        did: [issuer.did, key.did],
        keyHolder: [issuer.keyHolder, key.holder],
      }),
    );
  for (const activity of parts.activities)
    problems.push(...compare('activity/v1', '', { organisation: [issuer.did, activity.doc.organisation] }));
  if (opinion && parts.opinion && parts.registration) problems.push(...checkOpinionCopies(opinion, parts));
  return problems;
}

function checkOpinionCopies(opinion: NonNullable<PassportDocument['opinion']>, parts: Parts): Verdict[] {
  const { message, limitationsText } = parts.opinion!.doc;
  const registration = parts.registration!.doc;
  return [
    ...compare('opinion/v1', '/opinion', {
      opinionId: [opinion.opinionId, message.opinionId],
      body: address(opinion.body, message.body),
      registrar: address(opinion.registrar, message.registrar),
      level: [opinion.level, meaning(LEVELS, message.level)],
      engagement: [opinion.engagement, meaning(ENGAGEMENTS, message.engagement)],
      opinion: [opinion.opinion, meaning(OPINIONS, message.opinion)],
      criteria: [opinion.criteria, message.criteria],
      standard: [opinion.standard, message.standard],
      reportNumber: [opinion.reportNumber, message.reportNumber],
      validFrom: [seconds(opinion.validFrom), message.validFrom],
      validUntil: [seconds(opinion.validUntil), message.validUntil],
      limitationsText: [opinion.limitationsText, limitationsText],
    }),
    ...compare('registration/v1', '/opinion', {
      // the registrar's hash of this text is on chain; what the opinion's document calls the body nobody signed
      bodyNames: [opinion.bodyNames, registration.names],
      accreditation: [opinion.accreditation, registration.accreditation],
      body: address(opinion.body, registration.body),
      registrar: address(opinion.registrar, registration.registrar),
    }),
  ];
}

function compare(type: string, at: string, claims: Claims): Verdict[] {
  return Object.entries(claims)
    .filter(([, [stated, recorded]]) => form(stated) !== form(recorded))
    .map(([name]) => invalid('content/passport-differs', { type, pointer: `${at}/${name}` }));
}

/** Absent members compare as absent. */
const form = (value: unknown): string => (value === undefined ? '' : canonicalize(value as JsonValue));

const meaning = (words: object, number: JsonObject[string] | undefined): string | undefined =>
  typeof number === 'string' && Object.hasOwn(words, number)
    ? (words as Record<string, string>)[number]
    : undefined;

const address = (a: string, b: JsonObject[string] | undefined) =>
  [typeof b === 'string' && sameAddress(a, b), true] as const;

/** Times of documents are RFC 3339, those of typed data seconds. */
const seconds = (time: string): string => String(parseTime(time));
