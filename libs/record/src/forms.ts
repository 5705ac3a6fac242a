// The form of each content document, as rules. What joins several documents (does the batch name this product?) is
// not asked here, and the inside of OPAQUE members is read by the room that owns it.
import { isJsonObject, type JsonValue } from '#lib/canonical';
import type {
  ContentDocument,
  DocumentOf,
  DocumentType,
  PassportDocument,
  PassportOpinion,
  StatusEvent,
} from './documents.ts';
import { RecordError, shown } from './errors.ts';
import { COVERED_KINDS, ENTRY_KINDS } from './kinds.ts';
import {
  ADDRESS,
  and,
  BASE64URL_16,
  BASE64URL_32,
  BYTES32_HEX,
  CONTENT_ID,
  COUNT,
  DECIMAL,
  DID,
  HEX32,
  hideable,
  inOrder,
  isWithheld,
  list,
  malformed,
  map,
  match,
  NAME,
  NAMES,
  nullable,
  OPAQUE,
  ORDINAL,
  object,
  oneOf,
  PERIOD,
  QUANTITY,
  type Rule,
  SIGNED_DECIMAL,
  TEXT,
  TIME,
  TRUTH,
  UNIT,
  URI,
} from './rule.ts';
import { checkUscc } from './uscc.ts';

const COUNTRY = match(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1)');
const SUBDIVISION = match(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'a code such as CN-ZJ (ISO 3166-2)');
const LOT = match(/^[!"%-?A-Z_a-z]{1,20}$/, '1 to 20 characters of GS1 character set 82');
const CUSTOMS_CODE = match(/^[0-9]{4,10}$/, '4 to 10 digits');
const CODE = match(/^[a-z0-9-]{1,60}$/, 'a code of lower-case letters, digits and hyphens');
const SIGNATURE_HEX = match(/^0x(?:[0-9a-f]{2}){65,2048}$/, '0x and at least 65 bytes in lower-case hex');
/** Names of letters, but for the reserved one. */
const LABEL = /^(?!digest$)[A-Za-z]{1,40}$/;
const POSTAL_ADDRESS = map(LABEL, NAME);
const KEY_HOLDER = oneOf('own', 'operator');
const COVERAGE = oneOf('product-period', 'batch');
const ACCREDITATION = nullable(object({ body: NAME, number: NAME }));
const KID = match(/^did:[^\s#]{1,400}#key-[1-9][0-9]{0,9}$/, '{did}#key-{sequence}');
const JWK = object({ kty: oneOf('OKP'), crv: oneOf('Ed25519'), x: BASE64URL_32 });

const USCC: Rule<string> = (value, at) => {
  checkUscc(NAME(value, at), at);
  return value as string;
};

// Members that a document and the passport's copy of it share.
const PRODUCT = {
  id: URI,
  idScheme: oneOf('gtin', 'own'),
  'gtin?': match(/^[0-9]{14}$/, '14 digits'),
  names: NAMES,
  cnCode: CUSTOMS_CODE,
  declaredUnit: QUANTITY,
  massPerUnit: QUANTITY,
};
const FACILITY = { id: URI, names: NAMES, country: COUNTRY, subdivision: SUBDIVISION };
const BATCH = { lot: LOT, producedFrom: TIME, producedUntil: TIME, quantity: hideable(QUANTITY) };
const PRODUCED = inOrder('producedFrom', 'producedUntil');
const VALIDITY = { validFrom: TIME, validUntil: TIME };
const VALID = inOrder('validFrom', 'validUntil');

function head<T extends DocumentType>(type: T) {
  return { type: oneOf(type), nonce: BASE64URL_16 };
}

function productId(product: { id: string; idScheme: string; gtin?: string }, at: string): void {
  const isGtin = product.idScheme === 'gtin';
  if (isGtin !== Object.hasOwn(product, 'gtin')) {
    throw malformed(product.idScheme, `${at}/idScheme`, 'gtin exactly when a gtin is given');
  }
  if (isGtin && product.id !== `https://id.gs1.org/01/${product.gtin}`) {
    throw malformed(product.id, `${at}/id`, `https://id.gs1.org/01/${product.gtin}`);
  }
}

const PASSPORT_PRODUCT: Rule<PassportDocument['product']> = and(object(PRODUCT), productId);
const PASSPORT_BATCH: Rule<PassportDocument['batch']> = and(object(BATCH), PRODUCED);
const PASSPORT_OPINION: Rule<PassportOpinion> = and(
  object({
    content: CONTENT_ID,
    opinionId: BYTES32_HEX,
    body: ADDRESS,
    registrar: ADDRESS,
    registration: CONTENT_ID,
    level: oneOf('limited', 'reasonable'),
    engagement: oneOf('verification', 'certification', 'critical-review'),
    opinion: oneOf('unmodified', 'qualified'),
    criteria: NAME,
    standard: NAME,
    bodyNames: NAMES,
    accreditation: ACCREDITATION,
    limitationsText: TEXT,
    ...VALIDITY,
    reportNumber: NAME,
  }),
  VALID,
);

/** Members that belong to one event alone. */
const STATUS_MEMBERS: Readonly<Record<string, StatusEvent>> = {
  role: 'FlagSet',
  status: 'FlagSet',
  index: 'RegistrationWithdrawn',
  effectiveFrom: 'RegistrationWithdrawn',
};

const FORMS: { readonly [T in DocumentType]: Rule<DocumentOf<T>> } = {
  'key/v1': and(
    object({
      ...head('key/v1'),
      did: DID,
      kid: KID,
      publicKeyJwk: JWK,
      issuerAddress: ADDRESS,
      mintKey: ADDRESS,
      holder: KEY_HOLDER,
      sequence: ORDINAL,
      previous: nullable(CONTENT_ID),
      signedBy: oneOf('self', 'previous', 'recovery'),
      recovery: HEX32,
      'recoveryKeyJwk?': JWK,
    }),
    (key) => {
      const kid = `${key.did}#key-${key.sequence}`;
      if (key.kid !== kid) throw malformed(key.kid, '/kid', kid);
      if ((key.sequence === 1) !== (key.previous === null))
        throw malformed(key.previous, '/previous', 'null exactly for key 1');
      if ((key.signedBy === 'recovery') !== Object.hasOwn(key, 'recoveryKeyJwk')) {
        throw malformed(key.signedBy, '/signedBy', 'recovery exactly when a recovery key is given');
      }
    },
  ),
  'delegation/v1': and(
    object({
      ...head('delegation/v1'),
      issuer: DID,
      delegate: DID,
      kinds: list(oneOf(...ENTRY_KINDS), 20, 1),
      ...VALIDITY,
    }),
    VALID,
  ),
  'organisation/v1': object({
    ...head('organisation/v1'),
    did: DID,
    names: NAMES,
    'uscc?': USCC,
    country: COUNTRY,
    'address?': POSTAL_ADDRESS,
  }),
  'facility/v1': and(
    object({ ...head('facility/v1'), ...FACILITY, organisation: DID, 'address?': POSTAL_ADDRESS }),
    ({ id, organisation }) => {
      if (!id.startsWith(`${organisation}#`)) throw malformed(id, '/id', `${organisation}#facility-…`);
    },
  ),
  'product/v1': and(
    object({
      ...head('product/v1'),
      ...PRODUCT,
      'buyerSku?': hideable(NAME),
      packaging: list(object({ material: NAME, mass: QUANTITY }), 50),
    }),
    productId,
  ),
  'batch/v1': and(object({ ...head('batch/v1'), product: URI, facility: URI, ...BATCH }), PRODUCED),
  'activity/v1': and(
    object({
      ...head('activity/v1'),
      organisation: DID,
      facility: URI,
      kind: CODE,
      item: CODE,
      line: match(/^(?:L[1-9][0-9]?|shared)$/, 'L1 to L99, or shared'),
      name: NAMES,
      period: PERIOD,
      state: oneOf('value', 'zero', 'missing', 'estimated'),
      quantity: hideable(nullable(QUANTITY)),
      basis: hideable(OPAQUE),
      supplier: nullable(object({ name: hideable(NAME), factor: nullable(OPAQUE) })),
      source: object({
        grade: oneOf('signed-meter', 'api', 'file', 'bill', 'manual', 'archive'),
        sheet: NAME,
        row: ORDINAL,
        meter: nullable(NAME),
        voucher: hideable(nullable(CONTENT_ID)),
      }),
    }),
    ({ state, quantity }) => {
      if (isWithheld(quantity) || (quantity === null) === (state === 'missing')) return;
      throw malformed(quantity, '/quantity', 'null exactly in the state missing');
    },
  ),
  'import/v1': object({
    ...head('import/v1'),
    organisation: DID,
    manifest: list(object({ kind: oneOf(...COVERED_KINDS), content: CONTENT_ID }), 500, 1),
    file: nullable(object({ 'name?': hideable(NAME), sha256: HEX32, bytes: COUNT })),
  }),
  'footprint/v1': and(
    object({
      ...head('footprint/v1'),
      organisation: DID,
      product: URI,
      facility: URI,
      method: CONTENT_ID,
      coverage: COVERAGE,
      'lot?': LOT,
      period: PERIOD,
      input: OPAQUE,
      result: OPAQUE,
      inputsRoot: HEX32,
      activities: list(CONTENT_ID, 5000, 1),
    }),
    ({ coverage, ...rest }) => {
      if ((coverage === 'batch') !== Object.hasOwn(rest, 'lot')) {
        throw malformed(coverage, '/coverage', 'batch exactly when a lot is given');
      }
    },
  ),
  'opinion/v1': object({
    ...head('opinion/v1'),
    message: OPAQUE,
    domain: OPAQUE,
    limitationsText: TEXT,
    reviewer: hideable(NAME),
    names: object({ body: NAMES }),
    signature: SIGNATURE_HEX,
  }),
  'registration/v1': and(
    object({
      ...head('registration/v1'),
      registrar: ADDRESS,
      body: ADDRESS,
      names: NAMES,
      country: COUNTRY,
      accreditation: ACCREDITATION,
      scope: TEXT,
      standards: list(NAME, 50),
      ...VALIDITY,
    }),
    VALID,
  ),
  'passport/v1': and(
    object({
      ...head('passport/v1'),
      issuer: object({
        did: DID,
        kid: KID,
        address: ADDRESS,
        names: NAMES,
        'uscc?': USCC,
        keyHolder: KEY_HOLDER,
      }),
      product: PASSPORT_PRODUCT,
      facility: object(FACILITY),
      batch: PASSPORT_BATCH,
      release: ORDINAL,
      supersedes: nullable(COUNT),
      code: match(/^\/[\x21-\x7e]{1,300}$/, 'the path of the printed code'),
      footprint: object({
        content: CONTENT_ID,
        number: SIGNED_DECIMAL,
        unit: oneOf('kgCO2e'),
        per: NAME,
        boundary: CODE,
        period: PERIOD,
        method: CONTENT_ID,
        coverage: COVERAGE,
        stages: list(object({ stage: CODE, value: SIGNED_DECIMAL }), 30),
        shares: map(LABEL, nullable(SIGNED_DECIMAL)),
      }),
      opinion: nullable(PASSPORT_OPINION),
      items: nullable(object({ root: HEX32, count: COUNT })),
      materials: list(
        object({ name: NAME, massFraction: DECIMAL, originCountry: COUNTRY, 'recycledFraction?': DECIMAL }),
        50,
      ),
      issuedAt: TIME,
      validUntil: TIME,
      chain: object({ chainId: COUNT, registry: ADDRESS, tokenId: COUNT, logId: BYTES32_HEX, origin: NAME }),
    }),
    (passport, at) => {
      if ((passport.release === 1) !== (passport.supersedes === null)) {
        throw malformed(passport.supersedes, '/supersedes', 'null exactly for release 1');
      }
      inOrder('issuedAt', 'validUntil')(passport, at);
    },
  ),
  'correction/v1': object({
    ...head('correction/v1'),
    corrects: CONTENT_ID,
    replacement: nullable(CONTENT_ID),
    material: TRUTH,
    numbers: nullable(object({ before: SIGNED_DECIMAL, after: SIGNED_DECIMAL, unit: UNIT })),
    reason: TEXT,
  }),
  'withdrawal/v1': object({
    ...head('withdrawal/v1'),
    withdraws: CONTENT_ID,
    effectiveFrom: TIME,
    reason: TEXT,
  }),
  'status/v1': and(
    object({
      ...head('status/v1'),
      chain: COUNT,
      contract: ADDRESS,
      event: oneOf('FlagSet', 'RegistrationWithdrawn', 'OpinionRevoked'),
      transaction: BYTES32_HEX,
      logIndex: COUNT,
      block: COUNT,
      blockHash: BYTES32_HEX,
      blockTime: TIME,
      subject: BYTES32_HEX,
      setter: ADDRESS,
      reason: COUNT,
      detail: BYTES32_HEX,
      'role?': COUNT,
      'status?': COUNT,
      'index?': COUNT,
      // of 64 bits and not checked by the contract: it need not be a time that RFC 3339 can write
      'effectiveFrom?': COUNT,
    }),
    ({ event, ...rest }) => {
      for (const [name, owner] of Object.entries(STATUS_MEMBERS))
        if ((event === owner) !== Object.hasOwn(rest, name))
          throw malformed(event, '/event', `${owner} exactly when ${name} is given`);
    },
  ),
};

export const DOCUMENT_TYPES = Object.keys(FORMS) as DocumentType[];

/**
 * Checks a document's form, full or redacted, and gives it back with its type. Throws `record/unknown-type`,
 * `record/malformed`, or an USCC's own code, with the pointer of the first member that is wrong.
 * The key `digest` below an opaque member is left to `documentId`, which refuses it.
 */
export function checkDocumentForm(doc: JsonValue): ContentDocument {
  const type = isJsonObject(doc) ? doc.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(FORMS, type)) {
    throw new RecordError('record/unknown-type', '/type', `no document type ${shown(type)} is known here`);
  }
  return FORMS[type as DocumentType](doc, '');
}
