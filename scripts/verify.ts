// `npm run verify -- <bundle file or passport URL>`
import { join, resolve } from 'node:path';
import { verify } from '../apps/checker/src/cli/main.ts';
import { ROOT } from './build.ts';

process.exitCode = await verify({
  args: process.argv.slice(2),
  defaultRoot: join(resolve(ROOT, process.env.DATA_DIR ?? '.data'), 'root.json'),
  language: /^zh/i.test(process.env.LC_ALL ?? process.env.LANG ?? '') ? 'zh' : 'en',
  now: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
