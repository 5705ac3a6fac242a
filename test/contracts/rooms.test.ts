// The same question to the contracts and to the rooms that readers check with: the answers must not differ.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { hexlify } from 'ethers';
import { sha256, toHex, utf8 } from '#lib/canonical';
import { formatTime } from '#lib/evm';
import {
  checkOpinionAgainst,
  type MintMessage,
  mintAuthorisationDigest,
  type OpinionMessage,
  opinionDigest,
  opinionIdOf,
  opinionWords,
  tokenIdOf,
} from '#lib/opinion';
import { checkConsistency } from '#lib/transparency-log';
import { leaf, rootsOfSubproof, subproofLength, xorshiftBytes } from '../support/merkle-reference.ts';
import { createWorld, DAY, type Opinion, refusalOf, type World, wordsOf } from './support/world.ts';

const PRODUCT = 'https://id.gs1.org/01/09520123456788';
const FACILITY = 'did:web:factory.example#facility-1';
const LOT = '2026-11-A';
const word = (text: string) => `0x${toHex(sha256(utf8(text)))}`;
const asText = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

describe('contracts and rooms', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  const contract = () => ({
    chainId: world.chainId,
    verifyingContract: String(world.registry.target),
    salt: world.salt,
  });
  const about = { product: word(PRODUCT), facility: word(FACILITY), method: word('m'), footprint: word('f') };

  test('digests, words, token ids and opinion ids', async () => {
    const { registry, body } = world;
    const order = world.orderOf({ release: 7n, supersedes: 2n ** 200n });
    const message = asText(order) as MintMessage;
    assert.equal(hexlify(mintAuthorisationDigest(message, contract())), await registry.mintDigest(order));
    assert.equal(tokenIdOf(message), world.tokenIdOf(order));
    assert.equal(
      tokenIdOf(message),
      await registry.tokenIdOf(order.issuer, order.product, order.lot, order.release),
    );
    const opinion = world.opinionOf({ opinionId: opinionIdOf(body.address, new Uint8Array(12).fill(3)) });
    const words = opinionWords(asText(opinion) as OpinionMessage);
    assert.deepEqual(words, asText(wordsOf(opinion)));
    assert.equal(
      hexlify(opinionDigest(asText(opinion) as OpinionMessage, contract())),
      await registry.opinionDigest(words),
    );
  });

  test('whether an opinion covers a passport', async () => {
    const { registry, sender, start } = world;
    const [from, until] = [start - 3n * DAY, start - 2n * DAY];
    const batch = { coverage: 3n, batch: word(LOT), periodEnd: until };
    const cases: Opinion[] = [
      {},
      { coverage: 2n, opinion: 2n },
      batch,
      { ...batch, batch: word('other') },
      { ...batch, periodEnd: until - 1n },
      { ...batch, periodStart: from },
      { ...batch, periodStart: from + 1n },
      { coverage: 1n, batch: word(LOT) },
      { coverage: 0n },
      { coverage: 4n },
      { opinion: 3n },
      { opinion: 4n },
      { product: word('other') },
      { facility: word('other') },
      { method: word('other') },
      { footprint: word('other') },
      { issuer: world.stranger.address },
      { validFrom: from },
      { validFrom: from + 1n },
      { validUntil: until },
      { validUntil: until - 1n },
      { periodStart: from, periodEnd: from + 1n },
      { periodStart: from + 1n, periodEnd: from + 2n },
      { opinionId: opinionIdOf(world.stranger.address, new Uint8Array(12)) },
    ];
    let accepted = 0;
    for (const changes of cases) {
      const opinion = world.opinionOf({ ...about, ...changes });
      const order = world.orderOf({ ...about, lot: word(LOT), opinionId: String(opinion.opinionId) });
      const signature = await world.signOpinion(opinion);
      const refusal = await refusalOf(
        registry,
        registry
          .connect(sender)
          .mintWithOpinion.staticCall(order, await world.signMint(order), wordsOf(opinion), signature),
      );
      const problems = checkOpinionAgainst(
        {
          type: 'opinion/v1',
          nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
          message: asText(opinion) as OpinionMessage,
          domain: {
            name: 'Anchorleaf Opinion',
            version: '1',
            chainId: String(world.chainId),
            verifyingContract: String(registry.target),
            salt: world.salt,
          },
          limitationsText: '',
          reviewer: 'reviewer',
          names: { body: { en: 'body' } },
          signature,
        },
        {
          contract: contract(),
          issuer: world.issuer.address,
          product: PRODUCT,
          facility: FACILITY,
          lot: LOT,
          method: `sha256:${about.method.slice(2)}`,
          footprint: `sha256:${about.footprint.slice(2)}`,
          inputsRoot: String(opinion.inputsRoot).slice(2),
          number: String(opinion.number),
          unit: String(opinion.unit),
          boundary: String(opinion.boundary),
          producedFrom: formatTime(from),
          producedUntil: formatTime(until),
        },
      );
      const codes = problems.map(({ code }) => code);
      assert.equal(
        refusal === null,
        codes.length === 0,
        `${JSON.stringify(asText(changes))}: ${refusal}, ${codes}`,
      );
      if (refusal === null) accepted++;
    }
    assert.ok(accepted >= 6);
  });

  test('whether a consistency proof holds, for random sizes and damages', async () => {
    const probe = await world.ethers.deployContract('MerkleProbe');
    const random = xorshiftBytes(2000, 77).map((one) => BigInt(hexlify(one)));
    let next = 0;
    const draw = (below: bigint) => (random[next++ % random.length] as bigint) % below;
    const cases = Array.from({ length: 400 }, () => {
      const scale = 1n << (1n + draw(63n));
      const size2 = 2n + draw(scale * 2n - 2n);
      const size1 = 1n + draw(size2 - 1n);
      const proof = xorshiftBytes(subproofLength(size1, size2), Number(1n + draw(1n << 30n)));
      const [root1, root2] = rootsOfSubproof(size1, size2, proof, leaf(new Uint8Array([9])));
      const claim = { size1, root1, size2, root2, proof };
      const at = Number(draw(BigInt(proof.length)));
      const damages = [
        claim,
        claim,
        { ...claim, proof: proof.toSpliced(at, 1) },
        { ...claim, proof: proof.toSpliced(at, 0, root1) },
        { ...claim, proof: proof.with(at, root2) },
        { ...claim, size1: size1 + 1n },
        { ...claim, size1: size1 - 1n },
        { ...claim, size2: size2 + 1n },
        { ...claim, size2: size2 - 1n },
        { ...claim, root2: root1 },
      ];
      return damages[Number(draw(BigInt(damages.length)))] as typeof claim;
    });
    const answers: number[] = [];
    for (let at = 0; at < cases.length; at += 50)
      answers.push(
        ...(await probe.getFunction('consistency').staticCall(world.anchor, cases.slice(at, at + 50))).map(
          Number,
        ),
      );
    const want = cases.map((one) => (checkConsistency(one) ? 1 : 0));
    assert.deepEqual(answers, want);
    assert.ok(want.includes(0) && want.includes(1));
  });
});
