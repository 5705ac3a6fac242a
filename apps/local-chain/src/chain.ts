import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Evm, openEvm } from './evm.ts';
import { type ChainSettings, type Header, Journal, type JournalBlock } from './journal.ts';
import { ChainRefusal } from './refusal.ts';

/** Transactions that share one write to the disk, at most. */
const SHARED_COMMIT = 64;
const COMPARE_EVERY = 100;

export type OpenChain = {
  readonly journalFile: string;
  readonly settings: ChainSettings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Called now and then during a replay with the number of blocks done. */
  readonly progress?: (blocks: number) => void;
};

type Send = {
  readonly raw: string;
  readonly done: (hash: string) => void;
  readonly failed: (error: unknown) => void;
};
type Read = {
  readonly raw: null;
  readonly run: () => Promise<void>;
  readonly failed: (error: unknown) => void;
};
type Tip = { readonly number: number; readonly time: number };

/**
 * A chain of one party that keeps its blocks: the EVM lives in memory, the journal holds each raw transaction, and a
 * start replays it. An answered transaction is on the disk. Reads wait for the write in front of them, so nobody is
 * shown a block that a crash could take back.
 */
export class Chain {
  readonly genesisHash: string;
  /** Resolves with the reason when the chain can no longer go on; the process has to end then. */
  readonly broken: Promise<ChainRefusal>;
  #evm: Evm;
  #journal: Journal;
  #now: () => number;
  #jobs: (Send | Read)[] = [];
  #work: Promise<void> | null = null;
  #end: ChainRefusal | null = null;
  #tip: Tip;
  #break: (reason: ChainRefusal) => void = () => undefined;

  private constructor(evm: Evm, journal: Journal, tip: Tip, now: () => number) {
    this.#evm = evm;
    this.#journal = journal;
    this.#tip = tip;
    this.#now = now;
    this.genesisHash = journal.header.genesis;
    this.broken = new Promise((resolve) => {
      this.#break = resolve;
    });
  }

  get height(): number {
    return this.#tip.number;
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** Begins a chain, or replays the one in the journal. @throws ChainRefusal */
  static async open(options: OpenChain): Promise<Chain> {
    await mkdir(dirname(options.journalFile), { recursive: true, mode: 0o700 });
    const { evm, journal } = existsSync(options.journalFile) ? await replay(options) : await begin(options);
    return new Chain(evm, journal, await evm.block('latest'), options.now);
  }

  /** A call that changes nothing, after everything that was asked for before it. */
  read(method: string, params: readonly unknown[]): Promise<unknown> {
    const onPending = method === 'eth_estimateGas' || params.includes('pending');
    const ask = async () => {
      // The simulator counts on from the last block, which after a pause or a replay is long ago.
      if (onPending) await this.#evm.setPendingTime(this.#nextTime());
      return this.#evm.request(method, params);
    };
    return new Promise((resolve, failed) => {
      this.#enqueue({ raw: null, run: () => ask().then(resolve, failed), failed });
    });
  }

  /** Mines a raw transaction into a block of its own; returns its hash once the block is on the disk. */
  send(raw: string): Promise<string> {
    return new Promise((done, failed) => this.#enqueue({ raw, done, failed }));
  }

  /** Finishes what was accepted and closes the file; later jobs are refused. */
  async close(): Promise<void> {
    this.#end ??= new ChainRefusal(
      'chain/stopping',
      'the chain is being stopped: ask again after the restart',
    );
    await this.#work;
    await this.#journal.close();
  }

  /** The clock's time, or the last block's when the clock was set back: time never runs backwards. */
  #nextTime(): number {
    return Math.max(this.#tip.time, Math.floor(this.#now() / 1000));
  }

  #enqueue(job: Send | Read): void {
    if (this.#end) {
      job.failed(this.#end);
      return;
    }
    this.#jobs.push(job);
    this.#work ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      if (job.raw === null) {
        await job.run();
        continue;
      }
      const sends = [job];
      for (
        let next = this.#jobs[0];
        next && next.raw !== null && sends.length < SHARED_COMMIT;
        next = this.#jobs[0]
      ) {
        sends.push(next);
        this.#jobs.shift();
      }
      await this.#commit(sends);
    }
    this.#work = null;
  }

  /** Mines in order, writes once, then answers. */
  async #commit(sends: readonly Send[]): Promise<void> {
    const mined: { send: Send; hash: string; line: JournalBlock }[] = [];
    let lost: ChainRefusal | null = null;
    for (const send of sends) {
      try {
        if (lost) throw lost;
        const time = this.#nextTime();
        const { number, block, hash } = await this.#evm.mine(send.raw, time);
        this.#tip = { number, time };
        mined.push({ send, hash, line: { time, raw: send.raw, block } });
      } catch (error) {
        if (error instanceof ChainRefusal) lost = error;
        send.failed(error);
      }
    }
    try {
      if (mined.length > 0) await this.#journal.append(mined.map(({ line }) => line));
      for (const { send, hash } of mined) send.done(hash);
    } catch (error) {
      for (const { send } of mined) send.failed(error);
      lost ??= error as ChainRefusal;
    }
    if (lost) this.#giveUp(lost);
  }

  /** The blocks in memory are ahead of the disk: only a restart finds the truth again. */
  #giveUp(reason: ChainRefusal): void {
    this.#end = reason;
    for (const job of this.#jobs.splice(0)) job.failed(reason);
    this.#break(reason);
  }
}

type Machine = { readonly evm: Evm; readonly journal: Journal };

async function begin({ journalFile, settings, now }: OpenChain): Promise<Machine> {
  const initialDate = `${new Date(now()).toISOString().slice(0, 19)}Z`;
  const salt = randomBytes(32).toString('hex');
  const draft: Header = { format: 'anchorleaf-chain/v1', ...settings, initialDate, salt, genesis: '' };
  const evm = await openEvm(draft);
  const header = { ...draft, genesis: (await evm.block('0x0')).hash };
  await fund(evm, header);
  return { evm, journal: await Journal.create(journalFile, header) };
}

async function replay({ journalFile, settings, warn, progress }: OpenChain): Promise<Machine> {
  const journal = await Journal.open(journalFile);
  try {
    const { header } = journal;
    refuseOtherSettings(journalFile, header, settings);
    const evm = await openEvm(header);
    const compare = async (line: number, written: string) => {
      const { hash } = await evm.block('latest');
      if (hash !== written)
        throw differs(journalFile, line, `block ${hash} where the journal has ${written}`);
    };
    await compare(1, header.genesis);
    await fund(evm, header);
    let last: { line: number; block: string } | null = null;
    for await (const { line, raw, time, block } of journal.blocks(warn)) {
      await evm.replay(raw, time).catch((error: Error) => {
        throw differs(journalFile, line, error.message);
      });
      last = { line, block };
      if (line % COMPARE_EVERY !== 1) continue;
      await compare(line, block);
      progress?.(line - 1);
    }
    // Every hash covers the one before it, so the last one speaks for all.
    if (last) await compare(last.line, last.block);
    return { evm, journal };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Pays out the balances of the header from the account of block 0, one block each, at the chain's first second.
 * These blocks follow from the header alone, so they have no line of their own.
 */
async function fund(evm: Evm, header: Header): Promise<void> {
  for (const { address, balance } of header.accounts) await evm.pay(address, BigInt(balance));
}

function refuseOtherSettings(file: string, header: Header, settings: ChainSettings): void {
  const names = ['chainId', 'hardfork', 'blockGasLimit', 'accounts'] as const;
  const text = (value: unknown) => JSON.stringify(value).toLowerCase(); // addresses come in two spellings
  const told = names
    .filter((name) => text(header[name]) !== text(settings[name]))
    .map(
      (name) => `${name} is ${JSON.stringify(header[name])} there and ${JSON.stringify(settings[name])} here`,
    );
  if (told.length === 0) return;
  throw new ChainRefusal(
    'chain/settings-differ',
    `${file} was begun with other settings (${told.join('; ')}): use the key files and the version it was begun with`,
  );
}

function differs(file: string, line: number, what: string): ChainRefusal {
  return new ChainRefusal(
    'chain/replay-differs',
    `line ${line} of ${file} replays differently (${what}): the file was changed or the EVM package behaves otherwise; use the version that wrote it, or a backup`,
  );
}
