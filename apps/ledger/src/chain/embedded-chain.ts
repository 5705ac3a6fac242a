// Starts the process of the embedded chain and ends it. The chain's own code is apps/local-chain; the two speak over
// the IPC channel, and the channel's end is the chain's end.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { takeDataFolder } from '../installation/data-folder-lock.ts';
import { READABLE, readJson, writeJson } from '../installation/kept-file.ts';
import { identifyProcess, type ProcessIdentity, waitForEnd } from '../installation/process-identity.ts';
import { StartError, type StartErrorCode } from '../installation/start-error.ts';

/** Of every embedded chain; the journal fixes them for ever. */
const SETTINGS = { chainId: 31_337, hardfork: 'osaka', blockGasLimit: '60000000' } as const;
/** A million ether. */
const BALANCE = '1000000000000000000000000';
/** Milliseconds without a sign of life during a start. */
const SILENCE_MS = 60_000;
const STOP_MS = 10_000;

/** `balance` is wei as a decimal string. */
export type FundedAccount = { readonly address: string; readonly balance?: string };

export type EmbeddedChain = {
  /** JSON-RPC with signed transactions; only for this process. */
  readonly url: string;
  /** JSON-RPC that only reads. */
  readonly publicUrl: string;
  readonly genesisHash: string;
  readonly pid: number;
  /** Resolves when the process is gone: with null after `stop`, else with one sentence. */
  readonly ended: Promise<string | null>;
  stop(): Promise<void>;
};

type Report = {
  readonly kind: 'warning' | 'progress' | 'refused' | 'broken' | 'ready';
  readonly message?: string;
  readonly code?: StartErrorCode;
  readonly blocks?: number;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly genesisHash?: string;
};

/**
 * Starts the chain kept in `{dataDir}/chain`, or begins one whose first blocks pay out `accounts`. They have to be
 * the same at every start.
 * @throws StartError `chain/journal-damaged`, `chain/settings-differ`, `chain/replay-differs`, `chain/not-started`;
 * FolderInUse when another process runs this chain
 */
export async function startEmbeddedChain({
  dataDir,
  accounts,
  log,
}: {
  readonly dataDir: string;
  readonly accounts: readonly FundedAccount[];
  readonly log: (line: string) => void;
}): Promise<EmbeddedChain> {
  const folder = resolve(dataDir, 'chain');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await takeDataFolder(folder);
  const endpoint = join(folder, 'endpoint.json');
  const leave = async () => {
    await rm(endpoint, { force: true });
    await lock.release();
  };
  let chain: RunningProcess | null = null;
  try {
    await endPredecessor(endpoint, log);
    chain = watch(forkChain(folder), log, leave);
    const identity = await identifyProcess(chain.child.pid ?? 0);
    // Before it is ready, so that a start after a crash finds it.
    await writeJson(endpoint, { ...identity, url: null }, READABLE);
    const ready = await waitUntilReady(chain, folder, accounts);
    await writeJson(endpoint, { ...identity, url: ready.url }, READABLE);
    return { ...ready, pid: chain.child.pid as number, ended: chain.ended, stop: chain.stop };
  } catch (error) {
    await (chain ? chain.stop() : leave());
    throw error;
  }
}

type RunningProcess = {
  readonly child: ChildProcess;
  readonly lastLines: readonly string[];
  readonly ended: Promise<string | null>;
  stop(): Promise<void>;
};

/** Passes on what the process says. `leave` runs once it is gone, and before anybody hears of it. */
function watch(child: ChildProcess, log: (line: string) => void, leave: () => Promise<void>): RunningProcess {
  const lastLines: string[] = [];
  let stopping = false;
  let broken: string | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 5) lastLines.shift();
      log(`chain: ${line}`);
    });
  }
  child.on('message', ({ kind, message = '', blocks = 0 }: Report) => {
    if (kind === 'warning') log(`chain: ${message}`);
    if (kind === 'progress' && blocks % 5_000 === 0) log(`chain: ${blocks} blocks replayed`);
    if (kind === 'broken') broken = message;
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) =>
      resolve(`the embedded chain ended (${signal ?? code}): start the service again`),
    );
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(`the embedded chain cannot be started: ${error.message}`);
    });
  }).then(async (sentence) => {
    await leave().catch(() => undefined);
    return stopping ? null : (broken ?? sentence);
  });
  return {
    child,
    lastLines,
    ended,
    stop: async () => {
      stopping = true;
      if (child.connected) child.send({ kind: 'stop' }, () => undefined);
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

/** The chain of a service that was killed ends by itself; nothing is started beside it. */
async function endPredecessor(endpoint: string, log: (line: string) => void): Promise<void> {
  const left = await readJson<Partial<ProcessIdentity>>(endpoint).catch(() => null);
  if (typeof left?.pid !== 'number') return;
  const identity = { pid: left.pid, began: left.began ?? null };
  // Without a start time the id alone could be anybody's: such a process is waited for and never killed.
  if (await waitForEnd(identity, identity.began ? 3_000 : 500)) return;
  if (!identity.began) return;
  log(`chain: process ${identity.pid} of an earlier start did not end and is killed; its journal is whole`);
  process.kill(identity.pid, 'SIGKILL');
  if (!(await waitForEnd(identity, 5_000))) {
    throw new StartError(
      'chain/not-started',
      `process ${identity.pid} still runs this chain and cannot be ended: end it`,
    );
  }
}

function forkChain(folder: string): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const program = new URL(`../../../local-chain/src/main.${fromSource ? 'ts' : 'js'}`, import.meta.url);
  return fork(fileURLToPath(program), [], {
    execPath: process.execPath,
    execArgv: fromSource ? ['--conditions=source'] : [],
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C reaches the service alone, which then stops things in order.
    detached: process.platform !== 'win32',
  });
}

type Ready = Pick<EmbeddedChain, 'url' | 'publicUrl' | 'genesisHash'>;

function waitUntilReady(
  { child, ended, lastLines }: RunningProcess,
  folder: string,
  accounts: readonly FundedAccount[],
): Promise<Ready> {
  return new Promise<Ready>((resolve, reject) => {
    let silence: NodeJS.Timeout;
    const settle = (act: () => void) => {
      clearTimeout(silence);
      child.off('message', onMessage);
      act();
    };
    const refuse = (code: StartErrorCode, message: string) =>
      settle(() => reject(new StartError(code, message)));
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        child.kill('SIGKILL');
        refuse(
          'chain/not-started',
          `the embedded chain gave no sign of life for ${SILENCE_MS / 1000} s: start again`,
        );
      }, SILENCE_MS);
    };
    const onMessage = ({ kind, code, message, url, publicUrl, genesisHash }: Report) => {
      wait();
      if (kind === 'refused') refuse(code ?? 'chain/not-started', message ?? '');
      if (kind === 'ready' && url && publicUrl && genesisHash)
        settle(() => resolve({ url, publicUrl, genesisHash }));
    };
    child.on('message', onMessage);
    void ended.then((reason) => refuse('chain/not-started', [reason, ...lastLines].join(' | ')));
    wait();
    const funded = accounts.map(({ address, balance = BALANCE }) => ({ address, balance }));
    const order = {
      kind: 'start',
      journalFile: join(folder, 'journal.jsonl'),
      ...SETTINGS,
      accounts: funded,
    };
    child.send(order, () => undefined);
  });
}
