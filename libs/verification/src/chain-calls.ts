// What is asked of the chain in one batch, and how the answers are taken apart. The order of both is one.
import { canonicalize, fromHex, type JsonValue, sha256, toHex, utf8 } from '#lib/canonical';
import { decodeWords, encodeCall, keccak256, type RpcRequest, sameAddress } from '#lib/evm';
import {
  type Block,
  type ChainQuestion,
  type ChainReading,
  type ChainState,
  type Flag,
  silence,
  Unreadable,
} from './chain-state.ts';
import type { Root } from './root.ts';

export type Call = { readonly what: string; readonly request: RpcRequest };

const hex = (value: bigint) => `0x${value.toString(16)}`;
/** Letter case is a checksum for the eye; a wrong one is no reason to ask nothing. */
const lower = (address: string) => address.toLowerCase();

export function planCalls(root: Root, question: ChainQuestion, block: Block): readonly Call[] {
  const { anchor, bodies, registry } = root.contracts;
  const at: JsonValue = { blockHash: block.hash, requireCanonical: true };
  const code = (what: string, address: string): Call => ({
    what,
    request: { method: 'eth_getCode', params: [address, at] },
  });
  const view = (what: string, to: string, data: string): Call => ({
    what,
    request: { method: 'eth_call', params: [{ to, data }, at] },
  });
  const calls = [
    { what: 'block', request: { method: 'eth_getBlockByNumber', params: [hex(block.number), false] } },
    code('code of CheckpointAnchor', anchor.address),
    code('code of BodyRegistry', bodies.address),
    code('code of PassportRegistry', registry.address),
    view('log', anchor.address, encodeCall('log(bytes32)', [root.log.id])),
    view('newest head', anchor.address, encodeCall('latest(bytes32)', [root.log.id])),
    ...question.heads.map(({ size, root: hash }) =>
      view(
        'head',
        anchor.address,
        encodeCall('headBySize(bytes32,uint64,bytes32)', [root.log.id, size, `0x${toHex(hash)}`]),
      ),
    ),
    view('salt', registry.address, encodeCall('domainSalt()', [])),
    view(
      'passport',
      registry.address,
      encodeCall('inspect(uint256,address[])', [question.tokenId, root.authorities.map(lower)]),
    ),
  ];
  if (!question.opinion) return calls;
  const { opinionId, body, registrar, index } = question.opinion;
  return [
    ...calls,
    view('accepted opinion', registry.address, encodeCall('acceptedOpinion(bytes32)', [opinionId])),
    view(
      'registration',
      bodies.address,
      encodeCall('registration(address,address,uint256)', [lower(registrar), lower(body), index]),
    ),
    view(
      'revocation',
      bodies.address,
      encodeCall('opinionRevocation(address,bytes32)', [lower(body), opinionId]),
    ),
  ];
}

/** @throws Unreadable when an answer is not of its call's form */
export function decodeAnswers(
  root: Root,
  question: ChainQuestion,
  block: Block,
  endpoints: readonly string[],
  calls: readonly Call[],
  answers: readonly string[],
): ChainReading {
  let next = 0;
  const take = () => answers[next++] as string;
  const words = <const T extends readonly string[]>(types: T) => {
    const what = calls[next]?.what ?? '';
    try {
      return decodeWords(take(), types);
    } catch {
      throw new Unreadable(what);
    }
  };
  const mismatch = (what: string, found: string, expected: string) =>
    silence('root/mismatch', { what, found, expected });

  if (take() !== canonicalize([block.hash, hex(block.number)])) throw new Unreadable('block');
  for (const name of ['anchor', 'bodies', 'registry'] as const) {
    const what = calls[next]?.what ?? '';
    const found = codeHash(take(), what);
    const expected = root.contracts[name].codeHash;
    if (found !== expected) return mismatch(what, found, expected);
  }
  const [, , maxDelay, originHash, , , openedAt] = words([
    'address',
    'address',
    'uint32',
    'bytes32',
    'bytes32',
    'bytes32',
    'uint64',
    'uint64',
  ]);
  const wanted = `0x${toHex(sha256(utf8(root.log.origin)))}`;
  if (originHash !== wanted) return mismatch('origin of the log', originHash, wanted);
  const [sequence, size, rootHash, time] = words(['uint64', 'uint64', 'bytes32', 'uint64', 'uint64']);
  const heads = question.heads.map(() => {
    const [at, headTime, number, previousSize, previousTime] = words([
      'uint64',
      'uint64',
      'uint64',
      'uint64',
      'uint64',
    ]);
    return at === 0n ? null : { sequence: at, time: headTime, block: number, previousSize, previousTime };
  });
  const [domainSalt] = words(['bytes32']);
  const flag = ['uint8', 'uint8', 'uint64', 'bytes32'] as const;
  const [
    issuer,
    ,
    content,
    release,
    mintedAt,
    supersededBy,
    opinionId,
    body,
    registrar,
    registrationIndex,
    logId,
    ...rest
  ] = words([
    'address',
    'address',
    'bytes32',
    'uint32',
    'uint64',
    'uint256',
    'bytes32',
    'address',
    'address',
    'uint256',
    'bytes32',
    ...flag,
    ...flag,
    ...flag,
    '(uint8,uint8,uint64,bytes32)[]',
  ]);
  const flagAt = (from: number) => flagOf(rest.slice(from, from + 4));
  const authorities = (rest[12] as readonly (readonly unknown[])[]).map(flagOf);
  if (authorities.length !== root.authorities.length) throw new Unreadable('passport');
  return {
    kind: 'read',
    block,
    endpoints,
    log: { maxDelay, openedAt },
    latest: { sequence, size, root: rootHash.slice(2), time },
    heads,
    domainSalt,
    token: isZero(issuer)
      ? null
      : {
          issuer,
          content,
          release,
          mintedAt,
          supersededBy,
          opinionId,
          body,
          registrar,
          registrationIndex,
          logId,
        },
    flags: { issuer: flagAt(0), body: flagAt(4), registrar: flagAt(8), authorities },
    opinion: question.opinion ? decodeOpinion(words) : null,
  };
}

function decodeOpinion(
  words: <const T extends readonly string[]>(types: T) => ReturnType<typeof decodeWords<T>>,
): ChainState['opinion'] {
  const [accepted] = words(['bytes32']);
  const [validFrom, validUntil, scope, snapshot, registeredAt, withdrawnFrom] = words([
    'uint64',
    'uint64',
    'bytes32',
    'bytes32',
    'uint64',
    'uint64',
    'uint64',
    'uint8',
  ]);
  const [revokedAt] = words(['uint64', 'uint8', 'bytes32']);
  const registration =
    registeredAt === 0n ? null : { validFrom, validUntil, scope, snapshot, registeredAt, withdrawnFrom };
  return { accepted, registration, revokedAt };
}

function flagOf([status, reason, time, detail]: readonly unknown[]): Flag {
  return {
    status: status as bigint,
    reason: reason as bigint,
    time: time as bigint,
    detail: detail as string,
  };
}

function codeHash(code: string, what: string): string {
  if (!/^0x([0-9a-f]{2})*$/.test(code)) throw new Unreadable(what);
  return `0x${toHex(keccak256(fromHex(code.slice(2))))}`;
}

const isZero = (address: string) => sameAddress(address, `0x${'00'.repeat(20)}`);
