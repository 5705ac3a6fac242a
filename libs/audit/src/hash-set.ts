// A set of 32-byte hashes in typed arrays: 12 bytes of each, in open addressing. A log of ten million entries takes about
// 200 MB. Two different hashes that share 96 bits would take 2^48 hashes to make; then one stands for the other.

const WORDS = 3;
const FULLEST = 0.7;

export class HashSet {
  private table: Uint32Array;
  private count = 0;

  constructor(capacity = 1_024) {
    this.table = new Uint32Array(WORDS * capacity);
  }

  get size(): number {
    return this.count;
  }

  /** False when it was there already. */
  add(hash: Uint8Array): boolean {
    if (this.count >= FULLEST * this.capacity) this.grow();
    const words = wordsOf(hash);
    const at = this.place(words);
    if (this.table[at] !== 0 || this.table[at + 1] !== 0 || this.table[at + 2] !== 0) return false;
    this.table.set(words, at);
    this.count += 1;
    return true;
  }

  has(hash: Uint8Array): boolean {
    const at = this.place(wordsOf(hash));
    return this.table[at] !== 0 || this.table[at + 1] !== 0 || this.table[at + 2] !== 0;
  }

  /** 12 bytes each, in no order. */
  encode(): Uint8Array {
    const out = new Uint32Array(WORDS * this.count);
    let next = 0;
    for (let at = 0; at < this.table.length; at += WORDS) {
      if (this.table[at] === 0 && this.table[at + 1] === 0 && this.table[at + 2] === 0) continue;
      out.set(this.table.subarray(at, at + WORDS), next);
      next += WORDS;
    }
    const bytes = new Uint8Array(4 * out.length);
    const view = new DataView(bytes.buffer);
    out.forEach((word, n) => {
      view.setUint32(4 * n, word);
    });
    return bytes;
  }

  /** @throws Error when the length is not a multiple of 12 */
  static decode(bytes: Uint8Array): HashSet {
    if (bytes.length % (4 * WORDS) !== 0) throw new Error(`${bytes.length} bytes are no set of hashes`);
    const count = bytes.length / (4 * WORDS);
    const set = new HashSet(powerOfTwo(Math.ceil(count / FULLEST) + 1));
    for (let at = 0; at < bytes.length; at += 4 * WORDS) set.add(bytes.subarray(at, at + 4 * WORDS));
    return set;
  }

  private get capacity(): number {
    return this.table.length / WORDS;
  }

  /** Where these words stand, or the empty place where they would. */
  private place(words: Uint32Array): number {
    const capacity = this.capacity;
    for (let slot = (words[0] as number) & (capacity - 1); ; slot = (slot + 1) & (capacity - 1)) {
      const at = WORDS * slot;
      const [a, b, c] = [this.table[at], this.table[at + 1], this.table[at + 2]];
      if (a === 0 && b === 0 && c === 0) return at;
      if (a === words[0] && b === words[1] && c === words[2]) return at;
    }
  }

  private grow(): void {
    const old = this.table;
    this.table = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += WORDS) {
      const words = old.subarray(at, at + WORDS);
      if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0) this.table.set(words, this.place(words));
    }
  }
}

/** The first 12 bytes as words; all zero stands for an empty place, so it is read as one. */
function wordsOf(hash: Uint8Array): Uint32Array {
  const view = new DataView(hash.buffer, hash.byteOffset);
  const words = Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8));
  if (words[0] === 0 && words[1] === 0 && words[2] === 0) words[2] = 1;
  return words;
}

function powerOfTwo(least: number): number {
  let capacity = 1_024;
  while (capacity < least) capacity *= 2;
  return capacity;
}
