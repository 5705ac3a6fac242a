// From an intent to bytes in the hands of nodes, and what is done while they do not mine them. The order of writes, and
// what holds if the process dies between two of them:
//   1 the intent is a row               nothing was promised to anybody
//   2 nonce and signed bytes, together  nobody else has seen the bytes: they are sent at the next start
//   3 the bytes go to the nodes         the same bytes go again; a nonce takes one transaction
//   4 "sent" is written down            as 3
// A crash leaves an intent, which is signed, or signed bytes, which are sent again; there is no third case.
import { Transaction } from 'ethers';
import { explainRevert } from '../chain/contracts.ts';
import { fromQuantity, RpcRefused, toQuantity } from '../chain/json-rpc.ts';
import { bumpFees, currentPrice, type Fees, feesOf, firstFees } from './fees.ts';
import { isAnywhere } from './receipts.ts';
import { NOOP_GAS, nextMove } from './schedule.ts';
import type { SenderContext } from './sender-context.ts';
import { signTransaction } from './signer.ts';
import {
  FILL,
  insertFill,
  keepSigned,
  knownNonces,
  markBroadcast,
  markFailed,
  type SentTransaction,
  type SignedVersion,
  signedVersions,
  takeNonce,
  type VersionKind,
} from './transactions.ts';

const GAS_MARGIN = { times: 110n, of: 100n };
/** Nonces that are filled at once: more are missing only if an endpoint lies. */
const MOST_FILLS = 16n;
const LOOKS_BEFORE_TAKEN = 3;

/** Gives the intent its nonce and signs it. @throws FeeTooHigh, SignerTrouble, RpcUnreachable: nothing was written */
export async function signFirst(context: SenderContext, open: SentTransaction): Promise<void> {
  const { chain, signer } = context;
  const gasLimit = open.purpose === FILL ? NOOP_GAS : await estimate(context, open);
  if (typeof gasLimit === 'string') {
    context.logger.warn({ purpose: open.purpose, id: open.id }, `the chain refuses a call: ${gasLimit}`);
    await fail(context, open, gasLimit);
    return;
  }
  const fees = firstFees(await currentPrice(chain), context.ceiling);
  const onChain = await agreedCount(context, 'pending');
  await context.inEpoch(async (tx) => {
    const nonce = open.nonce ?? (await takeNonce(tx, signer.address, onChain));
    const kind = open.purpose === FILL ? 'noop' : 'call';
    const signed = await signVersion(context, open, { kind, nonce, gasLimit, fees });
    await keepSigned(tx, open.id, { ...signed, kind, nonce, gasLimit }, context.clock.now());
  });
}

/** Gas with a margin, or the contract's reason why it would fail. */
async function estimate({ chain, signer }: SenderContext, { to, data }: SentTransaction) {
  try {
    const estimated = await chain.rpc.call('eth_estimateGas', [{ from: signer.address, to, data }]);
    return (fromQuantity(estimated) * GAS_MARGIN.times) / GAS_MARGIN.of;
  } catch (error) {
    if (error instanceof RpcRefused && error.data) return explainRevert(error.data);
    throw error;
  }
}

type Terms = {
  readonly kind: VersionKind;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  readonly fees: Fees;
};

function signVersion({ chain, signer }: SenderContext, { to, data }: SentTransaction, terms: Terms) {
  const { kind, nonce, gasLimit, fees } = terms;
  return signTransaction(signer, {
    chainId: chain.facts.chainId,
    nonce: Number(nonce),
    ...(kind === 'call' ? { to, data, gasLimit } : { to: signer.address, data: '0x', gasLimit: NOOP_GAS }),
    ...fees,
  });
}

/** Hands the newest bytes to all endpoints. @throws RpcUnreachable when none answers */
export async function broadcast(context: SenderContext, open: SentTransaction): Promise<void> {
  const [newest] = await signedVersions(context.database, open.id);
  if (!newest) throw new Error(`transaction ${open.id} is signed but its bytes are not there`);
  try {
    await context.chain.pool.broadcast(newest.raw);
  } catch (error) {
    if (!(error instanceof RpcRefused)) throw error;
    // whatever nodes say about bytes that they may have seen, the receipt tells the truth; the schedule goes on
    context.logger.warn({ id: open.id, hash: newest.hash }, `no endpoint takes it: ${error.message}`);
  }
  await markBroadcast(context.database, open.id, context.clock.now());
}

/** A node may forget a transaction, a fee may be too low, a nonce may be gone or missing. @throws FeeTooHigh */
export async function keepMoving(context: SenderContext, open: SentTransaction): Promise<void> {
  const now = context.clock.now();
  const versions = await signedVersions(context.database, open.id);
  const hasFees = !context.chain.isEmbedded;
  const move = nextMove({ now, versions, sentAt: open.sentAt, hasFees });
  if (move === 'wait' || !(await isNonceNext(context, open, versions))) return;
  if (move === 'resend') {
    await broadcast(context, open);
    return;
  }
  // the same bytes once more in any case: a ceiling may forbid the higher fee
  await broadcast(context, open);
  const { nonce, gasLimit } = open as { nonce: bigint; gasLimit: bigint };
  const kind = move === 'noop' ? 'noop' : 'call';
  const [newest] = versions as [SignedVersion, ...SignedVersion[]];
  const { from } = Transaction.from(newest.raw);
  if (from !== context.signer.address)
    throw new Error(`nonce ${nonce} was signed by ${from}: set the signer back until it is mined`);
  const fees = bumpFees(feesOf(newest.raw), await currentPrice(context.chain), context.ceiling);
  const signed = await signVersion(context, open, { kind, nonce, gasLimit, fees });
  context.logger.warn(
    { id: open.id, nonce: String(nonce), kind },
    kind === 'noop' ? 'a nonce is stuck: a self-send is to take it' : 'not mined in time: the fee is raised',
  );
  await context.inEpoch((tx) => keepSigned(tx, open.id, { ...signed, kind, nonce, gasLimit }, now));
}

/** Looks for gaps before anything is sent again. False: the row has ended, or another nonce has to go first. */
async function isNonceNext(
  context: SenderContext,
  open: SentTransaction,
  versions: readonly SignedVersion[],
): Promise<boolean> {
  const nonce = open.nonce as bigint;
  const next = await transactionCount(context, 'latest');
  if (next > nonce) return !(await endIfTaken(context, open, versions));
  if (next === nonce) return true;
  return !(await fillGaps(context, next, nonce));
}

/**
 * The chain counts beyond this nonce for good, yet no endpoint knows a version of ours: somebody else has the key. Said
 * after several looks, because an endpoint may have hidden a receipt once.
 */
async function endIfTaken(context: SenderContext, open: SentTransaction, versions: readonly SignedVersion[]) {
  const final = await context.watch.finalBlock();
  const counted = await agreedCount(context, toQuantity(final.number));
  const isMissing = counted > (open.nonce as bigint) && !(await isAnywhere(context.chain, versions));
  const missed = isMissing ? (context.missed.get(open.id) ?? 0) + 1 : 0;
  context.missed.set(open.id, missed);
  if (missed < LOOKS_BEFORE_TAKEN) return false;
  context.missed.delete(open.id);
  const reason = `nonce ${open.nonce} was used by another holder of the key ${context.signer.address}`;
  context.logger.error({ id: open.id }, reason);
  await fail(context, open, reason);
  return true;
}

/** Nonces below an open one that the chain waits for and we have no row of: self-sends take them. */
async function fillGaps(context: SenderContext, from: bigint, before: bigint): Promise<boolean> {
  const known = await knownNonces(context.database, from, before);
  const missing: bigint[] = [];
  for (let nonce = from; nonce < before && BigInt(missing.length) < MOST_FILLS; nonce++)
    if (!known.has(nonce)) missing.push(nonce);
  if (missing.length === 0) return false;
  context.logger.warn({ nonces: missing.map(String) }, 'nonces are missing on chain: self-sends fill them');
  await context.inEpoch(async (tx) => {
    for (const nonce of missing)
      await insertFill(tx, context.random.uuid(), { to: context.signer.address, nonce }, context.clock.now());
  });
  return true;
}

/**
 * What every endpoint that answers counts at least: one that says more than the others must neither send us behind a gap,
 * which self-sends would have to fill, nor make a nonce used that is not.
 */
async function agreedCount({ chain, signer }: SenderContext, at: string): Promise<bigint> {
  const asked = await chain.pool.askAll(async (rpc) =>
    fromQuantity(await rpc.call('eth_getTransactionCount', [signer.address, at])),
  );
  const [least] = asked.flatMap(({ answer }) => answer ?? []).sort((a, b) => (a < b ? -1 : 1));
  if (least === undefined) throw new Error(`no endpoint counts the transactions of ${signer.address}`);
  return least;
}

async function transactionCount({ chain, signer }: SenderContext, at: string): Promise<bigint> {
  return fromQuantity(await chain.rpc.call('eth_getTransactionCount', [signer.address, at]));
}

async function fail(context: SenderContext, open: SentTransaction, reason: string): Promise<void> {
  await context.inEpoch(async (tx) => {
    await markFailed(tx, open.id, reason, context.clock.now());
    await context.tell(tx, open.id, []);
  });
}
