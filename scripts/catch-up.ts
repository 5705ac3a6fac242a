// `npm run catch-up`: an older state of this log takes from a mirror what was recorded after it. The service is stopped.
import { parseArgs } from 'node:util';
import { openSource } from '../apps/auditor/src/mirror/mirror-source.ts';
import { buildFirst, dataDirOf, runCommand } from './built.ts';

const USAGE = `npm run catch-up -- MIRROR
    MIRROR    address or folder of a mirror of this log, or the address of a service that still has it

Settings as the service has them: DATA_DIR, DATABASE_URL, CHAIN_RPC_URL. Exit 3: the chain still holds more.`;

/** @returns the exit code: 0, or 3 while the chain holds more or other than this */
export async function runCatchUp(
  dataDir: string,
  mirror: string,
  say: (line: string) => void,
): Promise<number> {
  const built = buildFirst();
  const { catchUp } = await built<typeof import('../apps/ledger/src/keeping/catch-up.ts')>(
    'ledger/src/keeping/catch-up.js',
  );
  const { loadConfig } = await built<typeof import('../apps/ledger/src/config.ts')>('ledger/src/config.js');
  const { SystemClock } = await built<typeof import('../apps/ledger/src/clock.ts')>('ledger/src/clock.js');
  const { SystemRandom } = await built<typeof import('../apps/ledger/src/random.ts')>('ledger/src/random.js');
  const config = loadConfig({ ...process.env, DATA_DIR: dataDir });
  const source = await openSource(mirror);
  const report = await catchUp(config, source, new SystemClock(), new SystemRandom(), say);
  process.stdout.write(
    `caught up     from ${report.from} to ${report.size} entries, root ${report.root}; ${report.documents} public document(s) taken\n`,
  );
  for (const [kind, count] of report.missing)
    process.stdout.write(
      `content missing: ${count} × ${kind}; the entries stand, their documents are in no mirror\n`,
    );
  if (report.stopped === null) {
    process.stdout.write('the chain holds nothing beyond this: the service may record again\n');
    return 0;
  }
  process.stdout.write(`NOT YET: ${report.stopped.message} [${report.stopped.code}]\n`);
  return 3;
}

if (import.meta.main)
  await runCommand(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean' } },
    });
    const [mirror] = positionals;
    if (values.help || positionals.length !== 1 || mirror === undefined) {
      process.stdout.write(`${USAGE}\n`);
      return values.help ? 0 : 64;
    }
    return runCatchUp(dataDirOf(process.env), mirror, (line) => void process.stderr.write(`${line}\n`));
  });
