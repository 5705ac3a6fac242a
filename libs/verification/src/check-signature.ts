// signature: did this issuer sign it, with a key that was theirs then?
// "Then" is the entry's place in the log, which no clock can move. A key that the host alone put there is nobody's.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, toHex } from '#lib/canonical';
import { sameAddress } from '#lib/evm';
import {
  checkEntrySignature,
  isCovered,
  isCoveredKind,
  isInForce,
  type JudgedKey,
  judgeKeys,
  type PassportDocument,
  publicKeyOf,
} from '#lib/record';
import { type OpenEntry, type Opened, ofType } from './opened.ts';
import { invalid, unknown, type Verdict, valid } from './verdict.ts';

/** @param rootProblem `root/missing` or `root/mismatch`: a signature of another world is no signature of this one */
export function checkSignature(
  opened: Opened,
  passport: PassportDocument,
  rootProblem: Verdict | null,
): Verdict {
  const { credential, credentialEntry } = opened;
  const keys = judgeKeys(opened.keys);
  const { did, kid, address } = passport.issuer;
  const key = keys.get(kid);
  if (!credential || !credentialEntry || !key)
    return unknown('check/not-reached', { because: 'check/content' });

  if (credential.kid !== kid || key.did !== did || credentialEntry.entry.issuer !== did)
    return invalid('signature/wrong-issuer', { did, kid: credential.kid });
  if (!isSignedBy(key, credential.signature, credential.signingInput))
    return invalid('signature/bad-credential', { kid });
  if (!sameAddress(key.issuerAddress, address)) return invalid('signature/issuer-address', { kid, address });
  const forged = checkEntrySignatures(opened, passport, keys);
  if (forged) return forged;

  if (rootProblem) return rootProblem;
  if (!key.continuous) return unknown('signature/key-not-continuous', { kid });
  if (!isInForce(key, credentialEntry.index))
    return unknown(key.since >= credentialEntry.index ? 'signature/key-later' : 'signature/key-retired', {
      kid,
    });
  return valid('signature/issuer-key', { did, kid, holder: `holder/${key.holder}` }, [
    { what: 'key', value: `SHA-256 ${toHex(sha256(publicKeyOf(key.publicKeyJwk)))}` },
    { what: 'issuer address', value: key.issuerAddress },
    { what: 'keys in history', value: String(key.sequence) },
  ]);
}

/** Strict RFC 8032: no second encoding of a signature passes. */
function isSignedBy(key: JudgedKey, signature: Uint8Array, message: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKeyOf(key.publicKeyJwk), { zip215: false });
  } catch {
    return false;
  }
}

/**
 * Manifests and credential by the issuer's key of that time; plain entries under such a manifest. Entries of keys are judged
 * by the history of keys: one that nobody but the host stands behind makes the signer unknown, not the record altered.
 */
function checkEntrySignatures(
  opened: Opened,
  passport: PassportDocument,
  keys: ReadonlyMap<string, JudgedKey>,
): Verdict | null {
  const { did } = passport.issuer;
  const bad = ({ entry, index }: OpenEntry) =>
    invalid('signature/bad-entry', { index: String(index), kind: entry.kind });
  const imports = new Map(ofType(opened.documents, 'import/v1').map((each) => [each.id, each.doc]));
  const manifests = [];
  for (const each of opened.entries) {
    const { entry, index } = each;
    if (entry.kind === 'import/v1' || entry.kind === 'credential/v1') {
      const key = keys.get(entry.sig?.kid ?? '');
      if (!key || key.did !== did || entry.issuer !== did) return bad(each);
      if (!isEntrySigned(each, key)) return bad(each);
      const doc = imports.get(entry.content);
      // whoever still holds a replaced key may not add to the record, nor whoever will hold a later one
      const counts = !key.continuous || isInForce(key, index);
      if (doc && counts) manifests.push({ entry, doc });
    }
  }
  for (const each of opened.entries) {
    const { entry, index, leafHash } = each;
    if (!isCoveredKind(entry.kind)) continue;
    const covered =
      entry.issuer === did && manifests.some((manifest) => isCovered({ entry, leafHash }, manifest));
    if (!covered) return invalid('signature/uncovered-entry', { index: String(index), kind: entry.kind });
  }
  return null;
}

function isEntrySigned({ entry }: OpenEntry, key: JudgedKey): boolean {
  try {
    return checkEntrySignature(entry, publicKeyOf(key.publicKeyJwk));
  } catch {
    return false;
  }
}
