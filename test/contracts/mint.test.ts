// PassportRegistry: what is minted and read, the issuer's authorisation, releases, the issuer's keys, custody.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Signature, TypedDataEncoder, Wallet, ZeroAddress, ZeroHash } from 'ethers';
import {
  assertRefused,
  createWorld,
  DAY,
  eventsOf,
  hash,
  MINT_TYPES,
  OPINION_TYPES,
  type Order,
  type World,
  wordsOf,
} from './support/world.ts';

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('PassportRegistry', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  const send = (order: Order, authorisation: string) =>
    world.registry.connect(world.sender).mint(order, authorisation);
  const refuseMint = async (changes: Partial<Order>, error: string) => {
    const order = world.orderOf(changes);
    await assertRefused(world.registry, send(order, await world.signMint(order)), error);
  };

  test('a self-declared passport: token id, holder, view and events', async () => {
    const { registry, issuer, logId } = world;
    const order = world.orderOf();
    const tokenId = world.tokenIdOf(order);
    const sent = send(order, await world.signMint(order));
    assert.deepEqual(await eventsOf(registry, sent, 'PassportMinted'), [
      { tokenId, issuer: issuer.address, logId, content: order.content, opinionId: ZeroHash },
    ]);
    assert.deepEqual(await eventsOf(registry, sent, 'Transfer'), [
      { from: ZeroAddress, to: issuer.address, tokenId },
    ]);
    assert.deepEqual(await eventsOf(registry, sent, 'PassportSuperseded'), []);
    assert.equal(await registry.supersededBy(0n), 0n);
    assert.equal(await registry.tokenIdOf(order.issuer, order.product, order.lot, order.release), tokenId);
    assert.equal(await registry.ownerOf(tokenId), issuer.address);
    assert.equal(await registry.balanceOf(issuer), 1n);
    assert.deepEqual((await registry.passport(tokenId)).toObject(), {
      issuer: issuer.address,
      owner: issuer.address,
      content: order.content,
      release: 1n,
      mintedAt: await world.now(),
      supersededBy: 0n,
      opinionId: ZeroHash,
      body: ZeroAddress,
      registrar: ZeroAddress,
      registrationIndex: 0n,
      logId,
    });
  });

  test('a covered passport names opinion, body, registrar and registration', async () => {
    const { registry, bodies, body, registrar, start } = world;
    await bodies
      .connect(registrar)
      .registerBody(body, start - DAY, start + 9n * DAY, hash('scope'), hash('second'));
    const opinion = world.opinionOf();
    const order = world.orderOf({ opinionId: String(opinion.opinionId) });
    const sent = registry
      .connect(world.sender)
      .mintWithOpinion(
        order,
        await world.signMint(order),
        wordsOf(opinion),
        await world.signOpinion(opinion),
      );
    const digest = await registry.opinionDigest(wordsOf(opinion));
    assert.deepEqual(await eventsOf(registry, sent, 'OpinionAccepted'), [
      {
        opinionId: opinion.opinionId,
        body: body.address,
        registrar: registrar.address,
        digest,
        registrationIndex: 1n,
      },
    ]);
    assert.equal(await registry.acceptedOpinion(String(opinion.opinionId)), digest);
    const found = await registry.passport(world.tokenIdOf(order));
    assert.deepEqual(
      [found.opinionId, found.body, found.registrar, found.registrationIndex],
      [opinion.opinionId, body.address, registrar.address, 1n],
    );
  });

  test('where passports come from is stored once for all of one log', async () => {
    const costs: number[] = [];
    for (let count = 0; count < 3; count++) {
      const order = world.orderOf();
      const sent = await send(order, await world.signMint(order));
      costs.push(Number((await sent.wait())?.gasUsed));
    }
    const [first, second, third] = costs as [number, number, number];
    assert.ok(first - second > 60_000, costs.join());
    assert.ok(Math.abs(second - third) < 1_000, costs.join());
  });

  test('a refusal is the selector of its error and nothing more', async () => {
    const { registry, sender } = world;
    const order = world.orderOf({ content: ZeroHash });
    const data = registry.interface.encodeFunctionData('mint', [order, await world.signMint(order)]);
    const refused = await world.provider
      .request({
        method: 'eth_call',
        params: [{ from: sender.address, to: registry.target, data }, 'latest'],
      })
      .catch((error) => error);
    assert.equal(
      (refused as { data?: unknown }).data,
      registry.interface.getError('PassportFieldMissing')?.selector,
    );
  });

  test('what is not there is all zero', async () => {
    const { registry, stranger } = world;
    const [found, byIssuer, , , byAuthority] = await registry.inspect(1n, [stranger]);
    assert.equal(found.issuer, ZeroAddress);
    assert.equal(found.content, ZeroHash);
    assert.equal(byIssuer.status, 0n);
    assert.equal(byAuthority.length, 1);
    await assertRefused(registry, registry.ownerOf(1n), 'ERC721NonexistentToken');
  });

  test('digests are those of EIP-712 with name, version, chain, contract and salt', async () => {
    const { registry, salt, domain } = world;
    const order = world.orderOf({
      supersedes: 2n ** 255n,
      release: 4_294_967_295n,
      deadline: 2n ** 64n - 1n,
    });
    assert.equal(
      await registry.mintDigest(order),
      TypedDataEncoder.hash(domain('Anchorleaf Passport'), MINT_TYPES, order),
    );
    const opinion = world.opinionOf({
      certificateNumber: 'C-1 证书',
      validUntil: 2n ** 64n - 1n,
      level: 255n,
    });
    assert.equal(
      await registry.opinionDigest(wordsOf(opinion)),
      TypedDataEncoder.hash(domain('Anchorleaf Opinion'), OPINION_TYPES, opinion),
    );
    assert.equal(await registry.domainSalt(), salt);
    assert.equal(await registry.anchor(), world.anchor.target);
    assert.equal(await registry.bodies(), world.bodies.target);
  });

  test('is an ERC-721 of this name', async () => {
    const { registry } = world;
    assert.deepEqual([await registry.name(), await registry.symbol()], ['Anchorleaf Passport', 'LEAFPASS']);
    assert.equal(await registry.supportsInterface('0x80ac58cd'), true);
    assert.equal(await registry.supportsInterface('0xffffffff'), false);
  });

  test('is not deployed over contracts that are not there', async () => {
    const { ethers, registry, anchor, bodies, salt, stranger } = world;
    const factory = await ethers.getContractFactory('PassportRegistry');
    await assertRefused(registry, factory.deploy(stranger, bodies, salt), 'PassportRegistryMisplaced');
    await assertRefused(registry, factory.deploy(anchor, stranger, salt), 'PassportRegistryMisplaced');
  });

  describe('an order', () => {
    test('must be whole', async () => {
      const { start } = world;
      const now = await world.now();
      await refuseMint({ product: ZeroHash }, 'PassportFieldMissing');
      await refuseMint({ lot: ZeroHash }, 'PassportFieldMissing');
      await refuseMint({ content: ZeroHash }, 'PassportFieldMissing');
      await refuseMint({ issuer: ZeroAddress }, 'PassportFieldMissing');
      await refuseMint({ producedUntil: start - 3n * DAY }, 'PassportProductionEmpty');
      await refuseMint({ producedFrom: start, producedUntil: start - 1n }, 'PassportProductionEmpty');
      await refuseMint({ release: 0n }, 'PassportReleaseInvalid');
      await refuseMint({ release: 1n << 24n }, 'PassportReleaseInvalid');
      await refuseMint({ logId: hash('no log') }, 'PassportLogUnknown');
      await refuseMint({ deadline: now }, 'PassportDeadlinePassed');
      await refuseMint({ opinionId: hash('opinion') }, 'PassportOpinionMissing');
    });

    test('counts until its deadline, that second included', async () => {
      const deadline = (await world.now()) + 100n;
      const order = world.orderOf({ deadline });
      const authorisation = await world.signMint(order);
      await world.provider.request({
        method: 'evm_setNextBlockTimestamp',
        params: [`0x${deadline.toString(16)}`],
      });
      await send(order, authorisation);
      assert.equal((await world.registry.passport(world.tokenIdOf(order))).mintedAt, deadline);
    });

    test('of an ended log is refused', async () => {
      const { anchor, logId } = world;
      await anchor.anchor(logId, 1, hash('root'), []);
      await anchor.openLog(hash('next'), 60, logId, 1, hash('root'), []);
      await refuseMint({}, 'PassportLogUnknown');
    });
  });

  describe('an authorisation', () => {
    test('is good for one passport, once', async () => {
      const order = world.orderOf();
      const authorisation = await world.signMint(order);
      await send(order, authorisation);
      await assertRefused(world.registry, send(order, authorisation), 'PassportExists');
    });

    test('covers every member', async () => {
      const order = world.orderOf();
      const authorisation = await world.signMint(order);
      const later = world.orderOf();
      const changes: Partial<Order>[] = [
        { product: later.content },
        { lot: later.lot },
        { content: later.content },
        { facility: later.content },
        { method: later.content },
        { footprint: later.content },
        { producedFrom: order.producedFrom + 1n },
        { producedUntil: order.producedUntil + 1n },
        { deadline: order.deadline + 1n },
      ];
      for (const change of changes) {
        await assertRefused(
          world.registry,
          send({ ...order, ...change }, authorisation),
          'PassportAuthorisationInvalid',
        );
      }
      // members that other rules look at first: the digest itself tells them apart
      const digests = new Set<string>();
      for (const name of Object.keys(order) as (keyof Order)[]) {
        const value = order[name];
        const other =
          typeof value === 'bigint' ? value + 1n : name === 'issuer' ? world.stranger.address : later.lot;
        digests.add(await world.registry.mintDigest({ ...order, [name]: other }));
      }
      digests.add(await world.registry.mintDigest(order));
      assert.equal(digests.size, Object.keys(order).length + 1);
    });

    test('is refused from anyone else, for another contract, chain or salt, and in other forms', async () => {
      const { registry, issuer, stranger } = world;
      const order = world.orderOf();
      const good = await world.signMint(order);
      const domain = world.domain('Anchorleaf Passport');
      const by = (changes: object) => issuer.signTypedData({ ...domain, ...changes }, MINT_TYPES, order);
      const { r, s, v, yParity, compactSerialized } = Signature.from(good);
      const highS = Signature.from({ r, s, v }).serialized.replace(
        s.slice(2),
        (SECP256K1_ORDER - BigInt(s)).toString(16).padStart(64, '0'),
      );
      const bad = [
        await world.signMint(order, stranger),
        await by({ name: 'Anchorleaf Opinion' }),
        await by({ version: '2' }),
        await by({ verifyingContract: world.bodies.target }),
        await by({ salt: hash('another deployment') }),
        '0x',
        `${good}00`,
        good.slice(0, -2),
        compactSerialized,
        `${highS.slice(0, -2)}${(yParity === 0 ? 28 : 27).toString(16)}`,
        `${good.slice(0, -2)}0${yParity}`,
        `0x${'00'.repeat(65)}`,
      ];
      for (const signature of bad)
        await assertRefused(registry, send(order, signature), 'PassportAuthorisationInvalid');
      await send(order, good);
    });

    test('for another chain is refused', async () => {
      const wallet = Wallet.createRandom();
      const order = world.orderOf({ issuer: wallet.address });
      const domain = world.domain('Anchorleaf Passport');
      const elsewhere = await wallet.signTypedData({ ...domain, chainId: 1n }, MINT_TYPES, order);
      await assertRefused(world.registry, send(order, elsewhere), 'PassportAuthorisationInvalid');
      await send(order, await wallet.signTypedData(domain, MINT_TYPES, order));
    });
  });

  describe('releases', () => {
    test('each supersedes exactly the one before, and release 1 nothing', async () => {
      const { registry } = world;
      const { order: first, tokenId: one } = await world.mint();
      const lot = first.lot;
      await refuseMint({ supersedes: one }, 'PassportPredecessorWrong');
      await refuseMint({ lot, release: 2n, supersedes: 0n }, 'PassportPredecessorWrong');
      await refuseMint({ lot, release: 3n, supersedes: one }, 'PassportPredecessorWrong');
      await refuseMint({ release: 2n, supersedes: one }, 'PassportPredecessorWrong'); // another lot
      await refuseMint(
        { lot, product: hash('other'), release: 2n, supersedes: one },
        'PassportPredecessorWrong',
      );
      assert.equal(await registry.supersededBy(one), 0n);

      const second = world.orderOf({ lot, release: 2n, supersedes: one });
      const two = world.tokenIdOf(second);
      const sent = send(second, await world.signMint(second));
      assert.deepEqual(await eventsOf(registry, sent, 'PassportSuperseded'), [
        { tokenId: one, supersededBy: two },
      ]);
      assert.equal((await registry.passport(one)).supersededBy, two);
      assert.deepEqual(
        [(await registry.passport(two)).release, (await registry.passport(two)).supersededBy],
        [2n, 0n],
      );
      // one successor, once
      await refuseMint({ lot, release: 2n, supersedes: one }, 'PassportExists');
      await world.mint({ lot, release: 3n, supersedes: two });
      assert.notEqual(await registry.supersededBy(two), 0n);
    });

    test('before the first exists there is no second', async () => {
      const order = world.orderOf();
      await refuseMint(
        { lot: order.lot, release: 2n, supersedes: world.tokenIdOf(order) },
        'PassportPredecessorWrong',
      );
    });

    test('of another issuer cannot be superseded', async () => {
      const { stranger, registry } = world;
      const { order: first, tokenId } = await world.mint();
      const theirs = world.orderOf({
        issuer: stranger.address,
        lot: first.lot,
        release: 2n,
        supersedes: tokenId,
      });
      await assertRefused(
        registry,
        send(theirs, await world.signMint(theirs, stranger)),
        'PassportPredecessorWrong',
      );
    });

    test('a superseded opinion does not pass to the next release', async () => {
      const opinion = world.opinionOf();
      const { order: first, tokenId } = await world.mint({}, opinion);
      const next = await world.mint({
        lot: first.lot,
        release: 2n,
        supersedes: tokenId,
        footprint: hash('corrected'),
      });
      const found = await world.registry.passport(next.tokenId);
      assert.deepEqual([found.opinionId, found.body, found.registrar], [ZeroHash, ZeroAddress, ZeroAddress]);
      assert.equal((await world.registry.passport(tokenId)).opinionId, opinion.opinionId);
    });
  });

  describe("the issuer's keys", () => {
    test('after a rotation only the new key counts; the identity stays', async () => {
      const { registry, issuer, stranger, holder } = world;
      const order = world.orderOf();
      const old = await world.signMint(order);
      assert.equal(await registry.issuerKey(issuer), issuer.address);
      const rotated = registry.connect(issuer).rotateIssuerKey(issuer, holder);
      assert.deepEqual(await eventsOf(registry, rotated, 'IssuerKeyRotated'), [
        { issuer: issuer.address, key: holder.address, by: issuer.address },
      ]);
      assert.equal(await registry.issuerKey(issuer), holder.address);
      await assertRefused(registry, send(order, old), 'PassportAuthorisationInvalid');
      await send(order, await world.signMint(order, holder));
      assert.equal(await registry.ownerOf(world.tokenIdOf(order)), issuer.address);
      // the old key has lost every power
      const byOld = registry.connect(issuer);
      await assertRefused(registry, byOld.rotateIssuerKey(issuer, issuer), 'IssuerCallerNotKey');
      await assertRefused(registry, byOld.setRecovery(issuer, stranger), 'IssuerCallerNotKey');
      await assertRefused(
        registry,
        byOld.setFlag(world.tokenIdOf(order), 1, 1, 1, ZeroHash),
        'FlagCallerNotInRole',
      );
      await registry.connect(holder).setFlag(world.tokenIdOf(order), 1, 1, 1, ZeroHash);
      assert.equal((await registry.flag(world.tokenIdOf(order), 1, issuer)).status, 1n);
    });

    test('a stolen key is taken back by the recovery account, which is named once', async () => {
      const { registry, issuer, recovery, stranger, holder } = world;
      const named = registry.connect(issuer).setRecovery(issuer, recovery);
      assert.deepEqual(await eventsOf(registry, named, 'IssuerRecoverySet'), [
        { issuer: issuer.address, recovery: recovery.address },
      ]);
      assert.equal(await registry.issuerRecovery(issuer), recovery.address);
      // the thief rotates, and cannot keep it
      await registry.connect(issuer).rotateIssuerKey(issuer, stranger);
      await assertRefused(
        registry,
        registry.connect(stranger).setRecovery(issuer, holder),
        'IssuerRecoveryAlreadySet',
      );
      await registry.connect(recovery).rotateIssuerKey(issuer, holder);
      await assertRefused(
        registry,
        registry.connect(stranger).rotateIssuerKey(issuer, stranger),
        'IssuerCallerNotKey',
      );
      assert.equal(await registry.issuerKey(issuer), holder.address);
    });

    test('unusable keys are refused', async () => {
      const { registry, issuer } = world;
      const own = registry.connect(issuer);
      await assertRefused(registry, own.rotateIssuerKey(issuer, ZeroAddress), 'IssuerKeyUnchanged');
      await assertRefused(registry, own.rotateIssuerKey(issuer, issuer), 'IssuerKeyUnchanged');
      await assertRefused(registry, own.setRecovery(issuer, ZeroAddress), 'IssuerRecoveryUnusable');
      await assertRefused(registry, own.setRecovery(issuer, issuer), 'IssuerRecoveryUnusable');
    });
  });

  test('custody moves with the token and back; issuer and status do not', async () => {
    const { registry, issuer, holder, stranger } = world;
    const { tokenId } = await world.mint();
    await world.mint();
    await registry.connect(issuer).transferFrom(issuer, holder, tokenId);
    const found = await registry.passport(tokenId);
    assert.deepEqual([found.issuer, found.owner], [issuer.address, holder.address]);
    assert.deepEqual([await registry.balanceOf(issuer), await registry.balanceOf(holder)], [1n, 1n]);
    await assertRefused(
      registry,
      registry.connect(issuer).transferFrom(holder, stranger, tokenId),
      'ERC721InsufficientApproval',
    );
    await registry.connect(holder).transferFrom(holder, issuer, tokenId);
    assert.equal(await registry.ownerOf(tokenId), issuer.address);
    assert.equal(await registry.balanceOf(issuer), 2n);
    await registry.connect(issuer).setFlag(tokenId, 1, 1, 1, ZeroHash);
  });
});
