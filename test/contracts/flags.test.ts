// Status flags: one for each account that has a say, suspension lifted by its setter alone, revocation final.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { ZeroHash } from 'ethers';
import { assertRefused, createWorld, eventsOf, hash, type World } from './support/world.ts';

const [ACTIVE, SUSPENDED, REVOKED] = [0, 1, 2];
const AUTHORITY = 4;

describe('flags', () => {
  let world: World;
  let tokenId: bigint;
  beforeEach(async () => {
    world = await createWorld();
    ({ tokenId } = await world.mint({}, world.opinionOf()));
  });
  const set = (by: World['sender'], role: number, status: number, reason = 1) =>
    world.registry.connect(by).setFlag(tokenId, role, status, reason, hash('why'));
  const statuses = async () => {
    const { authority, stranger } = world;
    const [, byIssuer, byBody, byRegistrar, byAuthority] = await world.registry.inspect(tokenId, [
      authority,
      stranger,
    ]);
    return [byIssuer, byBody, byRegistrar, ...byAuthority].map((one) => Number(one.status));
  };

  test('each account has its own; one call shows them all', async () => {
    const { registry, issuer, body, registrar, authority, stranger } = world;
    assert.deepEqual(await statuses(), [0, 0, 0, 0, 0]);
    const event = await eventsOf(registry, set(issuer, 1, SUSPENDED, 3), 'FlagSet');
    assert.deepEqual(event, [
      { tokenId, role: 1n, setter: issuer.address, status: 1n, reason: 3n, detail: hash('why') },
    ]);
    assert.deepEqual((await registry.flag(tokenId, 1, issuer)).toArray(), [
      1n,
      3n,
      await world.now(),
      hash('why'),
    ]);
    await set(body, 2, REVOKED);
    await set(registrar, 3, SUSPENDED);
    await set(authority, AUTHORITY, REVOKED);
    assert.deepEqual(await statuses(), [1, 2, 1, 2, 0]);
    await set(stranger, AUTHORITY, SUSPENDED);
    assert.deepEqual(await statuses(), [1, 2, 1, 2, 1]);
    const [found] = await registry.inspect(tokenId, []);
    assert.deepEqual(found.toObject(), (await registry.passport(tokenId)).toObject());
  });

  test('one account in two roles has two flags', async () => {
    await set(world.body, 2, SUSPENDED);
    await set(world.body, AUTHORITY, REVOKED);
    assert.equal((await world.registry.flag(tokenId, 2, world.body)).status, 1n);
    assert.equal((await world.registry.flag(tokenId, AUTHORITY, world.body)).status, 2n);
  });

  test('a suspension is lifted by its setter, and may become a revocation', async () => {
    const { registry, authority, stranger } = world;
    await set(authority, AUTHORITY, SUSPENDED);
    await assertRefused(registry, set(stranger, AUTHORITY, ACTIVE), 'FlagNothingToLift');
    await set(authority, AUTHORITY, SUSPENDED, 5); // another reason
    await registry.connect(authority).setFlag(tokenId, AUTHORITY, ACTIVE, 0, ZeroHash);
    assert.deepEqual(await statuses(), [0, 0, 0, 0, 0]);
    await assertRefused(registry, set(authority, AUTHORITY, ACTIVE), 'FlagNothingToLift');
    await set(authority, AUTHORITY, SUSPENDED);
    await set(authority, AUTHORITY, REVOKED);
    assert.deepEqual(await statuses(), [0, 0, 0, 2, 0]);
  });

  test('a revocation is final for its setter too', async () => {
    const { registry, issuer } = world;
    await set(issuer, 1, REVOKED);
    for (const status of [ACTIVE, SUSPENDED, REVOKED]) {
      await assertRefused(registry, set(issuer, 1, status), 'FlagFinal');
    }
    // nor by another key of the same issuer
    await registry.connect(issuer).rotateIssuerKey(issuer, world.holder);
    await assertRefused(registry, set(world.holder, 1, ACTIVE), 'FlagFinal');
  });

  test('needs a known status and a reason', async () => {
    const { registry, issuer } = world;
    for (const status of [3, 255]) await assertRefused(registry, set(issuer, 1, status), 'FlagStatusUnknown');
    for (const status of [SUSPENDED, REVOKED]) {
      await assertRefused(registry, set(issuer, 1, status, 0), 'FlagReasonMissing');
    }
    await assertRefused(registry, set(issuer, 1, ACTIVE, 0), 'FlagNothingToLift');
  });

  test('self-declared passports have no body and no registrar to flag them', async () => {
    const { registry, body, registrar } = world;
    ({ tokenId } = await world.mint());
    await assertRefused(registry, set(body, 2, SUSPENDED), 'FlagCallerNotInRole');
    await assertRefused(registry, set(registrar, 3, SUSPENDED), 'FlagCallerNotInRole');
  });

  test('do not pass to the next release, nor hinder it', async () => {
    const { registry, authority } = world;
    await set(authority, AUTHORITY, REVOKED);
    const { order } = await world.mint();
    const first = world.tokenIdOf(order);
    await registry.connect(authority).setFlag(first, AUTHORITY, REVOKED, 1, ZeroHash);
    const next = await world.mint({ lot: order.lot, release: 2n, supersedes: first });
    assert.equal((await registry.flag(next.tokenId, AUTHORITY, authority)).status, 0n);
    assert.equal((await registry.flag(first, AUTHORITY, authority)).status, 2n);
  });
});
