// Accounts with code act like any others: what counts is who calls, never who sent the transaction.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { hexlify, ZeroHash } from 'ethers';
import { leaf, root, subproof, xorshiftBytes } from '../support/merkle-reference.ts';
import {
  assertRefused,
  type Callable,
  createWorld,
  DAY,
  eventsOf,
  hash,
  opinionIdOf,
  type World,
  wordsOf,
} from './support/world.ts';

const leaves = xorshiftBytes(8).map(leaf);
const rootAt = (size: number) => hexlify(root(leaves.slice(0, size)));

describe('a contract wallet', () => {
  let world: World;
  let wallet: Callable;
  let address: string;
  beforeEach(async () => {
    world = await createWorld();
    wallet = (await world.ethers.deployContract('TestWallet', [world.stranger])) as unknown as Callable;
    address = String(wallet.target);
  });
  /** The wallet calls; an outsider sends the transaction. */
  const act = (on: Callable, name: string, args: unknown[]) =>
    wallet.connect(world.sender).act(on, on.interface.encodeFunctionData(name, args));

  test('opens, grows and hands over a log; the sender has no part in it', async () => {
    const { anchor, sender, offered, originHash } = world;
    const logId = await anchor.logIdOf(address, originHash);
    const opened = act(anchor, 'openLog', [originHash, 60, ZeroHash, 3, rootAt(3), []]);
    const [event] = await eventsOf(anchor, opened, 'LogOpened');
    assert.deepEqual([event?.logId, event?.owner], [logId, address]);
    assert.equal((await anchor.log(logId)).owner, address);
    const proof = subproof(3, leaves.slice(0, 5)).map(hexlify);
    await assertRefused(
      anchor,
      anchor.connect(sender).anchor(logId, 5, rootAt(5), proof),
      'AnchorCallerNotOwner',
    );
    await act(anchor, 'anchor', [logId, 5, rootAt(5), proof]);
    assert.equal((await anchor.latest(logId)).size, 5n);

    await assertRefused(anchor, anchor.connect(sender).offerLog(logId, sender), 'AnchorCallerNotOwner');
    const offer = await eventsOf(anchor, act(anchor, 'offerLog', [logId, offered.address]), 'LogOffered');
    assert.deepEqual(offer, [{ logId, owner: address, to: offered.address }]);
    await anchor.connect(offered).acceptLog(logId);
    await anchor.connect(offered).offerLog(logId, address);
    await assertRefused(anchor, anchor.connect(sender).acceptLog(logId), 'AnchorCallerNotOffered');
    const accepted = await eventsOf(anchor, act(anchor, 'acceptLog', [logId]), 'LogHandedOver');
    assert.deepEqual(accepted, [{ logId, from: offered.address, to: address }]);
    assert.equal(await anchor.logOwner(logId), address);

    const succession = [hash('next'), 60, logId, 5, rootAt(5), []] as const;
    await assertRefused(anchor, anchor.connect(sender).openLog(...succession), 'AnchorPredecessorNotOwned');
    await act(anchor, 'openLog', [...succession]);
    assert.equal((await anchor.log(logId)).successor, await anchor.logIdOf(address, hash('next')));
  });

  test('the sender owning a log gives the wallet that it calls no power over it', async () => {
    const { anchor, sender } = world;
    const own = anchor.connect(sender);
    await own.openLog(hash('own'), 60, ZeroHash, 3, rootAt(3), []);
    const logId = await anchor.logIdOf(sender, hash('own'));
    await own.offerLog(logId, sender);
    const proof = subproof(3, leaves.slice(0, 5)).map(hexlify);
    await assertRefused(anchor, act(anchor, 'anchor', [logId, 5, rootAt(5), proof]), 'AnchorCallerNotOwner');
    await assertRefused(anchor, act(anchor, 'offerLog', [logId, address]), 'AnchorCallerNotOwner');
    await assertRefused(anchor, act(anchor, 'acceptLog', [logId]), 'AnchorCallerNotOffered');
    await assertRefused(
      anchor,
      act(anchor, 'openLog', [hash('next'), 60, logId, 3, rootAt(3), []]),
      'AnchorPredecessorNotOwned',
    );
  });

  test('registers and withdraws bodies in its own namespace, and revokes its own opinions', async () => {
    const { bodies, sender, holder, start } = world;
    const period = [start, start + DAY, hash('scope'), hash('snapshot')] as const;
    const registered = act(bodies, 'registerBody', [holder.address, ...period]);
    const [event] = await eventsOf(bodies, registered, 'BodyRegistered');
    assert.equal(event?.registrar, address);
    assert.equal(await bodies.registrationCount(address, holder), 1n);
    assert.equal(await bodies.registrationCount(sender, holder), 0n);
    // the sender may be the body; the wallet itself may not
    await act(bodies, 'registerBody', [sender.address, ...period]);
    await assertRefused(bodies, act(bodies, 'registerBody', [address, ...period]), 'BodyIsRegistrar');

    const withdrawal = [holder.address, 0, 1, ZeroHash, start] as const;
    await assertRefused(
      bodies,
      bodies.connect(sender).withdrawRegistration(...withdrawal),
      'BodyRegistrationUnknown',
    );
    const withdrawn = act(bodies, 'withdrawRegistration', [...withdrawal]);
    assert.equal((await eventsOf(bodies, withdrawn, 'RegistrationWithdrawn'))[0]?.registrar, address);

    const theirs = opinionIdOf(address, 1n);
    await assertRefused(
      bodies,
      bodies.connect(sender).revokeOpinion(theirs, 1, ZeroHash),
      'BodyOpinionForeign',
    );
    const foreign = [opinionIdOf(sender.address, 1n), 1, ZeroHash];
    await assertRefused(bodies, act(bodies, 'revokeOpinion', foreign), 'BodyOpinionForeign');
    const revoked = act(bodies, 'revokeOpinion', [theirs, 1, ZeroHash]);
    assert.equal((await eventsOf(bodies, revoked, 'OpinionRevoked'))[0]?.body, address);
  });

  test('sets flags and keys as itself, and a body may send what another contract mints', async () => {
    const { registry, issuer, body, registrar, sender } = world;
    const { tokenId } = await world.mint({}, world.opinionOf());
    for (const [person, role] of [
      [issuer, 1],
      [body, 2],
      [registrar, 3],
    ] as const) {
      const data = registry.interface.encodeFunctionData('setFlag', [tokenId, role, 1, 1, ZeroHash]);
      await assertRefused(registry, wallet.connect(person).act(registry, data), 'FlagCallerNotInRole');
    }
    await act(registry, 'setFlag', [tokenId, 4, 1, 1, ZeroHash]);
    assert.equal((await registry.flag(tokenId, 4, address)).status, 1n);
    assert.equal((await registry.flag(tokenId, 4, sender)).status, 0n);

    const rotation = registry.interface.encodeFunctionData('rotateIssuerKey', [issuer.address, address]);
    await assertRefused(registry, wallet.connect(issuer).act(registry, rotation), 'IssuerCallerNotKey');
    const recovery = registry.interface.encodeFunctionData('setRecovery', [issuer.address, address]);
    await assertRefused(registry, wallet.connect(issuer).act(registry, recovery), 'IssuerCallerNotKey');
    await registry.connect(issuer).setRecovery(issuer, address);
    const rotated = act(registry, 'rotateIssuerKey', [issuer.address, sender.address]);
    assert.equal((await eventsOf(registry, rotated, 'IssuerKeyRotated'))[0]?.by, address);
    await registry.connect(sender).rotateIssuerKey(issuer, issuer);

    // the caller must not be the body: a wallet in between is somebody else
    const opinion = world.opinionOf();
    const order = world.orderOf({ opinionId: String(opinion.opinionId) });
    const minting = registry.interface.encodeFunctionData('mintWithOpinion', [
      order,
      await world.signMint(order),
      wordsOf(opinion),
      await world.signOpinion(opinion),
    ]);
    await wallet.connect(body).act(registry, minting);
    assert.equal(await registry.ownerOf(world.tokenIdOf(order)), issuer.address);
  });
});
