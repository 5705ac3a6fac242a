import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type ContentId,
  canonicalBytes,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  toBase64url,
} from '#lib/canonical';
import { newSalts, type Salts } from '#lib/disclosure';
import {
  checkDocumentForm,
  contentDocumentId,
  coverRefs,
  type Entry,
  type EntryRef,
  type EntrySigner,
  entryBytes,
  HIDEABLE,
  MAX_COVERED,
  makeEntry,
  manifestOf,
  subjectOf,
} from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import { Clock } from '../clock.ts';
import { DocumentsService, type NewDocument } from '../documents/documents.service.ts';
import { LogService } from '../log/log.service.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { Random } from '../random.ts';

/** What is to become a content document and an entry about it. */
export type Fact = {
  readonly kind: Exclude<Entry['kind'], 'credential/v1' | 'method/v1' | 'page/v1'>;
  /** The document without `type` and `nonce`. */
  readonly doc: JsonObject;
  readonly refs?: readonly EntryRef[];
  /** Salts that were agreed before; all others are drawn. */
  readonly salts?: Salts;
};

/** A document ready to be stored, and what its entry needs to know of it. */
export type PreparedDocument = {
  readonly content: ContentId;
  readonly document: NewDocument;
  /** Blinded. */
  readonly subject: string;
};

/** Everything of a fact but its place in the log. */
export type PreparedFact = PreparedDocument & {
  readonly kind: Fact['kind'];
  readonly entry: Entry;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
};

/** Where a fact stands, for good. */
export type RecordedFact = { readonly kind: string; readonly content: ContentId; readonly index: bigint };

export type Save = (tx: EntityManager, recorded: readonly RecordedFact[]) => Promise<void>;

/** The file that facts were read from. */
export type ImportedFile = { readonly name: string; readonly sha256: string; readonly bytes: string };

/** Documents and entries from facts. The entries of one request are recorded together or not at all. */
@Injectable()
export class RecorderService {
  constructor(
    private readonly documents: DocumentsService,
    private readonly log: LogService,
    private readonly organisations: OrganisationsService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * @param organisation uuid of whom the document belongs to
   * @throws RecordError `record/malformed` with the pointer, DisclosureError `disclosure/reserved-key`
   */
  prepareDocument(
    organisation: string,
    type: string,
    members: JsonObject,
    given: Salts = {},
  ): PreparedDocument {
    const nonce = toBase64url(this.random.bytes(16));
    const doc = checkDocumentForm(normalize({ ...members, type, nonce }));
    const drawn = newSalts(doc as JsonObject, HIDEABLE[doc.type], (count) => this.random.bytes(count));
    const salts = { ...drawn, ...given };
    const content = contentDocumentId(doc, salts);
    const document = { id: content, type, organisation, bytes: canonicalBytes(doc as JsonObject), salts };
    return { content, document, subject: subjectOf(doc) };
  }

  /** @param issuer DID of who says it */
  prepare(
    organisation: string,
    issuer: string,
    { kind, doc, refs = [], salts = {} }: Fact,
    signer?: EntrySigner,
  ): PreparedFact {
    const { content, document, subject } = this.prepareDocument(organisation, kind, doc, salts);
    const entry = makeEntry({ kind, subject, issuer, time: this.clock.stamp(), content, refs }, signer);
    const bytes = entryBytes(entry);
    return { kind, content, document, subject, entry, bytes, leaf: leafHash(bytes) };
  }

  /**
   * Records plain facts of an exporter under manifests that its current key signs.
   * @param options.save writes the rows of the facts; it gets them in the order given, the manifests behind them
   */
  async recordCovered(
    organisation: string,
    facts: readonly Fact[],
    options: { readonly file?: ImportedFile; readonly save?: Save } = {},
  ): Promise<readonly RecordedFact[]> {
    const { issuer, sign } = await this.organisations.signer(organisation);
    const prepared = facts.map((fact) => this.prepare(organisation, issuer.did, fact));
    const manifests: PreparedFact[] = [];
    for (let at = 0; at < prepared.length; at += MAX_COVERED) {
      const manifest = manifestFact(issuer.did, prepared.slice(at, at + MAX_COVERED), options.file ?? null);
      manifests.push(this.prepare(organisation, issuer.did, manifest, { kid: issuer.kid, sign }));
    }
    return this.record([...prepared, ...manifests], options.save);
  }

  /** Documents, entries and the caller's rows as one fact. */
  async record(prepared: readonly PreparedFact[], save?: Save): Promise<readonly RecordedFact[]> {
    let recorded: readonly RecordedFact[] = [];
    await this.log.record({
      entries: prepared.map(({ bytes }) => bytes),
      save: async (tx, at) => {
        recorded = prepared.map(({ kind, content }, n) => ({ kind, content, index: at[n]!.index }));
        for (const { document } of prepared) await this.documents.save(tx, document);
        await save?.(tx, recorded);
      },
    });
    return recorded;
  }
}

function manifestFact(did: string, covered: readonly PreparedFact[], file: ImportedFile | null): Fact {
  return {
    kind: 'import/v1',
    doc: {
      organisation: did,
      manifest: manifestOf(covered.map(({ entry }) => entry)).map((item) => ({ ...item })),
      file: file && { ...file },
    },
    refs: coverRefs(covered.map(({ leaf }) => leaf)),
  };
}

/** Text in records is NFC, made so before the hash and never at it; absent members are left out. */
export function normalize(value: JsonValue | undefined): JsonValue {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(normalize);
  if (!isJsonObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name.normalize('NFC'), normalize(member)]),
  );
}
