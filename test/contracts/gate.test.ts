// The opinion gate: every rule with an opinion that just meets it and one that just does not, in a single mint and in a
// batch; who may be the body; signatures of keys and of contract wallets.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { TypedDataEncoder, ZeroAddress, ZeroHash } from 'ethers';
import {
  assertRefused,
  createWorld,
  DAY,
  eventsOf,
  hash,
  OPINION_TYPES,
  type Opinion,
  type Order,
  opinionIdOf,
  refusalOf,
  type World,
  wordsOf,
} from './support/world.ts';

describe('opinion gate', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });

  /** The refusal of a mint under this opinion, the same alone and in a batch; null if minted. Changes no state. */
  async function judge(
    opinion: Opinion,
    changes: Partial<Order> = {},
    signature?: string,
    by = world.sender,
  ) {
    const { registry } = world;
    const order = world.orderOf({ opinionId: String(opinion.opinionId), ...changes });
    const authorisation = await world.signMint(order);
    const signed = signature ?? (await world.signOpinion(opinion));
    const alone = await refusalOf(
      registry,
      registry.connect(by).mintWithOpinion.staticCall(order, authorisation, wordsOf(opinion), signed),
    );
    const group = await world.groupOf([order], opinion, [authorisation]);
    group.opinion = [{ words: wordsOf(opinion), signature: signed }];
    const minted = await registry.connect(by).mintBatch.staticCall([group]);
    // a batch takes the opinion id from the opinion, so this one refusal looks otherwise there
    assert.equal(minted, alone === null ? 1n : 0n, `alone ${alone}, in a batch ${minted} minted`);
    return alone;
  }

  test('accepts an opinion that nothing is wrong with', async () => {
    assert.equal(await judge(world.opinionOf()), null);
  });

  const SUBJECTS: [keyof Order & string, string][] = [
    ['product', 'PassportOpinionProductDiffers'],
    ['facility', 'PassportOpinionFacilityDiffers'],
    ['method', 'PassportOpinionMethodDiffers'],
    ['footprint', 'PassportOpinionFootprintDiffers'],
  ];
  for (const [member, error] of SUBJECTS) {
    test(`refuses an opinion about another ${member}`, async () => {
      assert.equal(await judge(world.opinionOf({ [member]: hash('another') })), error);
      assert.equal(await judge(world.opinionOf({ [member]: ZeroHash })), error);
      assert.equal(await judge(world.opinionOf(), { [member]: hash('another') }), error);
    });
  }

  test('refuses an opinion about another issuer', async () => {
    assert.equal(
      await judge(world.opinionOf({ issuer: world.stranger.address })),
      'PassportOpinionIssuerDiffers',
    );
  });

  test('refuses an opinion that the issuer did not authorise', async () => {
    const { registry, sender } = world;
    const [meant, other] = [world.opinionOf(), world.opinionOf()];
    const order = world.orderOf({ opinionId: String(meant.opinionId) });
    const mint = async (opinion: Opinion, changed = order) =>
      registry
        .connect(sender)
        .mintWithOpinion(
          changed,
          await world.signMint(changed),
          wordsOf(opinion),
          await world.signOpinion(opinion),
        );
    await assertRefused(registry, mint(other), 'PassportOpinionUnauthorised');
    await assertRefused(
      registry,
      mint(other, { ...order, opinionId: ZeroHash }),
      'PassportOpinionUnauthorised',
    );
    await mint(meant);
  });

  test('an opinion id begins with its body, so no other body can answer to it', async () => {
    const { body, stranger, holder, bodies, start } = world;
    const { opinionId } = world.opinionOf();
    await bodies
      .connect(stranger)
      .registerBody(holder, start - DAY, start + DAY, hash('scope'), hash('snapshot'));
    const squatted = world.opinionOf({
      opinionId: String(opinionId),
      body: holder.address,
      registrar: stranger.address,
    });
    const signature = await world.signOpinion(squatted, holder);
    assert.equal(await judge(squatted, {}, signature), 'PassportOpinionIdForeign');
    assert.equal(await judge(world.opinionOf({ opinionId: hash('free') })), 'PassportOpinionIdForeign');
    assert.equal(
      await judge(world.opinionOf({ opinionId: ZeroHash, body: ZeroAddress })),
      'PassportOpinionIdForeign',
    );
    assert.equal(await judge(world.opinionOf({ opinionId: opinionIdOf(body.address, 0n) })), null);
  });

  test('what is wrong with the order itself is said first, opinion or not', async () => {
    const opinion = world.opinionOf();
    assert.equal(await judge(opinion, { logId: hash('no log') }), 'PassportLogUnknown');
    const nothing = world.opinionOf({ product: ZeroHash });
    assert.equal(await judge(nothing, { product: ZeroHash }), 'PassportFieldMissing');
  });

  test('coverage: product-period, calculation-model and batch', async () => {
    const { start } = world;
    const lot = hash('this lot');
    assert.equal(await judge(world.opinionOf({ coverage: 1n })), null);
    assert.equal(await judge(world.opinionOf({ coverage: 2n })), null);
    for (const coverage of [0n, 4n, 255n]) {
      assert.equal(await judge(world.opinionOf({ coverage })), 'PassportOpinionCoverageUnknown');
    }
    const batch = { coverage: 3n, batch: lot, periodEnd: start - 2n * DAY };
    assert.equal(await judge(world.opinionOf(batch), { lot }), null);
    assert.equal(
      await judge(world.opinionOf(batch), { lot: hash('other lot') }),
      'PassportOpinionBatchDiffers',
    );
    assert.equal(
      await judge(world.opinionOf({ ...batch, batch: ZeroHash }), { lot }),
      'PassportOpinionBatchDiffers',
    );
    for (const coverage of [1n, 2n]) {
      assert.equal(
        await judge(world.opinionOf({ coverage, batch: lot }), { lot }),
        'PassportOpinionBatchDiffers',
      );
    }
  });

  test('the production lies within the valid dates, to the second', async () => {
    const { start } = world;
    const [producedFrom, producedUntil] = [start - 3n * DAY, start - 2n * DAY];
    assert.equal(await judge(world.opinionOf({ validFrom: producedFrom, validUntil: producedUntil })), null);
    for (const wrong of [
      { validFrom: producedFrom + 1n },
      { validUntil: producedUntil - 1n },
      { validFrom: producedUntil, validUntil: producedUntil + DAY },
      { validFrom: producedUntil, validUntil: producedFrom },
      { validUntil: 0n },
    ]) {
      assert.equal(await judge(world.opinionOf(wrong)), 'PassportOpinionNotValidThen');
    }
    // never with the time of minting: an opinion may have run out since the batch was made
    assert.equal(await judge(world.opinionOf({ validUntil: start - DAY })), null);
    assert.equal(
      await judge(world.opinionOf({ validFrom: start, validUntil: start + 90n * DAY }), {
        producedFrom: start + 10n * DAY,
        producedUntil: start + 11n * DAY,
      }),
      null,
    );
  });

  test('the production is not before the period, and within it for a batch', async () => {
    const { start } = world;
    const [producedFrom, producedUntil] = [start - 3n * DAY, start - 2n * DAY];
    const lot = hash('this lot');
    assert.equal(
      await judge(world.opinionOf({ periodStart: producedFrom, periodEnd: producedFrom + 1n })),
      null,
    );
    assert.equal(
      await judge(world.opinionOf({ periodStart: producedFrom + 1n, periodEnd: start })),
      'PassportOpinionPeriodMissed',
    );
    for (const [periodStart, periodEnd] of [
      [producedFrom, producedFrom],
      [producedFrom, producedFrom - 1n],
      [0n, 0n],
    ]) {
      const empty = world.opinionOf({ periodStart: periodStart as bigint, periodEnd: periodEnd as bigint });
      assert.equal(await judge(empty), 'PassportOpinionPeriodMissed');
    }
    const batch = { coverage: 3n, batch: lot, periodStart: producedFrom };
    assert.equal(await judge(world.opinionOf({ ...batch, periodEnd: producedUntil }), { lot }), null);
    assert.equal(
      await judge(world.opinionOf({ ...batch, periodEnd: producedUntil - 1n }), { lot }),
      'PassportOpinionPeriodMissed',
    );
  });

  test('unmodified and qualified opinions cover; adverse, disclaimed and unknown ones do not', async () => {
    assert.equal(await judge(world.opinionOf({ opinion: 2n, limitations: hash('qualified') })), null);
    for (const opinion of [0n, 3n, 4n, 255n]) {
      assert.equal(await judge(world.opinionOf({ opinion })), 'PassportOpinionAdverse');
    }
  });

  describe('the registration', () => {
    const only = async (from: bigint, until: bigint) => {
      const { bodies, stranger, body } = world;
      await bodies.connect(stranger).registerBody(body, from, until, hash('scope'), hash('snapshot'));
      return world.opinionOf({ registrar: stranger.address });
    };

    test('must be by the registrar that the opinion names', async () => {
      assert.equal(
        await judge(world.opinionOf({ registrar: world.stranger.address })),
        'PassportBodyUnregistered',
      );
      assert.equal(await judge(world.opinionOf({ registrar: ZeroAddress })), 'PassportBodyUnregistered');
    });

    test('must hold at the time of the block', async () => {
      const { start } = world;
      assert.equal(await judge(await only(start - DAY, start - 1n)), 'PassportBodyUnregistered');
      assert.equal(await judge(await only(start + DAY, start + 2n * DAY)), 'PassportBodyUnregistered');
      assert.equal(await judge(await only(start - DAY, start + DAY)), null);
    });

    test('withdrawn with effect from the past does not count, with effect from later it does until then', async () => {
      const { bodies, registrar, body } = world;
      const opinion = world.opinionOf();
      const now = await world.now();
      await bodies.connect(registrar).withdrawRegistration(body, 0, 1, ZeroHash, now + DAY);
      assert.equal(await judge(opinion), null);
      await world.setTime(now + DAY);
      assert.equal(await judge(opinion), 'PassportBodyUnregistered');
      // also for one that was accepted before
      await bodies.connect(registrar).registerBody(body, now, now + 9n * DAY, hash('scope'), hash('again'));
      await world.mint({}, opinion);
      await bodies.connect(registrar).withdrawRegistration(body, 1, 1, ZeroHash, now);
      assert.equal(await judge(opinion), 'PassportBodyUnregistered');
    });
  });

  test('a revoked opinion does not count, accepted before or not', async () => {
    const { bodies, body } = world;
    const [used, unused] = [world.opinionOf(), world.opinionOf()];
    await world.mint({}, used);
    for (const opinion of [used, unused]) {
      assert.equal(await judge(opinion), null);
      await bodies.connect(body).revokeOpinion(String(opinion.opinionId), 1, ZeroHash);
      assert.equal(await judge(opinion), 'PassportOpinionRevoked');
    }
  });

  describe('the body', () => {
    /** An opinion by this person as body, registered by the ordinary registrar. */
    const by = async (person: World['sender'], changes: Opinion = {}) => {
      const { bodies, registrar, start } = world;
      await bodies
        .connect(registrar)
        .registerBody(person, start - DAY, start + DAY, hash('scope'), hash('snapshot'));
      const opinion = world.opinionOf({ body: person.address, ...changes });
      return { opinion, signature: await world.signOpinion(opinion, person) };
    };

    test('is not issuer, its key or recovery, sender, log owner or registrar', async () => {
      const { registry, issuer, holder, recovery, operator, sender, body, stranger } = world;
      await registry.connect(issuer).setRecovery(issuer, recovery);
      for (const person of [issuer, recovery, operator, sender]) {
        const { opinion, signature } = await by(person);
        assert.equal(await judge(opinion, {}, signature), 'PassportBodyConflicted');
      }
      const { opinion, signature } = await by(stranger, { registrar: stranger.address });
      assert.equal(await judge(opinion, {}, signature), 'PassportBodyConflicted');
      assert.equal(await judge(world.opinionOf(), {}, undefined, body), 'PassportBodyConflicted');

      await registry.connect(issuer).rotateIssuerKey(issuer, holder);
      const keyed = await by(holder);
      const order = world.orderOf({ opinionId: String(keyed.opinion.opinionId) });
      const sent = registry
        .connect(sender)
        .mintWithOpinion(order, await world.signMint(order, holder), wordsOf(keyed.opinion), keyed.signature);
      await assertRefused(registry, sent, 'PassportBodyConflicted');
    });

    test('is anyone else that is registered', async () => {
      const { opinion, signature } = await by(world.stranger);
      assert.equal(await judge(opinion, {}, signature), null);
    });

    test('may have owned the log before, not now', async () => {
      const { anchor, logId, offered, operator } = world;
      await anchor.offerLog(logId, offered);
      await anchor.connect(offered).acceptLog(logId);
      const former = await by(operator);
      assert.equal(await judge(former.opinion, {}, former.signature), null);
      const present = await by(offered);
      assert.equal(await judge(present.opinion, {}, present.signature), 'PassportBodyConflicted');
    });
  });

  describe('the signature', () => {
    test('is the body’s, over every member', async () => {
      const opinion = world.opinionOf();
      const signature = await world.signOpinion(opinion);
      assert.equal(
        await judge(opinion, {}, await world.signOpinion(opinion, world.stranger)),
        'PassportOpinionSignatureInvalid',
      );
      assert.equal(await judge(opinion, {}, '0x'), 'PassportOpinionSignatureInvalid');
      const free = [
        ['inputsRoot', hash('x')],
        ['productName', 'x'],
        ['number', '0.0511'],
        ['unit', 'x'],
        ['boundary', 'x'],
        ['criteria', 'x'],
        ['standard', 'x'],
        ['engagement', 2n],
        ['certificateNumber', 'x'],
        ['level', 2n],
        ['materiality', 'x'],
        ['opinion', 2n],
        ['limitations', hash('x')],
        ['visit', 'x'],
        ['report', hash('x')],
        ['reportNumber', 'x'],
        ['reviewer', hash('x')],
        ['coverage', 2n],
        ['periodStart', 1n],
        ['periodEnd', 2n ** 64n - 1n],
        ['validFrom', 1n],
        ['validUntil', 2n ** 64n - 1n],
      ] as const;
      for (const [member, value] of free) {
        const refusal = await judge({ ...opinion, [member]: value }, {}, signature);
        assert.equal(refusal, 'PassportOpinionSignatureInvalid', member);
      }
      // and the members that other rules look at first are in the digest too
      const digests = new Set<string>();
      for (const { name, type } of OPINION_TYPES.Opinion) {
        const other = type.startsWith('uint') ? 77n : type === 'string' ? 'other' : hash('other');
        const changed = { ...opinion, [name]: type === 'address' ? world.offered.address : other };
        digests.add(await world.registry.opinionDigest(wordsOf(changed)));
        assert.equal(
          await world.registry.opinionDigest(wordsOf(changed)),
          TypedDataEncoder.hash(world.domain('Anchorleaf Opinion'), OPINION_TYPES, changed),
        );
      }
      assert.equal(digests.size, OPINION_TYPES.Opinion.length);
    });

    test('is asked for once: an opinion is used by its id, whatever the bytes of a signature', async () => {
      const opinion = world.opinionOf();
      await world.mint({}, opinion);
      // the same opinion again needs no signature, and takes any
      assert.equal(await judge(opinion, {}, '0x'), null);
      // the id stands for that opinion alone, even if the body signs another one under it
      const changed = { ...opinion, number: '0.0499' };
      assert.equal(await judge(changed), 'PassportOpinionChanged');
      assert.equal(await judge({ ...changed, opinionId: opinionIdOf(world.body.address, 999n) }), null);
    });

    test('one opinion cannot be used over another footprint, also when it is known already', async () => {
      const opinion = world.opinionOf();
      await world.mint({}, opinion);
      assert.equal(await judge(opinion, { footprint: hash('another') }), 'PassportOpinionFootprintDiffers');
      assert.equal(
        await judge({ ...opinion, footprint: hash('another') }, { footprint: hash('another') }),
        'PassportOpinionChanged',
      );
    });

    test('a mint authorisation is no opinion, and the other way round', async () => {
      const opinion = world.opinionOf();
      const crossed = await world.body.signTypedData(
        world.domain('Anchorleaf Passport'),
        OPINION_TYPES,
        opinion,
      );
      assert.equal(await judge(opinion, {}, crossed), 'PassportOpinionSignatureInvalid');
    });
  });

  describe('contract wallets (ERC-1271)', () => {
    const HONEST = 0;
    const HOSTILE = { SaysNo: 1, SaysTrue: 2, Short: 3, Reverts: 4, BurnsGas: 5 };
    const RETURNS_MUCH = 6;
    const walletOf = async (owner: World['sender']) => {
      const wallet = await world.ethers.deployContract('TestWallet', [owner]);
      const address = String(wallet.target);
      return { wallet, address };
    };
    const registered = async () => {
      const { bodies, registrar, start, stranger } = world;
      const { wallet, address } = await walletOf(stranger);
      await bodies
        .connect(registrar)
        .registerBody(address, start - DAY, start + DAY, hash('scope'), hash('snapshot'));
      return { wallet, address };
    };

    test('a body’s wallet is asked once; its answer is kept', async () => {
      const { stranger, holder, registry } = world;
      const { wallet, address } = await registered();
      const opinion = world.opinionOf({ body: address });
      const signature = await world.signOpinion(opinion, stranger);
      assert.equal(
        await judge(opinion, {}, await world.signOpinion(opinion, holder)),
        'PassportOpinionSignatureInvalid',
      );
      assert.equal(await judge(opinion, {}, signature), null);
      const order = world.orderOf({ opinionId: String(opinion.opinionId) });
      await registry
        .connect(world.sender)
        .mintWithOpinion(order, await world.signMint(order), wordsOf(opinion), signature);
      await wallet.changeOwner(holder);
      assert.equal(await judge(opinion, {}, signature), null);
      assert.equal(
        await judge(world.opinionOf({ body: address }), {}, signature),
        'PassportOpinionSignatureInvalid',
      );
    });

    test('wallets that say no, answer wrongly, revert or burn gas are refused within bounds', async () => {
      const { wallet, address } = await registered();
      for (const [manner, number] of Object.entries(HOSTILE)) {
        await wallet.behave(number);
        const opinion = world.opinionOf({ body: address });
        const signature = await world.signOpinion(opinion, world.stranger);
        assert.equal(await judge(opinion, {}, signature), 'PassportOpinionSignatureInvalid', manner);
      }
      await wallet.behave(RETURNS_MUCH);
      const opinion = world.opinionOf({ body: address });
      assert.equal(await judge(opinion, {}, '0x'), null); // one word of a long answer is read
      await wallet.behave(HONEST);
      assert.equal(await judge(opinion, {}, '0x'), 'PassportOpinionSignatureInvalid');
    });

    test('one whole word of an answer is asked for', async () => {
      const { bodies, registrar, start, provider, stranger } = world;
      const { address } = await walletOf(stranger);
      await bodies
        .connect(registrar)
        .registerBody(address, start - DAY, start + DAY, hash('scope'), hash('snapshot'));
      for (const [length, how, expected] of [
        [31, 'f3', 'PassportOpinionSignatureInvalid'],
        [32, 'f3', null],
        [33, 'f3', null],
        [32, 'fd', 'PassportOpinionSignatureInvalid'], // the magic value, but reverted with
      ] as const) {
        // PUSH4 magic, PUSH1 224, SHL, PUSH0, MSTORE, PUSH1 length, PUSH0, RETURN or REVERT
        const code = `0x631626ba7e60e01b5f5260${length.toString(16)}5f${how}`;
        await provider.request({ method: 'hardhat_setCode', params: [address, code] });
        // ends in a zero byte, so that what lies in memory before the answer could complete a short one
        const opinionId = opinionIdOf(address, 256n);
        const opinion = world.opinionOf({ body: address, opinionId });
        assert.equal(await judge(opinion, {}, '0x'), expected, `${length} bytes`);
      }
    });

    test('a gas bomb in a batch costs its bounded share and no other passport', async () => {
      const { registry, sender } = world;
      const { wallet, address } = await registered();
      await wallet.behave(HOSTILE.BurnsGas);
      const poisoned = world.opinionOf({ body: address });
      const groups = [
        await world.groupOf([world.orderOf()]),
        await world.groupOf([world.orderOf({ opinionId: String(poisoned.opinionId) })], poisoned),
        await world.groupOf([world.orderOf()]),
      ];
      const sent = registry.connect(sender).mintBatch(groups, { gasLimit: 1_500_000 });
      assert.equal((await eventsOf(registry, sent, 'PassportMinted')).length, 2);
      const [skipped] = await eventsOf(registry, sent, 'MintSkipped');
      assert.equal(skipped?.reason, registry.interface.getError('PassportOpinionSignatureInvalid')?.selector);
    });

    test('an issuer may be a wallet: it authorises, flags and rotates', async () => {
      const { registry, stranger, holder } = world;
      const { wallet, address } = await walletOf(stranger);
      const { order, tokenId } = await (async () => {
        const made = world.orderOf({ issuer: address });
        await assertRefused(
          registry,
          registry.mint(made, await world.signMint(made, holder)),
          'PassportAuthorisationInvalid',
        );
        await registry.mint(made, await world.signMint(made, stranger));
        return { order: made, tokenId: world.tokenIdOf(made) };
      })();
      // no receiver hook was needed: the wallet has none
      assert.equal(await registry.ownerOf(tokenId), address);
      const act = (name: string, args: unknown[]) =>
        wallet.act(registry, registry.interface.encodeFunctionData(name as 'setFlag', args as never));
      await act('setFlag', [tokenId, 1, 1, 1, ZeroHash]);
      assert.equal((await registry.flag(tokenId, 1, address)).status, 1n);
      await act('rotateIssuerKey', [address, holder.address]);
      const next = world.orderOf({ issuer: address, lot: order.lot, release: 2n, supersedes: tokenId });
      await assertRefused(
        registry,
        registry.mint(next, await world.signMint(next, stranger)),
        'PassportAuthorisationInvalid',
      );
      await registry.mint(next, await world.signMint(next, holder));
    });
  });
});
