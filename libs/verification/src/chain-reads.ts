// What the checks need from the chain, read at one final block from at least two endpoints that are not the record
// host's. Two round trips: which chain and block, then everything else in one batch. docs/formats/root.md, docs/checks.md.
//
// An endpoint is attacker-controlled: a wrong or missing answer makes it count as one that did not answer. Unreachable is
// a state of its own and never a verdict against the record.
import { canonicalize, fromHex, isJsonObject, type JsonValue, sha256, toHex, utf8 } from '#lib/canonical';
import {
  decodeWords,
  encodeCall,
  formatTime,
  keccak256,
  type Rpc,
  type RpcAnswer,
  type RpcRequest,
  sameAddress,
} from '#lib/evm';
import type { Root } from './root.ts';
import type { Detail } from './verdict.ts';

/** Which endpoints differ by more lag behind: a liar could hold a withdrawal back by answering from the past. */
const MAX_LAG_SECONDS = 1_800n;
/** A public or private chain that has had no final block for so long tells nothing about now. */
const MAX_AGE_SECONDS = 7_200n;
const LAST_TIME = 253_402_300_799n; // 9999-12-31T23:59:59Z

export type Block = { readonly number: bigint; readonly hash: string; readonly time: bigint };

export type ChainHead = {
  readonly sequence: bigint;
  readonly time: bigint;
  readonly block: bigint;
  readonly previousSize: bigint;
  /** 0 when it is the first. */
  readonly previousTime: bigint;
};

export type Flag = {
  readonly status: bigint;
  readonly reason: bigint;
  readonly time: bigint;
  readonly detail: string;
};

export type Token = {
  readonly issuer: string;
  readonly content: string;
  readonly release: bigint;
  readonly mintedAt: bigint;
  readonly supersededBy: bigint;
  readonly opinionId: string;
  readonly body: string;
  readonly registrar: string;
  readonly registrationIndex: bigint;
  readonly logId: string;
};

export type Registration = {
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly scope: string;
  readonly snapshot: string;
  readonly registeredAt: bigint;
  /** 0: never withdrawn. */
  readonly withdrawnFrom: bigint;
};

export type ChainState = {
  readonly kind: 'read';
  readonly block: Block;
  readonly endpoints: readonly string[];
  readonly log: { readonly maxDelay: bigint; readonly openedAt: bigint };
  readonly latest: {
    readonly sequence: bigint;
    readonly size: bigint;
    readonly root: string;
    readonly time: bigint;
  };
  /** In the order asked for; null: the log never had this head. */
  readonly heads: readonly (ChainHead | null)[];
  readonly domainSalt: string;
  /** Null: there is no such passport. */
  readonly token: Token | null;
  readonly flags: {
    readonly issuer: Flag;
    readonly body: Flag;
    readonly registrar: Flag;
    readonly authorities: readonly Flag[];
  };
  /** Of the token's opinion, as asked for; null when nothing was asked. */
  readonly opinion: null | {
    readonly accepted: string;
    readonly registration: Registration | null;
    readonly revokedAt: bigint;
  };
};
/** `code` is one of `chain/…`, `root/mismatch`, `root/missing`. */
export type ChainSilence = { readonly kind: 'silent'; readonly code: string; readonly detail: Detail };
export type ChainReading = ChainState | ChainSilence;

export type ChainQuestion = {
  readonly heads: readonly { readonly size: bigint; readonly root: Uint8Array }[];
  readonly tokenId: bigint;
  readonly opinion: null | {
    readonly opinionId: string;
    readonly body: string;
    readonly registrar: string;
    readonly index: bigint;
  };
};

type Call = { readonly what: string; readonly request: RpcRequest };

const silence = (code: string, detail: Detail = {}): ChainSilence => ({ kind: 'silent', code, detail });
const hex = (value: bigint) => `0x${value.toString(16)}`;
/** Letter case is a checksum for the eye; a wrong one is no reason to ask nothing. */
const lower = (address: string) => address.toLowerCase();

/** Thrown inside this file for an answer that cannot be read; its message is what was asked. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * The endpoints that may be asked: the reader's, then the root's, one per host, and none on a host of the record, except
 * for a test ledger, which only its own service runs.
 */
export function eligibleEndpoints(
  root: Root,
  given: readonly string[],
  recordHosts: readonly string[],
): readonly string[] {
  const need = endpointsNeeded(root);
  const own = new Set([...recordHosts, root.host].map(hostName));
  const seen = new Set<string>();
  const usable = (endpoint: string) => {
    const host = hostName(endpoint);
    if (host === '' || seen.has(host) || (root.chain.kind !== 'test' && own.has(host))) return false;
    seen.add(host);
    return true;
  };
  const readers = given.filter(usable);
  return readers.length >= need ? readers : [...readers, ...root.endpoints.filter(usable)];
}

/** `–` for what is no time that records can hold. */
export function timeText(seconds: bigint): string {
  return seconds >= 0n && seconds <= LAST_TIME ? formatTime(seconds) : '–';
}

export function endpointsNeeded(root: Root): number {
  return root.chain.kind === 'test' ? 1 : 2;
}

/** Name of the host in an address or `host:port`, lower case, without port. */
export function hostName(address: string): string {
  const [, host = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(address) ?? [];
  return host.toLowerCase();
}

export async function readChain(
  rpc: Rpc,
  root: Root,
  endpoints: readonly string[],
  question: ChainQuestion,
  now: bigint,
): Promise<ChainReading> {
  const need = endpointsNeeded(root);
  const asked = await Promise.all(endpoints.map((endpoint) => attempt(() => askWhere(rpc, endpoint))));
  const present = endpoints.flatMap((endpoint, at) => (asked[at] ? [{ endpoint, ...asked[at] }] : []));
  if (present.length < need) return tooFew(endpoints.length, present.length, need);

  const right = present.filter(
    ({ chainId, genesis }) => chainId === root.chain.id && genesis === root.chain.genesis,
  );
  const stranger = present.find((each) => !right.includes(each));
  if (stranger && right.length > 0) return silence('chain/endpoints-disagree', { what: 'chain' });
  if (stranger) {
    const other = stranger.chainId !== root.chain.id;
    return silence('root/mismatch', {
      what: other ? 'chain id' : 'genesis',
      found: other ? stranger.chainId : stranger.genesis,
      expected: other ? root.chain.id : root.chain.genesis,
    });
  }

  const oldest = right.reduce((a, b) => (b.block.number < a.block.number ? b : a)).block;
  if (right.some(({ block }) => block.number === oldest.number && block.hash !== oldest.hash))
    return silence('chain/endpoints-disagree', { what: 'block' });
  const times = right.map(({ block }) => block.time).sort((a, b) => (a < b ? -1 : 1));
  const lag = times[times.length - 1]! - times[0]!;
  if (lag > MAX_LAG_SECONDS) return silence('chain/endpoints-lag', { seconds: String(lag) });
  if (root.chain.kind !== 'test' && now - oldest.time > MAX_AGE_SECONDS)
    return silence('chain/stale', { time: formatTime(oldest.time) });

  const calls = planCalls(root, question, oldest);
  const answers = await Promise.all(right.map(({ endpoint }) => attempt(() => askAll(rpc, endpoint, calls))));
  const spoken = right.flatMap(({ endpoint }, at) =>
    answers[at] ? [{ endpoint, answers: answers[at] }] : [],
  );
  const [first] = spoken;
  if (!first || spoken.length < need) return tooFew(endpoints.length, spoken.length, need);
  for (const [at, { what }] of calls.entries())
    if (spoken.some((each) => each.answers[at] !== first.answers[at]))
      return silence('chain/endpoints-disagree', { what });
  try {
    return decode(
      root,
      question,
      oldest,
      spoken.map(({ endpoint }) => endpoint),
      calls,
      first.answers,
    );
  } catch (error) {
    if (error instanceof Unreadable) return silence('chain/malformed-answer', { what: error.message });
    throw error;
  }
}

function tooFew(asked: number, reached: number, need: number): ChainSilence {
  return reached > 0 || (need > 1 && asked < need)
    ? silence('chain/too-few-endpoints', { need: String(need), have: String(reached) })
    : silence('chain/unreachable', { asked: String(asked), reached: String(reached) });
}

/** Null when the endpoint cannot be reached or read: both are silence to us. */
async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch {
    return null;
  }
}

async function askWhere(rpc: Rpc, endpoint: string) {
  const [chainId, genesis, final] = await ask(rpc, endpoint, [
    { method: 'eth_chainId', params: [] },
    { method: 'eth_getBlockByNumber', params: ['0x0', false] },
    // never "latest" in its place: what is not final can be taken back
    { method: 'eth_getBlockByNumber', params: ['finalized', false] },
  ]);
  const genesisHash = isJsonObject(genesis) ? genesis.hash : null;
  if (!isJsonObject(final) || typeof final.hash !== 'string' || !/^0x[0-9a-f]{64}$/.test(final.hash))
    throw new Unreadable('final block');
  if (typeof genesisHash !== 'string') throw new Unreadable('genesis');
  const block = { number: quantity(final.number), hash: final.hash, time: quantity(final.timestamp) };
  if (block.time > LAST_TIME) throw new Unreadable('final block');
  return { chainId: String(quantity(chainId)), genesis: genesisHash, block };
}

async function askAll(rpc: Rpc, endpoint: string, calls: readonly Call[]): Promise<readonly string[]> {
  const results = await ask(
    rpc,
    endpoint,
    calls.map(({ request }) => request),
  );
  return results.map((result, at) => {
    const what = calls[at]?.what ?? '';
    // the block is compared by its number and hash, all else as it is
    if (what === 'block')
      return canonicalize(isJsonObject(result) ? [result.hash ?? null, result.number ?? null] : null);
    if (typeof result !== 'string') throw new Unreadable(what);
    return result.toLowerCase();
  });
}

/** The results of a batch; an error among them makes the endpoint unreadable: our views do not revert. */
async function ask(rpc: Rpc, endpoint: string, batch: readonly RpcRequest[]): Promise<readonly JsonValue[]> {
  const answers: readonly RpcAnswer[] = await rpc(endpoint, batch);
  if (!Array.isArray(answers) || answers.length !== batch.length) throw new Unreadable('batch');
  return answers.map((answer, at) => {
    if (!('result' in answer)) throw new Unreadable(batch[at]?.method ?? '');
    return answer.result;
  });
}

function quantity(value: JsonValue | undefined): bigint {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{1,64}$/i.test(value)) throw new Unreadable('number');
  return BigInt(value);
}

// The order of planCalls and of decode is one.
function planCalls(root: Root, question: ChainQuestion, block: Block): readonly Call[] {
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

function decode(
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
