// `npm start`: builds what is stale, then runs the service alone in the foreground, on kept data.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildStale, ROOT } from './build.ts';

buildStale();
const service = spawn(
  process.execPath,
  [join(ROOT, 'dist/apps/ledger/src/main.js'), ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
);
// The service stops itself on a signal; a second process group member must not die first and hide its last words.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => service.kill(signal));
service.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
