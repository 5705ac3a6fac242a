// Cosignatures, C2SP tlog-cosignature v1.0.1, the Ed25519 type (0x04): a witness says that, as of a time, this is the
// largest consistent head of the log that it has seen.
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, fromHex, toBase64 } from '#lib/canonical';
import { LogError, shown } from './errors.ts';
import {
  COSIGNATURE,
  cosignedMessage,
  formatVerifierKey,
  MAX_SIGNATURES,
  type NoteSigner,
  noteKeyId,
  openNote,
  type VerifierKey,
} from './note.ts';

/** `secretKey`: an Ed25519 seed that signs nothing else; the message does not name the cosigner. */
export type Cosigner = { readonly name: string; readonly secretKey: Uint8Array };

export type Cosignature = NoteSigner & { readonly time: bigint; readonly line: string };

export function cosignerKey({ name, secretKey }: Cosigner): string {
  return formatVerifierKey(name, ed25519.getPublicKey(secretKey), COSIGNATURE);
}

/**
 * The signature line over a checkpoint's text. Whether the checkpoint may be cosigned is asked before: `judgeCheckpoint`.
 * @param time POSIX seconds, from 1 to 2^63 - 1
 */
export function cosign(text: string, { name, secretKey }: Cosigner, time: bigint): string {
  if (time < 1n || time >> 63n) throw new Error(`no cosignature has the time ${time}`);
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, time);
  const keyId = fromHex(noteKeyId(name, ed25519.getPublicKey(secretKey), COSIGNATURE));
  const signature = ed25519.sign(cosignedMessage(text, time), secretKey);
  return `— ${name} ${toBase64(concat(keyId, stamp, signature))}\n`;
}

/**
 * The cosignatures of known witnesses among the lines that one of them answered with, one for each key; lines of others
 * are left out.
 * @param text of the checkpoint that was sent
 * @throws LogError as `openNote`: `log/malformed-note`, `log/bad-signature`
 */
export function readCosignatures(
  text: string,
  lines: string,
  witnesses: readonly VerifierKey[],
): readonly Cosignature[] {
  const found = new Map<string, Cosignature>();
  for (const { time, ...signed } of knownLines(text, lines, witnesses))
    if (time !== null) found.set(`${signed.name}+${signed.keyId}`, { ...signed, time });
  return [...found.values()];
}

/** The note with the signatures of these keys alone, the first of each. @throws LogError as `openNote` */
export function keepSignatures(note: string, keys: readonly VerifierKey[]): string {
  const { text } = openNote(note, keys);
  const kept = new Map<string, string>();
  for (const { name, keyId, line } of knownLines(text, note.slice(text.length + 1), keys))
    if (!kept.has(`${name}+${keyId}`)) kept.set(`${name}+${keyId}`, line);
  return `${text}\n${[...kept.values()].join('')}`;
}

/** Each line by itself as the signature of this text; a line that is repeated is looked at once. */
function knownLines(
  text: string,
  block: string,
  keys: readonly VerifierKey[],
): (NoteSigner & { line: string })[] {
  const lines = block.split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES)
    throw new LogError('log/malformed-note', `${shown(block)} is not a few signature lines`);
  return [...new Set(lines)].flatMap((line) => {
    try {
      return openNote(`${text}\n${line}\n`, keys).signedBy.map((signer) => ({
        ...signer,
        line: `${line}\n`,
      }));
    } catch (error) {
      if (error instanceof LogError && error.code === 'log/no-known-signature') return [];
      throw error;
    }
  });
}
