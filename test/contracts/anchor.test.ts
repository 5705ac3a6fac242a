// CheckpointAnchor: heads, predecessors, hand-over.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { hexlify, ZeroAddress, ZeroHash } from 'ethers';
import { leaf, path, root, subproof, xorshiftBytes } from '../support/merkle-reference.ts';
import { assertRefused, createWorld, DAY, eventsOf, hash, type World } from './support/world.ts';

const leaves = xorshiftBytes(40).map(leaf);
const forked = xorshiftBytes(40, 99).map(leaf);
const rootAt = (size: number, of = leaves) => hexlify(root(of.slice(0, size)));
const proofOf = (size1: number, size2: number, of = leaves) =>
  subproof(size1, of.slice(0, size2)).map(hexlify);

describe('CheckpointAnchor', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  const anchor = (size: number, from: number, logId = world.logId) =>
    world.anchor.anchor(logId, size, rootAt(size), from === 0 ? [] : proofOf(from, size));

  test('a log id follows from chain, contract, opener and origin', async () => {
    const { ethers, anchor: contract, chainId, operator, originHash, logId } = world;
    const encoded = ethers.AbiCoder.defaultAbiCoder().encode(
      ['uint256', 'address', 'address', 'bytes32'],
      [chainId, contract.target, operator.address, originHash],
    );
    assert.equal(logId, ethers.keccak256(encoded));
    const [event] = await eventsOf(
      contract,
      contract.openLog(hash('second'), 600, ZeroHash, 0, ZeroHash, []),
      'LogOpened',
    );
    assert.deepEqual(event, {
      logId: await contract.logIdOf(operator, hash('second')),
      owner: operator.address,
      predecessor: ZeroHash,
      originHash: hash('second'),
      maxDelay: 600n,
    });
  });

  test('opens once per opener and origin, with a delay, and shows what was opened', async () => {
    const { anchor: contract, operator, stranger, originHash, logId } = world;
    await assertRefused(
      contract,
      contract.openLog(originHash, 60, ZeroHash, 0, ZeroHash, []),
      'AnchorLogExists',
    );
    await assertRefused(
      contract,
      contract.openLog(hash('x'), 0, ZeroHash, 0, ZeroHash, []),
      'AnchorDelayZero',
    );
    const log = await contract.log(logId);
    assert.deepEqual(log.toArray().slice(0, 6), [
      operator.address,
      ZeroAddress,
      3600n,
      originHash,
      ZeroHash,
      ZeroHash,
    ]);
    const opening = (await contract.queryFilter(contract.filters.LogOpened(logId)))[0];
    assert.equal(log.openedAt, BigInt((await opening?.getBlock())?.timestamp ?? 0));
    assert.equal(log.count, 0n);
    // another account may use the same origin: it is another log
    await contract.connect(stranger).openLog(originHash, 60, ZeroHash, 0, ZeroHash, []);
    assert.notEqual(await contract.logIdOf(stranger, originHash), logId);
    assert.equal(await contract.logOwner(logId), operator.address);
    assert.equal(await contract.logOwner(hash('none')), ZeroAddress);
  });

  test('keeps every head with its time, block and the head before', async () => {
    const { anchor: contract, logId, start } = world;
    const sizes = [3, 7, 8, 33, 40];
    const times: bigint[] = [];
    for (const [step, size] of sizes.entries()) {
      await world.setTime(start + BigInt(step + 1) * DAY);
      const [event] = await eventsOf(contract, anchor(size, sizes[step - 1] ?? 0), 'HeadAnchored');
      assert.deepEqual(event, { logId, sequence: BigInt(step + 1), size: BigInt(size), root: rootAt(size) });
      times.push(await world.now());
      const latest = await contract.latest(logId);
      const block = await world.ethers.provider.getBlockNumber();
      assert.deepEqual(latest.toArray(), [
        BigInt(step + 1),
        BigInt(size),
        rootAt(size),
        times.at(-1),
        BigInt(block),
      ]);
    }
    assert.equal((await contract.log(logId)).count, 5n);
    for (const [step, size] of sizes.entries()) {
      const head = await contract.headBySize(logId, size, rootAt(size));
      assert.equal(head.sequence, BigInt(step + 1));
      assert.equal(head.time, times[step]);
      assert.equal(head.previousSize, BigInt(sizes[step - 1] ?? 0));
      assert.equal(head.previousTime, times[step - 1] ?? 0n);
      // an entry of this head, and the first head that holds it
      const index = sizes[step - 1] ?? 0;
      const proof = path(index, leaves.slice(0, size)).map(hexlify);
      assert.equal(await contract.verifyInclusion(logId, size, index, leaves[index], proof), true);
      assert.equal(await contract.verifyInclusion(logId, size + 1, index, leaves[index], proof), false);
    }
    for (const [size, rootHash] of [
      [7, rootAt(8)],
      [6, rootAt(6)],
      [0, ZeroHash],
      [0, rootAt(0)],
    ] as const) {
      assert.equal((await contract.headBySize(logId, size, rootHash)).sequence, 0n);
    }
    assert.equal((await contract.headBySize(hash('none'), 7, rootAt(7))).sequence, 0n);
  });

  test('before the first head there is nothing', async () => {
    const latest = await world.anchor.latest(world.logId);
    assert.deepEqual(latest.toArray(), [0n, 0n, ZeroHash, 0n, 0n]);
  });

  test('refuses forks, sizes that do not grow, and proofs where none belongs', async () => {
    const { anchor: contract, logId } = world;
    await assertRefused(
      contract,
      contract.anchor(logId, 3, rootAt(3), proofOf(2, 3)),
      'AnchorFirstHeadProven',
    );
    await assertRefused(contract, contract.anchor(logId, 0, ZeroHash, []), 'AnchorSizeNotGrown');
    await anchor(10, 0);
    await assertRefused(contract, contract.anchor(logId, 10, rootAt(10), []), 'AnchorSizeNotGrown');
    await assertRefused(contract, contract.anchor(logId, 9, rootAt(9), proofOf(9, 10)), 'AnchorSizeNotGrown');
    const wrong: [number, string, string[]][] = [
      [20, rootAt(20), []],
      [20, rootAt(20), proofOf(9, 20)],
      [20, rootAt(21), proofOf(10, 20)],
      [20, rootAt(20, forked), proofOf(10, 20, forked)],
      [20, rootAt(20), [...proofOf(10, 20), hash('more')]],
      [20, rootAt(20), proofOf(10, 20).slice(1)],
      [33, rootAt(20), proofOf(10, 20)],
    ];
    for (const [size, rootHash, proof] of wrong) {
      await assertRefused(contract, contract.anchor(logId, size, rootHash, proof), 'AnchorProofInvalid');
    }
    assert.equal((await contract.latest(logId)).size, 10n);
    await anchor(20, 10);
  });

  test('a first head may be given at opening; a root without size, or a proof, may not', async () => {
    const { anchor: contract, operator } = world;
    await contract.openLog(hash('a'), 60, ZeroHash, 12, rootAt(12), []);
    const logId = await contract.logIdOf(operator, hash('a'));
    assert.equal((await contract.latest(logId)).sequence, 1n);
    await anchor(13, 12, logId);
    const open = (size: number, rootHash: string, proof: string[]) =>
      contract.openLog(hash('b'), 60, ZeroHash, size, rootHash, proof);
    await assertRefused(contract, open(0, rootAt(1), []), 'AnchorFirstHeadEmpty');
    await assertRefused(contract, open(0, ZeroHash, [hash('x')]), 'AnchorFirstHeadEmpty');
    await assertRefused(contract, open(5, rootAt(5), proofOf(3, 5)), 'AnchorFirstHeadProven');
  });

  describe('with a predecessor', () => {
    const succeed = (size: number, rootHash: string, proof: string[], origin = 'next epoch') =>
      world.anchor.openLog(hash(origin), 600, world.logId, size, rootHash, proof);

    test('continues its last head, in time too, and ends it', async () => {
      const { anchor: contract, logId, operator } = world;
      await anchor(10, 0);
      const ended = await contract.latest(logId);
      await contract.offerLog(logId, world.offered);
      await succeed(20, rootAt(20), proofOf(10, 20));
      const successor = await contract.logIdOf(operator, hash('next epoch'));
      const before = await contract.log(logId);
      assert.deepEqual(
        [before.owner, before.pendingOwner, before.successor],
        [ZeroAddress, ZeroAddress, successor],
      );
      assert.equal((await contract.log(successor)).predecessor, logId);
      const head = await contract.headBySize(successor, 20, rootAt(20));
      assert.deepEqual([head.sequence, head.previousSize, head.previousTime], [1n, 10n, ended.time]);
      // the old history stays readable
      assert.equal((await contract.headBySize(logId, 10, rootAt(10))).sequence, 1n);
      // nothing moves the ended log any more
      await assertRefused(contract, anchor(21, 10), 'AnchorCallerNotOwner');
      await assertRefused(contract, contract.offerLog(logId, operator), 'AnchorCallerNotOwner');
      await assertRefused(
        contract,
        contract.connect(world.offered).acceptLog(logId),
        'AnchorCallerNotOffered',
      );
      await assertRefused(
        contract,
        succeed(20, rootAt(20), proofOf(10, 20), 'a second successor'),
        'AnchorPredecessorSucceeded',
      );
      await anchor(33, 20, successor);
    });

    test('may carry its last head over unchanged; that head covers nothing first', async () => {
      const { anchor: contract, operator } = world;
      await anchor(10, 0);
      await assertRefused(contract, succeed(10, rootAt(10), [hash('x')]), 'AnchorProofInvalid');
      await assertRefused(contract, succeed(10, rootAt(9), []), 'AnchorProofInvalid');
      await succeed(10, rootAt(10), []);
      const successor = await contract.logIdOf(operator, hash('next epoch'));
      const head = await contract.headBySize(successor, 10, rootAt(10));
      assert.deepEqual([head.sequence, head.previousSize], [1n, 10n]);
      await anchor(11, 10, successor);
    });

    test('refuses a fork, a smaller head, no head, an empty predecessor and itself', async () => {
      const { anchor: contract, operator, logId } = world;
      await assertRefused(contract, succeed(10, rootAt(10), []), 'AnchorPredecessorEmpty');
      await anchor(10, 0);
      await assertRefused(
        contract,
        succeed(20, rootAt(20, forked), proofOf(10, 20, forked)),
        'AnchorProofInvalid',
      );
      await assertRefused(contract, succeed(9, rootAt(9), proofOf(9, 10)), 'AnchorProofInvalid');
      await assertRefused(contract, succeed(0, ZeroHash, []), 'AnchorFirstHeadEmpty');
      const own = await contract.logIdOf(operator, hash('own'));
      await assertRefused(
        contract,
        contract.openLog(hash('own'), 60, own, 1, rootAt(1), []),
        'AnchorPredecessorEmpty',
      );
      await assertRefused(
        contract,
        contract.openLog(hash('own'), 60, hash('no log'), 1, rootAt(1), []),
        'AnchorPredecessorNotOwned',
      );
      assert.equal((await contract.log(logId)).owner, operator.address);
    });

    test('belongs to whoever owns the predecessor now, not to who opened it', async () => {
      const { anchor: contract, offered, logId } = world;
      await anchor(10, 0);
      await contract.offerLog(logId, offered);
      await contract.connect(offered).acceptLog(logId);
      await assertRefused(contract, succeed(20, rootAt(20), proofOf(10, 20)), 'AnchorPredecessorNotOwned');
      await contract.connect(offered).openLog(hash('next'), 60, logId, 20, rootAt(20), proofOf(10, 20));
    });
  });

  test('a hand-over takes offer and acceptance; an offer can be changed and withdrawn', async () => {
    const { anchor: contract, logId, operator, offered, stranger } = world;
    const offer = (to: string) => eventsOf(contract, contract.offerLog(logId, to), 'LogOffered');
    assert.deepEqual(await offer(stranger.address), [
      { logId, owner: operator.address, to: stranger.address },
    ]);
    await offer(offered.address);
    await assertRefused(contract, contract.connect(stranger).acceptLog(logId), 'AnchorCallerNotOffered');
    await offer(ZeroAddress);
    await assertRefused(contract, contract.connect(offered).acceptLog(logId), 'AnchorCallerNotOffered');
    await offer(offered.address);
    assert.equal((await contract.log(logId)).pendingOwner, offered.address);
    const [handed] = await eventsOf(contract, contract.connect(offered).acceptLog(logId), 'LogHandedOver');
    assert.deepEqual(handed, { logId, from: operator.address, to: offered.address });
    await assertRefused(contract, anchor(3, 0), 'AnchorCallerNotOwner');
    await contract.connect(offered).anchor(logId, 3, rootAt(3), []);
    await assertRefused(contract, contract.connect(offered).acceptLog(logId), 'AnchorCallerNotOffered');
    assert.equal((await contract.log(logId)).pendingOwner, ZeroAddress);
    assert.equal((await contract.latest(logId)).sequence, 1n);
  });
});
