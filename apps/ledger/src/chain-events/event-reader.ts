// What the chain's final blocks say. A node may lag, and some nodes answer a range they have not got with an empty list:
// so the last block of a range is asked for in the same batch, and no block, no answer.
import type { JsonValue } from '#lib/canonical';
import type { ChainService } from '../chain/chain.service.ts';
import type { ContractName } from '../chain/chain-facts.ts';
import { RpcRefused, toQuantity } from '../chain/json-rpc.ts';
import { formatTime } from '../clock.ts';
import { type ChainLog, readLogs, STATUS_EVENTS, STATUS_TOPICS, statusFact } from './events.ts';

export type BlockMark = { readonly number: bigint; readonly hash: string };

/** An event and the members of its document. */
export type FoundEvent = { readonly log: ChainLog; readonly doc: Record<string, JsonValue> };

const DAY = 86_400n;

type Block = { readonly hash: string; readonly time: bigint };

export class EventReader {
  private readonly contracts: ReadonlyMap<string, ContractName>;

  constructor(private readonly chain: ChainService) {
    const names = [...new Set(STATUS_EVENTS.map(({ contract }) => contract))];
    this.contracts = new Map(names.map((name) => [chain.address(name).toLowerCase(), name]));
  }

  /** Hash of this block, null while the node has not got it. */
  async hashAt(number: bigint): Promise<string | null> {
    return (await this.block('eth_getBlockByNumber', toQuantity(number)))?.hash ?? null;
  }

  /**
   * Events of the blocks `from` to `to`, in their order, and the hash of block `to`; null while the node lags behind.
   * @throws RpcRefused when the node does not take the range; RpcUnreachable
   */
  async read(from: bigint, to: bigint): Promise<{ end: BlockMark; events: FoundEvent[] } | null> {
    const filter = {
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
      address: [...this.contracts.keys()],
      topics: [[...STATUS_TOPICS]],
    };
    const [end, found] = await this.chain.rpc.batch([
      { method: 'eth_getBlockByNumber', params: [toQuantity(to), false] },
      { method: 'eth_getLogs', params: [filter] },
    ]);
    if (!end || 'error' in end)
      throw new RpcRefused('eth_getBlockByNumber', end?.error ?? { code: 0, message: 'none' });
    const block = readBlock(end.result);
    if (!block) return null;
    if (!found || 'error' in found)
      throw new RpcRefused('eth_getLogs', found?.error ?? { code: 0, message: 'none' });
    const events: FoundEvent[] = [];
    for (const log of readLogs(found.result)) {
      const time = formatTime(new Date(1000 * Number(await this.timeOf(log))));
      const doc = statusFact(log, this.chain.facts.chainId, this.contracts, time);
      if (doc) events.push({ log, doc });
    }
    return { end: { number: to, hash: block.hash }, events };
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
      const block = await this.block('eth_getBlockByNumber', toQuantity(middle));
      if (!block) throw new Error(`the node does not show block ${middle}`);
      if (block.time < earliest) low = middle + 1n;
      else high = middle;
    }
    return low;
  }

  /** Time of the line's block, in seconds; the block must be the one of that number still. */
  private async timeOf({ blockNumber, blockHash }: ChainLog): Promise<bigint> {
    const block = await this.block('eth_getBlockByNumber', toQuantity(blockNumber));
    if (block?.hash === blockHash) return block.time;
    throw new Error(`block ${blockNumber} is ${block?.hash} for one question and ${blockHash} for another`);
  }

  private async block(method: string, which: string): Promise<Block | null> {
    return readBlock(await this.chain.rpc.call(method, [which, false]));
  }
}

function readBlock(value: JsonValue): Block | null {
  const { hash, timestamp } = (value ?? {}) as { hash?: string; timestamp?: string };
  return hash && timestamp ? { hash, time: BigInt(timestamp) } : null;
}
