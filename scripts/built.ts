// The service's own modules, run as built: their decorators are more than type stripping can do. Building talks on
// stdout, which belongs to the command's report.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './build.ts';

/** @returns a loader of modules below `dist/apps`, by their path there */
export function buildFirst(): <Module>(path: string) => Promise<Module> {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(1);
  return (path) => import(new URL(`../dist/apps/${path}`, import.meta.url).href);
}

const EXPECTED = new Set([
  'KeepingError',
  'StartError',
  'ConfigError',
  'LogStopped',
  'SourceError',
  'RpcUnreachable',
  'MirrorError',
  'VerificationError',
  'LogError',
  'RecordError',
  'CanonicalError',
]);

/**
 * Runs a command: what cannot be done is one sentence and exit 1, wrong usage exit 64, a bug a stack. What the system
 * refuses, such as a full disk, is no bug.
 */
export async function runCommand(run: () => Promise<number>): Promise<never> {
  try {
    process.exit(await run());
  } catch (error) {
    const { name, message, stack, code, syscall } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`${message}\n`);
      process.exit(64);
    }
    const isExpected = EXPECTED.has(name) || syscall !== undefined;
    process.stderr.write(`${isExpected ? message : (stack ?? message)}\n`);
    process.exit(1);
  }
}

/** As the service reads it. */
export const dataDirOf = (env: NodeJS.ProcessEnv) => env.DATA_DIR?.trim() || join(ROOT, '.data');

/** The first endpoint of CHAIN_RPC_URL, for a single question. */
export const rpcOf = (env: NodeJS.ProcessEnv) => env.CHAIN_RPC_URL?.split(',')[0]?.trim() || null;
