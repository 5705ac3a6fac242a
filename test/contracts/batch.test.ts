// mintBatch: what is left out and why, and that nothing left out touches the rest.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { concat, ZeroAddress, ZeroHash } from 'ethers';
import { createWorld, eventsOf, hash, type World } from './support/world.ts';

describe('mintBatch', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  const send = (groups: unknown[]) => world.registry.connect(world.sender).mintBatch(groups as never);
  const selector = (error: string) => world.registry.interface.getError(error as 'PassportExists')?.selector;

  test('mints covered and self-declared passports as if one by one', async () => {
    const { registry, logId, body } = world;
    const opinion = world.opinionOf();
    const covered = [1, 2].map(() => world.orderOf({ opinionId: String(opinion.opinionId) }));
    const declared = [world.orderOf()];
    const sent = send([await world.groupOf(covered, opinion), await world.groupOf(declared)]);
    const events = await eventsOf(registry, sent, 'PassportMinted');
    assert.deepEqual(
      events.map(({ tokenId, content, opinionId }) => [tokenId, content, opinionId]),
      [...covered, ...declared].map((order) => [world.tokenIdOf(order), order.content, order.opinionId]),
    );
    assert.equal((await eventsOf(registry, sent, 'OpinionAccepted')).length, 1);
    assert.equal((await eventsOf(registry, sent, 'MintSkipped')).length, 0);
    for (const order of covered) {
      const found = await registry.passport(world.tokenIdOf(order));
      assert.deepEqual([found.body, found.logId, found.owner], [body.address, logId, order.issuer]);
    }
    const { body: none } = await registry.passport(world.tokenIdOf(declared[0] as never));
    assert.equal(none, ZeroAddress);
    assert.equal(await registry.balanceOf(world.issuer), 3n);
  });

  test('leaves out each poisoned item by its own reason, and mints the rest', async () => {
    const { registry, sender, start } = world;
    const opinion = world.opinionOf();
    const opinionId = String(opinion.opinionId);
    const minted = await world.mint();
    const good = () => world.orderOf({ opinionId });
    const twice = good();
    const orders = [
      good(),
      world.orderOf({ opinionId, deadline: start }),
      world.orderOf({ opinionId, lot: minted.order.lot }),
      world.orderOf({ opinionId, release: 2n }),
      world.orderOf({ opinionId, content: ZeroHash }),
      world.orderOf({
        opinionId,
        producedFrom: start + 400n * 86_400n,
        producedUntil: start + 401n * 86_400n,
      }),
      good(), // authorised by somebody else
      good(), // authorisation of no form
      twice,
      twice,
      good(),
    ];
    const authorisations = await Promise.all(
      orders.map((order, at) =>
        at === 6 ? world.signMint(order, world.stranger) : at === 7 ? '0x1234' : world.signMint(order),
      ),
    );
    const group = await world.groupOf(orders, opinion, authorisations);
    assert.equal(await registry.connect(sender).mintBatch.staticCall([group]), 3n);
    const sent = send([group]);
    const skipped = await eventsOf(registry, sent, 'MintSkipped');
    const want: [number, string][] = [
      [1, 'PassportDeadlinePassed'],
      [2, 'PassportExists'],
      [3, 'PassportPredecessorWrong'],
      [4, 'PassportFieldMissing'],
      [5, 'PassportOpinionNotValidThen'],
      [6, 'PassportAuthorisationInvalid'],
      [7, 'PassportAuthorisationInvalid'],
      [9, 'PassportExists'],
    ];
    assert.deepEqual(
      skipped.map(({ index, reason }) => [Number(index), reason]),
      want.map(([index, error]) => [index, selector(error)]),
    );
    const tokens = (await eventsOf(registry, sent, 'PassportMinted')).map(({ tokenId }) => tokenId);
    assert.deepEqual(
      tokens,
      [orders[0], twice, orders[10]].map((order) => world.tokenIdOf(order as never)),
    );
    for (const { tokenId } of skipped) {
      if (tokenId === world.tokenIdOf(twice) || tokenId === minted.tokenId) continue;
      assert.equal((await registry.passport(tokenId as bigint)).issuer, ZeroAddress);
    }
  });

  test('a group whose opinion, log or product does not count is left out whole, the index goes on', async () => {
    const { registry, stranger } = world;
    const adverse = world.opinionOf({ opinion: 3n });
    const [one, two] = [world.opinionOf(), world.opinionOf()];
    const doubled = await world.groupOf([world.orderOf({ opinionId: String(one.opinionId) })], one);
    const second = await world.groupOf([world.orderOf()], two);
    doubled.opinion.push(...second.opinion);
    const foreign = world.opinionOf({ issuer: stranger.address });
    const groups = [
      await world.groupOf(
        [1, 2].map(() => world.orderOf({ opinionId: String(adverse.opinionId) })),
        adverse,
      ),
      await world.groupOf([world.orderOf({ logId: hash('no log') })]),
      await world.groupOf([world.orderOf({ product: ZeroHash })]),
      doubled,
      await world.groupOf([world.orderOf({ opinionId: String(foreign.opinionId) })], foreign),
      await world.groupOf([world.orderOf()]),
    ];
    const sent = send(groups);
    assert.deepEqual(
      (await eventsOf(registry, sent, 'MintSkipped')).map(({ index, reason }) => [Number(index), reason]),
      [
        [0, selector('PassportOpinionAdverse')],
        [1, selector('PassportOpinionAdverse')],
        [2, selector('PassportLogUnknown')],
        [3, selector('PassportFieldMissing')],
        [4, selector('PassportOpinionUnauthorised')],
        [5, selector('PassportOpinionIssuerDiffers')],
      ],
    );
    assert.equal((await eventsOf(registry, sent, 'PassportMinted')).length, 1);
  });

  test('nothing of one group leaks into the next', async () => {
    const { registry } = world;
    const opinion = world.opinionOf();
    const covered = await world.groupOf([world.orderOf({ opinionId: String(opinion.opinionId) })], opinion);
    // authorised as self-declared, put under an opinion; and the other way round
    const declared = await world.groupOf([world.orderOf()]);
    const smuggled = { ...declared, opinion: covered.opinion };
    const stripped = { ...covered, opinion: [] };
    const sent = send([covered, declared, smuggled, stripped]);
    assert.deepEqual(
      (await eventsOf(registry, sent, 'PassportMinted')).map(({ opinionId }) => opinionId),
      [opinion.opinionId, ZeroHash],
    );
    assert.equal((await eventsOf(registry, sent, 'MintSkipped')).length, 2);
  });

  test('releases of one lot can follow each other in one batch, in order only', async () => {
    const { registry } = world;
    const first = world.orderOf();
    const second = { ...world.orderOf(), lot: first.lot, release: 2n, supersedes: world.tokenIdOf(first) };
    const third = { ...world.orderOf(), lot: first.lot, release: 3n, supersedes: world.tokenIdOf(second) };
    const sent = send([await world.groupOf([third, first, second])]);
    assert.equal((await eventsOf(registry, sent, 'PassportMinted')).length, 2);
    const [skipped] = await eventsOf(registry, sent, 'MintSkipped');
    assert.deepEqual([skipped?.index, skipped?.reason], [0n, selector('PassportPredecessorWrong')]);
    assert.equal(await registry.supersededBy(world.tokenIdOf(first)), world.tokenIdOf(second));
  });

  test('calldata that is no batch reverts whole', async () => {
    const { registry, sender } = world;
    const data = registry.interface.encodeFunctionData('mintBatch', [
      [await world.groupOf([world.orderOf()])],
    ]);
    for (const broken of [data.slice(0, -64), concat([data.slice(0, 10), `0x${'ff'.repeat(32)}`])]) {
      await assert.rejects(sender.call({ to: registry, data: broken }));
    }
    assert.equal(await registry.connect(sender).mintBatch.staticCall([]), 0n);
  });
});
