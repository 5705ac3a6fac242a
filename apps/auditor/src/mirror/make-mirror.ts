// A static copy of everything public: the log, the documents behind its entries, the minted passports with their pages.
// Order of a run: log (proven by its signed root), contents (proven by their hashes), passports (checked), then the
// checkpoint, then `mirror.json`. If we crash between two of them the folder is an older, whole mirror with more in it.
import { contentId, fromUtf8, isJsonObject, parseStrict, toHex } from '#lib/canonical';
import { documentId } from '#lib/disclosure';
import { type DocumentType, type Entry, HIDEABLE } from '#lib/record';
import { openCheckpoint, type VerifierKey } from '#lib/transparency-log';
import { type Root, readRoot } from '#lib/verification';
import type { LogSource } from '../log-source.ts';
import { copyLog, MirrorError, readEntries } from './copy-log.ts';
import { copyPassport, type Outcome } from './copy-passports.ts';
import { contentPath, didPath, erasedPath, MIRROR_FILE, MIRROR_FORMAT, type MirrorFacts } from './layout.ts';
import { MirrorFolder } from './mirror-folder.ts';
import { openSource } from './mirror-source.ts';
import { ServicePages } from './service-pages.ts';

export type MirrorOrder = {
  /** Address of the service. */
  readonly url: string;
  readonly folder: string;
  /** The reader's own root; null: the service's is taken, and believed. */
  readonly root: Root | null;
  /** RFC 3339. */
  readonly now: string;
  /** Fetch again what could have been removed or corrected since: contents and passports. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
};

export type MirrorReport = {
  readonly facts: MirrorFacts;
  /** Size that the folder had before. */
  readonly from: bigint;
  readonly tiles: number;
  readonly contents: number;
  readonly passports: Readonly<Record<Outcome, number>>;
  /** Files written in this run. */
  readonly written: number;
};

/** Kinds whose documents anybody may read at `/log/contents/`. */
const PUBLIC_KINDS: readonly string[] = [
  'key/v1',
  'delegation/v1',
  'organisation/v1',
  'import/v1',
  'opinion/v1',
  'registration/v1',
  'correction/v1',
  'withdrawal/v1',
  'status/v1',
];

/** @throws MirrorError, SourceError, LogError, VerificationError */
export async function makeMirror(order: MirrorOrder): Promise<MirrorReport> {
  const { say } = order;
  const source = await openSource(order.url);
  if (source.kind === 'mirror')
    throw new MirrorError(
      `${source.name} is a mirror itself: copy its files, with any tool that copies files`,
    );
  const pages = new ServicePages(source.name);
  const rootBytes = await source.page('verify/root.json');
  const served = readRoot(fromUtf8(rootBytes));
  const root = order.root ?? served;
  if (!order.root)
    say(
      'no --root was given: the service itself says which log this is. Compare verify/root.json with a root from elsewhere',
    );
  const { key } = root.log;
  if (!sameKey(key, served.log.key))
    throw new MirrorError(
      `the service has the log ${served.log.key.name} with key ${served.log.key.keyId}, the root given names ${key.name} with key ${key.keyId}`,
    );
  const folder = await MirrorFolder.open(order.folder);
  const kept = await folder.read('log/checkpoint');
  const before = kept ? openCheckpoint(fromUtf8(kept), key) : null;
  const note = await source.checkpoint();
  const now = openCheckpoint(note, key);
  const tiles = await copyLog(source, folder, before, now, say).catch(async (error: unknown) => {
    await folder.discard();
    throw error;
  });
  const from = before?.size ?? 0n;
  const { contents, identities } = await copyContents(
    source,
    folder,
    order,
    order.refresh ? 0n : from,
    now.size,
  );
  await copyIdentities(pages, folder, identities);
  await folder.writeListed('verify/root.json', rootBytes);
  const { releases, passports } = await copyReleases(pages, folder, source.name, root, order);
  await folder.write('log/checkpoint', note);
  const facts: MirrorFacts = {
    format: MIRROR_FORMAT,
    source: source.name,
    origin: now.origin,
    time: order.now,
    size: String(now.size),
    root: toHex(now.root),
    releases,
    files: folder.hashes,
  };
  await folder.writeListed('index.html', frontPage(facts));
  await folder.write(MIRROR_FILE, `${JSON.stringify(facts, null, 1)}\n`);
  return { facts, from, tiles, contents, passports, written: folder.written };
}

const sameKey = (a: VerifierKey, b: VerifierKey) =>
  a.name === b.name && Buffer.from(a.publicKey).equals(b.publicKey);

/** @returns how many documents were written, and the did:web documents that the new entries' issuers have */
async function copyContents(
  source: LogSource,
  folder: MirrorFolder,
  { refresh, say }: MirrorOrder,
  from: bigint,
  size: bigint,
): Promise<{ contents: number; identities: ReadonlySet<string> }> {
  let contents = 0;
  const identities = new Set<string>();
  for await (const entry of readEntries(folder, from, size)) {
    const identity = didPath(entry.issuer);
    if (identity !== null) identities.add(identity);
    if (!PUBLIC_KINDS.includes(entry.kind)) continue;
    const path = contentPath(entry.content);
    if (!refresh && (await folder.has(path))) continue;
    const answer = await source.content(entry.content);
    if (answer.kind === 'erased') {
      // what was removed there is removed here
      await folder.remove(path);
      await folder.write(erasedPath(entry.content), `${JSON.stringify({ date: answer.date })}\n`);
    }
    if (answer.kind !== 'found') continue;
    if (isDocument(entry, answer.bytes)) {
      await folder.write(path, answer.bytes);
      contents += 1;
    } else say(`another text stands under ${entry.content}: it is not copied`);
  }
  return { contents, identities };
}

/** Attacker-controlled: what cannot be read, or is spelt otherwise, is not the document. */
function isDocument({ kind, content }: Entry, bytes: Uint8Array): boolean {
  if (contentId(bytes) !== content) return false;
  try {
    const doc = parseStrict(bytes);
    const patterns = HIDEABLE[kind as DocumentType];
    return isJsonObject(doc) && doc.type === kind && documentId(doc, patterns, {}) === content;
  } catch {
    return false;
  }
}

/** did:web documents change, so those of all issuers are fetched at each run: of those met now and those here. */
async function copyIdentities(
  pages: ServicePages,
  folder: MirrorFolder,
  met: ReadonlySet<string>,
): Promise<void> {
  const known = (await folder.list('o')).map((slug) => `o/${slug}/did.json`);
  for (const path of new Set(['.well-known/did.json', ...known, ...met])) {
    const page = await pages.get(path, 'application/json');
    if (page) await folder.writeListed(path, page.bytes);
  }
}

async function copyReleases(
  pages: ServicePages,
  folder: MirrorFolder,
  source: string,
  root: Root,
  { now, refresh, say }: MirrorOrder,
): Promise<{ releases: string[]; passports: Record<Outcome, number> }> {
  const passports: Record<Outcome, number> = { copied: 0, kept: 0, refused: 0, gone: 0 };
  const releases: string[] = [];
  for await (const release of pages.releases()) {
    const outcome = await copyPassport({ pages, folder, source, root, now, refresh, say }, release);
    passports[outcome] += 1;
    if (outcome === 'copied' || outcome === 'kept') releases.push(release);
  }
  return { releases, passports };
}

/** Says what this is; the passports have pages of their own and are not listed for people. */
function frontPage({ origin, source, size, root, time }: MirrorFacts): string {
  const text = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Anchorleaf 碳锚</title></head><body><main>
<h1>A copy of the ledger ${text(origin)}</h1>
<p>Made of ${text(source)} at ${text(time)}: ${text(size)} entries, root <code>${text(root)}</code>. Nobody has to believe this copy: its log, passports and pages are checked as the original's are. Printed codes lead to passports here by the same paths.</p>
<p lang="zh-CN">账本 ${text(origin)} 的副本，${text(time)} 取自 ${text(source)}，共 ${text(size)} 条账目。无须信任本副本：核验方法与原件相同。</p>
<ul><li><a href="log/checkpoint">log/checkpoint</a></li><li><a href="verify/root.json">verify/root.json</a></li><li><a href="mirror.json">mirror.json</a></li></ul>
</main></body></html>
`;
}
