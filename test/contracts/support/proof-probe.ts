// Many proofs to the contract in one call each, through contracts/testing/MerkleProbe.sol.
import { hexlify, ZeroHash } from 'ethers';
import { hash, type World } from './world.ts';

type Bytes = Uint8Array;
export type ConsistencyCase = {
  readonly size1: bigint;
  readonly root1: Bytes;
  readonly size2: bigint;
  readonly root2: Bytes;
  readonly proof: readonly Bytes[];
};
export type InclusionCase = {
  readonly logId: string;
  readonly size: bigint;
  readonly index: bigint;
  readonly leafHash: Bytes;
  readonly proof: readonly Bytes[];
};

export const REFUSED = 0;
export const ACCEPTED = 1;

/** As many as one call may carry. */
const WORDS_A_CALL = 5000;

export async function createProbe(world: World) {
  const { ethers, provider, anchor, operator } = world;
  const probe = await ethers.deployContract('MerkleProbe');
  const ask = async (
    kind: 'consistency' | 'inclusion',
    heads: readonly Words[],
    proofs: readonly Words[],
  ) => {
    const answers: number[] = [];
    for (let at = 0; at < heads.length; ) {
      let end = at;
      for (let words = 0; end < heads.length && words < WORDS_A_CALL; end++)
        words += 8 + (proofs[end]?.length ?? 0);
      const { selector } = probe.interface.getFunction(kind) as { selector: string };
      const data = selector + encoded(String(anchor.target), heads.slice(at, end), proofs.slice(at, end));
      const answer = await provider.request({
        method: 'eth_call',
        params: [{ to: probe.target, data }, 'latest'],
      });
      // offset and length, then a word for each case
      answers.push(
        ...Array.from({ length: end - at }, (_, one) => Number(String(answer)[2 + 64 * (3 + one) - 1])),
      );
      at = end;
    }
    return answers;
  };
  return {
    /** One answer a case: REFUSED, ACCEPTED, or 2 if the contract reverted. */
    consistency: (cases: readonly ConsistencyCase[]) =>
      ask(
        'consistency',
        cases.map(({ size1, root1, size2, root2 }) => [size1, root1, size2, root2]),
        cases.map(({ proof }) => proof),
      ),
    inclusion: (cases: readonly InclusionCase[]) =>
      ask(
        'inclusion',
        cases.map(({ logId, size, index, leafHash }) => [BigInt(logId), size, index, leafHash]),
        cases.map(({ proof }) => proof),
      ),
    /** Id of a new log that holds this one head. */
    logOf: async (size: bigint, root: Bytes | string): Promise<string> => {
      const origin = hash(`head ${size} ${hexlify(root)}`);
      await anchor.openLog(origin, 1, ZeroHash, size, root, [], { gasLimit: 200_000 });
      return anchor.logIdOf(operator, origin);
    },
  };
}

type Words = readonly (bigint | Bytes)[];

/** The ABI encoding of an address and a list of cases. ethers does the same, and is what a long run would wait for. */
function encoded(address: string, heads: readonly Words[], proofs: readonly Words[]): string {
  const body: Words[] = heads.map((head, at) => {
    const proof = proofs[at] as Words;
    return [...head, BigInt(32 * (head.length + 1)), BigInt(proof.length), ...proof];
  });
  let place = 32 * body.length;
  const offsets = body.map((words) => {
    const here = BigInt(place);
    place += 32 * words.length;
    return here;
  });
  return [[BigInt(address), 64n, BigInt(body.length)], offsets, ...body]
    .flat()
    .map((word) =>
      typeof word === 'bigint' ? word.toString(16).padStart(64, '0') : Buffer.from(word).toString('hex'),
    )
    .join('');
}

/** Words for an assertion: what can be run again. */
export const shown = (one: unknown) =>
  JSON.stringify(one, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value instanceof Uint8Array ? hexlify(value) : value,
  );
