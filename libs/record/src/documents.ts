// Content documents: what an entry's hash speaks of (docs/formats/content.md). Type aliases, not interfaces, so that
// a document is a JSON object to the compiler too. Numbers are decimal strings, times RFC 3339 in UTC.
import type { ContentId, JsonObject } from '#lib/canonical';
import type { CoveredKind, EntryKind } from './kinds.ts';
import type { Hideable } from './rule.ts';
import type { Period } from './time.ts';

/** A decimal string with its unit: `{ "value": "17.5", "unit": "g" }`. */
export type Quantity = { readonly value: string; readonly unit: string };
/** At least one of the two. */
export type Names = { readonly zh?: string; readonly en?: string };
export type PostalAddress = Readonly<Record<string, string>>;
/** RFC 8037: an Ed25519 public key, `x` is base64url of 32 bytes. */
export type Ed25519Jwk = { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
export type KeyHolder = 'own' | 'operator';
export type Coverage = 'product-period' | 'calculation-model' | 'batch';

type Document<T extends string> = {
  readonly type: T;
  /** base64url of 16 random bytes, new for each document. */
  readonly nonce: string;
};

/** An issuer's keys. Key 1 is signed by itself, key n by key n−1 or by the recovery key that n−1 committed to. */
export type KeyDocument = Document<'key/v1'> & {
  readonly did: string;
  /** `{did}#key-{sequence}` */
  readonly kid: string;
  /** Signs entries and credentials. */
  readonly publicKeyJwk: Ed25519Jwk;
  /** Who the issuer is on the chain, for good: the address of its first mint key. */
  readonly issuerAddress: string;
  /** Whose signature authorises mints now. */
  readonly mintKey: string;
  readonly holder: KeyHolder;
  readonly sequence: number;
  /** Content id of key n−1's document; null for key 1. */
  readonly previous: ContentId | null;
  readonly signedBy: 'self' | 'previous' | 'recovery';
  /** SHA-256 (hex) of the 32 bytes of a recovery key that is kept elsewhere. */
  readonly recovery: string;
  /** Only when it signed this document: the recovery key whose hash the previous document holds. */
  readonly recoveryKeyJwk?: Ed25519Jwk;
};

/** An issuer lets another sign entries of some kinds for a time. */
export type DelegationDocument = Document<'delegation/v1'> & {
  readonly issuer: string;
  readonly delegate: string;
  readonly kinds: readonly EntryKind[];
  readonly validFrom: string;
  readonly validUntil: string;
};

export type OrganisationDocument = Document<'organisation/v1'> & {
  readonly did: string;
  readonly names: Names;
  /** 统一社会信用代码, with a right check character. */
  readonly uscc?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly address?: PostalAddress;
};

export type FacilityDocument = Document<'facility/v1'> & {
  /** `{did}#facility-{name}` */
  readonly id: string;
  readonly organisation: string;
  readonly names: Names;
  readonly country: string;
  /** ISO 3166-2, e.g. `CN-ZJ`. */
  readonly subdivision: string;
  readonly address?: PostalAddress;
};

export type ProductDocument = Document<'product/v1'> & {
  /** `https://id.gs1.org/01/{gtin}`, or the own identifier's address. */
  readonly id: string;
  readonly idScheme: 'gtin' | 'own';
  /** 14 digits. */
  readonly gtin?: string;
  readonly names: Names;
  readonly buyerSku?: Hideable<string>;
  /** Customs code, 4 to 10 digits. */
  readonly cnCode: string;
  readonly declaredUnit: Quantity;
  readonly massPerUnit: Quantity;
  readonly packaging: readonly { readonly material: string; readonly mass: Quantity }[];
};

export type BatchDocument = Document<'batch/v1'> & {
  readonly product: string;
  readonly facility: string;
  readonly lot: string;
  /** Half-open: from, and before until. */
  readonly producedFrom: string;
  readonly producedUntil: string;
  readonly quantity: Hideable<Quantity>;
};

/** One source and period. The inside of `basis` and `supplier.factor` belongs to the room `evidence`. */
export type ActivityDocument = Document<'activity/v1'> & {
  readonly organisation: string;
  readonly facility: string;
  readonly kind: string;
  readonly item: string;
  /** `L1` … `L99`, or `shared`. */
  readonly line: string;
  readonly name: Names;
  readonly period: Period;
  /** A missing quantity is null, a confirmed nought is the state `zero`. */
  readonly state: 'value' | 'zero' | 'missing' | 'estimated';
  readonly quantity: Hideable<Quantity | null>;
  readonly basis: Hideable<JsonObject>;
  readonly supplier: { readonly name: Hideable<string>; readonly factor: JsonObject | null } | null;
  readonly source: {
    readonly grade: 'signed-meter' | 'api' | 'file' | 'bill' | 'manual' | 'archive';
    readonly sheet: string;
    readonly row: number;
    readonly meter: string | null;
    readonly voucher: Hideable<string | null>;
  };
};

/** A signed manifest: what its issuer recorded in one go, from a file or by hand. */
export type ImportDocument = Document<'import/v1'> & {
  readonly organisation: string;
  /** 1 to 500, one for each entry that the manifest's entry covers. */
  readonly manifest: readonly ManifestItem[];
  readonly file: { readonly name?: Hideable<string>; readonly sha256: string; readonly bytes: string } | null;
};
export type ManifestItem = { readonly kind: CoveredKind; readonly content: ContentId };

/** The inside of `input` and `result` belongs to the room `footprint`. */
export type FootprintDocument = Document<'footprint/v1'> & {
  readonly organisation: string;
  readonly product: string;
  readonly facility: string;
  /** SHA-256 of the method file. */
  readonly method: ContentId;
  readonly coverage: 'product-period' | 'batch';
  /** Exactly when the coverage is `batch`. */
  readonly lot?: string;
  readonly period: Period;
  readonly input: JsonObject;
  readonly result: JsonObject;
  /** RFC 9162 tree hash (hex) over the 32-byte ids of `activities`, in their order. */
  readonly inputsRoot: string;
  readonly activities: readonly ContentId[];
};

/** The inside of `message` and `domain` belongs to the room `opinion`. */
export type OpinionDocument = Document<'opinion/v1'> & {
  readonly message: JsonObject;
  readonly domain: JsonObject;
  /** Empty when there are none. */
  readonly limitationsText: string;
  readonly reviewer: Hideable<string>;
  readonly names: { readonly body: Names };
  readonly signature: string;
};

/** A registrar's snapshot of a body, named by the contract's `snapshot` word. */
export type RegistrationDocument = Document<'registration/v1'> & {
  readonly registrar: string;
  readonly body: string;
  readonly names: Names;
  readonly country: string;
  /** Who accredited the body, and the accreditation's number; null if nobody did. */
  readonly accreditation: { readonly body: string; readonly number: string } | null;
  /** What the body may give opinions on; the contract's `scope` word is SHA-256 of its UTF-8 bytes. */
  readonly scope: string;
  readonly standards: readonly string[];
  readonly validFrom: string;
  readonly validUntil: string;
};

/** One release of a batch's passport (docs/formats/passport.md). It has no entry of its own: `credential/v1` names it. */
export type PassportDocument = Document<'passport/v1'> & {
  readonly issuer: {
    readonly did: string;
    readonly kid: string;
    readonly address: string;
    readonly names: Names;
    readonly uscc?: string;
    readonly keyHolder: KeyHolder;
  };
  readonly product: Pick<
    ProductDocument,
    'id' | 'idScheme' | 'gtin' | 'names' | 'cnCode' | 'declaredUnit' | 'massPerUnit'
  >;
  readonly facility: Pick<FacilityDocument, 'id' | 'names' | 'country' | 'subdivision'>;
  readonly batch: Pick<BatchDocument, 'lot' | 'producedFrom' | 'producedUntil' | 'quantity'>;
  readonly release: number;
  /** Token id of release n−1; null for release 1. */
  readonly supersedes: string | null;
  /** Path of the printed code, e.g. `/01/09506000134352/10/L1`. */
  readonly code: string;
  readonly footprint: {
    readonly content: ContentId;
    readonly number: string;
    readonly unit: 'kgCO2e';
    readonly per: string;
    readonly boundary: string;
    readonly period: Period;
    readonly method: ContentId;
    readonly coverage: 'product-period' | 'batch';
    readonly stages: readonly { readonly stage: string; readonly value: string }[];
    /** Percents, or null where there is nothing to share. */
    readonly shares: Readonly<Record<string, string | null>>;
  };
  /** Null: self-declared. */
  readonly opinion: PassportOpinion | null;
  readonly items: { readonly root: string; readonly count: string } | null;
  readonly materials: readonly {
    readonly name: string;
    readonly massFraction: string;
    readonly originCountry: string;
    readonly recycledFraction?: string;
  }[];
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly chain: {
    readonly chainId: string;
    readonly registry: string;
    readonly tokenId: string;
    readonly logId: string;
    readonly origin: string;
  };
};

export type PassportOpinion = {
  readonly content: ContentId;
  readonly opinionId: string;
  readonly body: string;
  readonly registrar: string;
  /** Content id of the registration document. */
  readonly registration: ContentId;
  readonly level: 'limited' | 'reasonable';
  readonly engagement: 'verification' | 'certification' | 'critical-review';
  readonly opinion: 'unmodified' | 'qualified';
  readonly criteria: string;
  readonly standard: string;
  readonly bodyNames: Names;
  readonly accreditation: { readonly body: string; readonly number: string } | null;
  readonly limitationsText: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly reportNumber: string;
};

export type CorrectionDocument = Document<'correction/v1'> & {
  readonly corrects: ContentId;
  readonly replacement: ContentId | null;
  /** Beyond the opinion's materiality: the opinion is lost until signed again. */
  readonly material: boolean;
  /** Both numbers, when a number is corrected. */
  readonly numbers: { readonly before: string; readonly after: string; readonly unit: string } | null;
  readonly reason: string;
};

export type WithdrawalDocument = Document<'withdrawal/v1'> & {
  readonly withdraws: ContentId;
  readonly effectiveFrom: string;
  readonly reason: string;
};

/** What a contract of this ledger said: one document for each of its status events, as `eth_getLogs` gives it. */
export type StatusDocument = Document<'status/v1'> & {
  /** Chain id, EIP-155. */
  readonly chain: string;
  readonly contract: string;
  readonly event: StatusEvent;
  readonly transaction: string;
  /** Position of the event in its block. */
  readonly logIndex: string;
  readonly block: string;
  readonly blockHash: string;
  readonly blockTime: string;
  /** 32 bytes: the token id, the opinion id, or the body's address behind 12 zero bytes. */
  readonly subject: string;
  /** Who sent it: setter of the flag, registrar, body. */
  readonly setter: string;
  readonly reason: string;
  readonly detail: string;
  /** FlagSet: the setter's role and the status, as numbers of the contract. */
  readonly role?: string;
  readonly status?: string;
  /** RegistrationWithdrawn: which of the registrar's registrations of this body, and from when, POSIX seconds. */
  readonly index?: string;
  readonly effectiveFrom?: string;
};
export type StatusEvent = 'FlagSet' | 'RegistrationWithdrawn' | 'OpinionRevoked';

export type ContentDocument =
  | KeyDocument
  | DelegationDocument
  | OrganisationDocument
  | FacilityDocument
  | ProductDocument
  | BatchDocument
  | ActivityDocument
  | ImportDocument
  | FootprintDocument
  | OpinionDocument
  | RegistrationDocument
  | PassportDocument
  | CorrectionDocument
  | WithdrawalDocument
  | StatusDocument;
export type DocumentType = ContentDocument['type'];
export type DocumentOf<T extends DocumentType> = Extract<ContentDocument, { readonly type: T }>;

/** Values that a copy may withhold: the whole list, per type. Never number, unit, boundary, period, issuer or opinion. */
export const HIDEABLE: Readonly<Record<DocumentType, readonly string[]>> = {
  'key/v1': [],
  'delegation/v1': [],
  'organisation/v1': [],
  'facility/v1': [],
  'product/v1': ['/buyerSku'],
  'batch/v1': ['/quantity'],
  'activity/v1': ['/quantity', '/basis', '/source/voucher', '/supplier/name'],
  'import/v1': ['/file/name'],
  'footprint/v1': [
    '/input/activities/*/quantity',
    '/input/activities/*/supplier/name',
    '/result/working/*/amount',
    '/result/lines/*/output',
  ],
  'opinion/v1': ['/reviewer'],
  'registration/v1': [],
  'passport/v1': ['/batch/quantity'],
  'correction/v1': [],
  'withdrawal/v1': [],
  'status/v1': [],
};
