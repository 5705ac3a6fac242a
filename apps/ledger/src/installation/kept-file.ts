import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Mode of files that hold a secret, and of files that anyone may read. */
export const SECRET = 0o600;
export const READABLE = 0o644;

/** The JSON of a file, or null when there is none. */
export async function readJson<T>(path: string): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Error(`${path} is not JSON; restore it from a backup`, { cause });
  }
}

/**
 * Writes the whole file or nothing: a reader, also after a crash, sees the old bytes or the new ones.
 * The new name is durable when this returns.
 */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.new`;
  // left over by a crash: its mode might be another
  await unlink(temporary).catch(() => undefined);
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/**
 * Writes the file only if there is none of this name: whoever comes second changes nothing. True: this call made it.
 */
export async function writeOnce(path: string, text: string, mode: number): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeWhole(draft, text, mode);
  try {
    // a hard link appears with its whole content or, when the name is taken, not at all
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await unlink(draft);
  }
  await syncFolder(dirname(path));
  return true;
}

export function writeJson(path: string, value: unknown, mode: number): Promise<void> {
  return writeWhole(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** Makes a rename durable. Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function ensureFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
}
