// Signed notes, C2SP signed-note v1.0.0: text ending in a newline, an empty line, then signature lines
//   — <key name> <base64(4-byte key id ‖ signature)>
// Ed25519 signatures (type 0x01) and timestamped Ed25519 cosignatures (type 0x04, C2SP tlog-cosignature v1.0.1).
// Lines of other types, ML-DSA-44 (0x06) among them, are lines of keys we do not know and are passed over.
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, fromBase64, sha256, toBase64, toHex, utf8 } from '#lib/canonical';
import { LogError, type LogErrorCode, shown } from './errors.ts';

/** Signature types of the note specification that we make and check. */
export const ED25519 = 1;
export const COSIGNATURE = 4;

/** A public key and the name it signs under. `keyId` is 8 hex digits. */
export type VerifierKey = {
  readonly name: string;
  readonly keyId: string;
  readonly type: typeof ED25519 | typeof COSIGNATURE;
  readonly publicKey: Uint8Array;
};

/** A known key whose signature holds; `time` is a cosigner's POSIX time in seconds, null for a plain signature. */
export type NoteSigner = { readonly name: string; readonly keyId: string; readonly time: bigint | null };
export type OpenNote = { readonly text: string; readonly signedBy: readonly NoteSigner[] };

// the specification asks for at least 16; post-quantum signatures take up to 5 kB each
export const MAX_SIGNATURES = 100;
const MAX_NOTE_LENGTH = 1_000_000;

// below U+0020 only the newline may stand; \p{Cs} with the u flag is a lone surrogate, which UTF-8 cannot write
const isNoteText = (text: string) => !/[^\n -\u{10ffff}]|\p{Cs}/u.test(text);
const isKeyName = (name: string) => /^[^\p{White_Space}+]+$/u.test(name) && isNoteText(name);

/** Strict base64 of attacker-controlled text, refused with the given code. */
export function readBase64(text: string, code: LogErrorCode): Uint8Array {
  try {
    return fromBase64(text);
  } catch (cause) {
    throw new LogError(code, `${shown(text)} is not base64`, { cause });
  }
}

/** 8 hex digits: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). */
export function noteKeyId(name: string, publicKey: Uint8Array, type: number = ED25519): string {
  return toHex(sha256(concat(utf8(`${name}\n`), new Uint8Array([type]), publicKey)).subarray(0, 4));
}

/**
 * A verifier key as text: `<name>+<key id>+<base64(type ‖ public key)>`.
 * @throws LogError `log/malformed-key`
 */
export function formatVerifierKey(
  name: string,
  publicKey: Uint8Array,
  type: VerifierKey['type'] = ED25519,
): string {
  if (!isKeyName(name) || publicKey.length !== 32)
    throw new LogError(
      'log/malformed-key',
      `key name ${shown(name)} must have no space and no +, and its key 32 bytes, not ${publicKey.length}`,
    );
  return `${name}+${noteKeyId(name, publicKey, type)}+${toBase64(concat(new Uint8Array([type]), publicKey))}`;
}

/** @throws LogError `log/malformed-key`, also for a signature type other than Ed25519 and its cosignature */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', keyId, encoded = ''] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  const bytes = readBase64(encoded, 'log/malformed-key');
  const type = bytes[0];
  const publicKey = bytes.slice(1);
  if (!isKeyName(name) || bytes.length !== 33 || (type !== ED25519 && type !== COSIGNATURE))
    throw new LogError(
      'log/malformed-key',
      `${shown(text)} is not a named Ed25519 verifier key (type 1 or 4)`,
    );
  if (keyId !== noteKeyId(name, publicKey, type))
    throw new LogError(
      'log/malformed-key',
      `key id ${shown(String(keyId))} does not belong to ${shown(text)}`,
    );
  return { name, keyId, type, publicKey };
}

/**
 * Text and its Ed25519 signature as a note.
 * @throws LogError `log/malformed-note` for text that a note cannot hold, `log/malformed-key` for the name
 */
export function signNote(
  text: string,
  signer: { readonly name: string; readonly secretKey: Uint8Array },
): string {
  const { name, secretKey } = signer;
  if (!text.endsWith('\n') || !isNoteText(text))
    throw new LogError(
      'log/malformed-note',
      'note text must end in a newline and hold no other control character',
    );
  if (!isKeyName(name))
    throw new LogError('log/malformed-key', `key name ${shown(name)} must have no space and no +`);
  const keyId = noteKeyId(name, ed25519.getPublicKey(secretKey));
  const signature = ed25519.sign(utf8(text), secretKey);
  return `${text}\n— ${name} ${toBase64(concat(keyIdBytes(keyId), signature))}\n`;
}

const keyIdBytes = (keyId: string) =>
  Uint8Array.from(keyId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * The text of a note and who signed it, of the keys given. Unknown keys are passed over; the text must not be used
 * when this throws. One signer suffices: who must have signed is for the caller to ask of `signedBy`.
 * @throws LogError `log/malformed-note`; `log/bad-signature` when a known key's signature fails;
 *   `log/no-known-signature` when none of the keys signed
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenNote {
  const malformed = (why: string) => new LogError('log/malformed-note', `note refused: ${why}`);
  if (typeof note !== 'string' || note.length > MAX_NOTE_LENGTH)
    throw malformed('not a text of at most 1 MB');
  if (!isNoteText(note)) throw malformed('control character or lone surrogate');
  const end = note.lastIndexOf('\n\n'); // text may hold empty lines of its own
  const lines = note.slice(end + 2).split('\n');
  if (end < 0 || lines.pop() !== '' || lines.length === 0)
    throw malformed('no signature lines after an empty line');
  if (lines.length > MAX_SIGNATURES)
    throw malformed(`${lines.length} signatures, at most ${MAX_SIGNATURES} are read`);
  const text = note.slice(0, end + 1);
  const signedBy = new Map<string, NoteSigner>();
  // whoever repeats a good line a hundred times must not make us check it as often
  for (const line of new Set(lines)) {
    const [, name = '', encoded = ''] = /^— ([^ ]+) ([^ ]+)$/u.exec(line) ?? [];
    if (!isKeyName(name)) throw malformed(`signature line ${shown(line)}`);
    const bytes = readBase64(encoded, 'log/malformed-note');
    if (bytes.length < 5) throw malformed(`signature line ${shown(line)}`);
    const keyId = toHex(bytes.subarray(0, 4));
    // name and id together name a key; one of them alone is another's
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (!key) continue;
    const time = checkSignature(text, bytes.subarray(4), key);
    if (time === undefined)
      throw new LogError(
        'log/bad-signature',
        `the signature of ${shown(name)} (key ${keyId}) does not match the text`,
      );
    signedBy.set(`${name}+${keyId}`, { name, keyId, time });
  }
  if (signedBy.size === 0)
    throw new LogError('log/no-known-signature', `none of the ${keys.length} keys given signed this note`);
  return { text, signedBy: [...signedBy.values()] };
}

/** What an Ed25519 cosignature is over; `time` in POSIX seconds. */
export function cosignedMessage(text: string, time: bigint): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** null or a cosigner's time when the signature holds, undefined when not. */
function checkSignature(text: string, signature: Uint8Array, key: VerifierKey): bigint | null | undefined {
  const timed = key.type === COSIGNATURE;
  if (signature.length !== (timed ? 72 : 64)) return undefined;
  const time = timed ? new DataView(signature.buffer, signature.byteOffset).getBigUint64(0) : null;
  const message = time === null ? utf8(text) : cosignedMessage(text, time);
  if (time !== null && time >> 63n) return undefined;
  const holds = ed25519.verify(signature.subarray(timed ? 8 : 0), message, key.publicKey, {
    zip215: false,
  });
  return holds ? time : undefined;
}
