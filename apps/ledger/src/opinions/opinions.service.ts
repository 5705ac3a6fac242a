import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { ContentId, JsonObject } from '#lib/canonical';
import { digestOf } from '#lib/disclosure';
import { sameAddress } from '#lib/evm';
import {
  type ContractDomain,
  type OpinionDocument,
  type OpinionMessage,
  opinionDigest,
  opinionDomain,
  readOpinion,
} from '#lib/opinion';
import type { FootprintDocument, ProductDocument } from '#lib/record';
import { requireName } from '../catalogue/catalogue.checks.ts';
import { ProductsService } from '../catalogue/products.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { Footprint } from '../footprints/footprint.entity.ts';
import { FootprintsService } from '../footprints/footprints.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { Random } from '../random.ts';
import { createOnce } from '../recording/create-once.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { BodyStatusService } from './body-status.service.ts';
import { type FootprintFacts, footprintFacts } from './footprint-facts.ts';
import { Opinion } from './opinion.entity.ts';
import { problemsWithFootprint, refuseProblems } from './opinion-checks.ts';
import { makeTemplate, type OpinionTemplate, REVIEWER_POINTER } from './opinion-template.ts';
import type { NewOpinion, OpinionTemplateQuery } from './opinions.dto.ts';
import { isContract, walletAccepts } from './wallet-signature.ts';

export type OpinionView = {
  readonly uuid: string;
  readonly opinionId: string;
  readonly footprint: string;
  readonly body: string;
  readonly content: string;
  readonly registration: string;
  readonly document: JsonObject;
};

@Injectable()
export class OpinionsService {
  constructor(
    @InjectRepository(Opinion) private readonly rows: Repository<Opinion>,
    private readonly footprints: FootprintsService,
    private readonly products: ProductsService,
    private readonly bodies: BodyStatusService,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly organisations: OrganisationsService,
    private readonly chain: ChainService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** What the body may sign about this footprint, for a wallet to show. */
  async template(
    caller: CallerIdentity,
    footprint: string,
    asked: OpinionTemplateQuery,
  ): Promise<OpinionTemplate> {
    const row = await this.footprints.findFor(caller, footprint);
    return makeTemplate(await this.facts(row), this.contract, asked, this.random);
  }

  async create(
    caller: CallerIdentity,
    body: NewOpinion,
    identity: RequestIdentityFacts,
  ): Promise<OpinionView> {
    const footprint = await this.footprints.findFor(caller, body.footprint);
    const document = this.readDocument(body);
    await this.requireOwnKey(caller, document.message);
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, document, footprint, identity),
      conflicts: { opinion_body_opinion_id_key: () => idTaken(document.message.opinionId) },
    });
    return this.view(row);
  }

  /** For the body that signed it and for the exporter it is about. */
  async read(caller: CallerIdentity, id: string): Promise<OpinionView> {
    const row = await this.rows.findOneBy([
      { id, organisation: caller.organisation },
      { id, exporter: caller.organisation },
    ]);
    if (!row) throw notFound('opinion');
    return this.view(row);
  }

  /** An opinion about this footprint, for its exporter. @throws RefusalError 404 */
  async findFor(exporter: string, footprint: string, id: string): Promise<Opinion> {
    const row = await this.rows.findOneBy({ id, exporter, footprint });
    if (!row) throw notFound('opinion about this footprint');
    return row;
  }

  /** The typed data's domain on this chain. */
  get contract(): ContractDomain {
    const { chainId, domainSalt } = this.chain.facts;
    return { chainId, verifyingContract: this.chain.address('PassportRegistry'), salt: domainSalt };
  }

  async facts(row: Footprint): Promise<FootprintFacts> {
    const footprint = await loadIntact<FootprintDocument>(this.documents, row.content);
    const product = await this.products.find(row.organisation, row.product);
    const { doc } = await loadIntact<ProductDocument>(this.documents, product.content);
    const { issuerAddress } = await this.organisations.issuer(row.organisation);
    return footprintFacts(row.content as ContentId, footprint.doc, doc, issuerAddress);
  }

  /** The document as it will stand, but for its nonce. @throws OpinionError `opinion/malformed` */
  private readDocument(body: NewOpinion): OpinionDocument {
    requireName(body.names, '/names');
    const { chainId, ...domain } = opinionDomain(this.contract);
    return readOpinion({
      type: 'opinion/v1',
      nonce: '',
      message: { ...body.message },
      domain: { ...(domain as Record<string, string>), chainId: String(chainId) },
      limitationsText: body.limitationsText ?? '',
      reviewer: body.reviewer.normalize('NFC'),
      names: { body: { ...body.names } },
      signature: body.signature,
    });
  }

  private async requireOwnKey(caller: CallerIdentity, message: OpinionMessage): Promise<void> {
    const own = (await this.organisations.find(caller.organisation))?.ethAddress ?? null;
    if (own !== null && sameAddress(own, message.body)) return;
    throw new RefusalError({
      status: 422,
      code: 'opinion/wrong-signer',
      detail: `the message names ${message.body}, your key's address is ${own ?? 'not known here'}`,
      remedy: 'an opinion is sent in with the API key of the body that signed it',
      pointer: '/message/body',
    });
  }

  private async record(
    caller: CallerIdentity,
    body: NewOpinion,
    document: OpinionDocument,
    footprint: Footprint,
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { message } = document;
    await this.refuse(document, body.reviewerSalt, await this.facts(footprint));
    const registration = await this.bodies.requireRegistered(
      message.registrar,
      message.body,
      message.opinionId,
    );
    const kid = `eip155:${this.chain.facts.chainId}:${message.body}`;
    const fact = this.recorder.prepare(
      caller.organisation,
      `did:pkh:${kid}`,
      {
        kind: 'opinion/v1',
        doc: { ...document } as unknown as JsonObject,
        salts: { [REVIEWER_POINTER]: body.reviewerSalt },
        refs: [{ rel: 'footprint', content: footprint.content as ContentId }],
      },
      { kid, eip712: document.signature },
    );
    await this.recorder.record([fact], async (tx) => {
      await tx.insert(Opinion, {
        id: identity.id,
        organisation: caller.organisation,
        footprint: footprint.id,
        exporter: footprint.organisation,
        opinionId: message.opinionId,
        body: message.body,
        content: fact.content,
        registration: registration.content,
        requestHash: identity.bodyHash,
        createdAt: this.clock.now(),
      });
    });
  }

  /** @throws RefusalError 422 with everything that keeps the opinion from counting */
  private async refuse(
    document: OpinionDocument,
    reviewerSalt: string,
    facts: FootprintFacts,
  ): Promise<void> {
    const { message, signature } = document;
    const isWallet = await isContract(this.chain, message.body);
    const reviewerDigest = digestOf(reviewerSalt, REVIEWER_POINTER, document.reviewer as string);
    refuseProblems(problemsWithFootprint(document, facts, this.contract, { isWallet, reviewerDigest }));
    if (
      isWallet &&
      !(await walletAccepts(this.chain, message.body, opinionDigest(message, this.contract), signature))
    )
      refuseProblems([
        {
          code: 'opinion/wrong-signer',
          member: 'body',
          stated: 'refused by its wallet',
          expected: message.body,
        },
      ]);
  }

  private async view(row: Opinion): Promise<OpinionView> {
    const { doc } = await loadIntact(this.documents, row.content);
    const { id: uuid, opinionId, footprint, body, content, registration } = row;
    return { uuid, opinionId, footprint, body, content, registration, document: doc };
  }
}

function idTaken(opinionId: string): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'opinion/duplicate',
    detail: `opinion ${opinionId} is recorded already`,
    remedy: 'each opinion has its own id: fetch a new template',
    pointer: '/message/opinionId',
  });
}
