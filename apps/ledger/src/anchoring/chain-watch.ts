// Is it still one chain? Endpoints are compared at blocks that each calls final, and with the newest final block that was
// ever seen here. A difference is no reason to choose a side: nothing is anchored until a person has looked. An endpoint
// that is only behind is noted, and judged at the block it has come to.
import { Injectable, Logger } from '@nestjs/common';
import { keccak256 } from 'ethers';
import { DataSource } from 'typeorm';
import { type BlockHead, ChainService } from '../chain/chain.service.ts';
import { CONTRACT_NAMES } from '../chain/contracts.ts';
import { type JsonRpcClient, toQuantity } from '../chain/json-rpc.ts';
import { Clock } from '../clock.ts';
import { Sequencer } from '../log/sequencer.ts';

/** Final blocks behind the furthest endpoint from which on an endpoint lags: two epochs of Ethereum. */
const LAG_BLOCKS = 64n;
/** Code and the log's head are compared less often than blocks: milliseconds. */
const CONTRACTS_MS = 600_000;

export type Halt = {
  readonly code: 'chain/endpoints-disagree' | 'chain/final-block-changed';
  readonly reason: string;
  readonly since: Date;
};

export type EndpointView = {
  readonly host: string;
  readonly isReachable: boolean;
  readonly head: bigint | null;
  readonly finalized: bigint | null;
  /** Final blocks behind the furthest one. */
  readonly lag: bigint | null;
};

type Seen = { readonly rpc: JsonRpcClient; readonly host: string; readonly final: BlockHead };

/** Nothing is sent any more in this process. */
export class ChainHalted extends Error {
  override readonly name = 'ChainHalted';
}

@Injectable()
export class ChainWatch {
  private readonly logger = new Logger('chain');
  private current: Halt | null = null;
  private views: readonly EndpointView[] = [];
  private compared: BlockHead | null = null;
  private contractsAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly sequencer: Sequencer,
    private readonly clock: Clock,
  ) {}

  /** Why nothing is sent, until the service is started again; null while all is well. */
  get halt(): Halt | null {
    return this.current;
  }

  /** As of the last look. */
  get endpoints(): readonly EndpointView[] {
    return this.views;
  }

  /**
   * The newest block that every endpoint which is not behind calls final, after comparing them.
   * @throws ChainHalted; RpcUnreachable when no endpoint answers
   */
  async finalBlock(): Promise<BlockHead> {
    if (this.current) throw new ChainHalted(this.current.reason);
    const seen = await this.look();
    const byFinal = [...seen].sort((a, b) => (a.final.number > b.final.number ? -1 : 1));
    const furthest = byFinal[0] as Seen;
    // what one of several claims alone makes nobody else late; of two, nothing tells which one is wrong
    const { final: reached } = (byFinal.length > 2 ? byFinal[1] : furthest) as Seen;
    const near = seen.filter(({ final }) => reached.number - final.number <= LAG_BLOCKS);
    const { final } = near.reduce((a, b) => (b.final.number < a.final.number ? b : a));
    await this.compareBlocks(seen, furthest);
    if (this.compared?.hash !== final.hash) await this.compareWithKept(near, final);
    await this.compareContracts(near, final);
    this.compared = final;
    return final;
  }

  private async look(): Promise<readonly [Seen, ...Seen[]]> {
    const { endpoints } = this.chain.pool;
    const answers = await this.chain.pool.askAll(async (rpc) => ({
      latest: await this.chain.head('latest', rpc),
      final: await this.chain.head('finalized', rpc),
    }));
    const finals = answers.flatMap(({ answer }) => (answer ? [answer.final.number] : []));
    const [furthest = 0n] = finals.sort((a, b) => (a > b ? -1 : 1));
    this.views = answers.map(({ host, answer }) => ({
      host,
      isReachable: answer !== null,
      head: answer?.latest.number ?? null,
      finalized: answer?.final.number ?? null,
      lag: answer && furthest - answer.final.number,
    }));
    const [first, ...others] = answers.flatMap(({ host, answer }, at) =>
      answer ? [{ rpc: endpoints[at] as JsonRpcClient, host, final: answer.final }] : [],
    );
    if (first) return [first, ...others];
    // says why: no endpoint answers, or the chain names no final block
    const final = await this.chain.head('finalized');
    return [{ rpc: endpoints[0] as JsonRpcClient, host: this.chain.pool.hosts[0] as string, final }];
  }

  /** Each endpoint's final block has to be one of the furthest endpoint's chain. */
  private async compareBlocks(seen: readonly Seen[], furthest: Seen): Promise<void> {
    for (const { host, final } of seen) {
      const theirs = host === furthest.host ? final : await this.blockOf(furthest.rpc, final.number);
      if (theirs && theirs.hash !== final.hash)
        this.stop(
          'chain/endpoints-disagree',
          `at final block ${final.number} ${host} has ${final.hash}, ${furthest.host} has ${theirs.hash}: one of them shows another chain`,
        );
    }
  }

  /** A block that was final is there for ever. One endpoint that says otherwise is a disagreement, all of them a fork. */
  private async compareWithKept(near: readonly Seen[], final: BlockHead): Promise<void> {
    const [kept] = (await this.database.query('select number, hash from chain_final_block')) as {
      number: string;
      hash: string;
    }[];
    const number = BigInt(kept?.number ?? -1);
    if (kept && final.number >= number) {
      const blocks = await Promise.all(near.map(({ rpc }) => this.blockOf(rpc, number)));
      const other = blocks.find((block) => block && block.hash !== kept.hash);
      const reason = `block ${number} was final with hash ${kept.hash}, now it has ${other?.hash}`;
      if (other && blocks.some((block) => block?.hash === kept.hash))
        this.stop('chain/endpoints-disagree', `${reason} at one endpoint, not at all of them`);
      if (other) this.stop('chain/final-block-changed', `${reason}: the chain was rewritten or replaced`);
    }
    if (final.number <= number) return;
    await this.database.query(
      `insert into chain_final_block as kept (number, hash) values ($1, $2)
       on conflict (one) do update set number = excluded.number, hash = excluded.hash
       where kept.number < excluded.number`,
      [final.number, final.hash],
    );
  }

  /** With several endpoints: the same code, and the same head of our log at the same block. */
  private async compareContracts(near: readonly Seen[], final: BlockHead): Promise<void> {
    const now = this.clock.now().getTime();
    if (near.length < 2 || now - this.contractsAt < CONTRACTS_MS) return;
    const block = toQuantity(final.number);
    const head = {
      to: this.chain.address('CheckpointAnchor'),
      data: this.chain.encode('CheckpointAnchor', 'latest', [this.chain.facts.logId]),
    };
    for (const { rpc, host } of near) {
      const codes = await Promise.all(
        CONTRACT_NAMES.map((name) =>
          rpc.call('eth_getCode', [this.chain.address(name), 'latest']).catch(() => null),
        ),
      );
      for (const [at, code] of codes.entries()) {
        const name = CONTRACT_NAMES[at] as (typeof CONTRACT_NAMES)[number];
        if (typeof code === 'string' && keccak256(code) !== this.chain.facts.contracts[name].codeHash)
          this.stop('chain/endpoints-disagree', `${host} has other code for ${name}`);
      }
    }
    const heads = await Promise.all(
      near.map(({ rpc }) => rpc.call('eth_call', [head, block]).catch(() => null)),
    );
    const known = heads.filter((each) => each !== null);
    if (known.some((each) => each !== known[0]))
      this.stop(
        'chain/endpoints-disagree',
        `at final block ${final.number} the endpoints show different heads of this log`,
      );
    this.contractsAt = now;
  }

  /** Null also when the endpoint does not answer: silence is no difference. */
  private blockOf(rpc: JsonRpcClient, number: bigint): Promise<BlockHead | null> {
    return this.chain.blockAt(number, rpc).catch(() => null);
  }

  private stop(code: Halt['code'], reason: string): never {
    this.current = { code, reason, since: this.clock.now() };
    this.logger.error({ code }, `nothing is anchored any more: ${reason}`);
    // endpoints that differ may be wrong endpoints; a final block that changed is a fork of what we stand on
    if (code === 'chain/final-block-changed') this.sequencer.stop(code, reason);
    throw new ChainHalted(reason);
  }
}
