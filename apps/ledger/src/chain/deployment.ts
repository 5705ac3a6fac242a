// First start on the embedded chain: deploy the three contracts and open the log. Every transaction has its fixed nonce,
// so a start that was cut off goes on where it stopped and the addresses come out the same.
import { AbiCoder, getCreateAddress, keccak256, Transaction, Wallet } from 'ethers';
import { sha256, utf8 } from '#lib/canonical';
import { formatData } from '#lib/evm';
import type { ChainFacts, ContractName } from './chain-facts.ts';
import { CONTRACT_NAMES, CONTRACTS, creationCode } from './contracts.ts';
import { fromQuantity, type Rpc, toQuantity } from './json-rpc.ts';

export type DeploymentPlan = {
  readonly rpc: Rpc;
  readonly chainId: bigint;
  readonly genesis: string;
  /** 0x secret key: deploys, and owns the log. */
  readonly secretKey: string;
  readonly origin: string;
  /** Seconds. */
  readonly maxAnchorDelay: number;
  readonly domainSalt: string;
};

const ZERO = `0x${'00'.repeat(32)}`;
// the embedded chain asks for no fee; under the cap of EIP-7825 (2^24)
const GAS_LIMIT = 16_000_000n;

/** SHA-256 of the origin's UTF-8 bytes, as CheckpointAnchor stores it. */
export function originHash(origin: string): string {
  return formatData(sha256(utf8(origin)));
}

/** logId = keccak256(abi.encode(chain id, contract, opener, origin hash)): derived, never chosen. */
export function deriveLogId(chainId: bigint, anchor: string, owner: string, origin: string): string {
  const types = ['uint256', 'address', 'address', 'bytes32'];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, anchor, owner, originHash(origin)]));
}

/** The chain's facts after everything stands. Safe to run again after a crash at any point. */
export async function deployContracts(plan: DeploymentPlan): Promise<ChainFacts> {
  const wallet = new Wallet(plan.secretKey);
  const [anchor, bodies, registry] = [0, 1, 2].map((nonce) =>
    getCreateAddress({ from: wallet.address, nonce }),
  ) as [string, string, string];
  const steps: { to: string | null; data: string }[] = [
    { to: null, data: creationCode('CheckpointAnchor', []) },
    { to: null, data: creationCode('BodyRegistry', []) },
    { to: null, data: creationCode('PassportRegistry', [anchor, bodies, plan.domainSalt]) },
    {
      to: anchor,
      // a log without predecessor and without a head yet
      data: CONTRACTS.CheckpointAnchor.encodeFunctionData('openLog', [
        originHash(plan.origin),
        plan.maxAnchorDelay,
        ZERO,
        0,
        ZERO,
        [],
      ]),
    },
  ];
  const done = fromQuantity(await plan.rpc.call('eth_getTransactionCount', [wallet.address, 'latest']));
  for (const [nonce, step] of steps.entries())
    if (BigInt(nonce) >= done) await send(plan, wallet, nonce, step);
  return readFacts(
    plan,
    { CheckpointAnchor: anchor, BodyRegistry: bodies, PassportRegistry: registry },
    wallet.address,
  );
}

async function send(
  plan: DeploymentPlan,
  wallet: Wallet,
  nonce: number,
  step: { to: string | null; data: string },
) {
  const transaction = Transaction.from({
    type: 2,
    chainId: plan.chainId,
    nonce,
    to: step.to,
    data: step.data,
    gasLimit: GAS_LIMIT,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
  });
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
  const hash = await plan.rpc.call('eth_sendRawTransaction', [transaction.serialized]);
  const receipt = (await plan.rpc.call('eth_getTransactionReceipt', [hash])) as { status?: string } | null;
  if (receipt?.status !== '0x1')
    throw new Error(
      `step ${nonce} of the deployment failed in transaction ${hash}: the embedded chain is not usable`,
    );
}

/** Reads code hashes, and checks that code is there. */
async function readFacts(
  plan: DeploymentPlan,
  addresses: Readonly<Record<ContractName, string>>,
  owner: string,
): Promise<ChainFacts> {
  const contracts = Object.fromEntries(
    await Promise.all(
      CONTRACT_NAMES.map(async (name) => [name, await contractAt(plan.rpc, addresses[name])]),
    ),
  ) as ChainFacts['contracts'];
  return {
    chainId: plan.chainId,
    genesis: plan.genesis,
    kind: 'test',
    operator: null,
    contracts,
    logId: deriveLogId(plan.chainId, addresses.CheckpointAnchor, owner, plan.origin),
    domainSalt: plan.domainSalt,
  };
}

export async function contractAt(rpc: Rpc, address: string): Promise<{ address: string; codeHash: string }> {
  const code = String(await rpc.call('eth_getCode', [address, 'latest']));
  if (code === '0x') throw new Error(`there is no contract at ${address}`);
  return { address, codeHash: keccak256(code) };
}

/** Chain id and hash of block 0: what tells two chains apart. */
export async function identifyChain(rpc: Rpc): Promise<{ chainId: bigint; genesis: string }> {
  const chainId = fromQuantity(await rpc.call('eth_chainId'));
  const block = (await rpc.call('eth_getBlockByNumber', [toQuantity(0n), false])) as { hash?: string } | null;
  if (!block?.hash) throw new Error('the chain does not show its block 0');
  return { chainId, genesis: block.hash };
}
