// The tree of a million leaves: ours beside the trees that people use, each in a process of its own. In CPU time, so that
// other work on the machine counts less; medians of warm runs. The limit is what node's own SHA-256 takes for as many
// compressions, measured in turn with ours. `node --conditions=source scripts/bench/tree.ts BUILDER` is one such process.
import { spawnSync } from 'node:child_process';
import { createHash, hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { toHex } from '#lib/canonical';
import { buildTreeOf32, hashAt } from '#lib/transparency-log';
import { makeRow, type Row } from './table.ts';

const LEAVES = 1_000_000;
/** OpenZeppelin's tree of a million takes minutes. */
const FEWER = 100_000;
/** SHA-256 takes 64 bytes at a time: a leaf of 33 bytes is one such block, a node of 65 bytes two. */
const COMPRESSIONS = LEAVES + 2 * (LEAVES - 1);
const BULK_BYTES = 64 << 20;
/** Of these very leaves, known from another implementation. */
const ROOT = 'c3853469bb8efafe1cbe3d3776b2e25af528cecb445e9fd1b6edaa038fc46024';

/**
 * CPU time: of the thread that builds, and of its process, whose other threads collect what was thrown away. The first is
 * set against the limit, which throws nothing away; the second against trees of objects.
 */
type Times = { readonly seconds: number; readonly ofProcess: number };
type Measured = Times & {
  /** Seconds for as many compressions. */
  readonly limit: number;
  /** Most memory that the process had. */
  readonly megabytes: number;
  readonly proofs: number;
};

export async function measure(): Promise<readonly Row[]> {
  const ours = inOwnProcess('ours');
  const { megabytes } = inOwnProcess('memory');
  const beside = (name: string, value: number, own: number) => ({ name, value, ratio: value / own });
  const rows = [
    makeRow(
      'tree of 1,000,000 leaves of 32 B, every proof at hand: SHA-256 limits',
      ours.seconds / ours.limit,
      '×',
      {
        atMost: 2,
        peers: [beside(`limit, s of crypto.hash for ${COMPRESSIONS} compressions`, ours.limit, ours.seconds)],
      },
    ),
    makeRow('tree: time', ours.seconds, 's CPU'),
    makeRow('tree: memory of the process, its leaves too', megabytes, 'MB', { atMost: 200 }),
    makeRow('tree: inclusion proofs read off', ours.proofs, '/s CPU'),
  ];
  for (const [builder, what, atLeast] of [
    ['hash-wasm', 'the same tree by its SHA-256', 9],
    ['merkletreejs', 'its own tree of these leaves, createHash of node', 30],
    ['openzeppelin', `its own tree, keccak, of ${FEWER} of these leaves × ${LEAVES / FEWER}`, 300],
  ] as const) {
    const theirs = inOwnProcess(builder);
    rows.push(
      makeRow(`tree: faster than ${builder}`, theirs.ofProcess / ours.ofProcess, '×', {
        atLeast,
        peers: [
          beside(`${builder}, s: ${what}`, theirs.ofProcess, ours.ofProcess),
          beside(`${builder}, MB`, theirs.megabytes, megabytes),
        ],
      }),
    );
  }
  for (const { name, value, target, met } of rows)
    if (met === false) console.log(`${name}: ${value}, promised ${target}. ${WHY}`);
  return rows;
}

const WHY =
  'The limit uses the processor’s own SHA-256 instructions, which WebAssembly has not. What peers spend on calls and objects falls with newer versions of Node, where hashing in vectors stays as it is.';

function inOwnProcess(builder: string): Measured {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--no-warnings', fileURLToPath(import.meta.url), builder],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the process that measures ${builder} failed: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

// what follows runs in the processes

/** xorshift32 from 0x12345678, eight little-endian words a leaf. */
function leaves(): Uint8Array {
  const words = new Uint32Array(8 * LEAVES);
  let state = 0x12345678;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer);
}

async function timesOf(work: () => unknown): Promise<Times> {
  const thread = process.threadCpuUsage();
  const whole = process.cpuUsage();
  await work();
  const [ofThread, ofProcess] = [process.threadCpuUsage(thread), process.cpuUsage(whole)];
  return {
    seconds: (ofThread.user + ofThread.system) / 1e6,
    ofProcess: (ofProcess.user + ofProcess.system) / 1e6,
  };
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

async function inTurn(runs: number, works: readonly (() => unknown)[]): Promise<Times[]> {
  const taken = works.map(() => [] as Times[]);
  for (let run = 0; run < runs; run++)
    for (const [at, work] of works.entries()) taken[at]?.push(await timesOf(work));
  return taken.map((times) => ({
    seconds: median(times.map(({ seconds }) => seconds)),
    ofProcess: median(times.map(({ ofProcess }) => ofProcess)),
  }));
}

function buildOurs(entries: Uint8Array) {
  const tree = buildTreeOf32(entries);
  if (toHex(tree.root) !== ROOT) throw new Error(`root ${toHex(tree.root)}`);
  return tree;
}

async function measureOurs() {
  const entries = leaves();
  const bulk = new Uint8Array(BULK_BYTES).fill(7);
  const works = [() => buildOurs(entries), () => hash('sha256', bulk)];
  await inTurn(2, works); // the first runs compile
  const [own, bulkTimes] = (await inTurn(9, works)) as [Times, Times];
  const tree = buildOurs(entries);
  const many = 200_000;
  const readOff = () => {
    for (let at = 0; at < many; at++) tree.inclusion(BigInt((at * 7919) % LEAVES));
  };
  const [reading] = (await inTurn(3, [readOff])) as [Times];
  const limit = (bulkTimes.seconds * COMPRESSIONS) / (BULK_BYTES / 64);
  return { ...own, limit, proofs: many / reading.seconds };
}

/** The tree of RFC 6962 with the fastest portable SHA-256 on npm, every level kept as here. */
async function measureHashWasm() {
  const { createSHA256 } = await import('hash-wasm');
  const sha256 = await createSHA256();
  const build = (entries: Uint8Array) => {
    const digest = (data: Uint8Array) => sha256.init().update(data).digest('binary');
    const leaf = new Uint8Array(33);
    const node = new Uint8Array(65).fill(1, 0, 1);
    const levels = [new Uint8Array(entries.length)];
    for (let at = 0; at < entries.length; at += 32) {
      leaf.set(entries.subarray(at, at + 32), 1);
      levels[0]?.set(digest(leaf), at);
    }
    for (let below = levels[0]!; below.length > 32; levels.push(below)) {
      const above = new Uint8Array(32 * Math.ceil(below.length / 64));
      for (let at = 0; at < below.length; at += 64) {
        if (at + 64 > below.length) above.set(below.subarray(at), at / 2);
        else {
          node.set(below.subarray(at, at + 64), 1);
          above.set(digest(node), at / 2);
        }
      }
      below = above;
    }
    return levels;
  };
  const entries = leaves();
  build(entries.subarray(0, 32 * FEWER));
  const check = () => {
    const root = toHex(build(entries).at(-1)!);
    if (root !== ROOT) throw new Error(`root ${root}`);
  };
  return (await inTurn(3, [check]))[0]!;
}

async function measureMerkletreejs() {
  const { MerkleTree } = await import('merkletreejs');
  const entries = leaves();
  const all = Array.from({ length: LEAVES }, (_, at) => Buffer.from(hashAt(entries, at)));
  const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();
  const build = (some: Buffer[]) => new MerkleTree(some, sha256, { hashLeaves: true }).getRoot();
  build(all.slice(0, FEWER));
  return timesOf(() => build(all));
}

async function measureOpenZeppelin() {
  const { SimpleMerkleTree } = await import('@openzeppelin/merkle-tree');
  const entries = leaves();
  const some = Array.from({ length: FEWER }, (_, at) => `0x${toHex(hashAt(entries, at))}`);
  SimpleMerkleTree.of(some.slice(0, FEWER / 10));
  const { seconds, ofProcess } = await timesOf(() => SimpleMerkleTree.of(some));
  return { seconds: (LEAVES / FEWER) * seconds, ofProcess: (LEAVES / FEWER) * ofProcess };
}

const BUILDERS: Readonly<Record<string, () => Promise<Partial<Measured>>>> = {
  ours: measureOurs,
  // once and nothing else, as who builds a tree does
  memory: () => timesOf(() => buildOurs(leaves())),
  'hash-wasm': measureHashWasm,
  merkletreejs: measureMerkletreejs,
  openzeppelin: measureOpenZeppelin,
};

if (import.meta.main) {
  const measured = await BUILDERS[process.argv[2] ?? '']?.();
  if (!measured) throw new Error(`a builder is one of ${Object.keys(BUILDERS).join(', ')}`);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ...measured, megabytes }));
}
