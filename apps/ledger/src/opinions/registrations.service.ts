import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { JsonObject } from '#lib/canonical';
import { checksumAddress, sameAddress } from '#lib/evm';
import { contentWord, textWord } from '#lib/opinion';
import { Clock } from '../clock.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import type { CallerIdentity } from '../http/caller.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import type { RequestIdentityFacts } from '../http/request-identity.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { createOnce } from '../recording/create-once.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import type { NewRegistration } from './opinions.dto.ts';
import { Registration } from './registration.entity.ts';

/** What the registrar needs for its own call of `BodyRegistry.registerBody`. */
export type RegistrationView = {
  readonly uuid: string;
  readonly content: string;
  readonly registrar: string;
  readonly body: string;
  /** bytes32 for the contract: SHA-256 of the scope's text. */
  readonly scope: string;
  /** bytes32 for the contract: the content id's hash. */
  readonly snapshot: string;
  readonly document: JsonObject;
};

@Injectable()
export class RegistrationsService {
  constructor(
    @InjectRepository(Registration) private readonly rows: Repository<Registration>,
    private readonly recorder: RecorderService,
    private readonly documents: DocumentsService,
    private readonly organisations: OrganisationsService,
    private readonly clock: Clock,
  ) {}

  async create(
    caller: CallerIdentity,
    body: NewRegistration,
    identity: RequestIdentityFacts,
  ): Promise<RegistrationView> {
    const own = await this.organisations.find(caller.organisation);
    requireOwnKey(own?.ethAddress ?? null, body);
    const other = await this.organisations.findByAddress(body.body);
    const country = body.country ?? other?.country ?? own?.country ?? 'CN';
    const row = await createOnce(this.rows, caller.organisation, identity, {
      write: () => this.record(caller, body, country, identity),
      conflicts: {},
    });
    return this.view(row);
  }

  /** Public: what a registrar says about a body is what readers judge by. */
  async read(content: string): Promise<RegistrationView> {
    const row = await this.rows.findOneBy({ content });
    if (!row) throw notFound('registration');
    return this.view(row);
  }

  /** Is this the id of a registration document that we hold? */
  has(content: string): Promise<boolean> {
    return this.rows.existsBy({ content });
  }

  private async view(row: Registration): Promise<RegistrationView> {
    const stored = await this.documents.load(row.content as `sha256:${string}`);
    if (stored === null || 'erased' in stored) throw notFound('registration');
    const document = stored.doc as JsonObject;
    const { id: uuid, content, registrar, body } = row;
    return {
      uuid,
      content,
      registrar,
      body,
      scope: textWord(String(document.scope)),
      snapshot: contentWord(content),
      document,
    };
  }

  private async record(
    caller: CallerIdentity,
    body: NewRegistration,
    country: string,
    identity: RequestIdentityFacts,
  ): Promise<void> {
    const { names, accreditation, scope, standards, validFrom, validUntil } = body;
    const [registrar, subject] = [checksumAddress(body.registrar), checksumAddress(body.body)];
    const doc = {
      registrar,
      body: subject,
      names: { ...names },
      country,
      accreditation: accreditation ? { ...accreditation } : null,
      scope,
      standards: standards ?? [],
      validFrom,
      validUntil,
    };
    const fact = this.recorder.prepare(caller.organisation, caller.did, { kind: 'registration/v1', doc });
    await this.recorder.record([fact], async (tx) => {
      await tx.insert(Registration, {
        id: identity.id,
        organisation: caller.organisation,
        body: subject,
        registrar,
        content: fact.content,
        requestHash: identity.bodyHash,
        createdAt: this.clock.now(),
      });
    });
  }
}

function requireOwnKey(own: string | null, { registrar, body }: NewRegistration): void {
  if (own === null || !sameAddress(own, registrar))
    throw new RefusalError({
      status: 403,
      code: 'registration/other-registrar',
      detail: `your key's address is ${own ?? 'not known here'}, the registration names ${registrar}`,
      remedy: 'register in your own name: the address of your own key stands in "registrar"',
      pointer: '/registrar',
    });
  if (sameAddress(registrar, body))
    throw new RefusalError({
      status: 400,
      code: 'registration/own-body',
      detail: `${body} is the registrar itself`,
      remedy: 'a body is registered by somebody else than itself',
      pointer: '/body',
    });
}
