// The whole service inside the test's own process: real module graph, real Postgres, real chain.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import request from 'supertest';
import { loadConfig } from '../../apps/ledger/src/config.ts';
import { type CreateAppOptions, createApp, type Service } from '../../apps/ledger/src/create-app.ts';
import { makeTestFolder } from './folder.ts';

// a whole service takes seconds to start, and machines may be busy
jest.setTimeout(120_000);

export const PUBLIC_URL = 'http://passports.example:8787';

export type Organisation = {
  readonly uuid: string;
  readonly slug: string;
  readonly did: string;
  readonly apiKey: string;
};

export type TestService = {
  readonly service: Service;
  readonly dataDir: string;
  readonly operatorKey: string;
  get(path: string, apiKey?: string): request.Test;
  post(path: string, body: object, apiKey?: string, idempotencyKey?: string): request.Test;
  /** Enters an organisation as the operator. */
  enrol(body: object): Promise<Organisation>;
  /** Stops it and starts it again on the same data. */
  restart(env?: Record<string, string>): Promise<TestService>;
  stop(): Promise<void>;
};

type Options = CreateAppOptions & { readonly dataDir?: string };

/** Starts a service in a folder of its own, which `stop` removes, or on the data that is there. */
export async function startTestService(
  env: Record<string, string> = {},
  options: Options = {},
): Promise<TestService> {
  if (options.dataDir) return open(options.dataDir, env, options, async () => undefined);
  const folder = await makeTestFolder('service');
  try {
    return await open(folder.path, env, options, folder.remove);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function open(
  dataDir: string,
  env: Record<string, string>,
  options: Options,
  remove: () => Promise<void>,
): Promise<TestService> {
  const fixed = { DATA_DIR: dataDir, PORT: '0', PUBLIC_URL, ANCHORLEAF_LOG_LEVEL: 'silent' };
  const service = await createApp(loadConfig({ ...fixed, ...env }), options);
  const server = service.app.getHttpServer();
  const { apiKey: operatorKey } = JSON.parse(await readFile(join(dataDir, 'keys/operator.key.json'), 'utf8'));
  const withKey = (test: request.Test, apiKey?: string) =>
    apiKey ? test.set('Authorization', `Bearer ${apiKey}`) : test;
  const get = (path: string, apiKey?: string) => withKey(request(server).get(path), apiKey);
  const post = (path: string, body: object, apiKey?: string, idempotencyKey?: string) => {
    const test = withKey(request(server).post(path), apiKey);
    return (idempotencyKey ? test.set('Idempotency-Key', idempotencyKey) : test).send(body);
  };
  return {
    service,
    dataDir,
    operatorKey,
    get,
    post,
    enrol: async (body) => (await post('/api/v1/organisations', body, operatorKey).expect(201)).body,
    restart: async (changed = {}) => {
      await service.close();
      return open(dataDir, { ...env, ...changed }, options, remove);
    },
    stop: async () => {
      await service.close();
      await remove();
    },
  };
}

/** Looks again and again, up to 20 s. */
export async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let waited = 0; ; waited += 50) {
    const found = await look();
    if (found) return found;
    if (waited > 20_000) throw new Error('it did not happen within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const EXPORTER = {
  slug: 'yiwu-plates',
  role: 'exporter',
  names: { zh: '义乌示例餐具有限公司', en: 'Yiwu Sample Tableware' },
  country: 'CN',
} as const;
