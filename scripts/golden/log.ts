// The golden log: documents become entries, entries become leaves, and now and then a head is anchored.
import { ed25519 } from '@noble/curves/ed25519.js';
import { type ContentId, type JsonObject, toBase64url } from '#lib/canonical';
import { documentId, newSalts, type Salts } from '#lib/disclosure';
import { parseTime } from '#lib/evm';
import {
  type ContentDocument,
  coverRefs,
  type Entry,
  type EntryRef,
  type EntrySigner,
  entryBytes,
  HIDEABLE,
  makeEntry,
  manifestOf,
  subjectOf,
} from '#lib/record';
import { type HashReader, leafHash, readerOf, treeHash } from '#lib/transparency-log';
import type { FakeHead } from './chain.ts';
import { DID, KEYS, KID, seed } from './people.ts';

export type Recorded = {
  readonly id: ContentId;
  readonly doc: ContentDocument;
  readonly salts: Salts;
  readonly entry: Entry;
};

export type Options = {
  readonly issuer?: string;
  readonly refs?: readonly EntryRef[];
  readonly signer?: EntrySigner;
  readonly salts?: Salts;
};

export const issuerSigner: EntrySigner = {
  kid: KID,
  sign: (message) => ed25519.sign(message, KEYS.issuer.secret),
};

export class GoldenLog {
  readonly leaves: { readonly entry: Entry; readonly bytes: Uint8Array }[] = [];
  /** What the passport stands on, in log order. */
  readonly recorded: Recorded[] = [];
  readonly heads: FakeHead[] = [];
  private draws = 0;

  readonly random = (n: number): Uint8Array => seed(`draw ${this.draws++}`).slice(0, n);

  nonce(): string {
    return toBase64url(this.random(16));
  }

  prepare(doc: JsonObject, time: string, options: Options = {}): Recorded {
    const typed = doc as never as ContentDocument;
    const salts = { ...newSalts(doc, HIDEABLE[typed.type], this.random), ...options.salts };
    const id = documentId(doc, HIDEABLE[typed.type], salts);
    const unsigned = {
      kind: typed.type as Entry['kind'],
      subject: subjectOf(typed),
      issuer: options.issuer ?? DID,
      time,
      content: id,
      refs: options.refs ?? [],
    };
    return { id, doc: typed, salts, entry: makeEntry(unsigned, options.signer) };
  }

  append(entry: Entry): void {
    this.leaves.push({ entry, bytes: entryBytes(entry) });
  }

  record(...facts: readonly Recorded[]): void {
    for (const fact of facts) {
      this.append(fact.entry);
      this.recorded.push(fact);
    }
  }

  /** Plain facts under one manifest that the issuer signs. */
  recordCovered(time: string, docs: readonly JsonObject[]): readonly Recorded[] {
    const facts = docs.map((doc) => this.prepare(doc, time));
    const entries = facts.map(({ entry }) => entry);
    const manifest = {
      type: 'import/v1',
      nonce: this.nonce(),
      organisation: DID,
      manifest: manifestOf(entries),
      file: null,
    };
    const refs = coverRefs(entries.map((entry) => leafHash(entryBytes(entry))));
    this.record(...facts, this.prepare(manifest, time, { refs, signer: issuerSigner }));
    return facts;
  }

  /** Entries of other people: the log is not the factory's alone. */
  strangers(count: number): void {
    for (let n = 0; n < count; n++) {
      const did = `did:web:other.example:o:x${this.leaves.length}`;
      const doc = {
        type: 'organisation/v1',
        nonce: this.nonce(),
        did,
        names: { en: 'Somebody else' },
        country: 'CN',
      };
      this.append(this.prepare(doc, '2026-10-01T00:00:00Z', { issuer: did }).entry);
    }
  }

  anchor(time: string): void {
    const sequence = BigInt(this.heads.length + 1);
    const { size, root } = this.tree();
    this.heads.push({ sequence, size, root, time: parseTime(time) + 60n, block: 10n * sequence });
  }

  tree(): { readonly size: bigint; readonly root: Uint8Array } {
    return { size: BigInt(this.leaves.length), root: treeHash(this.hashes()) };
  }

  /** Hashes of the tree as it was at a size. */
  reader(size: bigint): HashReader {
    return readerOf(this.hashes().slice(0, Number(size)));
  }

  private hashes(): Uint8Array[] {
    return this.leaves.map(({ bytes }) => leafHash(bytes));
  }
}
