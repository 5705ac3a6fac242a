// docs/formats/contracts.md: its example, and that it names every error and event of the contracts.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { toBeHex } from 'ethers';
import { createWorld, type World } from './support/world.ts';

const PAGE = readFileSync(new URL('../../docs/formats/contracts.md', import.meta.url), 'utf8');
const sha256 = (text: string) => `0x${createHash('sha256').update(text).digest('hex')}`;

describe('docs/formats/contracts.md', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });

  test('its example is what the contract computes', async () => {
    const example =
      /Issuer `(0x\w+)`, product `(\S+)`, lot\s+`(\S+)`, release (\d+) has token id\s+`(0x\w+)`/.exec(PAGE);
    assert.ok(example, 'the example is not there');
    const [, issuer, product, lot, release, tokenId] = example as unknown as string[];
    const found = await world.registry.tokenIdOf(
      issuer as string,
      sha256(product as string),
      sha256(lot as string),
      Number(release),
    );
    assert.equal(tokenId, toBeHex(found, 32));
  });

  test('every error and event is named', () => {
    const { anchor, bodies, registry } = world;
    const missing: string[] = [];
    for (const contract of [anchor, bodies, registry]) {
      contract.interface.forEachError(({ name }) => {
        if (!name.startsWith('ERC721') && !PAGE.includes(`\`${name}\``)) missing.push(name);
      });
      contract.interface.forEachEvent(({ name }) => {
        if (!PAGE.includes(`\`${name}`)) missing.push(name);
      });
    }
    assert.deepEqual(missing, []);
  });

  test('no error or event is named that is not there', () => {
    const { anchor, bodies, registry } = world;
    const known = new Set<string>();
    for (const contract of [anchor, bodies, registry]) {
      contract.interface.forEachError(({ name }) => known.add(name));
      contract.interface.forEachEvent(({ name }) => known.add(name));
    }
    const named = [...PAGE.matchAll(/`((?:Anchor|Merkle|Body|Passport|Flag|Issuer)[A-Z]\w+)`/g)].map(
      ([, name]) => name as string,
    );
    const unknown = named.filter(
      (name) => !known.has(name) && !['BodyRegistry', 'PassportRegistry'].includes(name),
    );
    assert.deepEqual(unknown, []);
  });
});
