// What each call costs, compared with the snapshot in git: more than 1 % off fails. After a wanted change:
//     UPDATE_GAS=1 npx hardhat test nodejs test/contracts/gas.test.ts
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type ContractTransactionResponse, ZeroAddress, ZeroHash } from 'ethers';
import { leaf, rootsOfSubproof, subproofLength, xorshiftBytes } from '../support/merkle-reference.ts';
import {
  createWorld,
  DAY,
  hash,
  type Opinion,
  type Order,
  opinionIdOf,
  type World,
  wordsOf,
} from './support/world.ts';

const FILE = new URL('./gas-snapshot.json', import.meta.url);
const UPDATE = process.env.UPDATE_GAS === '1';

/** Transactions count all that the sender pays; checks count execution alone. */
const measured: Record<string, number> = {};

/** Any proof of the right length is right for the two roots it leads to: no tree of a million leaves is needed. */
function grow(size1: bigint, size2: bigint) {
  const proof = xorshiftBytes(subproofLength(size1, size2));
  const [root1, root2] = rootsOfSubproof(size1, size2, proof, leaf(new Uint8Array([1])));
  return { size1, root1, size2, root2, proof };
}

describe('gas', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  const spend = async (name: string, sent: Promise<ContractTransactionResponse>) => {
    const receipt = await (await sent).wait();
    measured[name] = Number(receipt?.gasUsed);
    return measured[name];
  };

  test('anchors', async () => {
    const { anchor, operator, ethers } = world;
    const probe = await ethers.deployContract('MerkleProbe');
    for (const [size1, size2] of [
      [524_288n, 1_001_000n],
      [1_000_000n, 1_001_000n],
      [999_999n, 1_000_000n],
      [700_001n, 1_001_000n],
    ] as const) {
      const grown = grow(size1, size2);
      const label = `${size1} to ${size2}, ${grown.proof.length} hashes`;
      const [accepted, gasUsed] = await probe.consistencyGas.staticCall(grown);
      assert.ok(accepted);
      measured[`consistency check ${label}`] = Number(gasUsed);

      const origin = hash(label);
      const logId = await anchor.logIdOf(operator, origin);
      await spend(
        'openLog with a first head',
        anchor.openLog(origin, 3600, ZeroHash, size1, grown.root1, []),
      );
      await spend(`anchor ${label}`, anchor.anchor(logId, size2, grown.root2, grown.proof));
    }
    await spend('openLog without a head', anchor.openLog(hash('empty'), 3600, ZeroHash, 0, ZeroHash, []));
    await spend('offerLog', anchor.offerLog(world.logId, operator));
    await spend('acceptLog', anchor.acceptLog(world.logId));
    assert.ok((measured['consistency check 1000000 to 1001000, 11 hashes'] ?? Infinity) <= 8_500);
    assert.ok((measured['anchor 1000000 to 1001000, 11 hashes'] ?? Infinity) <= 80_000);
  });

  test('bodies', async () => {
    const { bodies, registrar, body, stranger, start } = world;
    await spend(
      'registerBody',
      bodies.connect(registrar).registerBody(stranger, start, start + DAY, hash('scope'), hash('snapshot')),
    );
    await spend(
      'withdrawRegistration',
      bodies.connect(registrar).withdrawRegistration(stranger, 0, 1, hash('why'), start),
    );
    await spend(
      'revokeOpinion',
      bodies.connect(body).revokeOpinion(opinionIdOf(body.address, 1n << 80n), 1, hash('why')),
    );
  });

  test('passports one by one', async () => {
    const { registry, sender, issuer, authority } = world;
    const minting = registry.connect(sender);
    const selfDeclared = async (name: string, changes: Partial<Order> = {}) => {
      const order = world.orderOf(changes);
      await spend(name, minting.mint(order, await world.signMint(order)));
      return order;
    };
    const covered = async (name: string, opinion: Opinion) => {
      const order = world.orderOf({ opinionId: String(opinion.opinionId) });
      const signature = await world.signOpinion(opinion);
      await spend(
        name,
        minting.mintWithOpinion(order, await world.signMint(order), wordsOf(opinion), signature),
      );
    };
    await selfDeclared('mint, the first of an issuer and log');
    const order = await selfDeclared('mint');
    await selfDeclared('mint of release 2', {
      lot: order.lot,
      release: 2n,
      supersedes: world.tokenIdOf(order),
    });
    const opinion = world.opinionOf();
    await covered('mintWithOpinion, the first under an opinion', opinion);
    await covered('mintWithOpinion', opinion);
    const tokenId = world.tokenIdOf(order);
    await spend('setFlag', registry.connect(authority).setFlag(tokenId, 4, 1, 1, hash('why')));
    await spend('setRecovery', registry.connect(issuer).setRecovery(issuer, sender));
    await spend('rotateIssuerKey', registry.connect(issuer).rotateIssuerKey(issuer, authority));
    await registry.connect(sender).rotateIssuerKey(issuer, issuer);
  });

  test('passports by the hundred', async () => {
    const { registry, sender } = world;
    const batch = async (name: string, opinion: Opinion | null) => {
      const orders = Array.from({ length: 100 }, () =>
        world.orderOf({ opinionId: opinion ? String(opinion.opinionId) : ZeroHash }),
      );
      const groups = [await world.groupOf(orders, opinion ?? undefined)];
      assert.equal(await registry.connect(sender).mintBatch.staticCall(groups), 100n);
      const spent = await spend(name, registry.connect(sender).mintBatch(groups));
      measured[`${name}, per passport`] = Math.round(spent / 100);
    };
    await batch('mintBatch of 100 self-declared', null);
    await batch('mintBatch of 100 under one opinion', world.opinionOf());
  });

  test('deployment', async () => {
    const { ethers, anchor, bodies, salt } = world;
    for (const [name, args] of [
      ['CheckpointAnchor', []],
      ['BodyRegistry', []],
      ['PassportRegistry', [anchor, bodies, salt]],
    ] as const) {
      const deployed = await ethers.deployContract(name, [...args]);
      const receipt = await deployed.deploymentTransaction()?.wait();
      measured[`deployment of ${name}`] = Number(receipt?.gasUsed);
    }
    assert.notEqual(anchor.target, ZeroAddress);
  });

  after(() => {
    if (UPDATE) writeFileSync(FILE, `${JSON.stringify(measured, null, 2)}\n`);
  });

  test('all within 1 % of the snapshot', () => {
    if (UPDATE) return;
    const snapshot: Record<string, number> = JSON.parse(readFileSync(FILE, 'utf8'));
    assert.deepEqual(Object.keys(measured).sort(), Object.keys(snapshot).sort(), 'run with UPDATE_GAS=1');
    const off = Object.entries(measured).filter(
      ([name, gas]) => Math.abs(gas / (snapshot[name] ?? 0) - 1) > 0.01,
    );
    const lines = off.map(([name, gas]) => `${name}: ${gas}, snapshot ${snapshot[name]}`);
    assert.deepEqual(lines, [], 'if the change is wanted, run with UPDATE_GAS=1');
  });
});
