// Projection of a passport document to a UNTP 0.7.0 DigitalProductPassport (W3C VCDM 2.0, compacted JSON-LD).
// Deterministic: a checker projects again and compares the RFC 8785 bytes, so the credential says nothing of its own.
import type { ContentId, JsonObject } from '#lib/canonical';
import { contentIdBytes, toBase64url } from '#lib/canonical';
import type { PassportDocument } from '#lib/record';
import { PassportError } from './errors.ts';

export const DPP_CONTEXT = [
  'https://www.w3.org/ns/credentials/v2',
  'https://vocabulary.uncefact.org/untp/0.7.0/context/',
] as const;

/** UN/ECE Recommendation 20 codes of the masses that records write; another unit stands as it is. */
const KILOGRAM = 'KGM';
const MASS_CODES: Readonly<Record<string, string>> = { g: 'GRM', kg: KILOGRAM, t: 'TNE' };
const COMBINED_NOMENCLATURE = {
  schemeId: 'https://data.europa.eu/xsp/cn2024/cn2024',
  schemeName: 'EU Combined Nomenclature',
};
const GREENHOUSE_GAS_TOPIC = {
  type: ['ConformityTopic'],
  id: 'https://vocabulary.uncefact.org/conformity-topic/greenhouse-gas-emissions',
  name: 'Greenhouse Gas Emissions',
};
const FOOTPRINT_METRIC = {
  type: ['PerformanceMetric'],
  id: 'https://vocabulary.uncefact.org/performance-metric/product-carbon-footprint',
  name: 'Product Carbon Footprint',
};

type Names = PassportDocument['issuer']['names'];
type Material = PassportDocument['materials'][number];
type Amount = PassportDocument['product']['massPerUnit'];

export interface DppProjection {
  /** Address of the credential: `{publicUrl}/passports/{release}`. */
  readonly id: string;
  /** Content id of the passport document; the credential names it by this digest. */
  readonly content: ContentId;
}

/**
 * @param passport full or redacted copy: the projection uses no hideable value
 * @throws PassportError `passport/number-not-exact` when a recorded decimal is not exactly a JSON number
 */
export function projectDpp(passport: PassportDocument, { id, content }: DppProjection): JsonObject {
  const { issuer, product, facility, batch } = passport;
  return {
    '@context': [...DPP_CONTEXT],
    type: ['DigitalProductPassport', 'VerifiableCredential'],
    id,
    issuer: {
      type: ['CredentialIssuer'],
      id: issuer.did,
      name: nameOf(issuer.names),
      ...(issuer.uscc ? { issuerAlsoKnownAs: [party(issuer.did, issuer.names, issuer.uscc)] } : {}),
    },
    validFrom: passport.issuedAt,
    validUntil: passport.validUntil,
    name: `Digital Product Passport: ${nameOf(product.names)}, lot ${batch.lot}, release ${passport.release}`,
    credentialSubject: {
      type: ['Product'],
      id: product.id,
      name: nameOf(product.names),
      idScheme: productScheme(passport, id),
      batchNumber: batch.lot,
      idGranularity: 'batch',
      productCategory: [{ code: product.cnCode, name: nameOf(product.names), ...COMBINED_NOMENCLATURE }],
      relatedDocument: [
        {
          linkURL: `${id}/bundle`,
          linkName: 'Anchorleaf passport document and proofs',
          mediaType: 'application/json',
          digestMultibase: digestMultibase(content),
        },
      ],
      relatedParty: [{ role: 'manufacturer', party: party(issuer.did, issuer.names, issuer.uscc) }],
      producedAtFacility: {
        type: ['Facility'],
        id: facility.id,
        name: nameOf(facility.names),
      },
      productionDate: batch.producedFrom.slice(0, 10),
      countryOfProduction: { countryCode: facility.country },
      dimensions: { weight: measure(product.massPerUnit) },
      ...(passport.materials.length > 0
        ? {
            materialProvenance: passport.materials.map((each) =>
              material(each, product.cnCode, nameOf(product.names)),
            ),
          }
        : {}),
      performanceClaim: [footprintClaim(passport, id)],
    },
  };
}

function footprintClaim({ footprint, opinion, issuedAt }: PassportDocument, id: string): JsonObject {
  const criterion = opinion
    ? `${opinion.criteria} (${opinion.standard})`
    : 'self-declared, not checked by a third party';
  return {
    type: ['Claim'],
    id: `${id}#footprint`,
    name: 'Product carbon footprint',
    description: `${footprint.number} ${footprint.unit} per ${footprint.per}, ${footprint.boundary}, ${footprint.period.start.slice(0, 10)} to ${footprint.period.end.slice(0, 10)} (end not included), ${footprint.coverage}`,
    referenceCriteria: [
      { type: ['Criterion'], id: `${id}#criteria`, name: criterion, conformityTopic: [GREENHOUSE_GAS_TOPIC] },
    ],
    claimDate: issuedAt.slice(0, 10),
    claimedPerformance: [
      { metric: FOOTPRINT_METRIC, measure: { value: exactNumber(footprint.number), unit: KILOGRAM } },
    ],
    evidence: [
      {
        linkURL: `${id}/bundle`,
        linkName: 'Footprint with its working',
        mediaType: 'application/json',
        digestMultibase: digestMultibase(footprint.content),
      },
    ],
    conformityTopic: [GREENHOUSE_GAS_TOPIC],
  };
}

function party(did: string, names: Names, uscc: string | undefined): JsonObject {
  return {
    type: ['Party'],
    id: did,
    name: nameOf(names),
    ...(uscc
      ? {
          registeredId: uscc,
          idScheme: {
            type: ['IdentifierScheme'],
            id: 'https://www.gsxt.gov.cn',
            name: 'Unified Social Credit Identifier (统一社会信用代码)',
          },
        }
      : {}),
  };
}

function productScheme({ product }: PassportDocument, id: string): JsonObject {
  if (product.idScheme === 'gtin')
    return { type: ['IdentifierScheme'], id: 'https://id.gs1.org/01', name: 'GS1 GTIN' };
  return {
    type: ['IdentifierScheme'],
    id: id.slice(0, id.indexOf('/passports/')),
    name: "Issuer's own product identifiers",
  };
}

function material(each: Material, code: string, name: string): JsonObject {
  return {
    name: each.name,
    originCountry: { countryCode: each.originCountry },
    materialType: { code, name, ...COMBINED_NOMENCLATURE },
    massFraction: exactNumber(each.massFraction),
    ...(each.recycledFraction === undefined
      ? {}
      : { recycledMassFraction: exactNumber(each.recycledFraction) }),
  };
}

function measure({ value, unit }: Amount): JsonObject {
  return { value: exactNumber(value), unit: MASS_CODES[unit] ?? unit };
}

/** English where there is one: UNTP names have no language. */
function nameOf(names: Names): string {
  return names.en ?? names.zh ?? '';
}

/** Multibase base64url (`u`) of the multihash sha2-256 (0x12, 0x20). */
function digestMultibase(id: ContentId): string {
  return `u${toBase64url(Uint8Array.of(0x12, 0x20, ...contentIdBytes(id)))}`;
}

/** The recorded string decides; a JSON number that would not print as it is refused (one rounding only, in the engine). */
function exactNumber(decimal: string): number {
  const plain = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(decimal)
    ? decimal.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    : null;
  const number = Number(decimal);
  if (plain === null || (String(number) !== plain && !isSmall(number, plain))) {
    throw new PassportError(
      'passport/number-not-exact',
      `${decimal} is not exactly a JSON number: at most 15 significant digits, no exponent`,
    );
  }
  return number;
}

/** Numbers below 1e-6 print with an exponent; compare their digits instead. */
function isSmall(number: number, plain: string): boolean {
  return number !== 0 && Math.abs(number) < 1e-6 && number.toFixed(20).replace(/0+$/, '') === plain;
}
