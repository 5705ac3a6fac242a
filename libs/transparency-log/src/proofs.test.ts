import fc from 'fast-check';
import {
  leaf,
  path,
  pathLength,
  root,
  rootOfPath,
  rootsOfSubproof,
  subproof,
  subproofLength,
  xorshiftBytes,
} from '../../../test/support/merkle-reference.ts';
import { type ConsistencyClaim, checkConsistency, consistencyPlan, proveConsistency } from './consistency.ts';
import { checkInclusion, type InclusionClaim, inclusionPlan, proveInclusion } from './inclusion.ts';
import { readerOf } from './nodes.ts';

const MAX = (1n << 64n) - 1n;
const LEAVES = xorshiftBytes(64).map(leaf);
const ROOTS = Array.from({ length: 65 }, (_, size) => root(LEAVES.slice(0, size)));
const read = readerOf(LEAVES);
const rootOf = (size: bigint) => ROOTS[Number(size)] as Uint8Array;
const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));

const inclusion = (index: bigint, size: bigint): InclusionClaim => ({
  leafHash: LEAVES[Number(index)] as Uint8Array,
  index,
  size,
  proof: proveInclusion(read, index, size),
  root: rootOf(size),
});
const consistency = (size1: bigint, size2: bigint): ConsistencyClaim => ({
  size1,
  root1: rootOf(size1),
  size2,
  root2: rootOf(size2),
  proof: proveConsistency(read, size1, size2),
});

function* everyInclusion(to: bigint) {
  for (let size = 1n; size <= to; size++)
    for (let index = 0n; index < size; index++) yield inclusion(index, size);
}
function* everyConsistency(to: bigint) {
  for (let size2 = 1n; size2 <= to; size2++)
    for (let size1 = 1n; size1 <= size2; size1++) yield consistency(size1, size2);
}

describe('every tree to size 64', () => {
  test('every inclusion proof is the one of RFC 9162 and holds', () => {
    for (const claim of everyInclusion(64n)) {
      expect(claim.proof).toEqual(path(Number(claim.index), LEAVES.slice(0, Number(claim.size))));
      expect(checkInclusion(claim)).toBe(true);
    }
  });
  test('every consistency proof is the one of RFC 9162 and holds', () => {
    for (const claim of everyConsistency(64n)) {
      expect(claim.proof).toEqual(subproof(Number(claim.size1), LEAVES.slice(0, Number(claim.size2))));
      expect(checkConsistency(claim)).toBe(true);
    }
  });
});

describe('tampering, every proof to size 33', () => {
  const other = new Uint8Array(32).fill(0x5a);
  /** Other proofs than the given one: each hash dropped, doubled, replaced, swapped; one more; reversed. */
  function* otherProofs(proof: readonly Uint8Array[]) {
    yield [...proof, other];
    yield [other, ...proof];
    if (proof.length > 1) yield proof.toReversed();
    for (let at = 0; at < proof.length; at++) {
      yield proof.toSpliced(at, 1);
      yield proof.toSpliced(at, 0, proof[at] as Uint8Array);
      yield proof.with(at, other);
      if (at > 0) yield proof.with(at, proof[at - 1] as Uint8Array).with(at - 1, proof[at] as Uint8Array);
      yield proof.with(at, (proof[at] as Uint8Array).subarray(0, 31));
      yield proof.with(at, new Uint8Array([...(proof[at] as Uint8Array), 0]));
    }
  }
  /** The hash with one bit flipped: all 256 in small trees, one in every other byte in larger ones, where all would take minutes. */
  function* flips(hash: Uint8Array, size: bigint) {
    for (let bit = 0; bit < 256; bit += size <= 8n ? 1 : 16) {
      const flipped = hash.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (((bit >> 3) + bit + Number(size)) % 8));
      yield flipped;
    }
  }
  const failures = <T>(
    claims: Iterable<T>,
    holds: (claim: T) => boolean,
    tampered: (claim: T) => Iterable<T>,
  ) => {
    let tried = 0;
    for (const claim of claims)
      for (const bad of tampered(claim)) {
        tried++;
        if (holds(bad))
          throw new Error(`accepted ${JSON.stringify(bad, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`);
      }
    return tried;
  };

  test('no changed inclusion proof holds', () => {
    const tried = failures(everyInclusion(33n), checkInclusion, function* (claim) {
      for (const proof of otherProofs(claim.proof)) yield { ...claim, proof };
      for (const [at, hash] of claim.proof.entries())
        for (const flipped of flips(hash, claim.size))
          yield { ...claim, proof: claim.proof.with(at, flipped) };
      for (const root of flips(claim.root, claim.size)) yield { ...claim, root };
      for (const leafHash of flips(claim.leafHash, claim.size)) yield { ...claim, leafHash };
      yield { ...claim, root: claim.leafHash === claim.root ? other : claim.leafHash };
    });
    expect(tried).toBeGreaterThan(50_000);
  });
  test('no changed consistency proof holds', () => {
    const tried = failures(everyConsistency(33n), checkConsistency, function* (claim) {
      for (const proof of otherProofs(claim.proof)) yield { ...claim, proof };
      for (const [at, hash] of claim.proof.entries())
        for (const flipped of flips(hash, claim.size2))
          yield { ...claim, proof: claim.proof.with(at, flipped) };
      for (const root1 of flips(claim.root1, claim.size2)) yield { ...claim, root1 };
      for (const root2 of flips(claim.root2, claim.size2)) yield { ...claim, root2 };
      if (claim.size1 < claim.size2) {
        yield { ...claim, root1: claim.root2 };
        yield { ...claim, root2: claim.root1 };
        yield { ...claim, size1: claim.size2, size2: claim.size1, root1: claim.root2, root2: claim.root1 };
        yield { ...claim, size2: claim.size1 };
        yield { ...claim, size1: claim.size2 };
      }
    });
    expect(tried).toBeGreaterThan(50_000);
  });
  test('an entry proved at one place is not proved at another', () => {
    for (const claim of everyInclusion(33n))
      for (let index = 0n; index <= claim.size; index++)
        if (index !== claim.index) expect(checkInclusion({ ...claim, index })).toBe(false);
  });
  test('another size holds only where the path has the same turns: the size must come from a signed or anchored head', () => {
    let same = 0;
    for (const claim of everyInclusion(33n))
      for (const size of [claim.size - 1n, claim.size + 1n, 2n * claim.size]) {
        const sameTurns = size > claim.index && turns(claim.index, size) === turns(claim.index, claim.size);
        expect(checkInclusion({ ...claim, size })).toBe(sameTurns);
        if (sameTurns) same++;
      }
    expect(same).toBeGreaterThan(0); // (0, 3) and (0, 4) for instance
  });
  test('another old size never holds', () => {
    for (const claim of everyConsistency(33n))
      for (let size1 = 0n; size1 <= claim.size2 + 1n; size1++)
        if (size1 !== claim.size1) expect(checkConsistency({ ...claim, size1 })).toBe(false);
  });
});

/** The sides on which the siblings stand, from the root: two trees with the same turns have the same verifier. */
function turns(index: bigint, size: bigint): string {
  if (size === 1n) return '';
  let k = 1n;
  while (2n * k < size) k *= 2n;
  return index < k ? `R${turns(index, k)}` : `L${turns(index - k, size - k)}`;
}

describe('sizes to 2^64 - 1', () => {
  const size = fc.oneof(
    fc.bigInt({ min: 1n, max: MAX }),
    fc.integer({ min: 0, max: 63 }).chain((bits) => fc.bigInt({ min: 1n, max: (2n << BigInt(bits)) - 1n })),
    fc.integer({ min: 1, max: 63 }).map((bits) => 1n << BigInt(bits)),
    fc.constantFrom(MAX, MAX - 1n, 1n << 63n),
  );
  const hashes = xorshiftBytes(70, 7);

  test('the climbing verifier agrees with the recursive definition: inclusion', () => {
    fc.assert(
      fc.property(size, fc.bigInt({ min: 0n, max: MAX }), (size, any) => {
        const index = any % size;
        const proof = hashes.slice(0, pathLength(index, size));
        const claim = {
          leafHash: hashes[69] as Uint8Array,
          index,
          size,
          proof,
          root: rootOfPath(hashes[69] as Uint8Array, index, size, proof),
        };
        expect(checkInclusion(claim)).toBe(true);
        expect(inclusionPlan(index, size)).toHaveLength(proof.length);
        expect(checkInclusion({ ...claim, proof: hashes.slice(0, proof.length + 1) })).toBe(false);
        expect(checkInclusion({ ...claim, proof: proof.slice(1) })).toBe(proof.length === 0);
      }),
    );
  });
  test('the climbing verifier agrees with the recursive definition: consistency', () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [size1, size2] = a < b ? [a, b] : [b, a];
        const proof = hashes.slice(0, subproofLength(size1, size2));
        const [root1, root2] = rootsOfSubproof(size1, size2, proof, hashes[69] as Uint8Array);
        const claim = { size1, root1, size2, root2, proof };
        expect(checkConsistency(claim)).toBe(true);
        expect(consistencyPlan(size1, size2)).toHaveLength(proof.length);
        expect(checkConsistency({ ...claim, proof: hashes.slice(0, proof.length + 1) })).toBe(false);
        expect(checkConsistency({ ...claim, proof: proof.slice(1) })).toBe(proof.length === 0);
      }),
    );
  });
  test('a plan names complete subtrees that lie side by side and cover all but the leaf', () => {
    fc.assert(
      fc.property(size, fc.bigInt({ min: 0n, max: MAX }), (size, any) => {
        const index = any % size;
        const ranges = inclusionPlan(index, size)
          .flat()
          .map(({ level, index }) => [index << BigInt(level), (index + 1n) << BigInt(level)] as const)
          .concat([[index, index + 1n]])
          .sort(([a], [b]) => (a < b ? -1 : 1));
        let next = 0n;
        for (const [lo, hi] of ranges) {
          expect(lo).toBe(next);
          next = hi;
        }
        expect(next).toBe(size);
      }),
    );
  });
});

describe('claims that no tree can make', () => {
  const good = inclusion(2n, 5n);
  const grown = consistency(3n, 5n);
  test('the untouched ones hold', () => {
    expect(checkInclusion(good)).toBe(true);
    expect(checkConsistency(grown)).toBe(true);
  });
  test.each([
    ['index = size', { index: 5n }],
    ['index beyond', { index: MAX }],
    ['negative index', { index: -1n }],
    ['size 0', { size: 0n, index: 0n, proof: [] }],
    ['size 2^64', { size: 1n << 64n }],
    ['number for bigint', { index: 2 }],
    ['text for bigint', { size: '5' }],
    ['no proof', { proof: undefined }],
    ['proof of text', { proof: ['00'] }],
    ['proof with a hole', { proof: [null, ...good.proof] }],
    ['root of 31 bytes', { root: good.root.subarray(1) }],
    ['root missing', { root: undefined }],
    ['leaf hash as text', { leafHash: 'aa' }],
    ['leaf hash in wider numbers', { leafHash: new Uint32Array(32) }],
  ])('inclusion with %s does not hold, and nothing is thrown', (_, change) => {
    expect(checkInclusion({ ...good, ...change } as never)).toBe(false);
  });
  test.each([
    ['size 0 to 5', { size1: 0n, root1: rootOf(0n), proof: [] }],
    ['size 0 to 5 with a proof', { size1: 0n, root1: rootOf(0n) }],
    ['size 0 to 0', { size1: 0n, size2: 0n, root1: rootOf(0n), root2: rootOf(0n), proof: [] }],
    [
      'size 0 to 1, as if from the empty root',
      { size1: 0n, size2: 1n, root1: rootOf(0n), root2: rootOf(1n), proof: [rootOf(1n)] },
    ],
    ['sizes the wrong way', { size1: 5n, size2: 3n }],
    ['size 2^64', { size2: 1n << 64n }],
    ['equal sizes with a proof', { size1: 5n, root1: rootOf(5n) }],
    ['equal sizes, other roots', { size1: 5n, proof: [] }],
    ['no proof', { proof: null }],
    ['an empty proof', { proof: [] }],
    ['root of 33 bytes', { root1: new Uint8Array(33) }],
    ['a proof that is bytes', { proof: new Uint8Array(96) }],
  ])('consistency with %s does not hold, and nothing is thrown', (_, change) => {
    expect(checkConsistency({ ...grown, ...change } as never)).toBe(false);
  });
  test('equal sizes need equal roots and an empty proof', () => {
    expect(checkConsistency({ size1: 5n, root1: rootOf(5n), size2: 5n, root2: rootOf(5n), proof: [] })).toBe(
      true,
    );
  });
  test('proving what is not there is refused with a code', () => {
    refused(() => proveInclusion(read, 5n, 5n), 'log/index-out-of-range');
    refused(() => proveInclusion(read, 0n, 0n), 'log/index-out-of-range');
    refused(() => proveInclusion(read, -1n, 5n), 'log/index-out-of-range');
    refused(() => inclusionPlan(0n, 1n << 64n), 'log/size-out-of-range');
    refused(() => proveConsistency(read, 0n, 5n), 'log/empty-tree');
    refused(() => proveConsistency(read, 0n, 0n), 'log/empty-tree');
    refused(() => proveConsistency(read, 5n, 3n), 'log/size-out-of-range');
    refused(() => consistencyPlan(5n, 1n << 64n), 'log/size-out-of-range');
  });
  test('any junk gives a verdict', () => {
    fc.assert(
      fc.property(fc.object(), (junk) => {
        expect(checkInclusion({ ...good, ...junk } as never)).toBe(
          checkInclusion({ ...good, ...junk } as never),
        );
        expect(checkInclusion(junk as never)).toBe(false);
        expect(checkConsistency(junk as never)).toBe(false);
      }),
    );
  });
});
