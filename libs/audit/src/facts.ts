// What entries and their documents say that the chain says too.
import { CanonicalError, type ContentId, type JsonValue, sha256, toHex, utf8 } from '#lib/canonical';
import { EvmError, formatData, parseTime } from '#lib/evm';
import { OpinionError, opinionDigest, readOpinion, recoverBody } from '#lib/opinion';
import type {
  ContentDocument,
  Entry,
  OpinionDocument,
  RegistrationDocument,
  StatusDocument,
} from '#lib/record';
import { finding, type Report } from './finding.ts';

export type RegistrationFact = {
  readonly index: number;
  readonly content: ContentId;
  readonly registrar: string;
  readonly body: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly scope: string;
};
export type CredentialFact = {
  readonly index: number;
  /** DID. */
  readonly issuer: string;
  readonly content: ContentId;
  readonly time: string;
  /** Content id of the opinion that the entry names, or null. */
  readonly opinion: string | null;
};
export type OpinionFact = {
  readonly index: number;
  readonly content: ContentId;
  readonly opinionId: string;
  readonly body: string;
  readonly footprint: string;
  /** What it concludes, as the message's text: opinion, number, unit, boundary. */
  readonly says: string;
  readonly digest: string;
  readonly isSigned: boolean;
  readonly domain: string;
};
export type StatusFact = { readonly index: number; readonly doc: StatusDocument };

export type Facts = {
  /** By content id. */
  readonly registrations: Map<string, RegistrationFact>;
  /** By the content id of the passport: one of each issuer, for anybody may name what is public. */
  readonly credentials: Map<string, CredentialFact[]>;
  readonly opinions: OpinionFact[];
  readonly statuses: StatusFact[];
  /** Kinds of which a document could not be had: what seems to be missing of them may be that one. */
  readonly unread: Set<string>;
  /** Recorded files, content id to kind: pages and methods. */
  readonly files: Map<string, string>;
};

export function newFacts(): Facts {
  return {
    registrations: new Map(),
    credentials: new Map(),
    opinions: [],
    statuses: [],
    unread: new Set(),
    files: new Map(),
  };
}

const UNREADABLE: ReadonlySet<string> = new Set(['registration/v1', 'opinion/v1', 'status/v1']);

/** @param doc the entry's public document, when there is one and it is its */
export function factsOfDocument(
  facts: Facts,
  entry: Entry,
  index: number,
  doc: ContentDocument | null,
  report: Report,
): void {
  const { kind, content } = entry;
  if (kind === 'page/v1' || kind === 'method/v1') facts.files.set(content, kind);
  if (!doc && UNREADABLE.has(kind)) facts.unread.add(kind);
  if (kind === 'credential/v1') noteCredential(facts, entry, index, report);
  if (doc?.type === 'registration/v1')
    facts.registrations.set(content, registrationFact(doc, content, index));
  if (doc?.type === 'status/v1') facts.statuses.push({ index, doc });
  if (doc?.type === 'opinion/v1') noteOpinion(facts, entry, index, doc, report);
}

function noteCredential(
  facts: Facts,
  { issuer, refs, content, time }: Entry,
  index: number,
  report: Report,
): void {
  const target = (rel: string) => refs.find((ref) => ref.rel === rel && 'content' in ref);
  const passport = target('passport');
  const opinion = target('opinion');
  if (!passport || !('content' in passport)) return;
  const all = facts.credentials.get(passport.content) ?? [];
  const before = all.find((each) => each.issuer === issuer);
  if (before?.content === content) return;
  if (before) {
    const detail = `two credentials for ${passport.content}`;
    report(
      finding(
        'passport/two-credentials',
        `entry ${index}`,
        `${before.content} of entry ${before.index}`,
        content,
        detail,
      ),
    );
    return;
  }
  const named = opinion && 'content' in opinion ? opinion.content : null;
  facts.credentials.set(passport.content, [...all, { index, issuer, content, time, opinion: named }]);
}

function registrationFact(doc: RegistrationDocument, content: ContentId, index: number): RegistrationFact {
  return {
    index,
    content,
    registrar: doc.registrar.toLowerCase(),
    body: doc.body.toLowerCase(),
    validFrom: String(parseTime(doc.validFrom)),
    validUntil: String(parseTime(doc.validUntil)),
    scope: `0x${toHex(sha256(utf8(doc.scope)))}`,
  };
}

function noteOpinion(facts: Facts, entry: Entry, index: number, doc: OpinionDocument, report: Report): void {
  const place = `entry ${index}`;
  try {
    const { message, domain, signature } = readOpinion(doc as JsonValue);
    if (entry.sig?.value !== signature)
      report(
        finding(
          'signature/bad',
          place,
          signature,
          entry.sig?.value ?? 'none',
          'the entry repeats another signature than its document',
        ),
      );
    const signer = recoverBody(message, domain, signature);
    const same = facts.opinions.find(({ content }) => content === entry.content);
    if (same) return;
    facts.opinions.push({
      index,
      content: entry.content,
      opinionId: message.opinionId,
      body: message.body.toLowerCase(),
      footprint: message.footprint,
      says: [message.opinion, message.number, message.unit, message.boundary].join(' · '),
      digest: formatData(opinionDigest(message, domain)),
      isSigned: signer !== null && signer.toLowerCase() === message.body.toLowerCase(),
      domain: domainText(domain.chainId, domain.verifyingContract, domain.salt),
    });
  } catch (error) {
    if (!(error instanceof OpinionError || error instanceof EvmError || error instanceof CanonicalError))
      throw error;
    report(
      finding(
        'content/malformed',
        place,
        'an opinion as docs/formats/opinion.md gives it',
        error.code,
        error.message,
      ),
    );
  }
}

export const domainText = (chainId: string, contract: string, salt: string): string =>
  `chain ${chainId}, ${contract.toLowerCase()}, salt ${salt.toLowerCase()}`;
