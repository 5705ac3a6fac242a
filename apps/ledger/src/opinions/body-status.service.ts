import { Injectable } from '@nestjs/common';
import type { ContentId } from '#lib/canonical';
import { ChainService } from '../chain/chain.service.ts';
import { RefusalError } from '../http/refusal.ts';
import { RegistrationsService } from './registrations.service.ts';

export type BodyRegistration = {
  /** Position among the registrar's registrations of this body. */
  readonly index: bigint;
  /** Id of the registration/v1 document that the chain names. */
  readonly content: ContentId;
};

type RegistrationWords = {
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly snapshot: string;
  readonly withdrawnFrom: bigint;
};

/** What the chain says now about bodies and their opinions. */
@Injectable()
export class BodyStatusService {
  constructor(
    private readonly chain: ChainService,
    private readonly registrations: RegistrationsService,
  ) {}

  /**
   * The registration that holds at this moment, its document at hand, the opinion not revoked.
   * @throws RefusalError 409 `opinion/withdrawn`, `opinion/unregistered`, `opinion/revoked`, `opinion/registration-unknown`
   */
  async requireRegistered(registrar: string, body: string, opinionId: string): Promise<BodyRegistration> {
    const { time, number } = await this.chain.head();
    const block = `0x${number.toString(16)}`;
    const [found, index] = await this.chain.read(
      'BodyRegistry',
      'findRegistration',
      [registrar, body, time],
      block,
    );
    if (!found) throw await this.unregistered(registrar, body, time, block);
    const [revokedAt] = await this.chain.read('BodyRegistry', 'opinionRevocation', [body, opinionId], block);
    if (revokedAt !== 0n)
      throw refused(
        'opinion/revoked',
        `the body revoked opinion ${opinionId} on chain`,
        'the body signs a new opinion under a new id',
      );
    const { snapshot } = await this.registrationAt(registrar, body, index as bigint, block);
    const content = `sha256:${snapshot.slice(2)}` as ContentId;
    if (!(await this.registrations.has(content)))
      throw refused(
        'opinion/registration-unknown',
        `the chain names registration document ${content}, which is not here`,
        'the registrar stores its document with POST /api/v1/registrations and registers the body with that document’s hash',
      );
    return { index: index as bigint, content };
  }

  private async registrationAt(
    registrar: string,
    body: string,
    index: bigint,
    block: string,
  ): Promise<RegistrationWords> {
    const [validFrom, validUntil, , snapshot, , withdrawnFrom] = await this.chain.read(
      'BodyRegistry',
      'registration',
      [registrar, body, index],
      block,
    );
    return { validFrom, validUntil, snapshot, withdrawnFrom } as RegistrationWords;
  }

  /** Never registered, or not any more? The newest registration tells. */
  private async unregistered(
    registrar: string,
    body: string,
    time: bigint,
    block: string,
  ): Promise<RefusalError> {
    const [count] = await this.chain.read('BodyRegistry', 'registrationCount', [registrar, body], block);
    const last =
      count === 0n ? null : await this.registrationAt(registrar, body, (count as bigint) - 1n, block);
    if (last && last.withdrawnFrom !== 0n && last.withdrawnFrom <= time)
      return refused(
        'opinion/withdrawn',
        `the registrar ${registrar} withdrew its registration of ${body} from ${when(last.withdrawnFrom)}`,
        'the body needs a registration that holds today',
      );
    const detail = last
      ? `the newest registration of ${body} by ${registrar} holds from ${when(last.validFrom)} until ${when(last.validUntil)}`
      : `${registrar} has never registered ${body}`;
    return refused(
      'opinion/unregistered',
      detail,
      'the registrar registers the body on chain first, by its own transaction',
    );
  }
}

const when = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString();

function refused(code: string, detail: string, remedy: string): RefusalError {
  return new RefusalError({ status: 409, code, detail, remedy });
}
