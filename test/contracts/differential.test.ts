// The same random claims to Solidity and to the checker that readers use: the verdicts must not differ, and the contract
// must never revert. A few thousand by default, 120,000 with FAULTS=all.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { checkConsistency, checkInclusion } from '#lib/transparency-log';
import {
  damagedConsistency,
  damagedInclusion,
  fittedConsistency,
  fittedInclusion,
  type InclusionClaim,
  noise,
  trueConsistency,
  trueInclusion,
} from './support/proof-cases.ts';
import {
  ACCEPTED,
  type ConsistencyCase,
  createProbe,
  type InclusionCase,
  REFUSED,
  shown,
} from './support/proof-probe.ts';
import { type Random, randomFrom } from './support/random.ts';
import { createWorld } from './support/world.ts';

const CASES = process.env.FAULTS === 'all' ? 60_000 : 1_000;
const ROUND = 1_000;
const SEED = 0x5eed;

describe('Solidity and TypeScript judge alike', () => {
  let probe: Awaited<ReturnType<typeof createProbe>>;
  before(async () => {
    probe = await createProbe(await createWorld());
  });

  /** Compares one round; gives how many were accepted. */
  const compare = (
    kind: string,
    cases: readonly unknown[],
    got: readonly number[],
    want: readonly boolean[],
  ) => {
    const at = got.findIndex((answer, at) => answer !== (want[at] ? ACCEPTED : REFUSED));
    assert.equal(at, -1, `${kind}: Solidity says ${got[at]}, TypeScript ${want[at]}: ${shown(cases[at])}`);
    assert.equal(got.length, cases.length);
    return want.filter(Boolean).length;
  };

  test(`consistency: ${CASES} random claims`, async () => {
    const random = randomFrom(SEED);
    let accepted = 0;
    for (let done = 0; done < CASES; done += ROUND) {
      const cases: ConsistencyCase[] = [];
      while (cases.length < ROUND) {
        const good = trueConsistency(random);
        cases.push(good, damagedConsistency(random, good), damagedConsistency(random, good));
        cases.push(noise(random), fittedConsistency(random));
      }
      const want = cases.map((one) => checkConsistency(one));
      accepted += compare('consistency', cases, await probe.consistency(cases), want);
    }
    assert.ok(accepted > CASES / 5 && accepted < CASES / 2, `${accepted} accepted`);
    console.log(
      `counted: ${CASES} random consistency claims, ${accepted} of them true, 0 judged differently`,
    );
  });

  test(`inclusion: ${CASES} random claims`, async () => {
    const random = randomFrom(SEED + 2);
    let accepted = 0;
    for (let done = 0; done < CASES; done += ROUND) {
      const cases: InclusionCase[] = [];
      const want: boolean[] = [];
      while (cases.length < ROUND) {
        const group = await claimsOfOneTree(
          random,
          random.below(3) === 0 ? fittedInclusion(random) : trueInclusion(random),
        );
        cases.push(...group.cases);
        want.push(...group.want);
      }
      accepted += compare('inclusion', cases, await probe.inclusion(cases), want);
    }
    assert.ok(accepted > CASES / 50 && accepted < CASES / 2, `${accepted} accepted`);
    console.log(`counted: ${CASES} random inclusion claims, ${accepted} of them true, 0 judged differently`);
  });

  /**
   * Claims about one head. The contract looks for the head that a proof leads to, so the same root is also a head of
   * another size: there the proof alone decides.
   */
  async function claimsOfOneTree(random: Random, good: InclusionClaim) {
    const logId = await probe.logOf(good.size, good.root);
    const other = good.size === 1n || random.below(2) === 0 ? good.size + 1n : good.size - 1n;
    const elsewhere = other >> 64n === 0n ? await probe.logOf(other, good.root) : null;
    const cases: InclusionCase[] = [{ logId, ...good }];
    const want = [checkInclusion(good)];
    const add = (claim: Omit<InclusionClaim, 'root'>, at: string, held: bigint) => {
      cases.push({ ...claim, logId: at });
      want.push(claim.size === held && checkInclusion({ ...claim, root: good.root }));
    };
    for (let count = 0; count < 16; count++) add(damagedInclusion(random, good), logId, good.size);
    if (elsewhere) {
      add({ ...good, size: other }, elsewhere, other);
      add({ ...damagedInclusion(random, good), size: other }, elsewhere, other);
    }
    return { cases, want };
  }
});
