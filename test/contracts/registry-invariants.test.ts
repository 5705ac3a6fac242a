// BodyRegistry and PassportRegistry under random calls, against a model of what they promise. Each call's outcome is
// foretold; at the end everything readable is what the model holds. A few sequences by default, 60 with FAULTS=all.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ZeroAddress, ZeroHash } from 'ethers';
import fc from 'fast-check';
import {
  createWorld,
  DAY,
  eventsOf,
  hash,
  type Opinion,
  type Order,
  refusalOf,
  type World,
  wordsOf,
} from './support/world.ts';

const RUNS = process.env.FAULTS === 'all' ? 60 : 3;
const CALLS = 30;
const [ISSUER, BODY, REGISTRAR, AUTHORITY] = [1, 2, 3, 4];
const [ACTIVE, SUSPENDED, REVOKED] = [0, 1, 2];
const GAS = { gasLimit: 10_000_000 };

type Registration = { from: bigint; until: bigint; withdrawnFrom: bigint };
type Passport = { order: Order; covered: Opinion | null; next: bigint };

/** What is wrong with a mint; `none` most of the time. */
const fault = fc.constantFrom(
  'none',
  'none',
  'none',
  'none',
  'signature',
  'supersedes',
  'opinion signature',
  'footprint',
);
const mint = fc.record({
  lot: fc.nat(2),
  release: fc.integer({ min: 1, max: 3 }),
  opinion: fc.integer({ min: -1, max: 2 }),
  fault,
});
const call = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('register' as const),
      by: fc.nat(1),
      body: fc.nat(1),
      from: fc.integer({ min: -3, max: 2 }),
      days: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('withdraw' as const),
      by: fc.nat(1),
      body: fc.nat(1),
      index: fc.nat(3),
      reason: fc.nat(2),
      from: fc.integer({ min: -3, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('revoke' as const),
      by: fc.nat(2),
      opinion: fc.nat(2),
      reason: fc.nat(2),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('mint' as const), mint }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      mints: fc.array(mint, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('flag' as const),
      by: fc.nat(4),
      passport: fc.nat(8),
      role: fc.integer({ min: 0, max: 5 }),
      status: fc.integer({ min: 0, max: 3 }),
      reason: fc.nat(3),
    }),
  },
);
type Call = typeof call extends fc.Arbitrary<infer One> ? One : never;
type MintCall = typeof mint extends fc.Arbitrary<infer One> ? One : never;

class Model {
  readonly world: World;
  readonly bodies: World['sender'][];
  readonly registrars: World['sender'][];
  readonly people: World['sender'][];
  readonly opinions: Opinion[];
  readonly registrations = new Map<string, Registration[]>();
  readonly revoked = new Map<number, number>();
  readonly accepted = new Set<number>();
  readonly passports = new Map<bigint, Passport>();
  readonly flags = new Map<string, { status: number; reason: number }>();
  calls = 0;
  done = 0;

  constructor(world: World) {
    const { body, holder, registrar, stranger, issuer, authority } = world;
    this.world = world;
    this.bodies = [body, holder];
    this.registrars = [registrar, stranger];
    this.people = [issuer, body, registrar, authority, stranger];
    // as createWorld registered it
    this.registrations.set(`0 0`, [
      { from: world.start - 100n * DAY, until: world.start + 1000n * DAY, withdrawnFrom: 0n },
    ]);
    this.opinions = [
      world.opinionOf(),
      world.opinionOf({ opinion: 2n }),
      world.opinionOf({ body: holder.address, registrar: stranger.address }),
    ];
  }

  async run(one: Call): Promise<void> {
    this.calls++;
    if (one.kind === 'register') return this.register(one);
    if (one.kind === 'withdraw') return this.withdraw(one);
    if (one.kind === 'revoke') return this.revoke(one);
    if (one.kind === 'mint') return this.mint(one.mint);
    return one.kind === 'batch' ? this.batch(one.mints) : this.flag(one);
  }

  async expect(of: 'bodies' | 'registry', foretold: string | null, sent: Promise<unknown>): Promise<boolean> {
    assert.equal(await refusalOf(this.world[of], sent), foretold);
    if (foretold === null) this.done++;
    return foretold === null;
  }

  async register({ by, body, from, days }: Extract<Call, { kind: 'register' }>): Promise<void> {
    const { bodies, start } = this.world;
    const [validFrom, validUntil] = [start + BigInt(from) * DAY, start + BigInt(from + days) * DAY];
    const sent = bodies
      .connect(this.registrars[by] as World['sender'])
      .registerBody(this.bodies[body]?.address, validFrom, validUntil, hash('scope'), hash('snapshot'), GAS);
    if (!(await this.expect('bodies', days === 0 ? 'BodyPeriodEmpty' : null, sent))) return;
    const key = `${by} ${body}`;
    const made = { from: validFrom, until: validUntil, withdrawnFrom: 0n };
    this.registrations.set(key, [...(this.registrations.get(key) ?? []), made]);
  }

  async withdraw({ by, body, index, reason, from }: Extract<Call, { kind: 'withdraw' }>): Promise<void> {
    const { bodies, start } = this.world;
    const effective = start + BigInt(from) * DAY;
    const interval = this.registrations.get(`${by} ${body}`)?.[index];
    const sent = bodies
      .connect(this.registrars[by] as World['sender'])
      .withdrawRegistration(this.bodies[body]?.address, index, reason, ZeroHash, effective, GAS);
    const foretold = !interval
      ? 'BodyRegistrationUnknown'
      : reason === 0
        ? 'BodyReasonMissing'
        : effective >= interval.until
          ? 'BodyWithdrawalWithoutEffect'
          : interval.withdrawnFrom !== 0n && effective >= interval.withdrawnFrom
            ? 'BodyWithdrawalNotEarlier'
            : null;
    if ((await this.expect('bodies', foretold, sent)) && interval) interval.withdrawnFrom = effective;
  }

  async revoke({ by, opinion, reason }: Extract<Call, { kind: 'revoke' }>): Promise<void> {
    const caller = [...this.bodies, this.world.authority][by] as World['sender'];
    const words = this.opinions[opinion] as Opinion;
    const sent = this.world.bodies.connect(caller).revokeOpinion(words.opinionId, reason, ZeroHash, GAS);
    const foretold =
      words.body !== caller.address
        ? 'BodyOpinionForeign'
        : reason === 0
          ? 'BodyReasonMissing'
          : this.revoked.has(opinion)
            ? 'BodyOpinionAlreadyRevoked'
            : null;
    if (await this.expect('bodies', foretold, sent)) this.revoked.set(opinion, reason);
  }

  /** An order with its opinion and signatures, spoilt as asked, and the error that it will meet. */
  async prepare({ lot, release, opinion, fault }: MintCall, time: bigint) {
    const { world } = this;
    const words = opinion < 0 ? null : (this.opinions[opinion] as Opinion);
    const base = {
      lot: hash(`lot ${lot}`),
      release: BigInt(release),
      content: hash(`content ${lot} ${release}`),
    };
    const before = world.tokenIdOf({ ...world.orderOf(base), release: BigInt(release - 1) });
    const order = world.orderOf({
      ...base,
      opinionId: words ? String(words.opinionId) : ZeroHash,
      supersedes: (release > 1 ? before : 0n) + (fault === 'supersedes' ? 1n : 0n),
      ...(fault === 'footprint' ? { footprint: hash('another') } : {}),
    });
    const authorisation = await world.signMint(order, fault === 'signature' ? world.stranger : world.issuer);
    const body = this.bodies.find(({ address }) => address === words?.body);
    const signer = fault === 'opinion signature' ? world.sender : body;
    const signature = words ? await world.signOpinion(words, signer) : '0x';
    const tokenId = world.tokenIdOf(order);
    const foretell = (): string | null => {
      if (words) {
        const refusal = this.foretellOpinion(opinion, words, fault, time);
        if (refusal) return refusal;
      }
      if (this.passports.has(tokenId)) return 'PassportExists';
      if (order.supersedes !== (release > 1 ? before : 0n)) return 'PassportPredecessorWrong';
      if (release > 1 && !this.passports.has(before)) return 'PassportPredecessorWrong';
      return fault === 'signature' ? 'PassportAuthorisationInvalid' : null;
    };
    const keep = () => {
      this.passports.set(tokenId, { order, covered: words, next: 0n });
      const earlier = this.passports.get(before);
      if (release > 1 && earlier) earlier.next = tokenId;
    };
    return { order, authorisation, words, signature, tokenId, foretell, keep, opinion };
  }

  /** As the gate asks, in its order. */
  foretellOpinion(opinion: number, words: Opinion, fault: string, time: bigint): string | null {
    if (fault === 'footprint') return 'PassportOpinionFootprintDiffers';
    const key = `${this.registrars.findIndex(({ address }) => address === words.registrar)} ${this.bodies.findIndex(({ address }) => address === words.body)}`;
    const holds = ({ from, until, withdrawnFrom }: Registration) =>
      from <= time && time < until && (withdrawnFrom === 0n || time < withdrawnFrom);
    if (!this.registrations.get(key)?.some(holds)) return 'PassportBodyUnregistered';
    if (this.revoked.has(opinion)) return 'PassportOpinionRevoked';
    // a good signature is remembered: then whatever is given will do
    if (fault === 'opinion signature' && !this.accepted.has(opinion))
      return 'PassportOpinionSignatureInvalid';
    return null;
  }

  async mint(one: MintCall): Promise<void> {
    const { registry, sender } = this.world;
    const made = await this.prepare(one, (await this.world.now()) + 1n);
    const minting = registry.connect(sender);
    const { order, authorisation, words, signature } = made;
    const sent = words
      ? minting.mintWithOpinion(order, authorisation, wordsOf(words), signature, GAS)
      : minting.mint(order, authorisation, GAS);
    if (!(await this.expect('registry', made.foretell(), sent))) return;
    made.keep();
    if (words) this.accepted.add(made.opinion);
  }

  /** Each item is a group of its own; bad ones are left out by name and stop nothing. */
  async batch(mints: readonly MintCall[]): Promise<void> {
    const { registry, sender } = this.world;
    const time = (await this.world.now()) + 1n;
    const groups: unknown[] = [];
    const [skipped, minted]: [unknown[], bigint[]] = [[], []];
    for (const [index, one] of mints.entries()) {
      // what an item supersedes follows from its release in a batch
      const made = await this.prepare(
        { ...one, fault: one.fault === 'supersedes' ? 'none' : one.fault },
        time,
      );
      const { order, authorisation, words, signature, tokenId } = made;
      const opinion = words ? [{ words: wordsOf(words), signature }] : [];
      groups.push({ ...order, opinion, items: [{ ...order, authorisation }] });
      const refusal = made.foretell();
      const gate = words && this.foretellOpinion(one.opinion, words, one.fault, time);
      if (words && !gate) this.accepted.add(made.opinion); // remembered although the item itself may be refused
      if (refusal) skipped.push([BigInt(index), tokenId, registry.interface.getError(refusal)?.selector]);
      else {
        made.keep();
        minted.push(tokenId);
      }
    }
    const sent = registry.connect(sender).mintBatch(groups, GAS);
    const left = await eventsOf(registry, sent, 'MintSkipped');
    assert.deepEqual(
      left.map(({ index, tokenId, reason }) => [index, tokenId, reason]),
      skipped,
    );
    const good = await eventsOf(registry, sent, 'PassportMinted');
    assert.deepEqual(
      good.map(({ tokenId }) => tokenId),
      minted,
    );
    this.done++;
  }

  async flag({ by, passport, role, status, reason }: Extract<Call, { kind: 'flag' }>): Promise<void> {
    const { registry, issuer } = this.world;
    const caller = this.people[by] as World['sender'];
    const [tokenId, found] = [...this.passports][passport % Math.max(1, this.passports.size)] ?? [
      1n,
      undefined,
    ];
    const key = `${tokenId} ${role} ${caller.address}`;
    const own = this.flags.get(key)?.status ?? ACTIVE;
    const inRole =
      role === AUTHORITY ||
      (role === ISSUER && caller.address === issuer.address) ||
      (role === BODY && found?.covered?.body === caller.address) ||
      (role === REGISTRAR && found?.covered?.registrar === caller.address);
    const foretold = !found
      ? 'PassportUnknown'
      : !inRole
        ? 'FlagCallerNotInRole'
        : status > REVOKED
          ? 'FlagStatusUnknown'
          : own === REVOKED
            ? 'FlagFinal'
            : status === ACTIVE && own !== SUSPENDED
              ? 'FlagNothingToLift'
              : status !== ACTIVE && reason === 0
                ? 'FlagReasonMissing'
                : null;
    const sent = registry.connect(caller).setFlag(tokenId, role, status, reason, ZeroHash, GAS);
    if (await this.expect('registry', foretold, sent)) this.flags.set(key, { status, reason });
  }

  async check(): Promise<void> {
    const { registry, bodies, issuer } = this.world;
    for (const [tokenId, { order, covered, next }] of this.passports) {
      const found = await registry.passport(tokenId);
      assert.deepEqual(
        [
          found.issuer,
          found.content,
          found.release,
          found.supersededBy,
          found.opinionId,
          found.body,
          found.registrar,
        ],
        [
          issuer.address,
          order.content,
          order.release,
          next,
          order.opinionId,
          covered?.body ?? ZeroAddress,
          covered?.registrar ?? ZeroAddress,
        ],
      );
      for (const role of [ISSUER, BODY, REGISTRAR, AUTHORITY]) {
        for (const { address } of this.people) {
          const flag = await registry.flag(tokenId, role, address);
          const { status, reason } = this.flags.get(`${tokenId} ${role} ${address}`) ?? {
            status: 0,
            reason: 0,
          };
          assert.deepEqual([flag.status, flag.reason], [BigInt(status), BigInt(reason)]);
        }
      }
    }
    // of each lot that has any, exactly one release is current: the last
    const minted = [...this.passports.values()];
    for (const lot of new Set(minted.map(({ order }) => order.lot))) {
      const releases = minted.filter(({ order }) => order.lot === lot);
      assert.deepEqual(
        releases.filter(({ next }) => next === 0n).map(({ order }) => order.release),
        [BigInt(releases.length)],
      );
    }
    for (const [key, intervals] of this.registrations) {
      const [by, body] = key.split(' ').map(Number) as [number, number];
      const at = [this.registrars[by]?.address, this.bodies[body]?.address];
      assert.equal(await bodies.registrationCount(...at), BigInt(intervals.length));
      for (const [index, { from, until, withdrawnFrom }] of intervals.entries()) {
        const found = await bodies.registration(...at, index);
        assert.deepEqual(
          [found.validFrom, found.validUntil, found.withdrawnFrom],
          [from, until, withdrawnFrom],
        );
      }
    }
    for (const [at, words] of this.opinions.entries()) {
      const revocation = await bodies.opinionRevocation(words.body, words.opinionId);
      assert.equal(revocation.reason, BigInt(this.revoked.get(at) ?? 0));
      const digest = await registry.acceptedOpinion(words.opinionId);
      assert.equal(digest, this.accepted.has(at) ? await registry.opinionDigest(wordsOf(words)) : ZeroHash);
    }
  }
}

describe('BodyRegistry and PassportRegistry under random calls', () => {
  test(`${RUNS} sequences of ${CALLS} calls`, async () => {
    let [calls, done, passports] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: CALLS, maxLength: CALLS }), async (sequence) => {
        const model = new Model(await createWorld());
        for (const one of sequence) await model.run(one);
        await model.check();
        calls += model.calls;
        done += model.done;
        passports += model.passports.size;
      }),
      { numRuns: RUNS, seed: 0x1eaf, endOnFailure: true },
    );
    assert.ok(
      done > calls / 5 && passports > RUNS,
      `${done} of ${calls} went through, ${passports} passports`,
    );
    console.log(
      `counted: ${calls} random calls to the registries, ${done} went through, ${passports} passports, all as foretold`,
    );
  });
});
