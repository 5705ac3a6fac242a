// `npm run demo`: the main job, from an Excel workbook to a scanned passport, through the service's HTTP API.
//   --exit        stop when done (otherwise the service keeps running with the links printed)
//   --json FILE   write what happened as JSON
// Exits 0 only if all of it held.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStale } from './build.ts';
import { ProblemError } from './demo/client.ts';
import { mainJob, type Outcome } from './demo/main-job.ts';
import { DATA_DIR, findOrStartService, type Service } from './demo/service.ts';

const { values } = parseArgs({ options: { exit: { type: 'boolean' }, json: { type: 'string' } } });
const began = performance.now();
const seconds: Record<string, number> = {};
const say = (line: string) => console.log(line);

/** Runs one step, shows its seconds and keeps them. */
async function step<T>(name: string, title: string, run: () => Promise<T> | T): Promise<T> {
  const from = performance.now();
  process.stdout.write(`${title} … `);
  const result = await run();
  seconds[name] = Math.round(performance.now() - from) / 1000;
  say(`${seconds[name]!.toFixed(2)} s`);
  return result;
}

function report(outcome: Outcome): void {
  say('');
  say(`passport, covered by an opinion   ${outcome.passportUrl}`);
  say(`passport, self-declared           ${outcome.selfDeclaredUrl}`);
  say(`bundle                            ${outcome.bundle}`);
  say(`trust root                        ${outcome.root}`);
  say(`label sheets                      ${outcome.labels.join(', ')}`);
  say(`first scan                        ${outcome.headline} [${outcome.overlays.join(', ')}]`);
  say(
    `after tampering                   ${outcome.tampered.headline} (failed: ${outcome.tampered.failed.join(', ')})`,
  );
  say(`after restoring                   ${outcome.restored.headline}`);
  say(`log                               ${outcome.log.size} entries, root ${outcome.log.root}`);
  say(`anchor                            ${outcome.anchor.txHash}, ${outcome.anchor.gasUsed} gas`);
  say(`mint with opinion                 ${outcome.mint.txHash}, ${outcome.mint.gasUsed} gas`);
  say('');
  say(`check it yourself: npm run verify -- ${outcome.bundle} --accept-test-ledger`);
}

let service: Service | null = null;
try {
  await step(
    'build',
    'Building what is stale',
    () => void buildStale((line) => process.stdout.write(`${line} `)),
  );
  service = await step('start', 'Starting the service, or finding it', () => findOrStartService(say));
  const outcome = await mainJob(service.url, step);
  seconds.total = Math.round(performance.now() - began) / 1000;
  report(outcome);
  say(`all steps held, ${seconds.total.toFixed(1)} s in all`);
  if (values.json) {
    const path = resolve(values.json);
    mkdirSync(dirname(path), { recursive: true });
    const { labels: _, ...json } = outcome;
    writeFileSync(path, `${JSON.stringify({ ...json, seconds }, null, 2)}\n`);
  }
  if (values.exit || !service.ours) {
    await service.stop();
  } else {
    const key = JSON.parse(readFileSync(join(DATA_DIR, 'demo', 'people.json'), 'utf8')) as {
      exporter: { slug: string };
    };
    say(
      `the service runs at ${service.url} (exporter ${key.exporter.slug}; keys in ${DATA_DIR}); Ctrl-C stops it`,
    );
    const running = service;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void running.stop().then(() => process.exit(0)));
    await new Promise(() => undefined);
  }
} catch (error) {
  say('');
  say(
    error instanceof ProblemError
      ? `refused: ${error.message}`
      : `failed: ${(error as Error).stack ?? error}`,
  );
  await service?.stop();
  process.exitCode = 1;
}
process.exit();
