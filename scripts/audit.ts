// `npm run audit -- <service URL, mirror URL or folder>`
import { join, resolve } from 'node:path';
import { audit } from '../apps/auditor/src/cli/main.ts';
import { ROOT } from './build.ts';

process.exitCode = await audit({
  args: process.argv.slice(2),
  defaultRoot: join(resolve(ROOT, process.env.DATA_DIR ?? '.data'), 'root.json'),
  language: /^zh/i.test(process.env.LC_ALL ?? process.env.LANG ?? '') ? 'zh' : 'en',
  now: () => Math.floor(Date.now() / 1000),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
