import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#lib/canonical';
import { RefusalError } from '../http/refusal.ts';
import type { ChainFacts, ContractName } from './chain-facts.ts';
import { CONTRACTS, explainRevert } from './contracts.ts';
import { type JsonRpcClient, type Rpc, RpcRefused, toQuantity } from './json-rpc.ts';
import type { RpcPool } from './rpc-pool.ts';

export type { ChainFacts, ChainKind, ContractName } from './chain-facts.ts';

/** The chain that was opened at start. Inject by this class. */
export class OpenedChain {
  constructor(
    readonly pool: RpcPool,
    readonly facts: ChainFacts,
    /** The reading side of the embedded chain; null when the chain is somebody else's. */
    readonly publicRpc: JsonRpcClient | null,
    /** Is it (still) the chain of the data folder? @throws StartError; RpcUnreachable */
    readonly confirm: () => Promise<void>,
    /** Blocks on top of a final one, where the chain itself names none; null: ask for `finalized`. */
    readonly finalityDepth: number | null = null,
  ) {}
}

export type BlockHead = { readonly number: bigint; readonly hash: string; readonly time: bigint };

/** Reads of our contracts. Writes go through SenderService. */
@Injectable()
export class ChainService {
  constructor(private readonly chain: OpenedChain) {}

  get facts(): ChainFacts {
    return this.chain.facts;
  }

  /** Is it the chain of the data folder, run by ourselves? */
  get isEmbedded(): boolean {
    return this.chain.publicRpc !== null;
  }

  /** What outsiders may read through us; null when the chain is somebody else's. */
  get publicRpc(): JsonRpcClient | null {
    return this.chain.publicRpc;
  }

  /** The preferred endpoint that answers. */
  get rpc(): Rpc {
    return this.chain.pool;
  }

  /** All endpoints: for broadcasts, and to compare them. */
  get pool(): RpcPool {
    return this.chain.pool;
  }

  /** To be asked before anything is written. @throws StartError when it is another chain; RpcUnreachable */
  confirm(): Promise<void> {
    return this.chain.confirm();
  }

  address(contract: ContractName): string {
    return this.facts.contracts[contract].address;
  }

  /**
   * `eth_call` of a view, at `latest` unless a block is given; results as ethers decodes them (bigint, 0x hex,
   * checksummed addresses, structs as arrays with names).
   * @throws RefusalError `chain/reverted` (409) with the contract's reason; RpcUnreachable
   */
  async read(
    contract: ContractName,
    view: string,
    args: readonly unknown[],
    block = 'latest',
  ): Promise<readonly unknown[]> {
    const data = this.encode(contract, view, args);
    const result = await this.call({ to: this.address(contract), data }, block);
    return [...CONTRACTS[contract].decodeFunctionResult(view, result)];
  }

  /** Calldata of a function. */
  encode(contract: ContractName, name: string, args: readonly unknown[]): string {
    return CONTRACTS[contract].encodeFunctionData(name, args);
  }

  /** `finalized`: what the chain will not take back, by its own word or by the configured depth. */
  async head(tag: 'latest' | 'finalized' = 'latest', rpc: Rpc = this.rpc): Promise<BlockHead> {
    const depth = this.chain.finalityDepth;
    if (tag === 'latest' || depth === null) return requireBlock(await readBlock(rpc, tag), tag);
    const latest = await this.head('latest', rpc);
    const number = latest.number > BigInt(depth) ? latest.number - BigInt(depth) : 0n;
    return requireBlock(await readBlock(rpc, toQuantity(number)), tag);
  }

  /** The block at this height of the chain as it stands now; null when the endpoint has not come so far. */
  blockAt(number: bigint, rpc: Rpc = this.rpc): Promise<BlockHead | null> {
    return readBlock(rpc, toQuantity(number));
  }

  private async call(call: JsonValue, block: string): Promise<string> {
    try {
      return String(await this.rpc.call('eth_call', [call, block]));
    } catch (error) {
      if (!(error instanceof RpcRefused)) throw error;
      throw new RefusalError(
        {
          status: 409,
          code: 'chain/reverted',
          detail: `the contract refuses: ${explainRevert(error.data)}`,
          remedy: 'the name of the refusal says which rule of the contract is not met',
        },
        { cause: error },
      );
    }
  }
}

async function readBlock(rpc: Rpc, at: string): Promise<BlockHead | null> {
  const block = (await rpc.call('eth_getBlockByNumber', [at, false])) as Record<string, string> | null;
  if (!block?.number || !block.hash || !block.timestamp) return null;
  return { number: BigInt(block.number), hash: block.hash, time: BigInt(block.timestamp) };
}

function requireBlock(block: BlockHead | null, name: string): BlockHead {
  if (block) return block;
  throw new Error(
    `the chain names no ${name} block; a chain without finality needs ANCHORLEAF_FINALITY_DEPTH`,
  );
}
