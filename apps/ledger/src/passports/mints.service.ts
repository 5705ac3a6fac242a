import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import type { ContentId } from '#lib/canonical';
import { parseTime } from '#lib/evm';
import { mintAuthorisationDigest, type OpinionDocument } from '#lib/opinion';
import type { PassportDocument } from '#lib/record';
import { SenderService } from '../anchoring/sender.service.ts';
import { ChainService } from '../chain/chain.service.ts';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { OpinionsService } from '../opinions/opinions.service.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { loadIntact } from '../recording/stored.ts';
import { mintCall, mintMessage } from './mint.ts';
import { Passport } from './passport.entity.ts';
import { mintNotFailed } from './passport-checks.ts';
import { type PassportView, PassportViewsService } from './passport-views.service.ts';

const MINT = 'mint';

/** The transaction that mints a release: authorised by its issuer, ordered once, and again when the chain refused it. */
@Injectable()
export class MintsService implements OnModuleInit {
  constructor(
    @InjectRepository(Passport) private readonly rows: Repository<Passport>,
    private readonly views: PassportViewsService,
    private readonly opinions: OpinionsService,
    private readonly organisations: OrganisationsService,
    private readonly documents: DocumentsService,
    private readonly sender: SenderService,
    private readonly chain: ChainService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sender.on(MINT, async (tx, { id, state, subject, data }) => {
      if (subject === null) return;
      // of several orders the one that was mined counts, also when a reorganisation brought back an older one
      if (state === 'mined') await tx.update(Passport, subject, { transaction: id });
      if (state !== 'replaced' || !(await tx.existsBy(Passport, { id: subject, transaction: id }))) return;
      // a self-send took its nonce: the same call goes under the next one
      await tx.update(Passport, subject, { transaction: await this.order(tx, subject, data) });
    });
  }

  /** Calldata with the issuer's authorisation over exactly this document; void after the time that mint.ts gives it. */
  async authorise(
    caller: CallerIdentity,
    passport: PassportDocument,
    content: ContentId,
    opinion: OpinionDocument | null,
  ): Promise<string> {
    const message = mintMessage(passport, content, parseTime(this.clock.stamp()));
    const digest = mintAuthorisationDigest(message, this.opinions.contract);
    const authorisation = await this.organisations.signMintAuthorisation(caller.organisation, digest);
    return mintCall(this.chain, message, authorisation, opinion);
  }

  /** Gives the id of the transaction; it is sent once `tx` has committed. */
  order(tx: EntityManager, passport: string, data: string): Promise<string> {
    const to = this.chain.address('PassportRegistry');
    return this.sender.enqueue(tx, { purpose: MINT, subject: passport, to, data });
  }

  /**
   * A new authorisation over the very document that was recorded. Only when the mint before has failed for good: one that
   * is under way is not doubled.
   * @throws RefusalError `passport/mint-not-failed`
   */
  async again(caller: CallerIdentity, release: string): Promise<PassportView> {
    const row = await this.views.find(caller.organisation, release);
    const { doc } = await loadIntact<PassportDocument>(this.documents, row.content);
    const opinion = doc.opinion
      ? (await loadIntact<OpinionDocument>(this.documents, doc.opinion.content)).doc
      : null;
    const call = await this.authorise(caller, doc, row.content as ContentId, opinion);
    await this.rows.manager.transaction(async (tx) => {
      // two callers at once: the second one sees what the first has ordered
      const lock = { mode: 'pessimistic_write' } as const;
      const { transaction } = await tx.findOneOrFail(Passport, { where: { id: row.id }, lock });
      const before = await this.sender.find(transaction);
      if (before?.state !== 'failed' || before.finalAt === null)
        throw mintNotFailed(release, before?.state ?? 'unknown');
      await tx.update(Passport, row.id, { transaction: await this.order(tx, row.id, call) });
    });
    return this.views.view(await this.views.find(caller.organisation, release));
  }
}
