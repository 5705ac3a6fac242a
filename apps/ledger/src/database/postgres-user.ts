// PostgreSQL refuses to run as root, and its folder has to belong to the user it runs as. Who that is follows from the
// folder's owner, so the folder itself remembers it.
import { execFile, type SpawnOptions } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { chown, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../installation/start-error.ts';

type Id = { readonly uid: number; readonly gid: number };

/** How to start a program of PostgreSQL. */
export type PostgresUser = {
  readonly how: 'same user' | 'user namespace' | 'setpriv' | 'other user';
  /** Owner of the cluster's folder, and of a file that PostgreSQL has to read; null = leave as it is. */
  readonly owner: Id | null;
  command(
    program: string,
    args: readonly string[],
  ): { program: string; args: string[]; options: SpawnOptions };
};

/**
 * The way to run PostgreSQL on `folder`, which exists. A new cluster (`isNew`) may change the folder's owner, and an
 * existing one of root's may change hands too.
 * @throws StartError `postgres/no-user`
 */
export async function choosePostgresUser(
  folder: string,
  postgres: string,
  isNew: boolean,
): Promise<PostgresUser> {
  const me = process.geteuid?.();
  if (me === undefined) return sameUser;
  const { uid, gid } = statSync(folder);
  if (me !== 0) {
    // initdb looks its own user up; without an entry for it the namespace lends it the name of nobody.
    return isNew && !passwordEntry(({ id }) => id.uid === me) ? userNamespace : sameUser;
  }
  const owner =
    uid === 0
      ? (passwordEntry(({ name }) => name === 'nobody') ?? { uid: 65_534, gid: 65_534 })
      : { uid, gid };
  const ways = [...(uid === 0 ? [userNamespace] : []), setpriv(owner), otherUser(owner)];
  for (const way of ways) {
    if (way.owner) await giveTo(folder, way.owner);
    if (await works(way, folder, postgres)) return way;
  }
  await giveTo(folder, { uid, gid });
  throw new StartError(
    'postgres/no-user',
    `PostgreSQL refuses root, and no other user of this machine reaches it: ${closedParent([folder, postgres])}; start the service as a normal user, or move the folder to a place that others may enter`,
  );
}

const sameUser: PostgresUser = {
  how: 'same user',
  owner: null,
  command: (program, args) => ({ program, args: [...args], options: {} }),
};

/** Only root can go on with the cluster of another user. @throws StartError `postgres/other-owner` */
export function refuseOtherOwner(folder: string): void {
  const me = process.geteuid?.() ?? 0;
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid ?? me;
  if (me === 0 || owner === me) return;
  throw new StartError(
    'postgres/other-owner',
    `the database in ${folder} belongs to user ${owner} and this process runs as user ${me}: start it as that user, or give the whole data folder to this one (chown -R)`,
  );
}

/** Root outside, nobody inside: no file changes hands, and folders that only root may enter stay reachable. */
const userNamespace: PostgresUser = {
  how: 'user namespace',
  owner: null,
  command: (program, args) => ({
    program: 'unshare',
    args: ['--user', '--map-user=65534', '--map-group=65534', program, ...args],
    options: {},
  }),
};

/** Another user that may still pass closed folders; PostgreSQL minds the user id alone. */
function setpriv(owner: Id): PostgresUser {
  const rights = [
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  return {
    how: 'setpriv',
    owner,
    command: (program, args) => ({
      program: 'setpriv',
      args: [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...rights, program, ...args],
      options: {},
    }),
  };
}

function otherUser(owner: Id): PostgresUser {
  return {
    how: 'other user',
    owner,
    command: (program, args) => ({ program, args: [...args], options: { ...owner } }),
  };
}

/** Tries what PostgreSQL will do: write to the folder, and run. */
async function works(way: PostgresUser, folder: string, postgres: string): Promise<boolean> {
  const test = 'test "$(id -u)" != 0 && test -w "$0" && test -x "$0" && exec "$1" --version';
  const { program, args, options } = way.command('/bin/sh', ['-c', test, folder, postgres]);
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  return promisify(execFile)(program, args, { ...(options as object), env, timeout: 10_000, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** The first parent that others may not enter, for the message. */
function closedParent(paths: readonly string[]): string {
  for (const path of paths) {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      const mode = statSync(folder).mode & 0o777;
      if ((mode & 0o001) === 0) return `${folder} has mode 0${mode.toString(8)}`;
    }
  }
  return 'neither unshare nor setpriv nor a change of user works here';
}

async function giveTo(folder: string, { uid, gid }: Id): Promise<void> {
  if (statSync(folder).uid === uid) return;
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, gid);
  // Last: its owner tells that everything inside has that owner.
  await chown(folder, uid, gid);
}

type Entry = { readonly name: string; readonly id: Id };

function passwordEntry(wanted: (entry: Entry) => boolean): Id | null {
  let text = '';
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return null;
  }
  for (const line of text.split('\n')) {
    const [name = '', , uid, gid] = line.split(':');
    // macOS writes nobody as -2
    const entry = { name, id: { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 } };
    if (name && wanted(entry)) return entry.id;
  }
  return null;
}
