// `npm run backup`: one consistent copy of everything that an installation keeps, while the service runs or is stopped.
import { parseArgs } from 'node:util';
import { buildFirst, dataDirOf, rpcOf, runCommand } from './built.ts';

const USAGE = `npm run backup -- [--to FOLDER] [--without-keys] [--json]
    --to FOLDER       new folder for the backup, or an existing one to make it in; ./backups unless told
    --without-keys    leave the secret keys out; keep them elsewhere, a restore needs them
    --json            the report as JSON on stdout

Settings as the service has them: DATA_DIR, DATABASE_URL, CHAIN_RPC_URL.`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      'without-keys': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const built = buildFirst();
  const { backup } = await built<typeof import('../apps/ledger/src/keeping/backup.ts')>(
    'ledger/src/keeping/backup.js',
  );
  const { mkdirSync } = await import('node:fs');
  const to = values.to ?? 'backups';
  if (values.to === undefined) mkdirSync(to, { recursive: true, mode: 0o700 });
  const report = await backup({
    dataDir: dataDirOf(process.env),
    databaseUrl: process.env.DATABASE_URL?.trim() || null,
    chainRpcUrl: rpcOf(process.env),
    to,
    withKeys: values['without-keys'] !== true,
    say,
  });
  const { path, manifest, bytes, check, findings, anchored } = report;
  const json = {
    path,
    time: manifest.time,
    bytes,
    size: manifest.log.size,
    root: manifest.log.root,
    anchored: anchored === null ? null : String(anchored),
    withKeys: manifest.withKeys,
    isStopped: report.isStopped,
    findings,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(json)}\n`);
  else {
    const head = anchored === null ? 'not asked' : `holds a head of size ${anchored}`;
    process.stdout.write(
      [
        `backup        ${path}`,
        `shows         ${manifest.time}, the service ${report.isStopped ? 'stopped' : 'running'}; ${(bytes / 1_048_576).toFixed(1)} MB`,
        `log           ${check.size} entries, root ${check.root}`,
        `chain         ${manifest.chain.isEmbedded ? 'in the backup, replayed' : manifest.chain.id}; ${head}`,
        `documents     ${check.documents}, each hashed; ${check.checkpoints} checkpoints, each opened`,
        '',
      ].join('\n'),
    );
  }
  if (manifest.withKeys)
    say(
      'This backup holds the SECRET KEYS of the log, of the chain account and of the issuers kept here, readable by whoever has it. Encrypt it before it leaves this machine, or use --without-keys and keep the keys apart.',
    );
  else
    say(
      'This backup holds no keys. Without keys/ of the data folder nothing can be restored from it: keep them safe.',
    );
  for (const { kind, where, problem } of findings.slice(0, 100)) say(`differs: ${kind} ${where}: ${problem}`);
  if (findings.length === 0) return 0;
  say(
    `${findings.length} difference(s) in what is kept: the backup is a true copy of a damaged store, and no restore takes it`,
  );
  return 1;
});
