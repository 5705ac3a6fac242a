// The rows of a backup, read from its files.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from './backup-folder.ts';
import { readRows } from './copy-rows.ts';
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
