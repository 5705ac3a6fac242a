// Roots and proofs by the recursive definition of RFC 9162, not by the code under test.
import {
  leaf,
  node,
  path,
  pathLength,
  root,
  rootOfPath,
  rootsOfSubproof,
  subproof,
  subproofLength,
  xorshiftBytes,
} from '../../test/support/merkle-reference.ts';

/** Hashes and entries are lower-case hex, sizes and indexes decimal text. A hash need not have 32 bytes, nor a size 64 bits. */
export type MerkleInput =
  | { readonly kind: 'root'; readonly entries: readonly string[] }
  | {
      readonly kind: 'inclusion';
      readonly index: string;
      readonly size: string;
      readonly leafHash: string;
      readonly root: string;
      readonly proof: readonly string[];
    }
  | {
      readonly kind: 'consistency';
      readonly size1: string;
      readonly size2: string;
      readonly root1: string;
      readonly root2: string;
      readonly proof: readonly string[];
    }
  | { readonly kind: 'prove-inclusion'; readonly index: string; readonly size: string }
  | { readonly kind: 'prove-consistency'; readonly size1: string; readonly size2: string };

/** `want`: the root as hex, or whether the claim holds. `wantError`: the code that proving is refused with. */
export type MerkleVector = { readonly desc: string; readonly input: MerkleInput } & (
  | { readonly want: string | boolean }
  | { readonly wantError: string }
);
type InclusionInput = Extract<MerkleInput, { kind: 'inclusion' }>;
type ConsistencyInput = Extract<MerkleInput, { kind: 'consistency' }>;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const ENTRIES = xorshiftBytes(33);
const LEAVES = ENTRIES.map(leaf);
const RANDOM = xorshiftBytes(80, 0x2f6e2b1);
const MAX = (1n << 64n) - 1n;

function inclusion(index: number, size: number): InclusionInput {
  const leaves = LEAVES.slice(0, size);
  return {
    kind: 'inclusion',
    index: String(index),
    size: String(size),
    leafHash: hex(leaves[index] as Uint8Array),
    root: hex(root(leaves)),
    proof: path(index, leaves).map(hex),
  };
}

function consistency(size1: number, size2: number): ConsistencyInput {
  return {
    kind: 'consistency',
    size1: String(size1),
    size2: String(size2),
    root1: hex(root(LEAVES.slice(0, size1))),
    root2: hex(root(LEAVES.slice(0, size2))),
    proof: subproof(size1, LEAVES.slice(0, size2)).map(hex),
  };
}

/** A proof in a tree too large to build: its hashes are given and the root follows from them. */
function largeInclusion(index: bigint, size: bigint): InclusionInput {
  const proof = RANDOM.slice(0, pathLength(index, size));
  const leafHash = RANDOM[79] as Uint8Array;
  return {
    kind: 'inclusion',
    index: String(index),
    size: String(size),
    leafHash: hex(leafHash),
    root: hex(rootOfPath(leafHash, index, size, proof)),
    proof: proof.map(hex),
  };
}

function largeConsistency(size1: bigint, size2: bigint): ConsistencyInput {
  const proof = RANDOM.slice(0, subproofLength(size1, size2));
  const [root1, root2] = rootsOfSubproof(size1, size2, proof, RANDOM[79] as Uint8Array);
  return {
    kind: 'consistency',
    size1: String(size1),
    size2: String(size2),
    root1: hex(root1),
    root2: hex(root2),
    proof: proof.map(hex),
  };
}

const flipped = (text: string, bit: number): string => {
  const bytes = unhex(text);
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  return hex(bytes);
};

/** Other proofs than the right one, each with a name. */
function wrongProofs(proof: readonly string[]): [string, readonly string[]][] {
  const other = hex(RANDOM[78] as Uint8Array);
  const wrong: [string, readonly string[]][] = [
    ['a hash more at the end', [...proof, other]],
    ['a hash more at the start', [other, ...proof]],
  ];
  if (proof.length > 1) wrong.push(['hashes in reverse', proof.toReversed()]);
  proof.forEach((hash, at) => {
    wrong.push([`hash ${at} dropped`, proof.toSpliced(at, 1)]);
    wrong.push([`hash ${at} twice`, proof.toSpliced(at, 0, hash)]);
    wrong.push([`hash ${at} replaced`, proof.with(at, other)]);
    wrong.push([`a bit of hash ${at} flipped`, proof.with(at, flipped(hash, (37 * at + 5) % 256))]);
    wrong.push([`hash ${at} one byte short`, proof.with(at, hash.slice(2))]);
    if (at > 0)
      wrong.push([
        `hashes ${at - 1} and ${at} swapped`,
        proof.with(at, proof[at - 1] as string).with(at - 1, hash),
      ]);
  });
  return wrong;
}

function* inclusionVectors(): Generator<MerkleVector> {
  const holds = (input: InclusionInput): MerkleVector => ({
    desc: `entry ${input.index} of ${input.size}`,
    input,
    want: true,
  });
  const fails = (why: string, input: InclusionInput): MerkleVector => ({
    desc: `entry ${input.index} of ${input.size}: ${why}`,
    input,
    want: false,
  });
  for (let size = 1; size <= 8; size++)
    for (let index = 0; index < size; index++) yield holds(inclusion(index, size));
  for (const index of [0, 15, 16, 31, 32]) yield holds(inclusion(index, 33));
  for (const [index, size] of [
    [0, 1],
    [0, 8],
    [2, 5],
    [4, 5],
    [6, 7],
    [32, 33],
  ] as const) {
    const good = inclusion(index, size);
    for (const [why, proof] of wrongProofs(good.proof)) yield fails(why, { ...good, proof });
    yield fails('root with a bit flipped', { ...good, root: flipped(good.root, 255) });
    yield fails('leaf hash with a bit flipped', { ...good, leafHash: flipped(good.leafHash, 0) });
    yield fails('unprefixed hash of the entry', { ...good, leafHash: hex(ENTRIES[index] as Uint8Array) });
    if (index > 0) yield fails(`the proof of entry ${index}`, { ...good, index: String(index - 1) });
    yield fails(`index = size, with the proof of entry ${index}`, { ...good, index: good.size });
  }
  const empty = {
    kind: 'inclusion',
    index: '0',
    size: '0',
    leafHash: hex(LEAVES[0] as Uint8Array),
    proof: [],
  } as const;
  yield fails('nothing is in the empty tree', { ...empty, root: hex(root([])) });
  yield fails('nothing is in the empty tree, root = leaf', { ...empty, root: empty.leafHash });
  yield fails('an inner node is no leaf', {
    ...inclusion(0, 8),
    leafHash: hex(node(LEAVES[0] as Uint8Array, LEAVES[1] as Uint8Array)),
    proof: inclusion(0, 8).proof.slice(1),
  });
  yield fails('empty hashes', { ...inclusion(0, 2), leafHash: '', root: '', proof: [''] });
  for (const [index, size] of [
    [0n, MAX],
    [MAX - 1n, MAX],
    [1n << 63n, MAX],
    [(1n << 63n) - 1n, 1n << 63n],
    [5n, (1n << 32n) + 1n],
    [1n << 32n, (1n << 32n) + 1n],
    [999_999n, 1_000_000n],
    [123_456_789_012_345n, 987_654_321_098_765n],
  ] as const) {
    const good = largeInclusion(index, size);
    yield holds(good);
    yield fails('a hash more', { ...good, proof: [...good.proof, hex(RANDOM[78] as Uint8Array)] });
    if (good.proof.length > 0)
      yield fails('the last hash dropped', { ...good, proof: good.proof.slice(0, -1) });
  }
  yield fails('size of 65 bits', { ...largeInclusion(0n, MAX), size: String(1n << 64n) });
}

function* consistencyVectors(): Generator<MerkleVector> {
  const holds = (input: ConsistencyInput): MerkleVector => ({
    desc: `size ${input.size1} to ${input.size2}`,
    input,
    want: true,
  });
  const fails = (why: string, input: ConsistencyInput): MerkleVector => ({
    desc: `size ${input.size1} to ${input.size2}: ${why}`,
    input,
    want: false,
  });
  for (let size2 = 1; size2 <= 8; size2++)
    for (let size1 = 1; size1 <= size2; size1++) yield holds(consistency(size1, size2));
  for (const size1 of [1, 16, 17, 31, 32, 33]) yield holds(consistency(size1, 33));
  for (const [size1, size2] of [
    [1, 8],
    [4, 8],
    [3, 7],
    [6, 7],
    [7, 8],
    [21, 33],
  ] as const) {
    const good = consistency(size1, size2);
    for (const [why, proof] of wrongProofs(good.proof)) yield fails(why, { ...good, proof });
    yield fails('no proof', { ...good, proof: [] });
    yield fails('old root with a bit flipped', { ...good, root1: flipped(good.root1, 128) });
    yield fails('new root with a bit flipped', { ...good, root2: flipped(good.root2, 127) });
    yield fails('old root for the new one', { ...good, root2: good.root1 });
    yield fails('sizes and roots exchanged', {
      ...good,
      size1: good.size2,
      size2: good.size1,
      root1: good.root2,
      root2: good.root1,
    });
    yield fails('an old size one larger', { ...good, size1: String(size1 + 1) });
    if (size1 > 1) yield fails('an old size one smaller', { ...good, size1: String(size1 - 1) });
  }
  const same = consistency(5, 5);
  yield fails('equal sizes with a proof', { ...same, proof: [same.root1] });
  yield fails('equal sizes, other roots', { ...same, root2: flipped(same.root2, 1) });
  const none = hex(root([]));
  const one = hex(LEAVES[0] as Uint8Array);
  yield fails('from nothing, no proof', { ...consistency(1, 1), size1: '0', root1: none });
  yield fails('from nothing, the new root as proof', {
    ...consistency(1, 1),
    size1: '0',
    root1: none,
    proof: [one],
  });
  yield fails('from nothing to nothing', {
    ...consistency(1, 1),
    size1: '0',
    size2: '0',
    root1: none,
    root2: none,
  });
  yield fails('to nothing', { ...consistency(1, 1), size2: '0', root2: none });
  yield fails('empty hashes', { ...consistency(1, 2), root1: '', root2: '', proof: [''] });
  for (const [size1, size2] of [
    [1n, MAX],
    [MAX - 1n, MAX],
    [1n << 63n, MAX],
    [(1n << 63n) - 1n, 1n << 63n],
    [524_288n, 1_001_000n],
    [1_000_000n, 1_001_000n],
    [700_001n, 1_001_000n],
    [1n << 32n, (1n << 32n) + 1n],
    [123_456_789_012_345n, 987_654_321_098_765n],
    [MAX, MAX],
  ] as const) {
    const good = largeConsistency(size1, size2);
    // MAX to MAX: both roots are the same given hash
    yield holds(good);
    yield fails('a hash more', { ...good, proof: [...good.proof, hex(RANDOM[78] as Uint8Array)] });
    if (good.proof.length > 0)
      yield fails('the last hash dropped', { ...good, proof: good.proof.slice(0, -1) });
  }
  yield fails('size of 65 bits', { ...largeConsistency(1n, MAX), size2: String(1n << 64n) });
}

function* rootVectors(): Generator<MerkleVector> {
  const entries = ENTRIES.map(hex);
  for (const size of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17])
    yield {
      desc: `root of ${size} entries`,
      input: { kind: 'root', entries: entries.slice(0, size) },
      want: hex(root(LEAVES.slice(0, size))),
    };
  for (const entry of ['', '00', '01', '00'.repeat(64), '01'.repeat(65)])
    yield {
      desc: `root of one entry of ${entry.length / 2} bytes, first ${entry.slice(0, 2) || 'none'}`,
      input: { kind: 'root', entries: [entry] },
      want: hex(leaf(unhex(entry))),
    };
}

function* refusedVectors(): Generator<MerkleVector> {
  const size65 = String(1n << 64n);
  for (const [index, size, wantError] of [
    ['0', '0', 'log/index-out-of-range'],
    ['5', '5', 'log/index-out-of-range'],
    ['0', size65, 'log/size-out-of-range'],
  ] as const)
    yield {
      desc: `no proof of entry ${index} in ${size}`,
      input: { kind: 'prove-inclusion', index, size },
      wantError,
    };
  for (const [size1, size2, wantError] of [
    ['0', '0', 'log/empty-tree'],
    ['0', '5', 'log/empty-tree'],
    ['5', '4', 'log/size-out-of-range'],
    ['5', size65, 'log/size-out-of-range'],
  ] as const)
    yield {
      desc: `no proof from ${size1} to ${size2}`,
      input: { kind: 'prove-consistency', size1, size2 },
      wantError,
    };
}

/** All cases of test/vectors/merkle.json. */
export const merkleVectors = (): MerkleVector[] => [
  ...rootVectors(),
  ...inclusionVectors(),
  ...consistencyVectors(),
  ...refusedVectors(),
];
