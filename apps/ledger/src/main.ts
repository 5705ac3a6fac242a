// The process: reads the environment, runs the service, stops it in order. What cannot start is said in one sentence.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, formatEnvExample, printable, readEnvironment } from './config.ts';
import { createApp, type Service } from './create-app.ts';
import { MetricsService } from './health/metrics.service.ts';
import { READABLE, writeJson } from './installation/kept-file.ts';
import { StartError } from './installation/start-error.ts';

/** Longer than any request or transaction takes; then the process ends anyway, and the restart finds all that was answered. */
const STOP_MS = 20_000;

async function main(): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  if (process.argv.includes('--print-env-example')) return void process.stdout.write(formatEnvExample());
  const config = readEnvironment();
  if (process.argv.includes('--print-config')) return say(JSON.stringify(printable(config), null, 2));
  const warn = (line: string) => void process.stderr.write(`${line}\n`);
  const startedAt = new Date();
  const service = await createApp(config, { log: warn });
  stopOnSignals(service);
  await listen(service, config.port, config.host, 'PORT');
  await listenMetrics(service, config.metricsPort ?? (config.port === 0 ? 0 : config.port + 1));
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

async function listen(service: Service, port: number, host: string, name: string): Promise<void> {
  try {
    await service.app.listen(port, host);
  } catch (error) {
    throw await describeListen(service, error, port, name);
  }
}

async function listenMetrics(service: Service, port: number): Promise<void> {
  try {
    await service.app.get(MetricsService).listen(port);
  } catch (error) {
    throw await describeListen(service, error, port, 'METRICS_PORT');
  }
}

/** The service is closed before the sentence is said: nothing of it is left running. */
async function describeListen(service: Service, error: unknown, port: number, name: string): Promise<Error> {
  await service.close();
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new StartError(
      'installation/port-taken',
      `port ${port} is taken by another program: stop it, or set ${name} to another port`,
    );
  if (code === 'EACCES')
    return new StartError(
      'installation/port-taken',
      `port ${port} may not be opened by this user: set ${name} to one above 1023`,
    );
  return new StartError(
    'installation/port-taken',
    `cannot listen on port ${port}: ${message}. Check ${name} and ANCHORLEAF_HOST`,
  );
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
