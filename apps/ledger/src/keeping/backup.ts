// A backup while the service goes on. What it shows is one moment:
//   1 length of the chain's journal, snapshot of the database, length again: the same, or the next try. A block is on
//     the disk before anybody hears of it, so this journal holds all that these rows know of, and no head beyond them
//   2 keys and files after it: both are only ever added, and before the rows that name them
//   3 everything under a temporary name, each part flushed; the manifest last; then the whole is read back and checked
//   4 one rename. If we crash before it there is no backup, only a folder whose name says that it is unfinished
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { toHex } from '#lib/canonical';
import { JsonRpcClient } from '../chain/json-rpc.ts';
import { formatTime } from '../clock.ts';
import { READABLE, readJson, writeJson } from '../installation/kept-file.ts';
import { projectFolder } from '../installation/methods.ts';
import {
  BACKUP_FORMAT,
  findDamage,
  isKeptKey,
  MANIFEST,
  type Manifest,
  PartWriter,
  syncFolder,
  type TablePart,
} from './backup-folder.ts';
import { findLostFiles, openBackup } from './backup-rows.ts';
import { readChainHead, replayChain } from './chain-head.ts';
import type { Finding } from './finding.ts';
import { type FsckResult, fsck } from './fsck.ts';
import { type KeptFacts, openData, readFacts } from './kept-data.ts';
import { Snapshot } from './snapshot.ts';

export type BackupOrder = {
  readonly dataDir: string;
  /** As the service has it; null: embedded. */
  readonly databaseUrl: string | null;
  readonly chainRpcUrl: string | null;
  /** Name of the new folder, or an existing folder to make it in. */
  readonly to: string;
  readonly withKeys: boolean;
  readonly say: (line: string) => void;
};

export type BackupReport = {
  readonly path: string;
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly isStopped: boolean;
  readonly check: FsckResult;
  readonly findings: readonly Finding[];
  /** Size of the newest head on chain; null when there is none, or no chain could be asked. */
  readonly anchored: bigint | null;
};

/** @throws KeepingError, StartError */
export async function backup(order: BackupOrder): Promise<BackupReport> {
  const facts = await readFacts(order.dataDir);
  const path = await nameOf(order.to, facts);
  const making = `${path}.unfinished-${randomBytes(4).toString('hex')}`;
  const opened = await openData(facts.dataDir, order.databaseUrl, order.say);
  try {
    await mkdir(making, { recursive: true, mode: 0o700 });
    const manifest = await copyAll(order, facts, opened.url, making);
    order.say('reading it back and checking it');
    const checked = await checkBackup(making, facts, order);
    await syncFolder(making);
    await rename(making, path);
    await syncFolder(dirname(path));
    const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
    return { path, manifest, bytes, isStopped: opened.isStopped, ...checked };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  } finally {
    await opened.close();
  }
}

async function nameOf(to: string, { origin }: KeptFacts): Promise<string> {
  const target = resolve(to);
  const isFolder = (await stat(target).catch(() => null))?.isDirectory() === true;
  if (!isFolder) return target;
  const stamp = formatTime(new Date()).replace(/[-:]/g, '');
  return join(target, `${(origin.split('/')[0] as string).replace(/[^\w.-]/g, '_')}-${stamp}`);
}

async function copyAll(order: BackupOrder, facts: KeptFacts, url: string, folder: string): Promise<Manifest> {
  const journal = join(facts.dataDir, 'chain', 'journal.jsonl');
  const lengthOf = async () => (facts.isEmbeddedChain ? (await stat(journal)).size : 0);
  let length = await lengthOf();
  const snapshot = await Snapshot.open(url, async () => {
    const before = length;
    length = await lengthOf();
    return before === length;
  });
  try {
    const writer = new PartWriter(folder);
    const blocks = facts.isEmbeddedChain ? await copyJournal(journal, length, writer) : null;
    const tables = await copyTables(snapshot, writer, order.say);
    await copyFiles(snapshot, facts.dataDir, writer);
    if (order.withKeys) await copyKeys(facts.dataDir, writer);
    for (const name of ['installation.json', 'chain.json', 'root.json', 'deployment.json']) {
      const bytes = await readFile(join(facts.dataDir, name)).catch(() => null);
      if (bytes) await writer.write(name, [bytes]);
    }
    const manifest = await describe(order, facts, snapshot, { tables, blocks, parts: writer.parts });
    // last: a folder with a manifest has every part of it
    await writeJson(join(folder, MANIFEST), manifest, READABLE);
    return manifest;
  } finally {
    await snapshot.close();
  }
}

type LastBlock = { readonly hash: string; readonly time: string };

/** The journal up to this length, without a line that was only half written: nobody was told of that block. */
async function copyJournal(path: string, length: number, writer: PartWriter): Promise<LastBlock | null> {
  const tail = await lastLines(path, length);
  await writer.write('chain/journal.jsonl', createReadStream(path, { end: tail.end - 1 }));
  return tail.last;
}

const TAIL = 1 << 20;

async function lastLines(path: string, length: number): Promise<{ end: number; last: LastBlock | null }> {
  const start = Math.max(0, length - TAIL);
  const parts: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start, end: length - 1 })) parts.push(chunk as Buffer);
  const text = Buffer.concat(parts);
  const end = text.lastIndexOf(10) + 1;
  const line = text.subarray(text.lastIndexOf(10, end - 2) + 1, end).toString('utf8');
  const { block, time } = JSON.parse(line) as { block?: string; time?: number };
  const last = block && time ? { hash: block, time: formatTime(new Date(1000 * time)) } : null;
  return { end: start + end, last };
}

async function copyTables(
  snapshot: Snapshot,
  writer: PartWriter,
  say: (line: string) => void,
): Promise<TablePart[]> {
  const parts: TablePart[] = [];
  for (const { name, columns } of snapshot.tables) {
    let rows = 0;
    const counted = async function* () {
      for await (const chunk of snapshot.copy(name)) {
        rows += 1; // the server sends each row by itself
        if (rows % 500_000 === 0) say(`${name}: ${rows} rows`);
        yield chunk;
      }
    };
    await writer.write(`database/${name}.copy`, counted());
    parts.push({ name, columns, rows });
  }
  return parts;
}

/** Files that organisations sent, by the rows that name them; each once. What is lost already is found in the check. */
async function copyFiles(snapshot: Snapshot, dataDir: string, writer: PartWriter): Promise<void> {
  let last = '';
  const at = snapshot.tables.find(({ name }) => name === 'stored_file')?.columns.indexOf('sha256') ?? -1;
  if (at < 0) return;
  for await (const row of snapshot.rows('stored_file')) {
    const hash = String(row[at]);
    if (hash === last) continue;
    last = hash;
    const path = `files/${hash.slice(0, 2)}/${hash}`;
    const isThere = (await stat(join(dataDir, path)).catch(() => null))?.isFile();
    if (isThere) await writer.write(path, createReadStream(join(dataDir, path)));
  }
}

/** All key files but those that a restore makes anew. */
async function copyKeys(dataDir: string, writer: PartWriter): Promise<void> {
  for (const name of (await readdir(join(dataDir, 'keys'))).sort()) {
    if (!isKeptKey(name)) continue;
    await writer.write(`keys/${name}`, [await readFile(join(dataDir, 'keys', name))]);
  }
}

type Copied = Pick<Manifest, 'tables' | 'parts'> & { readonly blocks: LastBlock | null };

async function describe(
  { withKeys }: BackupOrder,
  facts: KeptFacts,
  snapshot: Snapshot,
  { tables, parts, blocks }: Copied,
): Promise<Manifest> {
  const [head] = await snapshot.query<{ size: string; root: Buffer }>('select size, root from log_head');
  const [checkpoint] = await snapshot.query<{ note: string }>(
    'select note from log_checkpoint order by size desc limit 1',
  );
  const [anchored] = await snapshot.query<{ sequence: string; size: string; root: Buffer }>(
    'select sequence, size, root from anchor order by sequence desc limit 1',
  );
  const { version } = (await readJson<{ version: string }>(join(projectFolder(), 'package.json'))) ?? {
    version: '–',
  };
  return {
    format: BACKUP_FORMAT,
    time: formatTime(snapshot.time),
    version,
    postgres: snapshot.postgres,
    publicUrl: facts.publicUrl,
    withKeys,
    log: {
      origin: facts.origin,
      key: facts.logKey,
      size: head?.size ?? '0',
      root: head ? toHex(new Uint8Array(head.root)) : '',
      checkpoint: checkpoint?.note ?? null,
    },
    chain: {
      id: facts.chain.chainId,
      genesis: facts.chain.genesis,
      logId: facts.chain.logId,
      isEmbedded: facts.isEmbeddedChain,
      anchored: anchored ? { ...anchored, root: toHex(new Uint8Array(anchored.root)) } : null,
      lastBlock: blocks,
    },
    migrations: snapshot.migrations,
    tables,
    parts,
  };
}

/** Reads a finished backup from the disk: every part, the whole tree, and the chain, its own or by RPC. */
async function checkBackup(
  folder: string,
  facts: KeptFacts,
  { chainRpcUrl, say }: BackupOrder,
): Promise<Pick<BackupReport, 'check' | 'findings' | 'anchored'>> {
  const backup = await openBackup(folder);
  const damage = await findDamage(folder, backup.manifest);
  if (damage.length > 0) throw new Error(`what was written is not what is on the disk: ${damage.join('; ')}`);
  const findings: Finding[] = await findLostFiles(backup);
  const onChain = facts.isEmbeddedChain
    ? await replayChain(facts.chain, facts.chainOperator, async (journal) => {
        await mkdir(dirname(journal), { recursive: true });
        await copyFile(join(folder, 'chain/journal.jsonl'), journal);
      })
    : chainRpcUrl
      ? await readChainHead(new JsonRpcClient(chainRpcUrl), facts.chain).catch((error: Error) => {
          say(
            `the chain cannot be asked now (${error.message}): heads were compared with the database's own only`,
          );
          return null;
        })
      : null;
  const check = await fsck(backup, {
    logKey: facts.logKey,
    heads: onChain ? [{ size: onChain.size, root: onChain.root, whose: 'the chain' }] : [],
    found: (finding) => findings.push(finding),
    progress: (done) => say(`checked ${done} entries`),
  });
  return { check: { ...check, findings: findings.length }, findings, anchored: onChain?.size ?? null };
}
