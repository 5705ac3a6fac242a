// What the checks need from the chain, read at one final block from at least two endpoints that are not the record
// host's. Two round trips: which chain and block, then everything else in one batch. docs/formats/root.md, docs/checks.md.
//
// An endpoint is attacker-controlled: a wrong or missing answer makes it count as one that did not answer. Unreachable is
// a state of its own and never a verdict against the record.
import { canonicalize, isJsonObject, type JsonValue } from '#lib/canonical';
import { formatTime, type Rpc, type RpcAnswer, type RpcRequest } from '#lib/evm';
import { type Call, decodeAnswers, planCalls } from './chain-calls.ts';
import {
  type ChainQuestion,
  type ChainReading,
  type ChainSilence,
  LAST_TIME,
  silence,
  Unreadable,
} from './chain-state.ts';
import { endpointsNeeded } from './endpoints.ts';
import type { Root } from './root.ts';

/** Which endpoints differ by more lag behind: a liar could hold a withdrawal back by answering from the past. */
const MAX_LAG_SECONDS = 1_800n;
/** A public or private chain that has had no final block for so long tells nothing about now. */
const MAX_AGE_SECONDS = 7_200n;

export async function readChain(
  rpc: Rpc,
  root: Root,
  endpoints: readonly string[],
  question: ChainQuestion,
  now: bigint,
): Promise<ChainReading> {
  const need = endpointsNeeded(root);
  const asked = await Promise.all(endpoints.map((endpoint) => attempt(() => askWhere(rpc, endpoint))));
  const present = endpoints.flatMap((endpoint, at) => (asked[at] ? [{ endpoint, ...asked[at] }] : []));
  if (present.length < need) return tooFew(endpoints.length, present.length, need);

  const right = present.filter(
    ({ chainId, genesis }) => chainId === root.chain.id && genesis === root.chain.genesis,
  );
  const stranger = present.find((each) => !right.includes(each));
  if (stranger && right.length > 0) return silence('chain/endpoints-disagree', { what: 'chain' });
  if (stranger) {
    const other = stranger.chainId !== root.chain.id;
    return silence('root/mismatch', {
      what: other ? 'chain id' : 'genesis',
      found: other ? stranger.chainId : stranger.genesis,
      expected: other ? root.chain.id : root.chain.genesis,
    });
  }

  const oldest = right.reduce((a, b) => (b.block.number < a.block.number ? b : a)).block;
  if (right.some(({ block }) => block.number === oldest.number && block.hash !== oldest.hash))
    return silence('chain/endpoints-disagree', { what: 'block' });
  const times = right.map(({ block }) => block.time).sort((a, b) => (a < b ? -1 : 1));
  const lag = times[times.length - 1]! - times[0]!;
  if (lag > MAX_LAG_SECONDS) return silence('chain/endpoints-lag', { seconds: String(lag) });
  if (root.chain.kind !== 'test' && now - oldest.time > MAX_AGE_SECONDS)
    return silence('chain/stale', { time: formatTime(oldest.time) });

  const calls = planCalls(root, question, oldest);
  const answers = await Promise.all(right.map(({ endpoint }) => attempt(() => askAll(rpc, endpoint, calls))));
  const spoken = right.flatMap(({ endpoint }, at) =>
    answers[at] ? [{ endpoint, answers: answers[at] }] : [],
  );
  const [first] = spoken;
  if (!first || spoken.length < need) return tooFew(endpoints.length, spoken.length, need);
  for (const [at, { what }] of calls.entries())
    if (spoken.some((each) => each.answers[at] !== first.answers[at]))
      return silence('chain/endpoints-disagree', { what });
  try {
    return decodeAnswers(
      root,
      question,
      oldest,
      spoken.map(({ endpoint }) => endpoint),
      calls,
      first.answers,
    );
  } catch (error) {
    if (error instanceof Unreadable) return silence('chain/malformed-answer', { what: error.message });
    throw error;
  }
}

function tooFew(asked: number, reached: number, need: number): ChainSilence {
  return reached > 0 || (need > 1 && asked < need)
    ? silence('chain/too-few-endpoints', { need: String(need), have: String(reached) })
    : silence('chain/unreachable', { asked: String(asked), reached: String(reached) });
}

/** Null when the endpoint cannot be reached or read: both are silence to us. */
async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch {
    return null;
  }
}

async function askWhere(rpc: Rpc, endpoint: string) {
  const [chainId, genesis, final] = await ask(rpc, endpoint, [
    { method: 'eth_chainId', params: [] },
    { method: 'eth_getBlockByNumber', params: ['0x0', false] },
    // never "latest" in its place: what is not final can be taken back
    { method: 'eth_getBlockByNumber', params: ['finalized', false] },
  ]);
  const genesisHash = isJsonObject(genesis) ? genesis.hash : null;
  if (!isJsonObject(final) || typeof final.hash !== 'string' || !/^0x[0-9a-f]{64}$/.test(final.hash))
    throw new Unreadable('final block');
  if (typeof genesisHash !== 'string') throw new Unreadable('genesis');
  const block = { number: quantity(final.number), hash: final.hash, time: quantity(final.timestamp) };
  if (block.time > LAST_TIME) throw new Unreadable('final block');
  return { chainId: String(quantity(chainId)), genesis: genesisHash, block };
}

async function askAll(rpc: Rpc, endpoint: string, calls: readonly Call[]): Promise<readonly string[]> {
  const results = await ask(
    rpc,
    endpoint,
    calls.map(({ request }) => request),
  );
  return results.map((result, at) => {
    const what = calls[at]?.what ?? '';
    // the block is compared by its number and hash, all else as it is
    if (what === 'block')
      return canonicalize(isJsonObject(result) ? [result.hash ?? null, result.number ?? null] : null);
    if (typeof result !== 'string') throw new Unreadable(what);
    return result.toLowerCase();
  });
}

/** The results of a batch; an error among them makes the endpoint unreadable: our views do not revert. */
async function ask(rpc: Rpc, endpoint: string, batch: readonly RpcRequest[]): Promise<readonly JsonValue[]> {
  const answers: readonly RpcAnswer[] = await rpc(endpoint, batch);
  if (!Array.isArray(answers) || answers.length !== batch.length) throw new Unreadable('batch');
  return answers.map((answer, at) => {
    if (!('result' in answer)) throw new Unreadable(batch[at]?.method ?? '');
    return answer.result;
  });
}

function quantity(value: JsonValue | undefined): bigint {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{1,64}$/i.test(value)) throw new Unreadable('number');
  return BigInt(value);
}
