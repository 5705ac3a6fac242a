// What the contracts said, as values. A log line of `eth_getLogs` is taken apart here; who asked the chain is elsewhere.
import { toHex, utf8 } from '#lib/canonical';
import { decodeWords, EvmError, formatData, keccak256 } from '#lib/evm';

/** Where an event stands: `transaction` and `logIndex` name it for good. Times are seconds of its block. */
export type EventPlace = {
  readonly block: number;
  readonly time: number;
  readonly transaction: string;
  readonly logIndex: number;
};

/** Numbers that the contracts keep in more than 53 bits are decimal text; hashes and ids `0x` in lower case. */
export type ChainEvent = EventPlace &
  (
    | {
        readonly name: 'LogOpened';
        readonly owner: string;
        readonly predecessor: string;
        readonly maxDelay: string;
      }
    | {
        readonly name: 'HeadAnchored';
        readonly sequence: number;
        readonly size: number;
        readonly root: string;
      }
    | { readonly name: 'LogOffered'; readonly owner: string; readonly to: string }
    | { readonly name: 'LogHandedOver'; readonly from: string; readonly to: string }
    | {
        readonly name: 'BodyRegistered';
        readonly registrar: string;
        readonly body: string;
        readonly index: string;
        readonly validFrom: string;
        readonly validUntil: string;
        readonly scope: string;
        readonly snapshot: string;
      }
    | {
        readonly name: 'RegistrationWithdrawn';
        readonly registrar: string;
        readonly body: string;
        readonly index: string;
        readonly reason: string;
        readonly detail: string;
        readonly effectiveFrom: string;
      }
    | {
        readonly name: 'OpinionRevoked';
        readonly body: string;
        readonly opinionId: string;
        readonly reason: string;
        readonly detail: string;
      }
    | {
        readonly name: 'PassportMinted';
        readonly token: string;
        readonly issuer: string;
        readonly log: string;
        readonly content: string;
        readonly opinionId: string;
      }
    | { readonly name: 'PassportSuperseded'; readonly token: string; readonly by: string }
    | {
        readonly name: 'OpinionAccepted';
        readonly opinionId: string;
        readonly body: string;
        readonly registrar: string;
        readonly digest: string;
        readonly index: string;
      }
    | {
        readonly name: 'FlagSet';
        readonly token: string;
        readonly role: string;
        readonly setter: string;
        readonly status: string;
        readonly reason: string;
        readonly detail: string;
      }
  );
export type EventName = ChainEvent['name'];
export type EventOf<N extends EventName> = Extract<ChainEvent, { readonly name: N }>;

/** Member and type; `*` stands before an indexed one. In the order of the declaration. */
const DECLARATIONS: Readonly<
  Record<EventName, { contract: 'anchor' | 'bodies' | 'registry'; members: string }>
> = {
  LogOpened: {
    contract: 'anchor',
    members: '*log bytes32,*owner address,*predecessor bytes32,originHash bytes32,maxDelay uint32',
  },
  HeadAnchored: {
    contract: 'anchor',
    members: '*log bytes32,*sequence uint64,size uint64,root bytes32',
  },
  LogOffered: { contract: 'anchor', members: '*log bytes32,*owner address,*to address' },
  LogHandedOver: { contract: 'anchor', members: '*log bytes32,*from address,*to address' },
  BodyRegistered: {
    contract: 'bodies',
    members:
      '*registrar address,*body address,index uint256,validFrom uint64,validUntil uint64,scope bytes32,snapshot bytes32',
  },
  RegistrationWithdrawn: {
    contract: 'bodies',
    members:
      '*registrar address,*body address,index uint256,reason uint8,detail bytes32,effectiveFrom uint64',
  },
  OpinionRevoked: {
    contract: 'bodies',
    members: '*body address,*opinionId bytes32,reason uint8,detail bytes32',
  },
  PassportMinted: {
    contract: 'registry',
    members: '*token uint256,*issuer address,*log bytes32,content bytes32,opinionId bytes32',
  },
  PassportSuperseded: { contract: 'registry', members: '*token uint256,*by uint256' },
  OpinionAccepted: {
    contract: 'registry',
    members: '*opinionId bytes32,*body address,*registrar address,digest bytes32,index uint256',
  },
  FlagSet: {
    contract: 'registry',
    members: '*token uint256,*role uint8,*setter address,status uint8,reason uint8,detail bytes32',
  },
};
/** Kept as numbers: no log of ours gets beyond 2^53. */
const NUMBERS = new Set(['sequence', 'size']);
/** 256-bit ids that readers know as hex. */
const TOKENS = new Set(['token', 'by']);

type Member = { readonly name: string; readonly type: string; readonly indexed: boolean };

const EVENTS = (Object.keys(DECLARATIONS) as EventName[]).map((name) => {
  const { contract, members: text } = DECLARATIONS[name];
  const members: Member[] = text.split(',').map((part) => {
    const [member = '', type = ''] = part.split(' ');
    return { name: member.replace('*', ''), type, indexed: member.startsWith('*') };
  });
  const signature = `${name}(${members.map(({ type }) => type).join(',')})`;
  return { name, contract, members, topic: formatData(keccak256(utf8(signature))) };
});

/** First topics of the events of a contract, for the filter. */
export function eventTopics(contract: 'anchor' | 'bodies' | 'registry'): string[] {
  return EVENTS.filter((event) => event.contract === contract).map(({ topic }) => topic);
}

/**
 * The event of a log line of this contract, or null for another event. `topics` and `data` come from an endpoint.
 * @throws EvmError for a line that is not of its event's form
 */
export function decodeEvent(
  contract: 'anchor' | 'bodies' | 'registry',
  { topics, data }: { readonly topics: readonly string[]; readonly data: string },
  place: EventPlace,
): ChainEvent | null {
  const event = EVENTS.find((each) => each.contract === contract && each.topic === topics[0]?.toLowerCase());
  if (!event) return null;
  const indexed = event.members.filter((member) => member.indexed);
  const plain = event.members.filter((member) => !member.indexed);
  if (topics.length !== indexed.length + 1)
    throw new EvmError('evm/malformed-result', `${event.name} with ${topics.length} topics`);
  const words = [
    ...decodeWords(
      `0x${topics
        .slice(1)
        .map((topic) => topic.slice(2))
        .join('')}`,
      indexed.map(({ type }) => type),
    ),
    ...decodeWords(
      data,
      plain.map(({ type }) => type),
    ),
  ];
  const values = [...indexed, ...plain].map(({ name }, at) => [name, readValue(name, words[at])]);
  return { ...place, name: event.name, ...Object.fromEntries(values) } as ChainEvent;
}

function readValue(name: string, value: unknown): string | number {
  if (typeof value !== 'bigint') return String(value).toLowerCase();
  if (NUMBERS.has(name)) return Number(value);
  return TOKENS.has(name) ? `0x${value.toString(16).padStart(64, '0')}` : String(value);
}

/** `0x` and the 64 hex digits of a content id. */
export const contentOfWord = (word: string): string => `sha256:${word.slice(2)}`;
export const rootText = (root: Uint8Array): string => `0x${toHex(root)}`;
