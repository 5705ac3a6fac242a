// Entries as an organisation's own program makes them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContentId, contentId, fromBase64url, utf8 } from '#lib/canonical';
import {
  blindSubject,
  type EntryKind,
  type EntryRef,
  type EntrySigner,
  entryBytes,
  makeEntry,
} from '#lib/record';
import { ed25519PrivateKey, signEd25519 } from '../../apps/ledger/src/installation/keys.ts';

export const contentOf = (text: string): ContentId => contentId(utf8(text));

/** RFC 3339 with whole seconds. */
export const stamp = (time = new Date()) => `${time.toISOString().slice(0, 19)}Z`;

export type EntryChange = {
  readonly kind?: EntryKind;
  readonly time?: string;
  readonly refs?: readonly EntryRef[];
  readonly signer?: EntrySigner;
};

/** An entry about a content that is named by a text; of a plain covered kind unless it says otherwise. */
export function entryOf(issuer: string, name: string, change: EntryChange = {}): Uint8Array {
  const { kind = 'activity/v1', time = stamp(), refs = [], signer } = change;
  const facts = { kind, issuer, time, refs, subject: blindSubject('nonce', name), content: contentOf(name) };
  return entryBytes(makeEntry(facts, signer));
}

/** Signs with the key that the service made for an exporter. */
export async function signerOf(dataDir: string, slug: string, did: string): Promise<EntrySigner> {
  const file = JSON.parse(await readFile(join(dataDir, 'keys', `${slug}.json`), 'utf8'));
  const key = ed25519PrivateKey(fromBase64url(file.signing.secretKey));
  return { kid: `${did}#key-1`, sign: (message) => signEd25519(key, message) };
}
