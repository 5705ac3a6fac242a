// The call that mints a passport: the issuer's authorisation over exactly this release, and the opinion it is covered by.
import { parseTime } from '#lib/evm';
import {
  contentWord,
  type MintMessage,
  type OpinionDocument,
  opinionWords,
  textWord,
  ZERO_WORD,
} from '#lib/opinion';
import type { PassportDocument } from '#lib/record';
import type { ChainService } from '../chain/chain.service.ts';

/** A mint that has not been sent after this time is void and must be authorised anew. */
const AUTHORISATION_SECONDS = 30n * 86_400n;

export function mintMessage(passport: PassportDocument, content: string, now: bigint): MintMessage {
  const { issuer, product, facility, batch, footprint, opinion, chain } = passport;
  return {
    logId: chain.logId,
    issuer: issuer.address,
    product: textWord(product.id),
    lot: textWord(batch.lot),
    release: String(passport.release),
    content: contentWord(content),
    facility: textWord(facility.id),
    method: contentWord(footprint.method),
    footprint: contentWord(footprint.content),
    producedFrom: String(parseTime(batch.producedFrom)),
    producedUntil: String(parseTime(batch.producedUntil)),
    opinionId: opinion?.opinionId ?? ZERO_WORD,
    supersedes: passport.supersedes ?? '0',
    deadline: String(now + AUTHORISATION_SECONDS),
  };
}

/** Calldata of `mint` or `mintWithOpinion`. */
export function mintCall(
  chain: ChainService,
  message: MintMessage,
  authorisation: string,
  opinion: OpinionDocument | null,
): string {
  if (opinion === null) return chain.encode('PassportRegistry', 'mint', [message, authorisation]);
  const words = opinionWords(opinion.message);
  return chain.encode('PassportRegistry', 'mintWithOpinion', [
    message,
    authorisation,
    words,
    opinion.signature,
  ]);
}
