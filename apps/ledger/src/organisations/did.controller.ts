import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { ChainService } from '../chain/chain.service.ts';
import { Public } from '../http/caller.ts';
import { notFound } from '../http/refusal.ts';
import { Installation } from '../installation/installation.ts';
import { OrganisationsService } from './organisations.service.ts';

type VerificationMethod = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * did:web documents (W3C DID core 1.0). What is served here is the host's word; which key was an issuer's at which time is
 * decided by the key entries in the log.
 */
@ApiTags('organisations')
@Public()
@Controller()
export class DidController {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly installation: Installation,
  ) {}

  @Get('o/:slug/did.json')
  @Header('Content-Type', 'application/did+json')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'did:web document of an organisation' })
  async organisation(@Param('slug') slug: string): Promise<object> {
    const found = await this.organisations.findBySlug(slug);
    if (!found || found.role === 'operator') throw notFound('organisation');
    const methods =
      found.role === 'exporter'
        ? await this.issuerKeys(found.uuid, found.did)
        : this.chainKey(found.did, found.ethAddress);
    return document(found.did, methods);
  }

  /** The operator signs checkpoints, and those by the log's key alone: its document names no other. */
  @Get('.well-known/did.json')
  @Header('Content-Type', 'application/did+json')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'did:web document of the operator' })
  operator(): object {
    return document(this.installation.operatorDid, []);
  }

  private async issuerKeys(organisation: string, did: string): Promise<VerificationMethod[]> {
    const rows = (await this.database.query(
      'select kid, public_key from issuer_key where organisation = $1 order by sequence',
      [organisation],
    )) as { kid: string; public_key: string }[];
    return rows.map(({ kid, public_key }) => ({
      id: kid,
      type: 'JsonWebKey',
      controller: did,
      publicKeyJwk: { kty: 'OKP', crv: 'Ed25519', x: public_key, kid },
    }));
  }

  private chainKey(did: string, address: string | null): VerificationMethod[] {
    if (address === null) return [];
    return [
      {
        id: `${did}#chain-key`,
        type: 'EcdsaSecp256k1RecoveryMethod2020',
        controller: did,
        blockchainAccountId: `eip155:${this.chain.facts.chainId}:${address}`,
      },
    ];
  }
}

function document(did: string, methods: readonly VerificationMethod[]): object {
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/jwk/v1'],
    id: did,
    verificationMethod: methods,
    assertionMethod: methods.map(({ id }) => id),
  };
}
