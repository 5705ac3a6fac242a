import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fromBase64url } from '#lib/canonical';
import { checksumAddress, parseData, signDigest } from '#lib/evm';
import { notFound } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { ed25519PrivateKey, signEd25519 } from '../installation/keys.ts';
import {
  type Issuer,
  type IssuerRow,
  type OrganisationFacts,
  readIssuer,
  readOrganisation,
} from './organisation.ts';

export type { Issuer, Names, OrganisationFacts, PostalAddress } from './organisation.ts';

/** Signs for one issuer without waiting, for many signatures in a row. */
export type IssuerSigner = { readonly issuer: Issuer; readonly sign: (message: Uint8Array) => Uint8Array };

type HeldKeys = { readonly signing: KeyObject; readonly mint: Uint8Array };

/** Who is who, and signatures by the keys that the operator holds for issuers. */
@Injectable()
export class OrganisationsService {
  private readonly held = new Map<string, HeldKeys>();

  constructor(
    private readonly database: DataSource,
    private readonly installation: Installation,
  ) {}

  find(uuid: string): Promise<OrganisationFacts | null> {
    return this.findBy('id', uuid);
  }

  findBySlug(slug: string): Promise<OrganisationFacts | null> {
    return this.findBy('slug', slug);
  }

  /** A body or registrar by the address of its key, an exporter by its issuer address; any letter case. */
  findByAddress(address: string): Promise<OrganisationFacts | null> {
    return this.findBy('eth_address', checksumAddress(address));
  }

  /** The exporter with its current key. @throws RefusalError 404 when it is no exporter */
  async issuer(organisation: string): Promise<Issuer> {
    const [row] = (await this.database.query(
      `select organisation.*, key.kid, key.public_key, key.issuer_address, key.mint_key, key.holder, key.key_content,
         key.key_leaf, key.organisation_content, key.organisation_leaf
       from organisation join issuer_key key on key.organisation = organisation.id
       where organisation.id = $1 order by key.sequence desc limit 1`,
      [organisation],
    )) as IssuerRow[];
    if (!row) throw notFound('issuer');
    return readIssuer(row);
  }

  async signer(organisation: string): Promise<IssuerSigner> {
    const issuer = await this.issuer(organisation);
    const { signing } = await this.keysOf(issuer);
    return { issuer, sign: (message) => signEd25519(signing, message) };
  }

  /** Ed25519 signature (64 bytes) by the organisation's current key: for entries. */
  async signEntry(organisation: string, message: Uint8Array): Promise<Uint8Array> {
    return (await this.signer(organisation)).sign(message);
  }

  /** Ed25519 signature (64 bytes) over a JWT's signing input. */
  signJwt(organisation: string, signingInput: Uint8Array): Promise<Uint8Array> {
    return this.signEntry(organisation, signingInput);
  }

  /** 65-byte signature (0x hex) by the organisation's mint key over a MintAuthorisation digest. */
  async signMintAuthorisation(organisation: string, digest: Uint8Array): Promise<string> {
    const { mint } = await this.keysOf(await this.issuer(organisation));
    return signDigest(digest, mint);
  }

  private async findBy(
    column: 'id' | 'slug' | 'eth_address',
    value: string,
  ): Promise<OrganisationFacts | null> {
    const [row] = await this.database.query(`select * from organisation where ${column} = $1`, [value]);
    return row ? readOrganisation(row) : null;
  }

  private async keysOf({ slug, kid }: Issuer): Promise<HeldKeys> {
    const known = this.held.get(kid);
    if (known) return known;
    const file = await this.installation.keys.readIssuer(slug);
    if (!file) throw new Error(`the key file of ${slug} is missing in ${this.installation.pathOf('keys')}`);
    const keys = {
      signing: ed25519PrivateKey(fromBase64url(file.signing.secretKey)),
      mint: parseData(file.mint.secretKey, 32),
    };
    this.held.set(kid, keys);
    return keys;
  }
}
