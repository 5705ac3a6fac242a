// `npm run restore`: a backup becomes a data folder again, checked before anything is made.
import { parseArgs } from 'node:util';
import { buildFirst, rpcOf, runCommand } from './built.ts';
import { runCatchUp } from './catch-up.ts';

const USAGE = `npm run restore -- BACKUP --into DATA_DIR [--keys FOLDER] [--journal FILE] [--catch-up MIRROR]
    --into DATA_DIR      new folder; one that is not empty is refused
    --keys FOLDER        the key files, for a backup made with --without-keys; none of the backup's own are taken then
    --journal FILE       chain/journal.jsonl of the embedded chain, where a newer one survived
    --catch-up MIRROR    then take what is newer from a mirror or service of this log: address or folder

DATABASE_URL: fill that empty database instead of an embedded one. CHAIN_RPC_URL: compare with that chain.`;

if (import.meta.main)
  await runCommand(async () => {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { into: text, keys: text, journal: text, 'catch-up': text, help: { type: 'boolean' } },
    });
    const [backup] = positionals;
    if (values.help || positionals.length !== 1 || backup === undefined || values.into === undefined) {
      process.stdout.write(`${USAGE}\n`);
      return values.help ? 0 : 64;
    }
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const built = buildFirst();
    const { restore } = await built<typeof import('../apps/ledger/src/keeping/restore.ts')>(
      'ledger/src/keeping/restore.js',
    );
    const report = await restore({
      backup,
      into: values.into,
      databaseUrl: process.env.DATABASE_URL?.trim() || null,
      chainRpcUrl: rpcOf(process.env),
      keys: values.keys ?? null,
      journal: values.journal ?? null,
      say,
    });
    const { manifest, into, chainHead } = report;
    const { log, chain } = manifest;
    const onChain = chainHead ? `holds a head of size ${chainHead.size}` : 'holds no head yet';
    process.stdout.write(
      [
        `restored      ${into}`,
        `as of         ${manifest.time}, by version ${manifest.version}`,
        `log           ${log.origin}, ${log.size} entries, root ${log.root}`,
        `chain         ${report.isCompared ? onChain : 'NOT COMPARED: set CHAIN_RPC_URL, or the service compares at its start'}`,
        '',
      ].join('\n'),
    );
    if (chain.isEmbedded && values.journal === undefined)
      say(
        `The embedded chain was restored with it, up to ${chain.lastBlock ? `the block of ${chain.lastBlock.time}` : 'its beginning'}. Whoever saw a later block or anchored head finds the chain set back: it cannot be told from one that was rewritten. If a newer chain/journal.jsonl survived, restore once more with --journal.`,
      );
    say(
      'Entries that were acknowledged after this backup are in no part of it. Take them from a mirror before the service records anything: npm run catch-up',
    );
    if (manifest.tables.some(({ name, rows }) => name === 'witnessed_log' && rows > 0))
      say(
        'This service is a witness of other logs. The old witness key is not restored, because it has said more than the backup remembers: a new one is made at the start. Tell those logs; it is at /witness/key.',
      );
    if (values['catch-up'] !== undefined) return runCatchUp(into, values['catch-up'], say);
    if (report.isBehind)
      say(
        `It is BEHIND THE CHAIN, by ${(chainHead?.size ?? 0n) - BigInt(log.size)} entries: the service reads and refuses to record until it has caught up.`,
      );
    return 0;
  });
