// An older backup meets a chain that holds more: it records nothing, takes from a mirror what it lost, and goes on. Whole
// processes on a chain and a database server that are not theirs, the commands as people run them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonRpcProvider, Wallet } from 'ethers';
import { Client } from 'pg';
import { startTestChain, type TestChain } from '../support/chain.ts';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { headOf, leavesOf, Recorder, reportOf } from '../support/recorder.ts';
import {
  environment,
  freePort,
  runScript,
  type ServiceProcess,
  startService,
} from '../support/service-process.ts';

describe("yesterday's backup, with the chain ahead", () => {
  let folder: TestFolder;
  let chain: TestChain;
  let port: number;
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  /** One database for each data folder. */
  const databases = new Map<string, string>();
  let service: ServiceProcess | null = null;
  const env = (data: string) => ({
    ...environment(data, port),
    DATABASE_URL: databases.get(data),
    CHAIN_RPC_URL: chain.url,
    PUBLIC_RPC_URLS: chain.publicUrl,
    ANCHORLEAF_ANCHOR_SECONDS: '1',
  });

  beforeAll(async () => {
    folder = await makeTestFolder('behind');
    [chain, postgres] = await Promise.all([startTestChain(), startTestPostgres()]);
    port = await freePort();
  }, 60_000);
  afterAll(async () => {
    await service?.kill();
    await chain?.stop();
    await postgres?.stop();
    await folder?.remove();
  });

  const run = (script: string, data: string, ...args: string[]) =>
    runScript(`scripts/${script}.ts`, args, env(data));

  /** An empty database for this data folder. */
  async function makeDatabase(data: string, name: string): Promise<void> {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    databases.set(data, url.href);
  }

  async function fund(to: string): Promise<void> {
    const provider = new JsonRpcProvider(chain.url, undefined, { staticNetwork: true });
    try {
      const { chainId } = await provider.getNetwork();
      const transaction = { to, value: 10n ** 18n, nonce: 0, gasLimit: 21_000n, chainId, type: 2 };
      const fees = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
      const raw = await new Wallet(chain.operator.secretKey).signTransaction({ ...transaction, ...fees });
      await provider.send('eth_sendRawTransaction', [raw]);
    } finally {
      provider.destroy();
    }
  }

  /** A service that is up and says why it does not record. */
  async function startReading(data: string): Promise<ServiceProcess> {
    const child = spawn(process.execPath, [join(ROOT, 'dist/apps/ledger/src/main.js')], {
      cwd: ROOT,
      env: env(data),
      stdio: 'ignore',
    });
    const url = `http://localhost:${port}`;
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
      return code as number | null;
    };
    const running = { url, child, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
    for (let waited = 0; waited < 40_000; waited += 100) {
      if (
        await fetch(`${url}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return running;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await running.kill();
    throw new Error('the service did not come up');
  }

  /** Waits until the newest head is on chain, as the root that the service writes tells. */
  async function anchored(data: string, size: number): Promise<void> {
    for (let waited = 0; waited < 30_000; waited += 100) {
      const { head } = JSON.parse(readFileSync(join(data, 'root.json'), 'utf8'));
      if (Number(head?.size ?? 0) >= size) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no head of size ${size} was anchored in 30 s`);
  }

  test('records nothing before it has caught up from a mirror; then nothing is lost', async () => {
    const data = join(folder.path, 'data');
    await makeDatabase(data, 'first');
    // the first look makes the operator's key, which then needs money
    run('deploy', data);
    await fund(JSON.parse(readFileSync(join(data, 'keys/chain-operator.json'), 'utf8')).address);
    const deployed = run('deploy', data, '--yes');
    expect([deployed.status, deployed.status === 0 ? '' : deployed.output]).toEqual([0, '']);
    service = await startService(data, port, env(data));
    const recorder = await Recorder.enrol(service.url, data);
    await recorder.record(4);
    await anchored(data, (await headOf(service.url)).size);
    const made = run('backup', data, '--to', join(folder.path, 'yesterday'), '--json');
    expect([made.status, made.status === 0 ? '' : made.output]).toEqual([0, '']);
    const yesterday = reportOf(made.output);

    await recorder.record(5);
    const today = await headOf(service.url);
    await anchored(data, today.size);
    const mirror = join(folder.path, 'mirror');
    const copied = run('mirror', data, service.url, mirror, '--root', join(data, 'root.json'));
    expect([copied.status, copied.status === 0 ? '' : copied.output]).toEqual([0, '']);
    const leaves = await leavesOf(service.url, today.size);
    await service.stop();

    // the machine is gone; the backup is a day old
    const target = join(folder.path, 'restored');
    databases.set(target, databases.get(data) as string);
    const taken = run('restore', target, yesterday.path, '--into', target);
    expect([taken.status, taken.output.includes('is not empty')]).toEqual([1, true]);
    await makeDatabase(target, 'second');
    const restored = run('restore', target, yesterday.path, '--into', target);
    expect([restored.status, restored.status === 0 ? '' : restored.output]).toEqual([0, '']);
    expect(restored.output).toContain(`BEHIND THE CHAIN, by ${today.size - Number(yesterday.size)} entries`);
    service = await startReading(target);
    expect((await headOf(service.url)).size).toBe(Number(yesterday.size));
    const refused = await recorder.at(service.url).send();
    const problem = (await refused.json()) as { code: string; detail: string };
    expect([refused.status, problem.code]).toEqual([503, 'log/stopped']);
    expect(problem.detail).toContain(
      `the chain holds a head of size ${today.size}, this database has ${yesterday.size} entries`,
    );
    expect(problem.detail).toContain('npm run catch-up');
    expect((await headOf(service.url)).size).toBe(Number(yesterday.size));
    await service.stop();

    // the same documents in another spelling are not the bytes that were recorded
    const contents = join(mirror, 'log/contents');
    const texts = new Map(
      readdirSync(contents).map((name) => [join(contents, name), readFileSync(join(contents, name), 'utf8')]),
    );
    for (const [path, text] of texts) writeFileSync(path, JSON.stringify(JSON.parse(text), null, 1));
    const respelt = run('catch-up', target, mirror);
    expect([respelt.status, respelt.output.match(/has another text under/g)?.length]).toEqual([0, 5]);
    expect(respelt.output).toContain('content missing: 5 × import/v1');
    for (const [path, text] of texts) writeFileSync(path, text);
    const later = run('catch-up', target, mirror);
    expect([later.status, later.status === 0 ? '' : later.output]).toEqual([0, '']);
    expect(later.output).toContain('5 public document(s) taken');
    const caughtUp = { output: respelt.output + later.output };
    expect(caughtUp.output).toContain(`to ${today.size} entries, root ${today.root}`);
    // products of today: public as entries, private as documents
    expect(caughtUp.output).toContain('content missing: 5 × product/v1');

    service = await startService(target, port, env(target));
    const now = await headOf(service.url);
    expect([now.size, now.root, now.text]).toEqual([today.size, today.root, today.text]);
    expect(await leavesOf(service.url, now.size)).toEqual(leaves);
    const goesOn = recorder.at(service.url);
    await goesOn.record(2);
    const grown = await headOf(service.url);
    expect(grown.size).toBeGreaterThan(today.size);
    await anchored(target, grown.size);
    const check = run('fsck', target, '--json');
    expect([check.status, reportOf(check.output).differences]).toEqual([0, []]);
    expect(reportOf(check.output).missing).toEqual({ 'product/v1': 5 });
    process.stdout.write(
      `counted: ${today.size - Number(yesterday.size)} entries taken from the mirror, 0 lost, 0 doubled\n`,
    );
  }, 120_000);
});
