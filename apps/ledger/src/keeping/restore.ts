// A backup becomes a data folder again. Everything is checked before anything is made: each part against the manifest,
// the whole log computed again, its anchored head against the chain. It is put together under a temporary name beside the
// target and gets its name last: a restore that was cut off leaves no folder that a service could start on.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { JsonRpcClient, RpcUnreachable } from '../chain/json-rpc.ts';
import { MIGRATIONS } from '../database/migrations/index.ts';
import { findPostgres } from '../database/postgres-binaries.ts';
import { endOrphan } from '../database/postgres-cluster.ts';
import { FolderInUse, takeDataFolder } from '../installation/data-folder-lock.ts';
import { READABLE, SECRET } from '../installation/kept-file.ts';
import { findDamage, isKeptKey, KeepingError, type Manifest, syncFolder } from './backup-folder.ts';
import { findLostFiles, type OpenedBackup, openBackup } from './backup-rows.ts';
import { type ChainHead, readChainHead, replayChain } from './chain-head.ts';
import { fillDatabase } from './fill-database.ts';
import type { Finding } from './finding.ts';
import { fsck } from './fsck.ts';
import { type KeptFacts, readFacts } from './kept-data.ts';

export type RestoreOrder = {
  readonly backup: string;
  /** Not there, or empty. */
  readonly into: string;
  /** An empty database to fill; null: an embedded one in the new folder. */
  readonly databaseUrl: string | null;
  readonly chainRpcUrl: string | null;
  /** Folder with the key files, for a backup made without them. */
  readonly keys: string | null;
  /** A newer journal of the embedded chain that survived elsewhere. */
  readonly journal: string | null;
  readonly say: (line: string) => void;
};

export type RestoreReport = {
  readonly manifest: Manifest;
  readonly into: string;
  readonly chainHead: ChainHead | null;
  /** The chain was asked, or is in the backup. */
  readonly isCompared: boolean;
  /** The chain holds more than this: nothing is appended before it has caught up. */
  readonly isBehind: boolean;
};

/** @throws KeepingError, StartError */
export async function restore(order: RestoreOrder): Promise<RestoreReport> {
  const into = resolve(order.into);
  const source = await openBackup(resolve(order.backup));
  requireKnown(source.manifest);
  await requireEmpty(into);
  const damage = await findDamage(source.folder, source.manifest);
  if (damage.length > 0) throw new KeepingError(`the backup is damaged: ${damage.join('; ')}`);
  await removeUnfinished(into, order.say);
  const making = `${into}${UNFINISHED}${randomBytes(4).toString('hex')}`;
  // 0755 as at a first start: the database may run as another user; secrets are in keys/, 0700
  await mkdir(making, { mode: 0o755, recursive: true });
  const lock = await takeDataFolder(making);
  try {
    await copyFiles(source, making, order);
    const facts = await readFacts(making);
    if (facts.logKey !== source.manifest.log.key)
      throw new KeepingError(
        `the keys given are of ${facts.logKey}, the backup's log has ${source.manifest.log.key}`,
      );
    const chainHead = await askChain(facts, making, order);
    await checkLog(source, chainHead, order.say);
    await fillDatabase(source, making, order.databaseUrl, order.say);
    await lock.release();
    await rename(making, into);
    await syncFolder(dirname(into));
    const isBehind = chainHead !== null && chainHead.size > BigInt(source.manifest.log.size);
    const isCompared = facts.isEmbeddedChain || order.chainRpcUrl !== null;
    return { manifest: source.manifest, into, chainHead, isCompared, isBehind };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

const UNFINISHED = '.unfinished-';

/**
 * What a restore to this folder left that was killed: secret keys, and a database that still runs there. One whose process
 * lives holds its lock and is left alone.
 */
async function removeUnfinished(into: string, say: (line: string) => void): Promise<void> {
  const names = await readdir(dirname(into)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(`${basename(into)}${UNFINISHED}`))) {
    const folder = join(dirname(into), name);
    const lock = await takeDataFolder(folder).catch((error: unknown) => {
      if (error instanceof FolderInUse) return null;
      throw error;
    });
    if (!lock) continue;
    say(`removing ${folder}, which a restore left that was killed`);
    await endOrphan(folder, await findPostgres(), say);
    await rm(folder, { recursive: true, force: true });
  }
}

/** An empty folder makes room at once: what cannot be moved away, such as a mount, is said before any work is done. */
async function requireEmpty(into: string): Promise<void> {
  await rmdir(into).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
      throw new KeepingError(
        `${into} is not empty: a restore never writes over what is there; choose a new folder`,
      );
    throw new KeepingError(`${into} cannot be made anew (${error.code}): name a new folder inside it`, {
      cause: error,
    });
  });
}

/** The tables are made by the migrations that made them then; newer ones run at the first start. */
function requireKnown({ migrations, version }: Manifest): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new KeepingError(
      `the backup is of a newer program (${version}), with ${unknown.join(', ')}: restore it with that one`,
    );
}

async function copyFiles(source: OpenedBackup, making: string, order: RestoreOrder): Promise<void> {
  const { manifest, folder } = source;
  await mkdir(join(making, 'keys'), { mode: 0o700 });
  const hasOwnKeys = order.keys !== null;
  for (const { path } of manifest.parts) {
    const [top = '', name = ''] = path.split('/');
    // keys that the reader brings are the reader's answer to whose log this is: none of the backup's stand beside them
    if (top === 'database' || (top === 'keys' && (hasOwnKeys || !isKeptKey(name)))) continue;
    await put(join(folder, path), join(making, path), /^(keys|files|chain)\//.test(path) ? SECRET : READABLE);
  }
  if (hasOwnKeys || !manifest.withKeys) await copyKeys(making, order.keys);
  if (order.journal !== null) await replaceJournal(making, order.journal);
}

/**
 * All but a witness's key: that key has cosigned heads that the rows of a backup do not remember, and would sign a fork of
 * them without noticing. The service makes a new one, and the logs that it cosigns have to be told.
 */
async function copyKeys(making: string, keys: string | null): Promise<void> {
  if (keys === null)
    throw new KeepingError('the backup was made without keys: give the folder that holds them with --keys');
  for (const name of await readdir(keys)) {
    if (isKeptKey(name)) await put(join(keys, name), join(making, 'keys', name), SECRET);
  }
}

/** The longer journal of the same chain: it has to begin with the very bytes of the backup's. */
async function replaceJournal(making: string, journal: string): Promise<void> {
  const ours = join(making, 'chain', 'journal.jsonl');
  const [old, longer] = await Promise.all([open(ours, 'r'), open(journal, 'r')]);
  try {
    const [a, b] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (let at = 0; ; ) {
      const { bytesRead } = await old.read(a, 0, a.length, at);
      if (bytesRead === 0) break;
      const { bytesRead: there } = await longer.read(b, 0, bytesRead, at);
      if (there < bytesRead || !a.subarray(0, bytesRead).equals(b.subarray(0, bytesRead)))
        throw new KeepingError(
          `${journal} does not go on from the backup's chain: it is another chain or an older state`,
        );
      at += bytesRead;
    }
  } finally {
    await old.close();
    await longer.close();
  }
  await rm(ours);
  await put(journal, ours, SECRET);
}

async function put(from: string, to: string, mode: number): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const file = await open(to, 'r+');
  try {
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function askChain(facts: KeptFacts, making: string, order: RestoreOrder): Promise<ChainHead | null> {
  if (facts.isEmbeddedChain) {
    order.say('replaying the blocks of the embedded chain');
    return replayChain(facts.chain, facts.chainOperator, async (journal) => {
      await put(join(making, 'chain', 'journal.jsonl'), journal, SECRET);
    });
  }
  if (order.chainRpcUrl === null) return null;
  return readChainHead(new JsonRpcClient(order.chainRpcUrl), facts.chain).catch((cause: unknown) => {
    if (!(cause instanceof RpcUnreachable)) throw cause;
    throw new KeepingError(
      `${cause.message}: try again, or leave CHAIN_RPC_URL out, and the service compares at its start`,
      { cause },
    );
  });
}

async function checkLog(
  source: OpenedBackup,
  chainHead: ChainHead | null,
  say: (line: string) => void,
): Promise<void> {
  const findings: Finding[] = [];
  const result = await fsck(source, {
    logKey: source.manifest.log.key,
    heads: chainHead ? [{ ...chainHead, whose: 'the chain' }] : [],
    found: (finding) => findings.push(finding),
    progress: (done) => say(`checked ${done} entries`),
  });
  const { log } = source.manifest;
  if (String(result.size) !== log.size || (result.size > 0n && result.root !== log.root))
    findings.push({
      kind: 'head',
      where: `size ${log.size} of the manifest`,
      problem: `root ${log.root}; the entries give size ${result.size}, root ${result.root}`,
    });
  if (findings.length > 0) {
    const lines = findings.slice(0, 20).map(({ kind, where, problem }) => `  ${kind} ${where}: ${problem}`);
    throw new KeepingError(
      `the backup holds ${findings.length} thing(s) that do not fit, nothing was restored:\n${lines.join('\n')}`,
    );
  }
  // vouchers are evidence, not the log: what is lost of them is said, and the rest restored
  for (const { where, problem } of await findLostFiles(source)) say(`file ${where}: ${problem}`);
  say(`the log is whole: ${result.size} entries, root ${result.root}`);
}
