// Which keys were an issuer's, and when. Key 1 signs itself; key n is signed by key n−1, or by the recovery key whose
// hash key n−1's document holds. A key that came otherwise was put there by the host alone: signer unknown.
import { type ContentId, fromBase64url, sha256, toBase64url, toHex } from '#lib/canonical';
import { contentDocumentId, mismatchOf } from './binding.ts';
import type { Ed25519Jwk, KeyDocument, KeyHolder } from './documents.ts';
import { checkEntrySignature, type Entry } from './entry.ts';

export type KeyRecord = {
  readonly entry: Entry;
  readonly doc: KeyDocument;
  /** Place of the entry in the log. */
  readonly index: bigint;
};

export type JudgedKey = {
  readonly kid: string;
  readonly did: string;
  readonly publicKeyJwk: Ed25519Jwk;
  readonly issuerAddress: string;
  readonly mintKey: string;
  readonly holder: KeyHolder;
  readonly sequence: number;
  /** An unbroken line of signatures leads back to key 1. */
  readonly continuous: boolean;
  /** Its own entry's place: it may sign what comes after. */
  readonly since: bigint;
  /** Place of the entry that replaced it, or null: it may sign what comes before. */
  readonly until: bigint | null;
};

/**
 * Judges the keys of any number of issuers. `records` stand in log order; those whose entry is not the receipt of their
 * document are left out, and nothing is thrown. Where a key id occurs twice, a continuous one counts before one that is
 * not, then the earlier one.
 */
export function judgeKeys(records: readonly KeyRecord[]): Map<string, JudgedKey> {
  const judged = new Map<string, JudgedKey>();
  /** Per issuer, the last key of the unbroken line. */
  const heads = new Map<string, { readonly doc: KeyDocument; readonly id: ContentId }>();
  for (const { entry, doc, index } of records) {
    if (mismatchOf(entry, doc, {}) !== null) continue;
    const head = heads.get(doc.did);
    const continuous = head === undefined ? isFirst(entry, doc) : isNext(entry, doc, head);
    if (continuous) {
      const replaced = head && judged.get(head.doc.kid);
      if (replaced) judged.set(replaced.kid, { ...replaced, until: index });
      heads.set(doc.did, { doc, id: contentDocumentId(doc, {}) });
    }
    if (continuous || !judged.has(doc.kid)) judged.set(doc.kid, keyOf(doc, continuous, index));
  }
  return judged;
}

/** Whether the key may have signed an entry at this place of the log. */
export function isInForce(key: JudgedKey, index: bigint): boolean {
  return key.since < index && (key.until === null || index < key.until);
}

/** The 32 bytes of a public key; the document's form has been checked before. */
export function publicKeyOf(jwk: Ed25519Jwk): Uint8Array {
  return fromBase64url(jwk.x);
}

export function jwkOf(publicKey: Uint8Array): Ed25519Jwk {
  return { crv: 'Ed25519', kty: 'OKP', x: toBase64url(publicKey) };
}

/** What a key document commits to: SHA-256 (hex) of a recovery key's 32 bytes. */
export function recoveryCommitment(publicKey: Uint8Array): string {
  return toHex(sha256(publicKey));
}

/** `kid` of a signature by a recovery key. */
export function recoveryKid(did: string): string {
  return `${did}#recovery`;
}

function isFirst(entry: Entry, doc: KeyDocument): boolean {
  return (
    doc.sequence === 1 &&
    doc.signedBy === 'self' &&
    entry.sig?.kid === doc.kid &&
    checkEntrySignature(entry, publicKeyOf(doc.publicKeyJwk))
  );
}

function isNext(
  entry: Entry,
  doc: KeyDocument,
  head: { readonly doc: KeyDocument; readonly id: ContentId },
): boolean {
  const before = head.doc;
  const follows =
    doc.sequence === before.sequence + 1 &&
    doc.previous === head.id &&
    doc.issuerAddress.toLowerCase() === before.issuerAddress.toLowerCase();
  if (!follows) return false;
  if (doc.signedBy === 'previous') {
    return entry.sig?.kid === before.kid && checkEntrySignature(entry, publicKeyOf(before.publicKeyJwk));
  }
  if (doc.signedBy !== 'recovery' || doc.recoveryKeyJwk === undefined) return false;
  const recoveryKey = publicKeyOf(doc.recoveryKeyJwk);
  return (
    recoveryCommitment(recoveryKey) === before.recovery &&
    entry.sig?.kid === recoveryKid(doc.did) &&
    checkEntrySignature(entry, recoveryKey)
  );
}

function keyOf(doc: KeyDocument, continuous: boolean, since: bigint): JudgedKey {
  const { kid, did, publicKeyJwk, issuerAddress, mintKey, holder, sequence } = doc;
  return { kid, did, publicKeyJwk, issuerAddress, mintKey, holder, sequence, continuous, since, until: null };
}
