// `npm run deploy` against a chain of its own, as a person would run it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { network } from 'hardhat';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run deploy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorleaf-deploy-'));
  let server: Awaited<ReturnType<typeof network.createServer>>;
  let url: string;
  before(async () => {
    server = await network.createServer();
    const { address, port } = await server.listen();
    url = `http://${address}:${port}`;
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function deploy(args: string[], env: Record<string, string> = {}) {
    const settings = {
      CHAIN_RPC_URL: url,
      ANCHORLEAF_CHAIN_KIND: 'public',
      DATA_DIR: join(folder, 'data'),
      ...env,
    };
    const child = spawn(process.execPath, ['--conditions=source', 'scripts/deploy.ts', ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? '', ...settings },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    return new Promise<{ code: number | null; out: string; err: string }>((done) => {
      child.on('close', (code) => done({ code, out, err }));
    });
  }
  const rpc = async (method: string, params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return ((await answer.json()) as { result: string }).result;
  };
  const operator = () =>
    JSON.parse(readFileSync(join(folder, 'data/keys/chain-operator.json'), 'utf8')).address;

  test('without --yes sends nothing and prints cost and command', async () => {
    const { code, out, err } = await deploy([]);
    assert.equal(code, 0, err);
    assert.equal(out, '');
    assert.match(err, /cost {2}\d+ gas x [\d.]+ gwei = [\d.]+ /);
    assert.match(err, /Nothing was sent/);
    assert.ok(err.includes(`CHAIN_RPC_URL=${url} ANCHORLEAF_CHAIN_KIND=public`), err);
    assert.match(err, /npm run deploy -- --yes/);
    assert.equal(await rpc('eth_blockNumber', []), '0x0');
  });

  test('an account without funds is told how much it needs', async () => {
    const { code, err } = await deploy(['--yes']);
    assert.equal(code, 1);
    assert.match(err, /is needed: fund it first/);
    assert.equal(await rpc('eth_blockNumber', []), '0x0');
  });

  test('with --yes deploys, opens the log, and prints what stands where', async () => {
    await rpc('hardhat_setBalance', [operator(), '0xde0b6b3a7640000']);
    const { code, out, err } = await deploy(['--yes']);
    assert.equal(code, 0, err);
    const report = JSON.parse(out);
    assert.equal(report.format, 'anchorleaf-deployment/v1');
    for (const { address, codeHash } of Object.values(report.contracts) as {
      address: string;
      codeHash: string;
    }[]) {
      assert.notEqual(await rpc('eth_getCode', [address, 'latest']), '0x');
      assert.match(codeHash, /^0x[0-9a-f]{64}$/);
    }
    assert.equal(report.log.owner, operator());
    const kept = JSON.parse(readFileSync(join(folder, 'data/chain.json'), 'utf8'));
    assert.deepEqual([kept.logId, kept.contracts, kept.kind], [report.log.id, report.contracts, 'public']);
  });

  test('a data folder stands on one chain', async () => {
    const { code, err } = await deploy(['--yes']);
    assert.equal(code, 1);
    assert.match(err, /stands on chain 31337 already/);
  });

  test('goes on where it was cut off', async () => {
    const env = { DATA_DIR: join(folder, 'second') };
    await deploy([], env);
    const { address } = JSON.parse(readFileSync(join(folder, 'second/keys/chain-operator.json'), 'utf8'));
    await rpc('hardhat_setBalance', [address, '0xde0b6b3a7640000']);
    const first = await deploy(['--yes'], env);
    assert.equal(first.code, 0, first.err);
    // as if it had been killed before the last line
    rmSync(join(folder, 'second/chain.json'));
    const again = await deploy(['--yes'], env);
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(JSON.parse(again.out).contracts, JSON.parse(first.out).contracts);
    assert.doesNotMatch(again.err, /sent /);
  });

  test('other words and a missing endpoint are one sentence', async () => {
    assert.match((await deploy(['--force'])).err, /unknown argument --force/);
    const { code, err } = await deploy([], { CHAIN_RPC_URL: '', ANCHORLEAF_CHAIN_KIND: 'test' });
    assert.equal(code, 1);
    assert.match(err, /CHAIN_RPC_URL is not set/);
  });
});
