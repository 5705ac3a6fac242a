// `npm run check`: everything that can be wrong without running the product. No tests.
import { spawnSync } from 'node:child_process';
import { ROOT } from './build.ts';

const node = process.execPath;
const script = (file: string, ...args: string[]) => [node, '--conditions=source', file, ...args];
const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ['types', [node, 'node_modules/typescript/bin/tsc', '-b']],
  ['types of tests and scripts', [node, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']],
  ['lint', [node, 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']],
  ['unused code', [node, 'node_modules/knip/bin/knip.js']],
  ['lock file', script('scripts/check-lock.ts')],
  ['contract ABI', script('scripts/generate-abi.ts', '--check')],
  ['method file', script('scripts/build-method.ts', '--check')],
  ['vectors', script('scripts/generate-vectors.ts', '--check')],
  ['golden vectors', script('scripts/generate-golden.ts', '--check')],
  ['documents', script('scripts/check-docs.ts')],
];

let bad = 0;
for (const [name, [command, ...args]] of STEPS) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command!, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`ok      ${name} (${seconds} s)`);
  } else {
    bad += 1;
    console.log(`FAILED  ${name} (${seconds} s)\n${stdout}${stderr}`);
  }
}
console.log(bad === 0 ? 'check: all in order' : `check: ${bad} of ${STEPS.length} failed`);
process.exit(bad === 0 ? 0 : 1);
