// Whether a passport may be issued for this batch from this footprint.
import { isJsonObject } from '#lib/canonical';
import { compare, parseDecimal } from '#lib/quantity';
import type { BatchDocument } from '#lib/record';
import type { Batch } from '../catalogue/batch.entity.ts';
import type { Footprint } from '../footprints/footprint.entity.ts';
import { RefusalError } from '../http/refusal.ts';
import type { NewPassport } from './passports.dto.ts';

function refused(
  status: number,
  code: string,
  detail: string,
  remedy: string,
  pointer: string,
): RefusalError {
  return new RefusalError({ status, code, detail, remedy, pointer });
}

/** @throws RefusalError 409 `passport/opinion-required` */
export function requireOpinion({ covered, opinion }: NewPassport): void {
  if (covered === true && opinion === undefined)
    throw refused(
      409,
      'passport/opinion-required',
      'covered is true, but no opinion was given',
      'give the uuid of the body’s opinion, or leave covered out to issue a self-declared passport',
      '/opinion',
    );
}

/** @throws RefusalError 422 `passport/other-product`, `passport/other-facility` */
export function requireSameThing(batch: Batch, footprint: Footprint): void {
  if (batch.product !== footprint.product)
    throw refused(
      422,
      'passport/other-product',
      'the footprint is of another product than the batch',
      'choose a footprint of the batch’s product',
      '/footprint',
    );
  if (batch.facility !== footprint.facility)
    throw refused(
      422,
      'passport/other-facility',
      'the footprint is of another facility than the batch was made in',
      'choose a footprint of the batch’s facility',
      '/footprint',
    );
}

/** A batch's own figure is not another batch's. @throws RefusalError 422 `passport/other-batch` */
export function requireSameLot(lot: string, footprintLot: string | undefined): void {
  if (footprintLot === undefined || footprintLot === lot) return;
  throw refused(
    422,
    'passport/other-batch',
    `the footprint is of batch ${footprintLot}, the passport of ${lot}`,
    'choose the footprint of this batch, or one of the product over a period',
    '/footprint',
  );
}

/** Items are counted pieces of the recorded quantity. @throws RefusalError 422 `passport/too-many-items` */
export function requireCount(count: number | undefined, quantity: BatchDocument['quantity']): void {
  if (count === undefined) return;
  const { value, unit } =
    isJsonObject(quantity) && 'value' in quantity ? quantity : { value: '0', unit: 'hidden' };
  if (unit !== 'piece')
    throw refused(
      422,
      'passport/items-not-pieces',
      `the batch is counted in ${unit}, items are pieces`,
      'issue the passport for the batch without items',
      '/items',
    );
  if (compare(parseDecimal(String(count)), parseDecimal(value)) > 0)
    throw refused(
      422,
      'passport/too-many-items',
      `${count} items of a batch of ${value}`,
      'ask for at most as many items as the batch has pieces',
      '/items',
    );
}

export function duplicate(lot: string): RefusalError {
  return refused(
    409,
    'passport/duplicate',
    `batch ${lot} has its passport already`,
    'use that one; a later correction is a new release that supersedes it',
    '/batch',
  );
}

/** 409: a mint that may still come to pass is not ordered twice. */
export function mintNotFailed(release: string, state: string): RefusalError {
  return new RefusalError({
    status: 409,
    code: 'passport/mint-not-failed',
    detail: `the mint of ${release} is in state ${state}`,
    remedy: 'a mint is ordered again only after the chain has refused it for good; look at the passport',
  });
}
