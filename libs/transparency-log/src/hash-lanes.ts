// SHA-256 of many leaves or nodes at once, in WebAssembly with vectors (scripts/wasm), which hashes five at a time. Only
// speed: `hash.ts` gives the same bytes, and stands in where an engine has no vectors or allows no WebAssembly.
import { fromBase64 } from '#lib/canonical';
import { leafHash } from './hash.ts';
import { HASH_LANES_MODULE } from './hash-lanes-module.ts';

/** Writes the hashes of many inputs to `to`, 32 bytes each, one after the other. */
export type BulkHasher = {
  /** SHA-256(0x00 ‖ d) of inputs of 32 bytes, one after the other. */
  readonly leaves: (inputs: Uint8Array, to: Uint8Array) => void;
  /** SHA-256(0x01 ‖ left ‖ right) of inputs of 64 bytes, one after the other. */
  readonly pairs: (inputs: Uint8Array, to: Uint8Array) => void;
  /** SHA-256(0x00 ‖ d) of inputs of any length. */
  readonly entries: (entries: readonly Uint8Array[], to: Uint8Array) => void;
  /**
   * Ten levels over up to 1,024 hashes of a tree, or leaves of 32 bytes: 11 levels one after the other, each half as
   * long, rounded up, as the one before; an odd last hash moves up as it is.
   */
  readonly run: (inputs: Uint8Array, areLeaves: boolean) => Uint8Array;
};

/** What this room uses of the engine's `WebAssembly`. */
export type WasmEngine = {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** The exports of scripts/wasm/sha256-lanes.ts: addresses, and how many. */
type Kernel = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly leaves: (from: number, to: number, count: number) => void;
  readonly pairs: (from: number, to: number, count: number) => void;
  readonly messages: (from: number, to: number, count: number, blocks: number) => void;
};

/** Its memory: constants, schedules, a window for inputs, a window for hashes; 64 KiB each. */
const SCHEDULES = 65_536;
const INPUTS = 131_072;
const HASHES = 196_608;
const WINDOW = 65_536;
/** Inputs of one call: a multiple of five, and 1000 pairs fit the window. */
const CHUNK = 1000;
/** A run of so many leaves is hashed level by level while it is in the window, and in a processor's cache. */
export const RUN_LEVELS = 10;
/** Longer entries are hashed one by one: fewer than five of them would fill the window. */
const MAX_BLOCKS = 128;

/** The fast hasher, or null where the engine has no vectors or will not compile. */
export function laneHasher(engine: WasmEngine | undefined): BulkHasher | null {
  const kernel = engine ? instantiate(engine) : null;
  if (!kernel) return null;
  const memory = new Uint8Array(kernel.memory.buffer);
  const hashesOf = (count: number) => memory.subarray(HASHES, HASHES + 32 * count);

  const inChunks = (hash: Kernel['leaves'], width: number) => (inputs: Uint8Array, to: Uint8Array) => {
    for (let at = 0; at < inputs.length / width; at += CHUNK) {
      const chunk = inputs.subarray(width * at, width * (at + CHUNK));
      memory.set(chunk, INPUTS);
      hash(INPUTS, HASHES, chunk.length / width);
      to.set(hashesOf(chunk.length / width), 32 * at);
    }
  };
  const entries = (all: readonly Uint8Array[], to: Uint8Array) => {
    for (const [blocks, indexes] of byBlocks(all)) {
      const bytes = 64 * blocks;
      const many = blocks > MAX_BLOCKS ? 0 : Math.min(CHUNK, Math.floor(WINDOW / bytes));
      if (many === 0) for (const index of indexes) to.set(leafHash(all[index]!), 32 * index);
      else
        for (let first = 0; first < indexes.length; first += many) {
          const some = indexes.slice(first, first + many);
          for (let at = 0; at < some.length; at++)
            writePadded(memory, INPUTS + bytes * at, bytes, all[some[at]!]!);
          kernel.messages(INPUTS, HASHES, some.length, blocks);
          const hashes = hashesOf(some.length);
          for (let at = 0; at < some.length; at++)
            to.set(hashes.subarray(32 * at, 32 * at + 32), 32 * some[at]!);
        }
    }
  };
  /** The levels lie in the window as they lie in the result: each is written where the one below ends. */
  const run = (inputs: Uint8Array, areLeaves: boolean) => {
    let [from, count] = [INPUTS, inputs.length / 32];
    memory.set(inputs, from);
    if (areLeaves) kernel.leaves(from, from, count); // each five are read before they are written over
    for (let level = 0; level < RUN_LEVELS; level++) {
      const to = from + 32 * count;
      if (count > 1) kernel.pairs(from, to, count >> 1);
      // the odd one moves after the call, which may write where it goes
      if (count % 2 === 1) memory.copyWithin(to + 32 * (count >> 1), to - 32, to);
      [from, count] = [to, (count + 1) >> 1];
    }
    return memory.slice(INPUTS, from + 32);
  };
  return { leaves: inChunks(kernel.leaves, 32), pairs: inChunks(kernel.pairs, 64), entries, run };
}

function instantiate(engine: WasmEngine): Kernel | null {
  const bytes = fromBase64(HASH_LANES_MODULE);
  if (!engine.validate(bytes)) return null;
  try {
    const kernel = new engine.Instance(new engine.Module(bytes)).exports as Kernel;
    writeSchedules(new Uint32Array(kernel.memory.buffer));
    return kernel;
  } catch {
    return null; // a page's policy may forbid to compile
  }
}

/** Indexes of the entries, by how many blocks they fill with prefix, end mark and 8 bytes of length. */
function byBlocks(entries: readonly Uint8Array[]): ReadonlyMap<number, number[]> {
  const groups = new Map<number, number[]>();
  entries.forEach(({ length }, index) => {
    const blocks = Math.ceil((length + 10) / 64);
    const group = groups.get(blocks);
    if (group) group.push(index);
    else groups.set(blocks, [index]);
  });
  return groups;
}

/** 0x00 ‖ entry, padded to whole blocks. FIPS 180-4 §5.1.1. */
function writePadded(memory: Uint8Array, at: number, bytes: number, entry: Uint8Array): void {
  memory[at] = 0;
  memory.set(entry, at + 1);
  memory.fill(0, at + 1 + entry.length, at + bytes);
  memory[at + 1 + entry.length] = 0x80;
  const bits = 8 * (1 + entry.length);
  for (let byte = 0; byte < 4; byte++) memory[at + bytes - 1 - byte] = bits >>> (8 * byte);
}

/**
 * Of the 65 bytes of a node only the last falls into the second block, so there are 256 second blocks; their message
 * schedules (FIPS 180-4 §6.2.2 step 1), each word with its round constant added, save the kernel a third of the work.
 */
function writeSchedules(memory: Uint32Array): void {
  const rotate = (x: number, count: number) => (x >>> count) | (x << (32 - count));
  const w = new Uint32Array(64);
  for (let last = 0; last < 256; last++) {
    w.fill(0, 0, 16);
    w[0] = last * 0x1000000 + 0x800000;
    w[15] = 8 * 65;
    for (let t = 16; t < 64; t++) {
      const [a, b] = [w[t - 15]!, w[t - 2]!];
      const small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
      const small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      w[t] = w[t - 16]! + small0 + w[t - 7]! + small1;
    }
    for (let t = 0; t < 64; t++) memory[SCHEDULES / 4 + 64 * last + t] = w[t]! + memory[t]!; // constants begin at 0
  }
}
