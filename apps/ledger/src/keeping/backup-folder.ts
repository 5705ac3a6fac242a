// A backup: a folder of parts and a manifest that names each of them with its SHA-256. docs/formats/backup.md.
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { readJson, SECRET } from '../installation/kept-file.ts';

export const BACKUP_FORMAT = 'anchorleaf-backup/v1';
export const MANIFEST = 'manifest.json';

/** `path` is relative to the folder, with `/`; `sha256` hex. */
export type Part = { readonly path: string; readonly bytes: number; readonly sha256: string };

/** A table's columns in the order of its file, `database/{name}.copy`. */
export type TablePart = { readonly name: string; readonly columns: readonly string[]; readonly rows: number };

export type Manifest = {
  readonly format: typeof BACKUP_FORMAT;
  /** RFC 3339, of the moment that all of it shows. */
  readonly time: string;
  /** Of this program, and of the server that the rows came from. */
  readonly version: string;
  readonly postgres: string;
  readonly publicUrl: string;
  readonly withKeys: boolean;
  readonly log: {
    readonly origin: string;
    /** C2SP verifier key. */
    readonly key: string;
    /** Decimal. */
    readonly size: string;
    /** Hex. */
    readonly root: string;
    /** Signed note; null while the log is empty. */
    readonly checkpoint: string | null;
  };
  readonly chain: {
    readonly id: string;
    readonly genesis: string;
    readonly logId: string;
    /** True: the chain is in this backup. */
    readonly isEmbedded: boolean;
    /** Newest head on chain that the database knew; null before the first. */
    readonly anchored: { readonly sequence: string; readonly size: string; readonly root: string } | null;
    /** Last block in the journal, null for another's chain or one without a block of its own. */
    readonly lastBlock: { readonly hash: string; readonly time: string } | null;
  };
  /** Migrations of the schema, in the order they ran. */
  readonly migrations: readonly string[];
  readonly tables: readonly TablePart[];
  readonly parts: readonly Part[];
};

/** Said in one sentence to the person at the terminal; exit 1. */
export class KeepingError extends Error {
  override readonly name = 'KeepingError';
}

/** Writes the parts of a backup that is being made. Each is on the disk when its call returns. */
export class PartWriter {
  readonly parts: Part[] = [];
  constructor(private readonly folder: string) {}

  async write(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const target = join(this.folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const file = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, SECRET);
    const hash = createHash('sha256');
    let bytes = 0;
    let waiting: Uint8Array[] = [];
    let size = 0;
    const flush = async () => {
      if (waiting.length > 0) await file.writev(waiting);
      waiting = [];
      size = 0;
    };
    try {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        size += chunk.length;
        waiting.push(chunk);
        // rows come one by one, and a write for each would cost more than all the rest
        if (size > 1 << 20 || waiting.length >= 512) await flush();
      }
      await flush();
      await file.sync();
    } finally {
      await file.close();
    }
    this.parts.push({ path, bytes, sha256: hash.digest('hex') });
  }
}

/**
 * What may be a part, by docs/formats/backup.md. A manifest is not signed, and a restore writes what it names: no other
 * path, or a backup from a stranger's storage could bring settings of a database along, which are code.
 */
const PART =
  /^(database\/\w+\.copy|chain\/journal\.jsonl|files\/[0-9a-f]{2}\/[0-9a-f]{64}|keys\/[\w-][\w.-]*\.json|(installation|chain|root|deployment)\.json)$/;

/** Key files that stay where they are: the embedded database's password, and what a witness signs with (see restore.ts). */
export const isKeptKey = (name: string): boolean =>
  name.endsWith('.json') && name !== 'postgres.key.json' && name !== 'witness.key.json';

/** @throws KeepingError when the folder holds no backup of ours */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await readJson<Manifest>(join(folder, MANIFEST)).catch((cause: Error) => {
    throw new KeepingError(`${folder}: ${cause.message}`, { cause });
  });
  if (manifest === null)
    throw new KeepingError(`${folder} holds no ${MANIFEST}: it is no backup, or not all of one`);
  if (manifest.format !== BACKUP_FORMAT)
    throw new KeepingError(`${folder} has format ${manifest.format}, this program reads ${BACKUP_FORMAT}`);
  return manifest;
}

/** What is not as the manifest says: a sentence for each part. Empty: all of it is there, to the byte. */
export async function findDamage(folder: string, manifest: Manifest): Promise<string[]> {
  const problems: string[] = [];
  const known = new Set([MANIFEST]);
  for (const { path, bytes, sha256 } of manifest.parts) {
    known.add(path);
    if (!PART.test(path)) {
      problems.push(`${path} is no path of a part`);
      continue;
    }
    const found = await lstat(join(folder, path)).catch(() => null);
    if (!found?.isFile()) problems.push(`${path} is missing`);
    else if (found.size !== bytes)
      problems.push(`${path} has ${found.size} bytes, the manifest says ${bytes}`);
    else if ((await hashFile(join(folder, path))) !== sha256)
      problems.push(`${path} was changed: its SHA-256 is not the manifest's`);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isFile() && !known.has(path)) problems.push(`${path} is not in the manifest`);
  }
  return problems;
}

/** SHA-256 in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Makes what was written under this name durable. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
