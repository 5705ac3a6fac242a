// From a configuration to a running service: the data folder first, then database and chain side by side, then the
// application on top of them. Stopping goes the other way.
import { readFile } from 'node:fs/promises';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { openChain } from './chain/open-chain.ts';
import { type Clock, SystemClock } from './clock.ts';
import type { Config } from './config.ts';
import { DatabaseUrl } from './database/database-url.ts';
import { openDatabase } from './database/open-database.ts';
import { quietFramework } from './health/logging.ts';
import { installHeaders } from './http/headers.ts';
import { tryPort, type WantedPort } from './http/ports.ts';
import { bugRefusal, problemDocument, refusalOf } from './http/problem.ts';
import type { IdentifiedRequest } from './http/request-identity.ts';
import { installBodyParsers, MAX_FILE_BYTES } from './http/strict-json.ts';
import { createValidationPipe } from './http/validation.ts';
import { type Installation, openInstallation } from './installation/installation.ts';
import { type Random, SystemRandom } from './random.ts';

/** A request has to be here, body and all, after so long: whoever sends a byte a minute holds no room. */
const REQUEST_MS = 120_000;

export type CreateAppOptions = {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Lines of database and chain while they start and run. */
  readonly log?: (line: string) => void;
  /** Ports that have to be free, looked at once the data folder is ours. */
  readonly ports?: readonly WantedPort[];
};

export type Service = {
  readonly app: NestFastifyApplication;
  readonly installation: Installation;
  readonly isEmbedded: { readonly database: boolean; readonly chain: boolean };
  /** Resolves with one sentence when the service cannot go on. */
  readonly broken: Promise<string>;
  /** Stops accepting, finishes the work in hand, stops database and chain, gives the data folder back. */
  close(): Promise<void>;
};

/** @throws StartError, FolderInUse, ConfigError: one sentence for the person at the terminal */
export async function createApp(config: Config, options: CreateAppOptions = {}): Promise<Service> {
  const { clock = new SystemClock(), random = new SystemRandom(), log = () => undefined } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = once(async () => {
    for (const closer of closers.reverse()) await closer();
  });
  try {
    const installation = await openInstallation(config, clock, random, async () => {
      for (const port of options.ports ?? []) await tryPort(port);
    });
    closers.push(() => installation.close());
    // reading the modules takes as long as starting a database: side by side
    const modules = import('./app.module.ts');
    const opened = await Promise.allSettled([
      openDatabase(config, installation, log),
      openChain(config, installation, log),
      modules,
    ]);
    for (const part of opened)
      if (part.status === 'fulfilled' && 'stop' in part.value) closers.push(part.value.stop);
    const failed = opened.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
    const [database, chain] = opened.map((part) => (part as PromiseFulfilledResult<unknown>).value) as [
      Awaited<ReturnType<typeof openDatabase>>,
      Awaited<ReturnType<typeof openChain>>,
    ];
    const { AppModule } = await modules;
    const ground = {
      config,
      installation,
      database: new DatabaseUrl(database.url, database.isEmbedded),
      chain: chain.chain,
      clock,
      random,
    };
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.on(ground),
      await createAdapter(config, installation, random),
      {
        bodyParser: false,
        bufferLogs: true,
        abortOnError: false,
      },
    );
    closers.push(() => closeApp(app));
    await prepare(app, installation, random);
    const broken = Promise.race([whenBroken(database.ended), whenBroken(chain.ended)]);
    const isEmbedded = { database: database.isEmbedded, chain: chain.chain.publicRpc !== null };
    return { app, installation, isEmbedded, broken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createAdapter(
  config: Config,
  installation: Installation,
  random: Random,
): Promise<FastifyAdapter> {
  const https =
    config.tlsCertFile && config.tlsKeyFile
      ? { cert: await readFile(config.tlsCertFile), key: await readFile(config.tlsKeyFile) }
      : null;
  return new FastifyAdapter({
    ...(https && { https }),
    trustProxy: config.trustProxy,
    bodyLimit: MAX_FILE_BYTES + 65_536,
    genReqId: () => random.uuid(),
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_MS,
    // an address that cannot be decoded ends in the router, before any hook or filter of ours
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const facts = refusalOf(error) ?? bugRefusal(String(request.id));
      void reply
        .status(facts.status)
        .header('Content-Type', 'application/problem+json')
        .send(JSON.stringify(problemDocument(facts, installation.publicUrl)));
    },
    // codes and lots are case-sensitive; a slash at the end is the resolver's to judge
    routerOptions: { maxParamLength: 500 },
  });
}

async function prepare(
  app: NestFastifyApplication,
  installation: Installation,
  random: Random,
): Promise<void> {
  const { MetricsService } = await import('./health/metrics.service.ts');
  const { AppendRoute } = await import('./log/append.route.ts');
  const { installApiDocs } = await import('./http/api-docs.ts');
  app.useLogger(quietFramework(app.get(Logger)));
  app.useGlobalPipes(createValidationPipe());
  // the adapter's own types name another instance of the same library
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  installBodyParsers(fastify);
  installHeaders(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const source = { secret: installation.requestSecret, randomUuid: () => random.uuid() };
    (request as IdentifiedRequest).identitySource = source;
    done();
  });
  await fastify.register(multipart, {
    limits: { fileSize: MAX_FILE_BYTES, files: 1, fields: 20, fieldSize: 65_536 },
  });
  app.get(MetricsService).observe(fastify);
  const { WitnessRoute } = await import('./witness/witness.route.ts');
  await app.get(WitnessRoute).install(fastify);
  await app.get(AppendRoute).install(fastify);
  installApiDocs(app);
  await app.init();
  await fastify.ready();
}

/** First no new requests and the answers to those that are here, then the loops, then the connections. */
async function closeApp(app: NestFastifyApplication): Promise<void> {
  const { MetricsService } = await import('./health/metrics.service.ts');
  await app.get(MetricsService).close();
  await app.getHttpAdapter().getInstance().close();
  await app.close();
}

/** Never settles when the part was stopped on purpose. */
function whenBroken(ended: Promise<string | null>): Promise<string> {
  return ended.then((reason) => reason ?? new Promise<string>(() => undefined));
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= run();
    return running;
  };
}
