// The sender on a chain that misbehaves: endpoints lose, delay, double, refuse and lie; blocks are taken back; nodes
// forget; prices jump; the process goes away in between. Whatever happens: each head is anchored once, no nonce stays
// stuck, and every row says in the end what the chain says.
import { jest } from '@jest/globals';
import { Wallet } from 'ethers';
import { feesOf } from '../../apps/ledger/src/anchoring/fees.ts';
import { SCHEDULE } from '../../apps/ledger/src/anchoring/schedule.ts';
import { CONTRACTS } from '../../apps/ledger/src/chain/contracts.ts';
import { type Deployed, deployTo, inTheEnd, SendingService } from '../support/sending-service.ts';
import { type Endpoint, type Fault, FINALITY, UnrulyChain } from '../support/unruly-chain.ts';

jest.setTimeout(400_000);

type World = {
  readonly chain: UnrulyChain;
  readonly endpoint: Endpoint;
  readonly service: SendingService;
  readonly stop: () => Promise<void>;
};

async function makeWorld(
  env: Record<string, string> = {},
  others = 0,
): Promise<World & { others: Endpoint[] }> {
  const chain = await UnrulyChain.start();
  const endpoint = await chain.openEndpoint();
  const deployed: Deployed = await deployTo(endpoint.url, chain.operator);
  await chain.takeOver();
  const more: Endpoint[] = [];
  for (let at = 0; at < others; at++) more.push(await chain.openEndpoint());
  const urls = [endpoint, ...more].map(({ url }) => url);
  const service = await SendingService.start(deployed.folder, urls, env);
  const stop = async () => {
    await service.running.stop();
    await chain.stop();
    await deployed.folder.remove();
  };
  return { chain, endpoint, service, others: more, stop };
}

type Row = {
  readonly id: string;
  readonly purpose: string;
  readonly state: string;
  readonly nonce: string | null;
  readonly hash: string | null;
  readonly block_hash: string | null;
  readonly final_at: Date | null;
  readonly error: string | null;
};
const rowsOf = ({ service }: World) => service.rows<Row>('select * from chain_transaction order by place');
const lastRow = async (world: World) => (await rowsOf(world)).at(-1) as Row;

/** Time passes in small and large steps, a block each, until nothing is left to do. Gives what is left after too long. */
async function calm({ chain, service }: World, seconds = 7): Promise<string | null> {
  let left = '';
  for (let turn = 0; turn < 240; turn++) {
    await service.tick(turn % 5 === 4 ? 40 : seconds, 20);
    await chain.mine();
    const head = (await service.proofs.head())?.size ?? 0n;
    const anchored = (await service.anchors.latest())?.size ?? 0n;
    const open = await service.rows<Row>(
      "select * from chain_transaction where final_at is null or state in ('intent', 'signed', 'broadcast', 'mined')",
    );
    if (head === anchored && open.length === 0) return null;
    left = `head ${head}, anchored ${anchored}, ${JSON.stringify(open)} ${JSON.stringify(service.sender.trouble)}`;
  }
  return left;
}

type Truth = {
  readonly sequence: bigint;
  readonly size: bigint;
  readonly hash: string;
  readonly blockHash: string;
};

/** Every head that the contract took, from its events. */
async function headsOnChain({ chain, service }: World): Promise<Truth[]> {
  const logs = await chain.request('eth_getLogs', {
    address: service.chain.address('CheckpointAnchor'),
    topics: [CONTRACTS.CheckpointAnchor.getEvent('HeadAnchored')?.topicHash, service.chain.facts.logId],
    fromBlock: '0x0',
    toBlock: 'latest',
  });
  return logs.map((log: any) => {
    const { sequence, size } = CONTRACTS.CheckpointAnchor.parseLog(log)!.args;
    return { sequence, size, hash: log.transactionHash, blockHash: log.blockHash };
  });
}

type Finding = { doubled: number; stuck: number; wrong: string[] };

/** Compares rows and chain, once all is calm. */
async function judge(world: World, left: string | null): Promise<Finding> {
  const { chain, service } = world;
  const truth = await headsOnChain(world);
  const wrong: string[] = left === null ? [] : [left];
  const doubled = truth.length - new Set(truth.map(({ size }) => size)).size;
  const anchors = await service.anchors.list(1n, 100_000);
  const told = anchors.map(({ sequence, size, txHash: hash, blockHash }) => ({
    sequence,
    size,
    hash,
    blockHash,
  }));
  const plain = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
  if (plain(told) !== plain(truth)) wrong.push(`anchors ${plain(told)} on chain ${plain(truth)}`);
  const rows = await rowsOf(world);
  for (const row of rows) {
    const receipt = row.hash && (await chain.request('eth_getTransactionReceipt', row.hash));
    const [version] = await service.rows('select kind from signed_transaction where hash = $1', [row.hash]);
    const expected = !receipt
      ? 'failed'
      : receipt.status !== '0x1'
        ? 'failed'
        : version?.kind === 'noop' && row.purpose !== 'fill'
          ? 'replaced'
          : 'final';
    const placed = receipt ? row.block_hash === receipt.blockHash : row.block_hash === null;
    if (row.state !== expected || row.final_at === null || !placed)
      wrong.push(`row ${plain(row)}: the chain says ${expected} in ${receipt?.blockHash}`);
  }
  // every nonce that was given out is used on chain, once
  const used = rows.flatMap(({ nonce, hash }) => (nonce !== null && hash !== null ? [BigInt(nonce)] : []));
  const count = BigInt(await chain.request('eth_getTransactionCount', chain.operator.address, 'latest'));
  const stuck = used.filter((nonce) => nonce >= count).length + (left?.includes('"nonce":"') ? 1 : 0);
  if (new Set(used).size !== used.length) wrong.push(`a nonce stands in two rows: ${used}`);
  return { doubled, stuck, wrong };
}

/** The first `times` calls of this method fail so. */
function failFirst(endpoint: Endpoint, method: string, kind: Fault, times: number): void {
  let left = times;
  endpoint.fault = (called) => (called === method && left-- > 0 ? kind : null);
}

describe('one thing at a time', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.stop());
  afterEach(async () => {
    world.endpoint.fault = () => null;
    world.endpoint.swallows = () => false;
    await world.chain.setPrice();
    expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
  });

  /** An entry whose anchor is on its way to the nodes. */
  async function sent(): Promise<Row> {
    await world.service.record();
    return inTheEnd(async () => {
      await world.service.tick(1);
      const row = await lastRow(world);
      return row?.state === 'broadcast' && row;
    });
  }

  /** An entry whose anchor is in the newest block. */
  async function anchored(): Promise<Row> {
    await sent();
    await world.chain.mine();
    return inTheEnd(async () => {
      await world.service.tick(1);
      const row = await lastRow(world);
      return row.state === 'mined' && row;
    });
  }

  test.each<[Fault, string]>([
    ['lost', 'eth_sendRawTransaction'],
    ['answer lost', 'eth_sendRawTransaction'],
    ['doubled', 'eth_sendRawTransaction'],
    ['busy', 'eth_sendRawTransaction'],
    ['refused', 'eth_sendRawTransaction'],
    ['hidden', 'eth_sendRawTransaction'],
    ['refused', 'eth_estimateGas'],
    ['hidden', 'eth_getTransactionReceipt'],
    ['phantom', 'eth_getTransactionReceipt'],
    ['wrong block', 'eth_getTransactionReceipt'],
    ['flipped', 'eth_getTransactionReceipt'],
    ['hidden', 'eth_getBlockByHash'],
  ])('%s at %s', async (kind, method) => {
    await world.service.record();
    failFirst(world.endpoint, method, kind, 3);
  });

  test.each([
    [1, 'again'],
    [2, 'dropped'],
    [3, 'again'],
    [4, 'dropped'],
    [5, 'dropped'],
    [5, 'again'],
  ] as const)(
    '%d blocks are taken back, the transaction comes %s: pending in between',
    async (depth, what) => {
      const { chain, service } = world;
      const before = (await service.anchors.latest())?.sequence ?? 0n;
      const row = await anchored();
      expect((await service.anchors.latest())?.txHash).toBe(row.hash);
      await chain.mine(depth - 1);
      await chain.reorganise(depth, what);
      if (what === 'dropped') {
        await inTheEnd(async () => {
          await service.tick(7);
          return (await lastRow(world)).state === 'broadcast';
        });
        expect((await service.anchors.latest())?.sequence ?? 0n).toBe(before);
        const { body } = await service.running
          .get('/api/v1/anchoring', service.running.operatorKey)
          .expect(200);
        expect(body.log).toMatchObject({ isOverdue: false, promisedBy: expect.any(String) });
        expect(Number(body.log.pendingEntries)).toBeGreaterThan(0);
      }
      expect(await calm(world)).toBeNull();
      expect((await lastRow(world)).id).toBe(row.id);
      const versions = await service.rows('select from signed_transaction where transaction = $1', [row.id]);
      if (what === 'again') expect(versions).toHaveLength(1);
    },
  );

  test('included, confirmed and finalized are told apart', async () => {
    const { chain, service } = world;
    const { hash } = await anchored();
    const stage = async () => {
      const { body } = await service.running
        .get('/api/v1/transactions', service.running.operatorKey)
        .expect(200);
      return body.find((each: any) => each.txHash === hash).stage;
    };
    expect(await stage()).toBe('included');
    await chain.mine(2);
    expect(await stage()).toBe('confirmed');
    await chain.mine(FINALITY);
    await inTheEnd(async () => {
      await service.tick(7);
      return (await stage()) === 'finalized';
    });
  });

  test('an endpoint that is behind takes nothing back', async () => {
    const { endpoint, service } = world;
    const row = await anchored();
    endpoint.lag = 6;
    for (let turn = 0; turn < 10; turn++) await service.tick(7);
    expect((await lastRow(world)).state).toBe('mined');
    expect((await service.anchors.latest())?.txHash).toBe(row.hash);
    endpoint.lag = 0;
  });

  test('nodes forget it: the same bytes go again', async () => {
    const { chain, service } = world;
    const { id } = await sent();
    expect(await chain.forgetPool()).toBe(1);
    await service.tick(SCHEDULE.resend / 1_000 + 1, 100);
    expect(await calm(world)).toBeNull();
    expect(await service.rows('select from signed_transaction where transaction = $1', [id])).toHaveLength(1);
  });

  test('the price rises over the first fee: it is raised, by an eighth at least, and every version is kept', async () => {
    const { chain, service } = world;
    const { id } = await sent();
    await chain.setPrice(40_000_000_000n);
    await chain.mine(2);
    await inTheEnd(async () => {
      await service.tick(SCHEDULE.bump / 1_000 + 1, 60);
      await chain.mine();
      return (await lastRow(world)).state === 'mined';
    });
    const versions = await service.rows<{ kind: string; raw: string }>(
      'select kind, raw from signed_transaction where transaction = $1 order by signed_at',
      [id],
    );
    expect(versions.length).toBeGreaterThan(1);
    for (const [at, { kind, raw }] of versions.entries()) {
      expect(kind).toBe('call');
      const before = versions[at - 1];
      if (before)
        for (const name of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const)
          expect(1000n * feesOf(raw)[name]).toBeGreaterThan(1125n * feesOf(before.raw)[name]);
    }
  });

  test('a nonce that is stuck for good is taken by a self-send, and the newest head goes under the next one', async () => {
    const { chain, endpoint, service } = world;
    // no node keeps a call: only what calls nothing is mined
    endpoint.swallows = ({ data }) => data !== '0x';
    const stuck = await sent();
    await inTheEnd(async () => {
      await service.tick(SCHEDULE.bump / 1_000 + 1, 60);
      await chain.mine();
      const [row] = await service.rows<Row>('select * from chain_transaction where id = $1', [stuck.id]);
      return row?.state === 'replaced';
    });
    const versions = await service.rows(
      'select kind from signed_transaction where transaction = $1 order by signed_at',
      [stuck.id],
    );
    endpoint.swallows = () => false;
    const kinds = versions.map(({ kind }) => kind);
    const calls = Array.from({ length: SCHEDULE.bumpsBeforeNoop + 1 }, () => 'call');
    expect(kinds.slice(0, calls.length)).toEqual(calls);
    expect(new Set(kinds.slice(calls.length))).toEqual(new Set(['noop']));
    expect(await calm(world)).toBeNull();
    const next = await lastRow(world);
    expect([next.state, BigInt(next.nonce ?? 0)]).toEqual(['final', BigInt(stuck.nonce ?? 0) + 1n]);
  });

  test('the self-send is taken back and the old call is mined in its place: one head, and the row says so', async () => {
    const { chain, endpoint, service } = world;
    endpoint.swallows = ({ data }) => data !== '0x';
    const stuck = await sent();
    const row = async () =>
      (await service.rows<Row>('select * from chain_transaction where id = $1', [stuck.id]))[0] as Row;
    await inTheEnd(async () => {
      await service.tick(SCHEDULE.bump / 1_000 + 1, 60);
      await chain.mine();
      return (await row()).state === 'replaced';
    });
    endpoint.swallows = () => false;
    // the newest head is under way under the next nonce, or in a block already
    await inTheEnd(async () => {
      await service.tick(1);
      return (await lastRow(world)).state === 'broadcast';
    });
    const height = await chain.height();
    const block = await chain.request('eth_getTransactionReceipt', (await row()).hash);
    await chain.reorganise(height - Number(block.blockNumber) + 1, 'dropped');
    const [call] = await service.rows<{ raw: string }>(
      "select raw from signed_transaction where transaction = $1 and kind = 'call' order by signed_at desc limit 1",
      [stuck.id],
    );
    await chain.request('eth_sendRawTransaction', call?.raw);
    await chain.mine();
    expect(await calm(world)).toBeNull();
    expect((await row()).state).toBe('final');
  });

  test('a nonce below ours vanishes from the nodes: a self-send fills the gap', async () => {
    const { chain, service } = world;
    const wallet = new Wallet(chain.operator.secretKey);
    const nonce = Number(await chain.request('eth_getTransactionCount', wallet.address, 'pending'));
    const raw = await wallet.signTransaction({
      type: 2,
      chainId: service.chain.facts.chainId,
      nonce,
      to: wallet.address,
      gasLimit: 21_000n,
      maxFeePerGas: 5_000_000_000n,
      maxPriorityFeePerGas: 1n,
    });
    const foreign = await chain.request('eth_sendRawTransaction', raw);
    expect(Number((await sent()).nonce)).toBe(nonce + 1);
    await chain.request('hardhat_dropTransaction', foreign);
    await inTheEnd(async () => {
      await service.tick(SCHEDULE.gap / 1_000 + 1, 60);
      await chain.mine();
      return (await service.rows("select from chain_transaction where purpose = 'fill'")).length > 0;
    });
    expect(await calm(world)).toBeNull();
    const [fill] = await service.rows<Row>("select * from chain_transaction where purpose = 'fill'");
    expect([fill?.state, Number(fill?.nonce)]).toEqual(['final', nonce]);
  });

  test('another holder of the key takes the nonce: said once it is final, and the head goes under the next one', async () => {
    const { chain, service } = world;
    const ours = await sent();
    await chain.forgetPool();
    const wallet = new Wallet(chain.operator.secretKey);
    const raw = await wallet.signTransaction({
      type: 2,
      chainId: service.chain.facts.chainId,
      nonce: Number(ours.nonce),
      to: wallet.address,
      gasLimit: 21_000n,
      maxFeePerGas: 9_000_000_000n,
      maxPriorityFeePerGas: 2_000_000_000n,
    });
    await chain.request('eth_sendRawTransaction', raw);
    await chain.mine(2);
    await service.tick(SCHEDULE.resend / 1_000 + 1, 100);
    // in a block, but it may still be taken back
    expect((await lastRow(world)).state).toBe('broadcast');
    await chain.mine(FINALITY);
    await inTheEnd(async () => {
      await service.tick(SCHEDULE.resend / 1_000 + 1, 60);
      const [row] = await service.rows<Row>('select * from chain_transaction where id = $1', [ours.id]);
      return row?.state === 'failed' && row.error?.includes('another holder');
    });
    await service.rows('update chain_transaction set hash = null where id = $1', [ours.id]);
  });
});

test('a price above the ceiling is waited for, said, and paid when it has come down', async () => {
  const world = await makeWorld({ ANCHORLEAF_MAX_FEE_GWEI: '5' });
  const { chain, endpoint, service } = world;
  try {
    await chain.setPrice(50_000_000_000n);
    await chain.mine(2);
    endpoint.asked.splice(0);
    await service.record();
    const trouble = await inTheEnd(async () => {
      await service.tick(1);
      return service.sender.trouble;
    });
    expect(trouble.code).toBe('sender/fee-ceiling');
    for (let turn = 0; turn < 10; turn++) await service.tick(60);
    expect(endpoint.asked).not.toContain('eth_sendRawTransaction');
    expect((await lastRow(world)).state).toBe('intent');
    const { body } = await service.running.get('/health/ready').expect(200);
    expect(body).toMatchObject({ status: 'degraded' });
    expect(JSON.stringify(body.details.anchors.degraded)).toContain('sender/fee-ceiling');

    // it falls, and rises again once the transaction is under way: nothing is paid above the ceiling
    await chain.setPrice(3_000_000_000n);
    await chain.mine(2);
    await inTheEnd(async () => {
      await service.tick(1);
      return (await lastRow(world)).state === 'broadcast';
    });
    await chain.setPrice(50_000_000_000n);
    for (let turn = 0; turn < 10; turn++) {
      await service.tick(150);
      await chain.mine();
    }
    expect((await lastRow(world)).state).toBe('broadcast');
    expect(service.sender.trouble?.code).toBe('sender/fee-ceiling');
    await chain.setPrice(1_000_000_000n);
    expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
    expect(service.sender.trouble).toBeNull();
  } finally {
    await world.stop();
  }
});

test('while a price is waited for, those in blocks are followed to their end', async () => {
  const world = await makeWorld({ ANCHORLEAF_MAX_FEE_GWEI: '5' });
  const { chain, service } = world;
  try {
    const firstWhen = (state: string) =>
      inTheEnd(async () => {
        await service.tick(7);
        const [first] = await rowsOf(world);
        return first?.state === state && first;
      });
    await service.record();
    await firstWhen('broadcast');
    await chain.mine();
    const row = await firstWhen('mined');
    await chain.setPrice(50_000_000_000n);
    await chain.mine(2);
    await service.record();
    await inTheEnd(async () => {
      await service.tick(10);
      return service.sender.trouble?.code === 'sender/fee-ceiling';
    });
    await chain.mine(FINALITY);
    expect((await firstWhen('final')).id).toBe(row.id);
    expect((await lastRow(world)).state).toBe('intent');
  } finally {
    await world.stop();
  }
});

describe('several endpoints', () => {
  test('the preferred one fails, another is behind: anchoring goes on, and both are told of', async () => {
    const world = await makeWorld({}, 2);
    const { chain, endpoint, service, others } = world;
    try {
      await chain.mine(FINALITY + 80);
      others[1]!.lag = 70;
      endpoint.fault = () => 'lost';
      await service.record();
      expect(await calm(world)).toBeNull();
      const { body } = await service.running
        .get('/api/v1/anchoring', service.running.operatorKey)
        .expect(200);
      expect(body.endpoints.map(({ isReachable }: any) => isReachable)).toEqual([false, true, true]);
      expect(Number(body.endpoints[2].lag)).toBeGreaterThan(64);
      expect(JSON.stringify(body.endpoints)).not.toContain('http');
      const ready = await service.running.get('/health/ready').expect(200);
      expect(ready.body.status).toBe('degraded');
      endpoint.fault = () => null;
      expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
    } finally {
      await world.stop();
    }
  });

  test('what one of three alone calls final makes nobody late, and is not kept as final', async () => {
    const world = await makeWorld({}, 2);
    const { others, service } = world;
    const ahead = 1_000n;
    try {
      others[0]!.twist = (method, result) =>
        method === 'eth_getBlockByNumber' && result?.number
          ? { ...result, number: `0x${(BigInt(result.number) + ahead).toString(16)}` }
          : result;
      await service.record();
      expect(await calm(world)).toBeNull();
      const [kept] = await service.rows<{ number: string }>('select number from chain_final_block');
      expect(BigInt(kept?.number ?? ahead)).toBeLessThan(ahead);
    } finally {
      await world.stop();
    }
  });

  test('one that counts too many transactions makes no gap, and no nonce used that is not', async () => {
    const world = await makeWorld({}, 1);
    const { endpoint, service } = world;
    try {
      expect(await calm(world)).toBeNull();
      endpoint.twist = (method, result) =>
        method === 'eth_getTransactionCount' ? `0x${(BigInt(result) + 40n).toString(16)}` : result;
      await service.record();
      await inTheEnd(async () => {
        await service.tick(1);
        return (await lastRow(world)).state === 'broadcast';
      });
      for (let turn = 0; turn < 8; turn++) await service.tick(SCHEDULE.gap / 1_000);
      endpoint.twist = (_, result) => result;
      expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
      const rows = await rowsOf(world);
      expect(rows.map(({ nonce }) => Number(nonce))).toEqual(
        rows.map((_, at) => Number(rows[0]?.nonce) + at),
      );
      expect(rows.filter(({ purpose, state }) => purpose === 'fill' || state === 'failed')).toEqual([]);
    } finally {
      await world.stop();
    }
  });

  test('every broadcast goes to all', async () => {
    const world = await makeWorld({}, 1);
    try {
      await world.service.record();
      expect(await calm(world)).toBeNull();
      for (const { asked } of [world.endpoint, ...world.others])
        expect(asked).toContain('eth_sendRawTransaction');
    } finally {
      await world.stop();
    }
  });

  test.each([
    [
      'block',
      (method: string, result: any) =>
        method === 'eth_getBlockByNumber' && result ? { ...result, hash: `0x${'ab'.repeat(32)}` } : result,
    ],
    ['code', (method: string, result: any) => (method === 'eth_getCode' ? `${result}00` : result)],
    [
      'head of the log',
      (method: string, result: any) =>
        method === 'eth_call' && typeof result === 'string' && result.length === 2 + 5 * 64
          ? `0x${'00'.repeat(31)}09${result.slice(66)}`
          : result,
    ],
  ])('two that disagree on a final %s: nothing is sent any more, the log goes on', async (_, twist) => {
    const world = await makeWorld({}, 1);
    const { chain, service, others } = world;
    try {
      await chain.mine(FINALITY + 2);
      others[0]!.twist = twist;
      await service.record();
      await inTheEnd(async () => {
        // the comparison of contracts comes less often than that of blocks
        await service.tick(601);
        await chain.mine();
        return service.sender.trouble?.code === 'chain/endpoints-disagree';
      });
      const signed = async () => (await rowsOf(world)).flatMap(({ hash }) => hash ?? []);
      const before = await signed();
      await service.record();
      for (let turn = 0; turn < 5; turn++) await service.tick(60);
      expect(await signed()).toEqual(before);
      const ready = await service.running.get('/health/ready').expect(503);
      expect(ready.body.details.chain.reason).toContain('chain/endpoints-disagree');
      await service.running.get('/log/checkpoint').expect(200);
      // a person has put it right
      others[0]!.twist = (_method, result) => result;
      await service.restart();
      expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
    } finally {
      await world.stop();
    }
  });
});

test('a final block that changes is a hard stop, after a restart too; reads go on', async () => {
  const world = await makeWorld();
  const { chain, service } = world;
  try {
    await service.record();
    expect(await calm(world)).toBeNull();
    await service.record();
    await inTheEnd(async () => {
      await service.tick(7);
      await chain.mine();
      return (await lastRow(world)).state === 'mined';
    });
    await chain.reorganise(FINALITY + 4, 'again');
    await chain.mine(FINALITY);
    const stopped = () =>
      inTheEnd(async () => {
        await service.tick(61);
        return service.sender.trouble?.code === 'chain/final-block-changed';
      });
    await stopped();
    const rows = await rowsOf(world);
    const refused = await service.running.post('/api/v1/organisations', {}, service.running.operatorKey);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    const ready = await service.running.get('/health/ready').expect(503);
    expect(ready.body.details.log.reason).toContain('was final');
    await service.running.get('/log/checkpoint').expect(200);
    await service.restart();
    await stopped();
    expect((await rowsOf(world)).map(({ hash }) => hash)).toEqual(rows.map(({ hash }) => hash));
  } finally {
    await world.stop();
  }
});

test('the process goes away between any two steps: the same bytes, the same nonce', async () => {
  const world = await makeWorld();
  const { chain, endpoint, service } = world;
  try {
    let kills = 0;
    for (const [method, kind, state] of [
      ['eth_estimateGas', 'lost', 'intent'],
      ['eth_getTransactionCount', 'lost', 'intent'],
      ['eth_sendRawTransaction', 'lost', 'signed'],
      ['eth_sendRawTransaction', 'answer lost', 'signed'],
      ['eth_getTransactionReceipt', 'lost', 'broadcast'],
      ['eth_getBlockByHash', 'lost', 'broadcast'],
    ] as const) {
      await service.record();
      endpoint.fault = (called) => (called === method ? kind : null);
      const before = await inTheEnd(async () => {
        await service.tick(1);
        await chain.mine();
        const row = await lastRow(world);
        return endpoint.asked.at(-1) === method && row?.state === state && row;
      });
      await service.restart();
      endpoint.fault = () => null;
      kills++;
      expect(await judge(world, await calm(world))).toEqual({ doubled: 0, stuck: 0, wrong: [] });
      const after = await lastRow(world);
      expect(after.id).toBe(before.id);
      if (before.nonce !== null) expect([after.nonce, after.hash]).toEqual([before.nonce, before.hash]);
    }
    console.log(`counted: ${kills} restarts between intent, sign, store, send and receipt, 0 second nonces`);
  } finally {
    await world.stop();
  }
});

/** xorshift32: the same seed gives the same disorder. */
function makeChance(seed: number) {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return {
    below: (limit: number) => Math.floor(next() * limit),
    happens: (chance: number) => next() < chance,
    of: <T>(many: readonly T[]): T => many[Math.floor(next() * many.length)] as T,
  };
}

const SEED = Number(process.env.FAULT_SEED ?? 20_261_125);
const RUNS = Number(process.env.FAULT_RUNS ?? 40);

test('any disorder ends in order', async () => {
  const world = await makeWorld();
  const { chain, endpoint, service } = world;
  const chance = makeChance(SEED);
  const faultsOf = (method: string): readonly Fault[] =>
    method === 'eth_getTransactionReceipt'
      ? ['lost', 'busy', 'delayed', 'hidden', 'phantom', 'wrong block', 'flipped']
      : ['lost', 'answer lost', 'doubled', 'busy', 'refused', 'delayed'];
  let [faults, restarts] = [0, 0];
  const total = { doubled: 0, stuck: 0, wrong: [] as string[] };
  try {
    for (let run = 0; run < RUNS && total.wrong.length === 0; run++) {
      const rate = chance.of([0.05, 0.2, 0.4]);
      endpoint.fault = (method) => {
        if (!chance.happens(rate)) return null;
        faults++;
        return chance.of(faultsOf(method));
      };
      for (let turn = 0; turn < 14; turn++) {
        if (turn % 4 === 0)
          // the log itself reads the chain only at its start; an entry is recorded whatever the chain does
          await service.record();
        await service.tick(chance.of([1, 7, 26, 91, 121]), 25);
        if (chance.happens(0.7)) await chain.mine(1 + chance.below(2));
        if (chance.happens(0.12)) {
          await chain.reorganise(1 + chance.below(5), chance.of(['again', 'dropped'] as const));
          faults++;
        }
        if (chance.happens(0.06)) {
          faults += await chain.forgetPool();
        }
        if (chance.happens(0.08)) {
          await chain.setPrice(chance.of([1n, 3n, 60n, 200n]) * 1_000_000_000n);
          faults++;
        }
        if (chance.happens(0.08)) {
          endpoint.lag = chance.below(6);
          faults++;
        }
      }
      if (run % 8 === 7) {
        endpoint.fault = () => null;
        await service.restart();
        restarts++;
      }
      endpoint.fault = () => null;
      endpoint.lag = 0;
      await chain.setPrice();
      const found = await judge(world, await calm(world));
      total.doubled += found.doubled;
      total.stuck += found.stuck;
      total.wrong.push(...found.wrong.map((text) => `run ${run}: ${text}`));
    }
    const heads = (await service.anchors.list(1n, 100_000)).length;
    console.log(
      `counted: ${faults} faults and ${restarts} restarts in ${RUNS} runs (seed ${SEED}), ${heads} heads, ` +
        `${total.doubled} double anchors, ${total.stuck} stuck nonces, ${total.wrong.length} wrong states`,
    );
    expect(total).toEqual({ doubled: 0, stuck: 0, wrong: [] });
    expect(faults).toBeGreaterThan(8 * RUNS);
  } finally {
    await world.stop();
  }
});
