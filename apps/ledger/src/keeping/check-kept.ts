// The check of fsck.ts over what it is asked of most: a data folder, in use or not, and a backup.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findDamage, hashFile } from './backup-folder.ts';
import { findLostFiles, openBackup } from './backup-rows.ts';
import { countMissing } from './catch-up.ts';
import type { Finding } from './finding.ts';
import { type FsckResult, fsck } from './fsck.ts';
import { openData, readFacts } from './kept-data.ts';
import { Snapshot } from './snapshot.ts';

export type KeptReport = {
  readonly result: FsckResult;
  readonly findings: readonly Finding[];
  /** Entries whose document is not here, by kind: a state, no difference. Not looked for in a backup. */
  readonly missing: ReadonlyMap<string, number>;
};

type Say = (line: string) => void;

/** @throws KeepingError, StartError */
export async function fsckData(dataDir: string, databaseUrl: string | null, say: Say): Promise<KeptReport> {
  const facts = await readFacts(dataDir);
  const opened = await openData(facts.dataDir, databaseUrl, say);
  try {
    const snapshot = await Snapshot.open(opened.url);
    try {
      const findings: Finding[] = [];
      const found = (finding: Finding) => findings.push(finding);
      const result = await fsck(snapshot, { logKey: facts.logKey, found, progress: progress(say) });
      await checkFiles(snapshot, facts.dataDir, found);
      const missing = await countMissing(snapshot);
      return { result: { ...result, findings: findings.length }, findings, missing };
    } finally {
      await snapshot.close();
    }
  } finally {
    await opened.close();
  }
}

/** @throws KeepingError when the folder is no backup */
export async function fsckBackup(folder: string, say: Say): Promise<KeptReport> {
  const backup = await openBackup(resolve(folder));
  const findings: Finding[] = await findLostFiles(backup);
  for (const problem of await findDamage(backup.folder, backup.manifest))
    findings.push({ kind: 'file', where: backup.folder, problem });
  const found = (finding: Finding) => findings.push(finding);
  const result = await fsck(backup, { logKey: backup.manifest.log.key, found, progress: progress(say) });
  return { result: { ...result, findings: findings.length }, findings, missing: new Map() };
}

const progress = (say: Say) => (done: bigint) => say(`checked ${done} entries`);

/** What organisations sent lies under its own hash. */
async function checkFiles(
  snapshot: Snapshot,
  dataDir: string,
  found: (finding: Finding) => void,
): Promise<void> {
  const rows = await snapshot.query<{ sha256: string }>('select distinct sha256 from stored_file');
  for (const { sha256 } of rows) {
    const path = join(dataDir, 'files', sha256.slice(0, 2), sha256);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) found({ kind: 'file', where: sha256, problem: 'it is missing' });
    else if ((await hashFile(path)) !== sha256)
      found({ kind: 'file', where: sha256, problem: 'its bytes have another hash' });
  }
}
