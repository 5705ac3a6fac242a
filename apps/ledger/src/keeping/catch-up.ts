// An older state of this log takes from a mirror what it has lost: the entries that were recorded after it, and the
// public documents behind them. One transaction: the new tree has to be the one that this log's own key has signed, or
// nothing is kept. Private documents are in no mirror: their entries stand, their content is missing, and is called so.
import { DataSource } from 'typeorm';
import { type ContentId, contentId, equalBytes, isJsonObject, parseStrict, toHex } from '#lib/canonical';
import { documentId } from '#lib/disclosure';
import { DOCUMENT_TYPES, type DocumentType, type Entry, HIDEABLE, parseEntry } from '#lib/record';
import {
  type Checkpoint,
  decodeEntryTile,
  growLog,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rootPlan,
  runPlan,
  tilePath,
} from '#lib/transparency-log';
import { ChainService } from '../chain/chain.service.ts';
import { RpcUnreachable } from '../chain/json-rpc.ts';
import { openChain } from '../chain/open-chain.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { databaseOptions } from '../database/data-source.ts';
import { DatabaseUrl } from '../database/database-url.ts';
import { openDatabase } from '../database/open-database.ts';
import { DocumentsService } from '../documents/documents.service.ts';
import { type Installation, openInstallation } from '../installation/installation.ts';
import type { Head } from '../log/batch-commit.ts';
import { CheckpointSigner } from '../log/checkpoint-signer.ts';
import type { CheckedEntry } from '../log/entry-checks.ts';
import { readNodes, writeBatch } from '../log/log-store.ts';
import { beginEpoch, checkAgainstChain, checkStore, LogStopped } from '../log/start-up.ts';
import { WriterConnection } from '../log/writer-connection.ts';
import { WriterLease } from '../log/writer-lease.ts';
import type { Random } from '../random.ts';
import { KeepingError } from './backup-folder.ts';

/** A mirror or service of this log; paths as in docs/formats/log.md. */
export type MirrorSource = {
  readonly name: string;
  checkpoint(): Promise<string>;
  tile(path: string): Promise<Uint8Array>;
  content(id: ContentId): Promise<{ readonly kind: string; readonly bytes?: Uint8Array }>;
};

export type CatchUpReport = {
  readonly from: bigint;
  readonly size: bigint;
  /** Hex. */
  readonly root: string;
  readonly documents: number;
  /** Entries of these kinds whose document is not here, by kind. */
  readonly missing: ReadonlyMap<string, number>;
  /** Null: the service may write. Else why not yet. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
};

type Say = (line: string) => void;
/** Entries that are written by one statement. */
const AT_ONCE = 20n * 256n;
const PROGRESS_EVERY = 51_200n;

/**
 * Needs the data folder for itself: the service is stopped.
 * @throws KeepingError, StartError, LogStopped, SourceError; nothing was changed then
 */
export async function catchUp(
  config: Config,
  mirror: MirrorSource,
  clock: Clock,
  random: Random,
  say: Say,
): Promise<CatchUpReport> {
  const installation = await openInstallation(config, clock, random);
  const closers: (() => Promise<unknown>)[] = [() => installation.close()];
  try {
    if (installation.isFirstStart)
      throw new KeepingError(`${installation.dataDir} holds no log: restore a backup first`);
    const running = await openDatabase(config, installation, say);
    closers.push(running.stop);
    const opened = await openChain(config, installation, say);
    closers.push(opened.stop);
    const chain = new ChainService(opened.chain);
    const database = await new DataSource(databaseOptions(running.url)).initialize();
    closers.push(() => database.destroy());
    const lease = new WriterLease(new DatabaseUrl(running.url, running.isEmbedded));
    if (!(await lease.take(() => undefined)))
      throw new KeepingError('another process writes this log: stop it first');
    closers.push(() => lease.release());
    return await takeOver({ installation, database, chain, clock, say }, mirror);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

type Ground = {
  readonly installation: Installation;
  readonly database: DataSource;
  readonly chain: ChainService;
  readonly clock: Clock;
  readonly say: Say;
};

async function takeOver(ground: Ground, mirror: MirrorSource): Promise<CatchUpReport> {
  const { installation, database, chain, clock, say } = ground;
  const verifierKey = installation.logVerifierKey;
  const { logId, genesis } = chain.facts;
  const identity = { origin: installation.origin, logId, genesis, verifierKey };
  const row = await beginEpoch(database, identity, clock.now());
  const head = await checkStore(database, identity, row);
  const note = await mirror.checkpoint();
  const theirs = openCheckpoint(note, parseVerifierKey(verifierKey));
  await requireSameLog(database, head, theirs, mirror.name);
  const from = head.frontier.size;
  if (theirs.size > from) {
    say(`${mirror.name} has ${theirs.size} entries, this database ${from}: taking ${theirs.size - from}`);
    await takeEntries(ground, mirror, head, row.epoch, { ...theirs, note });
  }
  const documents = await takeDocuments(ground, mirror);
  const { size, root } = theirs.size > from ? theirs : { size: from, root: head.root };
  return {
    from,
    size,
    root: toHex(root),
    documents,
    missing: await countMissing(database),
    stopped: await judgeChain(ground, size),
  };
}

/** An older mirror must be a part of ours: the same key never signed two logs. */
async function requireSameLog(
  database: DataSource,
  head: Head,
  theirs: Checkpoint,
  name: string,
): Promise<void> {
  if (theirs.size > head.frontier.size || theirs.size === 0n) return;
  const plan = rootPlan(theirs.size);
  const [ours] = runPlan(plan, await readNodes(database, plan.flat()));
  if (ours && equalBytes(ours, theirs.root)) return;
  throw new LogStopped(
    'log/forked',
    `at size ${theirs.size} ${name} has root ${toHex(theirs.root)}, this database has ${ours && toHex(ours)}, and the log's key signed both: nothing is changed. Find out who signs with this key`,
  );
}

async function takeEntries(
  { installation, database, clock, say }: Ground,
  mirror: MirrorSource,
  head: Head,
  epoch: bigint,
  to: Checkpoint & { readonly note: string },
): Promise<void> {
  const signer = new CheckpointSigner(installation.origin, installation.logSecretKey);
  const writer = await WriterConnection.open(database);
  try {
    await writer.begin();
    for (let now = head; now.frontier.size < to.size; ) {
      const { size } = now.frontier;
      const end = size + AT_ONCE < to.size ? size + AT_ONCE : to.size;
      const entries = await readEntries(mirror, size, end, to.size);
      const grown = growLog(
        now.frontier,
        entries.map((entry) => entry.leafHash),
      );
      const isLast = end === to.size;
      if (isLast && !equalBytes(grown.root, to.root))
        throw new KeepingError(
          `the entries of ${mirror.name} give root ${toHex(grown.root)} at size ${to.size}, its checkpoint says ${toHex(to.root)}: nothing was kept. That mirror is damaged, or this database has recorded entries of its own since the backup, and the log has two continuations. Take another mirror to tell`,
        );
      // heads on the way are signed by us, and seen by nobody unless the last one is the signed one
      const note = isLast ? to.note : signer.sign(end, grown.root);
      const from = { size, root: now.root, epoch };
      const next = { size: end, root: grown.root, time: later(clock.now(), now.time), note };
      if (!(await writeBatch(writer, { from, to: next, entries, runs: grown.runs })))
        throw new KeepingError('another process has written to the log meanwhile: nothing was kept');
      now = { frontier: grown.frontier, root: grown.root, time: next.time };
      if (end / PROGRESS_EVERY > size / PROGRESS_EVERY) say(`${end} of ${to.size} entries`);
    }
    await writer.commit();
  } finally {
    await writer.close();
  }
}

const later = (a: Date, b: Date) => (a > b ? a : b);

/** Entries [from, to) of a mirror of this size. Attacker-controlled until the root was compared. */
async function readEntries(
  mirror: MirrorSource,
  from: bigint,
  to: bigint,
  size: bigint,
): Promise<CheckedEntry[]> {
  const entries: CheckedEntry[] = [];
  for (let index = from >> 8n; index << 8n < to; index++) {
    const rest = size - (index << 8n);
    const width = rest < 256n ? Number(rest) : 256;
    const bytes = await mirror.tile(tilePath({ level: 'entries', index, width }));
    for (const [at, entry] of decodeEntryTile(bytes, width).entries()) {
      const place = (index << 8n) + BigInt(at);
      if (place >= from && place < to) entries.push(readEntry(entry));
    }
  }
  return entries;
}

function readEntry(bytes: Uint8Array): CheckedEntry {
  const hash = leafHash(bytes);
  return { bytes, entry: parseEntry(bytes), leafHash: hash, leaf: toHex(hash) };
}

type Wanted = { readonly entry: Entry; readonly organisation: string };

/** The public documents of entries that have none here, where the issuer is known here. */
async function takeDocuments({ database, clock, say }: Ground, mirror: MirrorSource): Promise<number> {
  const documents = new DocumentsService(database, clock);
  let taken = 0;
  for await (const { entry, organisation } of wantedDocuments(database)) {
    const answer = await mirror.content(entry.content);
    if (answer.kind !== 'found' || !answer.bytes) continue;
    if (!isDocument(entry, answer.bytes)) {
      say(`${mirror.name} has another text under ${entry.content}: passed over`);
      continue;
    }
    const document = { id: entry.content, type: entry.kind, organisation, bytes: answer.bytes, salts: {} };
    await database.transaction((tx) => documents.save(tx, document));
    taken += 1;
  }
  return taken;
}

async function* wantedDocuments(database: DataSource): AsyncGenerator<Wanted> {
  for (let after = -1n; ; ) {
    const rows = (await database.query(
      `select entry.index, entry.bytes from log_entry entry
       where entry.index > $1 and entry.kind = any($2) and not exists (select from document where id = entry.content)
       order by entry.index limit 500`,
      [after, DOCUMENT_TYPES],
    )) as { index: string; bytes: Buffer }[];
    const last = rows.at(-1);
    if (!last) return;
    after = BigInt(last.index);
    for (const { bytes } of rows) {
      const entry = parseEntry(new Uint8Array(bytes));
      const organisation = await organisationOf(database, entry.issuer);
      if (organisation !== null) yield { entry, organisation };
    }
  }
}

/** `did:web:…` of an organisation, or `did:pkh:eip155:{chain}:{address}` of one that acts by its own key. */
async function organisationOf(database: DataSource, issuer: string): Promise<string | null> {
  const address = issuer.startsWith('did:pkh:') ? (issuer.split(':').at(-1) as string) : null;
  const [row] = (await database.query(
    'select id from organisation where did = $1 or lower(eth_address) = lower($2)',
    [issuer, address],
  )) as { id: string }[];
  return row?.id ?? null;
}

/** The very bytes that hash to the id: the same document in another spelling would be kept, and be no text of ours. */
function isDocument({ kind, content }: Entry, bytes: Uint8Array): boolean {
  if (contentId(bytes) !== content) return false;
  try {
    const doc = parseStrict(bytes);
    const patterns = HIDEABLE[kind as DocumentType];
    return isJsonObject(doc) && doc.type === kind && documentId(doc, patterns, {}) === content;
  } catch {
    return false; // attacker-controlled: what cannot be read is not it
  }
}

/** Entries whose document is not here and was not erased: a state, shown, and never an alteration. */
export async function countMissing(database: {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}): Promise<ReadonlyMap<string, number>> {
  const rows = (await database.query(
    `select kind, count(*)::int as count from log_entry entry
     where not exists (select from document where id = entry.content)
       and not exists (select from passport where credential_content = entry.content)
       and kind not in ('method/v1', 'page/v1') -- files of the program, no documents
     group by kind order by kind`,
  )) as { kind: string; count: number }[];
  return new Map(rows.map(({ kind, count }) => [kind, count]));
}

async function judgeChain({ database, chain }: Ground, size: bigint): Promise<CatchUpReport['stopped']> {
  try {
    await chain.confirm();
    await checkAgainstChain(database, chain, size);
    return null;
  } catch (error) {
    // what was taken is kept: it is this log's own, whatever the chain says of the rest
    if (error instanceof LogStopped || error instanceof RpcUnreachable) return error;
    throw error;
  }
}
