// What became of a transaction: included in a block, taken out of it again, final.
import type { BlockHead, ChainService } from '../chain/chain.service.ts';
import { type EventLog, explainRevert } from '../chain/contracts.ts';
import { type Rpc, RpcRefused, toQuantity } from '../chain/json-rpc.ts';
import type { SenderContext } from './sender-context.ts';
import {
  FILL,
  markFinal,
  markIncluded,
  markUnmined,
  type Outcome,
  type SentTransaction,
  type SignedVersion,
  signedVersions,
  unfinal,
} from './transactions.ts';

type Receipt = {
  readonly hash: string;
  readonly succeeded: boolean;
  readonly block: bigint;
  readonly blockHash: string;
  readonly gasUsed: bigint;
  /** Wei. */
  readonly paid: bigint;
  readonly logs: readonly EventLog[];
};

/** Looks for any version ever signed in a block, and writes down what it finds. False: none is in a block. */
export async function settle(context: SenderContext, open: SentTransaction): Promise<boolean> {
  for (const version of await signedVersions(context.database, open.id)) {
    const receipt = await readReceipt(context.chain.rpc, version.hash);
    if (!receipt) continue;
    const block = await believedBlock(context, open, version, receipt);
    if (!block) continue;
    const outcome = await outcomeOf(context, open, version, receipt, block);
    if (outcome.error)
      context.logger.warn({ purpose: open.purpose, hash: version.hash }, `a transaction: ${outcome.error}`);
    await context.inEpoch(async (tx) => {
      await markIncluded(tx, open.id, outcome);
      await context.tell(tx, open.id, receipt.logs);
    });
    return true;
  }
  return false;
}

/**
 * Those in blocks: back to waiting when their block is gone from the chain, final when it is behind the chain's finality.
 * True: some are left to follow.
 */
export async function followBlocks(context: SenderContext): Promise<boolean> {
  const included = await unfinal(context.database);
  if (included.length === 0) return false;
  const final = await context.watch.finalBlock();
  let left = false;
  let block: BlockHead | null = null;
  for (const one of included) {
    if (block?.number !== one.block) block = await context.chain.blockAt(one.block as bigint);
    // an endpoint that has not come so far is behind; that is no fork
    if (!block) left = true;
    else if (block.hash !== one.blockHash) {
      await takeBack(context, one);
      left = true;
    } else if (block.number > final.number) left = true;
    else if (!(await finish(context, one))) left = true;
  }
  return left;
}

/** Does any endpoint that answers know a receipt of any of these? True also when none answers: silence denies nothing. */
export async function isAnywhere(chain: ChainService, versions: readonly SignedVersion[]): Promise<boolean> {
  const asked = await chain.pool.askAll((rpc) =>
    Promise.all(versions.map(({ hash }) => readReceipt(rpc, hash))),
  );
  const answers = asked.flatMap(({ answer }) => (answer ? [answer] : []));
  return answers.length === 0 || answers.some((receipts) => receipts.some((receipt) => receipt !== null));
}

async function takeBack(context: SenderContext, one: SentTransaction): Promise<void> {
  context.logger.warn(
    { id: one.id, hash: one.hash, block: String(one.block) },
    'a reorganisation took a transaction out of its block; it waits for another one',
  );
  await context.inEpoch(async (tx) => {
    await markUnmined(tx, one.id);
    await context.tell(tx, one.id, []);
  });
}

/** Its block is final: the receipt is read once more, and what two readings in a row say stays. */
async function finish(context: SenderContext, one: SentTransaction): Promise<boolean> {
  const versions = await signedVersions(context.database, one.id);
  const version = versions.find(({ hash }) => hash === one.hash);
  const receipt = version && (await readReceipt(context.chain.rpc, version.hash));
  const block = receipt && (await believedBlock(context, one, version, receipt));
  if (!version || !receipt || !block || block.hash !== one.blockHash) return false;
  const outcome = await outcomeOf(context, one, version, receipt, block);
  // an endpoint said otherwise before: two readings have to agree
  const isSettled = outcome.state === one.state;
  await context.inEpoch(async (tx) => {
    if (isSettled) await markFinal(tx, one.id, context.clock.now());
    else await markIncluded(tx, one.id, outcome);
    await context.tell(tx, one.id, receipt.logs);
  });
  return isSettled;
}

async function readReceipt(rpc: Rpc, hash: string): Promise<Receipt | null> {
  const receipt = (await rpc.call('eth_getTransactionReceipt', [hash])) as Record<string, never> | null;
  if (!receipt?.blockNumber || !receipt.blockHash) return null;
  const gasUsed = BigInt(receipt.gasUsed ?? 0);
  return {
    hash,
    succeeded: receipt.status === '0x1',
    block: BigInt(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed,
    // rollups add a fee for data to their receipts
    paid: gasUsed * BigInt(receipt.effectiveGasPrice ?? 0) + BigInt(receipt.l1Fee ?? 0),
    logs: receipt.logs ?? [],
  };
}

/**
 * A receipt alone is a claim: its block has to hold the transaction, to be the chain's block at its height, and to hold
 * logs of it exactly if it succeeded, because every call of ours that succeeds logs something.
 */
async function believedBlock(
  context: SenderContext,
  { to }: SentTransaction,
  { kind }: SignedVersion,
  receipt: Receipt,
): Promise<BlockHead | null> {
  const { rpc } = context.chain;
  const block = (await rpc.call('eth_getBlockByHash', [receipt.blockHash, false])) as {
    number: string;
    transactions: string[];
  } | null;
  const holdsIt =
    block !== null && BigInt(block.number) === receipt.block && block.transactions.includes(receipt.hash);
  const canonical = holdsIt ? await context.chain.blockAt(receipt.block) : null;
  if (canonical?.hash === receipt.blockHash) {
    // nothing is called by a self-send, so nothing can fail
    if (kind === 'noop') return canonical;
    const logs = (await rpc.call('eth_getLogs', [
      { blockHash: receipt.blockHash, address: to },
    ])) as unknown as {
      transactionHash: string;
    }[];
    const hasLogs = logs.some(({ transactionHash }) => transactionHash === receipt.hash);
    if (hasLogs === receipt.succeeded) return canonical;
  }
  context.logger.warn(
    { hash: receipt.hash, block: String(receipt.block) },
    'a receipt says what its block does not: it is not believed',
  );
  return null;
}

async function outcomeOf(
  context: SenderContext,
  open: SentTransaction,
  { kind }: SignedVersion,
  receipt: Receipt,
  { time }: BlockHead,
): Promise<Outcome> {
  const { hash, block, blockHash, gasUsed, paid } = receipt;
  const facts = { hash, block, blockHash, blockTime: time, gasUsed, paid };
  if (!receipt.succeeded && kind === 'call')
    return { ...facts, state: 'failed', error: await reasonOf(context, open, receipt.block) };
  if (kind === 'call' || open.purpose === FILL) return { ...facts, state: 'mined', error: null };
  return {
    ...facts,
    state: 'replaced',
    error: `it was not mined in time, and a self-send took its nonce ${open.nonce}`,
  };
}

async function reasonOf(context: SenderContext, { to, data }: SentTransaction, block: bigint) {
  const from = context.signer.address;
  try {
    await context.chain.rpc.call('eth_call', [{ from, to, data }, toQuantity(block)]);
    return 'failed in its block';
  } catch (error) {
    return error instanceof RpcRefused ? explainRevert(error.data) : 'failed; the reason could not be read';
  }
}
