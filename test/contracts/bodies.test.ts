// BodyRegistry: intervals in each registrar's own namespace, withdrawals with effective time, revoked opinions.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { ZeroAddress, ZeroHash } from 'ethers';
import { assertRefused, createWorld, DAY, eventsOf, hash, opinionIdOf, type World } from './support/world.ts';

describe('BodyRegistry', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  const register = (
    from: bigint,
    until: bigint,
    by = world.registrar,
    body: { address: string } = world.holder,
  ) => world.bodies.connect(by).registerBody(body.address, from, until, hash('scope'), hash('snapshot'));
  const find = async (time: bigint, registrar = world.registrar) => {
    const { found, index } = await world.bodies.findRegistration(registrar, world.holder, time);
    if (!found) assert.equal(index, 0n);
    return found ? index : null;
  };
  const withdraw = (index: bigint, effectiveFrom: bigint, reason = 1) =>
    world.bodies
      .connect(world.registrar)
      .withdrawRegistration(world.holder, index, reason, hash('why'), effectiveFrom);

  test('an interval shows all that was registered, and when', async () => {
    const { bodies, registrar, holder, start } = world;
    const [event] = await eventsOf(bodies, register(start, start + DAY), 'BodyRegistered');
    assert.deepEqual(event, {
      registrar: registrar.address,
      body: holder.address,
      index: 0n,
      validFrom: start,
      validUntil: start + DAY,
      scope: hash('scope'),
      snapshot: hash('snapshot'),
    });
    const now = await world.now();
    const interval = await bodies.registration(registrar, holder, 0);
    assert.deepEqual(interval.toArray(), [
      start,
      start + DAY,
      hash('scope'),
      hash('snapshot'),
      now,
      0n,
      0n,
      0n,
    ]);
    assert.equal(await bodies.registrationCount(registrar, holder), 1n);
    const none = await bodies.registration(registrar, holder, 1);
    assert.deepEqual(none.toArray(), [0n, 0n, ZeroHash, ZeroHash, 0n, 0n, 0n, 0n]);
  });

  test('periods are half-open; the newest interval that holds is found', async () => {
    const { start } = world;
    await register(start, start + 10n * DAY);
    await register(start + 5n * DAY, start + 20n * DAY);
    await register(start + 30n * DAY, start + 40n * DAY);
    const expected: [bigint, bigint | null][] = [
      [start - 1n, null],
      [start, 0n],
      [start + 5n * DAY - 1n, 0n],
      [start + 5n * DAY, 1n],
      [start + 10n * DAY, 1n],
      [start + 20n * DAY - 1n, 1n],
      [start + 20n * DAY, null],
      [start + 30n * DAY, 2n],
      [start + 40n * DAY - 1n, 2n],
      [start + 40n * DAY, null],
    ];
    for (const [time, index] of expected) assert.equal(await find(time), index, `at ${time - start}`);
  });

  test('registrars do not see each other’s namespaces', async () => {
    const { bodies, stranger, holder, start } = world;
    await register(start, start + DAY, stranger);
    assert.equal(await find(start), null);
    assert.equal(await find(start, stranger), 0n);
    await assertRefused(bodies, withdraw(0n, start), 'BodyRegistrationUnknown');
    assert.equal(await bodies.registrationCount(world.registrar, holder), 0n);
  });

  test('refuses nobody, oneself, and periods that are empty or backwards', async () => {
    const { bodies, registrar, start } = world;
    await assertRefused(
      bodies,
      register(start, start + DAY, registrar, { address: ZeroAddress }),
      'BodyMissing',
    );
    await assertRefused(bodies, register(start, start + DAY, registrar, registrar), 'BodyIsRegistrar');
    await assertRefused(bodies, register(start, start), 'BodyPeriodEmpty');
    await assertRefused(bodies, register(start + 1n, start), 'BodyPeriodEmpty');
  });

  test('64 intervals a body and no more, so that a search has an end', async () => {
    const { bodies, start } = world;
    for (let count = 0n; count < 64n; count++) await register(start + count, start + count + 1n);
    await assertRefused(bodies, register(start, start + DAY), 'BodyRegistrationsFull');
    assert.equal(await find(start), 0n);
    assert.ok((await bodies.findRegistration.estimateGas(world.registrar, world.holder, start)) < 250_000n);
  });

  test('a withdrawal ends the interval at its effective time, past or future', async () => {
    const { bodies, registrar, holder, start } = world;
    await register(start - 10n * DAY, start + 10n * DAY);
    const [event] = await eventsOf(bodies, withdraw(0n, start - 5n * DAY, 7), 'RegistrationWithdrawn');
    assert.deepEqual(event, {
      registrar: registrar.address,
      body: holder.address,
      index: 0n,
      reason: 7n,
      detail: hash('why'),
      effectiveFrom: start - 5n * DAY,
    });
    const interval = await bodies.registration(registrar, holder, 0);
    assert.deepEqual(
      [interval.withdrawnFrom, interval.withdrawnAt, interval.reason],
      [start - 5n * DAY, await world.now(), 7n],
    );
    assert.equal(await find(start - 5n * DAY - 1n), 0n);
    assert.equal(await find(start - 5n * DAY), null);
    assert.equal(await find(start), null);
    // registered anew: a new interval, the old one stays as it ended
    await register(start, start + 10n * DAY);
    assert.equal(await find(start), 1n);
    await withdraw(1n, start + 2n * DAY);
    assert.equal(await find(start + 2n * DAY - 1n), 1n);
    assert.equal(await find(start + 2n * DAY), null);
  });

  test('a withdrawal may be moved earlier, never later or back, and must have effect and reason', async () => {
    const { bodies, start } = world;
    await register(start, start + 10n * DAY);
    await assertRefused(bodies, withdraw(0n, start, 0), 'BodyReasonMissing');
    await assertRefused(bodies, withdraw(0n, 0n), 'BodyWithdrawalWithoutEffect');
    await assertRefused(bodies, withdraw(0n, start + 10n * DAY), 'BodyWithdrawalWithoutEffect');
    await assertRefused(bodies, withdraw(1n, start), 'BodyRegistrationUnknown');
    await withdraw(0n, start + 5n * DAY);
    await assertRefused(bodies, withdraw(0n, start + 5n * DAY), 'BodyWithdrawalNotEarlier');
    await assertRefused(bodies, withdraw(0n, start + 6n * DAY), 'BodyWithdrawalNotEarlier');
    await withdraw(0n, start + 4n * DAY);
    assert.equal(await find(start + 4n * DAY), null);
    await withdraw(0n, 1n);
    assert.equal(await find(start), null);
  });

  test('a body revokes its own opinion once, with a reason, whether used or not', async () => {
    const { bodies, body, stranger } = world;
    const id = opinionIdOf(body.address, 5n);
    const revoke = (reason: number) => bodies.connect(body).revokeOpinion(id, reason, hash('why'));
    await assertRefused(bodies, revoke(0), 'BodyReasonMissing');
    await assertRefused(
      bodies,
      bodies.connect(stranger).revokeOpinion(id, 1, ZeroHash),
      'BodyOpinionForeign',
    );
    assert.deepEqual((await bodies.opinionRevocation(body, id)).toArray(), [0n, 0n, ZeroHash]);
    const [event] = await eventsOf(bodies, revoke(2), 'OpinionRevoked');
    assert.deepEqual(event, { body: body.address, opinionId: id, reason: 2n, detail: hash('why') });
    assert.deepEqual((await bodies.opinionRevocation(body, id)).toArray(), [
      await world.now(),
      2n,
      hash('why'),
    ]);
    assert.deepEqual((await bodies.opinionRevocation(stranger, id)).toArray(), [0n, 0n, ZeroHash]);
    await assertRefused(bodies, revoke(3), 'BodyOpinionAlreadyRevoked');
  });
});
