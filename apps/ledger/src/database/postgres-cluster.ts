// The folder of a PostgreSQL cluster: made whole or not at all, and freed from a server that was left behind.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureFolder, readJson, SECRET, writeJson } from '../installation/kept-file.ts';
import { commandLine, identifyProcess, waitForEnd } from '../installation/process-identity.ts';
import { StartError } from '../installation/start-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { choosePostgresUser, type PostgresUser, refuseOtherOwner } from './postgres-user.ts';

const MAJOR = '18';

type Credentials = { readonly user: string; readonly password: string };

export type Cluster = {
  readonly folder: string;
  readonly user: PostgresUser;
  readonly credentials: Credentials;
  readonly isNew: boolean;
};

function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/**
 * The cluster in `{dataDir}/postgres`; made when it is not there.
 * @throws StartError `postgres/other-version`, `postgres/no-password`, `postgres/not-made`, `postgres/damaged`,
 * `postgres/other-owner`, `postgres/no-user`
 */
export async function openCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  durable: boolean,
): Promise<Cluster> {
  const folder = clusterFolder(dataDir);
  const secretFile = join(dataDir, 'keys', 'postgres.key.json');
  refuseOtherOwner(folder);
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    refuseRemains(folder);
    const credentials = { user: 'anchorleaf', password: randomBytes(24).toString('base64url') };
    const user = await makeCluster(folder, binaries, credentials, secretFile, durable);
    return { folder, user, credentials, isNew: true };
  }
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR) {
    throw new StartError(
      'postgres/other-version',
      `the database in ${folder} was made by PostgreSQL ${version}, this install brings ${MAJOR}: make a backup with the version that wrote it and restore it into an empty DATA_DIR`,
    );
  }
  const credentials = await readJson<Credentials>(secretFile);
  if (!credentials) {
    throw new StartError(
      'postgres/no-password',
      `${secretFile}, the password of the database in ${folder}, is missing: restore it from a backup`,
    );
  }
  return {
    folder,
    user: await choosePostgresUser(folder, binaries.postgres, false),
    credentials,
    isNew: false,
  };
}

/** A cluster gets its name only when it is whole, so a folder with something else in it is damaged or not ours. */
function refuseRemains(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new StartError(
    'postgres/damaged',
    `${folder} holds files but no PG_VERSION, so it is no whole database: restore it from a backup, or move it away to begin anew`,
  );
}

async function makeCluster(
  folder: string,
  { initdb, postgres }: PostgresBinaries,
  credentials: Credentials,
  secretFile: string,
  durable: boolean,
): Promise<PostgresUser> {
  const parent = dirname(folder);
  // A crash leaves such a folder behind, perhaps with a program that still writes into it: never use it again.
  for (const name of await readdir(parent)) {
    if (name.startsWith('postgres.new-'))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
  const begun = join(parent, `postgres.new-${randomBytes(6).toString('hex')}`);
  const passwordFile = join(begun, 'password');
  const cluster = join(begun, 'cluster');
  await mkdir(begun, { mode: 0o700 });
  try {
    const user = await choosePostgresUser(begun, postgres, true);
    await writeFile(passwordFile, credentials.password, { mode: SECRET });
    if (user.owner) await chown(passwordFile, user.owner.uid, user.owner.gid);
    // The built-in locale sorts by code point on every system, so an index never depends on the machine's library.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const secret = [`--username=${credentials.user}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const args = [
      `--pgdata=${cluster}`,
      ...locale,
      ...secret,
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ];
    await runInitdb(user, initdb, args);
    await ensureFolder(dirname(secretFile), 0o700);
    // Before the cluster has its name: a cluster that counts always has its password.
    await writeJson(secretFile, credentials, SECRET);
    await rmdir(folder).catch(() => undefined); // empty, or not there
    await rename(cluster, folder);
    if (durable) await syncFolder(parent);
    return user;
  } finally {
    await rm(begun, { recursive: true, force: true });
  }
}

async function runInitdb(user: PostgresUser, initdb: string, args: readonly string[]): Promise<void> {
  const { program, args: all, options } = user.command(initdb, args);
  try {
    await promisify(execFile)(program, all, {
      ...(options as object),
      env: postgresEnvironment(),
      cwd: rootFolder(),
    });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const told = (stderr || message).trim().split('\n').slice(-3).join(' | ');
    throw new StartError(
      'postgres/not-made',
      `initdb could not make the database (${told}): mend that and start again`,
      {
        cause,
      },
    );
  }
}

/** Nothing of the caller's environment: PGDATA and its like would change what is started. */
export function postgresEnvironment(): NodeJS.ProcessEnv | undefined {
  return process.platform === 'win32' ? undefined : { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
}

/** A working folder that every user may enter. */
export function rootFolder(): string | undefined {
  return process.platform === 'win32' ? undefined : '/';
}

/**
 * Ends a server that outlived its service, and sees that a process that merely has its old id does not hold up the
 * start. Only for the holder of the data folder's lock.
 */
export async function endOrphan(
  dataDir: string,
  { pgCtl }: PostgresBinaries,
  log: (line: string) => void,
): Promise<void> {
  const folder = clusterFolder(dataDir);
  const pidFile = join(folder, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => null);
  if (text === null) return;
  const pid = Number.parseInt(text, 10);
  const identity = pid > 0 ? await identifyProcess(pid) : null;
  if (!identity) return; // PostgreSQL clears such a file itself, and recovers
  if (!(await isPostmasterOf(pid, folder))) {
    // PostgreSQL would take any live process of this user for its own postmaster. The rest of the file stays: it
    // lets PostgreSQL see whether backends still use the shared memory.
    await writeFile(pidFile, text.replace(/^\d+/, '2147483646'));
    return;
  }
  log(`postgres: ends the server that an earlier start left behind (process ${pid})`);
  if (process.platform === 'win32') {
    await promisify(execFile)(pgCtl, ['stop', '-m', 'fast', '-w', '-D', folder]).catch(() => undefined);
  }
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (process.platform !== 'win32') send(pid, signal);
    if (await waitForEnd(identity, patience)) return;
  }
  throw new StartError(
    'postgres/orphan',
    `process ${pid} still serves ${folder} and cannot be ended: end it and start again`,
  );
}

async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  const line = await commandLine(pid);
  const at = line?.findIndex((argument) => basename(argument).startsWith('postgres')) ?? -1;
  if (!line || at < 0) return false;
  if (process.platform === 'win32') return true; // more is not told there
  const wanted = realpathSync(folder);
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === wanted; // a postmaster works in its folder
    } catch {
      // not ours to look at, or just gone
    }
  }
  return line.join(' ').includes(` -D ${folder}`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
