// `npm run watch -- <service URL> --every 60s`
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watch } from '../apps/auditor/src/cli/watch.ts';
import { ROOT } from './build.ts';

process.exitCode = await watch({
  args: process.argv.slice(2),
  defaultRoot: join(resolve(ROOT, process.env.DATA_DIR ?? '.data'), 'root.json'),
  language: /^zh/i.test(process.env.LC_ALL ?? process.env.LANG ?? '') ? 'zh' : 'en',
  now: () => Math.floor(Date.now() / 1000),
  wait: (seconds) => setTimeout(1000 * seconds),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
