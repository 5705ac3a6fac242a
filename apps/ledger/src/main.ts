// The process: reads the environment, runs the service, stops it in order. What cannot start is said in one sentence.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, formatEnvExample, printable, readEnvironment } from './config.ts';
import { createApp, type Service } from './create-app.ts';
import { MetricsService } from './health/metrics.service.ts';
import { portError } from './http/ports.ts';
import { READABLE, writeJson } from './installation/kept-file.ts';
import { StartError } from './installation/start-error.ts';
import { FileRecords } from './pages/file-records.service.ts';

/** Longer than any request or transaction takes; then the process ends anyway, and the restart finds all that was answered. */
const STOP_MS = 20_000;

async function main(): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  if (process.argv.includes('--print-env-example')) return void process.stdout.write(formatEnvExample());
  const config = readEnvironment();
  if (process.argv.includes('--print-config')) return say(JSON.stringify(printable(config), null, 2));
  const warn = (line: string) => void process.stderr.write(`${line}\n`);
  const startedAt = new Date();
  const metricsPort = config.metricsPort ?? (config.port === 0 ? 0 : config.port + 1);
  const ports = [
    { name: 'PORT', port: config.port, host: config.host },
    { name: 'METRICS_PORT', port: metricsPort, host: '127.0.0.1' },
  ];
  const service = await createApp(config, { log: warn, ports });
  stopOnSignals(service);
  await service.app
    .listen(config.port, config.host)
    .catch((error) => fail(service, portError(error, config.port, 'PORT')));
  const metrics = service.app.get(MetricsService);
  await metrics
    .listen(metricsPort)
    .catch((error) => fail(service, portError(error, metricsPort, 'METRICS_PORT')));
  service.app.get(FileRecords).recordSoon();
  const { installation, isEmbedded } = service;
  const port = portOf(service);
  const facts = { pid: process.pid, port, url: installation.publicUrl, startedAt: startedAt.toISOString() };
  await writeJson(serviceFile(service), facts, READABLE);
  say(`Anchorleaf is ready at ${installation.publicUrl} (port ${port})`);
  say(`data folder   ${installation.dataDir}`);
  say(`operator key  ${installation.keys.pathOf('operator.key.json')}`);
  say(
    `chain         ${isEmbedded.chain ? 'embedded test ledger: it proves nothing to outsiders' : 'external, by CHAIN_RPC_URL'}`,
  );
  if (
    /^https?:\/\/localhost(:|$)/.test(installation.publicUrl) &&
    new URL(installation.publicUrl).port !== String(port)
  )
    warn(
      `codes and links lead to ${installation.publicUrl}, fixed at first start, but this process listens on port ${port}`,
    );
  const reason = await service.broken;
  warn(`stopping: ${reason}`);
  await stop(service, 1);
}

function serviceFile({ installation }: Service): string {
  return join(installation.dataDir, 'service.json');
}

function portOf({ app }: Service): number {
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Nothing of the service is left running when the sentence is said. */
async function fail(service: Service, error: Error): Promise<never> {
  await service.close();
  throw error;
}

function stopOnSignals(service: Service): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(service, 0));
}

let stopping = false;

async function stop(service: Service, code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), STOP_MS).unref();
  await rm(serviceFile(service), { force: true });
  await service.close();
  process.exit(code);
}

main().catch((error: unknown) => {
  const isExpected = error instanceof ConfigError || error instanceof StartError;
  process.stderr.write(`${isExpected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
