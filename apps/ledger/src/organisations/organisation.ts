import type { ContentId } from '#lib/canonical';
import type { Role } from '../http/caller.ts';

export type Names = { readonly zh?: string; readonly en?: string };
export type PostalAddress = Readonly<Record<string, string>>;
export type Ed25519Jwk = { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

export type OrganisationFacts = {
  readonly uuid: string;
  readonly slug: string;
  readonly did: string;
  readonly role: Role;
  readonly names: Names;
  readonly uscc: string | null;
  readonly country: string;
  readonly address: PostalAddress | null;
  /** Body or registrar: the address of its own key. Exporter: its issuer address. Checksummed. */
  readonly ethAddress: string | null;
};

/** An exporter with its current signing key. */
export type Issuer = OrganisationFacts & {
  /** `did:web:…#key-1` */
  readonly kid: string;
  readonly publicKeyJwk: Ed25519Jwk;
  /** Identity on chain. */
  readonly issuerAddress: string;
  /** Address of the key that signs mint authorisations. */
  readonly mintKey: string;
  readonly keyHolder: 'own' | 'operator';
  /** Content id of the key/v1 document, and the leaf hash of its entry (hex). */
  readonly keyContent: ContentId;
  readonly keyLeaf: string;
  readonly organisationContent: ContentId;
  readonly organisationLeaf: string;
};

type OrganisationRow = {
  readonly id: string;
  readonly slug: string;
  readonly did: string;
  readonly role: Role;
  readonly names: string;
  readonly uscc: string | null;
  readonly country: string;
  readonly address: string | null;
  readonly eth_address: string | null;
};

export type IssuerRow = OrganisationRow & {
  readonly kid: string;
  readonly public_key: string;
  readonly issuer_address: string;
  readonly mint_key: string;
  readonly holder: 'own' | 'operator';
  readonly key_content: ContentId;
  readonly key_leaf: Buffer;
  readonly organisation_content: ContentId;
  readonly organisation_leaf: Buffer;
};

export function readOrganisation(row: OrganisationRow): OrganisationFacts {
  return {
    uuid: row.id,
    slug: row.slug,
    did: row.did,
    role: row.role,
    names: JSON.parse(row.names) as Names,
    uscc: row.uscc,
    country: row.country,
    address: row.address === null ? null : (JSON.parse(row.address) as PostalAddress),
    ethAddress: row.eth_address,
  };
}

export function readIssuer(row: IssuerRow): Issuer {
  return {
    ...readOrganisation(row),
    kid: row.kid,
    publicKeyJwk: { kty: 'OKP', crv: 'Ed25519', x: row.public_key },
    issuerAddress: row.issuer_address,
    mintKey: row.mint_key,
    keyHolder: row.holder,
    keyContent: row.key_content,
    keyLeaf: row.key_leaf.toString('hex'),
    organisationContent: row.organisation_content,
    organisationLeaf: row.organisation_leaf.toString('hex'),
  };
}
