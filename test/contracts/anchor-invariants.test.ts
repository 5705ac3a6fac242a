// CheckpointAnchor under random calls by four accounts, against a model of what it promises (anchoring T5). Every call's
// outcome is foretold: it goes through, or is refused with this very error. A few sequences by default, 120 with FAULTS=all.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hexlify, ZeroAddress, ZeroHash } from 'ethers';
import fc from 'fast-check';
import { checkConsistency } from '#lib/transparency-log';
import { leaf, root, subproof, xorshiftBytes } from '../support/merkle-reference.ts';
import { createWorld, hash, refusalOf, type World } from './support/world.ts';

const RUNS = process.env.FAULTS === 'all' ? 120 : 4;
const CALLS = 30;
const LARGEST = 24;
/** Two histories that part after 9 entries: up to there a head of one is a head of the other. */
const main = xorshiftBytes(LARGEST).map(leaf);
const forked = [...main.slice(0, 9), ...xorshiftBytes(LARGEST - 9, 77).map(leaf)];
const GAS = { gasLimit: 1_000_000 };
type Bytes = Uint8Array;

/** `time`: of the block that took it. */
type Head = { size: number; root: Bytes; time?: bigint };
type Log = {
  readonly id: string;
  readonly predecessor: string;
  readonly maxDelay: number;
  readonly originHash: string;
  readonly openedAt: bigint;
  owner: string;
  pendingOwner: string;
  successor: string;
  readonly heads: Head[];
  /** Before the first head: the predecessor's last. */
  readonly inherited: Head | null;
};

/** One of four accounts; from 4 on, whoever has the right to this call. */
const account = fc.nat(9);
/** A head as somebody offers it: `proof` from the size the log has by the model, of this or of the other history, spoilt or none. */
const offeredHead = fc.record({
  ahead: fc.integer({ min: -1, max: 6 }),
  fork: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  proof: fc.constantFrom('right', 'right', 'right', 'right', 'right', 'right', 'none', 'longer', 'spoilt'),
});
const call = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      by: account,
      origin: fc.nat(2),
      delay: fc.constantFrom(60, 600, 3600, 0),
      from: fc.integer({ min: -2, max: 7 }),
      head: offeredHead,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('anchor' as const),
      by: account,
      log: fc.nat(7),
      head: offeredHead,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('offer' as const), by: account, log: fc.nat(7), to: fc.nat(4) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('accept' as const), by: account, log: fc.nat(7) }) },
);
type Call = typeof call extends fc.Arbitrary<infer One> ? One : never;

/** Two logs to begin with, one of them with a head. */
const OPENINGS = [0, 3].map(
  (size): Call => ({
    kind: 'open',
    by: size,
    origin: 9,
    delay: 60,
    from: -1,
    head: { ahead: size, fork: false, proof: 'right' },
  }),
);

class Model {
  readonly logs: Log[] = [];
  readonly people: World['sender'][];
  readonly world: World;
  accepted = 0;
  refused = 0;
  constructor(world: World) {
    this.world = world;
    this.people = [world.operator, world.stranger, world.offered, world.holder];
  }

  /** The head that somebody offers after this one, with the proof they give. */
  offer(last: Head | null, { ahead, fork, proof }: { ahead: number; fork: boolean; proof: string }) {
    const size = Math.max(0, Math.min(LARGEST, (last?.size ?? 0) + ahead));
    const leaves = (fork ? forked : main).slice(0, size);
    const right = last && last.size > 0 && last.size <= size ? subproof(last.size, leaves) : [];
    const noise = leaf(new Uint8Array([ahead & 0xff]));
    const given =
      proof === 'none'
        ? []
        : proof === 'longer'
          ? [...right, noise]
          : proof === 'spoilt'
            ? right.map((one, at) => (at === 0 ? noise : one))
            : right;
    return { size, root: size === 0 ? new Uint8Array(32) : root(leaves), proof: given };
  }

  async run(one: Call): Promise<void> {
    const { anchor } = this.world;
    const log =
      this.logs[(one.kind === 'open' ? Math.max(one.from, 0) : one.log) % Math.max(1, this.logs.length)];
    const rightful = one.kind === 'accept' ? log?.pendingOwner : log?.owner;
    const by = (this.people[one.by] ??
      this.people.find(({ address }) => address === rightful) ??
      this.people[one.by % 4]) as World['sender'];
    const contract = anchor.connect(by);
    if (one.kind === 'open') return this.open(one, by);
    const id = log?.id ?? hash('no log');
    if (one.kind === 'anchor') {
      const last = log?.heads.at(-1) ?? null;
      const next = this.offer(last, one.head);
      const foretold = this.foretellAnchor(log, by, last, next);
      await this.expect(foretold, contract.anchor(id, next.size, next.root, next.proof, GAS));
      if (foretold === null) log?.heads.push({ ...next, time: await this.world.now() });
    } else if (one.kind === 'offer') {
      const to = this.people[one.to]?.address ?? ZeroAddress;
      const foretold = log?.owner === by.address ? null : 'AnchorCallerNotOwner';
      await this.expect(foretold, contract.offerLog(id, to, GAS));
      if (foretold === null && log) log.pendingOwner = to;
    } else {
      const foretold = log?.pendingOwner === by.address ? null : 'AnchorCallerNotOffered';
      await this.expect(foretold, contract.acceptLog(id, GAS));
      if (foretold === null && log) [log.owner, log.pendingOwner] = [by.address, ZeroAddress];
    }
  }

  foretellAnchor(
    log: Log | undefined,
    by: World['sender'],
    last: Head | null,
    next: Head & { proof: Bytes[] },
  ) {
    if (!log || log.owner !== by.address) return 'AnchorCallerNotOwner';
    if (next.size <= (last?.size ?? 0)) return 'AnchorSizeNotGrown';
    if (!last) return next.proof.length === 0 ? null : 'AnchorFirstHeadProven';
    return follows(last, next) ? null : 'AnchorProofInvalid';
  }

  async open(one: Extract<Call, { kind: 'open' }>, by: World['sender']): Promise<void> {
    const { anchor } = this.world;
    const originHash = hash(`origin ${one.origin}`);
    const id = String(await anchor.logIdOf(by, originHash));
    const ended = one.from < 0 ? undefined : this.logs[one.from % Math.max(1, this.logs.length)];
    const predecessor = one.from === -2 ? hash('no log') : (ended?.id ?? ZeroHash);
    const last = ended?.heads.at(-1) ?? null;
    const next = this.offer(last, one.head);
    const foretold = ((): string | null => {
      if (one.delay === 0) return 'AnchorDelayZero';
      if (this.logs.some((log) => log.id === id)) return 'AnchorLogExists';
      if (predecessor !== ZeroHash) {
        if (ended && ended.successor !== ZeroHash) return 'AnchorPredecessorSucceeded';
        if (ended?.owner !== by.address) return 'AnchorPredecessorNotOwned';
        if (!last) return 'AnchorPredecessorEmpty';
        if (next.size === 0) return 'AnchorFirstHeadEmpty';
        return follows(last, next) ? null : 'AnchorProofInvalid';
      }
      if (next.size > 0) return next.proof.length === 0 ? null : 'AnchorFirstHeadProven';
      return next.proof.length === 0 ? null : 'AnchorFirstHeadEmpty';
    })();
    const sent = anchor
      .connect(by)
      .openLog(originHash, one.delay, predecessor, next.size, next.root, next.proof, GAS);
    await this.expect(foretold, sent);
    if (foretold !== null) return;
    const openedAt = await this.world.now();
    if (ended) [ended.owner, ended.pendingOwner, ended.successor] = [ZeroAddress, ZeroAddress, id];
    this.logs.push({
      id,
      predecessor,
      maxDelay: one.delay,
      originHash,
      owner: by.address,
      pendingOwner: ZeroAddress,
      successor: ZeroHash,
      openedAt,
      heads: next.size > 0 ? [{ ...next, time: openedAt }] : [],
      inherited: last,
    });
  }

  async expect(foretold: string | null, sent: Promise<unknown>): Promise<void> {
    assert.equal(await refusalOf(this.world.anchor, sent), foretold);
    if (foretold === null) this.accepted++;
    else this.refused++;
  }

  /** All logs, touched by the last call or not, are what the model says. */
  async check(): Promise<void> {
    const { anchor } = this.world;
    for (const log of this.logs) {
      const found = await anchor.log(log.id);
      assert.deepEqual(found.toArray().slice(0, 7), [
        log.owner,
        log.pendingOwner,
        BigInt(log.maxDelay),
        log.originHash,
        log.predecessor,
        log.successor,
        log.openedAt,
      ]);
      assert.equal(found.count, BigInt(log.heads.length));
      const last = log.heads.at(-1);
      const [sequence, size, rootHash] = await anchor.latest(log.id);
      assert.deepEqual(
        [sequence, size, rootHash],
        [BigInt(log.heads.length), BigInt(last?.size ?? 0), last ? hexlify(last.root) : ZeroHash],
      );
    }
  }

  /** Every head is there, strictly larger than the one before and reachable from it by a proof that readers accept. */
  async checkHistory(): Promise<void> {
    const { anchor } = this.world;
    for (const log of this.logs) {
      let before = log.inherited;
      for (const [at, head] of log.heads.entries()) {
        const found = await anchor.headBySize(log.id, head.size, head.root);
        assert.equal(found.sequence, BigInt(at + 1));
        assert.equal(found.previousSize, BigInt(before?.size ?? 0));
        assert.equal(found.previousTime, before?.time ?? 0n);
        assert.equal(found.time, head.time);
        if (before) {
          const carried = at === 0 && head.size === before.size;
          assert.ok(carried || head.size > before.size);
          // one of the two histories explains both heads
          assert.ok([main, forked].some((leaves) => reaches(leaves, before as Head, head)));
        }
        before = head;
      }
      const successors = this.logs.filter((other) => other.predecessor === log.id).map(({ id }) => id);
      assert.deepEqual(successors, log.successor === ZeroHash ? [] : [log.successor]);
    }
  }
}

const claim = (last: Head, next: Head, proof: readonly Bytes[]) =>
  checkConsistency({
    size1: BigInt(last.size),
    root1: last.root,
    size2: BigInt(next.size),
    root2: next.root,
    proof,
  });
const follows = (last: Head, next: Head & { proof: Bytes[] }) => claim(last, next, next.proof);
const reaches = (leaves: Bytes[], last: Head, next: Head) =>
  claim(last, next, subproof(last.size, leaves.slice(0, next.size)));

describe('CheckpointAnchor under random calls', () => {
  test(`${RUNS} sequences of ${CALLS} calls`, async () => {
    let [calls, accepted] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: CALLS, maxLength: CALLS }), async (sequence) => {
        const model = new Model(await createWorld());
        for (const one of OPENINGS) await model.run(one);
        for (const [at, one] of sequence.entries()) {
          await model.run(one);
          if (at % 5 === 4) await model.check();
        }
        await model.check();
        await model.checkHistory();
        calls += model.accepted + model.refused;
        accepted += model.accepted;
      }),
      { numRuns: RUNS, seed: 0x7e57, endOnFailure: true },
    );
    assert.ok(accepted > calls / 8, `${accepted} of ${calls} went through`);
    console.log(
      `counted: ${calls} random calls to CheckpointAnchor, ${accepted} went through, all as foretold`,
    );
  });
});
