import { readFileSync } from 'node:fs';
import { toHex } from '#lib/canonical';
import { KERNEL_FILE, kernelModule } from '../../../scripts/build-wasm.ts';
import { leaf, node, root as referenceRoot, xorshiftBytes } from '../../../test/support/merkle-reference.ts';
import { bulkHasher, hashAt, hashPairs, leafHashes, leafHashesOf32, plainHasher } from './bulk.ts';
import { type BulkHasher, laneHasher, type WasmEngine } from './hash-lanes.ts';

const engine = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly;
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
/** Random bytes that are the same in each run. */
const bytes = (count: number) => joined(xorshiftBytes(Math.ceil(count / 32))).subarray(0, count);
const hashed = (run: (to: Uint8Array) => void, count: number) => {
  const to = new Uint8Array(32 * count);
  run(to);
  return toHex(to);
};

test('the module kept in the repository is what its source gives, byte for byte', async () => {
  expect(readFileSync(KERNEL_FILE, 'utf8') === (await kernelModule())).toBe(true);
});

test('this engine takes the fast way', () => {
  expect(bulkHasher()).not.toBe(plainHasher);
});

test('without vectors, without leave to compile and without WebAssembly there is no fast way', () => {
  class Forbidden {
    constructor() {
      throw new Error('the policy of this page forbids to compile');
    }
  }
  expect(laneHasher(undefined)).toBeNull();
  expect(laneHasher({ ...engineParts(), validate: () => false })).toBeNull();
  expect(laneHasher({ ...engineParts(), Module: Forbidden })).toBeNull();
  expect(laneHasher(engineParts())).not.toBeNull();
});
const engineParts = (): WasmEngine => ({
  validate: (module) => engine.validate(module),
  Module: engine.Module,
  Instance: engine.Instance,
});

// both against node:crypto, through the reference
const both: [string, BulkHasher][] = [
  ['fast', laneHasher(engine) as BulkHasher],
  ['plain', plainHasher],
];
describe.each(both)('%s', (_, hasher) => {
  // five are hashed at a time, a thousand in one call
  test.each([0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 999, 1000, 1001, 1005, 2003])('%i leaves, pairs', (count) => {
    const inputs = bytes(64 * count);
    const leaves = Array.from({ length: count }, (_, at) => leaf(hashAt(inputs, at)));
    expect(hashed((to) => hasher.leaves(inputs.subarray(0, 32 * count), to), count)).toBe(
      toHex(joined(leaves)),
    );
    const pairs = Array.from({ length: count }, (_, at) =>
      node(hashAt(inputs, 2 * at), hashAt(inputs, 2 * at + 1)),
    );
    expect(hashed((to) => hasher.pairs(inputs, to), count)).toBe(toHex(joined(pairs)));
  });

  test('every byte that a node can end with', () => {
    const inputs = bytes(64 * 256);
    for (let last = 0; last < 256; last++) inputs[64 * last + 63] = last;
    const pairs = Array.from({ length: 256 }, (_, at) =>
      node(hashAt(inputs, 2 * at), hashAt(inputs, 2 * at + 1)),
    );
    expect(hashed((to) => hasher.pairs(inputs, to), 256)).toBe(toHex(joined(pairs)));
  });

  test('entries of every length to 600, and around the longest that are hashed together', () => {
    const lengths = [...Array(601).keys(), 8180, 8181, 8182, 8183, 8184, 13_000, 65_535];
    const all = bytes(65_535);
    const entries = lengths.map((length) => all.subarray(all.length - length));
    const want = toHex(joined(entries.map(leaf)));
    expect(hashed((to) => hasher.entries(entries, to), entries.length)).toBe(want);
  });

  test('many entries of one length', () => {
    const entries = xorshiftBytes(1203).map((part, at) => joined([part, part]).subarray(0, 40 + (at % 3)));
    const want = toHex(joined(entries.map(leaf)));
    expect(hashed((to) => hasher.entries(entries, to), entries.length)).toBe(want);
  });
});

test('both, on random amounts of random bytes', () => {
  const [[, fast]] = both;
  for (let run = 0; run < 30; run++) {
    const count = 1 + Math.floor(Math.random() * 3000);
    const inputs = crypto.getRandomValues(new Uint8Array(65_536)).subarray(0, 64 * Math.min(count, 1024));
    const pairs = inputs.length / 64;
    expect(hashed((to) => fast!.pairs(inputs, to), pairs)).toBe(
      hashed((to) => plainHasher.pairs(inputs, to), pairs),
    );
    expect(toHex(leafHashesOf32(inputs))).toBe(hashed((to) => plainHasher.leaves(inputs, to), 2 * pairs));
    const entries = Array.from({ length: 40 }, () => {
      const from = Math.floor(Math.random() * inputs.length);
      return inputs.subarray(from, from + Math.floor(Math.random() * 900));
    });
    expect(toHex(leafHashes(entries))).toBe(hashed((to) => plainHasher.entries(entries, to), 40));
  }
});

test('inputs are left as they were, and no number of bytes but a whole one is taken', () => {
  const inputs = bytes(64 * 7);
  const before = toHex(inputs);
  hashPairs(inputs);
  leafHashesOf32(inputs);
  expect(toHex(inputs)).toBe(before);
  const malformed = expect.objectContaining({ name: 'LogError', code: 'log/malformed-hash' });
  expect(() => hashPairs(inputs.subarray(32))).toThrow(malformed);
  expect(() => leafHashesOf32(inputs.subarray(1))).toThrow(malformed);
  expect(leafHashes([])).toEqual(new Uint8Array(0));
  expect(toHex(referenceRoot([leaf(new Uint8Array(0))]))).toBe(toHex(leafHashes([new Uint8Array(0)])));
});
