// Entries and tiles, in log order and a few tiles ahead: fetched side by side, judged one after the other. Between two tiles
// the state is whole, so a run that is broken off can go on from there.
import {
  type Anchors,
  type AuditedEntry,
  checkClaim,
  checkTile,
  documentOf,
  type EntryAudit,
  type ExpectedTile,
  type Fetched,
  type Finding,
  finding,
  type HeadClaim,
  openEntry,
  type Report,
  type TreeReplay,
} from '#lib/audit';
import { type ContentId, contentId, equalBytes, toHex } from '#lib/canonical';
import { decodeEntryTile, decodeTile, LogError, leafHash, tilePath } from '#lib/transparency-log';
import { type LogSource, SourceError } from './log-source.ts';
import type { TileReader } from './tile-reader.ts';

export type Progress = { readonly done: number; readonly of: number };

export type Replay = {
  readonly source: LogSource;
  readonly reader: TileReader;
  readonly tree: TreeReplay;
  readonly entries: EntryAudit;
  readonly anchors: Anchors;
  /** Heads of sizes that are passed on the way, smallest first. */
  readonly claims: readonly HeadClaim[];
  readonly report: Report;
  onDiffering(claim: HeadClaim): void;
  progress(progress: Progress): void;
  save(): Promise<void>;
};

const WIDTH = 256;
const TILES_AHEAD = 8;
const DOCUMENTS_AT_ONCE = 16;
const SAVE_EVERY_MS = 30_000;

type Prepared = {
  readonly entries: readonly AuditedEntry[];
  readonly documents: ReadonlyMap<ContentId, Fetched>;
  readonly problems: readonly Finding[];
};

/** @throws SourceError, and what `report` throws */
export async function replayEntries(replay: Replay): Promise<void> {
  const { reader, tree, report, source } = replay;
  const claims = [...replay.claims];
  const ahead: Promise<Prepared>[] = [];
  const upper: ExpectedTile[] = [];
  const last = Math.ceil(reader.size / WIDTH);
  let next = Math.floor(tree.size / WIDTH);
  let savedAt = performance.now();
  while (tree.size < reader.size) {
    for (; ahead.length < TILES_AHEAD && next < last; next++) {
      const prepared = prepareTile(replay, next, tree.size);
      prepared.catch(() => undefined); // awaited below; a failure ahead of its turn is none yet
      ahead.push(prepared);
    }
    const { entries, documents, problems } = await ahead.shift()!;
    for (const problem of problems) report(problem);
    if (entries.length === 0)
      throw new SourceError('malformed', `${source.name}: an entry tile that cannot be read`);
    auditTile(replay, entries, documents, claims, upper);
    await checkUpper(source, upper.splice(0), report);
    replay.progress({ done: tree.size, of: reader.size });
    if (performance.now() - savedAt > SAVE_EVERY_MS) {
      await replay.save();
      savedAt = performance.now();
    }
  }
  const edge = tree.edge().filter(({ path }) => !path.startsWith('tile/0/'));
  await checkUpper(source, edge, report);
}

/** No waiting in here: either all of a tile is in the state, or nothing of it. */
function auditTile(
  { tree, entries: audit, anchors, report, onDiffering }: Replay,
  entries: readonly AuditedEntry[],
  documents: ReadonlyMap<ContentId, Fetched>,
  claims: HeadClaim[],
  upper: ExpectedTile[],
): void {
  const first = tree.size;
  const leaves = entries.map((entry) => entry.leafHash);
  for (let claim = claims[0]; claim && claim.size <= first + leaves.length; claim = claims[0]) {
    claims.shift();
    const problem = checkClaim(claim, tree.rootWith(leaves.slice(0, claim.size - first)));
    if (!problem) continue;
    onDiffering(claim);
    report(problem);
  }
  for (const entry of entries) {
    const id = documentOf(entry);
    audit.audit(entry, id === null ? null : documents.get(id)!, anchors, report);
  }
  upper.push(...tree.append(leaves).filter(({ path }) => !path.startsWith('tile/0/')));
}

async function checkUpper(source: LogSource, tiles: readonly ExpectedTile[], report: Report): Promise<void> {
  for (const tile of tiles) checkTile(tile, await source.tile(tile.path), report);
}

/** Fetches a tile of entries and its hashes and documents; nothing here touches the state. */
async function prepareTile({ source, reader, tree }: Replay, tile: number, done: number): Promise<Prepared> {
  const problems: Finding[] = [];
  const note: Report = (problem) => problems.push(problem);
  const { path: hashPath, width } = reader.pathOf(0, tile);
  const path = tilePath({ level: 'entries', index: BigInt(tile), width });
  const [bytes, hashBytes] = await Promise.all([source.tile(path), source.tile(hashPath)]);
  const raw = open(() => decodeEntryTile(bytes, width), path, note);
  const hashes = open(() => decodeTile(hashBytes, width), hashPath, note);
  const skip = Math.max(0, done - WIDTH * tile);
  const known = skip > 0 ? tree.openLeaves : [];
  const entries: AuditedEntry[] = [];
  for (const [at, entry] of (raw ?? []).entries()) {
    const index = WIDTH * tile + at;
    const hash = leafHash(entry);
    const served = hashes?.[at];
    if (served && !equalBytes(served, hash)) note(differing(index, served, hash, `its hash in ${hashPath}`));
    const before = known[at];
    if (at < skip) {
      if (before && !equalBytes(before, hash))
        note(differing(index, before, hash, 'as an earlier run saw it'));
    } else entries.push(openEntry(index, entry, hash, note));
  }
  return { entries, documents: await fetchDocuments(source, entries), problems };
}

const differing = (index: number, expected: Uint8Array, found: Uint8Array, detail: string): Finding =>
  finding('entry/altered', `entry ${index}`, toHex(expected), toHex(found), detail);

function open<T>(decode: () => T, path: string, report: Report): T | null {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    report(finding('tile/malformed', path, 'a tile as docs/formats/log.md gives it', error.message));
    return null;
  }
}

async function fetchDocuments(
  source: LogSource,
  entries: readonly AuditedEntry[],
): Promise<ReadonlyMap<ContentId, Fetched>> {
  const wanted = [...new Set(entries.flatMap((entry) => documentOf(entry) ?? []))];
  const documents = new Map<ContentId, Fetched>();
  const fetchNext = async (): Promise<void> => {
    for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
      const answer = await source.content(id);
      const found = answer.kind === 'found' ? contentId(answer.bytes) : id;
      // what is not the document is named and not kept: a tile of such answers would fill the memory
      documents.set(id, found === id ? answer : { kind: 'altered', found });
    }
  };
  await Promise.all(Array.from({ length: Math.min(DOCUMENTS_AT_ONCE, wanted.length) }, fetchNext));
  return documents;
}
