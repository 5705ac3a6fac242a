// How ids, texts and digests of the records become the 32-byte words that are signed.
import { contentIdBytes, fromBase64url, sha256, utf8 } from '#lib/canonical';
import { formatData } from '#lib/evm';

/** "None": no batch, no limitations, no opinion. */
export const ZERO_WORD: string = `0x${'00'.repeat(32)}`;

/** SHA-256 of the text's UTF-8 bytes: product and facility by their id, a lot, a limitations text. */
export function textWord(text: string): string {
  return formatData(sha256(utf8(text)));
}

/** The word of a limitations text: SHA-256, or zero when there are none. */
export function limitationsWord(text: string): string {
  return text === '' ? ZERO_WORD : textWord(text);
}

/** The 32 bytes of `sha256:…`: a document or method. @throws CanonicalError `canonical/bad-encoding` */
export function contentWord(id: string): string {
  return formatData(contentIdBytes(id));
}

/** The 32 bytes of a disclosure digest (base64url), such as the reviewer's name. @throws CanonicalError `canonical/bad-encoding` */
export function digestWord(digest: string): string {
  return formatData(fromBase64url(digest));
}
