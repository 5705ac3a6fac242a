// Who may call what: each power with everyone who has it and everyone who has not, and the table in docs/powers.md,
// which must list exactly these.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { MaxUint256, ZeroHash } from 'ethers';
import {
  createWorld,
  DAY,
  hash,
  type Opinion,
  opinionIdOf,
  refusalOf,
  type World,
  wordsOf,
} from './support/world.ts';

type Person = keyof World['people'];
type Power = {
  contract: 'CheckpointAnchor' | 'BodyRegistry' | 'PassportRegistry';
  /** As in docs/powers.md. */
  action: string;
  who: string;
  /** Everyone who has the power; null: everyone. */
  allowed: readonly Person[] | null;
  refused?: readonly Person[];
  error: string;
  attempt: (world: World, by: HardhatEthersSigner) => Promise<unknown>;
};

/** A covered passport held by `holder`; a log offered to `offered`; an issuer with a recovery account. */
let covered: { tokenId: bigint; opinion: Opinion };

const flagBy = (role: number) => (world: World, by: HardhatEthersSigner) =>
  world.registry.connect(by).setFlag.staticCall(covered.tokenId, role, 1, 1, hash('why'));

const POWERS: Power[] = [
  {
    contract: 'CheckpointAnchor',
    action: '`openLog` without predecessor',
    who: 'anyone',
    allowed: null,
    error: '',
    attempt: ({ anchor }, by) =>
      anchor.connect(by).openLog.staticCall(hash('new'), 60, ZeroHash, 0, ZeroHash, []),
  },
  {
    contract: 'CheckpointAnchor',
    action: '`openLog` naming a predecessor',
    who: 'owner of the predecessor',
    allowed: ['operator'],
    error: 'AnchorPredecessorNotOwned',
    attempt: ({ anchor, logId }, by) =>
      anchor.connect(by).openLog.staticCall(hash('new'), 60, logId, 1, hash('root'), []),
  },
  {
    contract: 'CheckpointAnchor',
    action: '`anchor`',
    who: 'owner of the log',
    allowed: ['operator'],
    error: 'AnchorCallerNotOwner',
    attempt: ({ anchor, logId }, by) =>
      anchor.connect(by).anchor.staticCall(logId, 2, node(hash('root'), hash('leaf')), [hash('leaf')]),
  },
  {
    contract: 'CheckpointAnchor',
    action: '`offerLog`',
    who: 'owner of the log',
    allowed: ['operator'],
    error: 'AnchorCallerNotOwner',
    attempt: ({ anchor, logId, stranger }, by) => anchor.connect(by).offerLog.staticCall(logId, stranger),
  },
  {
    contract: 'CheckpointAnchor',
    action: '`acceptLog`',
    who: 'account the log is offered to',
    allowed: ['offered'],
    error: 'AnchorCallerNotOffered',
    attempt: ({ anchor, logId }, by) => anchor.connect(by).acceptLog.staticCall(logId),
  },
  {
    contract: 'BodyRegistry',
    action: '`registerBody`',
    who: 'anyone but the body itself',
    allowed: null,
    refused: ['body'],
    error: 'BodyIsRegistrar',
    attempt: ({ bodies, body, start }, by) =>
      bodies.connect(by).registerBody.staticCall(body, start, start + DAY, hash('scope'), hash('snapshot')),
  },
  {
    contract: 'BodyRegistry',
    action: '`withdrawRegistration`',
    who: 'registrar that made the registration',
    allowed: ['registrar'],
    error: 'BodyRegistrationUnknown',
    attempt: ({ bodies, body, start }, by) =>
      bodies.connect(by).withdrawRegistration.staticCall(body, 0, 1, hash('why'), start),
  },
  {
    contract: 'BodyRegistry',
    action: '`revokeOpinion`',
    who: 'body whose opinion it is',
    allowed: ['body'],
    error: 'BodyOpinionForeign',
    attempt: ({ bodies }, by) =>
      bodies.connect(by).revokeOpinion.staticCall(String(covered.opinion.opinionId), 1, hash('why')),
  },
  {
    contract: 'PassportRegistry',
    action: '`mint`',
    who: "anyone with the issuer's authorisation",
    allowed: null,
    error: '',
    attempt: async ({ registry, orderOf, signMint }, by) => {
      const order = orderOf();
      await registry.connect(by).mint.staticCall(order, await signMint(order));
    },
  },
  {
    contract: 'PassportRegistry',
    action: '`mintWithOpinion`',
    who: "anyone but the body, with the issuer's authorisation",
    allowed: null,
    refused: ['body'],
    error: 'PassportBodyConflicted',
    attempt: async ({ registry, orderOf, signMint }, by) => {
      const order = orderOf({ opinionId: String(covered.opinion.opinionId) });
      await registry
        .connect(by)
        .mintWithOpinion.staticCall(order, await signMint(order), wordsOf(covered.opinion), '0x');
    },
  },
  {
    contract: 'PassportRegistry',
    action: '`mintBatch`',
    who: "anyone but the body, with the issuers' authorisations",
    allowed: null,
    refused: ['body'],
    error: '0 minted',
    attempt: async ({ registry, orderOf, groupOf }, by) => {
      const group = await groupOf(
        [orderOf({ opinionId: String(covered.opinion.opinionId) })],
        covered.opinion,
      );
      const minted = await registry.connect(by).mintBatch.staticCall([group]);
      if (minted !== 1n) throw new Refusal('0 minted');
    },
  },
  {
    contract: 'PassportRegistry',
    action: '`setFlag`, role 1',
    who: 'issuer, by its current key',
    allowed: ['issuer'],
    error: 'FlagCallerNotInRole',
    attempt: flagBy(1),
  },
  {
    contract: 'PassportRegistry',
    action: '`setFlag`, role 2',
    who: 'body of the opinion',
    allowed: ['body'],
    error: 'FlagCallerNotInRole',
    attempt: flagBy(2),
  },
  {
    contract: 'PassportRegistry',
    action: '`setFlag`, role 3',
    who: 'registrar named in the opinion',
    allowed: ['registrar'],
    error: 'FlagCallerNotInRole',
    attempt: flagBy(3),
  },
  {
    contract: 'PassportRegistry',
    action: '`setFlag`, role 4',
    who: 'anyone',
    allowed: null,
    error: '',
    attempt: flagBy(4),
  },
  {
    contract: 'PassportRegistry',
    action: '`rotateIssuerKey`',
    who: "issuer's current key or recovery account",
    allowed: ['issuer', 'recovery'],
    error: 'IssuerCallerNotKey',
    attempt: ({ registry, issuer, stranger }, by) =>
      registry.connect(by).rotateIssuerKey.staticCall(issuer, stranger),
  },
  {
    contract: 'PassportRegistry',
    action: '`setRecovery`',
    who: "issuer's current key, once",
    allowed: ['sender'],
    error: 'IssuerCallerNotKey',
    // of an issuer that has named no recovery account yet
    attempt: ({ registry, sender, recovery }, by) =>
      registry.connect(by).setRecovery.staticCall(sender, recovery),
  },
  {
    contract: 'PassportRegistry',
    action: '`transferFrom`, `safeTransferFrom`',
    who: 'holder of the token, or whom it approved',
    allowed: ['holder', 'authority'],
    error: 'ERC721InsufficientApproval',
    attempt: async ({ registry, holder, stranger }, by) => {
      const moving = registry.connect(by);
      await moving.transferFrom.staticCall(holder, stranger, covered.tokenId);
      await moving['safeTransferFrom(address,address,uint256)']?.staticCall(
        holder,
        stranger,
        covered.tokenId,
      );
      await moving['safeTransferFrom(address,address,uint256,bytes)']?.staticCall(
        holder,
        stranger,
        covered.tokenId,
        '0x',
      );
    },
  },
  {
    contract: 'PassportRegistry',
    action: '`approve`',
    who: 'holder of the token',
    allowed: ['holder'],
    error: 'ERC721InvalidApprover',
    attempt: ({ registry, stranger }, by) =>
      registry.connect(by).approve.staticCall(stranger, covered.tokenId),
  },
  {
    contract: 'PassportRegistry',
    action: '`setApprovalForAll`',
    who: 'anyone, for its own tokens',
    allowed: null,
    error: '',
    attempt: ({ registry, stranger }, by) =>
      registry.connect(by).setApprovalForAll.staticCall(stranger, true),
  },
];

/** What a batch mint does instead of reverting. */
class Refusal extends Error {}

let node: (left: string, right: string) => string;

describe('powers', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    const { anchor, registry, operator, issuer, holder, authority, offered, recovery, logId, ethers } = world;
    node = (left, right) => ethers.sha256(ethers.concat(['0x01', left, right]));
    await anchor.connect(operator).anchor(logId, 1, hash('root'), []);
    await anchor.connect(operator).offerLog(logId, offered);
    await registry.connect(issuer).setRecovery(issuer, recovery);
    const opinion = world.opinionOf();
    const { tokenId } = await world.mint({}, opinion);
    await registry.connect(issuer).transferFrom(issuer, holder, tokenId);
    await registry.connect(holder).approve(authority, tokenId);
    covered = { tokenId, opinion };
  });

  for (const { contract, action, who, allowed, refused, error, attempt } of POWERS) {
    test(`${contract} ${action.replaceAll('`', '')}: ${who}`, async () => {
      const of = {
        CheckpointAnchor: world.anchor,
        BodyRegistry: world.bodies,
        PassportRegistry: world.registry,
      }[contract];
      for (const [name, person] of Object.entries(world.people)) {
        const mayNot =
          allowed === null ? (refused ?? []).includes(name as Person) : !allowed.includes(name as Person);
        const outcome = await refusalOf(of, attempt(world, person)).catch((problem) => {
          if (problem instanceof Refusal) return problem.message;
          throw problem;
        });
        assert.equal(outcome, mayNot ? error : null, name);
      }
    });
  }

  test('approvals leave the holder no say about status, and the holder none to others', async () => {
    const { registry, holder, tokenId } = { ...world, ...covered };
    for (const role of [1, 2, 3]) {
      assert.equal(
        await refusalOf(registry, registry.connect(holder).setFlag.staticCall(tokenId, role, 2, 1, ZeroHash)),
        'FlagCallerNotInRole',
      );
    }
  });

  test('there is no other function that changes anything', () => {
    for (const [name, of] of [
      ['CheckpointAnchor', world.anchor],
      ['BodyRegistry', world.bodies],
      ['PassportRegistry', world.registry],
    ] as const) {
      const writing = new Set<string>();
      of.interface.forEachFunction((one) => {
        if (!one.constant) writing.add(one.name);
        assert.ok(!one.payable, `${one.name} takes money`);
      });
      const listed = POWERS.filter(({ contract }) => contract === name).flatMap(({ action }) =>
        [...action.matchAll(/`(\w+)`/g)].map(([, call]) => call as string),
      );
      assert.deepEqual([...writing].sort(), [...new Set(listed)].sort(), name);
      assert.equal(of.interface.receive, false);
      assert.equal(of.interface.fallback, null);
    }
  });

  test('docs/powers.md lists exactly these powers', () => {
    const text = readFileSync(new URL('../../docs/powers.md', import.meta.url), 'utf8');
    const rows: string[] = [];
    let contract = '';
    for (const line of text.split('\n')) {
      contract = /^## (\w+)$/.exec(line)?.[1] ?? contract;
      const [, action, who] = line.split('|').map((cell) => cell.trim());
      if (action?.startsWith('`')) rows.push(`${contract} | ${action} | ${who}`);
    }
    assert.deepEqual(
      rows,
      POWERS.map((power) => `${power.contract} | ${power.action} | ${power.who}`),
    );
  });

  test('unknown tokens, roles and logs give nobody a power', async () => {
    const { registry, anchor, issuer, operator } = world;
    const unknown = registry.connect(issuer).setFlag.staticCall(MaxUint256, 4, 1, 1, ZeroHash);
    assert.equal(await refusalOf(registry, unknown), 'PassportUnknown');
    for (const role of [0, 5, 255]) {
      const odd = registry.connect(issuer).setFlag.staticCall(covered.tokenId, role, 1, 1, ZeroHash);
      assert.equal(await refusalOf(registry, odd), 'FlagCallerNotInRole');
    }
    assert.equal(
      await refusalOf(
        anchor,
        anchor.connect(operator).anchor.staticCall(hash('no log'), 1, hash('root'), []),
      ),
      'AnchorCallerNotOwner',
    );
  });

  test('flags of the revoked opinion id of another body cannot be claimed', async () => {
    const { bodies, stranger, body } = world;
    const foreign = bodies
      .connect(stranger)
      .revokeOpinion.staticCall(opinionIdOf(body.address, 7n), 1, ZeroHash);
    assert.equal(await refusalOf(bodies, foreign), 'BodyOpinionForeign');
  });
});
