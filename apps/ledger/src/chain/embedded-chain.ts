// Starts the process of the embedded chain and ends it. The chain's own code is apps/local-chain; the two speak over
// the IPC channel, and the channel's end is the chain's end.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  const folder = join(dataDir, 'chain');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await takeDataFolder(folder);
  const endpoint = join(folder, 'endpoint.json');
  try {
    await endPredecessor(endpoint, log);
    const child = forkChain(folder);
    const identity = child.pid === undefined ? null : await identifyProcess(child.pid);
    // Before it is ready, so that a start after a crash finds it.
    await writeJson(endpoint, { ...identity, url: null }, READABLE);
    let stopping = false;
    const lastLines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lastLines.splice(0, lastLines.length - 4, line);
        log(`chain: ${line}`);
      });
    }
    let broken: string | null = null;
    child.on('message', ({ kind, message, blocks }: Report) => {
      if (kind === 'warning') log(`chain: ${message}`);
      if (kind === 'progress' && blocks && blocks % 5_000 === 0) log(`chain: ${blocks} blocks replayed`);
      if (kind === 'broken') broken = message ?? null;
    });
    const ended = new Promise<string | null>((resolve) => {
      child.once('close', (code, signal) => {
        void rm(endpoint, { force: true }).then(() => lock.release());
        resolve(
          stopping
            ? null
            : (broken ?? `the chain's process ended (${signal ?? code}); start the service again`),
        );
      });
    });
    const ready = await waitUntilReady(child, { ...SETTINGS, folder, accounts }, lastLines);
    await writeJson(endpoint, { ...identity, url: ready.url }, READABLE);
    return {
      ...ready,
      pid: child.pid as number,
      ended,
      stop: async () => {
        stopping = true;
        if (child.exitCode === null && child.signalCode === null) {
          child.send({ kind: 'stop' }, () => undefined);
          const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
          await ended;
          clearTimeout(force);
        }
        await rm(endpoint, { force: true });
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
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

type Start = typeof SETTINGS & { readonly folder: string; readonly accounts: readonly FundedAccount[] };
type Ready = Pick<EmbeddedChain, 'url' | 'publicUrl' | 'genesisHash'>;

function waitUntilReady(
  child: ChildProcess,
  { folder, accounts, ...settings }: Start,
  lastLines: readonly string[],
) {
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
    child.once('error', (error) =>
      refuse('chain/not-started', `the embedded chain cannot be started: ${error.message}`),
    );
    child.once('close', (code, signal) => {
      const told = lastLines.length > 0 ? `: ${lastLines.join(' | ')}` : '';
      refuse('chain/not-started', `the embedded chain ended with ${signal ?? code} while it started${told}`);
    });
    wait();
    const funded = accounts.map(({ address, balance = BALANCE }) => ({ address, balance }));
    child.send(
      { kind: 'start', journalFile: join(folder, 'journal.jsonl'), ...settings, accounts: funded },
      () => undefined,
    );
  });
}
