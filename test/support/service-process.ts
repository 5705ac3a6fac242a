// The built service as a process of its own, on a data folder and port of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './folder.ts';

export type ServiceProcess = {
  readonly url: string;
  readonly child: ChildProcess;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and wait. @returns exit code */
  stop(): Promise<number | null>;
};

/**
 * A port that nobody listens on, below those that the system gives to outgoing connections: while a service is being
 * restarted, such a connection may sit on its port, even one that tries to reach it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port was found in 100 tries');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export function environment(dataDir: string, port: number): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, DATA_DIR: dataDir, PORT: String(port) };
  env.ANCHORLEAF_LOG_LEVEL = 'warn';
  // the default is the next port, which may be another's by then
  env.METRICS_PORT = '0';
  for (const name of ['DATABASE_URL', 'CHAIN_RPC_URL', 'PUBLIC_URL', 'NODE_OPTIONS']) delete env[name];
  return env;
}

export async function startService(
  dataDir: string,
  port: number,
  env: NodeJS.ProcessEnv = environment(dataDir, port),
  /** What has to answer well before it counts as started. */
  path = '/health/ready',
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/apps/ledger/src/main.js')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      words = (words + text).slice(-8_000);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const url = `http://localhost:${port}`;
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}:\n${words}`);
    if (await isReady(url + path)) {
      const end = async (signal: NodeJS.Signals) => {
        child.kill(signal);
        return await ended;
      };
      return { url, child, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`the service was not ready after 60 s:\n${words}`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

export type Finished = { readonly status: number | null; readonly output: string };

/** Runs one of our scripts to its end. */
export function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', script, ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 32 * 1024 * 1024,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** The same without waiting: for killing things meanwhile. */
export function runScriptAside(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--conditions=source', script, ...args], { cwd: ROOT, env });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('exit', (status) => resolve({ status, output }));
  });
}
