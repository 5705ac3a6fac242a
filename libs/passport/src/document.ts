// The passport document: the one text of which credential, page and exports are projections (docs/formats/passport.md).
import type { ContentId } from '#lib/canonical';

export interface Names {
  readonly zh?: string;
  readonly en?: string;
}

export interface Amount {
  readonly value: string;
  readonly unit: string;
}

/** What the body said, as far as a passport shows it; the signed whole is the `opinion/v1` document. */
export interface PassportOpinion {
  readonly content: ContentId;
  readonly opinionId: string;
  readonly body: string;
  readonly registrar: string;
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
}

export interface PassportMaterial {
  readonly name: string;
  /** Share of the product's mass, 0 to 1, as a decimal string. */
  readonly massFraction: string;
  /** ISO 3166-1 alpha-2. */
  readonly originCountry: string;
  readonly recycledFraction?: string;
}

/** `passport/v1`. Times are RFC 3339 UTC, periods half-open, numbers decimal strings. */
export interface PassportDocument {
  readonly type: 'passport/v1';
  readonly nonce: string;
  readonly issuer: {
    readonly did: string;
    readonly address: string;
    readonly names: Names;
    readonly uscc?: string;
    readonly keyHolder: 'own' | 'operator';
    readonly kid: string;
  };
  readonly product: {
    readonly id: string;
    readonly idScheme: 'gtin' | 'own';
    readonly gtin?: string;
    readonly names: Names;
    readonly cnCode: string;
    readonly declaredUnit: { readonly amount: string; readonly unit: string };
    readonly massPerUnit: Amount;
  };
  readonly facility: {
    readonly id: string;
    readonly names: Names;
    readonly country: string;
    readonly subdivision: string;
  };
  /** `quantity` may be withheld; it stands then as `{digest}`. */
  readonly batch: {
    readonly lot: string;
    readonly producedFrom: string;
    readonly producedUntil: string;
    readonly quantity: Amount | { readonly digest: string };
  };
  readonly release: number;
  /** Token id of the release before, decimal; null for the first. */
  readonly supersedes: string | null;
  /** Path of the printed code, without serial. */
  readonly code: string;
  readonly footprint: {
    readonly content: ContentId;
    readonly number: string;
    readonly unit: 'kgCO2e';
    readonly per: string;
    readonly boundary: string;
    readonly period: { readonly start: string; readonly end: string };
    readonly method: ContentId;
    readonly coverage: 'product-period' | 'calculation-model' | 'batch';
    readonly stages: readonly { readonly stage: string; readonly value: string }[];
    readonly shares: Readonly<Record<string, string | null>>;
  };
  /** Null says, under the issuer's signature, that no third party checked it. */
  readonly opinion: PassportOpinion | null;
  readonly items: { readonly root: string; readonly count: number } | null;
  readonly materials: readonly PassportMaterial[];
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly chain: {
    readonly chainId: string;
    readonly registry: string;
    readonly tokenId: string;
    readonly logId: string;
    readonly origin: string;
  };
}
