// A chain in memory that answers the checker's reads from plain facts, as the contracts would. No EVM: what the contracts
// do is tested where they are; here the facts are set by hand, so that every state of a chain can be shown to the checker.
import { type JsonValue, sha256, toHex, utf8 } from '#lib/canonical';
import {
  type AbiValue,
  encodeWords,
  formatData,
  keccak256,
  type RpcAnswer,
  type RpcRequest,
  selector,
} from '#lib/evm';

export type FakeHead = { sequence: bigint; size: bigint; root: Uint8Array; time: bigint; block: bigint };
export type FakeFlag = { status: bigint; reason: bigint; time: bigint; detail: string };
export type FakeToken = {
  issuer: string;
  owner: string;
  content: string;
  release: bigint;
  mintedAt: bigint;
  supersededBy: bigint;
  opinionId: string;
  body: string;
  registrar: string;
  registrationIndex: bigint;
  logId: string;
};

export const ZERO_ADDRESS = `0x${'00'.repeat(20)}`;
export const ZERO_HASH = `0x${'00'.repeat(32)}`;
export const NO_FLAG: FakeFlag = { status: 0n, reason: 0n, time: 0n, detail: ZERO_HASH };

/** All of it may be changed between two checks. */
export class FakeChain {
  chainId = 31_337n;
  genesis = formatData(sha256(utf8('genesis of the golden chain')));
  block = { number: 120n, hash: formatData(sha256(utf8('block 120'))), time: 1_795_600_000n };
  code = { anchor: '0x6001', bodies: '0x6002', registry: '0x6003' };
  addresses = {
    anchor: '0x00000000000000000000000000000000000a0001',
    bodies: '0x00000000000000000000000000000000000a0002',
    registry: '0x00000000000000000000000000000000000a0003',
  };
  domainSalt = formatData(sha256(utf8('salt of the golden registry')));
  log = { id: ZERO_HASH, owner: ZERO_ADDRESS, maxDelay: 3_600n, originHash: ZERO_HASH, openedAt: 0n };
  heads: FakeHead[] = [];
  tokens = new Map<bigint, FakeToken>();
  /** Key: token, role, setter in lower case. */
  flags = new Map<string, FakeFlag>();
  /** Key: registrar, body in lower case. */
  registrations = new Map<string, AbiValue[][]>();
  accepted = new Map<string, string>();
  revocations = new Map<string, readonly [bigint, bigint, string]>();

  codeHash(name: keyof FakeChain['code']): string {
    return formatData(keccak256(bytesOf(this.code[name])));
  }

  answer({ method, params }: RpcRequest): RpcAnswer {
    try {
      return { result: this.result(method, params) };
    } catch (error) {
      return { error: { code: -32_000, message: String(error) } };
    }
  }

  private result(method: string, params: readonly JsonValue[]): JsonValue {
    const { number, hash, time } = this.block;
    if (method === 'eth_chainId') return hex(this.chainId);
    if (method === 'eth_getBlockByNumber')
      return params[0] === '0x0'
        ? { number: '0x0', hash: this.genesis, timestamp: '0x0' }
        : { number: hex(number), hash, timestamp: hex(time) };
    const at = params[1] as { blockHash?: string } | undefined;
    if (at?.blockHash !== hash) throw new Error('unknown block');
    if (method === 'eth_getCode') return this.codeAt(String(params[0]));
    const { to, data } = params[0] as { to: string; data: string };
    return formatData(this.call(to.toLowerCase(), data));
  }

  private codeAt(address: string): string {
    const name = (['anchor', 'bodies', 'registry'] as const).find(
      (each) => this.addresses[each].toLowerCase() === address.toLowerCase(),
    );
    return name ? this.code[name] : '0x';
  }

  private call(to: string, data: string): Uint8Array {
    const { anchor, bodies, registry } = this.addresses;
    const words = data.slice(10).match(/.{64}/g) ?? [];
    const word = (n: number) => `0x${words[n]}`;
    const uint = (n: number) => BigInt(word(n));
    const address = (n: number) => `0x${words[n]!.slice(24)}`;
    const is = (contract: string, view: string) =>
      to === contract.toLowerCase() && data.startsWith(selector(view));
    const last = this.heads.at(-1);
    if (is(anchor, 'log(bytes32)')) {
      const known = word(0) === this.log.id;
      const { owner, maxDelay, originHash, openedAt } = this.log;
      return encodeWords(
        ['address', 'address', 'uint32', 'bytes32', 'bytes32', 'bytes32', 'uint64', 'uint64'],
        known
          ? [
              owner,
              ZERO_ADDRESS,
              maxDelay,
              originHash,
              ZERO_HASH,
              ZERO_HASH,
              openedAt,
              BigInt(this.heads.length),
            ]
          : [ZERO_ADDRESS, ZERO_ADDRESS, 0n, ZERO_HASH, ZERO_HASH, ZERO_HASH, 0n, 0n],
      );
    }
    if (is(anchor, 'latest(bytes32)'))
      return encodeWords(
        ['uint64', 'uint64', 'bytes32', 'uint64', 'uint64'],
        last
          ? [last.sequence, last.size, formatData(last.root), last.time, last.block]
          : [0n, 0n, ZERO_HASH, 0n, 0n],
      );
    if (is(anchor, 'headBySize(bytes32,uint64,bytes32)')) {
      const at = this.heads.findIndex(({ size, root }) => size === uint(1) && formatData(root) === word(2));
      const [found, before] = [this.heads[at], this.heads[at - 1]];
      return encodeWords(
        ['uint64', 'uint64', 'uint64', 'uint64', 'uint64'],
        found
          ? [found.sequence, found.time, found.block, before?.size ?? 0n, before?.time ?? 0n]
          : [0n, 0n, 0n, 0n, 0n],
      );
    }
    if (is(registry, 'domainSalt()')) return encodeWords(['bytes32'], [this.domainSalt]);
    if (is(registry, 'acceptedOpinion(bytes32)'))
      return encodeWords(['bytes32'], [this.accepted.get(word(0)) ?? ZERO_HASH]);
    if (is(registry, 'inspect(uint256,address[])')) {
      const authorities = Array.from({ length: Number(uint(2)) }, (_, n) => address(3 + n));
      return this.inspect(uint(0), authorities);
    }
    if (is(bodies, 'registration(address,address,uint256)')) {
      const list = this.registrations.get(`${address(0)} ${address(1)}`) ?? [];
      const none = [0n, 0n, ZERO_HASH, ZERO_HASH, 0n, 0n, 0n, 0n];
      return encodeWords(
        ['uint64', 'uint64', 'bytes32', 'bytes32', 'uint64', 'uint64', 'uint64', 'uint8'],
        list[Number(uint(2))] ?? none,
      );
    }
    if (is(bodies, 'opinionRevocation(address,bytes32)'))
      return encodeWords(
        ['uint64', 'uint8', 'bytes32'],
        this.revocations.get(word(1)) ?? [0n, 0n, ZERO_HASH],
      );
    throw new Error(`no such view: ${data.slice(0, 10)} at ${to}`);
  }

  private inspect(id: bigint, authorities: readonly string[]): Uint8Array {
    const token = this.tokens.get(id);
    const flag = (role: number, setter: string): FakeFlag =>
      this.flags.get(`${id} ${role} ${setter.toLowerCase()}`) ?? NO_FLAG;
    const words = ({ status, reason, time, detail }: FakeFlag): AbiValue[] => [status, reason, time, detail];
    const flagTypes = ['uint8', 'uint8', 'uint64', 'bytes32'];
    return encodeWords(
      [
        ...[
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
        ],
        ...flagTypes,
        ...flagTypes,
        ...flagTypes,
        '(uint8,uint8,uint64,bytes32)[]',
      ],
      [
        token?.issuer ?? ZERO_ADDRESS,
        token?.owner ?? ZERO_ADDRESS,
        token?.content ?? ZERO_HASH,
        token?.release ?? 0n,
        token?.mintedAt ?? 0n,
        token?.supersededBy ?? 0n,
        token?.opinionId ?? ZERO_HASH,
        token?.body ?? ZERO_ADDRESS,
        token?.registrar ?? ZERO_ADDRESS,
        token?.registrationIndex ?? 0n,
        token?.logId ?? ZERO_HASH,
        ...words(token ? flag(1, token.issuer) : NO_FLAG),
        ...words(token ? flag(2, token.body) : NO_FLAG),
        ...words(token ? flag(3, token.registrar) : NO_FLAG),
        authorities.map((authority) => words(flag(4, authority))),
      ],
    );
  }
}

const hex = (value: bigint) => `0x${value.toString(16)}`;
const bytesOf = (data: string) =>
  Uint8Array.from(data.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
export const originHash = (origin: string) => `0x${toHex(sha256(utf8(origin)))}`;
