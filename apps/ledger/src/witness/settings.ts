// Witnesses and witnessed logs as the environment names them.
import { COSIGNATURE, ED25519, parseVerifierKey, type VerifierKey } from '#lib/transparency-log';

/** `url`: submission and monitoring prefix of C2SP tlog-witness, without a last slash. */
export type Witness = { readonly key: VerifierKey; readonly url: string };

/** `<verifier key> <URL>`. @throws Error, LogError */
export function parseWitness(text: string): Witness {
  const [vkey = '', url = '', ...rest] = text.split(' ');
  const key = parseVerifierKey(vkey);
  if (key.type !== COSIGNATURE) throw new Error(`${key.name} is no cosigner: its key is not of type 04`);
  if (rest.length > 0 || !/^https?:/.test(url) || !URL.canParse(url))
    throw new Error(`${url} is no http URL`);
  return { key, url: url.replace(/\/+$/, '') };
}

/** @throws Error, LogError */
export function parseWitnessedLog(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key.type !== ED25519) throw new Error(`${key.name} is no log: its key is not of type 01`);
  return key;
}
