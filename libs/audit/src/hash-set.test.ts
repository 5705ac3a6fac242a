import fc from 'fast-check';
import { sha256, utf8 } from '#lib/canonical';
import { HashSet } from './hash-set.ts';

const hash = (n: number) => sha256(utf8(`hash ${n}`));

test('says what a set says, also after it grew and was kept', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 4_000 }), (numbers) => {
      const [ours, plain] = [new HashSet(), new Set<number>()];
      for (const n of numbers) {
        expect(ours.add(hash(n))).toBe(!plain.has(n));
        plain.add(n);
      }
      const kept = HashSet.decode(ours.encode());
      expect([ours.size, kept.size]).toEqual([plain.size, plain.size]);
      for (let n = 0; n < 3_000; n += 7) {
        expect(ours.has(hash(n))).toBe(plain.has(n));
        expect(kept.has(hash(n))).toBe(plain.has(n));
      }
    }),
    { numRuns: 20 },
  );
});

test('a hash of zeros has a place as well', () => {
  const set = new HashSet();
  const zeros = new Uint8Array(32);
  expect([set.has(zeros), set.add(zeros), set.add(zeros), set.has(zeros)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(HashSet.decode(set.encode()).has(zeros)).toBe(true);
  expect(() => HashSet.decode(new Uint8Array(13))).toThrow('13 bytes');
});
