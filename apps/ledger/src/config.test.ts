import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, formatEnvExample, loadConfig } from './config.ts';
import { projectFolder } from './installation/methods.ts';

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).mistakes;
  }
  return [];
};

test('nothing has to be set', () => {
  expect(loadConfig({})).toMatchObject({
    port: 8787,
    dataDir: './.data',
    publicUrl: null,
    databaseUrl: null,
    chainRpcUrls: [],
    anchorEntries: null,
    lowBalanceDays: 14,
    publicRpcUrls: [],
    metricsPort: null,
    trustProxy: false,
    chainKind: 'test',
  });
});

test('values are read in the type of their setting', () => {
  const config = loadConfig({
    PORT: '9000',
    PUBLIC_URL: 'https://example.org',
    PUBLIC_RPC_URLS: 'https://a.example/x, https://b.example',
    TRUST_PROXY: 'true',
    METRICS_PORT: '0',
    DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/db',
    ANCHORLEAF_ANCHOR_SECONDS: '60',
    ANCHORLEAF_LOG_LEVEL: '',
  });
  expect(config).toMatchObject({
    port: 9000,
    publicUrl: 'https://example.org',
    publicRpcUrls: ['https://a.example/x', 'https://b.example'],
    trustProxy: true,
    metricsPort: 0,
    anchorSeconds: 60,
    logLevel: 'info',
  });
});

test('unknown ANCHORLEAF names are refused; names of others are not ours to judge', () => {
  expect(mistakesOf({ ANCHORLEAF_ANKHOR_SECONDS: '1', PATH: '/bin' })).toEqual([
    'ANCHORLEAF_ANKHOR_SECONDS is not a setting; the names are in .env.example',
  ]);
});

test('all mistakes are told at once, each with its name and value', () => {
  const mistakes = mistakesOf({
    PORT: '70000',
    PUBLIC_URL: 'https://Example.org/path',
    DATABASE_URL: 'mysql://x',
    TRUST_PROXY: 'yes',
    TLS_CERT_FILE: 'cert.pem',
    ANCHORLEAF_X: '1',
  });
  expect(mistakes).toHaveLength(6);
  for (const name of [
    'PORT="70000"',
    'PUBLIC_URL=',
    'DATABASE_URL=',
    'TRUST_PROXY="yes"',
    'TLS_CERT_FILE',
    'ANCHORLEAF_X',
  ])
    expect(mistakes.join('\n')).toContain(name.replace('"70000"', '70000'));
});

test.each([
  'http://localhost:8787/',
  'localhost:8787',
  'ftp://example.org',
  'https://user@example.org',
  'https://example.org:443',
  'https://EXAMPLE.org',
])('PUBLIC_URL %s is no origin', (url) => {
  expect(mistakesOf({ PUBLIC_URL: url })).toHaveLength(1);
});

test('another chain says what it is', () => {
  expect(mistakesOf({ ANCHORLEAF_CHAIN_KIND: 'public' })).toHaveLength(1);
  expect(
    mistakesOf({ ANCHORLEAF_CHAIN_KIND: 'private', CHAIN_RPC_URL: 'http://10.0.0.1:8545' }),
  ).toHaveLength(1);
  expect(
    mistakesOf({
      ANCHORLEAF_CHAIN_KIND: 'private',
      ANCHORLEAF_CHAIN_OPERATOR: 'Market',
      CHAIN_RPC_URL: 'http://localhost:8545',
    }),
  ).toEqual([]);
});

test('several endpoints, a fee ceiling, and a remote signer with its account', () => {
  const signer = `0x${'ab'.repeat(20)}`;
  expect(
    loadConfig({
      CHAIN_RPC_URL: 'https://a.example/key, https://b.example',
      ANCHORLEAF_ANCHOR_ENTRIES: '1000',
      ANCHORLEAF_MAX_FEE_GWEI: '0.05',
      ANCHORLEAF_FINALITY_DEPTH: '12',
      ANCHORLEAF_SIGNER_URL: 'http://127.0.0.1:9000',
      ANCHORLEAF_SIGNER_ADDRESS: signer,
    }),
  ).toMatchObject({
    chainRpcUrls: ['https://a.example/key', 'https://b.example'],
    anchorEntries: 1000,
    maxFeeGwei: '0.05',
    finalityDepth: 12,
    signerAddress: signer,
  });
  expect(mistakesOf({ ANCHORLEAF_SIGNER_URL: 'http://127.0.0.1:9000' })).toHaveLength(2);
  expect(mistakesOf({ ANCHORLEAF_MAX_FEE_GWEI: '1e9' })).toHaveLength(1);
  expect(mistakesOf({ CHAIN_RPC_URL: 'https://a.example,ftp://b.example' })).toHaveLength(1);
});

test('anchors are never planned later than the log promises', () => {
  const promise = (seconds: string) =>
    mistakesOf({ ANCHORLEAF_ANCHOR_SECONDS: seconds, ANCHORLEAF_MAX_ANCHOR_DELAY_SECONDS: '600' });
  expect(promise('600')).toEqual([expect.stringContaining('every anchor would be overdue')]);
  expect(promise('599')).toEqual([]);
});

test('.env.example is what the class says', async () => {
  expect(await readFile(join(projectFolder(), '.env.example'), 'utf8')).toBe(formatEnvExample());
});
