import { createHash } from 'node:crypto';
import { checkInclusion } from '#lib/transparency-log';
import { Random } from '../random.ts';
import { Items, itemLeafHash, makeItems, serialLength } from './items.ts';

/** Repeatable bytes; few enough different ones in `narrow` that serials collide and are drawn again. */
class Counted extends Random {
  private calls = 0;
  constructor(private readonly narrow = false) {
    super();
  }
  override bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 32)
      bytes.set(
        createHash('sha256')
          .update(`${this.calls}/${at}`)
          .digest()
          .subarray(0, Math.min(32, count - at)),
        at,
      );
    this.calls++;
    return this.narrow ? bytes.map((byte, at) => (at % 8 === 7 ? byte : 0)) : bytes;
  }
}

test.each([1, 2, 3, 255, 256, 257, 700, 1000])('%i items: each is found and proved', (count) => {
  const { blob, root } = makeItems(count, new Counted());
  const items = new Items(blob);
  expect(items.count).toBe(count);
  const step = Math.max(1, Math.floor(count / 40));
  for (let at = 0; at < count; at += step) {
    const item = items.at(at);
    expect(item.serial).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(items.find(item.serial)).toEqual(item);
    const claim = {
      leafHash: itemLeafHash(item.serial, item.salt),
      index: BigInt(at),
      size: BigInt(count),
      root,
    };
    expect(checkInclusion({ ...claim, proof: items.prove(at) })).toBe(true);
    expect(
      checkInclusion({
        ...claim,
        leafHash: itemLeafHash(item.serial, items.at((at + 1) % count).salt),
        proof: items.prove(at),
      }),
    ).toBe(count === 1);
  }
});

test('serials are distinct and sorted, also when the random ones collide', () => {
  const { blob } = makeItems(30, new Counted(true));
  const serials = new Items(blob).slice(0, 100).map((item) => item.serial);
  expect(new Set(serials).size).toBe(30);
  expect([...serials].sort()).toEqual(serials);
});

test('what is not there is not found', () => {
  const items = new Items(makeItems(300, new Counted()).blob);
  for (const serial of ['', '00000000', 'ZZZZZZZZ', 'nonsense', `${items.at(7).serial} `])
    expect(items.find(serial)).toBeNull();
});

test('longer serials above 10,000; a changed blob is refused', () => {
  expect([serialLength(10_000), serialLength(10_001)]).toEqual([8, 10]);
  const { blob } = makeItems(5, new Counted());
  expect(() => new Items(blob.subarray(0, blob.length - 1))).toThrow(/item blob has/);
});
