// The golden world as an auditor meets it: entries, public documents, heads and events, each open to change.

import {
  type AnchoredHead,
  type Anchors,
  anchorsOf,
  type ChainEvent,
  crossCheck,
  documentOf,
  EntryAudit,
  type Fetched,
  type Finding,
  lastWithout,
  openEntry,
  rootText,
  settleSeen,
  settleWaiting,
} from '#lib/audit';
import { canonicalBytes, type JsonObject } from '#lib/canonical';
import { digestForm } from '#lib/disclosure';
import { formatData, parseTime } from '#lib/evm';
import { contentWord, opinionDigest, textWord } from '#lib/opinion';
import { type Entry, entryBytes, HIDEABLE, makeEntry, type UnsignedEntry } from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import { SCOPE } from '../../scripts/golden/documents.ts';
import type { Options, Recorded } from '../../scripts/golden/log.ts';
import { ADDRESSES, NOW, OPERATOR, on } from '../../scripts/golden/people.ts';
import { type Changes, makeWorld, type World } from '../../scripts/golden/world.ts';

export const DAY = 86_400;
export const seconds = (time: string): number => Number(parseTime(time));
export const word = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;

const MADE = new Map<string, Promise<World>>();

/** All of it may be changed before it is audited. */
export class AuditedWorld {
  leaves: Uint8Array[];
  readonly documents = new Map<string, Fetched>();
  readonly events: ChainEvent[] = [];
  readonly world: World;
  now = seconds(NOW);
  maxDelay = 2 * DAY;
  from = 0;
  registrars = [ADDRESSES.registrar.toLowerCase()];
  contracts = new Set<string>();
  seen: { size: number; at: number }[] = [];
  /** Something was recorded and is to be anchored in time. */
  isToBeAnchored = false;

  /** A world of its own; the golden one behind it is made once for the same changes. */
  static async make(changes: Changes = {}): Promise<AuditedWorld> {
    const key = JSON.stringify(changes);
    const making = MADE.get(key) ?? makeWorld(changes);
    MADE.set(key, making);
    const world = await making;
    const { leaves, recorded, heads } = world.log;
    const log = Object.assign(Object.create(Object.getPrototypeOf(world.log)) as World['log'], world.log, {
      leaves: [...leaves],
      recorded: [...recorded],
      heads: [...heads],
    });
    const { chain: made } = world;
    const chain = Object.assign(Object.create(Object.getPrototypeOf(made)) as World['chain'], made, {
      block: { ...made.block },
      code: { ...made.code },
      log: { ...made.log },
    });
    return new AuditedWorld({ ...world, log, chain });
  }

  private constructor(world: World) {
    this.world = world;
    this.leaves = [];
    this.takeLog();
    const { passport, tokenId, chain } = world;
    const registration = this.recorded('registration/v1');
    const place = (day: string, logIndex = 0) => ({
      block: seconds(on(day)),
      time: seconds(on(day)),
      transaction: word(seconds(on(day))),
      logIndex,
    });
    if (!passport.opinion || !registration) return;
    const { opinionId } = passport.opinion;
    const party = {
      registrar: ADDRESSES.registrar.toLowerCase(),
      body: ADDRESSES.body.toLowerCase(),
      index: '0',
    };
    const { message, domain } = this.recorded('opinion/v1')!.doc as never as {
      message: never;
      domain: never;
    };
    const validity = ['2026-01-01T00:00:00Z', '2029-01-01T00:00:00Z'].map((time) => String(parseTime(time)));
    this.events.push(
      {
        ...place('11-05'),
        name: 'BodyRegistered',
        ...party,
        validFrom: validity[0]!,
        validUntil: validity[1]!,
        scope: textWord(SCOPE),
        snapshot: contentWord(registration.id),
      },
      {
        ...place('11-15'),
        name: 'OpinionAccepted',
        opinionId,
        digest: formatData(opinionDigest(message, domain)),
        ...party,
      },
      {
        ...place('11-15', 1),
        name: 'PassportMinted',
        token: `0x${tokenId.toString(16).padStart(64, '0')}`,
        issuer: ADDRESSES.issuer.toLowerCase(),
        log: chain.log.id,
        content: this.credential().refs.flatMap((ref) =>
          ref.rel === 'passport' && 'content' in ref ? [contentWord(ref.content)] : [],
        )[0]!,
        opinionId,
      },
    );
  }

  recorded(type: string): Recorded | undefined {
    return this.world.log.recorded.find(({ doc }) => doc.type === type);
  }

  credential(): Entry {
    return this.world.log.leaves.find(({ entry }) => entry.kind === 'credential/v1')!.entry;
  }

  get token(): string {
    return this.event('PassportMinted').token;
  }

  event<N extends ChainEvent['name']>(name: N): Extract<ChainEvent, { name: N }> {
    return this.events.find((event) => event.name === name) as Extract<ChainEvent, { name: N }>;
  }

  /** Changes an event in place. */
  change<N extends ChainEvent['name']>(name: N, members: Partial<Extract<ChainEvent, { name: N }>>): void {
    const at = this.events.findIndex((event) => event.name === name);
    this.events[at] = { ...this.events[at]!, ...members } as ChainEvent;
  }

  /** Records a document with its entry behind what is there. */
  record(doc: JsonObject, time: string, options: Options = {}): Recorded {
    const recorded = this.world.log.prepare(doc, time, options);
    this.world.log.record(recorded);
    this.isToBeAnchored = true;
    this.takeLog();
    return recorded;
  }

  append(entry: UnsignedEntry, signer?: Parameters<typeof makeEntry>[1]): Entry {
    const made = makeEntry(entry, signer);
    this.world.log.append(made);
    this.isToBeAnchored = true;
    this.takeLog();
    return made;
  }

  anchor(time: string): void {
    this.world.log.anchor(time);
    this.isToBeAnchored = false;
  }

  /** A flag on chain, and its entry when told. */
  setFlag(day: string, members: JsonObject | null = {}): void {
    const time = on(day);
    const event = {
      name: 'FlagSet',
      block: seconds(time),
      time: seconds(time),
      transaction: word(seconds(time)),
      logIndex: 0,
      token: this.token,
      role: '2',
      setter: ADDRESSES.body.toLowerCase(),
      status: '2',
      reason: '3',
      detail: word(0),
    } as const;
    this.events.push(event);
    if (members === null) return;
    const doc = {
      type: 'status/v1',
      nonce: this.world.log.nonce(),
      chain: '31337',
      contract: this.world.chain.addresses.registry,
      event: 'FlagSet',
      transaction: event.transaction,
      logIndex: '0',
      block: String(event.block),
      blockHash: word(7),
      blockTime: time,
      subject: event.token,
      setter: ADDRESSES.body,
      reason: '3',
      detail: word(0),
      role: '2',
      status: '2',
      ...members,
    };
    this.record(doc, time, { issuer: OPERATOR });
  }

  get anchors(): Anchors {
    const heads: AnchoredHead[] = this.world.log.heads.map(({ sequence, size, root, time }) => ({
      sequence: Number(sequence),
      size: Number(size),
      root: rootText(root),
      time: Number(time),
      transaction: word(Number(sequence)),
    }));
    return anchorsOf(heads, this.maxDelay, seconds(on('10-01')));
  }

  /** What the auditor finds; `done`: entries that these facts already hold. */
  audit(entries = new EntryAudit(undefined, this.from), done = 0): Finding[] {
    if (this.isToBeAnchored) this.anchor(on('11-18'));
    const findings: Finding[] = [];
    const report = (found: Finding) => void findings.push(found);
    for (const [at, bytes] of this.leaves.entries()) {
      if (at < done) continue;
      const each = openEntry(this.from + at, bytes, leafHash(bytes), report);
      const id = documentOf(each);
      const fetched = id === null ? null : (this.documents.get(id) ?? ({ kind: 'absent' } as const));
      entries.audit(each, fetched, this.anchors, report);
    }
    entries.finish(report);
    settleWaiting(entries.waiting, this.anchors, this.now, report);
    settleSeen(this.seen, this.anchors, this.now, report);
    const { chain } = this.world;
    crossCheck(
      {
        facts: entries.facts,
        events: this.events,
        chainId: '31337',
        logId: chain.log.id,
        registry: chain.addresses.registry,
        domainSalt: chain.domainSalt,
        registrars: this.registrars,
        contracts: this.contracts,
        addressOf: (did) => entries.keys.addressOf(did),
        issuers: entries.keys.addresses(),
        lastWithout: (index) => lastWithout(this.anchors, index),
        grace: this.maxDelay,
        now: this.now,
        from: this.from,
      },
      report,
    );
    return findings;
  }

  private takeLog(): void {
    const { log } = this.world;
    this.leaves = log.leaves.map(({ entry }) => entryBytes(entry));
    for (const { id, doc, salts } of log.recorded)
      if (!this.documents.has(id))
        this.documents.set(id, {
          kind: 'found',
          bytes: canonicalBytes(digestForm(doc as never, HIDEABLE[doc.type], salts)),
        });
  }
}
