// What the chain's final blocks say. A node may lag, and some nodes answer a range they have not got with an empty list:
// so the last block of a range is asked for in the same batch, and no block, no answer. A node may lie, too: every
// endpoint is asked, and those that have the range must say the same.
import { canonicalize, type JsonValue } from '#lib/canonical';
import type { ChainService } from '../chain/chain.service.ts';
import type { ContractName } from '../chain/chain-facts.ts';
import { type Rpc, RpcRefused, toQuantity } from '../chain/json-rpc.ts';
import { formatTime } from '../clock.ts';
import { type ChainLog, readLogs, STATUS_EVENTS, STATUS_TOPICS, statusFact } from './events.ts';

export type BlockMark = { readonly number: bigint; readonly hash: string };

/** An event and the members of its document. */
export type FoundEvent = { readonly log: ChainLog; readonly doc: Record<string, JsonValue> };

const DAY = 86_400n;

export type ReadRange = { readonly end: BlockMark; readonly events: readonly FoundEvent[] };

export class EventReader {
  private readonly contracts: ReadonlyMap<string, ContractName>;

  constructor(private readonly chain: ChainService) {
    const names = [...new Set(STATUS_EVENTS.map(({ contract }) => contract))];
    this.contracts = new Map(names.map((name) => [chain.address(name).toLowerCase(), name]));
  }

  /** What the endpoints show at this height, each hash once; none while all of them lag. */
  async hashesAt(number: bigint): Promise<readonly string[]> {
    const asked = await this.chain.pool.askAll((rpc) => this.chain.blockAt(number, rpc));
    return [...new Set(asked.flatMap(({ answer }) => answer?.hash ?? []))];
  }

  /**
   * Events of the blocks `from` to `to`, in their order, and the hash of block `to`; null while all nodes lag behind.
   * @throws RpcRefused when no node takes the range; RpcUnreachable; Error when two of them disagree
   */
  async read(from: bigint, to: bigint): Promise<ReadRange | null> {
    const asked = await this.chain.pool.askAll((rpc) => this.readFrom(rpc, from, to));
    const [first, ...others] = asked.filter(({ answer }) => answer !== null);
    // nobody has an answer: the reason is what the preferred one says
    if (!first) return this.readFrom(this.chain.rpc, from, to);
    for (const other of others)
      if (canonicalize(marksOf(other.answer)) !== canonicalize(marksOf(first.answer)))
        throw new Error(
          `${first.host} and ${other.host} disagree about the events of blocks ${from} to ${to}`,
        );
    return first.answer;
  }

  private async readFrom(rpc: Rpc, from: bigint, to: bigint): Promise<ReadRange | null> {
    const filter = {
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
      address: [...this.contracts.keys()],
      topics: [[...STATUS_TOPICS]],
    };
    const [end, found] = await rpc.batch([
      { method: 'eth_getBlockByNumber', params: [toQuantity(to), false] },
      { method: 'eth_getLogs', params: [filter] },
    ]);
    if (!end || 'error' in end) throw refusedAs('eth_getBlockByNumber', end?.error);
    const { hash } = (end.result ?? {}) as { hash?: string };
    if (!hash) return null;
    if (!found || 'error' in found) throw refusedAs('eth_getLogs', found?.error);
    const events: FoundEvent[] = [];
    // a stranger may set a block full of events: each block is asked for once
    const times = new Map<string, bigint>();
    for (const log of readLogs(found.result)) {
      const seconds = times.get(log.blockHash) ?? (await this.timeOf(rpc, log));
      times.set(log.blockHash, seconds);
      const time = formatTime(new Date(1000 * Number(seconds)));
      const doc = statusFact(log, this.chain.facts.chainId, this.contracts, time);
      if (doc) events.push({ log, doc });
    }
    return { end: { number: to, hash }, events };
  }

  /**
   * The first block that can hold an event: of a day before this installation was made, for the contracts came after it
   * and clocks differ a little. Our own chain is read from its beginning.
   */
  async firstBlock(createdAt: Date, last: bigint): Promise<bigint> {
    if (this.chain.isEmbedded) return 0n;
    const earliest = BigInt(Math.floor(createdAt.getTime() / 1000)) - DAY;
    let [low, high] = [0n, last];
    while (low < high) {
      const middle = (low + high) / 2n;
      const block = await this.chain.blockAt(middle);
      if (!block) throw new Error(`the node does not show block ${middle}`);
      if (block.time < earliest) low = middle + 1n;
      else high = middle;
    }
    return low;
  }

  /** Time of the line's block, in seconds; the block must be the one of that number still. */
  private async timeOf(rpc: Rpc, { blockNumber, blockHash }: ChainLog): Promise<bigint> {
    const block = await this.chain.blockAt(blockNumber, rpc);
    if (block?.hash === blockHash) return block.time;
    throw new Error(`block ${blockNumber} is ${block?.hash} for one question and ${blockHash} for another`);
  }
}

function refusedAs(method: string, error: { code: number; message: string } | undefined): RpcRefused {
  return new RpcRefused(method, error ?? { code: 0, message: 'no answer' });
}

/** What two endpoints must agree in: the last block, and each event with its place and text. */
function marksOf(range: ReadRange | null): JsonValue {
  return [range?.end.hash ?? null, (range?.events ?? []).map(({ doc }) => doc)];
}
