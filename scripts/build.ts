// Builds what is stale and says so. `demo`, `start` and the tests call it; nothing is rebuilt when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

type Part = {
  readonly name: string;
  readonly sources: readonly string[];
  readonly products: readonly string[];
  readonly run: readonly string[];
};

const PARTS: readonly Part[] = [
  {
    name: 'service',
    sources: ['apps/**/*.{ts,json}', 'libs/**/*.{ts,js,json}', 'tsconfig*.json', 'package.json'],
    products: ['dist/apps/ledger/src/main.js', 'dist/apps/local-chain/src/main.js'],
    run: ['node_modules/typescript/bin/tsc', '-b'],
  },
  {
    name: 'checker',
    sources: [
      'apps/checker/src/**/*.ts',
      'libs/**/*.{ts,js,json}',
      'scripts/build-checker.ts',
      'package.json',
    ],
    products: ['dist/assets/manifest.json'],
    run: ['--conditions=source', 'scripts/build-checker.ts'],
  },
];

/** A fingerprint of names, sizes and times: cheap, and a touched file only costs a rebuild that changes nothing. */
function fingerprint(patterns: readonly string[]): string {
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**'] }))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) {
    if (file.endsWith('.test.ts')) continue;
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @returns names of the parts that were built */
export function buildStale(say: (line: string) => void = console.log): string[] {
  const stamps = join(ROOT, 'dist/.stamps');
  mkdirSync(stamps, { recursive: true });
  const built: string[] = [];
  for (const part of PARTS) {
    const stamp = join(stamps, part.name);
    const now = fingerprint(part.sources);
    const fresh =
      existsSync(stamp) &&
      readFileSync(stamp, 'utf8') === now &&
      part.products.every((product) => existsSync(join(ROOT, product)));
    if (fresh) continue;
    say(`building ${part.name} …`);
    const { status } = spawnSync(process.execPath, [...part.run], { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) throw new Error(`building ${part.name} failed: see the lines above`);
    writeFileSync(stamp, now);
    built.push(part.name);
  }
  return built;
}

if (import.meta.main) buildStale();
