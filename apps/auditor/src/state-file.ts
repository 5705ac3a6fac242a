// The state between two runs: a JSON file, and beside it the hashes that were seen, in a file that the JSON names. The hashes
// are written first under a name of their own: a crash leaves the old pair or the new one.
import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type AuditIdentity, type AuditState, decodeState, encodeState } from '#lib/audit';
import { parseStrict } from '#lib/canonical';

const MAX_STATE_BYTES = 1024 * 1024 * 1024;

/** Null when there is none yet. @throws Error with one sentence when it cannot be used */
export async function readState(path: string, identity: AuditIdentity): Promise<AuditState | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const value = parseStrict(text, { maxBytes: MAX_STATE_BYTES, maxDepth: 64 });
    const { sha256 } = (value as { hashes?: { sha256?: string } }).hashes ?? {};
    const hashes = await readFile(hashesPath(path, String(sha256)));
    return decodeState(value, new Uint8Array(hashes), identity);
  } catch (cause) {
    throw new Error(`${path} cannot be used: ${(cause as Error).message}. Move it away to begin anew`, {
      cause,
    });
  }
}

export async function writeState(path: string, state: AuditState): Promise<void> {
  const { state: value, hashes } = encodeState(state);
  const { sha256 } = (value as { hashes: { sha256: string } }).hashes;
  const beside = hashesPath(path, sha256);
  await writeWhole(beside, hashes);
  await writeWhole(path, `${JSON.stringify(value)}\n`);
  // now nobody names the older ones
  for (const name of await readdir(dirname(resolve(path))))
    if (name.startsWith(`${basename(path)}.hashes-`) && name !== basename(beside))
      await unlink(join(dirname(resolve(path)), name)).catch(() => undefined);
}

const hashesPath = (path: string, sha256: string): string => {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('it names no hashes');
  return `${path}.hashes-${sha256.slice(0, 16)}`;
};

/** All of it or nothing, and durable when this returns. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  const file = await open(draft, 'wx', 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(resolve(path)));
  await folder.sync().finally(() => folder.close());
}
