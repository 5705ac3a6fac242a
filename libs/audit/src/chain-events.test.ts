// Against ethers and the contracts' own ABI: an independent encoder of the same events.
import { Interface } from 'ethers';
import abi from '../../../apps/ledger/src/chain/contracts.generated.json' with { type: 'json' };
import { decodeEvent, type EventName, eventTopics } from './index.ts';

const A = '0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF';
const B = '0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69';
const W = (n: number) => `0x${n.toString(16).padStart(64, '0')}`;
const PLACE = { block: 4, time: 5, transaction: W(6), logIndex: 7 };
const [a, b] = [A.toLowerCase(), B.toLowerCase()];

const CASES: readonly [
  EventName,
  'CheckpointAnchor' | 'BodyRegistry' | 'PassportRegistry',
  unknown[],
  object,
][] = [
  [
    'LogOpened',
    'CheckpointAnchor',
    [W(1), A, W(2), W(3), 60],
    { owner: a, predecessor: W(2), maxDelay: '60' },
  ],
  ['HeadAnchored', 'CheckpointAnchor', [W(1), 3, 900, W(4)], { sequence: 3, size: 900, root: W(4) }],
  ['LogOffered', 'CheckpointAnchor', [W(1), A, B], { owner: a, to: b }],
  ['LogHandedOver', 'CheckpointAnchor', [W(1), A, B], { from: a, to: b }],
  [
    'BodyRegistered',
    'BodyRegistry',
    [A, B, 2, 10, 20, W(1), W(2)],
    { registrar: a, body: b, index: '2', validFrom: '10', validUntil: '20', scope: W(1), snapshot: W(2) },
  ],
  [
    'RegistrationWithdrawn',
    'BodyRegistry',
    [A, B, 2, 5, W(1), 30],
    { registrar: a, body: b, index: '2', reason: '5', detail: W(1), effectiveFrom: '30' },
  ],
  [
    'OpinionRevoked',
    'BodyRegistry',
    [A, W(1), 2, W(3)],
    { body: a, opinionId: W(1), reason: '2', detail: W(3) },
  ],
  [
    'PassportMinted',
    'PassportRegistry',
    [2n ** 255n, A, W(1), W(2), W(3)],
    { token: `0x8${'0'.repeat(63)}`, issuer: a, log: W(1), content: W(2), opinionId: W(3) },
  ],
  ['PassportSuperseded', 'PassportRegistry', [1, 2], { token: W(1), by: W(2) }],
  [
    'OpinionAccepted',
    'PassportRegistry',
    [W(1), A, B, W(2), 3],
    { opinionId: W(1), body: a, registrar: b, digest: W(2), index: '3' },
  ],
  [
    'FlagSet',
    'PassportRegistry',
    [1, 2, A, 1, 3, W(4)],
    { token: W(1), role: '2', setter: a, status: '1', reason: '3', detail: W(4) },
  ],
];
const ROOM = { CheckpointAnchor: 'anchor', BodyRegistry: 'bodies', PassportRegistry: 'registry' } as const;

test.each(CASES)('%s as the contract writes it', (name, contract, values, members) => {
  const line = new Interface((abi as any)[contract].abi).encodeEventLog(name, values as never[]);
  expect(decodeEvent(ROOM[contract], line, PLACE)).toMatchObject({ ...PLACE, name, ...members });
  expect(eventTopics(ROOM[contract])).toContain(line.topics[0]);
  expect(decodeEvent(ROOM[contract], { ...line, topics: [W(9), ...line.topics.slice(1)] }, PLACE)).toBeNull();
  expect(() => decodeEvent(ROOM[contract], { ...line, topics: line.topics.slice(0, -1) }, PLACE)).toThrow();
  expect(() => decodeEvent(ROOM[contract], { ...line, data: `${line.data}00` }, PLACE)).toThrow();
});
