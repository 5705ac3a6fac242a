// One entry after the other, in log order: form, signature, cover, references, times, and the facts that are compared with
// the chain at the end. What it keeps grows with keys, passports, opinions and registrations; of plain entries only their
// hashes stay (hash-set.ts).
import {
  CanonicalError,
  type ContentId,
  contentId,
  contentIdBytes,
  fromHex,
  type JsonObject,
  parseStrict,
  toHex,
} from '#lib/canonical';
import {
  type ContentDocument,
  checkDocumentForm,
  type Entry,
  isCoveredKind,
  isSignedKind,
  mismatchOf,
  parseEntry,
  RecordError,
} from '#lib/record';
import { type Facts, factsOfDocument, newFacts } from './facts.ts';
import { finding, type Report } from './finding.ts';
import { HashSet } from './hash-set.ts';
import { KeyBook, type SignatureProblem } from './key-book.ts';
import { type Anchors, checkTimes, type Waiting } from './times.ts';

/** A document as it was fetched, by its content id; absent when there is no such public document. */
export type Fetched =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'erased'; readonly date: string }
  /** `found`: content id of what is there instead; absent where only the source's word says so. */
  | { readonly kind: 'altered'; readonly found?: string }
  | { readonly kind: 'absent' };

export type AuditedEntry = {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
  /** Undefined when the bytes are no entry. */
  readonly entry: Entry | undefined;
};

type Uncovered = {
  readonly index: number;
  readonly issuer: string;
  readonly kind: string;
  readonly content: string;
};
type OpenReference = { readonly index: number; readonly rel: string };

/** Kinds whose documents anybody may read at `/log/contents/{id}`, and without which their entry cannot be judged. */
const DOCUMENTS: ReadonlySet<string> = new Set([
  'key/v1',
  'delegation/v1',
  'import/v1',
  'registration/v1',
  'opinion/v1',
  'status/v1',
]);
const SENTENCES: Readonly<Record<NonNullable<SignatureProblem>, string>> = {
  'signature/bad': 'signature of this entry by its key',
  'signature/unknown-key': 'a key that the log has before this entry',
  'signature/host-only-key': 'a key that leads back to key 1 by signatures',
  'signature/key-not-in-force': 'the key that was in force at this place',
  'signature/not-delegated': 'a delegation of the issuer for this kind and time',
  'signature/unchecked': 'the document of the key',
};

/** Reads an entry's bytes; a problem is reported. */
export function openEntry(
  index: number,
  bytes: Uint8Array,
  leafHash: Uint8Array,
  report: Report,
): AuditedEntry {
  try {
    return { index, bytes, leafHash, entry: parseEntry(bytes) };
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof CanonicalError)) throw error;
    report(
      finding(
        'entry/malformed',
        `entry ${index}`,
        'the form of docs/formats/entry.md',
        error.code,
        error.message,
      ),
    );
    return { index, bytes, leafHash, entry: undefined };
  }
}

/** The public document that must be at hand before this entry is audited, or null. */
export function documentOf({ entry }: AuditedEntry): ContentId | null {
  return entry && DOCUMENTS.has(entry.kind) ? entry.content : null;
}

export class EntryAudit {
  readonly keys: KeyBook;
  readonly facts: Facts;
  readonly seen: { readonly leaves: HashSet; readonly contents: HashSet };
  readonly uncovered: Map<string, Uncovered>;
  /** Entries that no head held when they were audited, in log order. */
  waiting: Waiting[];
  readonly counts: Map<string, number>;
  /** References to what was not recorded yet, by target. Empty at the end of a log, and not in a run that was broken off. */
  readonly openRefs: Map<string, OpenReference>;
  /** Entries before this place were not looked at: what refers to them cannot be told from dangling. */
  private readonly from: number;

  constructor(
    kept?: Partial<
      Pick<EntryAudit, 'keys' | 'facts' | 'seen' | 'uncovered' | 'waiting' | 'counts' | 'openRefs'>
    >,
    from = 0,
  ) {
    this.keys = kept?.keys ?? new KeyBook();
    this.facts = kept?.facts ?? newFacts();
    this.seen = kept?.seen ?? { leaves: new HashSet(), contents: new HashSet() };
    this.uncovered = kept?.uncovered ?? new Map();
    this.waiting = kept?.waiting ?? [];
    this.counts = kept?.counts ?? new Map();
    this.openRefs = kept?.openRefs ?? new Map();
    this.from = from;
  }

  /** @param fetched the answer about `documentOf(each)`; null where that is null */
  audit(each: AuditedEntry, fetched: Fetched | null, anchors: Anchors, report: Report): void {
    const { index, entry, leafHash } = each;
    const leaf = toHex(leafHash);
    if (!this.seen.leaves.add(leafHash))
      report(finding('entry/duplicate', `entry ${index}`, 'bytes that the log has not had', leaf));
    this.openRefs.delete(leaf);
    if (!entry) return;
    this.counts.set(entry.kind, (this.counts.get(entry.kind) ?? 0) + 1);
    this.seen.contents.add(contentIdBytes(entry.content));
    this.openRefs.delete(entry.content);
    this.noteReferences(entry, index);
    const doc = fetched ? this.openDocument(each, entry, fetched, report) : null;
    const isSigned = this.checkSignature(entry, index, doc, leaf, report);
    const isOpenHere = fetched?.kind === 'absent' || fetched?.kind === 'erased';
    if (entry.kind === 'import/v1' && isSigned && (doc || isOpenHere))
      this.cover(entry, doc?.type === 'import/v1' ? doc.manifest : null);
    if (isCoveredKind(entry.kind)) {
      const { issuer, kind, content } = entry;
      this.uncovered.set(leaf, { index, issuer, kind, content });
    }
    factsOfDocument(this.facts, entry, index, doc, report);
    const waiting = checkTimes(entry, index, anchors, report);
    if (waiting) this.waiting.push(waiting);
  }

  /** At the end of the log: an append is recorded whole, so every reference must lead somewhere by now. */
  finish(report: Report): void {
    for (const [target, { index, rel }] of this.openRefs)
      report(
        finding(
          'entry/dangling-reference',
          `entry ${index}`,
          `something recorded as ${target}`,
          'nothing',
          `reference ${rel}`,
        ),
      );
    this.openRefs.clear();
  }

  private noteReferences(entry: Entry, index: number): void {
    // a passport document has no entry of its own; what stands before the place we began at is not ours to judge
    if (this.from > 0) return;
    for (const ref of entry.refs) {
      if (ref.rel === 'passport') continue;
      const isKnown =
        'entry' in ref
          ? this.seen.leaves.has(fromHex(ref.entry))
          : this.seen.contents.has(contentIdBytes(ref.content));
      if (!isKnown) this.openRefs.set('entry' in ref ? ref.entry : ref.content, { index, rel: ref.rel });
    }
  }

  private openDocument(
    { index }: AuditedEntry,
    entry: Entry,
    fetched: Fetched,
    report: Report,
  ): ContentDocument | null {
    const place = `entry ${index}`;
    const without = (): null => {
      if (entry.kind === 'key/v1' || entry.kind === 'delegation/v1') this.keys.addUnread(entry.issuer);
      return null;
    };
    if (fetched.kind === 'erased') {
      report(
        finding('content/erased', place, '', entry.content, `${entry.kind}, removed on ${fetched.date}`),
      );
      // keys, registrations and statuses are missed where something rests on them; an opinion is judged only here
      if (entry.kind === 'opinion/v1')
        report(
          finding('signature/unchecked', place, 'the document that the body signed', 'removed', entry.kind),
        );
      return without();
    }
    if (fetched.kind === 'absent') {
      // whoever records from outside keeps its documents; what rests on one is asked where it does
      const isKept = entry.kind === 'import/v1' || entry.kind === 'delegation/v1';
      const code = isKept ? 'content/not-public' : 'content/withheld';
      report(finding(code, place, entry.content, 'no such document', entry.kind));
      return without();
    }
    if (fetched.kind === 'altered') {
      report(
        finding(
          'content/altered',
          place,
          entry.content,
          fetched.found ?? 'another text, as the source says itself',
          entry.kind,
        ),
      );
      return without();
    }
    const found = contentId(fetched.bytes);
    if (found !== entry.content) {
      report(finding('content/altered', place, entry.content, found, entry.kind));
      return without();
    }
    try {
      const doc = checkDocumentForm(parseStrict(fetched.bytes) as JsonObject);
      const mismatch = mismatchOf(entry, doc, {});
      if (mismatch === null) return doc;
      report(
        finding('entry/not-receipt', place, `receipt of ${entry.content}`, `${mismatch} differs`, entry.kind),
      );
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (typeof code !== 'string') throw error;
      report(finding('content/malformed', place, `a document ${entry.kind}`, code, message));
    }
    return without();
  }

  /** True when the entry's authority holds as far as the log alone tells. EIP-712 is judged with its document. */
  private checkSignature(
    entry: Entry,
    index: number,
    doc: ContentDocument | null,
    leaf: string,
    report: Report,
  ): boolean {
    if (!isSignedKind(entry.kind) || entry.kind === 'opinion/v1') return true;
    const place = `entry ${index}`;
    if (entry.kind === 'key/v1') {
      if (doc?.type !== 'key/v1') return false;
      const isContinuous = this.keys.addKey({ index, entry, doc });
      if (!isContinuous && this.from === 0)
        report(
          finding(
            'key/host-only',
            place,
            'signed by the key before, or the recovery key it names',
            entry.sig?.kid ?? 'nobody',
            doc.kid,
          ),
        );
      return isContinuous;
    }
    const problem = this.keys.judge(entry, index);
    // the keys of before the place we began at are not known
    const isOurs = this.from === 0 || !/unknown-key|host-only-key|not-delegated/.test(problem ?? '');
    if (problem) {
      const code = isOurs ? problem : 'signature/unchecked';
      report(finding(code, place, SENTENCES[code], entry.sig?.kid ?? 'none', entry.kind));
    }
    if (!problem && doc?.type === 'delegation/v1')
      this.keys.addDelegation({ index, leaf, content: entry.content, doc });
    return problem === null;
  }

  /** Without its document a manifest covers by its signed references alone: a leaf hash says kind and content as well. */
  private cover(
    manifest: Entry,
    items: readonly { readonly kind: string; readonly content: string }[] | null,
  ): void {
    const listed = items && new Set(items.map(({ kind, content }) => `${kind} ${content}`));
    for (const ref of manifest.refs) {
      if (ref.rel !== 'covers' || !('entry' in ref)) continue;
      const covered = this.uncovered.get(ref.entry);
      if (covered?.issuer !== manifest.issuer) continue;
      if (!listed || listed.has(`${covered.kind} ${covered.content}`)) this.uncovered.delete(ref.entry);
    }
  }
}
