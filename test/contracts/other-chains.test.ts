// The same code on another chain: after a split, where signatures and log ids must not carry over, and where the SHA-256
// precompile is missing or broken.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { hexlify, TypedDataEncoder } from 'ethers';
import { network } from 'hardhat';
import { leaf, root, subproof, xorshiftBytes } from '../support/merkle-reference.ts';
import {
  type Callable,
  createWorld,
  MINT_TYPES,
  OPINION_TYPES,
  refusalOf,
  type World,
  wordsOf,
} from './support/world.ts';

const OTHER_CHAIN = 4242;

describe('on the other side of a chain split', () => {
  let world: World;
  let there: Callable;
  let anchorThere: Callable;
  /** Deployed on the other chain, not moved to it. */
  let born: Callable;
  before(async () => {
    world = await createWorld();
    // a hardfork without a floor for calldata, under which one call's gas shows what was done in it
    const { ethers, provider } = await network.create({
      override: { chainId: OTHER_CHAIN, hardfork: 'cancun' },
    });
    const moved = async (contract: Callable) => {
      const code = await world.ethers.provider.getCode(contract);
      await provider.request({ method: 'hardhat_setCode', params: [String(contract.target), code] });
      return contract.connect((await ethers.getSigners())[0] as World['sender']);
    };
    const { registry, anchor, bodies, salt } = world;
    [there, anchorThere] = [await moved(registry), await moved(anchor)];
    const parts = [anchorThere, await moved(bodies), salt];
    // by an account whose contracts stand nowhere yet
    const deployer = (await ethers.getSigners())[5];
    born = (await ethers.deployContract('PassportRegistry', parts, deployer)) as unknown as Callable;
  });

  test('digests are those of that chain', async () => {
    const [order, opinion] = [world.orderOf(), world.opinionOf()];
    for (const [contract, chainId] of [
      [world.registry, world.chainId],
      [there, BigInt(OTHER_CHAIN)],
    ] as const) {
      const domain = (name: string) => ({ ...world.domain(name), chainId });
      assert.equal(
        await contract.mintDigest(order),
        TypedDataEncoder.hash(domain('Anchorleaf Passport'), MINT_TYPES, order),
      );
      assert.equal(
        await contract.opinionDigest(wordsOf(opinion)),
        TypedDataEncoder.hash(domain('Anchorleaf Opinion'), OPINION_TYPES, opinion),
      );
    }
  });

  test('separators kept from deployment cost less than those built anew', async () => {
    const [order, words] = [world.orderOf(), wordsOf(world.opinionOf())];
    for (const [name, argument] of [
      ['mintDigest', order],
      ['opinionDigest', words],
    ] as const) {
      const [here, elsewhere] = await Promise.all(
        [born, there].map((contract) => contract[name]?.estimateGas(argument)),
      );
      assert.ok(Number(elsewhere) - Number(here) > 200, `${name}: ${here} here, ${elsewhere} there`);
    }
  });

  test('log ids are others', async () => {
    const { anchor, operator, originHash, ethers } = world;
    const encoded = ethers.AbiCoder.defaultAbiCoder().encode(
      ['uint256', 'address', 'address', 'bytes32'],
      [OTHER_CHAIN, anchor.target, operator.address, originHash],
    );
    assert.equal(await anchorThere.logIdOf(operator, originHash), ethers.keccak256(encoded));
  });
});

describe('where SHA-256 is not what it should be', () => {
  const leaves = xorshiftBytes(7).map(leaf);
  const rootAt = (size: number) => hexlify(root(leaves.slice(0, size)));
  const pairs = [
    [1, 2],
    [3, 7],
    [5, 7],
    [6, 7],
  ] as const;
  // PUSH1 2, GAS, STATICCALL: the calls to the precompile of SHA-256
  const CALL = '60025afa';
  const STAND_INS: readonly [string, string][] = [
    ['nobody there', '60ee5afa'], // succeeds and answers nothing
    ['an answer of another length', '60045afa'], // identity: 65 bytes
    ['a call that fails', '60065afa'], // adding points that are none
  ];

  for (const [what, call] of STAND_INS) {
    test(`${what}: no proof is judged by it`, async () => {
      const { ethers, provider, anchor } = await createWorld();
      const parts = (await ethers.provider.getCode(anchor)).split(CALL);
      assert.ok(parts.length > 1, 'no call to the precompile was found');
      const verdictOf = async (size1: number, size2: number) => {
        const proof = subproof(size1, leaves.slice(0, size2)).map(hexlify);
        const asked = anchor.verifyConsistency(size1, rootAt(size1), size2, rootAt(size2), proof);
        return (await refusalOf(anchor, asked)) ?? String(await asked);
      };
      // one call at a time, so that each is seen to be checked
      for (let broken = 1; broken < parts.length; broken++) {
        const code = parts.reduce((so, part, at) => so + (at === broken ? call : CALL) + part);
        await provider.request({ method: 'hardhat_setCode', params: [String(anchor.target), code] });
        const verdicts: string[] = [];
        for (const [size1, size2] of pairs) verdicts.push(await verdictOf(size1, size2));
        // a proof that does not need this call holds as ever; nothing is judged by a broken hash
        assert.ok(verdicts.includes('MerkleHashFailed'), `call ${broken}: ${verdicts}`);
        assert.deepEqual(
          verdicts.filter((one) => one !== 'MerkleHashFailed' && one !== 'true'),
          [],
        );
      }
    });
  }
});
