// SHA-256 and SHA-512, FIPS 180-4, for the page. Stands in for @noble/hashes/sha2.js, which is larger because it also
// streams, truncates and unrolls; the same vectors run through both. Constants are computed as the standard defines them.

/** Primes 2, 3, 5, … of FIPS 180-4 §4.2. */
const PRIMES: bigint[] = [];
for (let n = 2n; PRIMES.length < 80; n++) if (PRIMES.every((prime) => n % prime !== 0n)) PRIMES.push(n);

/** Largest integer whose power is not above n. */
function root(n: bigint, power: bigint): bigint {
  let [low, high] = [0n, 1n << 80n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power > n) high = middle;
    else low = middle;
  }
  return low;
}

/** 64 bits of the fraction of a square or cube root: high and low word. */
function fractions(count: number, power: bigint): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const bits = root(PRIMES[at]! << (64n * power), power);
    high[at] = Number((bits >> 32n) & 0xffffffffn);
    low[at] = Number(bits & 0xffffffffn);
  }
  return { high, low };
}

/** §4.2.2 and §4.2.3: SHA-256 takes the high words of the first 64. */
const K = fractions(80, 3n);
/** §5.3.3 and §5.3.5. */
const H = fractions(8, 2n);

/** §5.1: a one bit, zeros, and the length in bits at the end of a block. */
function padded(message: Uint8Array, block: number): DataView {
  const length = Math.ceil((message.length + 1 + block / 8) / block) * block;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(length - 8, BigInt(message.length) * 8n);
  return view;
}

const rotate = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** §6.2. */
export function sha256(message: Uint8Array): Uint8Array {
  const view = padded(message, 64);
  const state = Uint32Array.from(H.high);
  const w = new Uint32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [a, b] = [w[t - 15]!, w[t - 2]!];
      const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
      const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K.high[t]! + w[t]!) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at]! += value;
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (const [at, word] of state.entries()) digest.setUint32(4 * at, word);
  return new Uint8Array(digest.buffer);
}

/** §6.4, on 64-bit integers: only signatures are hashed with it, and those are short. */
export function sha512(message: Uint8Array): Uint8Array {
  const view = padded(message, 128);
  const wide = (words: typeof K) =>
    Array.from(words.high, (high, at) => (BigInt(high) << 32n) | BigInt(words.low[at]!));
  const k = wide(K);
  const state = BigUint64Array.from(wide(H));
  const w = new BigUint64Array(80);
  const turn = (x: bigint, by: bigint) => (x >> by) | (x << (64n - by));
  const cut = (x: bigint) => BigInt.asUintN(64, x);
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let t = 0; t < 16; t++) w[t] = view.getBigUint64(block + 8 * t);
    for (let t = 16; t < 80; t++) {
      const [a, b] = [w[t - 15]!, w[t - 2]!];
      const s0 = turn(a, 1n) ^ turn(a, 8n) ^ (a >> 7n);
      const s1 = turn(b, 19n) ^ turn(b, 61n) ^ (b >> 6n);
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    for (let t = 0; t < 80; t++) {
      const s1 = cut(turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n));
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + k[t]! + w[t]!;
      const s0 = cut(turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n));
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = cut(d + t1);
      d = c;
      c = b;
      b = a;
      a = cut(t1 + t2);
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at]! += value;
  }
  const digest = new DataView(new ArrayBuffer(64));
  for (const [at, word] of state.entries()) digest.setBigUint64(8 * at, word);
  return new Uint8Array(digest.buffer);
}
