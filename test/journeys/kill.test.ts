// kill -9 of the service in the middle of the demo: what was acknowledged is there, nothing is there twice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestFolder } from '../support/folder.ts';
import {
  environment,
  freePort,
  runScriptAside,
  type ServiceProcess,
  startService,
} from '../support/service-process.ts';

/** Size of the published checkpoint; 0 before the first. */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(`${url}/log/checkpoint`);
  return response.ok ? Number((await response.text()).split('\n')[1]) : 0;
}

async function waitForSize(url: string, atLeast: number): Promise<number> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    const size = await sizeOf(url);
    if (size >= atLeast) return size;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the log did not grow to ${atLeast} entries in 60 s`);
}

async function readLog(url: string): Promise<{ size: number; leaves: string[] }> {
  const checkpoint = await (await fetch(`${url}/log/checkpoint`)).text();
  const size = Number(checkpoint.split('\n')[1]);
  const leaves: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const response = await fetch(`${url}/log/entries/${index}`);
    expect([index, response.status]).toEqual([index, 200]);
    leaves.push(await response.text());
  }
  return { size, leaves };
}

test('the demo ends well although its service is killed twice', async () => {
  const folder = await makeTestFolder('kill');
  const dataDir = folder.path;
  const port = await freePort();
  let service: ServiceProcess = await startService(dataDir, port);
  try {
    const file = join(dataDir, 'outcome.json');
    const demo = runScriptAside('scripts/demo.ts', ['--exit', '--json', file], environment(dataDir, port));
    // once while the first facts come in, once when the imports have been recorded; the same must hold wherever it falls
    let before = 0;
    for (const entries of [4, 60]) {
      before = await waitForSize(service.url, entries);
      await service.kill();
      service = await startService(dataDir, port);
      expect(await sizeOf(service.url)).toBeGreaterThanOrEqual(before);
    }
    const { status, output } = await demo;
    expect(`${status}\n${status === 0 ? '' : output}`).toBe('0\n');
    const outcome = JSON.parse(readFileSync(file, 'utf8'));
    expect(outcome.headline).toBe('matches');
    const { size, leaves } = await readLog(service.url);
    expect(size).toBe(leaves.length);
    expect(new Set(leaves).size).toBe(size);
    // each fact of the run once: two batches, three imports' worth of manifests, one footprint, one opinion
    const kinds = leaves.map((leaf) => (JSON.parse(leaf) as { kind: string }).kind);
    const count = (kind: string) => kinds.filter((each) => each === kind).length;
    expect([count('facility/v1'), count('product/v1'), count('batch/v1')]).toEqual([1, 1, 2]);
    expect([count('footprint/v1'), count('opinion/v1'), count('credential/v1')]).toEqual([1, 1, 2]);
  } finally {
    await service.kill();
    await folder.remove();
  }
}, 120_000);
