// One live service per data folder. Node has no advisory file locks, so the lock is a file that names its process;
// a file whose process is gone is stale and may be replaced.
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { identifyProcess, isRunning } from './process-identity.ts';
import { StartError } from './start-error.ts';

/** Who holds a folder. `url` is where its service answers; null when it has none. */
export type Holder = {
  readonly pid: number;
  readonly began: string | null;
  readonly url: string | null;
  /** RFC 3339. */
  readonly since: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
};

export type FolderLock = { release(): Promise<void> };

/** Milliseconds after which the guard of a takeover counts as left over; a takeover takes a few. */
const TAKEOVER_MS = 5_000;

/** Thrown to the second service; `holder` leads a client to the first. */
export class FolderInUse extends StartError {
  readonly holder: Holder;
  constructor(dataDir: string, holder: Holder) {
    const where = holder.url ? ` at ${holder.url}` : '';
    super(
      'installation/in-use',
      `the data folder ${dataDir} is in use by process ${holder.pid}${where} since ${holder.since}: stop that one, or set DATA_DIR to another folder`,
    );
    this.holder = holder;
  }
}

/**
 * Takes the data folder for one process, which also has to be the one that releases it.
 * @throws FolderInUse when another live process holds it
 */
export async function takeDataFolder(
  dataDir: string,
  { pid = process.pid, url = null }: { readonly pid?: number; readonly url?: string | null } = {},
): Promise<FolderLock> {
  const file = lockFile(dataDir);
  const identity = await identifyProcess(pid);
  if (!identity) throw new Error(`process ${pid} cannot hold ${dataDir}: it does not run`);
  const mine: Holder = {
    ...identity,
    url,
    since: `${new Date().toISOString().slice(0, 19)}Z`,
    token: randomUUID(),
  };
  const draft = `${file}.${mine.token}`;
  await writeFile(draft, `${JSON.stringify(mine)}\n`, { mode: 0o644 });
  try {
    for (;;) {
      if (await succeeds(publish(draft, file), 'EEXIST')) break;
      const holder = await readHolder(file);
      if (holder && (await isRunning(holder))) throw new FolderInUse(resolve(dataDir), holder);
      await removeStale(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release: async () => {
      if ((await readHolder(file))?.token === mine.token) await rm(file, { force: true });
    },
  };
}

/** A hard link appears with its whole content or, when the name is taken, not at all. Some drives have none. */
async function publish(draft: string, file: string): Promise<void> {
  await link(draft, file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw error;
    await writeFile(file, await readFile(draft), { flag: 'wx' });
  });
}

function lockFile(dataDir: string): string {
  return join(dataDir, 'lock');
}

/**
 * Removes a lock file whose process is gone. Two starters may both find it stale, and the slower one must not remove
 * the faster one's new lock: only the holder of the guard removes, and it looks once more.
 */
async function removeStale(file: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await succeeds(writeFile(guard, '', { flag: 'wx' }), 'EEXIST'))) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > TAKEOVER_MS) await rm(guard, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return;
  }
  try {
    const holder = await readHolder(file);
    if (!holder || !(await isRunning(holder))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Null when there is no lock file or none that can be read. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return Number.isInteger(holder?.pid) ? holder : null;
  } catch {
    return null;
  }
}

async function succeeds(action: Promise<unknown>, unless: string): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === unless) return false;
    throw error;
  }
}
