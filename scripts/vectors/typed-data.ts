// Digests, token ids and signatures by ethers, not by the code under test.
import { AbiCoder, keccak256, SigningKey, TypedDataEncoder } from 'ethers';
import { contract, message, mint } from '../../libs/opinion/src/example.test-data.ts';
import { MINT_TYPES, mintDomain, OPINION_TYPES, opinionDomain } from '../../libs/opinion/src/typed-data.ts';

type Message = Readonly<Record<string, string>>;
type Domain = {
  readonly name: string;
  readonly version: string;
  readonly chainId: string;
  readonly verifyingContract: string;
  readonly salt: string;
};

/** All values text, as in documents: integers decimal, bytes and addresses `0x…`. `want` of `recover`: an address or null. */
export type TypedDataVector = { readonly desc: string } & (
  | {
      readonly input: {
        readonly kind: 'opinion' | 'mint';
        readonly message: Message;
        readonly domain: Domain;
      };
      readonly want: string;
    }
  | { readonly input: { readonly kind: 'token-id'; readonly message: Message }; readonly want: string }
  | {
      readonly input: { readonly kind: 'recover'; readonly digest: string; readonly signature: string };
      readonly want: string | null;
    }
);

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const wordOf = (value: bigint) => value.toString(16).padStart(64, '0');

/** All cases of test/vectors/typed-data.json. */
export function* typedDataVectors(): Generator<TypedDataVector> {
  const domainOf = (domain: object) => ({ ...domain, chainId: contract.chainId }) as Domain;
  const digest = (kind: 'opinion' | 'mint', domain: Domain, message: Message) =>
    TypedDataEncoder.hash(
      domain,
      kind === 'opinion'
        ? { Opinion: [...OPINION_TYPES.Opinion] }
        : { MintAuthorisation: [...MINT_TYPES.MintAuthorisation] },
      message,
    );
  const vector = (
    desc: string,
    kind: 'opinion' | 'mint',
    message: Message,
    change: Partial<Domain> = {},
  ): TypedDataVector => {
    const domain = {
      ...domainOf(kind === 'opinion' ? opinionDomain(contract) : mintDomain(contract)),
      ...change,
    };
    return {
      desc: `${kind}: ${desc}`,
      input: { kind, message, domain },
      want: digest(kind, domain, message),
    };
  };
  // largest values, so that a narrower type or a lost sign shows
  const extreme = (types: readonly { name: string; type: string }[]) =>
    Object.fromEntries(
      types.map(({ name, type }) => {
        if (type === 'string') return [name, `${'长'.repeat(40)} "\\\n ${name}`];
        if (type === 'address') return [name, '0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF'];
        if (type === 'bytes32') return [name, `0x${'ff'.repeat(32)}`];
        return [name, String((1n << BigInt(type.slice(4))) - 1n)];
      }),
    );
  const empty = (types: readonly { name: string; type: string }[]) =>
    Object.fromEntries(
      types.map(({ name, type }) => {
        if (type === 'string') return [name, ''];
        if (type === 'address') return [name, `0x${'00'.repeat(20)}`];
        return [name, type === 'bytes32' ? `0x${'00'.repeat(32)}` : '0'];
      }),
    );
  for (const [kind, example, types] of [
    ['opinion', message, OPINION_TYPES.Opinion],
    ['mint', mint, MINT_TYPES.MintAuthorisation],
  ] as const) {
    yield vector('the example', kind, example);
    yield vector('all members empty', kind, empty(types));
    yield vector('all members at their largest', kind, extreme(types));
    yield vector('another chain', kind, example, { chainId: '1' });
    yield vector('another contract', kind, example, { verifyingContract: message.registrar });
    yield vector('another salt', kind, example, { salt: `0x${'00'.repeat(32)}` });
    for (const { name, type } of types) {
      const other =
        type === 'string'
          ? 'x'
          : type === 'address'
            ? contract.verifyingContract
            : type === 'bytes32'
              ? `0x${'77'.repeat(32)}`
              : '9';
      yield vector(`another ${name}`, kind, { ...example, [name]: other });
    }
  }

  for (const change of [
    {},
    { release: '2' },
    { release: '4294967295' },
    { lot: mint.product },
    { product: mint.lot },
    { issuer: message.registrar },
  ]) {
    const { issuer, product, lot, release } = { ...mint, ...change };
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ['address', 'bytes32', 'bytes32', 'uint32'],
      [issuer, product, lot, release],
    );
    const desc = `token id: ${
      Object.keys(change)
        .map((name) => `another ${name}`)
        .join() || 'the example'
    }${'release' in change ? ` (${release})` : ''}`;
    yield {
      desc,
      input: { kind: 'token-id', message: { issuer, product, lot, release } },
      want: String(BigInt(keccak256(encoded))),
    };
  }

  const key = new SigningKey(`0x${'11'.repeat(32)}`);
  const hash = digest('opinion', domainOf(opinionDomain(contract)), message);
  const { r, s, v } = key.sign(hash);
  const make = (r: bigint, s: bigint, v: number) =>
    `0x${wordOf(r)}${wordOf(s)}${v.toString(16).padStart(2, '0')}`;
  const [R, S] = [BigInt(r), BigInt(s)];
  const signatures: [string, string, string | null][] = [
    ['the body', make(R, S, v), message.body ?? null],
    ['high s', make(R, CURVE_ORDER - S, 55 - v), null],
    ['v 0 or 1', make(R, S, v - 27), null],
    ['v 29', make(R, S, 29), null],
    ['r 0', make(0n, S, v), null],
    ['s 0', make(R, 0n, v), null],
    ['r = n', make(CURVE_ORDER, S, v), null],
    ['s = n', make(R, CURVE_ORDER, v), null],
    ['r without a point', make(5n, S, v), null],
    ['64 bytes', make(R, S, v).slice(0, -2), null],
    ['66 bytes', `${make(R, S, v)}00`, null],
    ['nothing', '0x', null],
  ];
  for (const [desc, signature, want] of signatures)
    yield { desc: `signature: ${desc}`, input: { kind: 'recover', digest: hash, signature }, want };
}
