// `npm run test:faults`: what happens when things break or lie. Kills, lost and doubled answers, a chain that lies, every
// single bit flipped, an auditor against a dishonest ledger, random calls against the contracts, and mutants of them.
// `-- ledger` runs only the parts named. Ends with one summed line.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildStale, ROOT } from './build.ts';

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const HARDHAT = ['--conditions=source', 'node_modules/hardhat/dist/src/cli.js', 'test'];
/** `contracts`: tests that only this command runs read FAULTS and take the long way. */
const PARTS: Readonly<
  Record<string, { readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv }>
> = {
  ledger: { args: [...JEST, '--maxWorkers=100%', '--selectProjects', 'faults'] },
  contracts: { args: HARDHAT, env: { FAULTS: 'all' } },
  mutants: { args: ['--conditions=source', 'scripts/mutate-contracts.ts'] },
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(64);
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true', TMPDIR: join(ROOT, '.tmp'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const [stream, out] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
        out.write(text);
      });
    }
    child.on('exit', (code) => resolve({ status: code ?? 1, output }));
  });
}

mkdirSync(join(ROOT, '.tmp'), { recursive: true });
buildStale();
let [passed, failed] = [0, 0];
const lines: string[] = [];
for (const [name, { args, env = {} }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status, output } = await run(args, env);
  const sum = (word: RegExp) =>
    [...output.matchAll(word)].reduce((total, match) => total + Number(match[1]), 0);
  // jest: `Tests: 3 failed, 9 passed`; hardhat: `12 passing`, `1 failing`; a script of ours: its status
  const jest = output.split('\n').findLast((line) => line.startsWith('Tests:')) ?? '';
  const ok = Number(/(\d+) passed/.exec(jest)?.[1] ?? 0) || sum(/(\d+) passing/g) || (status === 0 ? 1 : 0);
  const bad = Number(/(\d+) failed/.exec(jest)?.[1] ?? 0) || sum(/(\d+) failing/g) || (status === 0 ? 0 : 1);
  passed += ok;
  failed += bad;
  // every part prints what it counted in lines that begin so
  lines.push(
    ...output
      .split('\n')
      .filter((line) => line.trimStart().startsWith('counted: '))
      .map((line) => line.trim()),
  );
}
console.log(`\n${lines.join('\n')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
