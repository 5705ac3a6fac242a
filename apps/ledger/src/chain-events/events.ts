// Status events of the ledger's contracts as facts for the log, docs/formats/content.md, status/v1.
import { getAddress, type LogDescription, zeroPadValue } from 'ethers';
import type { JsonObject, JsonValue } from '#lib/canonical';
import type { StatusEvent } from '#lib/record';
import type { ContractName } from '../chain/chain-facts.ts';
import { CONTRACTS, type EventLog, readEvent } from '../chain/contracts.ts';

/** A line of `eth_getLogs`. */
export type ChainLog = EventLog & {
  readonly transactionHash: string;
  readonly blockNumber: bigint;
  readonly blockHash: string;
  readonly logIndex: bigint;
};

/** Which contract says what. */
export const STATUS_EVENTS: readonly { readonly contract: ContractName; readonly event: StatusEvent }[] = [
  { contract: 'PassportRegistry', event: 'FlagSet' },
  { contract: 'BodyRegistry', event: 'RegistrationWithdrawn' },
  { contract: 'BodyRegistry', event: 'OpinionRevoked' },
];

/** First topics of all of them, for the filter of `eth_getLogs`. */
export const STATUS_TOPICS: readonly string[] = STATUS_EVENTS.map(
  ({ contract, event }) => CONTRACTS[contract].getEvent(event)!.topicHash,
);

type WireLog = Record<
  'address' | 'data' | 'transactionHash' | 'blockNumber' | 'blockHash' | 'logIndex',
  string
> & {
  readonly topics: readonly string[];
};

/** In the order of the chain. @throws Error when the node sent something that is no list of log lines */
export function readLogs(value: JsonValue): ChainLog[] {
  if (!Array.isArray(value)) throw new Error('eth_getLogs was answered with no list');
  return (value as unknown as readonly WireLog[])
    .map((log) => ({ ...log, blockNumber: BigInt(log.blockNumber), logIndex: BigInt(log.logIndex) }))
    .sort((a, b) => Number(a.blockNumber - b.blockNumber) || Number(a.logIndex - b.logIndex));
}

/**
 * Members of the status/v1 document about this line, null when it is another event.
 * @param contracts lower-case address → contract of this ledger
 * @param blockTime RFC 3339
 */
export function statusFact(
  log: ChainLog,
  chainId: bigint,
  contracts: ReadonlyMap<string, ContractName>,
  blockTime: string,
): JsonObject | null {
  const contract = contracts.get(log.address.toLowerCase());
  const event = contract && readEvent(contract, log);
  const about = event && membersOf(event);
  if (!about) return null;
  return {
    chain: String(chainId),
    contract: getAddress(log.address),
    event: event.name,
    transaction: log.transactionHash,
    logIndex: String(log.logIndex),
    block: String(log.blockNumber),
    blockHash: log.blockHash,
    blockTime,
    reason: String(event.args.reason),
    detail: event.args.detail,
    ...about,
  };
}

function membersOf({ name, args }: LogDescription): JsonObject | null {
  switch (name as StatusEvent) {
    case 'FlagSet':
      return {
        subject: `0x${args.tokenId.toString(16).padStart(64, '0')}`,
        setter: args.setter,
        role: String(args.role),
        status: String(args.status),
      };
    case 'RegistrationWithdrawn':
      return {
        subject: zeroPadValue(args.body.toLowerCase(), 32),
        setter: args.registrar,
        index: String(args.index),
        effectiveFrom: String(args.effectiveFrom),
      };
    case 'OpinionRevoked':
      return { subject: args.opinionId, setter: args.body };
    default:
      return null;
  }
}
