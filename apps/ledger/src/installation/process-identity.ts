// Process ids are used again. A process is only the one that wrote a file when it also began at the same moment.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** `began` is opaque: equal text = same start. Null where the system does not tell. */
export type ProcessIdentity = { readonly pid: number; readonly began: string | null };

/** Null when there is no such process. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!exists(pid)) return null;
  const began = await beganAt(pid);
  return began === 'gone' ? null : { pid, began };
}

/** Whether that very process still runs; when the system does not tell when it began, its id decides. */
export async function isRunning({ pid, began }: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(pid);
  return now !== null && (began === null || now.began === null || now.began === began);
}

/** Resolves with true once the process is gone, false when it still runs after `milliseconds`. */
export async function waitForEnd(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds;
  for (let pause = 5; await isRunning(identity); pause = Math.min(pause * 2, 100)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return true;
}

/** The arguments a process was started with, on Windows its program alone; null when it is gone. */
export async function commandLine(pid: number): Promise<readonly string[] | null> {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    } catch {
      return null;
    }
  }
  if (process.platform === 'win32') {
    const row = await ask('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
    const name = /^"([^"]+)"/.exec(row ?? '')?.[1];
    return name ? [name] : null;
  }
  const text = await ask('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return text === null ? null : text.trim().split(' ');
}

function exists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function beganAt(pid: number): Promise<string | null | 'gone'> {
  if (process.platform === 'win32') return null;
  if (process.platform !== 'linux')
    return (await ask('ps', ['-o', 'lstart=', '-p', String(pid)]))?.trim() || 'gone';
  try {
    // The name in brackets may hold blanks and brackets itself, so count from the last one (proc_pid_stat(5)):
    // the state is field 3, the start in clock ticks since boot is field 22.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'gone';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null;
  }
}

async function ask(program: string, args: string[]): Promise<string | null> {
  const options = process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } };
  return promisify(execFile)(program, args, { ...options, encoding: 'utf8' }).then(
    ({ stdout }) => stdout,
    () => null,
  );
}
