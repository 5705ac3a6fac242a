// Runs a test runner as people see it, and counts what it says: what `npm test` and `npm run test:faults` share.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.ts';

export type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const JEST = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--maxWorkers=100%',
];
export const HARDHAT = ['--conditions=source', 'node_modules/hardhat/dist/src/cli.js', 'test'];

/** Everything it prints is shown as it comes, and given back. */
export function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly status: number; readonly output: string }> {
  const tmp = join(ROOT, '.tmp');
  mkdirSync(tmp, { recursive: true });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true', TMPDIR: tmp, ...env },
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

/** Hardhat prints one line for each runner: `12 passing`, `1 failing`, `2 skipped`. */
export function countContracts(output: string): Count {
  const sum = (word: string) =>
    [...output.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  return { passed: sum('passing'), failed: sum('failing'), skipped: sum('skipped') };
}

export function countJest(output: string): Count {
  const line = output.split('\n').findLast((text) => text.startsWith('Tests:')) ?? '';
  const number = (pattern: RegExp) => Number(pattern.exec(line)?.[1] ?? 0);
  return { passed: number(/(\d+) passed/), failed: number(/(\d+) failed/), skipped: number(/(\d+) skipped/) };
}

/** A runner that ends badly without naming a failed test, or that found no test, is one failure. */
export function judged(count: Count, status: number): Count {
  return { ...count, failed: count.failed || (status === 0 && count.passed > 0 ? 0 : 1) };
}

export function sumOf(counts: readonly Count[]): Count {
  const total = (name: keyof Count) => counts.reduce((sum, count) => sum + count[name], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}
