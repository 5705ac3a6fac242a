// `npm run bench:house`: how long the demo takes step by step, and what the scan page weighs. No timed test depends on
// it. `-- --json FILE` writes { rows: [{ name, value, unit, target, met, peers }] }.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { freePort, startService } from '../test/support/service-process.ts';
import { makeRow, printTable, type Row, writeRows } from './bench/table.ts';
import { buildStale, ROOT } from './build.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, full: { type: 'boolean' } } });
const rows: Row[] = [];
const row = (name: string, value: number, unit: string, limit: number | null) =>
  rows.push(makeRow(name, value, unit, limit === null ? {} : { atMost: limit }));
const gzip = (bytes: Uint8Array | string) =>
  Math.round((gzipSync(bytes, { level: 9 }).length / 1024) * 10) / 10;

buildStale();
mkdirSync(join(ROOT, '.tmp'), { recursive: true });
const dataDir = mkdtempSync(join(ROOT, '.tmp/bench-'));
try {
  const port = await freePort();
  const file = join(dataDir, 'demo.json');
  const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port) };
  const demo = () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=source', 'scripts/demo.ts', '--exit', '--json', file],
      { cwd: ROOT, env, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    return JSON.parse(readFileSync(file, 'utf8')) as { passportUrl: string; seconds: Record<string, number> };
  };
  const { total, ...steps } = demo().seconds;
  for (const [name, seconds] of Object.entries(steps)) row(`demo: ${name}`, seconds, 's', null);
  row('demo, whole run on an empty folder', total ?? Number.NaN, 's', 30);
  const again = demo();
  row('demo, whole run on kept data', again.seconds.total ?? Number.NaN, 's', 30);

  const service = await startService(dataDir, port);
  try {
    for (const language of ['zh', 'en']) {
      const page = await (
        await fetch(`${again.passportUrl}?lang=${language}`, { headers: { accept: 'text/html' } })
      ).text();
      row(`scan page, HTML + CSS, ${language}`, gzip(page), 'KB gzip', 14);
    }
  } finally {
    await service.stop();
  }
  for (const island of readdirSync(join(ROOT, 'dist/assets')).filter((name) => name.startsWith('island-')))
    row(
      `whole checker, ${island.slice(7, 9)}`,
      gzip(readFileSync(join(ROOT, 'dist/assets', island))),
      'KB gzip',
      45,
    );
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

printTable(rows);
writeRows(values.json, rows);
