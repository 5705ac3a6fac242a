// `npm run mirror`: a static copy of a service's public records, which any host can serve.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeMirror } from '../apps/auditor/src/mirror/make-mirror.ts';
import { readRoot } from '../libs/verification/src/index.ts';
import { runCommand } from './built.ts';

const USAGE = `npm run mirror -- URL FOLDER [--root FILE] [--refresh] [--json]
    URL          address of the service
    FOLDER       new, or a mirror made before: then only what is new is fetched
    --root FILE  your trust root: the log must be signed by its key
    --refresh    fetch documents and passports again, also to drop what was removed meanwhile
    --json       the report as JSON on stdout`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      root: { type: 'string' },
      refresh: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [url, folder] = positionals;
  const isUsage = url === undefined || folder === undefined || positionals.length > 2;
  if (values.help || isUsage || !/^https?:\/\//i.test(url)) {
    process.stdout.write(`${USAGE}\n`);
    return values.help ? 0 : 64;
  }
  const report = await makeMirror({
    url,
    folder,
    root: values.root === undefined ? null : readRoot(readFileSync(values.root, 'utf8')),
    now: `${new Date().toISOString().slice(0, 19)}Z`,
    refresh: values.refresh === true,
    // names come from the service: they draw nothing in the terminal
    say: (line) => void process.stderr.write(`${line.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}\n`),
  });
  const { facts, from, tiles, contents, passports, written } = report;
  const { size, root } = facts;
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ size, root, from: String(from), tiles, contents, passports, written })}\n`,
    );
  else
    process.stdout.write(
      [
        `mirror        ${folder}, of ${facts.source}`,
        `log           ${facts.origin}, ${size} entries (${from} before), root ${root}`,
        `fetched       ${tiles} entry tile(s), ${contents} document(s), ${passports.copied} passport(s); ${passports.kept} passport(s) were here`,
        `written       ${written} files`,
        '',
      ].join('\n'),
    );
  return passports.refused === 0 ? 0 : 1;
});
