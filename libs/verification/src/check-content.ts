// content: is this the text that was recorded, and the record for the code scanned?
// Every text has the hash that its entry names; nothing that the passport stands on is missing and nothing is there
// beside; credential and passport say one thing; the token on chain holds this very passport.
import { type ContentId, canonicalize, fromHex, type JsonValue, toHex } from '#lib/canonical';
import { DigitalLinkError, formatPath, parsePath } from '#lib/digital-link';
import { DisclosureError } from '#lib/disclosure';
import { sameAddress } from '#lib/evm';
import { contentWord, textWord, tokenIdOf } from '#lib/opinion';
import { itemLeafData, PassportError, projectDpp } from '#lib/passport';
import { type EntryRef, isWithheld, mismatchOf, type PassportDocument, subjectOf } from '#lib/record';
import { checkInclusion, leafHash } from '#lib/transparency-log';
import type { ChainReading } from './chain-state.ts';
import { checkCopies } from './copies.ts';
import { type AnyDocument, type Opened, ofType, type Parts, surplus, type Want } from './opened.ts';
import { invalid, unknown, type Verdict, valid } from './verdict.ts';

/** The most telling first: a changed text before a missing one, and both before what merely does not fit. */
const GRAVEST = [
  'content/document-altered',
  'content/document-malformed',
  'content/document-missing',
  'content/entry-missing',
];

export function checkContent(
  opened: Opened,
  found: { readonly parts: Parts | null; readonly missing: readonly Want[] },
  scanned: string,
  chain: ChainReading,
): Verdict {
  const { passport } = opened;
  const problems = [...opened.problems];
  if (!passport) {
    const erased = [...opened.erased.values()].find(({ type }) => type === 'passport/v1');
    if (!erased || problems.length > 0)
      return gravest([...problems, invalid('content/document-missing', { type: 'passport/v1' })]);
    return unknown('content/erased', { type: erased.type, date: erased.erased });
  }
  const keys = keyChain(opened);
  const gone = [...found.missing, ...keys.missing];
  const erased = gone.map((want) => erasedOf(opened, want)).filter((each) => each !== null);
  for (const want of gone)
    if (erasedOf(opened, want) === null)
      problems.push(invalid('content/document-missing', { type: want.type }, idEvidence(want)));
  problems.push(...surplusDocuments(opened, found.parts, keys.ids));
  problems.push(...checkEntries(opened, erased.length > 0));
  problems.push(...checkCredential(opened, passport.doc, passport.id));
  // beside a removed text its own parts may be removed too; where nothing is missing, no stub has any business
  if (gone.length === 0) for (const [id, { type }] of opened.erased) problems.push(surplus(type, id));
  if (found.parts) problems.push(...checkCopies(passport.doc, found.parts, keys.current));
  if (opened.bundle.registrations.length !== (passport.doc.opinion ? 1 : 0))
    problems.push(invalid('content/malformed', { pointer: '/registrations' }));
  problems.push(...checkToken(passport.doc, passport.id, chain));
  problems.push(...checkCode(opened, passport.doc, scanned));
  if (problems.length > 0) return gravest(problems);
  if (erased[0]) return unknown('content/erased', { type: erased[0].type, date: erased[0].erased });
  return valid('content/recorded', { documents: String(opened.documents.size) }, [
    { what: 'passport', value: passport.id },
    { what: 'token', value: passport.doc.chain.tokenId },
  ]);
}

function gravest(problems: readonly Verdict[]): Verdict {
  const first =
    GRAVEST.flatMap((code) => problems.filter((problem) => problem.code === code))[0] ?? problems[0]!;
  const others = problems.filter((problem) => problem !== first).slice(0, 20);
  return {
    ...first,
    evidence: [...first.evidence, ...others.map(({ code }) => ({ what: 'also', value: code }))],
  };
}

const idEvidence = ({ id }: Want) => (id ? [{ what: 'document', value: id }] : []);

/** The removed document that stands for a missing one; one without an id only when its type is the only clue. */
function erasedOf(
  opened: Opened,
  { type, id }: Want,
): { readonly type: string; readonly erased: string } | null {
  if (id) {
    const found = opened.erased.get(id);
    return found?.type === type ? found : null;
  }
  return [...opened.erased.values()].find((each) => each.type === type) ?? null;
}

/** The key that the credential's entry names, and its predecessors down to key 1. */
function keyChain(opened: Opened) {
  const ids = new Set<ContentId>();
  const missing: Want[] = [];
  const ref = opened.credentialEntry && contentRef(opened.credentialEntry.entry.refs, 'key');
  let next: ContentId | null = ref ?? null;
  let current: AnyDocument | null = null;
  while (next && !ids.has(next)) {
    const key: AnyDocument | undefined = opened.documents.get(next);
    if (key?.doc.type !== 'key/v1') {
      missing.push({ type: 'key/v1', id: next });
      break;
    }
    ids.add(next);
    current ??= key;
    next = key.doc.previous;
  }
  return { ids, missing, current: current?.doc.type === 'key/v1' ? current.doc : null };
}

function contentRef(refs: readonly EntryRef[], rel: string): ContentId | undefined {
  const found = refs.find((ref) => ref.rel === rel);
  return found && 'content' in found ? found.content : undefined;
}

function surplusDocuments(opened: Opened, parts: Parts | null, keys: ReadonlySet<ContentId>): Verdict[] {
  if (!parts) return [];
  const { organisation, facility, product, batch, footprint, activities, opinion, registration } = parts;
  const wanted = new Set<ContentId>(keys);
  for (const part of [
    organisation,
    facility,
    product,
    batch,
    footprint,
    ...activities,
    opinion,
    registration,
  ])
    if (part) wanted.add(part.id);
  if (opened.passport) wanted.add(opened.passport.id);
  const leaves = new Set(opened.entries.map(({ leafHash: leaf }) => toHex(leaf)));
  for (const manifest of ofType(opened.documents, 'import/v1')) {
    const entry = opened.entries.find(({ entry: { content } }) => content === manifest.id)?.entry;
    if (entry?.refs.some((ref) => ref.rel === 'covers' && 'entry' in ref && leaves.has(ref.entry)))
      wanted.add(manifest.id);
  }
  return [...opened.documents.values()]
    .filter(({ id }) => !wanted.has(id))
    .map(({ id, doc }) => surplus(doc.type, id));
}

/** One entry for each document and one document for each entry; the passport's entry is its credential's. */
function checkEntries(opened: Opened, isPartErased: boolean): Verdict[] {
  const problems: Verdict[] = [];
  const receipts = new Set<ContentId>();
  for (const { entry, index } of opened.entries) {
    if (entry.kind === 'credential/v1' && opened.credentialEntry?.index === index) continue;
    const document = opened.documents.get(entry.content);
    const isReceipt = document !== undefined && !receipts.has(entry.content) && isReceiptOf(document, entry);
    if (isReceipt) receipts.add(entry.content);
    else if (!opened.erased.has(entry.content) && !(isPartErased && entry.kind === 'import/v1'))
      problems.push(invalid('content/entry-surplus', {}, [{ what: 'entry', value: String(index) }]));
  }
  for (const { id, doc } of opened.documents.values())
    if (doc.type !== 'passport/v1' && !receipts.has(id))
      problems.push(invalid('content/entry-missing', { type: doc.type }, [{ what: 'document', value: id }]));
  return problems;
}

function isReceiptOf({ doc, salts }: AnyDocument, entry: Parameters<typeof mismatchOf>[0]): boolean {
  try {
    return mismatchOf(entry, doc, salts) === null;
  } catch (error) {
    if (error instanceof DisclosureError) return false; // said already: the text is not the recorded one
    throw error;
  }
}

function checkCredential(opened: Opened, passport: PassportDocument, id: ContentId): Verdict[] {
  const { credential, credentialEntry, bundle } = opened;
  const differs = (pointer: string) => [invalid('content/credential-differs', { pointer })];
  if (!credential) return []; // said already
  if (!credentialEntry) return [invalid('content/entry-missing', { type: 'credential/v1' })];
  const { refs, subject } = credentialEntry.entry;
  const opinion = passport.opinion?.content;
  if (contentRef(refs, 'passport') !== id) return differs('/refs/passport');
  if (contentRef(refs, 'footprint') !== passport.footprint.content) return differs('/refs/footprint');
  if (contentRef(refs, 'opinion') !== opinion) return differs('/refs/opinion');
  if (subject !== subjectOf(passport)) return differs('/subject');
  const url = credential.payload.id;
  if (typeof url !== 'string' || !url.endsWith(`/passports/${bundle.release}`)) return differs('/id');
  try {
    const projected = projectDpp(passport, { id: url, content: id });
    const pointer = firstDifference(projected, credential.payload);
    return pointer === null ? [] : differs(pointer);
  } catch (error) {
    if (error instanceof PassportError) return differs('/credentialSubject');
    throw error;
  }
}

/** Pointer of the first member that is not the same, or null; by RFC 8785 bytes. */
export function firstDifference(a: JsonValue | undefined, b: JsonValue | undefined, at = ''): string | null {
  if (a !== undefined && b !== undefined && canonicalize(a) === canonicalize(b)) return null;
  const [left, right] = [membersOf(a), membersOf(b)];
  if (!left || !right || Array.isArray(a) !== Array.isArray(b)) return at || '/';
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const pointer = firstDifference(left[key], right[key], `${at}/${key}`);
    if (pointer !== null) return pointer;
  }
  return at || '/';
}

function membersOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> | null {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, JsonValue>>) : null;
}

/** The passport names its token; the token, when it can be read, names the passport. */
function checkToken(passport: PassportDocument, id: ContentId, chain: ChainReading): Verdict[] {
  const { issuer, product, batch, release, supersedes } = passport;
  const words = {
    issuer: issuer.address.toLowerCase(),
    product: textWord(product.id),
    lot: textWord(batch.lot),
  };
  const idOf = (n: number) => String(tokenIdOf({ ...words, release: String(n) }));
  const differs = (pointer: string) => [invalid('content/passport-differs', { type: 'token', pointer })];
  if (passport.chain.tokenId !== idOf(release)) return differs('/chain/tokenId');
  if (supersedes !== (release === 1 ? null : idOf(release - 1))) return differs('/supersedes');
  if (chain.kind !== 'read' || !chain.token) return [];
  const { token } = chain;
  const same =
    token.content === contentWord(id) &&
    sameAddress(token.issuer, issuer.address) &&
    token.release === BigInt(release) &&
    token.logId === passport.chain.logId;
  return same
    ? []
    : [invalid('content/token-differs', {}, [{ what: 'content on chain', value: token.content }])];
}

/** Product and lot of the code are the passport's; a serial is a leaf of the passport's item tree. */
function checkCode({ bundle }: Opened, passport: PassportDocument, scanned: string): Verdict[] {
  const other = [invalid('content/other-code', { recorded: passport.code, scanned })];
  const { item } = bundle;
  let serial: string | undefined;
  try {
    const code = parsePath(scanned);
    ({ serial } = code);
    const { serial: _, ...batchCode } = code;
    const printed = formatPath(batchCode);
    if (printed !== passport.code || formatPath(code) !== formatPath(parsePath(bundle.code))) return other;
    const { product } = passport;
    const isProduct =
      code.kind === 'gtin'
        ? product.gtin === code.gtin
        : product.idScheme === 'own' &&
          product.id.endsWith(formatPath({ kind: 'own', org: code.org, product: code.product }));
    if (!isProduct || code.lot !== passport.batch.lot) return other;
  } catch (error) {
    if (error instanceof DigitalLinkError) return other;
    throw error;
  }
  if (serial === undefined) return item === null ? [] : other;
  if (!item) return [invalid('content/item-missing', { serial })];
  const { items } = passport;
  const isMember =
    items !== null &&
    item.serial === serial &&
    checkInclusion({
      leafHash: leafHash(itemLeafData(item.serial, item.salt)),
      index: item.index,
      size: BigInt(items.count),
      proof: item.proof,
      root: fromHex(items.root),
    });
  if (!isMember) return [invalid('content/item-not-in-batch', { serial })];
  const { quantity } = passport.batch;
  // "pieces" is the only unit items can be counted in; other batches are not compared
  const signed = isWithheld(quantity) || !/^pieces?$/.test(quantity.unit) ? null : quantity.value;
  if (signed !== null && /^\d+$/.test(signed) && BigInt(items.count) > BigInt(signed))
    return [invalid('content/item-not-in-batch', { serial })];
  return [];
}
