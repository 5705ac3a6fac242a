// A log in memory as a source, and its chain as an endpoint: what an auditor reads, each answer open to change.
import { Interface } from 'ethers';
import type { ChainEvent } from '#lib/audit';
import type { JsonValue } from '#lib/canonical';
import { encodeWords, formatData, type Rpc, type RpcRequest, selector } from '#lib/evm';
import {
  encodeEntryTile,
  encodeTile,
  formatCheckpoint,
  leafHash,
  parseTilePath,
  readerOf,
  signNote,
  tileNodes,
  treeHash,
} from '#lib/transparency-log';
import { type Root, readRoot } from '#lib/verification';
import { type ContentAnswer, type LogSource, SourceError } from '../../apps/auditor/src/log-source.ts';
import abi from '../../apps/ledger/src/chain/contracts.generated.json' with { type: 'json' };
import { KEYS, ORIGIN } from '../../scripts/golden/people.ts';
import { type AuditedWorld, word } from './audited-world.ts';

/** Of the log as it is now: later entries are another source's. */
export class MemorySource implements LogSource {
  readonly name = 'http://log.example';
  kind: LogSource['kind'] = 'service';
  note: string;
  /** Asked of each tile before it is handed out. */
  change: (path: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes;
  private readonly leaves: readonly Uint8Array[];
  private readonly documents: ReadonlyMap<string, { kind: string; bytes?: Uint8Array }>;

  constructor(
    leaves: readonly Uint8Array[],
    documents: ReadonlyMap<string, { kind: string; bytes?: Uint8Array }> = new Map(),
  ) {
    this.leaves = [...leaves];
    this.documents = documents;
    this.note = noteOf(this.leaves);
  }

  async checkpoint(): Promise<string> {
    return this.note;
  }

  async tile(path: string): Promise<Uint8Array> {
    const tile = parseTilePath(path);
    const first = 256 * Number(tile.index);
    if (tile.level === 'entries')
      return this.change(path, encodeEntryTile(this.leaves.slice(first, first + tile.width)));
    this.read ??= readerOf(this.leaves.map((bytes) => leafHash(bytes)));
    return this.change(path, encodeTile(this.read(tileNodes(tile))));
  }
  private read: ReturnType<typeof readerOf> | null = null;

  async content(id: string): Promise<ContentAnswer> {
    return (this.documents.get(id) as ContentAnswer | undefined) ?? { kind: 'absent' };
  }

  async page(path: string): Promise<Uint8Array> {
    throw new SourceError('missing', `${path} is not here`);
  }
}

export function noteOf(leaves: readonly Uint8Array[], secretKey = KEYS.log.secret): string {
  const root = treeHash(leaves.map((bytes) => leafHash(bytes)));
  return signNote(formatCheckpoint({ origin: ORIGIN, size: BigInt(leaves.length), root }), {
    name: ORIGIN,
    secretKey,
  });
}

export function sourceOf(world: AuditedWorld): MemorySource {
  return new MemorySource(world.leaves, world.documents);
}

export function rootOf(world: AuditedWorld): Root {
  return readRoot({ ...world.world.root, head: null });
}

const CONTRACT_OF = {
  LogOpened: 'CheckpointAnchor',
  HeadAnchored: 'CheckpointAnchor',
  LogOffered: 'CheckpointAnchor',
  LogHandedOver: 'CheckpointAnchor',
  BodyRegistered: 'BodyRegistry',
  RegistrationWithdrawn: 'BodyRegistry',
  OpinionRevoked: 'BodyRegistry',
} as const;
const ADDRESS_OF = {
  CheckpointAnchor: 'anchor',
  BodyRegistry: 'bodies',
  PassportRegistry: 'registry',
} as const;

/** Block n is at time n; the finalized one is that of the golden chain. */
export function chainOf(
  world: AuditedWorld,
): Rpc & { change(answer: (request: RpcRequest, value: JsonValue) => JsonValue): void } {
  const { chain, log } = world.world;
  const logId = chain.log.id;
  const number = Number(chain.block.time);
  let change = (_: RpcRequest, value: JsonValue): JsonValue => value;
  const hashOf = (block: number) =>
    block === number ? chain.block.hash : block === 0 ? chain.genesis : word(block);
  const blockOf = (block: number) => ({
    number: `0x${block.toString(16)}`,
    hash: hashOf(block),
    timestamp: `0x${block.toString(16)}`,
  });
  let made: Record<string, JsonValue>[] | null = null;
  const lines = () => {
    made ??= makeLines();
    return made;
  };
  const makeLines = (): Record<string, JsonValue>[] => {
    const heads = log.heads.map(({ sequence, size, root, time }) => ({
      name: 'HeadAnchored' as const,
      values: [logId, sequence, size, formatData(root)],
      block: Number(time),
      transaction: word(Number(sequence)),
      logIndex: 0,
    }));
    const others = world.events.map((event) => ({ ...event, values: valuesOf(event, logId) }));
    return [...heads, ...others].map(({ name, values, block, transaction, logIndex }) => {
      const contract = CONTRACT_OF[name as keyof typeof CONTRACT_OF] ?? 'PassportRegistry';
      const { topics, data } = new Interface((abi as any)[contract].abi).encodeEventLog(
        name,
        values as never[],
      );
      const address = chain.addresses[ADDRESS_OF[contract]];
      return {
        address,
        topics,
        data,
        blockNumber: `0x${block.toString(16)}`,
        blockHash: hashOf(block),
        transactionHash: transaction,
        logIndex: `0x${logIndex.toString(16)}`,
      };
    });
  };
  const answer = (request: RpcRequest): JsonValue => {
    const { method, params } = request;
    if (method === 'eth_getBlockByNumber') {
      const block = params[0] === 'finalized' ? number : Number(params[0]);
      return block > number ? null : blockOf(block);
    }
    if (method === 'eth_getLogs') {
      const { fromBlock, toBlock, address, topics } = params[0] as any;
      return lines().filter(
        (line) =>
          String(line.address).toLowerCase() === address.toLowerCase() &&
          Number(line.blockNumber) >= Number(fromBlock) &&
          Number(line.blockNumber) <= Number(toBlock) &&
          topics[0].includes((line.topics as string[])[0]) &&
          (!topics[1] || topics[1].includes((line.topics as string[])[1])),
      );
    }
    const { to, data } =
      method === 'eth_call' ? (params[0] as { to: string; data: string }) : { to: '', data: '' };
    if (
      data.startsWith(selector('latest(bytes32)')) &&
      to.toLowerCase() === chain.addresses.anchor.toLowerCase()
    ) {
      const last = log.heads.at(-1);
      return formatData(
        encodeWords(
          ['uint64', 'uint64', 'bytes32', 'uint64', 'uint64'],
          last
            ? [last.sequence, last.size, formatData(last.root), last.time, last.block]
            : [0n, 0n, word(0), 0n, 0n],
        ),
      );
    }
    const found = chain.answer(request);
    if ('error' in found) throw new Error(found.error.message);
    // its last word is the number of heads, which this world may have changed
    if (data.startsWith(selector('log(bytes32)')))
      return String(found.result).slice(0, -64) + log.heads.length.toString(16).padStart(64, '0');
    return found.result;
  };
  const rpc: Rpc = async (_, batch) =>
    batch.map((request) => {
      try {
        return { result: change(request, answer(request)) };
      } catch (error) {
        return { error: { code: -32_000, message: String(error) } };
      }
    });
  return Object.assign(rpc, {
    change: (next: typeof change) => {
      change = next;
    },
  });
}

/** The members of an event in the order of its declaration. */
function valuesOf(event: ChainEvent, logId: string): unknown[] {
  const { name, block: _, time: __, transaction: ___, logIndex: ____, ...members } = event as any;
  const order: Record<string, readonly string[]> = {
    LogOffered: ['log', 'owner', 'to'],
    LogHandedOver: ['log', 'from', 'to'],
    BodyRegistered: ['registrar', 'body', 'index', 'validFrom', 'validUntil', 'scope', 'snapshot'],
    PassportMinted: ['token', 'issuer', 'log', 'content', 'opinionId'],
    OpinionAccepted: ['opinionId', 'body', 'registrar', 'digest', 'index'],
    FlagSet: ['token', 'role', 'setter', 'status', 'reason', 'detail'],
  };
  const names = order[name];
  if (!names) throw new Error(`no order for ${name}`);
  return names.map((member) => (member === 'log' ? (members.log ?? logId) : members[member]));
}
