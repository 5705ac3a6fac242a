import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChainService } from '../chain/chain.service.ts';
import { RpcRefused, RpcUnreachable } from '../chain/json-rpc.ts';
import { Clock } from '../clock.ts';
import { Installation } from '../installation/installation.ts';
import { Sequencer } from '../log/sequencer.ts';
import { OrganisationsService } from '../organisations/organisations.service.ts';
import { RecorderService } from '../recording/recorder.service.ts';
import { type BlockMark, EventReader, type FoundEvent } from './event-reader.ts';
import { insertEvent, moveCursor, onlyNew, readCursor } from './event-store.ts';

const OPERATOR = 'operator';
const EMBEDDED_MS = 1_000;
/** About a block of the slower chains. */
const POLL_MS = 12_000;
const LARGEST_RANGE = 1_048_576n;
const FIRST_RANGE = 1_024n;
/** Entries of one append. */
const AT_ONCE = 200;

/** `block`: read up to it. `trouble`: why it does not go on, and since when; it is tried again and again. */
export type EventsState = {
  readonly block: bigint | null;
  readonly trouble: { readonly since: Date; readonly reason: string } | null;
};

/**
 * Records each status event of the ledger's contracts in the log, once its block is final: what bodies, registrars and
 * authorities say by their own transactions, without this server. One range of blocks at a time:
 *   1 read blocks and events          nothing is written
 *   2 append entries with their rows, the last append with the cursor: all of it or none
 * A crash between appends of one range reads the range again; events that have a row are left out.
 */
@Injectable()
export class ChainEventsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('events');
  private readonly reader: EventReader;
  private range = FIRST_RANGE;
  private current: EventsState = { block: null, trouble: null };
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private isClosing = false;

  constructor(
    private readonly database: DataSource,
    private readonly chain: ChainService,
    private readonly sequencer: Sequencer,
    private readonly recorder: RecorderService,
    private readonly organisations: OrganisationsService,
    private readonly installation: Installation,
    private readonly clock: Clock,
  ) {
    this.reader = new EventReader(chain);
  }

  get state(): EventsState {
    return this.current;
  }

  onApplicationBootstrap(): void {
    this.lookIn(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private lookIn(ms: number): void {
    if (this.isClosing) return;
    this.timer = setTimeout(() => {
      this.running = this.look();
    }, ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    let isBehind = false;
    try {
      // a process that stands by has read nothing, and the one that writes tells
      if (this.sequencer.state.kind === 'writing') isBehind = await this.follow();
    } catch (error) {
      this.setTrouble((error as Error).message);
    }
    this.lookIn(isBehind ? 0 : this.chain.isEmbedded ? EMBEDDED_MS : POLL_MS);
  }

  private setTrouble(reason: string): void {
    const since = this.current.trouble?.since ?? this.clock.now();
    if (this.current.trouble?.reason !== reason) this.logger.warn(`events cannot be read on: ${reason}`);
    this.current = { ...this.current, trouble: { since, reason } };
  }

  /** Reads and records one range. True: there is more. */
  private async follow(): Promise<boolean> {
    const cursor = await readCursor(this.database);
    const final = await this.chain.head('finalized');
    if (cursor && !(await this.isStillThere(cursor, final.number))) return false;
    const from = cursor
      ? cursor.number + 1n
      : await this.reader.firstBlock(this.installation.createdAt, final.number);
    if (from > final.number) {
      this.current = { block: cursor?.number ?? null, trouble: null };
      return false;
    }
    const to = from + this.range - 1n < final.number ? from + this.range - 1n : final.number;
    const found = await this.readRange(from, to);
    if (!found) return true;
    await this.record(cursor, found.end, await onlyNew(this.database, found.events));
    this.current = { block: found.end.number, trouble: null };
    return found.end.number < final.number;
  }

  /**
   * A block that was final is final for ever: another one in its place is another chain, and this log says what the
   * first one said. A node that has not got it lags, and is waited for; while any endpoint still shows it, one lies.
   */
  private async isStillThere(cursor: BlockMark, final: bigint): Promise<boolean> {
    const hashes = await this.reader.hashesAt(cursor.number);
    const isShown = hashes.includes(cursor.hash);
    if (hashes.length === 0 || (isShown && cursor.number > final)) {
      this.setTrouble(`block ${cursor.number} was final, the node says ${final} is: it lags`);
      return false;
    }
    if (isShown && hashes.length > 1)
      this.setTrouble(`the endpoints disagree about block ${cursor.number}, which was final`);
    if (isShown) return hashes.length === 1;
    const reason = `block ${cursor.number} was final as ${cursor.hash}, the chain now shows ${hashes.join(', ')}: it was changed beyond its finality`;
    this.setTrouble(reason);
    this.sequencer.stop('log/chain-set-back', reason);
    return false;
  }

  /**
   * A range that a node does not take is halved; null: come again. So is one that it gave no answer to: it may have been too
   * much for it, and who asks for as much again hears as little.
   */
  private async readRange(from: bigint, to: bigint): Promise<Awaited<ReturnType<EventReader['read']>>> {
    try {
      const found = await this.reader.read(from, to);
      if (!found) throw new Error(`block ${to} is final, but the node does not show it: it lags`);
      if (this.range < LARGEST_RANGE) this.range *= 2n;
      return found;
    } catch (error) {
      if (!(error instanceof RpcRefused || error instanceof RpcUnreachable) || from === to) throw error;
      this.range = (to - from + 1n) / 2n;
      if (error instanceof RpcUnreachable) throw error;
      return null;
    }
  }

  private async record(
    cursor: BlockMark | null,
    end: BlockMark,
    events: readonly FoundEvent[],
  ): Promise<void> {
    if (events.length === 0) {
      await moveCursor(this.database, cursor, end);
      return;
    }
    const operator = await this.organisations.findBySlug(OPERATOR);
    if (!operator) throw new Error('the operator has no row yet');
    for (let at = 0; at < events.length; at += AT_ONCE) {
      const part = events.slice(at, at + AT_ONCE);
      const isLast = at + AT_ONCE >= events.length;
      const facts = part.map(({ doc }) =>
        this.recorder.prepare(operator.uuid, operator.did, { kind: 'status/v1', doc }),
      );
      await this.recorder.record(facts, async (tx: EntityManager, recorded) => {
        for (const [n, event] of part.entries()) await insertEvent(tx, event, recorded[n]!.content);
        if (isLast) await moveCursor(tx, cursor, end);
      });
    }
    this.logger.log(`${events.length} status events of the chain were recorded, up to block ${end.number}`);
  }
}
