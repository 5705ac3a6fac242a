// `npm run fsck`: the whole log computed again and compared with everything that is kept, here or in a backup.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFirst, dataDirOf, runCommand } from './built.ts';

const USAGE = `npm run fsck -- [BACKUP] [--json]
    BACKUP    folder of a backup; without it the data folder of DATA_DIR, while the service runs or is stopped

Exit 1 when anything differs.`;
const MOST_SHOWN = 100;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [folder] = positionals;
  if (values.help || positionals.length > 1) {
    process.stdout.write(`${USAGE}\n`);
    return values.help ? 0 : 64;
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const built = buildFirst();
  const { fsckBackup, fsckData } = await built<typeof import('../apps/ledger/src/keeping/check-kept.ts')>(
    'ledger/src/keeping/check-kept.js',
  );
  if (folder !== undefined && !existsSync(join(folder, 'manifest.json'))) {
    say(`${folder} is no backup: it has no manifest.json`);
    return 64;
  }
  const report =
    folder === undefined
      ? await fsckData(dataDirOf(process.env), process.env.DATABASE_URL?.trim() || null, say)
      : await fsckBackup(folder, say);
  const { result, findings, missing } = report;
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ...result, size: String(result.size), differences: findings, missing: Object.fromEntries(missing) })}\n`,
    );
  else {
    for (const { kind, where, problem } of findings.slice(0, MOST_SHOWN))
      process.stdout.write(`${kind} ${where}: ${problem}\n`);
    process.stdout.write(
      `${result.size} entries, root ${result.root}; ${result.checkpoints} checkpoints, ${result.documents} documents: ${result.findings === 0 ? 'all of it fits' : `${result.findings} difference(s)`}\n`,
    );
    for (const [kind, count] of missing)
      process.stdout.write(
        `content missing: ${count} × ${kind}; the entries stand, their documents are not here\n`,
      );
  }
  return result.findings === 0 ? 0 : 1;
});
