/**
 * `npm run deploy`: puts the three contracts on the chain of CHAIN_RPC_URL and opens the log there, for the data folder
 * that `npm start` with the same settings will use. Without `--yes` it sends nothing: it prints what it would send, what
 * that costs in the chain's own currency, and the command. With `--yes` it prints what stands where as JSON on stdout.
 *
 *     CHAIN_RPC_URL=https://… ANCHORLEAF_CHAIN_KIND=public DATA_DIR=./public-data npm run deploy [-- --yes]
 *
 * Every transaction has its fixed nonce, kept in the data folder: after a crash the same command goes on.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEther, formatUnits, getCreateAddress, JsonRpcProvider, ZeroHash } from 'ethers';
import type { ChainSigner } from '../apps/ledger/src/anchoring/signer.ts';
import type { ChainFacts } from '../apps/ledger/src/chain/chain-facts.ts';
import type { JsonRpcClient } from '../apps/ledger/src/chain/json-rpc.ts';
import type { Config } from '../apps/ledger/src/config.ts';
import type { Installation } from '../apps/ledger/src/installation/installation.ts';
import { ROOT } from './build.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

// The service's own modules are run as built: their decorators are more than type stripping can do.
// Building talks on stdout, which is for the report here.
const building = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts')], {
  cwd: ROOT,
  stdio: ['ignore', 2, 2],
});
if (building.status !== 0) process.exit(1);
const built = <Module>(path: string): Promise<Module> =>
  import(new URL(`../dist/apps/ledger/src/${path}`, import.meta.url).href);
const { cadenceOf } =
  await built<typeof import('../apps/ledger/src/anchoring/cadence.ts')>('anchoring/cadence.js');
const { describeCosts, reckon } =
  await built<typeof import('../apps/ledger/src/anchoring/costs.ts')>('anchoring/costs.js');
const { openSigner, signTransaction } =
  await built<typeof import('../apps/ledger/src/anchoring/signer.ts')>('anchoring/signer.js');
const { currencyOf } =
  await built<typeof import('../apps/ledger/src/chain/currency.ts')>('chain/currency.js');
const { CONTRACT_NAMES, CONTRACTS, creationCode } =
  await built<typeof import('../apps/ledger/src/chain/contracts.ts')>('chain/contracts.js');
const { contractAt, deriveLogId, identifyChain, originHash } =
  await built<typeof import('../apps/ledger/src/chain/deployment.ts')>('chain/deployment.js');
const rpcClient = await built<typeof import('../apps/ledger/src/chain/json-rpc.ts')>('chain/json-rpc.js');
const { SystemClock } = await built<typeof import('../apps/ledger/src/clock.ts')>('clock.js');
const { loadConfig } = await built<typeof import('../apps/ledger/src/config.ts')>('config.js');
const { openInstallation } = await built<typeof import('../apps/ledger/src/installation/installation.ts')>(
  'installation/installation.js',
);
const { readJson, writeJson } =
  await built<typeof import('../apps/ledger/src/installation/kept-file.ts')>('installation/kept-file.js');
const { SystemRandom } = await built<typeof import('../apps/ledger/src/random.ts')>('random.js');

type Step = { what: string; to: string | null; data: string };
type Begun = { chainId: string; genesis: string; firstNonce: number };

/** Said in one sentence, exit 1. */
class DeployError extends Error {
  override readonly name = 'DeployError';
}

function stepsOf(installation: Installation, owner: string, firstNonce: number) {
  const [anchor, bodies, registry] = [0, 1, 2].map((step) =>
    getCreateAddress({ from: owner, nonce: firstNonce + step }),
  ) as [string, string, string];
  const { origin, maxAnchorDelay, domainSalt } = installation;
  const opening = [originHash(origin), maxAnchorDelay, ZeroHash, 0, ZeroHash, []];
  const steps: Step[] = [
    { what: 'CheckpointAnchor', to: null, data: creationCode('CheckpointAnchor', []) },
    { what: 'BodyRegistry', to: null, data: creationCode('BodyRegistry', []) },
    {
      what: 'PassportRegistry',
      to: null,
      data: creationCode('PassportRegistry', [anchor, bodies, domainSalt]),
    },
    {
      what: `log ${origin}`,
      to: anchor,
      data: CONTRACTS.CheckpointAnchor.encodeFunctionData('openLog', opening),
    },
  ];
  return { steps, addresses: { CheckpointAnchor: anchor, BodyRegistry: bodies, PassportRegistry: registry } };
}

/**
 * Gas of the steps still to do. The chain itself says what the first contract costs there; the others, which it cannot
 * judge before that one stands, are the measured figures of the gas snapshot in the same proportion.
 */
async function estimate(provider: JsonRpcProvider, from: string, steps: readonly Step[]): Promise<bigint[]> {
  const file = new URL('../test/contracts/gas-snapshot.json', import.meta.url);
  const snapshot: Record<string, number> = JSON.parse(readFileSync(file, 'utf8'));
  const measured = ({ what }: Step) =>
    snapshot[`deployment of ${what}`] ?? snapshot['openLog without a head'] ?? 0;
  const { data } = stepOf(steps, 0);
  const first = await provider.estimateGas({ from, data });
  const proportion = Math.max(1, Number(first) / measured(stepOf(steps, 0)));
  return steps.map((step) => BigInt(Math.ceil(measured(step) * proportion)));
}
const stepOf = (steps: readonly Step[], at: number): Step => steps[at] as Step;

type Sending = { provider: JsonRpcProvider; signer: ChainSigner; chainId: bigint };

async function send({ provider, signer, chainId }: Sending, step: Step, nonce: number) {
  const request = { to: step.to, data: step.data, nonce };
  const gasLimit = ((await provider.estimateGas({ from: signer.address, ...request })) * 12n) / 10n;
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await provider.getFeeData();
  const fees = {
    maxFeePerGas: maxFeePerGas ?? gasPrice ?? 0n,
    maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n,
  };
  const { raw, hash } = await signTransaction(signer, { ...request, ...fees, chainId, gasLimit });
  const sent = await provider.broadcastTransaction(raw);
  say(`sent ${step.what}: ${hash}`);
  const receipt = await sent.wait();
  if (receipt?.status !== 1) throw new DeployError(`${step.what} failed in transaction ${hash}`);
}

async function deploy(config: Config, installation: Installation, confirmed: boolean): Promise<void> {
  const rpcUrl = config.chainRpcUrls[0] as string;
  const rpc = new rpcClient.JsonRpcClient(rpcUrl);
  const kept = await installation.keptChain();
  if (kept)
    throw new DeployError(
      `${installation.dataDir} stands on chain ${kept.chainId} already; choose an empty DATA_DIR for another`,
    );
  const chain = await identifyChain(rpc);
  const signer = openSigner(config, installation);
  const provider = new JsonRpcProvider(rpcUrl, undefined, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const done = await provider.getTransactionCount(signer.address);
    const begunFile = installation.pathOf('deployment.json');
    const begun = (await readJson<Begun>(begunFile)) ?? {
      chainId: String(chain.chainId),
      genesis: chain.genesis,
      firstNonce: done,
    };
    if (begun.genesis !== chain.genesis)
      throw new DeployError(
        `a deployment on chain ${begun.chainId} was begun in this data folder: finish that one`,
      );

    const { steps, addresses } = stepsOf(installation, signer.address, begun.firstNonce);
    const gas = await estimate(provider, signer.address, steps);
    const skipped = done - begun.firstNonce;
    const total = gas.slice(skipped).reduce((sum, one) => sum + one, 0n);
    const { gasPrice, maxFeePerGas } = await provider.getFeeData();
    const price = gasPrice ?? maxFeePerGas ?? 0n;
    const cost = total * price;
    const balance = await provider.getBalance(signer.address);
    const currency = currencyOf(chain.chainId);

    say(
      `chain ${chain.chainId} at ${rpcClient.hideSecrets(rpcUrl)}, genesis ${chain.genesis}, ${config.chainKind}`,
    );
    say(
      `from  ${signer.address}, which will own the log and pay for anchors; it has ${formatEther(balance)} ${currency}`,
    );
    for (const [at, { what, to }] of steps.entries()) {
      const where = to === null ? ` at ${addresses[what as keyof typeof addresses]}` : '';
      say(`  ${at < skipped ? 'done ' : 'send '} ${what}${where}: ${gas[at]} gas`);
    }
    say(`cost  ${total} gas x ${formatUnits(price, 'gwei')} gwei = ${formatEther(cost)} ${currency}`);
    say('      (a rollup adds its fee for data; prices move until the transactions are in)');
    const cadence = cadenceOf(config, false, installation.maxAnchorDelay);
    const running = reckon(cadence, { base: price, tip: 0n }, null, chain.chainId);
    say(`then  ${describeCosts(running, cadence)}`);
    if (!confirmed) {
      say('\nNothing was sent. To deploy:\n');
      say(`  ${commandOf(config)}\n`);
      return;
    }
    if (balance < cost)
      throw new DeployError(
        `${signer.address} has ${formatEther(balance)}, but ${formatEther(cost)} is needed: fund it first`,
      );

    await writeJson(begunFile, begun, 0o644);
    for (const [at, step] of steps.entries())
      if (at >= skipped)
        await send({ provider, signer, chainId: chain.chainId }, step, begun.firstNonce + at);
    const facts = await readFacts(rpc, config, installation, chain, addresses, signer.address);
    const block = await provider.getBlock('latest');
    await installation.keepChain(facts);
    const report = {
      format: 'anchorleaf-deployment/v1',
      chain: {
        id: String(chain.chainId),
        genesis: chain.genesis,
        kind: facts.kind,
        operator: facts.operator,
      },
      contracts: facts.contracts,
      log: {
        id: facts.logId,
        origin: installation.origin,
        owner: signer.address,
        maxDelaySeconds: installation.maxAnchorDelay,
      },
      domainSalt: facts.domainSalt,
      block: { number: String(block?.number), hash: block?.hash },
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } finally {
    provider.destroy();
  }
}

/** What stands on the chain, read back from it. */
async function readFacts(
  rpc: JsonRpcClient,
  config: Config,
  installation: Installation,
  chain: { chainId: bigint; genesis: string },
  addresses: Readonly<Record<(typeof CONTRACT_NAMES)[number], string>>,
  owner: string,
): Promise<ChainFacts> {
  const logId = deriveLogId(chain.chainId, addresses.CheckpointAnchor, owner, installation.origin);
  const asked = CONTRACTS.CheckpointAnchor.encodeFunctionData('logOwner', [logId]);
  const answer = await rpc.call('eth_call', [{ to: addresses.CheckpointAnchor, data: asked }, 'latest']);
  const [found] = CONTRACTS.CheckpointAnchor.decodeFunctionResult('logOwner', String(answer));
  if (found !== owner) throw new DeployError(`the log ${logId} belongs to ${found}, not to ${owner}`);
  const contracts = await Promise.all(
    CONTRACT_NAMES.map(async (name) => [name, await contractAt(rpc, addresses[name])] as const),
  );
  return {
    ...chain,
    kind: config.chainKind,
    operator: config.chainOperator,
    contracts: Object.fromEntries(contracts) as ChainFacts['contracts'],
    logId,
    domainSalt: installation.domainSalt,
  };
}

function commandOf(config: Config): string {
  const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const textOf = (value: number | null) => (value === null ? null : String(value));
  const settings: [string, string | null][] = [
    ['CHAIN_RPC_URL', config.chainRpcUrls.join(',')],
    ['ANCHORLEAF_CHAIN_KIND', config.chainKind],
    ['ANCHORLEAF_CHAIN_OPERATOR', config.chainOperator],
    ['DATA_DIR', config.dataDir],
    ['PUBLIC_URL', config.publicUrl],
    ['ANCHORLEAF_MAX_ANCHOR_DELAY_SECONDS', textOf(config.maxAnchorDelaySeconds)],
    ['ANCHORLEAF_ANCHOR_SECONDS', textOf(config.anchorSeconds)],
    ['ANCHORLEAF_SIGNER_URL', config.signerUrl],
    ['ANCHORLEAF_SIGNER_ADDRESS', config.signerAddress],
  ];
  const set = settings.flatMap(([name, value]) => (value === null ? [] : [`${name}=${quoted(value)}`]));
  return `${set.join(' ')} npm run deploy -- --yes`;
}

try {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--yes');
  if (unknown.length > 0) throw new DeployError(`unknown argument ${unknown[0]}; there is only --yes`);
  const config = loadConfig(process.env);
  if (config.chainRpcUrls.length === 0)
    throw new DeployError(
      'CHAIN_RPC_URL is not set; the embedded test ledger deploys by itself at the first `npm start`',
    );
  const installation = await openInstallation(config, new SystemClock(), new SystemRandom());
  try {
    await deploy(config, installation, process.argv.includes('--yes'));
  } finally {
    await installation.close();
  }
} catch (error) {
  if (!(error instanceof Error) || error.constructor === Error || error instanceof TypeError) throw error;
  say(error.message);
  process.exitCode = 1;
}
