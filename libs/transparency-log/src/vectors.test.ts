import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBase64, fromHex, toHex } from '#lib/canonical';
import type { MerkleInput, MerkleVector } from '../../../scripts/vectors/merkle.ts';
import { checkConsistency, consistencyPlan } from './consistency.ts';
import { leafHash, treeHash } from './hash.ts';
import { checkInclusion, inclusionPlan } from './inclusion.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

function judge(input: MerkleInput): string | boolean {
  switch (input.kind) {
    case 'root':
      return toHex(treeHash(input.entries.map((entry) => leafHash(fromHex(entry)))));
    case 'inclusion':
      return checkInclusion({
        index: BigInt(input.index),
        size: BigInt(input.size),
        leafHash: fromHex(input.leafHash),
        root: fromHex(input.root),
        proof: input.proof.map(fromHex),
      });
    case 'consistency':
      return checkConsistency({
        size1: BigInt(input.size1),
        size2: BigInt(input.size2),
        root1: fromHex(input.root1),
        root2: fromHex(input.root2),
        proof: input.proof.map(fromHex),
      });
    case 'prove-inclusion':
      return inclusionPlan(BigInt(input.index), BigInt(input.size)).length > 0;
    case 'prove-consistency':
      return consistencyPlan(BigInt(input.size1), BigInt(input.size2)).length > 0;
  }
}

describe('test/vectors/merkle.json', () => {
  const vectors = JSON.parse(readFileSync(at('test/vectors/merkle.json'), 'utf8')) as MerkleVector[];
  test('has cases of each kind, each with a name of its own', () => {
    expect(new Set(vectors.map(({ desc }) => desc)).size).toBe(vectors.length);
    expect(new Set(vectors.map(({ input }) => input.kind)).size).toBe(5);
    expect(vectors.filter((vector) => 'want' in vector && vector.want === true).length).toBeGreaterThan(90);
    expect(vectors.filter((vector) => 'want' in vector && vector.want === false).length).toBeGreaterThan(200);
  });
  test('every case is judged as it says', () => {
    for (const vector of vectors) {
      const { desc, input } = vector;
      if ('wantError' in vector)
        expect(() => judge(input)).toThrow(
          expect.objectContaining({ name: 'LogError', code: vector.wantError }),
        );
      else expect({ desc, got: judge(input) }).toEqual({ desc, got: vector.want });
    }
  });
});

// The public vectors of transparency-dev/merkle (testdata/inclusion, testdata/consistency). They are not ours to
// ship, so they are read where a copy lies beside the repository.
const foreign = at('../shared/data/standards/merkle/testdata');
type Foreign = {
  leafIdx: number;
  treeSize: number;
  leafHash: string;
  root: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
};
// These name roots that are no hashes ("don't care") and expect them to be compared; a check here wants 32 bytes.
const NOT_HASHES = new Set(['consistency/additional/sizes-are-equal-one-and-proof-is-empty.json']);

const present = existsSync(foreign);
(present ? describe : describe.skip)(
  `public vectors of transparency-dev/merkle${present ? '' : ` (skipped: no copy at ${foreign})`}`,
  () => {
    const filesOf = (kind: string) =>
      present
        ? readdirSync(`${foreign}/${kind}`, { recursive: true })
            .map((name) => `${kind}/${name}`)
            .filter((name) => name.endsWith('.json') && !NOT_HASHES.has(name))
        : ['none'];
    const read = (file: string) => JSON.parse(readFileSync(`${foreign}/${file}`, 'utf8')) as Foreign;
    // sizes go beyond 2^53 there, and JSON.parse would round them
    const bigint = (file: string, name: string) =>
      BigInt(new RegExp(`"${name}": *(\\d+)`).exec(readFileSync(`${foreign}/${file}`, 'utf8'))?.[1] ?? '');
    const proofOf = ({ proof }: Foreign) => (proof ?? []).map(fromBase64);

    test.each(filesOf('inclusion'))('%s', (file) => {
      const vector = read(file);
      const claim = {
        index: bigint(file, 'leafIdx'),
        size: bigint(file, 'treeSize'),
        leafHash: fromBase64(vector.leafHash ?? ''),
        root: fromBase64(vector.root ?? ''),
        proof: proofOf(vector),
      };
      expect(checkInclusion(claim)).toBe(!vector.wantErr);
    });
    test.each(filesOf('consistency'))('%s', (file) => {
      const vector = read(file);
      const claim = {
        size1: bigint(file, 'size1'),
        size2: bigint(file, 'size2'),
        root1: fromBase64(vector.root1 ?? ''),
        root2: fromBase64(vector.root2 ?? ''),
        proof: proofOf(vector),
      };
      expect(checkConsistency(claim)).toBe(!vector.wantErr);
    });
  },
);
