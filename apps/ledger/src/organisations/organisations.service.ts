import { Injectable } from '@nestjs/common';
import type { ContentId } from '#lib/canonical';
import type { Role } from '../http/caller.ts';

export type Names = { readonly zh?: string; readonly en?: string };
export type PostalAddress = Readonly<Record<string, string>>;

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
  readonly publicKeyJwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  /** Identity on chain, and the key that signs mint authorisations. */
  readonly issuerAddress: string;
  readonly mintKey: string;
  readonly keyHolder: 'own' | 'operator';
  /** Content id of the key/v1 document, and the leaf hash of its entry (hex). */
  readonly keyContent: ContentId;
  readonly keyLeaf: string;
  readonly organisationContent: ContentId;
  readonly organisationLeaf: string;
};

@Injectable()
export class OrganisationsService {
  /** Null when there is none. */
  find(_uuid: string): Promise<OrganisationFacts | null> {
    throw new Error('not built yet');
  }

  /** A body or registrar by its address. */
  findByAddress(_address: string): Promise<OrganisationFacts | null> {
    throw new Error('not built yet');
  }

  /** Issuer identity of an exporter. */
  issuer(_organisation: string): Promise<Issuer> {
    throw new Error('not built yet');
  }

  /** Ed25519 signature (64 bytes) by the organisation's current key: for entries. */
  signEntry(_organisation: string, _message: Uint8Array): Promise<Uint8Array> {
    throw new Error('not built yet');
  }

  /** Ed25519 signature (64 bytes) over a JWT's signing input. */
  signJwt(_organisation: string, _signingInput: Uint8Array): Promise<Uint8Array> {
    throw new Error('not built yet');
  }

  /** 65-byte signature (0x hex) by the organisation's mint key over a MintAuthorisation digest. */
  signMintAuthorisation(_organisation: string, _digest: Uint8Array): Promise<string> {
    throw new Error('not built yet');
  }

  /** Synchronous signer of one organisation, for many signatures in a row. */
  signer(_organisation: string): Promise<{ readonly issuer: Issuer; sign(message: Uint8Array): Uint8Array }> {
    throw new Error('not built yet');
  }
}
