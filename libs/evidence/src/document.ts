/** From a confirmed draft to the content document that is recorded. */
import { type ContentId, canonicalBytes, contentId, toBase64url } from '#lib/canonical';
import type { ActivityDocument, ActivityDraft } from './activity.ts';
import { foldText } from './cell.ts';

export interface DocumentOwner {
  /** DID of the organisation and URI of the facility. */
  readonly organisation: string;
  readonly facility: string;
}

const NONCE_BYTES = 16;
const SALT_BYTES = 32;

/**
 * The `activity/v1` document of a draft. The voucher enters as a salted hash; keep `voucherSalt` with the
 * voucher, it is what proves later which paper was meant.
 * @param random gives that many fresh random bytes
 */
export function makeActivityDocument(
  draft: ActivityDraft,
  owner: DocumentOwner,
  random: (bytes: number) => Uint8Array,
): { readonly document: ActivityDocument; readonly voucherSalt: string | null } {
  const voucherSalt = draft.voucher === null ? null : toBase64url(random(SALT_BYTES));
  const document: ActivityDocument = {
    type: 'activity/v1',
    nonce: toBase64url(random(NONCE_BYTES)),
    organisation: owner.organisation,
    facility: owner.facility,
    kind: draft.kind,
    item: draft.item,
    line: draft.line,
    name: draft.name,
    period: draft.period,
    state: draft.state,
    quantity: draft.quantity,
    basis: draft.state === 'missing' ? { kind: 'stated' } : draft.basis,
    supplier: draft.supplier,
    source: {
      grade: draft.grade,
      sheet: sheetName(draft.place.sheet),
      row: draft.place.row,
      meter: draft.meter,
      voucher:
        draft.voucher === null || voucherSalt === null ? null : voucherHash(voucherSalt, draft.voucher),
    },
  };
  return { document, voucherSalt };
}

/** A meter file has its file's name in place of a sheet's, and files are called anything. */
const sheetName = (name: string): string => [...foldText(name)].slice(0, 200).join('') || '–';

/** SHA-256(JCS([salt, voucher])) as a content id; `voucher` is its number, or the SHA-256 of its scan in hex. */
export function voucherHash(salt: string, voucher: string): ContentId {
  return contentId(canonicalBytes([salt, voucher]));
}
