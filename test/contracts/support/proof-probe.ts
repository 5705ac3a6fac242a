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
export const REVERTED = 2;

/** As many as one call may carry. */
const WORDS_A_CALL = 5000;

export async function createProbe(world: World) {
  const probe = await world.ethers.deployContract('MerkleProbe');
  const ask = async (
    kind: 'consistency' | 'inclusion',
    cases: readonly { readonly proof: readonly Bytes[] }[],
  ) => {
    const answers: number[] = [];
    for (let at = 0; at < cases.length; ) {
      let end = at;
      for (let words = 0; end < cases.length && words < WORDS_A_CALL; end++)
        words += 8 + (cases[end]?.proof.length ?? 0);
      const some = await probe[kind].staticCall(world.anchor, cases.slice(at, end));
      answers.push(...some.map(Number));
      at = end;
    }
    return answers;
  };
  return {
    /** One answer a case: REFUSED, ACCEPTED or REVERTED. */
    consistency: (cases: readonly ConsistencyCase[]) => ask('consistency', cases),
    inclusion: (cases: readonly InclusionCase[]) => ask('inclusion', cases),
    /** Id of a new log that holds this one head. */
    logOf: async (size: bigint, root: Bytes): Promise<string> => {
      const origin = hash(`head ${size} ${hexlify(root)}`);
      await world.anchor.openLog(origin, 1, ZeroHash, size, root, [], { gasLimit: 200_000 });
      return world.anchor.logIdOf(world.operator, origin);
    },
  };
}

/** Words for an assertion: what can be run again. */
export const shown = (one: unknown) =>
  JSON.stringify(one, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value instanceof Uint8Array ? hexlify(value) : value,
  );
