// `npm test`: contracts (Solidity and node), then jest (unit, api, journeys, browser), then one summed line.
// `npm test -- contracts unit` runs only the named suites.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildStale, ROOT } from './build.ts';

type Count = { passed: number; failed: number; skipped: number };
const JEST = ['unit', 'api', 'journeys', 'browser'] as const;
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const selected = (name: string) => wanted.length === 0 || wanted.includes(name);

function run(args: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true', TMPDIR: join(ROOT, '.tmp') },
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

const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);

/** Hardhat prints one line for each runner: `12 passing`, `1 failing`, `2 skipped`. */
function countContracts(output: string): Count {
  const sum = (word: string) =>
    [...output.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  return { passed: sum('passing'), failed: sum('failing'), skipped: sum('skipped') };
}

function countJest(output: string): Count {
  const line = output.split('\n').findLast((text) => text.startsWith('Tests:')) ?? '';
  return {
    passed: number(line, /(\d+) passed/),
    failed: number(line, /(\d+) failed/),
    skipped: number(line, /(\d+) skipped/),
  };
}

const total: Count = { passed: 0, failed: 0, skipped: 0 };
/** A suite that ends badly without naming a failed test (a crash, a file that does not load) is one failure. */
function add(count: Count, status: number): void {
  total.passed += count.passed;
  total.failed += count.failed || (status === 0 ? 0 : 1);
  total.skipped += count.skipped;
}

mkdirSync(join(ROOT, '.tmp'), { recursive: true });
buildStale();
if (selected('contracts')) {
  const { status, output } = await run([
    '--conditions=source',
    'node_modules/hardhat/dist/src/cli.js',
    'test',
  ]);
  const count = countContracts(output);
  add(count, status !== 0 || count.passed === 0 ? 1 : 0);
}
const projects = JEST.filter(selected);
if (projects.length > 0) {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const { status, output } = await run([...jest, '--maxWorkers=100%', '--selectProjects', ...projects]);
  add(countJest(output), status);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
