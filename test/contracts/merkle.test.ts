// RFC 9162 §2.1.3.2 and §2.1.4.2 in Solidity, against the recursive definitions of §2.1 and the shared vectors.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { hexlify, ZeroHash } from 'ethers';
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
} from '../support/merkle-reference.ts';
import { createProbe } from './support/proof-probe.ts';
import { createWorld, hash, type World } from './support/world.ts';

type Bytes = Uint8Array;
type Consistency = { size1: bigint; root1: Bytes; size2: bigint; root2: Bytes; proof: Bytes[] };
type Inclusion = { logId: string; size: bigint; index: bigint; leafHash: Bytes; proof: Bytes[] };

const LARGEST = 33;
const ACCEPTED = 1;
const REFUSED = 0;
const leaves = xorshiftBytes(LARGEST).map(leaf);
const roots = Array.from({ length: LARGEST + 1 }, (_, size) => root(leaves.slice(0, size)));
const rootAt = (size: number) => roots[size] as Bytes;
const flipped = (bytes: Bytes, bit: number) =>
  bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** Every way to damage a list of hashes other than by bits: drop, add, swap, reverse, replace the last. */
function damaged(proof: Bytes[]): Bytes[][] {
  const noise = leaf(new Uint8Array([7]));
  const dropped = proof.map((_, at) => proof.toSpliced(at, 1));
  const added = [0, proof.length].map((at) => proof.toSpliced(at, 0, noise));
  const doubled = proof.map((one, at) => proof.toSpliced(at, 0, one));
  const swapped = proof.slice(1).map((one, at) => proof.toSpliced(at, 2, one, proof[at] as Bytes));
  const replaced = proof.length > 0 ? [proof.with(-1, noise), [...proof].reverse()] : [];
  return [...dropped, ...added, ...doubled, ...swapped, ...replaced].filter(
    (other) => hexOf(other) !== hexOf(proof),
  );
}
const hexOf = (proof: readonly Bytes[]) => proof.map((one) => hexlify(one)).join();

const consistencyCase = (size1: number, size2: number): Consistency => ({
  size1: BigInt(size1),
  root1: rootAt(size1),
  size2: BigInt(size2),
  root2: rootAt(size2),
  proof: subproof(size1, leaves.slice(0, size2)),
});

describe('proofs', () => {
  let world: World;
  let probe: Awaited<ReturnType<typeof createProbe>>;
  /** One log for each size, that holds the one head of this size. */
  const logs = new Map<number, string>();

  before(async () => {
    world = await createWorld();
    probe = await createProbe(world);
  });

  const logOf = (size: bigint, rootHash: Bytes | string) => probe.logOf(size, rootHash);
  const answers = (kind: 'consistency' | 'inclusion', cases: readonly (Consistency | Inclusion)[]) =>
    kind === 'consistency'
      ? probe.consistency(cases as readonly Consistency[])
      : probe.inclusion(cases as readonly Inclusion[]);

  async function expectAll(
    kind: 'consistency' | 'inclusion',
    cases: (Consistency | Inclusion)[],
    want: number,
  ) {
    const got = await answers(kind, cases);
    const at = got.findIndex((answer) => answer !== want);
    assert.equal(
      at,
      -1,
      `case ${at} of ${cases.length}: ${JSON.stringify(cases[at], (_, v) => (typeof v === 'bigint' ? `${v}` : v instanceof Uint8Array ? hexlify(v) : v))}`,
    );
    assert.equal(got.length, cases.length);
  }

  const pairs = Array.from({ length: LARGEST }, (_, m) => m + 1).flatMap((size2) =>
    Array.from({ length: size2 }, (_, m): [number, number] => [m + 1, size2]),
  );

  /** Where every way to damage a proof is tried: all small trees, every third pair of the larger ones. */
  const sampled = <Case>(cases: readonly Case[]) => cases.filter((_, at) => at < 17 * 9 || at % 3 === 0);

  test(`consistency: every pair of sizes up to ${LARGEST} is accepted`, async () => {
    await expectAll(
      'consistency',
      pairs.map(([m, n]) => consistencyCase(m, n)),
      ACCEPTED,
    );
  });

  test('consistency: dropped, added, doubled, swapped, reversed and replaced hashes are refused', async () => {
    const cases = sampled(pairs).flatMap(([m, n]) => {
      const good = consistencyCase(m, n);
      return damaged(good.proof).map((proof) => ({ ...good, proof }));
    });
    await expectAll('consistency', cases, REFUSED);
  });

  // A proof does not always fix both sizes: the same hashes can be right for a neighbour whose shape agrees. What must
  // hold is that no other size passes for which the reference finds other roots.
  test('consistency: exchanged roots, exchanged sizes and size 0 are refused', async () => {
    const cases = pairs.flatMap(([m, n]) => {
      const good = consistencyCase(m, n);
      const { size1, root1, size2, root2 } = good;
      if (m === n)
        return [
          { ...good, root1: rootAt(m - 1) },
          { ...good, proof: [root1] },
        ];
      return [
        { ...good, root1: root2, root2: root1 },
        { ...good, size1: size2, size2: size1 },
        { ...good, size1: size2, root1: root2, size2: size1, root2: root1 },
        { ...good, size1: 0n },
        { ...good, size1: 0n, root1: rootAt(0) },
        { ...good, size1: 0n, root1: rootAt(0), proof: [] },
        { ...good, size2: 0n },
        { ...good, proof: [] },
        { ...good, size2: size1 },
      ];
    });
    cases.push({ size1: 0n, root1: rootAt(0), size2: 0n, root2: rootAt(0), proof: [] });
    await expectAll('consistency', cases, REFUSED);
  });

  test('consistency: a size wrong by one is judged as the definition judges it', async () => {
    const cases = pairs.flatMap(([m, n]) => {
      const good = consistencyCase(m, n);
      return [
        [-1n, 0n],
        [1n, 0n],
        [0n, -1n],
        [0n, 1n],
      ]
        .map(([d1, d2]) => ({
          ...good,
          size1: good.size1 + (d1 as bigint),
          size2: good.size2 + (d2 as bigint),
        }))
        .filter(({ size1, size2 }) => size1 > 0n && size1 < size2);
    });
    const want = cases.map(({ size1, size2, root1, root2, proof }) => {
      if (subproofLength(size1, size2) !== proof.length) return REFUSED;
      const [old, grown] = rootsOfSubproof(size1, size2, proof, root1);
      return hexlify(old) === hexlify(root1) && hexlify(grown) === hexlify(root2) ? ACCEPTED : REFUSED;
    });
    assert.deepEqual(await answers('consistency', cases), want);
  });

  test('consistency: every flipped bit of a sample is refused', async () => {
    const sample = [
      [1, 2],
      [3, 7],
      [7, 33],
      [32, 33],
    ] as const;
    const cases = sample.flatMap(([m, n]) => {
      const good = consistencyCase(m, n);
      const bits = Array.from({ length: 256 }, (_, bit) => bit);
      return [
        ...bits.map((bit) => ({ ...good, root1: flipped(good.root1, bit) })),
        ...bits.map((bit) => ({ ...good, root2: flipped(good.root2, bit) })),
        ...good.proof.flatMap((one, at) =>
          bits.map((bit) => ({ ...good, proof: good.proof.with(at, flipped(one, bit)) })),
        ),
      ];
    });
    await expectAll('consistency', cases, REFUSED);
  });

  test('consistency: sizes up to 2^64 - 1, with the roots that the definition leads to', async () => {
    const top = (1n << 64n) - 1n;
    const sizes: [bigint, bigint][] = [
      [1n, top],
      [top - 1n, top],
      [1n << 63n, top],
      [1n << 63n, (1n << 63n) + 1n],
      [(1n << 63n) - 1n, 1n << 63n],
      [1_000_000n, 1_001_000n],
      [999_999n, 1_000_000n],
      [700_001n, 1_001_000n],
      [524_288n, 1_001_000n],
      [0xaaaaaaaaaaaaaaaan, 0xaaaaaaaaaaaaaaabn],
      [0x5555555555555555n, 0xd555555555555555n],
    ];
    const cases = sizes.map(([size1, size2], at) => {
      const proof = xorshiftBytes(subproofLength(size1, size2), at + 1);
      const whole = leaf(new Uint8Array([at]));
      const [root1, root2] = rootsOfSubproof(size1, size2, proof, whole);
      return { size1, root1, size2, root2, proof };
    });
    await expectAll('consistency', cases, ACCEPTED);
    await expectAll(
      'consistency',
      cases.slice(0, 4).flatMap((good) => damaged(good.proof).map((proof) => ({ ...good, proof }))),
      REFUSED,
    );
  });

  const inclusionCases = async (): Promise<Inclusion[]> => {
    for (let size = 1; size <= LARGEST; size++) {
      if (!logs.has(size)) logs.set(size, await logOf(BigInt(size), rootAt(size)));
    }
    return pairs.map(([index, size]) => ({
      logId: logs.get(size) as string,
      size: BigInt(size),
      index: BigInt(index - 1),
      leafHash: leaves[index - 1] as Bytes,
      proof: path(index - 1, leaves.slice(0, size)),
    }));
  };

  test(`inclusion: every index of every size up to ${LARGEST} is accepted`, async () => {
    await expectAll('inclusion', await inclusionCases(), ACCEPTED);
  });

  test('inclusion: damaged proofs, other leaves and indexes outside the tree are refused', async () => {
    const cases = sampled(await inclusionCases()).flatMap((good) => [
      ...damaged(good.proof).map((proof) => ({ ...good, proof })),
      { ...good, leafHash: flipped(good.leafHash, Number(good.index) * 7) },
      { ...good, index: good.size },
      { ...good, index: good.size + good.index },
      { ...good, index: (1n << 64n) - 1n },
      { ...good, size: 0n },
      { ...good, size: good.size + 1n },
      { ...good, logId: ZeroHash },
    ]);
    await expectAll('inclusion', cases, REFUSED);
  });

  test('inclusion: every flipped bit of a sample is refused', async () => {
    const sample = (await inclusionCases()).filter(
      ({ size, index }) => size === 33n && [0n, 21n, 32n].includes(index),
    );
    const bits = Array.from({ length: 256 }, (_, bit) => bit);
    const cases = sample.flatMap((good) =>
      good.proof.flatMap((one, at) =>
        bits.map((bit) => ({ ...good, proof: good.proof.with(at, flipped(one, bit)) })),
      ),
    );
    await expectAll('inclusion', cases, REFUSED);
  });

  test('a hash too many is refused even where the roots were made to fit it', async () => {
    const extra = leaf(new Uint8Array([42]));
    const higher = (one: Bytes) => node(extra, one);
    const consistent = sampled(pairs)
      .filter(([m, n]) => m < n)
      .map(([m, n]) => consistencyCase(m, n))
      .map((one) => ({
        ...one,
        root1: higher(one.root1),
        root2: higher(one.root2),
        proof: [...one.proof, extra],
      }));
    // a power of two starts from root 1 itself, so that one also as it was
    await expectAll(
      'consistency',
      consistent.flatMap((one) => [one, { ...one, root1: rootAt(Number(one.size1)) }]),
      REFUSED,
    );
    for (const size of [1, 2, 3, 7, 8, 33]) {
      const logId = await logOf(BigInt(size), higher(rootAt(size)));
      const cases = leaves.slice(0, size).map((leafHash, index) => ({
        logId,
        size: BigInt(size),
        index: BigInt(index),
        leafHash,
        proof: [...path(index, leaves.slice(0, size)), extra],
      }));
      await expectAll('inclusion', cases, REFUSED);
    }
  });

  test('inclusion: a head whose root is zero holds nothing that was not proven', async () => {
    const size = 5n;
    const logId = await logOf(size, ZeroHash);
    const proof = path(0, leaves.slice(0, 5));
    const cases = [
      { index: 0n, proof },
      { index: 0n, proof: [...proof, ...proof] },
      { index: 0n, proof: [] },
      { index: 5n, proof },
      { index: 5n, proof: [] },
    ].map((one) => ({ logId, size, leafHash: leaves[0] as Bytes, ...one }));
    await expectAll('inclusion', cases, REFUSED);
  });

  test('inclusion: a tree without entries holds nothing, whatever its root', async () => {
    const logId = await logOf(1n, rootAt(0));
    const cases = [0n, 1n].map((index) => ({ logId, size: 0n, index, leafHash: rootAt(0), proof: [] }));
    await expectAll('inclusion', cases, REFUSED);
  });

  test('inclusion: sizes up to 2^64 - 1, with the root that the definition leads to', async () => {
    const top = (1n << 64n) - 1n;
    const places: [bigint, bigint][] = [
      [0n, top],
      [top - 1n, top],
      [1n << 63n, top],
      [(1n << 63n) - 1n, 1n << 63n],
      [0xaaaaaaaaaaaaaaaan, top],
    ];
    const cases = await Promise.all(
      places.map(async ([index, size], at) => {
        const proof = xorshiftBytes(pathLength(index, size), at + 1);
        const leafHash = leaf(new Uint8Array([at]));
        return { size, index, leafHash, proof, root: rootOfPath(leafHash, index, size, proof) };
      }),
    );
    for (const { root: rootHash, ...rest } of cases) {
      const logId = await logOf(rest.size, rootHash);
      await expectAll('inclusion', [{ ...rest, logId }], ACCEPTED);
      await expectAll(
        'inclusion',
        damaged(rest.proof).map((proof) => ({ ...rest, logId, proof })),
        REFUSED,
      );
    }
  });

  test('the shared vectors of this repository: the same verdicts', async () => {
    type Vector = { desc: string; input: Record<string, string | string[]>; want: boolean | string };
    const vectors: Vector[] = JSON.parse(
      readFileSync(new URL('../vectors/merkle.json', import.meta.url), 'utf8'),
    );
    const bytes = (hex: unknown) => Uint8Array.from(Buffer.from(String(hex), 'hex'));
    let compared = 0;
    for (const { desc, input, want } of vectors) {
      const proof = (input.proof as string[] | undefined)?.map(bytes) ?? [];
      const words = [input.root, input.root1, input.root2, input.leafHash].filter((one) => one !== undefined);
      const sizes = [input.size, input.size1, input.size2, input.index].map((one) =>
        BigInt(String(one ?? 0)),
      );
      const whole = [...proof, ...words.map(bytes)].every((one) => one.length === 32);
      if (!whole || sizes.some((one) => one < 0n || one >> 64n !== 0n)) continue; // no bytes32, no uint64
      if (input.kind === 'consistency') {
        const one = {
          size1: BigInt(String(input.size1)),
          root1: bytes(input.root1),
          size2: BigInt(String(input.size2)),
          root2: bytes(input.root2),
          proof,
        };
        assert.deepEqual(await answers('consistency', [one]), [want ? ACCEPTED : REFUSED], desc);
        compared++;
      } else if (input.kind === 'inclusion') {
        const size = BigInt(String(input.size));
        const logId = size === 0n ? ZeroHash : await logOf(size, bytes(input.root)).catch(() => null);
        if (logId === null) continue; // this head has its log already
        const one = {
          logId,
          size,
          index: BigInt(String(input.index)),
          leafHash: bytes(input.leafHash),
          proof,
        };
        assert.deepEqual(await answers('inclusion', [one]), [want ? ACCEPTED : REFUSED], desc);
        compared++;
      }
    }
    assert.ok(compared > 0, 'no vector was compared');
  });

  const PUBLIC = new URL('../../../shared/data/standards/merkle/testdata/', import.meta.url);
  const filesIn = (kind: string) =>
    readdirSync(new URL(`${kind}/`, PUBLIC), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(new URL(`${kind}/${file}`, PUBLIC), 'utf8')));
  const base64 = (text: string) => Uint8Array.from(Buffer.from(text ?? '', 'base64'));

  test('the public vectors of transparency-dev/merkle', async (t) => {
    if (!existsSync(PUBLIC)) {
      t.skip('SKIPPED: ../shared/data/standards/merkle is not beside this checkout');
      return;
    }
    let compared = 0;
    const inexpressible: string[] = [];
    /** A bytes32 has 32 bytes and a uint64 64 bits: nobody can even ask the contract about anything else. */
    const expressible = (v: { desc: string }, hashes: Bytes[], sizes: bigint[]) => {
      const can =
        hashes.every((one) => one.length === 32) && sizes.every((one) => one >= 0n && one >> 64n === 0n);
      if (!can) inexpressible.push(v.desc);
      return can;
    };
    for (const v of filesIn('consistency')) {
      const one = {
        size1: BigInt(v.size1),
        root1: base64(v.root1),
        size2: BigInt(v.size2),
        root2: base64(v.root2),
        proof: (v.proof ?? []).map(base64),
      };
      if (!expressible(v, [one.root1, one.root2, ...one.proof], [one.size1, one.size2])) continue;
      assert.deepEqual(await answers('consistency', [one]), [v.wantErr ? REFUSED : ACCEPTED], v.desc);
      compared++;
    }
    for (const v of filesIn('inclusion')) {
      const size = BigInt(v.treeSize);
      const one = {
        size,
        index: BigInt(v.leafIdx),
        leafHash: base64(v.leafHash),
        proof: (v.proof ?? []).map(base64),
      };
      const rootHash = base64(v.root);
      if (!expressible(v, [one.leafHash, rootHash, ...one.proof], [one.size, one.index])) continue;
      const log =
        size === 0n
          ? ZeroHash
          : await logOf(size, rootHash).catch(() =>
              world.anchor.logIdOf(world.operator, hash(`head ${size} ${hexlify(rootHash)}`)),
            );
      assert.deepEqual(
        await answers('inclusion', [{ ...one, logId: log }]),
        [v.wantErr ? REFUSED : ACCEPTED],
        v.desc,
      );
      compared++;
    }
    t.diagnostic(`${compared} public vectors compared, ${inexpressible.length} inexpressible in Solidity`);
    assert.ok(compared >= 10);
  });
});
