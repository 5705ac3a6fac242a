// One running server: started, waited for, listened to until it ends, stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { StartError } from '../installation/start-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { type Cluster, postgresEnvironment, rootFolder } from './postgres-cluster.ts';

/** Milliseconds in which the server says nothing and is not ready; a long recovery says something each 10 s. */
const SILENCE_MS = 60_000;
/** How long backends of a killed server may take to notice it. */
const LEFTOVER_MS = 15_000;
const KEPT_LINES = 20;

export type PostgresServer = {
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process is gone: with null after `stop`, else with one sentence. */
  readonly ended: Promise<string | null>;
  /** Fast shutdown: open transactions are rolled back, what is committed is on the disk. */
  stop(): Promise<void>;
};

/** Starts the server on a free port of 127.0.0.1. @throws StartError `postgres/not-started` */
export async function startServer(
  cluster: Cluster,
  binaries: PostgresBinaries,
  durable: boolean,
  log: (line: string) => void,
  choosePort: () => Promise<number> = freePort,
): Promise<PostgresServer> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort();
    const started = await startOnce(cluster, binaries, durable, port, log);
    if ('port' in started) return started;
    const lines = started.lines.join('\n');
    // Between asking for a free port and taking it, somebody else may take it.
    if (/could not bind|could not create any TCP/.test(lines) && attempt < 6) continue;
    if (
      /shared memory block|lock file "postmaster.pid" already exists/.test(lines) &&
      performance.now() - begun < LEFTOVER_MS
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const told = started.lines.slice(-5).join(' | ');
    throw new StartError(
      'postgres/not-started',
      `PostgreSQL did not start (${started.reason}): ${told || 'it said nothing'}`,
    );
  }
}

type Failed = { readonly lines: readonly string[]; readonly reason: string };

async function startOnce(
  { folder, user }: Cluster,
  { postgres }: PostgresBinaries,
  durable: boolean,
  port: number,
  log: (line: string) => void,
): Promise<PostgresServer | Failed> {
  const { program, args, options } = user.command(postgres, [
    '-D',
    folder,
    '-p',
    String(port),
    ...settings(durable),
  ]);
  const child = spawn(program, args, {
    ...options,
    cwd: rootFolder(),
    env: postgresEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its own process group: Ctrl-C reaches the service alone, which then stops things in order.
    detached: process.platform !== 'win32',
  });
  const lines: string[] = [];
  let isReady = false;
  let stopping = false;
  let onLine: (line: string) => void = () => undefined;
  // Read to the very end: a full pipe would block the server.
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (/ (FATAL|PANIC): |not properly shut down|redo in progress/.test(line)) log(`postgres: ${line}`);
      onLine(line);
    });
  }
  const ended = new Promise<string | null>((resolve) => {
    let reason = '';
    child.once('error', (error) => {
      reason = error.message;
      if (child.pid === undefined) resolve(reason);
    });
    child.once('close', (code, signal) => {
      const sentence = `PostgreSQL ended (${reason || (signal ?? code)}); start the service again`;
      resolve(stopping ? null : sentence);
    });
  });
  const failure = await new Promise<string | null>((resolve) => {
    let silence: NodeJS.Timeout;
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => resolve(`no word for ${SILENCE_MS / 1000} s`), SILENCE_MS);
    };
    onLine = (line) => {
      wait();
      if (!line.includes('database system is ready to accept connections')) return;
      isReady = true;
      clearTimeout(silence);
      resolve(null);
    };
    void ended.then((reason) => {
      clearTimeout(silence);
      resolve(reason);
    });
    wait();
  });
  onLine = () => undefined;
  if (!isReady) {
    child.kill('SIGKILL');
    return { lines, reason: failure ?? 'it ended' };
  }
  // A service that ends without stopping its database leaves a clean one behind, not an orphan.
  const onExit = () => void child.kill('SIGINT');
  process.once('exit', onExit);
  void ended.then(() => process.off('exit', onExit));
  return {
    port,
    pid: child.pid as number,
    ended,
    stop: async () => {
      stopping = true;
      await stopServer(child, ended);
    },
  };
}

async function stopServer(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const isOver = ended.then(() => true);
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), patience);
    });
    const over = await Promise.race([isOver, late]);
    clearTimeout(timer);
    if (over) return;
  }
}

function settings(durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    // Sockets in a folder would meet path lengths and permissions.
    unix_socket_directories: '',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    // Errors of single statements belong to the caller, who gets them anyway.
    log_min_messages: 'log',
    log_checkpoints: 'off',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
