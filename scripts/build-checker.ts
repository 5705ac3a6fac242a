// Builds the checker for the page: one self-contained module named by its hash, and a manifest with its integrity.
// Says so above the target: a checker that a phone on a slow line does not load checks nothing.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './build.ts';

const TARGET_BYTES = 45 * 1024;

const { outputFiles } = await build({
  entryPoints: [join(ROOT, 'apps/checker/src/island.ts')],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2022'],
  conditions: ['source'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  write: false,
  absWorkingDir: ROOT,
});
const bytes = outputFiles[0]!.contents;
const gzip = gzipSync(bytes, { level: 9 }).length;
const kilobytes = (count: number) => (count / 1024).toFixed(1);
console.log(
  `checker: ${kilobytes(bytes.length)} KB, ${kilobytes(gzip)} KB gzip of ${kilobytes(TARGET_BYTES)}`,
);
if (gzip > TARGET_BYTES)
  console.warn('the checker is over its target: `npx esbuild --analyze` shows what it is made of');

const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
const folder = join(ROOT, 'dist/assets');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const file = `island.${hash}.js`;
writeFileSync(join(folder, file), bytes);
// last: a manifest names only what is there
writeFileSync(
  join(folder, 'manifest.json'),
  `${JSON.stringify({ 'island.js': { file, integrity } }, null, 2)}\n`,
);
