// Checkpoints, C2SP tlog-checkpoint v1.0.0: a note whose text is origin, size and root, a line each.
import { toBase64 } from '#lib/canonical';
import { LogError, shown } from './errors.ts';
import { requireHash } from './hash.ts';
import { isUint64, requireSize } from './nodes.ts';
import { type NoteSigner, openNote, readBase64, type VerifierKey } from './note.ts';

export type Checkpoint = { readonly origin: string; readonly size: bigint; readonly root: Uint8Array };

/** Reads a decimal without sign or leading zero, below 2^64; undefined for other text. */
export function readUint64(text: string): bigint | undefined {
  const value = /^(0|[1-9]\d{0,19})$/.test(text) ? BigInt(text) : undefined;
  return isUint64(value) ? value : undefined;
}

/**
 * The note text of a checkpoint. We write no extension lines: they are not auditable.
 * @throws LogError `log/malformed-checkpoint`, `log/malformed-hash`, `log/size-out-of-range`
 */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n'))
    throw new LogError('log/malformed-checkpoint', `origin ${shown(origin)} is not one line of text`);
  return `${origin}\n${requireSize(size)}\n${toBase64(requireHash(root))}\n`;
}

/**
 * The checkpoint in the text of an opened note. Extension lines are allowed and given back, for whoever refuses them.
 * @throws LogError `log/malformed-checkpoint`
 */
export function parseCheckpoint(text: string): Checkpoint & { readonly extensions: readonly string[] } {
  const lines = typeof text === 'string' ? text.split('\n') : [];
  const last = lines.pop();
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  const size = readUint64(sizeText);
  const root = readBase64(rootText, 'log/malformed-checkpoint');
  if (last !== '' || origin === '' || size === undefined || root.length !== 32 || extensions.includes(''))
    throw new LogError(
      'log/malformed-checkpoint',
      `${shown(String(text))} is not origin, decimal size and base64 of a 32-byte root, a line each`,
    );
  return { origin, size, root, extensions };
}

/**
 * The checkpoint of a note that the log's own key signed; its origin must be that key's name.
 * A witness's signature alone is not enough: it says what the witness saw, not that the log stands by it.
 * @throws LogError those of `openNote` and `parseCheckpoint`; `log/no-known-signature`, `log/other-origin`
 */
export function openCheckpoint(
  note: string,
  logKey: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): Checkpoint & { readonly text: string; readonly witnessedBy: readonly NoteSigner[] } {
  const { text, signedBy } = openNote(note, [logKey, ...witnesses]);
  const isLog = ({ name, keyId }: NoteSigner) => name === logKey.name && keyId === logKey.keyId;
  if (!signedBy.some(isLog))
    throw new LogError(
      'log/no-known-signature',
      `the log ${shown(logKey.name)} did not sign this checkpoint`,
    );
  const { origin, size, root } = parseCheckpoint(text);
  if (origin !== logKey.name)
    throw new LogError('log/other-origin', `checkpoint of ${shown(origin)}, expected ${shown(logKey.name)}`);
  return { origin, size, root, text, witnessedBy: signedBy.filter((signer) => !isLog(signer)) };
}
