import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './folder.ts';

export type EmbeddedParts = {
  readonly child: ChildProcess;
  readonly postgres: { url: string; pid: number; runsAs: string } | null;
  readonly chain: { url: string; publicUrl: string; genesisHash: string; pid: number } | null;
  /** Set when it refused to start. */
  readonly code?: string;
  readonly message?: string;
  /** All it wrote to stderr so far. */
  log(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** Runs `embedded-parts.ts`; `before` goes in front of the command, such as `setpriv --reuid=…`. */
export async function startParts(order: object, before: readonly string[] = []): Promise<EmbeddedParts> {
  const program = join(ROOT, 'test', 'support', 'embedded-parts.ts');
  const [command = '', ...args] = [
    ...before,
    process.execPath,
    '--conditions=source',
    program,
    JSON.stringify(order),
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log += data.toString();
  });
  const closed = once(child, 'close');
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    closed.then(() => null),
  ]);
  if (first === null) throw new Error(`the process ended without a word: ${log}`);
  return {
    child,
    postgres: null,
    chain: null,
    ...JSON.parse(first),
    log: () => log,
    kill: async (signal) => {
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/** Whether a process with this id runs (a zombie does not). */
export async function isAlive(pid: number): Promise<boolean> {
  const { identifyProcess } = await import('../../apps/ledger/src/installation/process-identity.ts');
  return (await identifyProcess(pid)) !== null;
}

/** Asks again every 20 ms until it is true. @throws Error after `milliseconds` */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  milliseconds = 5_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`after ${milliseconds} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
