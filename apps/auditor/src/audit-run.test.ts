// A whole audit over a source and a chain in memory: what it says when one of them changes a single answer.
import { jest } from '@jest/globals';
import { type AuditState, decodeState, encodeState, type FindingCode, weightOf } from '#lib/audit';
import { type JsonValue, toHex, utf8 } from '#lib/canonical';
import type { RpcRequest } from '#lib/evm';
import { makeEntry } from '#lib/record';
import { leafHash, treeHash } from '#lib/transparency-log';
import { KEYS, on } from '../../../scripts/golden/people.ts';
import {
  chainOf,
  MemorySource as Memory,
  type MemorySource,
  noteOf,
  rootOf,
  sourceOf,
} from '../../../test/support/audited-source.ts';
import { AuditedWorld, seconds, word } from '../../../test/support/audited-world.ts';
import { type AuditResult, type AuditRun, runAudit } from './audit-run.ts';
import { SourceError } from './log-source.ts';

jest.setTimeout(60_000);

const ENDPOINTS = ['https://rpc.one.example/', 'https://rpc.two.example/'];

function run(world: AuditedWorld, more: Partial<AuditRun> = {}): Promise<AuditResult> {
  return runAudit({
    source: sourceOf(world),
    also: [],
    notes: [],
    root: rootOf(world),
    rpc: chainOf(world),
    endpoints: ENDPOINTS,
    now: () => world.now,
    state: null,
    from: 0,
    all: true,
    progress: () => undefined,
    save: async () => undefined,
    ...more,
  });
}

/** The golden world, with a day that all of its anchors are in time for. */
async function make(): Promise<AuditedWorld> {
  const world = await AuditedWorld.make();
  world.world.chain.log.maxDelay = BigInt(10 * 86_400);
  return world;
}

const codes = ({ findings }: AuditResult) =>
  findings.filter((found) => weightOf(found) !== 'note').map(({ code }) => code);

test('an honest world: nothing, and every figure of it', async () => {
  const world = await make();
  const result = await run(world, { all: false });
  expect(codes(result)).toEqual([]);
  expect(result).toMatchObject({ size: world.leaves.length, heads: 4, from: 0, endpoints: ENDPOINTS });
  expect(result.root).toBe(toHex(treeHash(world.leaves.map((bytes) => leafHash(bytes)))));
  // the golden log's strangers have no manifests
  expect([...result.counts.keys()].sort()).toEqual(['entry/not-covered', 'time/stated-early']);
});

type Case = readonly [
  what: string,
  change: (parts: {
    world: AuditedWorld;
    source: MemorySource;
    rpc: ReturnType<typeof chainOf>;
  }) => Partial<AuditRun>,
  codes: readonly FindingCode[],
];
const flip = (bytes: Uint8Array, at: number) => {
  const changed = Uint8Array.from(bytes);
  changed[at]! ^= 1;
  return changed;
};
const answer =
  (method: string, value: JsonValue) =>
  (request: RpcRequest, given: JsonValue): JsonValue =>
    request.method === method ? value : given;

const CASES: readonly Case[] = [
  [
    'a checkpoint that another key signed',
    ({ source, world }) => {
      source.note = noteOf(world.leaves, KEYS.issuer.secret);
      return {};
    },
    ['checkpoint/refused'],
  ],
  [
    'a signed root that is not that of the entries',
    ({ source, world }) => {
      source.note = noteOf([...world.leaves.slice(0, -1), utf8('another')]);
      return {};
    },
    ['log/root-differs'],
  ],
  [
    'an entry with one bit changed',
    ({ source }) => {
      source.change = (path, bytes) =>
        path.startsWith('tile/entries/') ? flip(bytes, bytes.length - 10) : bytes;
      return {};
    },
    ['entry/altered', 'log/root-differs'],
  ],
  [
    'a tile with one bit changed',
    ({ source }) => {
      source.change = (path, bytes) => (path.startsWith('tile/0/') ? flip(bytes, 100) : bytes);
      return {};
    },
    ['entry/altered'],
  ],
  [
    'a tile that is cut short',
    ({ source }) => {
      source.change = (path, bytes) => (path.startsWith('tile/0/') ? bytes.subarray(1) : bytes);
      return {};
    },
    ['tile/malformed'],
  ],
  [
    'an entry tile that is cut short',
    ({ source }) => {
      source.change = (path, bytes) => (path.startsWith('tile/entries/') ? bytes.subarray(1) : bytes);
      return {};
    },
    ['tile/malformed', 'source/unreachable'],
  ],
  [
    'a log that is shorter than what was anchored',
    ({ world }) => ({ source: new Memory(world.leaves.slice(0, 5), world.documents) }),
    ['log/behind-chain', 'passport/no-entry', 'opinion/no-entry', 'registration/no-entry'],
  ],
  [
    'a mirror that is older than the last anchor, by an honest keeper',
    ({ world }) => {
      const source = new Memory(world.leaves.slice(0, -2), world.documents);
      source.kind = 'mirror';
      world.anchor(on('11-17'));
      return { source };
    },
    ['source/behind'],
  ],
  [
    'a head on chain that the entries do not give',
    ({ world }) => {
      const { heads } = world.world.log;
      heads[1] = { ...heads[1]!, root: treeHash([leafHash(utf8('x'))]) };
      return {};
    },
    ['head/differs'],
  ],
  [
    'a head that the reader pinned, of another tree',
    ({ world }) => ({
      root: { ...rootOf(world), head: { size: 4n, root: new Uint8Array(32).fill(1), time: null } },
    }),
    ['log/split-view'],
  ],
  [
    'a head that the reader pinned, of this tree',
    ({ world }) => {
      const root = treeHash(world.leaves.slice(0, 4).map((bytes) => leafHash(bytes)));
      return { root: { ...rootOf(world), head: { size: 4n, root, time: null } } };
    },
    [],
  ],
  [
    'another address with another tree of this size',
    ({ world }) => ({ also: [new Memory([...world.leaves.slice(0, -1), utf8('another')])] }),
    ['log/split-view'],
  ],
  [
    'another address with a longer log that does not begin with this one',
    ({ world }) => ({ also: [new Memory([utf8('another'), ...world.leaves])] }),
    ['log/split-view'],
  ],
  [
    'other addresses with longer and shorter states of this log',
    ({ world }) => ({
      also: [new Memory([...world.leaves, utf8('one more')]), new Memory(world.leaves.slice(0, 7))],
    }),
    [],
  ],
  [
    'another address that does not answer',
    ({ world }) => {
      const gone = sourceOf(world);
      gone.checkpoint = () => Promise.reject(new SourceError('unreachable', 'gone'));
      return { also: [gone] };
    },
    ['source/unreachable'],
  ],
  [
    'a note from a witness, of this log, and one of another tree',
    ({ world }) => ({
      notes: [
        { from: 'a.note', note: noteOf(world.leaves.slice(0, 6)) },
        { from: 'b.note', note: noteOf([...world.leaves.slice(0, 5), utf8('another')]) },
      ],
    }),
    ['log/split-view'],
  ],
  [
    'a note of a longer log, and one that another key signed',
    ({ world }) => ({
      notes: [
        { from: 'a.note', note: noteOf([...world.leaves, utf8('later')]) },
        { from: 'b.note', note: noteOf(world.leaves, KEYS.issuer.secret) },
      ],
    }),
    ['source/behind', 'checkpoint/refused'],
  ],
  [
    'a source that stops answering',
    ({ source }) => {
      source.change = () => {
        throw new SourceError('unreachable', 'gone');
      };
      return {};
    },
    ['source/unreachable'],
  ],
  ['a beginning beyond the log', () => ({ from: 1_000 }), ['source/behind']],
  [
    'a contract of other code',
    ({ world }) => {
      world.world.chain.code.bodies = '0x6009';
      return {};
    },
    ['chain/other-code'],
  ],
  [
    'a log of another origin',
    ({ world }) => {
      world.world.chain.log.originHash = word(3);
      return {};
    },
    ['chain/other-log'],
  ],
  ['no endpoint', () => ({ endpoints: [] }), ['chain/unreachable']],
  ['one endpoint where two are needed', () => ({ endpoints: ENDPOINTS.slice(1) }), ['chain/unreachable']],
  [
    'an endpoint of another chain',
    ({ rpc }) => {
      rpc.change(answer('eth_chainId', '0x1'));
      return {};
    },
    ['chain/endpoints-disagree'],
  ],
  [
    'endpoints that give different logs',
    ({ rpc }) => {
      let n = 0;
      rpc.change((request, value) => (request.method === 'eth_getLogs' && n++ % 2 === 0 ? [] : value));
      return {};
    },
    ['chain/endpoints-disagree'],
  ],
  [
    'endpoints that both leave one head in the middle out',
    ({ rpc }) => {
      rpc.change(({ method, params }, value) => {
        const [, sequences] = (params[0] as any)?.topics ?? [];
        if (method !== 'eth_getLogs' || !sequences) return value;
        return (value as any[]).filter(({ transactionHash }) => transactionHash !== word(2));
      });
      return {};
    },
    ['chain/events-missing'],
  ],
  [
    'an endpoint that gives lines of another contract',
    ({ rpc }) => {
      rpc.change(({ method }, value) =>
        method === 'eth_getLogs'
          ? (value as any[]).map((line) => ({ ...line, address: `0x${'99'.repeat(20)}` }))
          : value,
      );
      return {};
    },
    ['chain/unreachable'],
  ],
  [
    'an endpoint whose lines cannot be read',
    ({ rpc }) => {
      rpc.change(({ method }, value) =>
        method === 'eth_getLogs' ? (value as any[]).map((line) => ({ ...line, data: '0x12' })) : value,
      );
      return {};
    },
    ['chain/unreachable'],
  ],
  [
    'an endpoint that gives code that is no hex',
    ({ rpc }) => {
      rpc.change(answer('eth_getCode', 'none'));
      return {};
    },
    ['chain/unreachable'],
  ],
  [
    'endpoints that both leave heads out',
    ({ rpc, world }) => {
      const { anchor } = world.world.chain.addresses;
      const isAnchor = (params: any) => params[0].address.toLowerCase() === anchor.toLowerCase();
      rpc.change(({ method, params }, value) => (method === 'eth_getLogs' && isAnchor(params) ? [] : value));
      return {};
    },
    ['chain/events-missing', 'anchor/overdue'],
  ],
  [
    'a chain that has had no final block for a day',
    ({ world }) => ({ now: () => world.now + 86_400 }),
    ['chain/stale'],
  ],
];

test.each(CASES)('%s', async (_, change, expected) => {
  const world = await make();
  const source = sourceOf(world);
  const rpc = chainOf(world);
  const result = await run(world, { source, rpc, ...change({ world, source, rpc }) });
  expect(codes(result)).toEqual(expected);
  // nothing is built upon a contradiction
  if (expected.some((code) => weightOf({ code }) === 'contradiction')) expect(result.state).toBeNull();
});

test('stops at the first contradiction unless told to go on', async () => {
  const world = await make();
  const source = sourceOf(world);
  source.note = noteOf([...world.leaves.slice(0, -1), utf8('another')]);
  source.change = (path, bytes) => (path.startsWith('tile/0/') ? flip(bytes, 100) : bytes);
  expect(codes(await run(world, { source, all: false }))).toEqual(['entry/altered']);
  expect(codes(await run(world, { source, all: true }))).toEqual(['entry/altered', 'log/root-differs']);
});

/** Through the form that the file has. */
function kept(state: AuditState | null): AuditState {
  const { state: value, hashes } = encodeState(state!);
  return decodeState(JSON.parse(JSON.stringify(value)), hashes, state!.identity);
}

test('goes on from a state: only what is new, and heads of sizes that it had passed', async () => {
  const world = await make();
  const { heads } = world.world.log;
  const last = heads.pop()!;
  world.now = seconds(on('11-16'));
  world.world.chain.block.time = BigInt(world.now - 30);
  const first = await run(world);
  expect(codes(first)).toEqual([]);
  heads.push(last);
  world.now = seconds(on('11-17'));
  world.world.chain.block = { ...world.world.chain.block, time: BigInt(world.now - 30), hash: word(99) };
  const asked: string[] = [];
  const source = sourceOf(world);
  source.change = (path, bytes) => {
    asked.push(path);
    return bytes;
  };
  const second = await run(world, { source, state: kept(first.state), rpc: stillThere(world, first) });
  expect([codes(second), second.heads]).toEqual([[], 4]);
  expect(asked.filter((path) => path.startsWith('tile/entries/'))).toEqual([]);
  const forged = { ...last, root: new Uint8Array(32).fill(7) };
  heads[heads.length - 1] = forged;
  const third = await run(world, { state: kept(first.state), rpc: stillThere(world, first) });
  expect(codes(third)).toEqual(['head/differs']);
  heads[heads.length - 1] = last;
});

/** The chain's answers, with the block of the first run as it was. */
function stillThere(world: AuditedWorld, { state }: AuditResult) {
  const rpc = chainOf(world);
  const { block, hash } = state!.chain!;
  rpc.change(({ method, params }, value) =>
    method === 'eth_getBlockByNumber' && Number(params[0]) === block ? { ...(value as object), hash } : value,
  );
  return rpc;
}

test('a log that was rewritten since the state, a chain that was, and a source that fell behind', async () => {
  const world = await make();
  const { state } = await run(world);
  const rewritten = [utf8('another'), ...world.leaves.slice(1)];
  const result = await run(world, {
    state: kept(state),
    source: new Memory(rewritten, world.documents),
  });
  expect(codes(result)).toContain('log/split-view');
  expect(result.split[0]!.first.note).toBe(noteOf(world.leaves));
  expect(result.split[0]!.second.note).toBe(noteOf(rewritten));
  const shorter = new Memory(world.leaves.slice(0, -1), world.documents);
  expect(codes(await run(world, { state: kept(state), source: shorter }))).toEqual(['source/behind']);
  const rpc = chainOf(world);
  rpc.change(({ method, params }, value) =>
    method === 'eth_getBlockByNumber' && /^0x/.test(String(params[0])) && params[0] !== '0x0'
      ? { ...(value as object), hash: word(1) }
      : value,
  );
  const forked = await run(world, { state: kept(state), rpc });
  expect(codes(forked)).toContain('chain/final-block-changed');
});

test('a document that was withheld is not forgotten by the next run', async () => {
  const world = await make();
  world.documents.set(world.recorded('registration/v1')!.id, { kind: 'absent' });
  const first = await run(world);
  expect(codes(first)).toEqual(['content/withheld', 'content/withheld']);
  const second = await run(world, { state: kept(first.state) });
  const places = ({ findings }: AuditResult) =>
    findings.filter((found) => weightOf(found) === 'gap').map(({ place }) => place);
  expect(places(second)).toEqual(places(first));
});

test('a signature that could not be checked is not forgotten by the next run', async () => {
  const world = await make();
  world.documents.set(world.recorded('key/v1')!.id, { kind: 'erased', date: '2026-11-20' });
  const first = await run(world);
  expect(new Set(codes(first))).toEqual(new Set(['signature/unchecked']));
  const second = await run(world, { state: kept(first.state) });
  expect(codes(second)).toEqual(codes(first));
});

describe('a run that is broken off', () => {
  /** Every pause between two tiles is long enough to save; the fifth tile is out of reach. */
  async function brokenOff(world: AuditedWorld, more: Partial<AuditRun> = {}): Promise<AuditState[]> {
    let clock = 0;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => {
      clock += 60_000;
      return clock;
    });
    const saved: AuditState[] = [];
    const source = sourceOf(world);
    source.tile = async (path) => {
      if (path.startsWith('tile/entries/004')) throw new SourceError('unreachable', 'answered 500');
      return Memory.prototype.tile.call(source, path);
    };
    try {
      const result = await run(world, {
        source,
        save: async (state) => void saved.push(kept(state)),
        ...more,
      });
      expect(codes(result)).toContain('source/unreachable');
      expect(result.state).toBeNull();
    } finally {
      now.mockRestore();
    }
    return saved;
  }
  async function large(given?: AuditedWorld): Promise<AuditedWorld> {
    const world = given ?? (await make());
    const { entry } = world.recorded('activity/v1')!;
    const numbered = (n: number) => ({
      ...entry,
      content: `sha256:${n.toString(16).padStart(64, '0')}` as never,
    });
    for (let n = 0; n < 1_300; n++) world.world.log.append(makeEntry(numbered(n)));
    world.append(numbered(1_300));
    world.anchor(on('11-17'));
    return world;
  }

  test('keeps the gaps that it has found', async () => {
    const world = await large();
    world.documents.set(world.recorded('registration/v1')!.id, { kind: 'absent' });
    const saved = await brokenOff(world);
    expect(saved.length).toBeGreaterThan(0);
    const second = await run(world, { state: saved.at(-1)! });
    expect(
      second.findings.filter((found) => found.place.startsWith('entry ')).map(({ code }) => code),
    ).toContain('content/withheld');
  });

  test('keeps references to what was not recorded yet', async () => {
    const world = await make();
    const { entry } = world.recorded('activity/v1')!;
    const refs = [{ rel: 'about', content: `sha256:${'9'.repeat(64)}` }] as never;
    world.append({ ...entry, refs, content: `sha256:${'8'.repeat(64)}` as never });
    const saved = await brokenOff(await large(world));
    expect(codes(await run(world, { state: saved.at(-1)! }))).toEqual(['entry/dangling-reference']);
  });

  test('keeps nothing that rests on a contradiction', async () => {
    const world = await large();
    const { heads } = world.world.log;
    heads[0] = { ...heads[0]!, root: new Uint8Array(32).fill(7) };
    expect(await brokenOff(world)).toEqual([]);
  });
});

test('who owns the log is said when it changed hands', async () => {
  const world = await make();
  const [a, b] = [`0x${'aa'.repeat(20)}`, `0x${'bb'.repeat(20)}`];
  const at = { block: seconds(on('11-10')), time: seconds(on('11-10')), transaction: word(5), logIndex: 0 };
  world.events.push(
    { ...at, name: 'LogOffered', owner: a, to: b },
    { ...at, logIndex: 1, name: 'LogHandedOver', from: a, to: b },
  );
  const { counts, findings } = await run(world);
  expect([counts.get('log/offered'), counts.get('log/handed-over')]).toEqual([1, 1]);
  expect(findings.find(({ code }) => code === 'log/handed-over')).toMatchObject({ expected: a, found: b });
});
