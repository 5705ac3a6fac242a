// The rows of a backup, read from its files.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from './backup-folder.ts';
import { readRows } from './copy-rows.ts';
import type { Finding } from './finding.ts';
import type { RowSource } from './snapshot.ts';

export type OpenedBackup = RowSource & {
  readonly folder: string;
  readonly manifest: Manifest;
  /** COPY text of a table. */
  copy(table: string): AsyncIterable<Uint8Array>;
};

const NOTHING: AsyncIterable<Uint8Array> = (async function* () {})();

/** @throws KeepingError */
export async function openBackup(folder: string): Promise<OpenedBackup> {
  const manifest = await readManifest(folder);
  const copy = (table: string) =>
    manifest.tables.some(({ name }) => name === table)
      ? createReadStream(join(folder, 'database', `${table}.copy`), { highWaterMark: 1 << 18 })
      : NOTHING;
  return { folder, manifest, tables: manifest.tables, copy, rows: (table) => readRows(copy(table)) };
}

/** Files that rows name and that are not in the backup, or lie there under another hash than their own. */
export async function findLostFiles(backup: OpenedBackup): Promise<Finding[]> {
  const parts = new Map(backup.manifest.parts.map(({ path, sha256 }) => [path, sha256]));
  const at = backup.tables.find(({ name }) => name === 'stored_file')?.columns.indexOf('sha256') ?? -1;
  const findings: Finding[] = [];
  let last = '';
  for await (const row of backup.rows('stored_file')) {
    const hash = String(row[at]);
    if (hash === last) continue;
    last = hash;
    const found = parts.get(`files/${hash.slice(0, 2)}/${hash}`);
    if (found === hash) continue;
    const problem = found === undefined ? 'it is missing' : `its bytes hash to ${found}`;
    findings.push({ kind: 'file', where: hash, problem });
  }
  return findings;
}
