// Everything the contracts said about a log, read at one final block, from every endpoint that may count: what they do not
// all say the same about is not known. An endpoint is attacker-controlled; one that errs counts as one that is silent.

import {
  type AnchoredHead,
  type ChainEvent,
  decodeEvent,
  type EventOf,
  eventTopics,
  finding,
  type Report,
  timeOf,
} from '#lib/audit';
import { isJsonObject, type JsonValue, sha256, toHex, utf8 } from '#lib/canonical';
import { decodeWords, EvmError, encodeCall, keccak256, parseData, type Rpc, type RpcRequest } from '#lib/evm';
import { endpointsNeeded, type Root } from '#lib/verification';
import { ChainGap, Panel } from './panel.ts';

export type FinalBlock = { readonly number: number; readonly hash: string; readonly time: number };

export type ChainReading = {
  readonly block: FinalBlock;
  readonly endpoints: readonly string[];
  readonly maxDelay: number;
  readonly openedAt: number;
  readonly heads: readonly AnchoredHead[];
  readonly events: readonly ChainEvent[];
  readonly domainSalt: string;
  /** Whether there is a contract at this address. */
  hasCode(address: string): Promise<boolean>;
};

/** Where an earlier run stopped reading. */
export type ChainCursor = {
  readonly block: number;
  readonly hash: string;
  readonly events: readonly ChainEvent[];
};

const FIRST_RANGE = 10_000;
const LARGEST_RANGE = 1_000_000;
/** Endpoints that cut their answers off do so at whole thousands. */
const ROUND = 1_000;
const BLOCKS_AT_ONCE = 100;
const MOST_PREDECESSORS = 20;
const MAX_AGE_SECONDS = 7_200;
const LOG_WORDS = [
  'address',
  'address',
  'uint32',
  'bytes32',
  'bytes32',
  'bytes32',
  'uint64',
  'uint64',
] as const;
const ZERO = `0x${'00'.repeat(32)}`;
const hex = (value: number) => `0x${value.toString(16)}`;

/** @throws ChainGap */
export async function readChain(
  rpc: Rpc,
  root: Root,
  endpoints: readonly string[],
  cursor: ChainCursor | null,
  now: number,
  report: Report,
): Promise<ChainReading> {
  const panel = new Panel(rpc, endpoints, endpointsNeeded(root));
  const block = await finalBlock(panel, root, now, report);
  if (cursor) await requireStillThere(panel, cursor, block, report);
  const at = { blockHash: block.hash, requireCanonical: true };
  const view = (to: string, data: string): RpcRequest => ({ method: 'eth_call', params: [{ to, data }, at] });
  const { anchor, bodies, registry } = root.contracts;
  const code = (address: string): RpcRequest => ({ method: 'eth_getCode', params: [address, at] });
  const answers = await panel.ask([
    code(anchor.address),
    code(bodies.address),
    code(registry.address),
    view(anchor.address, encodeCall('latest(bytes32)', [root.log.id])),
    view(registry.address, encodeCall('domainSalt()', [])),
  ]);
  const [anchorCode, bodiesCode, registryCode, latestWords, saltWords] = answers.map((answer) =>
    String(answer),
  );
  for (const [name, found, { codeHash }] of [
    ['CheckpointAnchor', anchorCode, anchor],
    ['BodyRegistry', bodiesCode, bodies],
    ['PassportRegistry', registryCode, registry],
  ] as const) {
    const hash = `0x${toHex(keccak256(understood(() => parseData(found ?? '0x'))))}`;
    if (hash !== codeHash) report(finding('chain/other-code', name, codeHash, hash, `block ${block.number}`));
  }
  const logs = await readLogViews(panel, view, root, report);
  const opened = logs.at(-1)!;
  const events = await readEvents(
    panel,
    root,
    logs.map(({ id }) => id),
    cursor ?? { block: (await firstBlock(panel, opened.openedAt, block.number)) - 1, hash: '', events: [] },
    block.number,
  );
  const heads = events
    .filter((event): event is EventOf<'HeadAnchored'> => event.name === 'HeadAnchored')
    .map(({ sequence, size, root: hash, time, transaction }) => ({
      sequence,
      size,
      root: hash,
      time,
      transaction,
    }));
  checkComplete(
    heads,
    logs.reduce((sum, { count }) => sum + count, 0),
    latestWords ?? '0x',
    report,
  );
  const [domainSalt] = words(saltWords, ['bytes32']);
  const { maxDelay } = logs[0]!;
  return {
    block,
    endpoints: panel.heard,
    maxDelay,
    openedAt: opened.openedAt,
    heads,
    events,
    domainSalt: String(domainSalt),
    hasCode: async (address) => (await panel.ask([code(address)]))[0] !== '0x',
  };
}

/** The newest block that every endpoint calls final. */
async function finalBlock(panel: Panel, root: Root, now: number, report: Report): Promise<FinalBlock> {
  const answers = await panel.each([
    { method: 'eth_chainId', params: [] },
    { method: 'eth_getBlockByNumber', params: ['0x0', false] },
    { method: 'eth_getBlockByNumber', params: ['finalized', false] },
  ]);
  const blocks = answers.map(([id, genesis, final]) => {
    const chain = `${quantity(id)} ${isJsonObject(genesis) ? String(genesis.hash) : ''}`;
    const expected = `${root.chain.id} ${root.chain.genesis}`;
    if (chain !== expected)
      throw new ChainGap('chain/endpoints-disagree', expected, chain, 'chain id and genesis');
    return readBlock(final);
  });
  const block = blocks.reduce((a, b) => (b.number < a.number ? b : a));
  const age = now - block.time;
  if (root.chain.kind !== 'test' && age > MAX_AGE_SECONDS)
    report(
      finding(
        'chain/stale',
        `block ${block.number}`,
        'a final block of the last two hours',
        timeOf(block.time),
      ),
    );
  return block;
}

/** What was final is final for ever. */
async function requireStillThere(
  panel: Panel,
  cursor: ChainCursor,
  final: FinalBlock,
  report: Report,
): Promise<void> {
  if (cursor.block > final.number)
    throw new ChainGap(
      'chain/stale',
      `block ${cursor.block} or later`,
      `block ${final.number}`,
      'an earlier run read further',
    );
  const [answer] = await panel.ask([{ method: 'eth_getBlockByNumber', params: [hex(cursor.block), false] }]);
  const { hash } = readBlock(answer ?? null);
  if (hash !== cursor.hash)
    report(
      finding(
        'chain/final-block-changed',
        `block ${cursor.block}`,
        cursor.hash,
        hash,
        'final when an earlier run read it',
      ),
    );
}

type LogView = {
  readonly id: string;
  readonly maxDelay: number;
  readonly openedAt: number;
  readonly count: number;
};

/** The log and those it continues, newest first. */
async function readLogViews(
  panel: Panel,
  view: (to: string, data: string) => RpcRequest,
  root: Root,
  report: Report,
): Promise<LogView[]> {
  const views: LogView[] = [];
  for (let id = root.log.id.toLowerCase(); id !== ZERO && views.length < MOST_PREDECESSORS; ) {
    const [answer] = await panel.ask([view(root.contracts.anchor.address, encodeCall('log(bytes32)', [id]))]);
    const [, , maxDelay, originHash, predecessor, , openedAt, count] = words(String(answer), LOG_WORDS);
    const wanted = `0x${toHex(sha256(utf8(root.log.origin)))}`;
    if (views.length === 0 && originHash !== wanted)
      report(finding('chain/other-log', `log ${id}`, wanted, String(originHash), 'SHA-256 of the origin'));
    views.push({ id, maxDelay: Number(maxDelay), openedAt: Number(openedAt), count: Number(count) });
    id = String(predecessor).toLowerCase();
  }
  return views;
}

/** An endpoint that leaves events out is found out by what the contract keeps beside them. */
function checkComplete(heads: readonly AnchoredHead[], count: number, latest: string, report: Report): void {
  const [sequence, size, hash] = words(latest, ['uint64', 'uint64', 'bytes32', 'uint64', 'uint64']);
  const last = heads.at(-1);
  const expected = `${count} heads, the last ${sequence}: size ${size}, root ${hash}`;
  const found = `${heads.length} heads${last ? `, the last ${last.sequence}: size ${last.size}, root ${last.root}` : ''}`;
  const isLast = last
    ? BigInt(last.sequence) === sequence && BigInt(last.size) === size && last.root === hash
    : sequence === 0n;
  if (!isLast || heads.length !== count)
    report(finding('chain/events-missing', 'HeadAnchored', expected, found));
}

async function firstBlock(panel: Panel, openedAt: number, final: number): Promise<number> {
  let [low, high] = [0, final];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [answer] = await panel.ask([{ method: 'eth_getBlockByNumber', params: [hex(middle), false] }]);
    if (readBlock(answer ?? null).time < openedAt) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function readEvents(
  panel: Panel,
  root: Root,
  logIds: readonly string[],
  cursor: ChainCursor,
  final: number,
): Promise<ChainEvent[]> {
  const { anchor, bodies, registry } = root.contracts;
  const events = [...cursor.events];
  let range = FIRST_RANGE;
  let mayGrow = true;
  for (let from = cursor.block + 1; from <= final; ) {
    const to = Math.min(final, from + range - 1);
    const filter = (
      name: 'anchor' | 'bodies' | 'registry',
      address: string,
      ...more: JsonValue[]
    ): RpcRequest => ({
      method: 'eth_getLogs',
      params: [{ fromBlock: hex(from), toBlock: hex(to), address, topics: [eventTopics(name), ...more] }],
    });
    const narrow = () => {
      range = Math.max(1, Math.floor(range / 4));
      mayGrow = false;
    };
    let answers: readonly JsonValue[];
    try {
      answers = await panel.ask([
        filter('anchor', anchor.address, [...logIds]),
        filter('bodies', bodies.address),
        filter('registry', registry.address),
      ]);
    } catch (error) {
      // too wide for this endpoint, perhaps
      if (!(error instanceof ChainGap) || error.finding.code !== 'chain/unreachable' || range === 1)
        throw error;
      narrow();
      continue;
    }
    // so many lines and no more may be all that an endpoint gives, and it does not say so
    if (range > 1 && answers.some(isRound)) {
      narrow();
      continue;
    }
    const lines = (['anchor', 'bodies', 'registry'] as const).flatMap((name, at) =>
      readLines(answers[at] ?? null, { address: root.contracts[name].address, from, to }).map((line) => ({
        name,
        ...line,
      })),
    );
    const times = await blockTimes(panel, lines);
    for (const { name, topics, data, ...place } of lines.sort(inOrder)) {
      const { blockHash: _, ...where } = place;
      const event = understood(() =>
        decodeEvent(name, { topics, data }, { ...where, time: times.get(place.block)! }),
      );
      if (event) events.push(event);
    }
    from = to + 1;
    if (mayGrow) range = Math.min(LARGEST_RANGE, 2 * range);
  }
  return events;
}

type Line = {
  readonly topics: readonly string[];
  readonly data: string;
  readonly block: number;
  readonly blockHash: string;
  readonly transaction: string;
  readonly logIndex: number;
};
const inOrder = (a: Line, b: Line) => a.block - b.block || a.logIndex - b.logIndex;

const isRound = (answer: JsonValue): boolean =>
  Array.isArray(answer) && answer.length > 0 && answer.length % ROUND === 0;

function readLines(
  answer: JsonValue,
  { address, from, to }: { readonly address: string; readonly from: number; readonly to: number },
): Line[] {
  if (!Array.isArray(answer)) throw new ChainGap('chain/unreachable', 'a list of logs', 'another answer');
  return (answer as JsonValue[]).map((value) => {
    const line = isJsonObject(value) ? value : {};
    const topics = Array.isArray(line.topics) ? line.topics.map(String) : [];
    const block = quantity(line.blockNumber);
    if (String(line.address).toLowerCase() !== address.toLowerCase() || block < from || block > to)
      throw new ChainGap(
        'chain/unreachable',
        `logs of ${address} in blocks ${from} to ${to}`,
        `one of ${line.address} in block ${block}`,
      );
    return {
      topics,
      data: String(line.data),
      block,
      blockHash: String(line.blockHash).toLowerCase(),
      transaction: String(line.transactionHash).toLowerCase(),
      logIndex: quantity(line.logIndex),
    };
  });
}

/** Times of the blocks of these lines; each block must be the one that its line names. */
async function blockTimes(panel: Panel, lines: readonly Line[]): Promise<Map<number, number>> {
  const hashes = new Map(lines.map(({ block, blockHash }) => [block, blockHash]));
  const numbers = [...hashes.keys()];
  const times = new Map<number, number>();
  for (let at = 0; at < numbers.length; at += BLOCKS_AT_ONCE) {
    const part = numbers.slice(at, at + BLOCKS_AT_ONCE);
    const answers = await panel.ask(
      part.map((number) => ({ method: 'eth_getBlockByNumber', params: [hex(number), false] })),
    );
    for (const [n, number] of part.entries()) {
      const { hash, time } = readBlock(answers[n] ?? null);
      if (hash !== hashes.get(number))
        throw new ChainGap('chain/endpoints-disagree', String(hashes.get(number)), hash, `block ${number}`);
      times.set(number, time);
    }
  }
  return times;
}

function readBlock(answer: JsonValue | undefined): FinalBlock {
  if (!isJsonObject(answer ?? null) || typeof (answer as { hash?: unknown }).hash !== 'string')
    throw new ChainGap('chain/unreachable', 'a block', 'none');
  const block = answer as { hash: string; number: JsonValue; timestamp: JsonValue };
  return { number: quantity(block.number), hash: block.hash.toLowerCase(), time: quantity(block.timestamp) };
}

function quantity(value: JsonValue | undefined): number {
  const number = typeof value === 'string' && /^0x[0-9a-f]{1,14}$/i.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new ChainGap('chain/unreachable', 'a number', String(value));
  return number;
}

const words = <const T extends readonly string[]>(data: string | undefined, types: T) =>
  understood(() => decodeWords(data ?? '0x', types));

/** What an endpoint says and nobody can read is no answer. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EvmError)) throw error;
    throw new ChainGap('chain/unreachable', 'an answer of the contract', error.message);
  }
}
