// Finds the service that runs on this data folder, or starts one.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../build.ts';

export const DATA_DIR = resolve(ROOT, process.env.DATA_DIR ?? '.data');

export type Service = { readonly url: string; readonly ours: boolean; stop(): Promise<void> };

function runningUrl(): string | null {
  const path = join(DATA_DIR, 'service.json');
  if (!existsSync(path)) return null;
  const { url, pid } = JSON.parse(readFileSync(path, 'utf8')) as { url: string; pid: number };
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive under another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  return url;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** @throws Error when the service does not become ready; its own words have been printed by then */
export async function findOrStartService(say: (line: string) => void): Promise<Service> {
  // one that is alive and not ready is starting: wait for it instead of quarrelling about the data folder
  for (let waited = 0; waited < 20_000; waited += 200) {
    const found = runningUrl();
    if (!found) break;
    if (await isReady(found)) {
      say(`using the service that runs at ${found}`);
      return { url: found, ours: false, stop: async () => undefined };
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  const child = spawn(process.execPath, [join(ROOT, 'dist/apps/ledger/src/main.js')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ANCHORLEAF_LOG_LEVEL: 'warn', ...process.env },
  });
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) say(`  service: ${line.slice(0, 300)}`);
  });
  let code: number | null = null;
  const ended = new Promise<void>((done) =>
    child.on('exit', (status) => {
      code = status ?? 1;
      done();
    }),
  );
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  process.on('exit', () => child.kill('SIGKILL'));
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (code !== null) throw new Error(`the service ended with ${code} while starting`);
    const url = runningUrl();
    if (url && (await isReady(url))) return { url, ours: true, stop };
    await new Promise((done) => setTimeout(done, 100));
  }
  await stop();
  throw new Error('the service was not ready after 60 s: see its lines above');
}
