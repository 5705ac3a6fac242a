// One audit, in the order in which nothing can slip between: the chain first, then the checkpoint, which cannot be smaller;
// then every entry and tile under it, every head against the tree, and at the end events against entries.
import {
  type Anchors,
  type AuditState,
  anchorClaim,
  anchorsOf,
  checkClaim,
  crossCheck,
  type Finding,
  finding,
  type HeadClaim,
  lastWithout,
  newState,
  type Report,
  settleSeen,
  settleWaiting,
  type TreeReplay,
  timeOf,
  weightOf,
} from '#lib/audit';
import { equalBytes, toHex } from '#lib/canonical';
import type { Rpc } from '#lib/evm';
import {
  type Checkpoint,
  checkConsistency,
  consistencyPlan,
  LogError,
  openCheckpoint,
} from '#lib/transparency-log';
import type { Root } from '#lib/verification';
import { type ChainReading, readChain } from './chain-reader.ts';
import { type LogSource, SourceError } from './log-source.ts';
import { ChainGap } from './panel.ts';
import { type Progress, replayEntries } from './replay.ts';
import { TileReader } from './tile-reader.ts';

/** Two notes of one log that cannot both be true, complete, for others to check. */
export type SplitEvidence = {
  readonly first: { readonly from: string; readonly note: string };
  readonly second: { readonly from: string; readonly note: string };
};

export type AuditRun = {
  readonly source: LogSource;
  /** Other places that say they serve the same log. */
  readonly also: readonly LogSource[];
  /** Signed notes that the reader got elsewhere: from a witness, a bundle, another auditor. */
  readonly notes: readonly { readonly from: string; readonly note: string }[];
  readonly root: Root;
  readonly rpc: Rpc;
  readonly endpoints: readonly string[];
  /** Seconds; the reader's clock. */
  readonly now: () => number;
  /** Of an earlier run, or null. */
  readonly state: AuditState | null;
  /** Begin at this size without looking at what is before it. */
  readonly from: number;
  /** Go on after a contradiction. */
  readonly all: boolean;
  progress(progress: Progress): void;
  /** Called now and then, and at the end, with a state that a later run can go on from. */
  save(state: AuditState): Promise<void>;
};

export type AuditResult = {
  readonly findings: readonly Finding[];
  /** How many of each code; of notes and gaps the first hundred are kept as findings, of contradictions the first thousand. */
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number | null;
  readonly root: string | null;
  readonly from: number;
  readonly heads: number;
  readonly block: number | null;
  readonly endpoints: readonly string[];
  readonly kinds: ReadonlyMap<string, number>;
  readonly uncovered: number;
  readonly waiting: number;
  readonly keyHistory: string | null;
  readonly split: readonly SplitEvidence[];
  /** Who runs the chain, as the reader's root says. */
  readonly ledger: Root['chain']['kind'];
  /** Seconds within which the log's owner promised to anchor, fixed in the contract; null when it could not be asked. */
  readonly maxDelay: number | null;
  /** Null when a contradiction or a gap kept the run from its end. */
  readonly state: AuditState | null;
};

const MOST_KEPT = 100;
const MOST_CONTRADICTIONS = 1_000;
/** What may pass from a block to its being final, on a chain of several parties. */
const FINALITY_SECONDS = 3_600;

class Contradiction extends Error {
  override readonly name = 'Contradiction';
}

export async function runAudit(run: AuditRun): Promise<AuditResult> {
  const findings: Finding[] = [];
  const counts = new Map<string, number>();
  const report: Report = (found) => {
    const count = (counts.get(found.code) ?? 0) + 1;
    counts.set(found.code, count);
    const isContradiction = weightOf(found) === 'contradiction';
    if (count <= (isContradiction ? MOST_CONTRADICTIONS : MOST_KEPT)) findings.push(found);
    if (isContradiction && !run.all) throw new Contradiction(found.code);
  };
  const isSound = () => !findings.some((found) => weightOf(found) === 'contradiction');
  const audit = new Audit(run, report, isSound);
  let isWhole = false;
  try {
    for (const open of run.state?.open ?? []) report(open);
    await audit.run();
    isWhole = isSound();
  } catch (error) {
    if (error instanceof SourceError)
      report(finding('source/unreachable', run.source.name, 'an answer', error.message));
    else if (error instanceof ChainGap) report(error.finding);
    else if (!(error instanceof Contradiction)) throw error;
  }
  const state = isWhole ? audit.nextState() : null;
  if (state) await run.save(state);
  return { findings, counts, state, ...audit.summary() };
}

class Audit {
  private readonly given: AuditRun;
  private readonly report: Report;
  private readonly split: SplitEvidence[] = [];
  private chain: ChainReading | null = null;
  private note = '';
  private checkpoint: Checkpoint | null = null;
  private state: AuditState | null = null;
  /** Gaps of single entries: a later run goes on behind them, and must still say that they are there. */
  private readonly open: Finding[];
  private readonly isSound: () => boolean;

  /** @param isSound no contradiction was found so far: what rests on one is not kept, or the next run would not see it */
  constructor(run: AuditRun, report: Report, isSound: () => boolean) {
    this.given = run;
    this.report = report;
    this.isSound = isSound;
    this.open = [...(run.state?.open ?? [])];
  }

  async run(): Promise<void> {
    const { source, root, rpc, endpoints, state, now } = this.given;
    this.chain = await readChain(rpc, root, endpoints, state?.chain ?? null, now(), this.report);
    this.note = await source.checkpoint();
    const checkpoint = this.openNote(this.note, source.name);
    if (!checkpoint) return;
    this.checkpoint = checkpoint;
    const size = Number(checkpoint.size);
    this.checkNotBehind(size, source);
    const reader = new TileReader(source, size);
    this.state = await this.begin(reader, size);
    if (!this.state) return;
    const { tree, entries } = this.state;
    const anchors = this.anchors();
    const claims = await this.claims(size);
    await this.checkPast(
      reader,
      tree,
      claims.filter((claim) => claim.size <= tree.size),
    );
    await replayEntries({
      source,
      reader,
      tree,
      entries,
      anchors,
      claims: claims.filter((claim) => claim.size > tree.size && claim.size <= size),
      onDiffering: (claim) => this.keepEvidence(claim),
      report: (found) => {
        if (weightOf(found) === 'gap' && this.open.length < MOST_KEPT) this.open.push(found);
        this.report(found);
      },
      progress: this.given.progress,
      save: async () => {
        if (this.isSound()) await this.given.save({ ...this.state!, open: [...this.open], note: this.note });
      },
    });
    const computed = tree.rootWith();
    if (!equalBytes(computed, checkpoint.root))
      this.report(
        finding(
          'log/root-differs',
          `size ${size}`,
          `${toHex(checkpoint.root)} (signed)`,
          `${toHex(computed)} (recomputed)`,
        ),
      );
    await this.checkEnd(size);
  }

  /** Opens a note with the root's log key, or reports that it cannot. */
  private openNote(note: string, from: string): Checkpoint | null {
    const { key } = this.given.root.log;
    try {
      return openCheckpoint(note, key);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      const found = `${error.code}: ${error.message}`;
      this.report(
        finding('checkpoint/refused', from, `a checkpoint that ${key.name} signed (key ${key.keyId})`, found),
      );
      return null;
    }
  }

  /** What was anchored before we asked must be in the log that we are shown now. */
  private checkNotBehind(size: number, source: LogSource): void {
    const last = this.chain?.heads.at(-1);
    if (!last || last.size <= size) return;
    const isMirror = source.kind === 'mirror';
    const detail = `transaction ${last.transaction}, ${timeOf(last.time)}`;
    this.report(
      finding(
        isMirror ? 'source/behind' : 'log/behind-chain',
        source.name,
        `size ${last.size} or more`,
        `size ${size}`,
        detail,
      ),
    );
  }

  /** The state to go on from; null when this source shows less than was seen before. */
  private async begin(reader: TileReader, size: number): Promise<AuditState | null> {
    const { root, state, from, source } = this.given;
    if (!state) {
      const identity = { logId: root.log.id, origin: root.log.origin, genesis: root.chain.genesis };
      if (from > size) {
        this.report(finding('source/behind', source.name, `size ${from} or more`, `size ${size}`, '--from'));
        return null;
      }
      return newState(identity, await reader.replayAt(from));
    }
    if (state.tree.size > size) {
      this.report(
        finding(
          'source/behind',
          source.name,
          `size ${state.tree.size} or more`,
          `size ${size}`,
          'seen by an earlier run',
        ),
      );
      return null;
    }
    // the same entries as before, or another log
    const before = state.tree.rootWith();
    const shown = (await reader.replayAt(state.tree.size)).rootWith();
    if (!equalBytes(before, shown)) {
      this.keepNotes('an earlier run of this auditor', state.note);
      this.report(
        finding(
          'log/split-view',
          `size ${state.tree.size}, seen before`,
          toHex(before),
          toHex(shown),
          'the tiles shown now give another root',
        ),
      );
    }
    return state;
  }

  /** Heads that somebody holds, each with whom: all but those that an earlier run compared. */
  private async claims(size: number): Promise<HeadClaim[]> {
    const { root, also, notes, state } = this.given;
    const claims: HeadClaim[] = [];
    const read = state?.chain?.block ?? -1;
    const blocks = new Map(this.chain!.events.map(({ transaction, block }) => [transaction, block]));
    for (const head of this.chain!.heads)
      if (head.size > (state?.tree.size ?? 0) || (blocks.get(head.transaction) ?? 0) > read)
        claims.push(anchorClaim(head));
    if (root.head && root.head.size > 0n) {
      const { size: pinned, root: hash, time } = root.head;
      if (Number(pinned) > size) this.reportBehind(size, `size ${pinned} or more`, 'pinned in the root file');
      claims.push({
        whose: 'pinned in the root file',
        code: 'log/split-view',
        size: Number(pinned),
        root: hash,
        detail: time ?? '',
      });
    }
    const known = state?.note ? this.openNote(state.note, 'the state file') : null;
    if (known && known.size > BigInt(size))
      this.reportBehind(size, `size ${known.size} or more`, 'signed, and seen by an earlier run');
    if (known) claims.push(seenClaim(known, 'seen before', state!.note));
    for (const { from, note } of notes) {
      const checkpoint = this.openNote(note, from);
      if (!checkpoint) continue;
      if (checkpoint.size > BigInt(size)) this.reportBehind(size, `size ${checkpoint.size} or more`, from);
      claims.push(seenClaim(checkpoint, `the note ${from}`, note));
    }
    for (const other of also) {
      try {
        const claim = await this.claimOf(other, size);
        if (claim) claims.push(claim);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        // another address out of reach is no reason to leave this log unread
        this.report(finding('source/unreachable', other.name, 'an answer', error.message));
      }
    }
    return claims.filter((claim) => claim.size > 0 && claim.size <= size).sort((a, b) => a.size - b.size);
  }

  /** What another address shows; a longer log than ours is compared at once. */
  private async claimOf(other: LogSource, size: number): Promise<HeadClaim | null> {
    const note = await other.checkpoint();
    const checkpoint = this.openNote(note, other.name);
    if (!checkpoint) return null;
    if (checkpoint.size <= BigInt(size)) return seenClaim(checkpoint, `served by ${other.name}`, note);
    await this.checkLonger(other, note, checkpoint, size);
    return null;
  }

  /** Heads of sizes that the replay has passed: by a consistency proof to the tree that it holds. */
  private async checkPast(reader: TileReader, tree: TreeReplay, claims: readonly HeadClaim[]): Promise<void> {
    const root = tree.rootWith();
    for (const claim of claims) {
      const problem =
        claim.size === tree.size
          ? checkClaim(claim, root)
          : await this.checkEarlier(reader, tree, claim, root);
      if (!problem) continue;
      this.keepEvidence(claim);
      this.report(problem);
    }
  }

  private async checkEarlier(
    reader: TileReader,
    tree: TreeReplay,
    claim: HeadClaim,
    root: Uint8Array,
  ): Promise<Finding | null> {
    const [size1, size2] = [BigInt(claim.size), BigInt(tree.size)];
    const proof = await reader.run(consistencyPlan(size1, size2));
    if (checkConsistency({ size1, root1: claim.root, size2, root2: root, proof })) return null;
    const differs = checkClaim(claim, (await reader.replayAt(claim.size)).rootWith());
    if (differs) return differs;
    // the edge fits and the rest does not: the tiles contradict each other
    const place = `consistency of size ${size1} and ${size2}`;
    return finding('tile/differs', place, toHex(root), 'hashes in tiles that do not lead to it', claim.whose);
  }

  /** Another source shows a longer log: it must begin with ours. */
  private async checkLonger(
    other: LogSource,
    note: string,
    { size, root }: Checkpoint,
    own: number,
  ): Promise<void> {
    const reader = new TileReader(other, Number(size));
    if (own === 0) return;
    const proof = await reader.run(consistencyPlan(BigInt(own), size));
    const { root: ours } = this.checkpoint!;
    if (checkConsistency({ size1: BigInt(own), root1: ours, size2: size, root2: root, proof })) return;
    const theirs = (await reader.replayAt(own)).rootWith();
    this.keepNotes(other.name, note);
    this.report(
      finding(
        'log/split-view',
        `size ${own}, served by ${other.name}`,
        toHex(ours),
        toHex(theirs),
        `its checkpoint of size ${size} does not extend ours`,
      ),
    );
  }

  /** A head that somebody holds lies beyond what this source shows: nothing can be said of it here. */
  private reportBehind(size: number, expected: string, whose: string): void {
    this.report(finding('source/behind', this.given.source.name, expected, `size ${size}`, whose));
  }

  private async checkEnd(size: number): Promise<void> {
    const { entries, from } = this.state!;
    const { root, now } = this.given;
    const chain = this.chain!;
    const anchors = this.anchors();
    entries.finish(this.report);
    entries.waiting = settleWaiting(entries.waiting, anchors, now(), this.report);
    this.state = { ...this.state!, seen: settleSeen(this.state!.seen, anchors, now(), this.report) };
    const unsigned = entries.facts.opinions.filter(({ isSigned }) => !isSigned).map(({ body }) => body);
    const contracts = new Set<string>();
    for (const body of new Set(unsigned)) if (await chain.hasCode(body)) contracts.add(body);
    crossCheck(
      {
        facts: entries.facts,
        events: chain.events,
        chainId: root.chain.id,
        logId: root.log.id,
        registry: root.contracts.registry.address,
        domainSalt: chain.domainSalt,
        registrars: root.registrars.map(({ address }) => address.toLowerCase()),
        contracts,
        addressOf: (did) => entries.keys.addressOf(did),
        issuers: entries.keys.addresses(),
        lastWithout: (index) => lastWithout(anchors, index),
        grace: chain.maxDelay + (root.chain.kind === 'test' ? 0 : FINALITY_SECONDS),
        now: now(),
        from,
      },
      this.report,
    );
    this.noteOwners(chain);
    for (const { index, kind, issuer } of entries.uncovered.values())
      this.report(finding('entry/not-covered', `entry ${index}`, '', kind, issuer));
    const seen = { size, at: now() };
    const isNew = size > 0 && !this.state.seen.some((each) => each.size === size);
    const isOpen = size > (chain.heads.at(-1)?.size ?? 0);
    this.state = { ...this.state, seen: isNew && isOpen ? [...this.state.seen, seen] : this.state.seen };
  }

  /** Who may append changed hands: no fault, and a reader should know. */
  private noteOwners({ events }: ChainReading): void {
    for (const event of events) {
      const at = `block ${event.block}, ${timeOf(event.time)}, transaction ${event.transaction}`;
      if (event.name === 'LogHandedOver')
        this.report(finding('log/handed-over', 'log', event.from, event.to, at));
      if (event.name === 'LogOffered') this.report(finding('log/offered', 'log', event.owner, event.to, at));
      if (event.name === 'LogOpened' && !/^0x0*$/.test(event.predecessor))
        this.report(finding('log/succeeded', 'log', event.predecessor, event.owner, at));
    }
  }

  private anchors(): Anchors {
    const { heads, maxDelay, openedAt } = this.chain!;
    return anchorsOf(heads, maxDelay, openedAt);
  }

  private keepEvidence(claim: HeadClaim): void {
    if (claim.detail.includes('\n')) this.keepNotes(claim.whose, claim.detail);
  }

  private keepNotes(from: string, note: string): void {
    this.split.push({ first: { from, note }, second: { from: this.given.source.name, note: this.note } });
  }

  nextState(): AuditState | null {
    if (!this.state || !this.chain || !this.checkpoint) return null;
    const { block, events } = this.chain;
    return {
      ...this.state,
      open: this.open,
      note: this.note,
      chain: { block: block.number, hash: block.hash, events },
    };
  }

  summary() {
    const entries = this.state?.entries;
    return {
      size: this.checkpoint ? Number(this.checkpoint.size) : null,
      root: this.checkpoint ? toHex(this.checkpoint.root) : null,
      from: this.state?.from ?? this.given.from,
      heads: this.chain?.heads.length ?? 0,
      block: this.chain?.block.number ?? null,
      endpoints: this.chain?.endpoints ?? [],
      kinds: new Map(entries?.counts ?? []),
      uncovered: entries?.uncovered.size ?? 0,
      waiting: entries?.waiting.length ?? 0,
      keyHistory: entries ? entries.keys.digest() : null,
      split: this.split,
      ledger: this.given.root.chain.kind,
      maxDelay: this.chain?.maxDelay ?? null,
    };
  }
}

/** A signed head seen elsewhere; the note itself is the detail, so that it can be kept as evidence. */
function seenClaim({ size, root }: Checkpoint, whose: string, note: string): HeadClaim {
  return { whose, code: 'log/split-view', size: Number(size), root, detail: note };
}
