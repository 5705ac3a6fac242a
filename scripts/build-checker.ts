// Builds the checker for the page: one self-contained module for each language, named by its hash, and a manifest with
// each file's integrity. Fails above the budget: a checker that a phone on a slow line does not load checks nothing.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build } from 'esbuild';
import { LANGUAGES, type Language } from '#lib/wording';
import { ROOT } from './build.ts';
import { longWays, oneLanguage, pagePrimitives, withoutMessages } from './checker/lighten.ts';

const BUDGET_BYTES = 45 * 1024;

const kilobytes = (count: number) => (count / 1024).toFixed(1);
const folder = join(ROOT, 'dist/assets');
const built = await Promise.all(
  LANGUAGES.map(async (language) => ({ language, bytes: await island(language) })),
);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const manifest = Object.fromEntries(
  built.map(({ language, bytes }) => {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const file = `island-${language}.${hash}.js`;
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
    writeFileSync(join(folder, file), bytes);
    return [`island-${language}.js`, { file, integrity }];
  }),
);
for (const { language, bytes } of built) {
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const sizes = `${kilobytes(bytes.length)} KB, ${kilobytes(gzip)} KB gzip of ${kilobytes(BUDGET_BYTES)}`;
  console.log(`checker ${language}: ${sizes}`);
  if (gzip > BUDGET_BYTES) {
    console.error('the checker is over its budget: see what grew with `npx esbuild --analyze`');
    process.exit(1);
  }
}
// last: a manifest names only what is there
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

async function island(language: Language): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'apps/checker/src/island.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    conditions: ['source'],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    absWorkingDir: ROOT,
    alias: pagePrimitives(ROOT),
    plugins: [oneLanguage(language), longWays, withoutMessages(ROOT)],
  });
  const { code } = await minify(outputFiles[0]!.text, {
    module: true,
    compress: { passes: 3, toplevel: true, unsafe_arrows: true, ecma: 2020 },
    mangle: { toplevel: true },
    format: { comments: false },
  });
  return new TextEncoder().encode(code);
}
